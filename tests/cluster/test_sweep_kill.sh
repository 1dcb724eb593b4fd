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
moment() { awk -v r="$(od -An -N2 -tu2 /dev/urandom)" 'BEGIN { print r / 65536 * 0.3 }'; }
none_left() { ! ls -l /proc/[0-9]*/cwd 2>/dev/null | grep -q -e "-> $PLAIN\$"; }

as_plain_user "$MAH" kill.lua calm.db 0 >.out 2>.err
check "without a kill" [ $? = 0 ]
rows calm.db >calm

# -- Trials -----------------------------------------------------------------------------------------

# is_another FILE PID: is there a process in the file, and another one?
is_another() { [ -s "$1" ] && [ "$(cat "$1")" != "$2" ]; }

# kill_trials TIMES: kills four that run, one after the other, each so often; counts those that were.
kill_trials() {
  for i in 2 9 14 20; do
    pid= hits=0
    while [ $hits -lt $1 ] && wait_for 20 is_another "$PLAIN/trial.$i.1" "$pid"; do
      pid=$(cat "$PLAIN/trial.$i.1")
      kill -KILL "$pid" || break
      hits=$((hits + 1))
    done
    [ $hits -lt $1 ] || kills=$((kills + 1))
  done
}
# sweep_with_kills STORE RETRY TIMES: what it prints is in .out and .err.
sweep_with_kills() {
  rm -f "$PLAIN"/trial.*
  kills=0
  ranks 4 "$MAH" kill.lua "$1" "$2" >.out 2>.err &
  kill_trials "$3" 2>/dev/null
  wait $!
}
sweep_with_kills once.db 0 1
check "a trial that is killed runs again ($kills)" [ $kills -gt 0 -a "$(cat .out)" = "60	60	0" ]
rows once.db >again
check "with the results of a calm run" cmp calm again

sweep_with_kills trials.db 0 2
check "one that is killed twice fails, and no other ($kills)" \
  [ "$(cat .out)" = "60	$((60 - kills))	$kills" ]
check "some were killed" [ $kills -gt 0 ]
check "and say why" grep -q "$kills times: the worker was killed by signal 9 (SIGKILL" .err
run ranks 4 "$MAH" kill.lua trials.db 0 --again
expect "--again runs them again" 0 "60	60	0" "*"
rows trials.db >again
check "with the results of a calm run" cmp calm again

sweep_with_kills retried.db 9 2
check "with retry they are tried again at once ($kills)" [ $kills -gt 0 -a "$(cat .out)" = "60	60	0" ]
rows retried.db >again
check "with the results of a calm run" cmp calm again

# -- Ranks ------------------------------------------------------------------------------------------

# envoy_of PID: the process that speaks MPI for a rank.
envoy_of() {
  for child in $(cat "/proc/$1/task/$1/children"); do
    ! grep -q libmpi "/proc/$child/maps" 2>/dev/null || echo "$child"
  done
}

a_trial_ran() { [ -n "$(ls "$PLAIN"/trial.* 2>/dev/null)" ]; }

# kill_rank RANK [envoy]: starts the sweep, and kills a rank, or its envoy, at a random moment after
# the first trial: Open MPI 4.1's mpirun may wait for ever for one that dies within MPI_Init.
kill_rank() {
  rm -f "$PLAIN"/rank.* "$PLAIN"/trial.*
  timeout -k 5 60 ranks 4 "$MAH" kill.lua $1${2:-}.db 0 >.out 2>.err &
  job=$!
  wait_for 30 a_trial_ran
  sleep "$(moment)"
  pid=$(cat "$PLAIN/rank.$1")
  [ -z "${2:-}" ] || pid=$(envoy_of "$pid")
  kill -KILL "$pid" 2>/dev/null
  wait $job
  status=$?
}

# goes_on STORE: does the same command end well, with every trial done once?
goes_on() {
  check "and leaves no process" wait_for 10 none_left
  run ranks 4 "$MAH" kill.lua $1.db 0
  expect "the same command goes on" 0 "60	60	0" "*"
  rows $1.db >again
  check "every trial is done once, with the results of a calm run" cmp calm again
}

for rank in 2 0; do
  kill_rank $rank
  check "a rank that is killed ends the job ($rank: $status)" [ $status = 137 ]
  goes_on $rank
done
for rank in 1 0; do
  kill_rank $rank envoy
  check "so does its envoy ($rank: $status)" [ $status != 0 ]
  check "which is told" grep -q "the process that speaks MPI for this rank has ended" .err
  goes_on ${rank}envoy
done

# -- Signals ----------------------------------------------------------------------------------------

for signal in INT TERM; do
  rm -f "$PLAIN"/rank.* "$PLAIN"/trial.*
  ranks 4 "$MAH" kill.lua $signal.db 0 >.out 2>.err &
  job=$!
  wait_for 30 a_trial_ran
  kill -$signal $job # which is mpirun
  wait $job
  check "SIG$signal of mpirun ends the job" [ $? != 0 ]
  check "said once" [ "$(grep -c 'is interrupted with' .err)" = 1 ]
  goes_on $signal
done

finish
