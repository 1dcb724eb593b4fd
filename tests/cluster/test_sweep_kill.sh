# A sweep on four ranks whose trials, ranks and envoys are killed, with SIGKILL, at random moments: the
# launcher ends the job, and the same command goes on; at the end each trial is done exactly once.
. "$ROOT/tests/cluster/harness.sh"
needs_mpi || { finish; exit; }

# kill.lua STORE: 60 trials, which note their process, as the ranks do.
cat >"$PLAIN/kill.lua" <<'END'
local mah = require "mah"
local ffi = require "ffi"
ffi.cdef "int usleep(unsigned microseconds); int getpid(void);"
local numbers = {}
for i = 1, 30 do numbers[i] = i end
local function note(name) mah.file.write(name, tostring(ffi.C.getpid())) end
note("rank." .. (os.getenv "OMPI_COMM_WORLD_RANK" or "alone"))
local study = mah.sweep { name = "killed", store = arg[1], grid = { i = numbers, seed = { 1, 2 } },
  retry = tonumber(arg[2]), trial = function(p, report)
    note(("trial.%d.%d"):format(p.i, p.seed))
    report(1, p.i)
    ffi.C.usleep(60000)
    report(2, p.i)
    return { square = p.i ^ 2, drawn = mah.rand(1)[1] }
  end }
local counts = study:run()
print(counts.total, counts.done, counts.failed)
END
moment() { awk -v r="$(od -An -N2 -tu2 /dev/urandom)" 'BEGIN { print 0.2 + r / 65536 * 0.6 }'; }
none_left() { ! cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -q -x "[k]ill.lua"; }

as_plain_user "$MAH" kill.lua calm.db 0 >.out 2>.err
check "without a kill" [ $? = 0 ]
rows calm.db >calm

# -- Trials -----------------------------------------------------------------------------------------

# kill_trials: kills four that run, one after the other.
kill_trials() {
  for i in 2 9 14 20; do
    wait_for 20 [ -s "$PLAIN/trial.$i.1" ] && kill -KILL "$(cat "$PLAIN/trial.$i.1")" && kills=$((kills + 1))
  done
}
rm -f "$PLAIN"/trial.*
kills=0
ranks 4 "$MAH" kill.lua trials.db 0 >.out 2>.err &
kill_trials 2>/dev/null
wait $!
check "killed trials fail, and no other ($kills)" [ "$(cat .out)" = "60	$((60 - kills))	$kills" ]
check "some were killed" [ $kills -gt 0 ]
check "and say why" grep -q "$kills times: the worker was killed by signal 9 (SIGKILL" .err
run ranks 4 "$MAH" kill.lua trials.db 0 --again
expect "--again runs them again" 0 "60	60	0" "*"
rows trials.db >again
check "with the results of a calm run" cmp calm again

rm -f "$PLAIN"/trial.*
kills=0
ranks 4 "$MAH" kill.lua retried.db 9 >.out 2>.err &
kill_trials 2>/dev/null
wait $!
check "with retry they are tried again at once ($kills)" [ $kills -gt 0 -a "$(cat .out)" = "60	60	0" ]
rows retried.db >again
check "with the results of a calm run" cmp calm again

# -- Ranks ------------------------------------------------------------------------------------------

# envoy_of PID: the process that speaks MPI for a rank.
envoy_of() {
  for child in $(cat "/proc/$1/task/$1/children"); do
    ! grep -q libmpi "/proc/$child/maps" || echo "$child"
  done
}

# kill_rank RANK [envoy]: starts the sweep, and kills a rank, or its envoy, at a random moment.
kill_rank() {
  rm -f "$PLAIN"/rank.*
  ranks 4 "$MAH" kill.lua ranks.db 0 >.out 2>.err &
  job=$!
  wait_for 20 [ -s "$PLAIN/rank.$1" ]
  sleep "$(moment)"
  pid=$(cat "$PLAIN/rank.$1")
  [ -z "${2:-}" ] || pid=$(envoy_of "$pid")
  kill -KILL "$pid" 2>/dev/null
  wait $job
  status=$?
}

for rank in 2 0 1 3; do
  kill_rank $rank
  check "a rank that is killed ends the job ($rank: $status)" [ $status = 137 ]
  check "and leaves no process" wait_for 10 none_left
done
for rank in 1 0; do
  kill_rank $rank envoy
  check "so does its envoy ($rank: $status)" [ $status != 0 ]
  check "which is told" grep -q "the process that speaks MPI for this rank has ended" .err
  check "and leaves no process" wait_for 10 none_left
done
rows ranks.db >half
check "some trials were left" [ "$(grep -c '|done|' half)" -lt 60 ]
run ranks 4 "$MAH" kill.lua ranks.db 0
expect "the same command goes on" 0 "60	60	0" "*"
rows ranks.db >again
check "every trial is done once, with the results of a calm run" cmp calm again

# -- Signals ----------------------------------------------------------------------------------------

for signal in INT TERM; do
  rm -f "$PLAIN"/rank.*
  ranks 4 "$MAH" kill.lua $signal.db 0 >.out 2>.err &
  job=$!
  wait_for 20 [ -s "$PLAIN/rank.3" ]
  sleep 0.5
  kill -$signal $job # which is mpirun
  wait $job
  check "SIG$signal of mpirun ends the job" [ $? != 0 ]
  check "said once" [ "$(grep -c 'is interrupted with' .err)" = 1 ]
  check "and leaves no process" wait_for 10 none_left
  run ranks 4 "$MAH" kill.lua $signal.db 0
  expect "the same command goes on" 0 "60	60	0" "*"
  rows $signal.db >again
  check "with the results of a calm run" cmp calm again
done

# -- Checkpoints ------------------------------------------------------------------------------------

# saves.lua STORE: trainings that note their epochs.
cat >"$PLAIN/saves.lua" <<'END'
local mah = require "mah"
local data = mah.data.digits { n = 400, seed = 1 }
local study = mah.sweep { name = "saves", store = arg[1], grid = { seed = { 1, 2, 3, 4, 5, 6 } },
  checkpoint = 60, trial = function(p, report)
    local net = mah.mlp { 784, { 16, "relu" }, { 10, "softmax" }, seed = p.seed }
    mah.train(net, data.train, { stop = 20, batch_size = 50, seed = p.seed, on_epoch = function(s)
      local log = io.open(arg[1] .. ".epochs", "a")
      log:write(p.seed, " ", s.epoch, "\n")
      log:close()
      report(s.epoch, s.loss)
      os.execute "sleep 0.05"
    end })
    return { test = net:score(data.test.x, data.test.y) }
  end }
print(study:run().done)
END
run as_plain_user "$MAH" saves.lua calm-saves.db
rows calm-saves.db >calm
ranks 3 "$MAH" saves.lua saves.db >.out 2>.err &
job=$!
wait_for 20 [ -s "$PLAIN/saves.db.epochs" ]
sleep 0.4
kill -USR1 $job
wait $job
check "SIGUSR1 of mpirun ends the job" [ $? != 0 ]
check "said once" [ "$(grep -c 'SIGUSR1: study .* is interrupted with' .err)" = 1 ]
check "each trial that ran has its checkpoint" [ "$(find "$PLAIN/saves.checkpoints" -name 'fit-1.*' | wc -l)" -ge 2 ]
run ranks 3 "$MAH" saves.lua saves.db
expect "the same command goes on" 0 "6" "*"
rows saves.db >again
check "with the rows of a calm run" cmp calm again
check "and no epoch is trained twice" [ "$(sort "$PLAIN/saves.db.epochs" | uniq -d | wc -l)" = 0 ]

finish
