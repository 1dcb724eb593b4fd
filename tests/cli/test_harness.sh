# The harness itself must be able to fail, and to say so.
. ./harness.sh

cat >fails.sh <<'END'
. "$ROOT/tests/cli/harness.sh"
run sh -c 'echo out; echo err >&2; exit 3'
expect "status" 0 "out" "err"
expect "output" 3 "other" "err"
expect "errors" 3 "out" "other"
expect "good" 3 "o*" "e?r"
check "false" false
skip "this"
finish
END
run sh fails.sh
expect "failed tests are counted" 1 "*not ok*1 passed, 4 failed, 1 skipped" ""

echo 'exit 0' >breaks_down.sh
run sh "$ROOT/tests/cli/run.sh" "$BUILD" "$HERE/fails.sh" "$HERE/breaks_down.sh"
expect "a file that breaks down is a failure" 1 "*broke down*
1 passed, 5 failed, 1 skipped" ""

run env LUA_PATH=/nowhere/?.lua "$MAH" "$ROOT/tests/lua/run.lua"
expect "without busted: the package, and no traceback" 2 "" \
  "tests/lua/run.lua: busted is missing. Debian's package is lua-busted*"

finish
