# run.sh, test.sh, bench.sh and setup.sh, with stand-ins for apt, sudo, cmake, ctest and mah that write down
# how they were called.
. ./harness.sh

checkout="$HERE/a checkout"
mkdir -p "$checkout/scripts" "$checkout/tests/lua" tools elsewhere
cp "$ROOT"/scripts/run.sh "$ROOT"/scripts/test.sh "$ROOT"/scripts/bench.sh "$ROOT"/scripts/setup.sh \
  "$checkout/scripts"
export CALLS="$HERE/calls" CC=true CHECKOUT="$checkout"
unset MAH_MNIST

# tool NAME: a stand-in; the script is on standard input.
tool() { { echo "#!/bin/sh"; echo 'echo "${0##*/} $*" >>"$CALLS"'; cat; } >"tools/$1"; chmod +x "tools/$1"; }
for name in sh env dirname sed cut cat grep rm mktemp tee tail getconf awk sort find paste \
  basename; do
  ln -s "$(command -v $name)" tools/$name
done
tool id <<'END'
echo "${ID:-0}"
END
tool cmake <<'END'
[ "$1" = --build ] && exit
while [ $# -gt 0 ]; do
  case $1 in
    -B) folder=$2; mkdir -p "$folder" ;;
    -D*) setting=${1#-D}; settings="$settings${setting%%=*}:STRING=${setting#*=}
" ;;
  esac
  shift
done
[ -z "${CMAKE_FAILS:-}" ] || { echo "no such library"; exit 1; }
printf '%sCMAKE_HOME_DIRECTORY:INTERNAL=%s\n' "$settings" "$CHECKOUT" >"$folder/CMakeCache.txt"
cp "$CHECKOUT/../mah" "$folder/mah"
END
ln -s "$(command -v mkdir)" "$(command -v cp)" tools/
cat >mah <<'END'
#!/bin/sh
printf 'mah:'
printf ' <%s>' "$@"
echo
END
chmod +x mah

try() {
  : >calls
  script=$1
  shift
  run env -C "$HERE/elsewhere" PATH="$HERE/tools" sh "$checkout/scripts/$script" "$@"
}
called() { grep -c "$1" calls; }

# -- Packages ---------------------------------------------------------------------------------------

try run.sh --out 'two words'
expect "without apt: a list, and on it goes" 0 "mah: <scripts/report.lua> <--preset> <quick> <--out> <two words>" \
  "There is no apt here.*cmake*libluajit-5.1-dev*a C compiler"
for manager in dnf:luajit-devel pacman:lua51-cjson apk:musl-dev brew:openblas; do
  rm -rf "$checkout/build"
  tool ${manager%:*} </dev/null
  try run.sh
  expect "its names under ${manager%:*}, not tested" 0 "mah: *" \
    "There is no apt here.*not tested*: ${manager%:*} *${manager#*:}*"
  check "which is not run" [ "$(called "^${manager%:*}")" = 0 ]
  rm tools/${manager%:*}
done

tool apt-get <<'END'
[ -z "${APT_FAILS:-}" ] || exit 100
case "$* " in
  *" install "*) [ -e "$CHECKOUT/../lists" ] || exit 100 ;;
  *" update "*) : >"$CHECKOUT/../lists" ;;
esac
END
tool dpkg-query <<'END'
shift 3
for package; do [ "$package" = "${MISSING:-}" ] || echo "installed $package"; done
[ -z "${MISSING:-}" ]
END
try run.sh
expect "all packages are there" 0 "mah: *" ""
check "then apt is not called" [ "$(called apt-get)" = 0 ]

export MISSING=lua-cjson
try run.sh
expect "a missing package" 0 "mah: *" "Installing: lua-cjson"
check "it is installed, and nothing else" grep -qE 'apt-get .* install -y --no-install-recommends lua-cjson$' calls
check "lists that do not know it are updated, once" [ "$(called '^apt-get.* update')" = 1 ]
try run.sh
check "lists that know it are not" [ "$(called '^apt-get.* update')" = 0 ]

ID=1000 try run.sh
expect "neither root nor sudo: what to do, and on it goes" 0 "mah: *" \
  "Installing: lua-cjson*Could not install them. As root: apt-get install --no-install-recommends lua-cjson"
