# Ctrl-C. Scripts make the file `ready` when they have got to their loop.
. ./harness.sh

# start COMMAND...: in the background; comes back when it is ready. $pid
start() {
  rm -f ready
  "$@" >.out 2>.err &
  pid=$!
  wait_for 30 [ -e ready ]
}

# end: waits for it, and never longer than half a minute.
end() {
  wait_for 30 gone $pid || kill -KILL $pid
  wait $pid
  status=$? out=$(cat .out) err=$(cat .err)
}

cat >loop.lua <<'END'
jit.off()
local function forever()
  io.open("ready", "w"):close()
  local x = 0
  while true do x = x + 1 end
end
print "started"
forever()
END
start "$MAH" loop.lua
kill -INT $pid
end
expect "one Ctrl-C ends an interpreted loop" 130 "started" "mah: loop.lua:5: interrupted
stack traceback:*	loop.lua:5: in function 'forever'*	loop.lua:8: in main chunk"

echo 'io.open("ready", "w"):close() while true do end' >compiled.lua
start "$MAH" compiled.lua
signals=0
until wait_for 1 gone $pid || [ $signals = 10 ]; do
  kill -INT $pid
  signals=$((signals + 1))
done
end
expect "the second one ends a compiled loop" 130 "" "*"
check "and no third is needed" [ $signals -le 2 ]

mkfifo pipe
echo 'io.open("ready", "w"):close() print(io.read())' >reads.lua
sleep 60 >pipe &
sleeper=$!
start sh -c 'exec "$MAH" reads.lua <pipe' # (a background command's own input is /dev/null)
wait_for 10 grep -q '^State:	S' /proc/$pid/status
kill -INT $pid
end
expect "a script that waits for input" 130 "*" "mah: reads.lua:1: interrupted*"
kill $sleeper

echo 'io.open("ready", "w"):close() print(pcall(function() jit.off(true) while true do end end))
print "cleaned up"' >catches.lua
start "$MAH" catches.lua
kill -INT $pid
end
expect "a script may catch it" 0 "false	*interrupted
cleaned up" ""

echo 'jit.off()
local own = loadstring("io.open([[ready]], [[w]]):close() while true do end", "=[mah]/own.lua")
local function run()
  own()
end
run()' >inside.lua
start "$MAH" inside.lua
kill -INT $pid
end
expect "within mah the line is the script's" 130 "" "mah: inside.lua:4: interrupted*"

cat >many.lua <<'END'
local mah = require "mah"
local nets, data = {}, { x = mah.rand(40, 3), y = mah.randint(0, 1, 40) }
for i = 1, 5 do nets[i] = mah.mlp { 3, { 4, "relu" }, { 2, "softmax" }, seed = i } end
local rounds = 0
local ok, problem = pcall(mah.train_many, nets, data, { batch_size = 8, stop = 1e9,
  on_epoch = arg[1] == "callback" and function(s)
    if s.epoch == 20 then io.open("ready", "w"):close() end
    rounds = rounds + 1
    if rounds > 100 then for i = 1, 1e4 do rounds = rounds + i * 0 end end
  end or function(s) if s.epoch == 20 then io.open("ready", "w"):close() end end })
print(ok, problem)
mah.train(nets[1], data, { stop = 1 })
error(problem, 0)
END
for where in core callback; do
  start "$MAH" many.lua $where
  kill -INT $pid
  end
  expect "many trainings at once, in the $where" 130 "false	many.lua:*: interrupted" \
    "mah: many.lua:*: interrupted*"
done

# -- A training with a checkpoint -------------------------------------------------------------------

cat >saved.lua <<'END'
local mah = require "mah"
local net = mah.mlp { 3, { 16, "relu" }, { 2, "softmax" }, seed = 1 }
local data = { x = mah.rand(400, 3, { rng = 1 }), y = mah.randint(0, 1, 400, { rng = 2 }) }
local run = mah.train(net, data, { batch_size = 8, stop = 3000, seed = 1,
  checkpoint = { path = arg[1], seconds = 1e6 }, on_epoch = function(s)
    io.stdout:write "." -- a count would be put back from the checkpoint
    if s.epoch == 20 then io.open("ready", "w"):close() end
  end })
print(run.n_iter, ("%.17g"):format(run.history.loss[3000]))
END
run "$MAH" saved.lua calm
calm=${out#"${out%%[0-9]*}"}
start "$MAH" saved.lua saved
kill -INT $pid
end
expect "one with a checkpoint saves before it ends" 130 "*" "mah: saved.lua:4: interrupted*"
check "its file is there" [ -s saved ]
run "$MAH" saved.lua saved
expect "goes on" 0 "*.$calm" ""
check "from there" [ $((${#out} - ${#calm})) -le 2980 ]
check "and the file goes" [ ! -e saved ]

finish
