# Errors: what is said on standard error, and where it points.
. ./harness.sh

cat >wrong.lua <<'END'
local mah = require "mah"
local function inner()
  mah.zeros(-1)
end
print "before"
inner()
END
run "$MAH" wrong.lua
expect "the user's line and traceback" 1 "before" "mah: wrong.lua:3: *-1*
stack traceback:
	wrong.lua:3: in function 'inner'
	wrong.lua:6: in main chunk"
check "no frames of C or of mah" sh -c '! grep -q -F -e "[C]" -e "[mah]" .err'

run "$MAH" -e 'error()'
expect "error()" 1 "" "mah: (error object is a nil value)*"
run "$MAH" -e 'error(nil)'
expect "error(nil)" 1 "" "mah: (error object is a nil value)*"
run "$MAH" -e 'error({})'
expect "error({})" 1 "" "mah: (error object is a table value)*"
run "$MAH" -e 'error(true)'
expect "error(true)" 1 "" "mah: (error object is a boolean value)*"
run "$MAH" -e 'error(42)'
expect "error(42)" 1 "" "mah: (command line):1: 42*"
run "$MAH" -e 'error(setmetatable({}, {__tostring = function() return "mine" end}))'
expect "__tostring" 1 "" "mah: mine*"
run "$MAH" -e 'error(setmetatable({}, {__tostring = function() return {} end}))'
expect "__tostring that returns no string" 1 "" "mah: *"
run "$MAH" -e 'error(setmetatable({}, {__tostring = function() error "again" end}))'
expect "__tostring that fails" 1 "" "mah: *"
run "$MAH" -e 'error "no newline\0after a zero"'
check "a message with a zero is whole" grep -q -a "after a zero" .err
run "$MAH" -e 'error("plain", 0)'
expect "level 0" 1 "" "mah: plain
stack traceback:
	(command line):1: in main chunk"
run "$MAH" -e 'local function f() return 1 + f() end f()'
expect "stack overflow" 1 "" "mah: (command line):1: stack overflow*stack traceback:*"
run sh -c 'ulimit -v 1000000; exec "$MAH" -e "local s = (\"x\"):rep(1e6) while true do s = s .. s end"'
expect "out of memory" 1 "" "mah: not enough memory"
run "$MAH" -e 'coroutine.wrap(function() error "inside" end)()'
expect "an error in a coroutine" 1 "" "mah: *(command line):1: inside
stack traceback:
	(command line):1: in main chunk"

printf 'local x = 1\nlocal y = = 2\n' >syntax.lua
run "$MAH" syntax.lua
expect "a syntax error" 1 "" "mah: syntax.lua:2: unexpected symbol near '='"
run "$MAH" -e 'x ='
expect "a syntax error in -e" 1 "" "mah: (command line):1: unexpected symbol near '<eof>'"
printf 'return 1 +' >half.lua
run "$MAH" -e 'require "half"'
expect "a syntax error in a module" 1 "" "mah: error loading module 'half' from file './half.lua':
	./half.lua:1: unexpected symbol near '<eof>'*"
run "$MAH" -e 'print "one" io.stderr:write "two\n" error "three"'
expect "results and errors do not mix" 1 "one" "two
mah: (command line):1: three*"

finish
