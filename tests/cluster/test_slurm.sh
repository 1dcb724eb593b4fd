# Sweeps under a real Slurm (slurm.sh): arrays, `mah submit`, processors, jobs that come to their limit.
# It takes about a minute: Slurm looks for limits twice a minute.
. "$ROOT/tests/cluster/harness.sh"
. "$ROOT/tests/cluster/slurm.sh"

for program in $slurm_programs; do
  needs $program "munge slurmctld slurmd slurm-client" || { finish; exit; }
done
trap 'stop_slurm; rm -rf "$HERE"' EXIT
trap 'exit 130' INT TERM HUP
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 # these jobs are ours
mpi= && needs_mpi && mpi=yes
start_slurm 16 >.slurm 2>&1
check "a Slurm of one node starts" [ $? = 0 ] || { cat .slurm; finish; exit 1; }

# submit COMMAND...: sets $job. Its log is appended to the folder's file log.
submit() {
  run "$@"
  job=$(printf '%s\n' "$out" | sed -n 's/^Submitted batch job //p')
  check "submitted: $*" [ "$status" = 0 -a -n "$job" ]
}
over() {
  text=$(squeue -h -j "$1" 2>&1)
  case $?,$text in 0, | *"Invalid job id"*) ;; *) return 1 ;; esac
}
end() { wait_for "${2:-60}" over "$1" || { verdict 1 "job $1 ends"; squeue; }; }
# field JOB NAME: what Slurm says of it.
field() { scontrol -o show job "$1" | tr ' ' '\n' | sed -n "s/^$2=//p" | head -n 1; }

# -- Arrays -------------------------------------------------------------------------------------------

cat >parts.lua <<'EOF'
local mah = require "mah"
local study = mah.sweep { name = "parts", store = "out/runs.db",
  grid = { k = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 } },
  trial = function(p) return { test = p.k * mah.rand(1)[1] } end }
