# Sweeps on four ranks of Open MPI: the rows of one process, whatever is searched, and whoever dies.
. "$ROOT/tests/cluster/harness.sh"
needs_mpi || { finish; exit; }

# same NAME A B: have two stores the same rows?
same() {
  rows "$2" >one 2>&1
  rows "$3" >two 2>&1
  check "$1: the rows of one process" cmp one two
  check "$1: some" [ "$(wc -l <one)" -gt 0 ]
}

# -- What is known from the start -------------------------------------------------------------------

# known.lua STORE KIND
cat >"$PLAIN/known.lua" <<'END'
local mah = require "mah"
local s = mah.search
local space = { lr = s.log_uniform(1e-4, 1), width = s.integer(8, 64), f = { "relu", "tanh" } }
local study = mah.sweep { name = arg[2], store = arg[1], retry = 1,
  grid = arg[2] == "grid" and { a = { 1, 2, 3, 4, 5, 6 }, seed = { 1, 2, 3 } } or nil,
  random = arg[2] == "random" and space or nil, sobol = arg[2] == "sobol" and space or nil,
  n = arg[2] ~= "grid" and 20 or nil,
  trial = function(p, report)
    for epoch = 1, 3 do report(epoch, epoch == 2 and 0 / 0 or p.seed % 1000 / epoch) end
    if p.a == 4 and p.seed == 2 then error "as it was told" end
    if p.a == 5 and p.seed == 1 then mah.zeros(2):free(); local t = nil; t.x = 1 end
    require("mah.base.warn")("trial %s", tostring(p.a or p.width))
    return { test = (p.a or p.lr) * 7, drawn = mah.rand(1)[1], also = math.random() }
  end }
local counts = study:run { quiet = arg[3] ~= "loud" }
print(counts.total, counts.done, counts.failed, study:best "test".number)
local lines = {}
for _, row in ipairs(study:results()) do
  lines[#lines + 1] = ("%d %s %s %s"):format(row.number, row.status, tostring(row.result
    and row.result.drawn), row.curve and #row.curve.values or "none")
