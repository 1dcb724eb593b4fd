# The prompt, in a pseudo-terminal (prompt_*.lua); a pipe; --doc; the transcript of a first session.
. ./harness.sh

for part in typing running working; do
  timeout -k 5 900 "$MAH" "$ROOT/tests/cli/prompt_$part.lua" "$MAH" >.log 2>&1
  grep -v ' passed, ' .log
  set -- $(grep ' passed, ' .log || echo "0 passed, 1 failed")
  passed=$((passed + $1)) failed=$((failed + $3))
done

echo 'print(1 + 1) 5' >wrong.lua
run "$MAH" <wrong.lua
expect "a pipe is a script, not a prompt" 1 "" "mah: stdin:1: *"
printf 'x = 1\nx + 1\nfor i = 1, 2 do\nprint(i)\nend\nerror "no"\n' >lines
HOME=$HERE run "$MAH" -i <lines
expect "-i without a terminal" 0 "mah> mah> 2
mah> ...> ...> 1
2
mah> error: prompt:1: no
mah> " ""
printf 'for i = 1, 2 do\n' >lines
HOME=$HERE run "$MAH" -i <lines
expect "the end inside of a chunk" 0 "mah> ...> error: *<eof>*" ""
mkdir -p .config/mah
echo 'print "from init"' >.config/mah/init.lua
echo 'print "the script"' >plain.lua
HOME=$HERE run "$MAH" plain.lua
expect "init.lua is not for scripts" 0 "the script" ""
echo '1' >lines
HOME=$HERE run "$MAH" -i <lines
expect "nor for what no terminal reads" 0 "mah> 1
mah> " ""
rm -r .config
echo 'local mah = require "mah"
mah.prompt()' >asks.lua
run "$MAH" asks.lua </dev/null
expect "mah.prompt without a terminal" 1 "" \
  "mah: asks.lua:2: mah.prompt: standard input is no terminal*"
run "$MAH" --color=sometimes
expect "--color" 2 "" "mah: unknown option '--color=sometimes'*"
echo 'print(os.getenv "MAH_COLOR")' >color.lua
run "$MAH" --color=never <color.lua
expect "switches alone leave standard input a script" 0 "never" ""

run "$MAH" --doc 'a reference'
expect "--doc" 0 "* entries in a reference" ""
check "an index" grep -q '^\* \[mah.train\](learn.md#mahtrainnet-data-given): ' 'a reference/index.md'
check "a page" grep -q '^| `batch_size` | ' 'a reference/learn.md'
check "definitions" grep -q '^function mah.train_many(nets, data, given) end' 'a reference/mah.lua'
run "$MAH" 'a reference/mah.lua'
expect "definitions are Lua" 0 "" ""
run "$MAH" --doc
expect "--doc without a folder" 2 "" "mah: missing argument after '--doc'*"

HOME=$HERE timeout -k 5 300 "$MAH" "$ROOT/tests/cli/transcript.lua" "$MAH" "$ROOT/examples/first_session.txt" \
  >.out 2>.err
status=$? out=$(cat .out) err=$(cat .err)
expect "the first session's transcript" 0 "*as written" ""

finish
