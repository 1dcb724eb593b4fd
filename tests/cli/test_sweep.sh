# Sweeps from the shell: the same results for any number of jobs, exit status, Ctrl-C, parts of a
# sweep, `mah results`.
. ./harness.sh

# query STORE SQL: the first column of the rows
cat >query.lua <<'END'
require "mah"
local db = require("mah.sweep.database").open(arg[1], "write")
local rows, names = db:rows(arg[2])
for _, row in ipairs(rows) do print(row[names[1]]) end
db:close()
END
query() { "$MAH" query.lua "$1" "$2"; }

# none_left SCRIPT: does no process run it? (The pattern must not match grep's own command line.)
none_left() { ! cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -q -x "$HERE/[${1%"${1#?}"}]${1#?}"; }

# -- The example: 200 trials ------------------------------------------------------------------------

fixed='SELECT number || params || seed || status || result AS t FROM trials ORDER BY number'
for jobs in 1 2 4; do
  mkdir jobs$jobs
  (cd jobs$jobs && "$MAH" "$ROOT/examples/06_sweep.lua" --jobs $jobs >out.txt 2>err.txt)
  check "200 trials with $jobs jobs" [ $? = 0 ]
  query jobs$jobs/out/runs.db "$fixed" >jobs$jobs/table
  check "all are stored" [ "$(wc -l <jobs$jobs/table)" = 200 ]
done
check "1 and 2 jobs give identical tables" cmp jobs1/table jobs2/table
check "1 and 4 jobs give identical tables" cmp jobs1/table jobs4/table
check "and print the same" cmp jobs1/out.txt jobs4/out.txt
check "plain lines where there is no terminal" sh -c "! grep -q '$(printf '\r')' jobs1/err.txt"
check "the last one tells how it went" grep -q '200/200 done, best test 0\.' jobs1/err.txt

# -- Exit status and results ------------------------------------------------------------------------

cat >fails.lua <<'END'
local mah = require "mah"
local study = mah.sweep { name = "some fail", store = "fails.db", grid = { a = { 1, 2, 3 } },
  trial = function(p)
    if p.a == 2 and arg[1] == "bad" then error "no" end
    return { test = p.a, loss = 1 / p.a }
  end, code = arg[1] }
print(study:run { jobs = 2 }.failed)
END
run "$MAH" fails.lua bad
expect "failed trials: status 3" 3 "1" "*3/3 done, 1 failed*"
expect "and why, how often, and what shows more" 3 "*" "*
some fail: 1 of 3 trials failed:
  once: fails.lua:4: no
  more: mah results fails.db 'some fail' --errors"
run "$MAH" fails.lua good
expect "other code is said to run again" 0 "0" "some fail: the code of the trials has changed: 3 trials of earlier code are history (mah results fails.db 'some fail' --all), and all run again*"
check "without words about failures" sh -c '! grep -q "trials failed" .err'
run "$MAH" fails.lua good
check "the same code is no news" sh -c '! grep -q history .err'
expect "none failed: status 0" 0 "0" "*3/3 done,*"
run "$MAH" fails.lua bad
expect "failed before: status 3" 3 "1" "*the code of the trials has changed: 3 trials *and the 3 that ran with this code before count*1 of 3 trials failed (1 in an earlier run; with --again it runs again):*"

cat >talks.lua <<'END'
local mah = require "mah"
local study = mah.sweep { name = "talks", store = "talks.db", grid = { a = { 1, 2, 3, 4, 5, 6, 7 } },
  of = "tset",
  trial = function(p)
    local clf = mah.MLPClassifier { max_iter = 1, hidden_layer_sizes = { 2 } }
    clf:fit(mah.rand(20, 2), mah.randint(0, 2, 20):int())
    if p.a > 2 then error(p.a < 5 and "odd" or "number " .. p.a) end
    return { test = p.a }
  end }
study:run { jobs = 2 }
END
run "$MAH" talks.lua
expect "errors and warnings, each text once" 3 "" "*
talks: 5 of 7 trials failed:
  2 times: talks.lua:7: odd
  once: talks.lua:7: number 5
  once: talks.lua:7: number 6
  once: talks.lua:7: number 7
  more: mah results talks.db talks --errors
talks: 7 of 7 trials warned:
  7 times: talks.lua:6: mah.MLPClassifier: adam has not converged: *
  more: mah results talks.db talks --warnings
talks: no finished trial has a number 'tset' in its result; did you mean 'test'?"
run "$MAH" results talks.db talks --warnings
expect "results: warnings" 0 "number *
trial 7: warning: talks.lua:6: mah.MLPClassifier: adam*" ""
beside() { ls "$1"-wal "$1"-shm "$1"-journal 2>/dev/null; }
check "nothing lies beside the store" [ -z "$(beside talks.db)$(beside fails.db)" ]

run "$MAH" results fails.db
expect "results: studies" 0 "study * best*some fail *3 *2 *1 *0 *0  test 3 at {\"a\":3}" ""
run "$MAH" results fails.db "some fail"
expect "results: trials" 0 "number  a *loss  test  status *2 *failed *error*" ""
run "$MAH" results fails.db "some fail" --errors
expect "results: errors" 0 "*trial 2: fails.lua:4: no*stack traceback:*" ""
run "$MAH" results fails.db "some fail" --csv
expect "results: CSV" 0 "number,a,loss,test,status,seconds,reason,error
1,1,1,1,done,*" ""
run "$MAH" results fails.db "some fail" --markdown
expect "results: Markdown" 0 "| number | a | *| ---*" ""
run "$MAH" results fails.db "some fail" --json
expect "results: JSON" 0 '\[{"attempts":1,*"params":{"a":3}*}\]' ""
run "$MAH" results fails.db "some fail" --best loss
expect "results: best" 0 "number *3  3  0.333333     3  done *" ""
run "$MAH" results fails.db "some fail" --all
check "results: all" [ "$(wc -l <.out)" = 7 ]
run "$MAH" results fails.db none
expect "results: no such study" 1 "" "mah: there is no study 'none' in 'fails.db'; there are: 'some fail'"
run "$MAH" results fails.db "some fail" --best losss
expect "results: no such result" 1 "" "mah: 'some fail': no finished trial has a number 'losss' in its result; did you mean 'loss'?"
run "$MAH" results fails.db "some fail" --pareto
expect "results: one result has no front" 1 "" "mah: 'some fail' judges one result; --best NAME has its best trial"
run "$MAH" results fails.db --pareto
expect "results: a front is a study's" 2 "" "mah results: --pareto needs a STUDY*usage:*"
run "$MAH" results fails.db --importances
expect "results: importances of too few" 1 "" "mah: study:importances: 2 finished trials with a number 'test' are too few for the parameters that vary, 1; 4 are needed"

cat >two.lua <<'END'
local mah = require "mah"
mah.sweep { name = "two", store = "two.db", of = { "test", "cost" }, goal = { "max", "min" },
  constraints = "over", grid = { a = { 1, 2, 3, 4 }, b = { 1, 2, 3 } },
  trial = function(p)
    if p.a == 2 then error "no" end
    return { test = p.a, cost = p.a + p.b, over = p.a - 3 }
  end }:run()
END
run "$MAH" two.lua
expect "several results: how many are on the front" 3 "" "*2 on the Pareto front*"
sed 's/"two"/"none keeps"/; s/p.a - 3/p.a/; s/"over",/{ "over", "ovre" },/' two.lua >none.lua
run "$MAH" none.lua
expect "constraints that none keeps, or has" 3 "" "*
none keeps: no finished trial has a number 'ovre' in its result; did you mean 'over'?
none keeps: no finished trial keeps the constraints: over, ovre <= 0"
run "$MAH" results two.db "none keeps" --best test
expect "results: constraints that none keeps" 1 "" "mah: 'none keeps': no finished trial keeps the constraints: over, ovre <= 0"
run "$MAH" results two.db
expect "results: studies with several results" 0 "*2 on the Pareto front of test, cost
none keeps *" ""
run "$MAH" results two.db two --pareto --csv
expect "results: the Pareto front" 0 "number,a,b,cost,over,test,*
1,1,1,2,-2,1,done,*
7,3,1,4,0,3,done,*" ""
check "and nothing else" [ "$(wc -l <.out)" = 3 ]
run "$MAH" results two.db two --best test
expect "results: the best that keeps the constraints" 0 "number *7  3  1 *" ""
run "$MAH" results two.db two --importances
expect "results: importances" 0 "of    parameter   importance  trials
test  a                1.000       9
test  b                0.000       9
test  (together)       0.000       9
cost  *" ""
mv .out once
run "$MAH" results two.db two --importances
check "results: importances are the same each time" cmp once .out
run "$MAH" results two.db two --importances --json
expect "results: importances as JSON" 0 '\[{"importance":1,"of":"test","parameter":"a","trials":9},*]' ""
run "$MAH" results two.db --optuna optuna.db
expect "results: for Optuna" 0 "24 trials of 2 studies written to 'optuna.db'" ""
check "results: for Optuna, SQLite" [ "$(head -c 15 optuna.db)" = "SQLite format 3" ]
run "$MAH" results two.db two --optuna optuna.db
expect "results: for Optuna, not over what is there" 1 "" "mah: 'optuna.db' is there already; --optuna writes a new file"
run "$MAH" results two.db --optuna
expect "results: for Optuna, where" 2 "" "mah results: --optuna needs a value*"
run "$MAH" results none.db
expect "results: no such file" 1 "" "mah: there is no store 'none.db'"
run "$MAH" results query.lua
expect "results: not a store" 1 "" "mah: the store 'query.lua': file is not a database"
run "$MAH" results
expect "results: usage" 2 "" "usage: mah results*"
run "$MAH" results fails.db --cvs
expect "results: unknown option" 2 "" "*unknown option '--cvs'*"
echo 'print "a script"' >results
run "$MAH" ./results
expect "a script named results" 0 "a script" ""

# -- Parts of a sweep -------------------------------------------------------------------------------

cat >parts.lua <<'END'
local mah = require "mah"
local study = mah.sweep { name = "parts", store = "parts.db", grid = { k = { 1, 2, 3, 4, 5 } },
  trial = function(p) return { test = p.k * mah.rand(1)[1] } end }
study:run()
print(#study:results())
END
run "$MAH" parts.lua
expect "the whole" 0 "5" "*"
mv parts.db whole.db
run "$MAH" parts.lua --shard 1/2
expect "a shard ends after its run" 0 "" "*3/3 done*"
run env SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=6 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=2 \
  "$MAH" parts.lua
expect "a shard from Slurm" 0 "" "parts: part 2/2, from SLURM_ARRAY_TASK_ID, in 'parts.2-of-2.db'*2/2 done*"
run env SLURM_ARRAY_TASK_ID=4 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=4 SLURM_ARRAY_TASK_STEP=2 \
  SLURM_ARRAY_TASK_COUNT=3 "$MAH" parts.lua
expect "a task of an array with a stride" 0 "" "parts: part 3/3, from SLURM_ARRAY_TASK_ID, in 'parts.3-of-3.db'*1/1 done*"
run env SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_STEP=1 \
  SLURM_ARRAY_TASK_COUNT=2 "$MAH" parts.lua
expect "a few tasks again" 2 "" "mah: the 2 tasks of this array, 3 to 7, *submit the tasks --array=1-N, and write --parts N*"
check "in one message" [ "$(wc -l <.err)" = 1 ]
run env SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=2 SLURM_ARRAY_TASK_STEP=1 \
  SLURM_ARRAY_TASK_COUNT=2 "$MAH" parts.lua
expect "a few tasks in a row again" 2 "" "mah: there are stores of a sweep in 3 parts, but this array makes 2*"
run env SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_STEP=1 \
  SLURM_ARRAY_TASK_COUNT=2 "$MAH" parts.lua --parts 7
expect "what the message says works" 0 "" "*part 3/7*1/1 done*"
run "$MAH" parts.lua --parts 3
expect "parts without an array" 2 "" "mah: --parts 3: no variable *--shard i/3*"
run "$MAH" parts.lua --parts many
expect "parts are a number" 2 "" "mah: --parts: a whole number >= 1 is expected, got 'many'"
rm parts.3-of-3.db parts.3-of-7.db
run "$MAH" results merge parts.db parts.1-of-2.db parts.2-of-2.db
expect "merging" 0 "5 trials taken into 'parts.db'" ""
query whole.db "$fixed" >whole
query parts.db "$fixed" >merged
check "the same as the whole" cmp whole merged
run env SLURM_PROCID=0 SLURM_NTASKS=5 SLURM_STEP_ID=0 "$MAH" parts.lua
expect "a shard from srun" 0 "" "*part 1/5*1/1 done*"
cp "$MAH" without_mpi
run env OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=5 ./without_mpi parts.lua
expect "a shard from MPI, where mah was built without it" 0 "" "*part 2/5*1/1 done*"
run "$MAH" parts.lua --list
check "--list: one a line" [ "$(wc -l <.out)" = 5 ]
expect "--list" 0 "????????????	1	{\"k\":1}*" ""
id=$(cut -f 1 .out | sed -n 2p)
run "$MAH" parts.lua --trial "$id"
expect "--trial" 0 "" "*1/1 done*"
query parts.trial-$id.db "$fixed" >one
check "is the one" [ "$(cat one)" = "$(sed -n 2p whole)" ]
run "$MAH" parts.lua --jobs none
expect "--jobs none" 2 "" "mah: --jobs: a whole number*'none'"
run "$MAH" -e 'local mah = require "mah" mah.sweep{name="e", store="e.db", grid={a={1,2}},
  trial=function(p) return p.a end}:run()'
expect "from the command line" 0 "" "*2/2 done*"

# -- Ctrl-C -----------------------------------------------------------------------------------------

cat >slow.lua <<'END'
local mah = require "mah"
local ffi = require "ffi"
ffi.cdef "unsigned sleep(unsigned); int getpid(void);"
local study = mah.sweep { name = "slow", store = "slow.db", grid = { a = { 1, 2, 3, 4 } },
  trial = function(p)
    if p.a == 1 or io.open "quick" then return 1 end
    io.open("started" .. p.a, "w"):close()
    while true do ffi.C.sleep(100) end
  end }
print(study:run { jobs = 2 }.done)
END
running() { [ -e started2 ] && [ -e started3 ]; }

# start: comes back when two trials run. $pid
start() {
  rm -f started* slow.db*
  "$MAH" "$HERE/slow.lua" >.out 2>.err &
  pid=$!
  wait_for 30 running
}
end() {
  wait_for 30 gone $pid || kill -KILL $pid
  wait $pid
  status=$? out=$(cat .out) err=$(cat .err)
}
states() { query slow.db "SELECT status AS s FROM trials ORDER BY number" | tr '\n' ' '; }

start
kill -INT $pid
end
expect "one Ctrl-C" 130 "" "*slow.lua:10: Ctrl-C: study \"slow\" is interrupted with 1 of 4 trials*the same command goes on with the rest"
check "without a traceback" sh -c '! grep -q traceback .err'
check "and nothing beside the store" [ -z "$(beside slow.db)" ]
check "running trials are marked" [ "$(states)" = "done interrupted interrupted waiting " ]
check "no worker is left" none_left slow.lua
touch quick
run "$MAH" slow.lua
expect "the same command goes on" 0 "4" "*4/4 done*"
check "and finishes" [ "$(states)" = "done done done done " ]
rm quick

start
kill -TERM $pid
end
expect "SIGTERM does the same" 130 "" "*SIGTERM*"
check "without a traceback, too" sh -c '! grep -q traceback .err'
check "no worker is left after it" none_left slow.lua

start
kill -KILL $pid
end
check "killed: no worker outlives it" wait_for 10 none_left slow.lua

# Held up by somebody who writes to the store, the first Ctrl-C takes its time; the second does not.
start
echo 'require "mah" local db = require("mah.sweep.database").open("slow.db", "write")
db:execute "BEGIN IMMEDIATE" io.open("locked", "w"):close() io.read()' >lock.lua
mkfifo pipe
"$MAH" lock.lua <pipe &
locker=$!
exec 9>pipe
wait_for 30 [ -e locked ]
kill -INT $pid
wait_for 30 sh -c "! grep -q 'SigCgt:.*[2367abef]\$' /proc/$pid/status" # SIGINT is not caught any more
kill -INT $pid
end
check "two of them: at once" [ "$status" = 130 ]
check "without another word" sh -c '! grep -q "interrupted with" .err'
echo >&9
exec 9>&-
wait $locker
check "no worker is left after two" wait_for 10 none_left slow.lua
touch quick
run "$MAH" slow.lua
expect "the store is sound, and the sweep goes on" 0 "4" "*"
rm quick

finish
