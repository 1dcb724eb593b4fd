#!/bin/sh
# test.sh - installs what is missing (Debian, Ubuntu), builds, and runs the tests.
#
#   scripts/test.sh                        # core lua cli examples cluster
#   scripts/test.sh lua cli                # only these suites
#   scripts/test.sh lint                   # clang-format, line lengths, luacheck, cppcheck
#   scripts/test.sh fuzz                   # the fuzzers of tests/fuzz, a few seconds each
#   scripts/test.sh package                # the .deb in a bare Debian 12, and the rock: minutes
#   scripts/test.sh --sanitize             # core and lua under ASan and UBSan, in build-sanitize/
#   scripts/test.sh -DMAH_WERROR=ON ...    # settings for CMake
#
# Only some tests of a suite: their files, or the names of files or folders, after its own name.
#
#   scripts/test.sh lua tests/lua/learn/stop_spec.lua
#   scripts/test.sh core sparse tensor/sort cli options examples 02_xor
#
# Tests that need MNIST run when MAH_MNIST names its folder, or data/mnist is there; those that need
# PngSuite when MAH_PNGSUITE does; those that read models of other tools when MAH_EXCHANGE does. The
# last line is "N passed, N failed", with ", N skipped" behind it when something was; the exit status
# is 0 when nothing failed, 1 when something did, 2 when there is no such test.
set -u
root=$(cd "$(dirname "$0")/.." && pwd -P)
. "$root/scripts/setup.sh"
cd "$root" || exit 1

usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2; }

# -- Which tests ----------------------------------------------------------------------------------

# files SUITE: the files of its tests.
files() {
  case $1 in
    core) find tests/core -name 'test_*.c' ;;
    lua) find tests/lua -name '*_spec.lua' ;;
    cli) find tests/cli -name 'test_*.sh' ;;
    cluster | package) find tests/$1 -name 'test_*.sh' ;;
    examples) find examples -name '[0-9]*.lua' ;;
  esac | sort
}

# names: of the files on standard input, as one may call them: learn/sparse, learn/stop, options.
names() { sed -E 's,^(.*/)?(tests/[a-z]+|examples)/,,; s,(^|/)test_,\1,; s,(_spec)?\.[a-z]+$,,'; }

# find_tests SUITE NAME: the files called NAME; NAME may be one's path, or a folder's.
find_tests() {
  name=$(echo "$2" | names)
  files "$1" | while read -r file; do
    case /$(echo "$file" | names)/ in */"${name%/}"/*) echo "$file" ;; esac
  done
}

# no_test SUITE NAME: says so, with the names that begin alike, or else all.
no_test() {
  start=$(basename "$2" | names | cut -c 1-3)
  near=$(files "$1" | names | grep -e "\(^\|[/_]\)$start") || near=$(files "$1" | names)
  say "There is no test \"$2\" in the suite $1. There are:" $near
  exit 2
}

suites= settings= core= lua= cli= examples= cluster= package= last=
for argument; do
  case $argument in
    -D*=*) settings="$settings $argument" ;;
    --sanitize) suites="$suites sanitize" last= ;;
    core | lua | cli | examples | cluster | lint | sanitize | fuzz | package)
      suites="$suites $argument" last=$argument ;;
    -*) usage ;;
    *)
      case $last in core | lua | cli | examples | cluster | package) ;; *) usage ;; esac
      found=$(find_tests "$last" "$argument")
      [ -n "$found" ] || no_test "$last" "$argument"
      eval "$last=\"\$$last \$found\""
      ;;
  esac
done
suites=${suites:-core lua cli examples cluster}

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

# core_tests BUILD FILE...: cmocka counts its tests in TAP; a program that ends badly without a failed
# test has crashed.
core_tests() {
  build=$1
  shift
  chosen=$(printf '%s\n' "$@" | names | paste -s -d '|' -)
  (cd "$build" && CMOCKA_MESSAGE_OUTPUT=TAP ctest --output-on-failure --timeout 300 -R "^($chosen)\$")
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
    }' "$build/Testing/Temporary/LastTest.log"
}

# lua_tests BUILD FILE...: busted in TAP; passed tests are only counted.
lua_tests() {
  program=$1/mah
  shift
  "$program" tests/lua/run.lua -o TAP "$@" >"$folder/tap" 2>&1
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

# check NAME COMMAND...: one of the lint suite's tests.
check() {
  name=$1
  shift
  if ! have "$1"; then
    echo "not ok - $name: $1 is missing (packages: $packages_to_lint)"
    lint_failed=$((lint_failed + 1))
  elif "$@"; then
    lint_passed=$((lint_passed + 1))
  else
    echo "not ok - $name"
    lint_failed=$((lint_failed + 1))
  fi
}

# no_long_line FILE...: in C; luacheck looks at Lua.
no_long_line() { ! LC_ALL=C.UTF-8 grep -nE '^.{101,}' "$@"; }

lint_tests() {
  lint_passed=0 lint_failed=0
  sources=$(find core bindings tests -name '*.[ch]')
  check clang-format clang-format --dry-run -Werror $sources
  check "lines of at most 100 columns" no_long_line $sources # clang-format leaves comments alone
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
    core) suite core core_tests build ${core:-$(files core)} ;;
    lua) suite lua lua_tests build $lua ;;
    cli) suite cli tests/cli/run.sh build $(for file in $cli; do basename "$file"; done) ;;
    examples)
      suite examples build/mah tests/cli/examples.lua build/mah ${examples:-$(files examples)} ;;
    cluster | package)
      eval "chosen=\$$1"
      suite $1 env TESTS=tests/$1 tests/cli/run.sh build \
        $(for file in $chosen; do basename "$file"; done) ;;
    lint) suite lint lint_tests ;;
    fuzz) MAH_FUZZ_SEED=1 suite fuzz scripts/fuzz.sh 0.05 ;;
    sanitize)
      # LuaJIT's memory is its own: leaks are looked for in the core's tests only.
      suite "core, sanitized" core_tests build-sanitize $(files core)
      ASAN_OPTIONS=detect_leaks=0 suite "lua, sanitized" lua_tests build-sanitize
      ;;
  esac
}

# -- Go -------------------------------------------------------------------------------------------

need $packages_to_run $packages_to_test $(case $suites in *lint*) echo $packages_to_lint ;; esac) \
  $(case $suites in *package*) echo $packages_to_package ;; esac)
case $suites in *lua*) onnx_runtime ;; esac
case $suites in
  *core* | *lua* | *cli* | *examples* | *cluster* | *package*)
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
  [ -n "${MAH_PNGSUITE:-}" ] || say "MAH_PNGSUITE IS NOT SET: PNGSUITE'S IMAGES WERE NOT READ" \
    "(libpng.org/pub/png/pngsuite.html)"
  [ -n "${MAH_EXCHANGE:-}" ] || say "MAH_EXCHANGE IS NOT SET: MODELS THAT OTHER TOOLS WROTE WERE" \
    "NOT READ"
fi
echo
line="$passed passed, $failed failed"
[ $skipped = 0 ] || line="$line, $skipped skipped"
echo "$line"
[ $failed = 0 ]
