#!/bin/sh
# Runs the command-line tests, or, with TESTS=tests/cluster, those of clusters.
#   tests/cli/run.sh BUILD [test_NAME.sh...]
set -u
ROOT=$(cd "$(dirname "$0")/../.." && pwd -P)
BUILD=$(cd "$1" && pwd -P) || exit 1
MAH=$BUILD/mah
export ROOT BUILD MAH
TESTS=$ROOT/${TESTS:-tests/cli}
shift
[ $# -gt 0 ] || set -- "$TESTS"/test_*.sh

passed=0 failed=0 skipped=0
for file; do
  log=$(cd "$TESTS" && sh "$file" 2>&1 </dev/null)
  status=$?
  file=$(basename "$file")
  line=$(printf '%s\n' "$log" | tail -n 1)
  printf '%s\n' "$log" | sed "\$s/^/$file: /"
  # The line is "N passed, N failed, N skipped"; without it the file of tests broke down.
  case $line in
    *[0-9]" passed, "[0-9]*" failed, "[0-9]*" skipped")
      set -- $line
      passed=$((passed + $1)) failed=$((failed + $3)) skipped=$((skipped + $5)) ;;
    *) echo "not ok - $file broke down, with status $status"; failed=$((failed + 1)) ;;
  esac
done
line="$passed passed, $failed failed"
[ $skipped = 0 ] || line="$line, $skipped skipped"
echo "$line"
[ $failed = 0 ]
