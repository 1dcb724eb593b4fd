# cmake --install: the program with all that belongs to it, and `require "mah"` from a stock luajit.
. ./harness.sh

prefix="$HERE/a prefix"
run cmake --install "$BUILD" --prefix "$prefix"
check "cmake --install" [ "$status" = 0 ]
command -v luajit >/dev/null && check "it says what a stock luajit needs to find that place" \
  grep -qF "export LUA_PATH='$prefix/share/lua/5.1/?.lua;$prefix/share/lua/5.1/?/init.lua;;'" .out

# -- All of it is found from where it is now: the prefix is moved -----------------------------------

mv "$prefix" "$HERE/moved here"
prefix="$HERE/moved here"
share="$prefix/share"
version=$("$MAH" -e 'print(mah.version)')

run "$prefix/bin/mah" -e 'print(require("mah").zeros(2).shape[1])'
expect "the installed program" 0 "2" ""
run "$prefix/bin/mah" examples
expect "mah examples" 0 "*02_xor *XOR: *" ""
check "of that folder" diff -r "$ROOT/examples" "$share/mah/examples"

run cc -fsyntax-only -include "$prefix/include/mah/mah.h" -I"$prefix/include/mah" -x c /dev/null
expect "the installed headers" 0 "" ""
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name mah.pc)")
export PKG_CONFIG_PATH
cat >c.c <<'END'
#include <mah.h>
#include <stdio.h>
int main(void) { return puts(mah_version()) < 0; }
END
eval "cc c.c -o c $(pkg-config --cflags --libs mah)"
run env LD_LIBRARY_PATH="$(dirname "$PKG_CONFIG_PATH")" ./c
expect "a C program, by mah.pc" 0 "$version" ""

check "the manual page, with the version" \
  grep -q "^.TH MAH 1 [0-9-]* \"mah $version\"" "$share/man/man1/mah.1"
for file in bash-completion/completions/mah zsh/site-functions/_mah \
  fish/vendor_completions.d/mah.fish doc/mah/LICENSE doc/mah/CHANGELOG.md; do
  check "$file" [ -s "$share/$file" ]
done
check "the definitions for lua-language-server" \
  grep -q '^---@class mah$' "$share/mah/definitions/mah.lua"

DESTDIR="$HERE/staged" run cmake --install "$BUILD" --prefix /usr
check "a staged installation has the definitions, too" [ -s staged/usr/share/mah/definitions/mah.lua ]
check "and says nothing of this machine's luajit" sh -c '! grep -q LUA_PATH .out'

# -- A stock luajit ---------------------------------------------------------------------------------

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
