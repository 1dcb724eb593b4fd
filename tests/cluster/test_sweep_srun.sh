# Sweeps on ranks that srun starts, under a real Slurm (slurm.sh): together with --mpi=pmix, in parts
# without.
. "$ROOT/tests/cluster/harness.sh"
. "$ROOT/tests/cluster/slurm.sh"
needs_mpi || { finish; exit; }
for program in $slurm_programs srun; do
  needs $program "munge slurmctld slurmd slurm-client" || { finish; exit; }
done
trap 'stop_slurm; rm -rf "$HERE"' EXIT
trap 'exit 130' INT TERM HUP
start_slurm 8 >.slurm 2>&1
check "a Slurm of one node starts" [ $? = 0 ] || { cat .slurm; finish; exit 1; }
case $(srun --mpi=list 2>&1) in
  *pmix*) ;;
  *) skip "this Slurm has no PMIx"; finish; exit ;;
esac

cat >srun.lua <<'END'
local mah = require "mah"
local rank = os.getenv "PMIX_RANK"
local study = mah.sweep { name = "srun", store = arg[1], grid = { a = { 1, 2, 3, 4, 5, 6, 7 } },
  trial = function(p, report)
    report(1, p.a)
    return { test = p.a, drawn = mah.rand(1)[1], launched = os.getenv "PMIX_RANK" and 1 or 0 }
  end }
study:run()
if arg[2] and rank == arg[2] then error "on one rank" end
print(study:best().number)
END
run "$MAH" srun.lua one.db
run srun -n 3 --mpi=pmix "$MAH" srun.lua three.db
expect "ranks that PMIx brings together" 0 "7" "*srun: 7/7 done*"
cp one.db three.db "$PLAIN" && chmod a+rw "$PLAIN"/*.db
rows one.db >one
rows three.db >three
check "have the rows of one process" cmp one three
check "all of them" [ "$(wc -l <one)" = 7 ]
run srun -n 2 "$MAH" srun.lua parts.db
expect "plain srun: each takes a part" 0 "" "*part ?/2, from SLURM_PROCID*"
check "into a store of its own" [ -s parts.1-of-2.db -a -s parts.2-of-2.db ]
run srun -n 3 --mpi=pmix "$MAH" srun.lua error.db 2
check "an error on one rank ends all of them" [ "$status" != 0 ]
check "said once" [ "$(grep -c 'on one rank' .err)" = 1 ]

finish
