#!/bin/sh
# postgres.sh - a PostgreSQL server of a test's own, in a folder of its own, on a socket there.
#
#   tests/cluster/postgres.sh start DIR      # DIR is made; prints the address for user mah
#   tests/cluster/postgres.sh restart DIR
#   tests/cluster/postgres.sh stop DIR       # and removes DIR
#   tests/cluster/postgres.sh where          # the folder of the server's programs, or status 1
#
# PostgreSQL refuses root: then the server runs as the user nobody. Nothing listens on a port. Nobody
# else need trust its files, so nothing is synchronized to the disk.
set -u

programs() {
  for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t / -k 5 -n -r) \
    "$(dirname "$(command -v initdb || echo /none/initdb)")"; do
    [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && echo "$folder" && return
  done
  return 1
}

[ "$1" = where ] && { programs; exit; }
bin=$(programs) || { echo "postgres.sh: there is no initdb (Debian: postgresql)" >&2; exit 1; }
folder=$2

as() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && exec setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$folder" "$@")
  else
    (cd / && exec env HOME="$folder" "$@")
  fi
}

server() {
  as "$bin/pg_ctl" -D "$folder/data" -w -t 30 -l "$folder/log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c fsync=off -c max_connections=40" \
    "$@" >/dev/null
}

case $1 in
  start)
    mkdir -m 755 "$folder" || exit 1
    [ "$(id -u)" != 0 ] || chown nobody "$folder"
    as "$bin/initdb" -D "$folder/data" -U mah -A trust --no-sync -E UTF8 --locale=C >/dev/null || exit 1
    server start || { cat "$folder/log" >&2; exit 1; }
    echo "postgresql://mah@/postgres?host=$folder"
    ;;
  restart) server restart -m fast ;;
  stop)
    server stop -m immediate
    rm -rf "$folder"
    ;;
  *) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
