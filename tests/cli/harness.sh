# harness.sh - a small test harness. Sourced by test_*.sh, which run.sh starts one by one.
#
#   run "$MAH" -e 'print(1)'                 # leaves $status, $out and $err
#   expect "prints" 0 "1" ""                 # globs for exit status and outputs
#   check "two is more" [ 2 -gt 1 ]          # any command
#
# $MAH is the program, $BUILD its build folder, $ROOT the checkout. Each file of tests runs in a folder
# of its own, with a space in its name, that is gone afterwards.
set -u
HERE=$(mktemp -d "${TMPDIR:-/tmp}/mah cli.XXXXXX") || exit 1
trap 'rm -rf "$HERE"' EXIT
cd "$HERE" || exit 1
unset MAH_PATH LUA_PATH LUA_CPATH LUA_INIT

passed=0 failed=0 skipped=0

verdict() {
  if [ "$1" = 0 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "not ok - $(basename "$0"): $2"
  fi
}

# run COMMAND...: at most a minute, without standard input unless it is redirected.
run() {
  timeout -k 5 60 "$@" >.out 2>.err
  status=$?
  out=$(cat .out) err=$(cat .err)
}

matches() { case $1 in $2) return 0 ;; esac; return 1; }

# expect NAME STATUS OUT ERR
expect() {
  matches "$status" "$2" && matches "$out" "$3" && matches "$err" "$4"
  good=$?
  verdict $good "$1"
  [ $good = 0 ] || printf '  %s\n' "expected status $2, got $status" "stdout: expected $3" "$out" \
    "stderr: expected $4" "$err"
}

check() {
  name=$1
  shift
  "$@"
  verdict $? "$name"
}

skip() {
  skipped=$((skipped + 1))
  echo "SKIPPED - $(basename "$0"): $1"
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
  tries=$(($1 * 20))
  shift
  until "$@" 2>/dev/null; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || return 1
    sleep 0.05
  done
}

gone() { ! kill -0 "$1"; }

finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ $failed = 0 ]
}
