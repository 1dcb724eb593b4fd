# cmake --install: the program, and `require "mah"` from a stock luajit.
. ./harness.sh

prefix="$HERE/a prefix"
run cmake --install "$BUILD" --prefix "$prefix"
check "cmake --install" [ "$status" = 0 ]

run "$prefix/bin/mah" -e 'print(require("mah").zeros(2).shape[1])'
expect "the installed program" 0 "2" ""

run cc -fsyntax-only -include "$prefix/include/mah/mah.h" -I"$prefix/include/mah" -x c /dev/null
expect "the installed headers" 0 "" ""

if ! command -v luajit >/dev/null; then
  skip "there is no luajit"
  finish
  exit
fi
export LUA_PATH="$prefix/share/lua/5.1/?.lua;$prefix/share/lua/5.1/?/init.lua;;"
warning="warning: this LuaJIT * gives wrong values for *"
calls="$ROOT/tests/cli/varargs.lua"
[ "$(luajit "$calls" 1 60)" != "$(luajit -joff "$calls" 1 60)" ] || warning=
run luajit -e 'local mah = require "mah"; require "mah.data"; print(mah.zeros(2).shape[1])'
expect "require from luajit, with a warning where that one is faulty" 0 "2" "$warning"
check "one line of it" [ "$(wc -l <.err)" -le 1 ]

# Every part must be there, and not only those that the start needs.
(cd "$ROOT/bindings/mah" && find . -name '*.lua') | sed 's/^\.\///' | sort >wanted
(cd "$prefix/share/lua/5.1/mah" && find . -name '*.lua') | sed 's/^\.\///' | sort >there
run comm -23 wanted there
expect "all modules are installed" 0 "" ""

cat >wrong.lua <<'END'
local mah = require "mah"
mah.zeros(-1)
END
run luajit wrong.lua
expect "errors blame the user's line there, too" 1 "" "*luajit: wrong.lua:2: *"

rm -f "$prefix"/lib*/libmah.so* "$prefix"/lib/*/libmah.so*
run luajit -e 'require "mah"'
expect "without libmah.so" 1 "" "luajit: *mah: cannot load libmah.so: *"

finish
