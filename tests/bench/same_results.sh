#!/bin/sh
# same_results.sh - do two builds come to the same results, bit by bit?
#
#   tests/bench/same_results.sh NEW OLD [PATTERN]
#
# NEW and OLD are programs, build folders, or checkouts with build/mah; PATTERN (a Lua pattern) takes
# some of the settings of results.lua. Both run results.lua: hundreds of small trainings, printed with
# all digits; and scripts/report.lua --preset smoke, each that of its own checkout, where there is
# one. Lines are compared as text; those of networks with an activation of one's own in float64 to
# 1e-12. The last line is "N same, M different"; exit status 1 when something differs or failed.
set -u
[ $# = 2 ] || [ $# = 3 ] || { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd -P)

root=$(cd "$here/../.." && pwd -P)
. "$root/scripts/setup.sh"

new=$(program_in "$1") && old=$(program_in "$2") || exit 2

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP

# run NAME PROGRAM PATTERN: everything that the program comes to, as lines "setting what: numbers".
run() {
  mkdir "$folder/$1.work" || return 1
  "$2" "$here/results.lua" "$folder/$1.work" "$3" >"$folder/$1" 2>"$folder/$1.log" || {
    cat "$folder/$1.log" >&2
    say "$2 failed"
    return 1
  }
  [ -z "$3" ] || return 0
  checkout=$(dirname "$(dirname "$2")")
  [ -f "$checkout/scripts/report.lua" ] || {
    say "$checkout has no scripts/report.lua: its report is left out"
    return 0
  }
  (cd "$checkout" && "$2" scripts/report.lua --preset smoke --out "$folder/$1.report") \
    >"$folder/$1.log" 2>&1 || {
    tail -n 5 "$folder/$1.log" >&2
    say "the report of $checkout failed"
    return 1
  }
  for table in results claims; do
    awk -v table="$table.csv" '{ print table " line " NR ": " $0 }' "$folder/$1.report/$table.csv" \
      >>"$folder/$1"
  done
}
run new "$new" "${3:-}" && run old "$old" "${3:-}" || exit 1

awk '
  function cut(line) { return substr(line, 1, index(line, ": ") - 1) }
  # Do the words agree, numbers to 1e-12 of the larger?
  function close_to(a, b,    n, m, x, y, i, d, larger) {
    n = split(a, x, " "); m = split(b, y, " ")
    if (n != m) return 0
    for (i = 1; i <= n; i++) {
      if (x[i] == y[i]) continue
      if (x[i] !~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ || y[i] !~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/) return 0
      d = x[i] - y[i]; if (d < 0) d = -d
      larger = x[i] < 0 ? -x[i] : x[i] + 0
      if (larger < y[i] + 0) larger = y[i] + 0
      if (larger < -y[i]) larger = -y[i]
      if (d > 1e-12 * larger) return 0
    }
    return 1
  }
  function report(key, was, is) {
    if (++different > 10) return
    print "different: " key
    print "    old: " substr(was, 1, 200)
    print "    new: " substr(is, 1, 200)
  }
  / FAILED: / { failed++; if (failed <= 10) print FILENAME == ARGV[1] ? "old, " $0 : "new, " $0 }
  { key = cut($0); value = substr($0, length(key) + 3) }
  FILENAME == ARGV[1] { old[key] = value; next }
  !(key in old) { report(key, "(nothing)", value); next }
  old[key] == value { same++; delete old[key]; next }
  key ~ /^own / && close_to(old[key], value) { same++; close_by++; delete old[key]; next }
  { report(key, old[key], value); delete old[key] }
  END {
    for (key in old) report(key, old[key], "(nothing)")
    if (different > 10) print "... and " different - 10 " more"
    if (close_by) print close_by " of those with an activation of one'\''s own only to 1e-12"
    print same + 0 " same, " different + 0 " different"
    exit different || failed || !same
  }' "$folder/old" "$folder/new"
