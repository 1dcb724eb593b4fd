# `luarocks make`, into a tree of its own: the program, the modules for a stock luajit, the examples.
# Compiles everything, so it runs only when it is asked for: scripts/test.sh package
. "$ROOT/tests/cli/harness.sh"

if ! command -v luarocks >/dev/null; then
  skip "there is no luarocks: THE ROCK IS NOT TESTED"
  finish
  exit
fi
tree="$HERE/tree"
cp -R "$ROOT" checkout # it builds in the folder it is called in
rm -rf checkout/build* checkout/.git
cd checkout || exit 1
CMAKE_BUILD_PARALLEL_LEVEL=$(getconf _NPROCESSORS_ONLN) \
  luarocks --lua-version 5.1 --tree "$tree" make scripts/package/mah-scm-1.rockspec >../log 2>&1
good=$?
cd ..
verdict $good "luarocks make"
[ $good = 0 ] || { tail -n 30 log; finish; exit; }

run "$tree/bin/mah" -e 'print(mah.tensor{1, 2} * 3)'
expect "the program" 0 "*{3.0, 6.0}" ""
run "$tree/bin/mah" examples
expect "its examples" 0 "*02_xor *XOR: *" ""
eval "$(luarocks --lua-version 5.1 --tree "$tree" path)"
run luajit -e 'print(require("mah").zeros(2).shape[1])'
expect "a stock luajit, with the variables that luarocks sets" 0 "2" "*"
run luarocks --lua-version 5.1 --tree "$tree" remove mah
check "it is removed again" [ ! -e "$tree/share/lua/5.1/mah/init.lua" ]

finish
