#!/bin/sh
# test.sh - installs what is missing (Debian, Ubuntu), builds, and runs the tests.
#
#   scripts/test.sh                        # core lua cli examples
#   scripts/test.sh lua cli                # only these suites
#   scripts/test.sh lint                   # clang-format, luacheck, cppcheck
#   scripts/test.sh --sanitize             # core and lua under ASan and UBSan, in build-sanitize/
#   scripts/test.sh -DMAH_WERROR=ON ...    # settings for CMake
#
# Tests that need MNIST run when MAH_MNIST names its folder, or data/mnist is there. The last line is
# "N passed, N failed", with ", N skipped" behind it when something was; the exit status is 0 when
# nothing failed.
set -u
root=$(cd "$(dirname "$0")/.." && pwd -P)
. "$root/scripts/setup.sh"
cd "$root" || exit 1

suites= settings=
for argument; do
  case $argument in
    -D*=*) settings="$settings $argument" ;;
    --sanitize) suites="$suites sanitize" ;;
    core | lua | cli | examples | lint | sanitize) suites="$suites $argument" ;;
    *) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
suites=${suites:-core lua cli examples}

# -- Counting -------------------------------------------------------------------------------------

passed=0 failed=0 skipped=0
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP

# The first number before WORD in the text, or 0.
number() {
  printf '%s\n' "$2" | sed -n "s/.*\(^\|[^0-9]\)\([0-9][0-9]*\) $1.*/\2/p" | grep . || echo 0
}

# suite NAME COMMAND...: the command's last line of the form "N passed, N failed" counts. To end with
# an error and no failed test, or without any test, is a failure too.
suite() {
  printf '\n== %s\n' "$1" >&2
  name=$1
  shift
  { "$@" 2>&1; echo $? >"$folder/status"; } | tee "$folder/log"
  status=$(cat "$folder/status")
  line=$(grep -a -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$folder/log" | tail -n 1)
  suite_passed=$(number passed "$line") suite_failed=$(number failed "$line")
  if [ "$suite_failed" = 0 ]; then
    if [ "$status" != 0 ]; then
      say "$name: exit status $status"
      suite_failed=1
    elif [ "$suite_passed" = 0 ]; then
      say "$name: no test ran"
      suite_failed=1
    fi
  fi
  passed=$((passed + suite_passed)) failed=$((failed + suite_failed))
  skipped=$((skipped + $(number skipped "$line")))
}

# -- Suites ---------------------------------------------------------------------------------------

# core_tests BUILD: cmocka counts its tests in TAP; a program that ends badly without a failed test
# has crashed.
core_tests() {
  (cd "$1" && CMOCKA_MESSAGE_OUTPUT=TAP ctest --output-on-failure --timeout 300)
  awk '
    /^[0-9]+\/[0-9]+ Testing: / { here = 0 }
    /^ok / && !/# SKIP/ { passed++ }
    /^(not )?ok .*# SKIP/ { skipped++; print }
    /^not ok / && !/# SKIP/ { failed++; here++ }
    /^Test Failed\.$/   { if (!here) failed++ }
    END {
      printf "%d passed, %d failed", passed, failed
      if (skipped) printf ", %d skipped", skipped
      print ""
    }' "$1/Testing/Temporary/LastTest.log"
}

# lua_tests BUILD: busted in TAP; passed tests are only counted.
lua_tests() {
  "$1/mah" tests/lua/run.lua -o TAP >"$folder/tap" 2>&1
  result=$?
  grep -a -v '^ok ' "$folder/tap"
  awk '
    /^ok .*# SKIP/ { skipped++; print; next }
    /^ok /         { passed++ }
    /^not ok /     { failed++ }
    END {
      printf "%d passed, %d failed", passed, failed
      if (skipped) printf ", %d skipped", skipped
      print ""
    }' "$folder/tap"
  return $result
}

# check NAME COMMAND...: one of the lint suite's tests
check() {
  name=$1
  shift
  if "$@"; then
    lint_passed=$((lint_passed + 1))
  else
    echo "not ok - $name"
    lint_failed=$((lint_failed + 1))
  fi
}

lint_tests() {
  lint_passed=0 lint_failed=0
  check clang-format clang-format --dry-run -Werror $(find core bindings tests -name '*.[ch]')
  check luacheck luacheck --quiet --no-color bindings scripts examples tests
  # unknownMacro: cppcheck does not follow the tables of the kernels through ## and gives up on them.
  check cppcheck cppcheck --quiet --std=c11 --language=c --error-exitcode=1 --inline-suppr \
    --enable=warning,performance,portability --suppress=missingIncludeSystem \
    --suppress=unknownMacro \
    -j "$(getconf _NPROCESSORS_ONLN)" -Icore -Ibindings -D_GNU_SOURCE -DMAH_SUFFIX=_x \
    '-DMAH_VERSION="0"' core bindings tests
  echo "$lint_passed passed, $lint_failed failed"
}

run_suite() {
  case $1 in
    core) suite core core_tests build ;;
    lua) suite lua lua_tests build ;;
    cli) suite cli tests/cli/run.sh build ;;
    examples) suite examples build/mah tests/cli/examples.lua build/mah examples ;;
    lint) suite lint lint_tests ;;
    sanitize)
      # LuaJIT's memory is its own: leaks are looked for in the core's tests only.
      suite "core, sanitized" core_tests build-sanitize
      ASAN_OPTIONS=detect_leaks=0 suite "lua, sanitized" lua_tests build-sanitize
      ;;
  esac
}

# -- Go -------------------------------------------------------------------------------------------

need $packages_to_run $packages_to_test $(case $suites in *lint*) echo $packages_to_lint ;; esac)
case $suites in
  *core* | *lua* | *cli* | *examples*)
    build "$root/build" -DCMAKE_BUILD_TYPE=Release -DMAH_TESTS=ON $settings || failed=1 ;;
esac
case $suites in
  *sanitize*)
    build "$root/build-sanitize" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DMAH_TESTS=ON \
      -DMAH_SANITIZE=ON $settings || failed=1 ;;
esac
if [ $failed != 0 ]; then
  say "The build failed."
else
  [ -n "${MAH_MNIST:-}" ] || [ ! -d data/mnist ] || export MAH_MNIST="$root/data/mnist"
  for name in $suites; do run_suite "$name"; done
  [ -n "${MAH_MNIST:-}" ] || say "MAH_MNIST IS NOT SET: THE TESTS THAT NEED MNIST DID NOT RUN" \
    "(scripts/fetch_mnist.sh downloads it)"
fi
echo
line="$passed passed, $failed failed"
[ $skipped = 0 ] || line="$line, $skipped skipped"
echo "$line"
[ $failed = 0 ]
