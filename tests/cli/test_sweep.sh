# Sweeps from the shell: the same results for any number of jobs, exit status, Ctrl-C, parts of a
# sweep, `mah results`, and stores that cannot be written.
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
run "$MAH" fails.lua good
expect "none failed: status 0" 0 "0" "*3/3 done,*"
run "$MAH" fails.lua bad
expect "failed before: status 3" 3 "1" "*"

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
run env SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=6 SLURM_ARRAY_TASK_COUNT=2 "$MAH" parts.lua
expect "a shard from Slurm" 0 "" "parts: part 2/2, from SLURM_ARRAY_TASK_ID, in 'parts.2-of-2.db'*2/2 done*"
run "$MAH" results merge parts.db parts.1-of-2.db parts.2-of-2.db
expect "merging" 0 "5 trials taken into 'parts.db'" ""
query whole.db "$fixed" >whole
query parts.db "$fixed" >merged
check "the same as the whole" cmp whole merged
run env OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=5 "$MAH" parts.lua
expect "a shard from MPI" 0 "" "*part 1/5*1/1 done*"
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
expect "one Ctrl-C" 130 "" "*slow.lua:10: Ctrl-C: study \"slow\" is interrupted with 1 of 4 trials*the same command goes on*"
check "without a traceback" [ "${err#*traceback}" = "$err" ]
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

# -- Stores that cannot be written ------------------------------------------------------------------

cat >fill.lua <<'END'
local mah = require "mah"
local numbers = {}
for i = 1, 400 do numbers[i] = i end
local study = mah.sweep { name = "fill", store = arg[1], grid = { i = numbers },
  trial = function(p) return { text = (" "):rep(5000), i = p.i } end }
print(study:run { jobs = 2 }.skipped)
END
# ends_well STORE: everything that was finished is kept, and the run can be finished
ends_well() {
  kept=$(query "$1" "SELECT count(*) AS n FROM trials WHERE status = 'done'")
  check "something had finished ($kept)" [ "$kept" -gt 0 -a "$kept" -lt 400 ]
  check "the store is sound" [ "$(query "$1" 'PRAGMA integrity_check')" = ok ]
  check "no worker is left behind" wait_for 10 none_left fill.lua
}
run sh -c 'ulimit -f 1000; exec "$MAH" "$0" limited.db' "$HERE/fill.lua"
expect "a file that may not grow" 1 "" "*mah: *fill.lua:6: the store 'limited.db': *trials had finished and are kept*"
ends_well limited.db
run "$MAH" fill.lua limited.db
expect "and then it may" 0 "$kept" "*"

if unshare -m true 2>/dev/null; then
  # In its own mount namespace: a disk of 1 MB, whose files are copied out when it is full.
  mkdir small
  run unshare -m sh -c 'mount -t tmpfs -o size=1m none small || exit 99
    "$MAH" "$0" small/runs.db; status=$?; mkdir kept; cp small/runs.db* kept; exit $status' \
    "$HERE/fill.lua"
  if [ "$status" = 99 ]; then
    skip "a file system cannot be mounted"
  else
    expect "a full disk" 1 "" "*the store 'small/runs.db': database or disk is full*are kept*"
    ends_well kept/runs.db
    run "$MAH" fill.lua kept/runs.db
    expect "and then there is room" 0 "$kept" "*"
  fi
else
  skip "there is no unshare for a full disk"
fi

cp fails.db readonly.db
chmod 444 readonly.db
sed 's/fails.db/readonly.db/' fails.lua >readonly.lua
before=$(cksum <readonly.db)
if [ "$(id -u)" = 0 ]; then # who may write everything
  cp "$MAH" mah
  chmod 755 . mah
  chmod 777 .
  run setpriv --reuid 65534 --regid 65534 --clear-groups ./mah readonly.lua bad
else
  run "$MAH" readonly.lua bad
fi
expect "a read-only store" 1 "" "mah: readonly.lua:7: the store 'readonly.db' is read-only*"
check "is as it was" [ "$before" = "$(cksum <readonly.db)" ]

finish
