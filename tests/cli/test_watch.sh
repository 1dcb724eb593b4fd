# `mah watch`: a running sweep, on a terminal and elsewhere, and the page that it rewrites.
. ./harness.sh

# Trials 1 and 2 end at once, the others when there is a file "go".
cat >sweep.lua <<'END_OF_LUA'
local mah = require "mah"
mah.sweep { name = "watched", store = arg[1], grid = { i = { 1, 2, 3, 4, 5, 6 } },
  trial = function(p)
    if p.i == 2 then error "a fault" end
    while p.i > 2 and not mah.file.exists "go" do os.execute "sleep 0.05" end
    return { test = p.i }
  end }:run { jobs = 2, quiet = true }
END_OF_LUA

# begin STORE: a sweep of which two trials have ended
begin() {
  rm -f go
  "$MAH" sweep.lua "$1" >/dev/null 2>&1 &
  sweep=$!
  wait_for 30 sh -c '"$MAH" results "$0" watched --csv | grep -c "done\|failed" | grep -q 2' "$1"
}

# start COMMAND...: in the background; end: until it has ended
start() {
  "$@" >.out 2>.err &
  pid=$!
}
end() {
  wait_for 30 gone $pid || kill -KILL $pid
  wait $pid
  status=$? out=$(cat .out) err=$(cat .err)
}

begin runs.db
start "$MAH" watch runs.db --every 0.1 --html page.html
check "a page, soon" wait_for 30 grep -q '<meta name="mah-every"' page.html
: >go
end
expect "lines, and an end" 0 'watched: 2/6 ended, 2 running, 1 failed, best test 1 at {"i":1}
*watched: 6/6 ended, 1 failed, best test 6 at {"i":6}' ""
check "the last page stays as it is" sh -c "! grep -q '<meta name=\"mah-every\"' page.html"
check "and has all" [ "$(grep -c 'watched$\|,watched' page.trials.csv)" = 6 ]
: >go
wait_for 30 gone $sweep || kill -KILL $sweep

# -- Ctrl-C -----------------------------------------------------------------------------------------

begin more.db
start "$MAH" watch more.db --every 0.1
wait_for 30 grep -q 2/6 .out
kill -INT $pid
end
expect "Ctrl-C" 130 "watched: 2/6 ended*" ""
check "the sweep goes on" kill -0 $sweep

cat >live.lua <<'END_OF_LUA'
local pty = dofile(os.getenv "ROOT" .. "/tests/cli/pty.lua")
local p = pty.start({ os.getenv "MAH", "watch", "more.db", "--every", "0.1" },
  { columns = 60, env = { TERM = "xterm", PATH = os.getenv "PATH", LANG = "C.UTF-8" } })
p:expect "watched\n  ██████████[░]+ 2/6 ended, 2 running, 1"
p:expect "best test 1 at"
p:expect "failed once: [^\n]*a fault"
io.open("go", "w"):close()
p:expect "watched\n  [█]+ 6/6 ended, 1 failed\n"
print(p:wait(), p.raw:find("\27[4A\r\27[J", 1, true) ~= nil)
END_OF_LUA
run "$MAH" live.lua
expect "a live view" 0 "0	true" ""
: >go
wait_for 30 gone $sweep || kill -KILL $sweep

# -- What cannot be watched -------------------------------------------------------------------------

run "$MAH" watch runs.db
expect "a sweep that has ended" 0 "watched: 6/6 ended*" ""
run "$MAH" watch none.db
expect "no such store" 1 "" "mah: there is no store 'none.db'"
run "$MAH" watch runs.db wathced
expect "no such study" 1 "" "mah: there is no study 'wathced' in 'runs.db'; there are: 'watched'"
run "$MAH" watch runs.db --html no/such/page.html
expect "no such folder" 1 "watched*" "mah: *no/such/page*No such file or directory"
run "$MAH" watch runs.db --every soon
expect "no number" 2 "" "mah watch: --every: seconds are expected, *; got 'soon'*usage:*"
run "$MAH" watch
expect "nothing" 2 "" "usage: mah watch*"
run "$MAH" watch --help
expect "help" 0 "usage: mah watch*Ctrl-C*" ""
run "$MAH" watch runs.db a b
expect "too much" 2 "" "mah watch: unexpected 'b'*"
finish
