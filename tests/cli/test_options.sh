# The command line of mah: options, usage errors, standard input.
. ./harness.sh

run "$MAH" --version
expect "--version" 0 "mah [0-9]*.[0-9]*.[0-9]* (LuaJIT 2.1*)" ""
run "$MAH" --help
expect "--help" 0 "usage: mah *--version*MAH_PATH*" ""
run "$MAH" --nonsense
expect "an unknown option" 2 "" "mah: unknown option '--nonsense'
usage: *"
run "$MAH" -e
expect "-e without code" 2 "" "mah: missing argument after '-e'*usage: *"
run "$MAH" -e 'print(1)' -l
expect "nothing runs before a usage error" 2 "" "mah: missing argument after '-l'*"

run "$MAH" -e 'print(1 + 1)'
expect "-e" 0 "2" ""
run "$MAH" '-eprint "joined"'
expect "-e joined with its code" 0 "joined" ""
run "$MAH" -e 'x = 1' -e 'x = x + 1' -e 'print(x)'
expect "-e in their order" 0 "2" ""
run "$MAH" -e 'error "first"' -e 'print "second"'
expect "the first error ends it" 1 "" "mah: (command line):1: first*"
run "$MAH" -e 'local s = "a\0b" print(#s, s:byte(2))'
expect "an embedded zero" 0 "3	0" ""
run "$MAH" -e ''
expect "empty code" 0 "" ""

echo 'return {answer = 42}' >answers.lua
run "$MAH" -l answers -e 'print(package.loaded.answers.answer)'
expect "-l" 0 "42" ""
run "$MAH" -lanswers -e 'print(require("answers").answer)'
expect "-l joined with its name" 0 "42" ""
run "$MAH" -l no_such_module
expect "-l of an unknown module" 1 "" "mah: module 'no_such_module' not found:*no module 'no_such_module' inside mah*"
check "that error has no empty traceback" sh -c '! grep -q traceback .err'
run "$MAH" -l mah.tensor -e 'print(require("mah").zeros(2).shape[1])'
expect "a module of mah" 0 "2" ""

echo 'print("stdin", ...)' >program.lua
run "$MAH" - one 'two words' <program.lua
expect "- runs standard input" 0 "stdin	one	two words" ""
run "$MAH" <program.lua
expect "no script: standard input" 0 "stdin" ""
run "$MAH" - </dev/null
expect "empty standard input" 0 "" ""
echo 'error "here"' >wrong.lua
run "$MAH" - <wrong.lua
expect "an error in standard input" 1 "" "mah: stdin:1: here*"
echo 'print "dashed"' >./-e.lua
run "$MAH" -- -e.lua
expect "-- ends the options" 0 "dashed" ""

run "$MAH" -e 'print(mah.version, arg == mah)' -e 'mah = 5' -e 'print(mah)'
expect "-e has the global mah" 0 "*.*.*	false
5" ""
run "$MAH" -e 'print(rawget(_G, "m" .. "ah"))'
expect "and loads nothing that it does not name" 0 "nil" ""
run "$MAH" -l mah -l ffi -e 'print(type(mah.zeros), ffi.C ~= nil)'
expect "-l makes the module a global" 0 "function	true" ""

finish
