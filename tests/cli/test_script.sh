# Scripts: arguments, where their modules are found, exit status.
. ./harness.sh

cat >'show arg.lua' <<'END'
print(arg[0], #arg, arg[1], arg[2], arg[3], ...)
print(arg[-1] ~= nil)
END
run "$MAH" 'show arg.lua' one 'two words' ''
expect "arg and ..." 0 "show arg.lua	3	one	two words		one	two words	
true" ""
run "$MAH" -e 'x = 1' 'show arg.lua' -e --version
expect "options after the script are its own" 0 "show arg.lua	2	-e	--version	nil	-e	--version
true" ""
run "$MAH" 'show arg.lua' $(seq 7000)
expect "thousands of arguments" 0 "show arg.lua	7000	1	2	3	*" ""
run "$MAH" 'show arg.lua' $(seq 20000)
expect "more than Lua takes" 1 "" "mah: stack overflow*"

mkdir -p 'the project/parts' elsewhere/deep templates
echo 'print(require "beside", require "parts.inner", require "folder")' >'the project/main.lua'
echo 'return "beside"' >'the project/beside.lua'
echo 'return "inner"' >'the project/parts/inner.lua'
mkdir 'the project/folder' && echo 'return "init"' >'the project/folder/init.lua'
run "$MAH" 'the project/main.lua'
expect "modules beside the script" 0 "beside	inner	init" ""
run env -C / "$MAH" "$HERE/the project/main.lua"
expect "modules beside it, from elsewhere" 0 "beside	inner	init" ""
run env -C 'the project' "$MAH" main.lua
expect "modules beside it, in its folder" 0 "beside	inner	init" ""

echo 'return "deep"' >elsewhere/deep/deeper.lua
echo 'return "template"' >templates/odd.module
echo 'return "not this"' >elsewhere/beside.lua
export MAH_PATH="$HERE/elsewhere/deep;;$HERE/elsewhere;$HERE/templates/?.module"
run "$MAH" -e 'print(require "deeper", require "odd")'
expect "MAH_PATH" 0 "deep	template" ""
run "$MAH" 'the project/main.lua'
expect "the script's folder comes before MAH_PATH" 0 "beside	inner	init" ""
mkdir fake && echo 'return "fake"' >fake/mah.lua
MAH_PATH=$HERE/fake run "$MAH" -e 'print(type(require "mah"))'
expect "nothing stands in for mah" 0 "table" ""
unset MAH_PATH

{ echo "#!/usr/bin/env mah"; echo 'print("shebang", ...)'; } >script && chmod +x script
PATH=$BUILD:$PATH run ./script a
expect "a shebang script" 0 "shebang	a" ""
run "$MAH" script b
expect "its first line is no Lua" 0 "shebang	b" ""

run "$MAH" no_such.lua
expect "no such script" 1 "" "mah: cannot open no_such.lua: No such file*"
run "$MAH" elsewhere
expect "a folder" 1 "" "mah: cannot read elsewhere*"
run "$MAH" -e 'os.exit(0)'
expect "os.exit(0)" 0 "" ""
run "$MAH" -e 'os.exit(7)'
expect "os.exit(7)" 7 "" ""
run "$MAH" -e 'io.write "buffered" os.exit(3)'
expect "os.exit writes what is buffered" 3 "buffered" ""
run "$MAH" -e 'return 5'
expect "a returned value is no status" 0 "" ""
run "$MAH" -e 'print(pcall(require, "cjson"))'
expect "Lua's C modules load" 0 "true	table:*" ""

finish
