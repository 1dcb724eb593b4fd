# Checkpoints of a sweep on ranks: SIGUSR1 to the launcher lets the trials of all ranks save where they
# stand, and the same command goes on; and successive halving that pauses trials and promotes them.
. "$ROOT/tests/cluster/harness.sh"
needs_mpi || { finish; exit; }

# Each trial notes its first epoch, and waits at its fifth for the signal where arg[2] says so.
cat >"$PLAIN/save.lua" <<'END'
local mah = require "mah"
local C = require "mah.base.library"
local x = mah.rand(500, 30, { rng = mah.rng(1) })
local study = mah.sweep { name = "save", store = arg[1], grid = { h = { 3, 4, 5 } }, code = "1",
  checkpoint = 1000, trial = function(p, report)
    local net, first = mah.mlp { 30, { p.h, "tanh" }, { 1, "identity" } }, nil
    local history = mah.train(net, { x = x, y = x:sum(2) }, { stop = 9, on_epoch = function(s)
      report(s.epoch, s.loss)
      if s.epoch == 6 then mah.file.write(("six.%d.%s"):format(p.h, arg[2]), "") end
      if s.epoch ~= 5 or arg[2] ~= "wait" then return end
      mah.file.write("five." .. p.h, "")
      repeat until C.mah_pause_requested() ~= 0
    end }).history
    return { loss = history.loss, sum = net.params:sum() }
  end }
study:run { jobs = 3 }
for _, row in ipairs(study:results()) do
  print(row.status, require("mah.sweep.canonical").encode { row.result, row.curve.values })
end
END
as_plain_user "$MAH" save.lua calm.db no >calm 2>.err
check "without a signal" [ "$(grep -c '^done' calm)" = 3 ]
rm -f "$PLAIN"/six.*

all_wait() { [ -e "$PLAIN/five.3" ] && [ -e "$PLAIN/five.4" ] && [ -e "$PLAIN/five.5" ]; }
ranks 4 "$MAH" save.lua saved.db wait >.out 2>.err &
pid=$!
check "the trials of three ranks run" wait_for 20 all_wait
kill -USR1 $pid
wait $pid
check "SIGUSR1 ends the job" [ $? != 0 ]
check "and the first rank says so" grep -q 'SIGUSR1: study "save" is interrupted with 0 of 3' .err
check "all have saved" [ "$(find "$PLAIN/saved.checkpoints" -type f | wc -l)" = 3 ]
check "and none went on" [ -z "$(ls "$PLAIN"/six.* 2>/dev/null)" ]
run ranks 4 "$MAH" save.lua saved.db no
expect "the same command goes on" 0 "*" "*"
check "with the bits of an undisturbed run" cmp calm .out
check "and removes the checkpoints" [ ! -e "$PLAIN/saved.checkpoints" ]

cat >"$PLAIN/asha.lua" <<'END'
local mah = require "mah"
local x = mah.rand(500, 30, { rng = mah.rng(1) })
local numbers = {}
for i = 1, 9 do numbers[i] = i end
local study = mah.sweep { name = "asha", store = arg[1], grid = { i = numbers }, checkpoint = 1000,
  prune = mah.prune.asha { min = 1, factor = 3, promote = true }, goal = "max", of = "value",
  trial = function(p, report)
    local net = mah.mlp { 30, { 4, "tanh" }, { 1, "identity" } }
    mah.train(net, { x = x, y = x:sum(2) }, { stop = 9, on_epoch = function(s)
      report(s.epoch, p.i)
    end })
    return { value = p.i }
  end }
study:run { jobs = 3 }
for _, row in ipairs(study:results()) do print(row.params.i, row.status, #row.curve.epochs) end
END
run ranks 4 "$MAH" asha.lua asha.db
expect "the best trial is promoted to the end" 0 "*9	done	9" "*"
check "and the worst ends at its first rung" grep -q "^1	pruned	1" .out

finish