end
lines[#lines + 1] = tostring(study:importances()) .. tostring(study:summary())
local rank = os.getenv "RANK" or "alone"
mah.file.write(("%s.%s.txt"):format(arg[1], rank), table.concat(lines, "\n"))
END
# As ranks do, but each writes its number, which the launcher's variables do not tell any more.
cat >"$PLAIN/numbered" <<'END'
#!/bin/sh
RANK=$OMPI_COMM_WORLD_RANK exec "$@"
END
chmod 755 "$PLAIN/numbered"

for kind in grid random sobol; do
  run as_plain_user "$MAH" known.lua one-$kind.db $kind
  one=$out wanted=$status
  run ranks 4 ./numbered "$MAH" known.lua four-$kind.db $kind
  expect "$kind on four ranks: printed once" $wanted "$one" "*"
  same "$kind" one-$kind.db four-$kind.db
  for rank in 0 1 2 3; do
    check "$kind: rank $rank has the results" \
      cmp "$PLAIN/one-$kind.db.alone.txt" "$PLAIN/four-$kind.db.$rank.txt"
  done
done
run ranks 4 "$MAH" known.lua four-grid.db grid loud
expect "the same command again runs nothing" 3 "18	16	2	*" "*grid: 18/18 done, 2 failed*2 of 18 trials failed (2 in an earlier run*"
check "and says it once" [ "$(grep -c 'trials failed' .err)" = 1 ]
run ranks 1 "$MAH" known.lua single.db grid
expect "one rank works alone" 3 "18	16	2	*" "*"
same "one rank" one-grid.db single.db
run ranks 3 "$MAH" known.lua jobs.db grid loud --jobs 4
expect "jobs are shared out among the ranks of the node" 3 "18	*" "*"
check "four workers of two ranks" [ "$(as_plain_user "$MAH" -e 'require "mah"
  local db = require("mah.sweep.database").open("jobs.db", "read")
  print(db:row("SELECT jobs FROM manifest").jobs)')" = 4 ]

# -- What follows from results -----------------------------------------------------------------------

# learned.lua STORE KIND: trials whose speeds differ, so that later ones overtake earlier ones.
cat >"$PLAIN/learned.lua" <<'END'
local mah = require "mah"
local ffi = require "ffi"
ffi.cdef "int usleep(unsigned microseconds);"
local s = mah.search
local space, asha = { a = s.uniform(0, 1), b = s.uniform(0, 1) }, arg[2]:find "asha"
local learns = arg[2]:find "tpe" and s.tpe { trials = 24, startup = 6, parallel = 3, seed = 2 } or nil
local study = mah.sweep { name = arg[2], store = arg[1], deterministic = arg[3] ~= "free" or nil,
  prune = asha and mah.prune.asha { min = 1, factor = 2 } or nil,
  space = learns and space, search = learns, random = not learns and space or nil,
  n = not learns and 24 or nil,
  trial = function(p, report)
    for epoch = 1, 4 do
      ffi.C.usleep((p.seed * 31 + epoch) % 7 * 3000)
      report(epoch, (p.a - p.b) * math.sqrt(epoch))
    end
    return { test = p.a - p.b }
  end }
local counts = study:run()
print(counts.done + counts.pruned, counts.pruned > 0)
END
for kind in tpe asha tpe-asha; do
  run as_plain_user "$MAH" learned.lua one-$kind.db $kind --jobs 1
  one=$out
  run ranks 4 "$MAH" learned.lua four-$kind.db $kind
  expect "$kind in the order of numbers on four ranks" 0 "$one" "*24/24 done*"
  same "$kind" one-$kind.db four-$kind.db
  run ranks 4 "$MAH" learned.lua free-$kind.db $kind free
  expect "$kind as results come" 0 "24	*" "*24/24 done*"
done

# -- Several studies, one after the other ------------------------------------------------------------

cat >"$PLAIN/two.lua" <<'END'
local mah = require "mah"
local function maps() return io.open "/proc/self/maps":read "*a" end
local first = mah.sweep { name = "first", store = arg[1], grid = { a = { 1, 2, 3, 4, 5 } },
  trial = function(p) return { test = -(p.a - 4) ^ 2, mpi = maps():find "libmpi" and 1 or 0,
    launched = os.getenv "PMIX_RANK" and 1 or 0 } end }
first:run()
local best = first:best "test".params.a
local second = mah.sweep { name = "second", store = arg[1], grid = { b = { best, best + 1, best + 2 } },
  trial = function(p) return { test = p.b * best, mpi = maps():find "libmpi" and 1 or 0 } end }
second:run()
for _, study in ipairs { first, second } do
  for _, row in ipairs(study:results()) do
    assert(row.result.mpi == 0 and (row.result.launched or 0) == 0, "a trial with MPI")
  end
end
print(best, second:best "test".result.test)
END
run as_plain_user "$MAH" two.lua one-two.db
run ranks 4 "$MAH" two.lua four-two.db
expect "a second study that follows from the first; no trial has MPI or the launcher's variables" 0 \
  "4	24" "*first: 5/5 done*second: 3/3 done*"
same "two studies" one-two.db four-two.db
run ranks 3 "$MAH" two.lua named.db --study second
expect "--study leaves the other one out" 1 "" "*"
run as_plain_user "$MAH" two.lua named-one.db --study second
expect "as in one process" 1 "" "*"

# -- Batches ----------------------------------------------------------------------------------------

cat >"$PLAIN/batch.lua" <<'END'
local mah = require "mah"
local data = mah.data.digits { n = 300, seed = 1 }
local seeds = {}
for i = 1, 12 do seeds[i] = i end
local study = mah.sweep { name = "batch", store = arg[1], grid = { seed = seeds },
  batch = tonumber(arg[2]), trial = function(p, report)
    local net = mah.mlp { 784, { 8, "relu" }, { 10, "softmax" }, seed = p.seed }
    mah.train(net, data.train, { stop = 3, batch_size = 50, seed = p.seed,
      on_epoch = function(s) report(s.epoch, s.loss) end })
    return { test = net:score(data.test.x, data.test.y) }
  end }
print(study:run().together)
END
run as_plain_user "$MAH" batch.lua one-batch.db 1 --jobs 1
run ranks 3 "$MAH" batch.lua four-batch.db 4 --jobs 2
expect "batches go together on each rank" 0 "12" "*12 of 12 trials trained together with others*"
same "batches" one-batch.db four-batch.db

# -- Arrays and parts -------------------------------------------------------------------------------

run env SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1 \
  SLURM_ARRAY_TASK_MAX=3 SLURM_ARRAY_TASK_STEP=1 ranks 3 "$MAH" known.lua array.db grid loud
expect "the ranks of an array's task share its part" 0 "" "*part 3/3, from SLURM_ARRAY_TASK_ID, in*6/6 done*"
check "said once" [ "$(grep -c 'part 3/3' .err)" = 1 ]
run ranks 3 "$MAH" known.lua list.db grid --list
check "--list: each trial once" [ "$(grep -c '"a"' .out)" = 18 ]

# -- Errors -----------------------------------------------------------------------------------------

# once NAME TEXT: a clear message, once, and the end.
once() {
  check "$1: it ends with 1" [ "$status" = 1 ]
  check "$1: said once" [ "$(grep -c "$2" .err)" = 1 ]
}
echo 'local mah = require "mah"; mah.sweep { name = "x", trail = print, grid = { a = { 1 } } }' \
  >"$PLAIN/wrong.lua"
run ranks 4 "$MAH" wrong.lua
once "an unknown option" "did you mean 'trial'"
cat >"$PLAIN/later.lua" <<'END'
local mah = require "mah"
local study = mah.sweep { name = "x", store = "later.db", grid = { a = { 1, 2, 3 } },
  trial = function(p) return p.a end, prune = arg[1] and function() error "a rule that fails" end }
study:run { quiet = true }
error "after the study"
END
run ranks 4 "$MAH" later.lua
once "an error after a study" "after the study"
echo 'no store' >"$PLAIN/damaged.db"
run ranks 4 "$MAH" known.lua damaged.db grid
once "a store that is none" "damaged.db"
cat >"$PLAIN/differs.lua" <<'END'
local mah = require "mah"
local mine = os.getenv "OMPI_COMM_WORLD_RANK"
local study = mah.sweep { name = "x", store = "differs.db", grid = { a = { 1, 2, tonumber(mine) + 3 } },
  trial = function(p) return p.a end }
study:run()
END
run ranks 3 "$MAH" differs.lua
once "other trials on another rank" "all ranks must run the same script"
cat >"$PLAIN/fails.lua" <<'END'
local mah = require "mah"
local mine = os.getenv "OMPI_COMM_WORLD_RANK"
local Run = require "mah.sweep.run"
local prepare = Run.prepare_to_fork
if mine == "1" then Run.prepare_to_fork = function() error("no room", 0) end end
local study = mah.sweep { name = "x", store = "fails.db", grid = { a = { 1, 2, 3 } },
  trial = function(p) return p.a end }
print(pcall(study.run, study, { quiet = true }))
Run.prepare_to_fork = prepare
print(study:run({ quiet = true }).done)
END
run timeout 60 ranks 3 "$MAH" fails.lua
expect "a rank that fails before a study tells it, and the next one goes on" 0 \
  "false	fails.lua:8: rank 1: no room
3" ""
cat >"$PLAIN/leaves.lua" <<'END'
local mah = require "mah"
local mine = os.getenv "OMPI_COMM_WORLD_RANK"
local function study(name)
  return mah.sweep { name = name, store = "leaves.db", grid = { a = { 1, 2, 3 } },
    trial = function(p) return p.a end }
end
study "one":run { quiet = true }
if mine == arg[1] then os.exit(0) end
study "two":run { quiet = true }
END
run ranks 3 "$MAH" leaves.lua 1
once "a rank that leaves before a study" "rank 1 has ended its script"
run ranks 3 "$MAH" leaves.lua 0
check "the first rank leaves before a study" [ "$status" = 1 ]
check "the others say so" grep -q "the first rank has ended its script" .err

finish