tool sudo <<'END'
exec "$@"
END
ID=1000 try run.sh
expect "a user with sudo" 0 "mah: *" "Installing: lua-cjson"
check "apt runs by sudo" grep -q '^sudo env DEBIAN_FRONTEND=noninteractive apt-get .* install' calls
APT_FAILS=1 try run.sh
expect "apt fails: what to do, and on it goes" 0 "mah: *" "*Could not install them.*"
CC=false MISSING=gcc try run.sh
check "without a compiler gcc is installed" grep -q "install .*recommends gcc$" calls
unset MISSING

# -- Build ------------------------------------------------------------------------------------------

rm -rf "$checkout/build"
try run.sh
check "the first run configures" [ "$(called '^cmake -S')" = 1 ]
check "without the tests" grep -q 'MAH_TESTS=OFF' calls
try run.sh
check "the second does not" [ "$(called '^cmake -S')" = 0 ]
check "but builds" [ "$(called '^cmake --build')" = 1 ]
sed -i 's/HOME_DIRECTORY:INTERNAL=/&\/elsewhere/' "$checkout/build/CMakeCache.txt"
try run.sh
expect "a build that was copied from elsewhere" 0 "mah: *" ""
check "is configured again" [ "$(called '^cmake -S')" = 1 ]

rm -rf "$checkout/build"
CMAKE_FAILS=1 try run.sh
expect "a configuration that fails" 1 "" "*no such library*"
try run.sh
expect "can be tried again" 0 "mah: *" ""

# -- The bench's peers ------------------------------------------------------------------------------

# installs PACKAGE: was it asked for, though it cannot be had?
installs() { grep -q "^apt-get .*install .*$1\$" calls; }
export MISSING=libdnnl-dev

try bench.sh --only small
expect "bench.sh gives its options to the script" 0 \
  "mah: <tests/bench/train_speed.lua> </*> <> <--only> <small>" "*"
check "and installs a peer's library" installs libdnnl-dev
try bench.sh --peers openblas,torch
check "but not a peer's that is not wanted" [ "$(called apt-get)" = 0 ]
mkdir before && cp mah before/mah
try bench.sh --against=../before
expect "an older build by its folder" 0 \
  "mah: <tests/bench/train_speed.lua> </*> <*/before/mah> <--against=../before>" "*"
check "brings no peers" [ "$(called apt-get)" = 0 ]
try bench.sh --against ../before --peers onednn
check "but those that are named" installs libdnnl-dev
try bench.sh --against ../nowhere
expect "no older build" 2 "" "../nowhere: there is neither *"
try bench.sh tensors --only sum
expect "of tensors" 0 "mah: <tests/bench/tensors.lua> <--only> <sum>" "*"
check "with their own peers" [ "$(called apt-get)" = 0 ]
unset MISSING

# -- Counting ---------------------------------------------------------------------------------------

# lua_prints TAP: by the stand-in for mah, with the exit status of the second argument.
lua_prints() {
  printf '#!/bin/sh\nprintf "%s"\nexit %s\n' "$1" "$2" >mah
  cp mah "$checkout/build/mah"
}
lua_prints 'ok 1 - a\\nok 2 - b\\n' 0
try test.sh lua
expect "passed tests" 0 "*
2 passed, 0 failed" "*MAH_MNIST IS NOT SET*"
check "the tests are built now" grep -q 'MAH_TESTS=ON' calls
try test.sh lua
check "and then they stay" [ "$(called '^cmake -S')" = 0 ]
try test.sh -DMAH_WERROR=ON lua
check "settings reach CMake" grep -q 'cmake -S.*MAH_WERROR=ON' calls
lua_prints 'ok 1 - a\\nnot ok 2 - b\\nwhy\\n\\200\\000\\nok 3 - c # SKIP\\n' 1
try test.sh lua
expect "a failed test, with bytes that are no text" 1 "*not ok 2 - b
why*1 passed, 1 failed, 1 skipped" "*"
lua_prints 'ok 1 - a\\n' 1
try test.sh lua
expect "passed tests, but an error" 1 "*
1 passed, 1 failed" "*lua: exit status 1*"
lua_prints '' 0
try test.sh lua
expect "no test at all" 1 "*
0 passed, 1 failed" "*lua: no test ran*"
lua_prints 'ok 1 - a\\n' 0
rm "$checkout/build/CMakeCache.txt"
CMAKE_FAILS=1 try test.sh lua
expect "no build" 1 "*
0 passed, 1 failed" "*The build failed.*"

