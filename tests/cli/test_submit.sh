# `mah submit`: the batch script, and what happens without Slurm. (With a real one:
# tests/cluster/slurm.sh.)
. ./harness.sh
unset MAH_PARTS $(env | sed -n 's/^\(SLURM_[A-Z_]*\)=.*/\1/p')

# Programs of Slurm's and MPI's, as far as these tests need them: each says what it is given.
mkdir bin none
program() { # NAME TEXT
  printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
  chmod 755 "bin/$1"
}
program sbatch 'echo "Submitted batch job 12"; cp "$1" submitted; env | sort >environment'
program mpirun 'echo "mpirun (Open MPI) 4.1.4"'
for name in sh env sed cp sort cat; do ln -s "$(command -v $name)" none; done
submit() { run env PATH="$HERE/bin:$HERE/none" "$MAH" submit "$@"; }
submit_without() { run env PATH="$HERE/none" "$MAH" submit "$@"; }

alone= # what is said besides where there are ranks
[ -f "$BUILD/libmah_mpi.so" ] || alone="mah submit: mah was built without MPI: each rank does a part*"

cat >sweep.lua <<'EOF'
local mah = require "mah"
EOF

submit sweep.lua --nodes 2 --time 1:00:00 --dry-run
expect "ranks of MPI" 0 "#!/bin/sh
#SBATCH --job-name=sweep
#SBATCH --nodes=2
#SBATCH --time=1:00:00
#SBATCH --signal=B:USR1@120
#SBATCH --open-mode=append
#SBATCH --requeue

# Written by: mah submit sweep.lua --nodes 2 --time 1:00:00 --dry-run
exec mpirun --bind-to none --mca odls_base_sigkill_timeout 25 $MAH sweep.lua" "$alone"
check "--dry-run writes nothing" [ ! -e sweep.sbatch ]
submit sweep.lua --array 1-20%4 -p long --mem=8G --dry-run -- --mail-type=END
expect "an array" 0 "*
#SBATCH --mem=8G
#SBATCH --partition=long
#SBATCH --array=1-20%4
*
#SBATCH --requeue
#SBATCH --mail-type=END
*
export MAH_PARTS=20
exec $MAH sweep.lua" ""
submit sweep.lua --epochs 5 --no-requeue --dry-run
expect "one task" 0 "*
#SBATCH --no-requeue
*
exec $MAH sweep.lua --epochs 5" ""
submit_without sweep.lua -n 4 --dry-run
expect "srun where there is no mpirun" 0 "*
exec srun --mpi=pmix $MAH sweep.lua" "$alone"
submit sweep.lua --array 0-38:2 --dry-run
expect "an array that its environment tells" 0 "*
exec $MAH sweep.lua" "mah submit: the parts follow from the array as a whole*--array 1-N can"
check "has no number of parts" sh -c '! grep -q MAH_PARTS .out'

run "$MAH" submit sweep.lua --nods 2
expect "an unknown option" 2 "" "mah submit: unknown option '--nods'; did you mean --nodes?*
\`mah submit --help\` shows all options"
run "$MAH" submit sweep.lua --array 3,7
expect "some tasks of how many?" 2 "" "mah submit: --array: of how many parts are '3,7'? Add --parts N*"
run "$MAH" submit none.lua
expect "no such script" 2 "" "mah submit: there is no script 'none.lua'"
echo 'local x = = 1' >wrong.lua
run "$MAH" submit wrong.lua
expect "a script that does not compile" 1 "" "mah submit: wrong.lua:1: *"
run "$MAH" submit --help
expect "help" 0 "usage: mah submit SCRIPT*-N, --nodes N *--dry-run*" ""
run "$MAH" submit
expect "no script" 2 "" "mah submit: there is no script to submit*"

# -- Submitting ---------------------------------------------------------------------------------------

submit_without sweep.lua
expect "no sbatch" 1 "#!/bin/sh*exec $MAH sweep.lua" "mah submit: written to 'sweep.sbatch'
mah submit: there is no sbatch on the PATH, so nothing is submitted; the script is 'sweep.sbatch': run \`sbatch sweep.sbatch\` where Slurm is"
check "the script is written all the same" cmp .out sweep.sbatch
submit sweep.lua --qos=high
expect "submitting" 0 "#!/bin/sh*#SBATCH --qos=high*
Submitted batch job 12" "mah submit: written to 'sweep.sbatch'"
check "sbatch got what is shown" sh -c 'sed \$d .out | cmp - submitted'
printf '#!/bin/sh\n# mine\n' >mine.sbatch
submit sweep.lua --script mine.sbatch
expect "a file that is not ours" 1 "*" "mah submit: 'mine.sbatch' is there already and was not written by mah submit; --script NAME*"
check "stays" [ "$(wc -l <mine.sbatch)" = 2 ]
submit sweep.lua --script none/such/file
expect "a place that cannot be written" 1 "*" "mah submit: *none/such/file*; --script NAME writes elsewhere"
program sbatch 'echo "sbatch: error: invalid partition" >&2; exit 1'
submit sweep.lua
expect "sbatch refuses" 1 "#!*" "*sbatch: error: invalid partition
mah submit: sbatch ended with status 1; the script is 'sweep.sbatch'"
program sbatch 'env | sort'
run env SLURM_JOB_ID=7 SLURM_ARRAY_TASK_ID=3 SLURM_CONF=/a/slurm.conf SLURM_NTASKS=2 OMPI_COMM_WORLD_RANK=1 \
  PMIX_RANK=1 MAH_PARTS=20 SBATCH_ACCOUNT=mine PATH="$HERE/bin:$HERE/none" "$MAH" submit sweep.lua
expect "from inside of a job" 0 "*
SBATCH_ACCOUNT=mine
*
SLURM_CONF=/a/slurm.conf
*" "*"
check "goes nothing of it along" sh -c '! grep -E "^(SLURM_JOB|SLURM_ARRAY|SLURM_NTASKS|OMPI|PMIX|MAH_PARTS)" .out'

# -- Inside of the job ------------------------------------------------------------------------------------

echo 'os.execute "kill -USR1 $PPID"; print "goes on"' >notice.lua
run env SLURM_JOB_ID=7 "$MAH" notice.lua
expect "Slurm's notice does not end what has no use for it" 0 "goes on" ""
run "$MAH" notice.lua
check "where there is no Slurm it is a signal like others" [ "$status" = 138 ]

echo 'print("a script", ...)' >submit
run "$MAH" ./submit 5
expect "a script named submit" 0 "a script	5" ""

finish
