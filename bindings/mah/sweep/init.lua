--- Sweeps: any Lua function over any set of parameters, in parallel, in a file that survives
--- anything.
---
---     local study = mah.sweep{
---       name = "batch size", store = "out/runs.db",
---       grid = {batch_size = {50, 100, 200}, seed = {1, 2, 3}},
---       trial = function(p, report)
---         local clf = mah.MLPClassifier{batch_size = p.batch_size, random_state = p.seed}
---         clf:fit(data.train.x, data.train.y)
---         return {test = clf:score(data.test.x, data.test.y)}
---       end,
---       timeout = 600,
---     }
---     study:run{jobs = "auto"}                -- the same command again runs what is missing
---     print(study:summary{by = "batch_size", of = "test"})
---
--- One of these says what is tried:
---   grid      every combination of the values; a table of lists (lists of lists for values that
---             are lists), a function (pick) for spaces in which one choice depends on another, or
---             a list of such tables and functions
---   random, sobol   n draws from a space: the same, with mah.search.uniform(0, 1) and others as
---             values
---   trials    a list of parameters
---   space     with search = mah.search.tpe{trials = 50} and others
--- The rest:
---   name      of the study;  store: the file, "out/runs.db" by default, or the address of a
---             PostgreSQL database, "postgresql://user@host/name"; it may hold many studies
---   trial     function (p, report) -> result: a table of names, or one value; report(epoch, value)
---             leaves a curve
---   timeout   seconds that a trial may take
---   memory    MiB of addresses that it may take beyond what the program has when it starts
---   retry     how often a failed trial is tried again at once; one whose process is killed
---             (SIGKILL) has one more chance
---   prune     mah.prune.median{}, mah.prune.asha{} or a function of one's own
---   of, goal  the result that is judged, and "max" or "min"; or several, of = {"test", "seconds"},
---             and goal = {"max", "min"}: their best compromises are study:pareto_front()
---   constraints   names of results that must not be above 0: what is best is among the trials
---             whose results keep to that
---   deterministic   true: a search proposes, and a pruning rule judges, in the order of numbers,
---             so that any number of workers gives the rows of one, at the price of waiting. false:
---             as results come. nil: searches keep the order where there are no more workers than
---             their `parallel`, and rules judge as results come
---   checkpoint   seconds between two checkpoints of a trial, from which it goes on when it is
---             killed; or {seconds = 60, folder = "out/checkpoints"}
---   heartbeat   seconds after which trials of a coordinator that is not heard of are another's, in
---             a PostgreSQL database; default 60, more than a server takes to start again
---   batch     trials that go through their mini-batches together in one process; default 1
---   threads   of the BLAS library in each trial; 1 is best for most networks
---   seed      of random and sobol
---   code      a version that stands for the trial's program text; or, where the trial only calls
---             it, the function whose text counts
---   data      tensors for the fingerprint in the manifest; by default those that the trial refers
---             to
---
--- A trial runs in a process of its own, forked when its turn comes: it sees what was loaded
--- before, and nothing of what other trials do. It gets its parameters, and `seed` among them: the
--- grid's, or else one that follows from the trial's identity, which is a hash of the study's name,
--- the parameters and the code. The default generator and math.random start from the identity's
--- seed, too. So results do not depend on how many trials run at once, or in which order (unless
--- some are pruned, or more run than a search's `parallel`: then deterministic = true sees to it).
---
--- With batch = 32 a worker takes 32 trials side by side: their networks' epochs are made in one
--- call (see mah.train_many), from which small networks gain most. Each trial has its own default
--- generator, math.random and warnings, and the results of its run alone. But it shares the
--- process: what it changes besides (tensors, generators, globals) the others see, so that a trial
--- must make its own networks, solvers and estimators. Trials that turn out not to go together,
--- because they train the same network, crashed or were late, run alone; study:run says how many
--- did go together. timeout and `seconds` are of a trial's own share of the time; memory is for all
--- of a batch, and they have no cpu_seconds and peak_memory.
---
--- With store = "postgresql://user@host/name" the study may run on many machines at once: the same
--- command, started as often as one likes, wherever the database can be reached. Each coordinator
--- has workers of its own, each trial is run by one of them, and all go on until the last trial has
--- finished, wherever it ran. The results are those of one machine; trials of a search that learns
--- (tpe, cmaes) are proposed from the same results as there. Trials of a coordinator that has
--- ended, or was not heard of for `heartbeat` seconds, run again elsewhere; what it finds when it
--- comes back does not count. A server that is lost is waited for, a minute. `mah results` takes
--- addresses, and `mah results merge` moves studies to a database and back. A database, or a schema
--- (...?options=-csearch_path%3DNAME), is made with PostgreSQL's own tools (createdb), and mah
--- makes its tables there. Keep the password in ~/.pgpass or PGPASSWORD, where libpq (Debian:
--- libpq5) finds it; one in the address is not shown, and not kept with the results.
---
--- With checkpoint = 60 the trainings of a trial (mah.train, fit, partial_fit) save where they
--- stand every 60 seconds, in a folder beside the store, out/runs.checkpoints. A trial that is
--- killed, or late, or stopped together with the run goes on from there when it runs again, bit
--- for bit: what it does before and between its trainings is done again, trainings that had ended
--- are put back as they ended, and the one that was under way goes on, if need be in the middle of
--- an epoch. So it loses at most 60 seconds of training, and all trainings that took less than a
--- thousandth of that each. What functions of the user's own (solver, stop, schedule, on_epoch ...)
--- remember in variables, tables, objects and modules, and data that they augment in place, go
--- along; where that cannot be saved (coroutines, C's data), and where a checkpoint is damaged or
--- of another training, the trial warns and trains anew. It must do the same when it runs again:
--- not read a clock, for one. The files go when the trial has finished; those of trials whose code
--- has changed stay until you remove them. SIGUSR1 lets the trials that run save
--- where they stand, and ends the run, as Ctrl-C and SIGTERM do where that takes no more than a
--- second; the same command goes on.
---
--- The code is what mah.sweep.code says: the trial's tokens, those of the functions that it refers
--- to, and the plain values of the file's locals that they refer to. Trials of other code are kept
--- as history and run again, and the run says so. code = "some version" stands for the code where
--- that is too strict.
---
--- Why trials failed and what they warned of is kept with them, and said when the run ends, each
--- text once, with the command that shows more. A study's results can be read without its trial,
--- from another script or at the prompt:
---
---     local study = mah.sweep.open("out/runs.db", "batch size")
---     print(study:summary{by = "batch_size"})
---
--- On a cluster `mpirun -np 8 mah sweep.lua` makes one sweep of all ranks, with the same rows; the
--- tasks of Slurm's job arrays take a part each. See mah.sweep.command.
local Opened = require "mah.sweep.opened"
local Store = require "mah.sweep.store"
local Study = require "mah.sweep.study"
local Table = require "mah.sweep.table"
local address = require "mah.sweep.address"
local called = require "mah.base.called"
local check = require "mah.base.check"
local checkpoints = require "mah.sweep.checkpoints"
local objective = require "mah.sweep.objective"
local options = require "mah.base.options"
local statistics = require "mah.sweep.statistics"
local warn = require "mah.base.warn"

local rules = options.declare("mah.sweep", {
  name = { options.required, "string" },
  store = { "out/runs.db", "string" },
  trial = { options.required, "callable" },
  grid = { nil, "table|function" },
  random = { nil, "table|function" },
  sobol = { nil, "table|function" },
  trials = { nil, "table" },
  space = { nil, "table|function" },
  search = { nil, "table" },
  n = { nil, "integer", "[1, 1e6]" },
  seed = { nil, "integer", "[0, 4294967295]" },
  of = { nil, "string|table" },
  goal = { nil, "string|table" },
  constraints = { nil, "string|table" },
  prune = { nil, "callable" },
  timeout = { nil, "number", "(0, inf)" },
  memory = { nil, "number", "(0, inf)" },
  heartbeat = { nil, "number", "[1, inf)" },
  retry = { 0, "integer", "[0, 1000]" },
  threads = { 1, "integer", "[1, 1024]" },
  batch = { 1, "integer", "[1, 4096]" },
  deterministic = { nil, "boolean" },
  checkpoint = { nil, "number|table", "(0, inf)" },
  code = { nil, "string|callable" },
  data = { nil, "any" },
})

---@param given table
---@return study
local function sweep(given)
  local o = options(given, rules, "mah.sweep")
  check.that(o.name ~= "" and not o.name:find "%c",
    "mah.sweep: the name must have letters, and no control characters; got %s", check.show(o.name))
  objective.declare(o)
  check.that(not (o.deterministic and o.prune and o.batch > 1), "mah.sweep: with deterministic = "
    .. "true and a pruning rule a trial waits for earlier ones, and so must run alone; batch = %d: "
    .. "leave it out", o.batch)
  check.that(not (o.deterministic and type(o.prune) == "table" and o.prune.promotes), "mah.sweep: "
    .. "a rule that promotes trials judges them as results come; leave deterministic = true out")
  if o.heartbeat and not address.is(o.store) then
    warn("mah.sweep: heartbeat is of stores in a database; '%s' is a file, and it is ignored",
      o.store)
  end
  o.checkpoint = checkpoints.read(o.checkpoint)
  check.that(o.checkpoint or type(o.prune) ~= "table" or not o.prune.promotes, "mah.sweep: a rule "
    .. "that promotes trials needs checkpoints, from which they go on: checkpoint = 60")
  return Study.new(o)
end

--- The process that is running a study of the store now, or nil; so is what is no store.
---@param path string
---@return integer|nil pid
local function runner(path)
  local ok, found = pcall(Store.with, path, "read", function(store)
    local pid
    for _, study in ipairs(store:studies()) do pid = pid or store:runner(study) end
    return pid
  end)
  return ok and found or nil
end

return called(sweep, {
  open = Opened.open, runner = runner, table = Table.new, describe = statistics.describe,
})
