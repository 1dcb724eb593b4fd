# A trial of two trainings that is killed, with SIGKILL, at 50 random moments, its coordinator with it
# at every fifth: its result has the bits of an undisturbed one, and no step is made twice that was
# made before the last checkpoint. Then a full disk, and SIGTERM.
. ./harness.sh

# What the trial did is in the file log: "P" a process begins; "E fit epoch" an epoch or step has
# ended; "S fit epoch" a checkpoint was saved.
cat >kill.lua <<'END'
local mah = require "mah"
local Session = require "mah.learn.checkpoint.session"
local ffi = require "ffi"
ffi.cdef "int getpid(void);"
local epochs = tonumber(arg[2])
local x = mah.rand(3000, 30, { rng = mah.rng(1) })
local y = (x:sum(2) * 1.5):int():clamp(20, 25)

local function note(text, ...)
  local log = io.open("log", "a")
  log:write(text:format(...), "\n")
  log:close()
end

local save = Session.save
local done = {} -- the last epoch or step of each training
function Session:save(number, ...)
  save(self, number, ...)
  note("S %d %d", number, done[number] or 0)
end
local take = Session.load
function Session:load(number, ...)
  local state = take(self, number, ...)
  if state then done[number] = number == 1 and #state.history.loss or state.mask_step end
  return state
end