tool ctest <<'END'
mkdir -p Testing/Temporary
cat >Testing/Temporary/LastTest.log
END
cat >log <<'END'
1/3 Testing: test_one
Output:
1..3
ok 1 - a
ok 2 - b
not ok 3 - c
Test Failed.
2/3 Testing: test_crash
Output:
1..2
ok 1 - a
Test Failed.
3/3 Testing: test_good
ok 1 - a
Test Passed.
END
sed -i 's/cat >Testing/cat "$CHECKOUT\/..\/log" >Testing/' tools/ctest
try test.sh core
expect "a failed test and a crash in the core" 1 "*
4 passed, 2 failed" "*"
try test.sh core lua
expect "the sum" 1 "*
5 passed, 2 failed" "*"
try test.sh nonsense
expect "an unknown suite" 2 "" "test.sh - *--sanitize*"

# -- One test ---------------------------------------------------------------------------------------

mkdir -p "$checkout/tests/core/learn" "$checkout/tests/core/tensor" "$checkout/tests/lua/learn" \
  "$checkout/tests/cli" "$checkout/examples/tutorial"
for file in core/learn/test_sparse.c core/learn/test_spare.c core/tensor/test_sort.c \
  lua/learn/stop_spec.lua lua/learn/train_spec.lua cli/test_options.sh; do
  : >"$checkout/tests/$file"
done
: >"$checkout/examples/02_xor.lua"
: >"$checkout/examples/tutorial/05_sweep.lua"
# Stand-ins that write down how they were called, and pass one test.
printf '#!/bin/sh\necho "mah $*" >>"%s"\necho "ok 1 - a"; echo "1 passed, 0 failed"\n' \
  "$CALLS" >"$checkout/build/mah"
cp "$checkout/build/mah" mah
printf 'echo "run.sh $*" >>"%s"\necho "1 passed, 0 failed"\n' "$CALLS" >"$checkout/tests/cli/run.sh"
sed -i '1i #!/bin/sh' "$checkout/tests/cli/run.sh"
chmod +x "$checkout/tests/cli/run.sh"
printf 'ok 1 - a\n' >log

try test.sh lua tests/lua/learn/stop_spec.lua
expect "a file of Lua tests" 0 "*1 passed, 0 failed" "*"
check "is all that runs" grep -qx 'mah tests/lua/run.lua -o TAP tests/lua/learn/stop_spec.lua' calls
try test.sh lua
check "without a name all run" grep -qx 'mah tests/lua/run.lua -o TAP' calls
try test.sh lua learn
check "a folder's name is enough" \
  grep -qx 'mah .* tests/lua/learn/stop_spec.lua tests/lua/learn/train_spec.lua' calls
try test.sh core sparse tensor/sort
check "tests of the core by their names" grep -qF ' -R ^(learn/sparse|tensor/sort)$' calls
try test.sh cli "$checkout/tests/cli/test_options.sh" examples 02_xor
check "a test of the command line by its path" grep -qx 'run.sh build test_options.sh' calls
check "and an example" grep -qx 'mah tests/cli/examples.lua build/mah examples/02_xor.lua' calls
mkdir "$checkout/tests/package" && : >"$checkout/tests/package/test_rock.sh"
try test.sh package rock
check "of packages" grep -qx 'run.sh build test_rock.sh' calls
try test.sh examples
check "without a name the tutorial's chapters, too" grep -qx \
  'mah tests/cli/examples.lua build/mah examples/02_xor.lua examples/tutorial/05_sweep.lua' calls
try test.sh core sparce
expect "no such test: those that begin alike" 2 "" \
  'There is no test "sparce" in the suite core. There are: learn/spare learn/sparse'
check "before anything is built" [ ! -s calls ]
try test.sh lua nonsense
expect "or all" 2 "" '*"nonsense"*: learn/stop learn/train'
try test.sh lint sparse
expect "a suite that has no files" 2 "" "test.sh - *"
try test.sh lint
expect "a linter that is missing, and its package" 1 "*luacheck is missing*lua-check*" "*"

finish