study:run()
EOF
rows() { "$MAH" results "$1" parts --csv | cut -d , -f 1-4; }
run "$MAH" parts.lua
rows out/runs.db >whole
check "the whole sweep on one machine" [ "$(wc -l <whole)" = 11 ]
# as_whole NAME FOLDER: the parts' results together are the whole's.
as_whole() {
  "$MAH" results merge "$2/all.db" "$2"/out/runs.*-of-*.db >/dev/null
  rows "$2/all.db" >merged
  check "$1" cmp whole merged
}
# in_folder FOLDER COMMAND...: submits there, where the sweeps are too.
in_folder() {
  mkdir -p "$1" && cp ./*.lua "$1" && cd "$1" || exit 1
  shift
  submit "$@"
  cd ..
}

in_folder stride sbatch --array=0-8:4 -o %a.log --wrap "exec '$MAH' parts.lua"
stride=$job
in_folder few sbatch --array=3,7 -o %a.log --wrap "exec '$MAH' parts.lua"
few=$job
in_folder again "$MAH" submit parts.lua --array 1-5 -o %a.log
again=$job
in_folder single "$MAH" submit parts.lua --time 5
single=$job
[ -z "$mpi" ] || in_folder ranks "$MAH" submit parts.lua -n 2 -o log
ranks=$job
[ -z "$mpi" ] || in_folder srun "$MAH" submit parts.lua -n 2 --launcher srun -o log
by_srun=$job
in_folder inner sbatch --array=3 -o /dev/null --wrap \
  "sbatch -o by_sbatch.log --wrap \"exec '$MAH' parts.lua\"; '$MAH' submit parts.lua -o by_submit.log"
inner=$job

end "$stride"
as_whole "an array with a stride does every part once" stride
end "$few"
for task in 3 7; do
  check "a few tasks that do not say of how many (task $task)" \
    grep -q "mah: the 2 tasks of this array, 3 to 7, .* write --parts N" few/$task.log
  check "do nothing" [ "$(field "${few}_$task" ExitCode)" = 2:0 -a ! -e few/out ]
done
end "$again"
rm again/out/runs.2-of-5.db again/out/runs.4-of-5.db
in_folder again sbatch --array=2,4 parts.sbatch
end "$job"
as_whole "tasks 2 and 4 of five, again" again
check "their log goes on" [ "$(grep -c "part 2/5" again/2.log)" = 2 ]
end "$single"
rows single/out/runs.db >rows
check "mah submit, one task" cmp whole rows
check "its log is Slurm's" grep -q "10/10 done" "single/slurm-$single.out"
if [ -n "$mpi" ]; then
  end "$ranks"
  rows ranks/out/runs.db >rows
  check "mah submit, ranks of MPI that work together" cmp whole rows
  end "$by_srun"
  rows srun/out/runs.db >rows
  check "and started by srun" cmp whole rows
fi
end "$inner"
wait_for 20 [ -s inner/by_submit.log ]
wait_for 20 grep -q "done, best" inner/by_submit.log
check "a job that an array's task submitted is no task" \
  grep -q "this job is no task of an array; the variables of task ${inner}_3" inner/by_sbatch.log
check "mah submit leaves its variables out" sh -c '! grep -q "no task of an array" inner/by_submit.log'
rows inner/out/runs.db >rows
check "and it does the whole" cmp whole rows

# -- Processors -----------------------------------------------------------------------------------------

echo 'local mah = require "mah"; print(mah.machine().cores, mah.threads())' >cores.lua
here=$(nproc)
for c in 1 2; do
  submit "$MAH" submit cores.lua -c $c -o cores.$c.log
  end "$job"
  most=$((here < c ? here : c))
  check "-c $c is obeyed" [ "$(cat cores.$c.log)" = "$most	$most" ]
done

# -- Limits -----------------------------------------------------------------------------------------------

# Its second trial waits in each epoch until the file `go` is there, and writes its epochs down.
cat >waits.lua <<'EOF'
local mah = require "mah"
local data = mah.data.digits { n = 200, seed = 1 }
function note_and_wait(epoch)
  local file = io.open("epochs", "a")
  file:write(epoch, "\n")
  file:close()
  local go = io.open "go"
  if go then go:close() else os.execute "sleep 0.2" end
end
local study = mah.sweep { name = "waits", store = "out/runs.db",
  grid = { epochs = arg[1] == "never" and { 400 } or { 2, 400 } },
  checkpoint = arg[1] ~= "never" and 100 or nil,
  trial = function(p)
    local net = mah.mlp { 784, { 30, "relu" }, { 10, "softmax" }, seed = p.seed }
    local run = mah.train(net, data.train, { solver = mah.solver.adam {}, batch_size = 50, seed = 1,
      stop = function(s)
        if p.epochs > 2 then note_and_wait(s.epoch) end
        return s.epoch >= p.epochs and "enough"
      end })
    return { loss = run.history.loss[#run.history.loss], weight = net.params:sum() }
  end }
study:run { jobs = 2 }
EOF
waits() { "$MAH" results "$1" waits --csv | cut -d , -f 1-5; }
mkdir alone
cp waits.lua alone
(cd alone && touch go && exec "$MAH" waits.lua 2>/dev/null)
waits alone/out/runs.db >undisturbed
check "two trials, undisturbed" [ "$(wc -l <undisturbed)" = 3 -a "$(wc -l <alone/epochs)" = 400 ]
# as_undisturbed NAME FOLDER STORE: the same bits, and no epoch twice: it went on where it was.
as_undisturbed() {
  waits "$2/$3" >rows
  check "$1: the same bits" cmp undisturbed rows
  check "$1: no epoch was lost, and none made twice" cmp alone/epochs "$2/epochs"
}
# has_begun FOLDER: is the second trial in its epochs?
has_begun() { [ "$(wc -l <"$1/epochs")" -gt 3 ]; }
waits_for_start() { [ "$(field "$1" JobState)" = PENDING -a "$(field "$1" Restarts)" = 1 ]; }
# go_on FOLDER JOB: soon, and with time enough; Slurm itself would wait two minutes. Within the second in
# which the job was taken back its node would refuse it ("Job credential revoked").
go_on() {
  sleep 2
  touch "$1/go"
  scontrol update JobId="$2" TimeLimit=20
  scontrol update JobId="$2" StartTime=now
}

# All at once, since Slurm looks for limits twice a minute, and warns half a minute early: these 10 to 40 s
# after their start.
in_folder limit "$MAH" submit waits.lua --array 1-2 -o %a.log --time 2 --signal 80
limit=$job
in_folder refused "$MAH" submit waits.lua -o log --time 2 --signal 80 --no-requeue
refused=$job
in_folder hopeless "$MAH" submit waits.lua never -o log --time 2 --signal 80
hopeless=$job
[ -z "$mpi" ] || in_folder ranks "$MAH" submit waits.lua -n 3 -o waits.log --time 2 --signal 80
ranks=$job
in_folder late sbatch --time 5 -o log --open-mode=append --wrap "exec '$MAH' waits.lua"
late=$job
in_folder cancelled "$MAH" submit waits.lua -o log --time 20
cancelled=$job
for folder in limit refused hopeless late cancelled ${mpi:+ranks}; do
  check "$folder: the trial runs" wait_for 60 has_begun $folder
done
scontrol update JobId="$late" EndTime=now
scancel "$cancelled"
end "$cancelled"
check "scancel: nothing runs again" [ "$(field "$cancelled" JobState)" = CANCELLED ]
check "and the log says so" \
  grep -q "SIGTERM: study \"waits\" is interrupted with 1 of 2 .*; the same command goes on with the rest" cancelled/log

check "before its limit, this task of the array is to run again" wait_for 90 waits_for_start "${limit}_2"
check "says its log" grep -q "SIGUSR1: study \"waits\" is interrupted with 0 of 1 trial finished; Slurm runs job ${limit}_2 again (restart 1)" limit/2.log
check "and no other" [ "$(field "${limit}_1" Restarts)" = 0 -a "$(field "${limit}_1" JobState)" = COMPLETED ]
go_on limit "${limit}_2"
if [ -n "$mpi" ]; then
  check "and so are ranks of MPI" wait_for 90 waits_for_start "$ranks"
  wait_for 20 grep -q "Slurm runs job $ranks again" ranks/waits.log # mpirun hands it on later
  check "for which one asks" [ "$(grep -c "Slurm runs job $ranks again" ranks/waits.log)" = 1 ]
  go_on ranks "$ranks"
fi
check "at its limit, too" wait_for 90 waits_for_start "$late"
go_on late "$late"
end "$refused" 90
check "a job that may not run again says so" \
  grep -q "; Slurm does not run job $refused again: Requested operation is presently disabled for job $refused" refused/log
check "and ends as interrupted" [ "$(field "$refused" ExitCode)" = 130:0 ]
touch refused/go
in_folder refused sbatch -o log --time 20 waits.sbatch
end "$hopeless" 90
check "a trial that never ends within the limit does not run for ever" \
  grep -q "; no trial ends within the job's limit, so it does not run again: a longer --time" hopeless/log
end "$job" 120
as_undisturbed "submitted once more" refused out/runs.db
end "$late" 120
as_undisturbed "after SIGTERM" late out/runs.db
end "$limit" 120
if [ -n "$mpi" ]; then
  end "$ranks" 120
  as_undisturbed "ranks after SIGUSR1" ranks out/runs.db
fi
"$MAH" results merge limit/out/runs.db limit/out/runs.*-of-2.db >/dev/null
as_undisturbed "after SIGUSR1" limit out/runs.db
check "the log holds both runs" [ "$(grep -c "part 2/2" limit/2.log)" = 2 ]

finish