local study = mah.sweep { name = "killed", store = arg[1], trials = { { h = 48 } }, code = "1",
  retry = 1000, checkpoint = 0.05,
  trial = function(p, report)
    local pid = io.open("pid", "w")
    pid:write(ffi.C.getpid())
    pid:close()
    note "P"
    local function ended(number, n)
      done[number] = n
      note("E %d %d", number, n)
    end
    local clf = mah.MLPClassifier { hidden_layer_sizes = { p.h, p.h }, random_state = 1, dropout = 0.2,
      early_stopping = true, n_iter_no_change = 1000, max_iter = epochs, on_epoch = function(s)
        report(s.epoch, s.val_score)
        ended(1, s.epoch)
      end }
    clf:fit(x, y)
    local net = mah.mlp { 30, { p.h, "tanh" }, { 26, "softmax" } }
    local velocity
    local history = mah.train(net, { x = x, y = y }, { stop = epochs / 2, batch_size = 500,
      solver = function(evaluate, w)
        local loss, g = evaluate(w)
        velocity = velocity or mah.zeros(#w)
        velocity:mul_(0.9):axpy_(-0.1, g)
        w:add_(velocity)
        return loss
      end,
      on_batch = function(s) ended(2, 6 * (s.epoch - 1) + s.batch) end }).history
    return { clf.validation_scores_, clf.coefs_[2]:sum(), clf.loss_, history.loss, net.params:sum(),
      math.random(), mah.rand(1)[1] }
  end }
study:run { jobs = 1 }
for _, row in ipairs(study:results()) do
  print(row.status, require("mah.sweep.canonical").encode { row.result, row.curve.values })
end
END

# log_is_sound: does each process begin where the last checkpoint was, and do all epochs and steps come?
# Prints how many were made twice.
log_is_sound() {
  awk '
    $1 == "P" { for (f in last) next_of[f] = saved[f] + 1 }
    $1 == "S" { saved[$2] = $3 }
    $1 == "E" {
      if (!($2 in next_of)) next_of[$2] = 1
      if ($3 < next_of[$2] || ($3 > next_of[$2] && $3 > last[$2] + 1)) { print "not sound: " $0; bad = 1 }
      twice += $3 <= last[$2]; lost[$2] = 0
      next_of[$2] = $3 + 1; last[$2] = $3
    }
    END { print twice + 0; exit bad }' log
}

EPOCHS=1000
"$MAH" kill.lua calm.db $EPOCHS >calm 2>.progress
check "without a kill" [ $? = 0 ]
check "it is done" grep -q '^done' calm

# kill_trial: the process of the trial, if it is there, or its coordinator
kill_trial() {
  pid=$(cat pid 2>/dev/null)
  grep -q kill.lua "/proc/$pid/cmdline" 2>/dev/null || pid=$coordinator
  kill -KILL "$pid" 2>/dev/null
}

# finish_round: is the trial's result the calm one, and the log sound?
finish_round() {
  check "round $round has the bits of the calm run" cmp calm out$round
  check "and goes on where its checkpoints were ($(log_is_sound) epochs and steps twice)" log_is_sound >/dev/null
  check "its checkpoints are gone" [ ! -e round$round.checkpoints ]
  round=$((round + 1))
  rm -f log
}

# moments: seconds from 0.05 to 0.35, the same at each run of this test. Where the trial was faster
# than the kills, the rest of them hit another one.
awk 'BEGIN { srand(19); for (i = 0; i < 50; i++) print 0.05 + 0.3 * rand() }' >moments
kills=0 round=1 coordinator=
rm -f log pid
while read -r moment; do
  if [ -z "$coordinator" ]; then
    "$MAH" kill.lua round$round.db $EPOCHS >out$round 2>.progress &
    coordinator=$!
  fi
  sleep "$moment"
  if [ $((kills % 5)) = 4 ]; then kill -KILL $coordinator 2>/dev/null; else kill_trial; fi
  kills=$((kills + 1))
  kill -0 $coordinator 2>/dev/null && [ $((kills % 5)) != 0 ] && continue
  wait $coordinator 2>/dev/null && finish_round
  coordinator=
done <moments
check "50 kills" [ $kills = 50 ]
[ -z "$coordinator" ] || wait $coordinator 2>/dev/null
"$MAH" kill.lua round$round.db $EPOCHS >out$round 2>.progress
check "the trial ends" [ $? = 0 ]
finish_round

# -- A full disk --------------------------------------------------------------------------------------

cat >full.lua <<'END'
local mah = require "mah"
local x = mah.rand(500, 30, { rng = mah.rng(1) })
mah.sweep { name = "full", store = "full.db", trials = { { h = 100 } },
  checkpoint = { seconds = 0.001, folder = "small" },
  trial = function(p)
    local net = mah.mlp { 30, { p.h, "tanh" }, { 1, "identity" } }
    mah.train(net, { x = x, y = x:sum(2) }, { stop = 50 })
    return { sum = net.params:sum() }
  end }:run { jobs = 1 }
END
mkdir small
if mount -t tmpfs -o size=16k none small 2>/dev/null; then
  run "$MAH" full.lua
  expect "a full disk: the trial goes on, and warns once" 0 "" "*1/1 done,*1 of 1 trial warned:
  once: full.lua:7: the checkpoint 'small/*/fit-1.safetensors' cannot be written, and the training goes on without: *No space left on device
*"
  check "nothing half-written is left" [ -z "$(find small -type f)" ]
  umount small
else
  skip "a full disk: a tmpfs cannot be mounted here"
fi

# -- Signals ------------------------------------------------------------------------------------------

cat >signals.lua <<'END'
local mah = require "mah"
local C = require "mah.base.library"
local x = mah.rand(500, 30, { rng = mah.rng(1) })
mah.sweep { name = "signals", store = "signals.db", grid = { h = { 3, 4 } }, checkpoint = 1000,
  trial = function(p)
    local first
    mah.train(mah.mlp { 30, { p.h, "tanh" }, { 1, "identity" } }, { x = x, y = x:sum(2) },
      { stop = 3, on_epoch = function(s)
        first = first or s.epoch
        if s.epoch ~= 2 then return end
        io.open("ready" .. p.h, "w"):close()
        repeat until C.mah_pause_requested() ~= 0
      end })
    return { first = first }
  end }:run { jobs = 2 }
END
both() { [ -e ready3 ] && [ -e ready4 ]; }
for signal in USR1 TERM; do
  rm -rf ready3 ready4 signals.db signals.checkpoints
  "$MAH" signals.lua >/dev/null 2>.progress &
  pid=$!
  check "both trials run" wait_for 20 both
  kill -$signal $pid
  wait $pid
  status=$?
  check "SIG$signal ends the run, as interrupted" [ $status = 130 ]
  check "and says so" grep -q "SIG$signal: study \"signals\" is interrupted with 0 of 2 trials" .progress
  check "both have saved" [ "$(find signals.checkpoints -type f | wc -l)" = 2 ]
done

finish
