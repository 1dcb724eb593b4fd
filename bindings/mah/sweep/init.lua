--- Any Lua function over any set of parameters, in parallel, in a file that survives anything.
---
---     local data = mah.data.make_moons{n_samples = 40, random_state = 1}
---     local study = mah.sweep{
---       name = "alpha", store = "runs.db",
---       grid = {alpha = {1e-4, 1}, seed = {1, 2}},
---       trial = function(p, report)
---         local clf = mah.MLPClassifier{alpha = p.alpha, solver = "lbfgs", random_state = p.seed}
---         clf:fit(data.x, data.y)
---         report(1, clf.loss_)
---         return {test = clf:score(data.x, data.y)}
---       end,
---       timeout = 600,
---     }
---     study:run{jobs = 1, quiet = true}       -- the same command again runs what is missing
---     print(#study:results(), study:best().status)  --> 4 done
---     local summary = study:summary{by = "alpha", of = "test"}
---     print(#summary, summary[1].alpha, summary[1].n)  --> 2 0.0001 2
---
--- One of grid, random, sobol, trials and space says what is tried.
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
--- The code is the trial's tokens, those of the functions that it refers to, and the plain values
--- of the file's locals that they refer to. Trials of other code are kept
--- as history and run again, and the run says so. code = "some version" stands for the code where
--- that is too strict.
---
--- Why trials failed and what they warned of is kept with them, and said when the run ends, each
--- text once, with the command that shows more. A study's results can be read without its trial,
--- from another script or at the prompt:
---
---     local again = mah.sweep.open("runs.db", "alpha")
---     print(#again:results())  --> 4
---
--- On a cluster `mpirun -np 8 mah sweep.lua` makes one sweep of all ranks, with the same rows; the
--- tasks of Slurm's job arrays take a part each. Every script with a sweep takes --jobs 4,
--- --list (prints the trials), --trial IDENTITY, --shard 2/8, --parts 8, --study NAME and --again.
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
  name = { options.required, "string", nil, "the study's name; a store may hold many studies" },
  store = { "out/runs.db", "string", nil,
    "a file, or the address of a PostgreSQL database, \"postgresql://user@host/name\"" },
  trial = { options.required, "callable", nil, "(p, report) -> result, a table of names or one "
    .. "value: p has the parameters, and seed; report(epoch, value) leaves a curve" },
  grid = { nil, "table|function", nil, "every combination: name -> list of values (of lists for "
    .. "values that are lists), a function (pick) where one choice depends on another, or a list "
    .. "of such" },
  random = { nil, "table|function", nil,
    "n draws from a space: as grid, with mah.search.uniform(0, 1) and the others as values" },
  sobol = { nil, "table|function", nil, "n trials that fill a space evenly; as random" },
  trials = { nil, "table", nil,
    "a list of parameters, such as {{lr = 0.1}, {lr = 0.2, width = 8}}" },
  space = { nil, "table|function", nil, "the space that search proposes trials from; as random" },
  search = { nil, "table", nil, "which trials of the space come next: mah.search.tpe{trials = 50} "
    .. "and the others, or a table of one's own with trials and start(space)" },
  n = { nil, "integer", "[1, 1e6]", "how many trials random and sobol draw" },
  seed = { nil, "integer", "[0, 4294967295]", "seed of random and sobol; nil: 0" },
  of = { nil, "string|table", nil, "the result that is judged, or several, {\"test\", "
    .. "\"seconds\"}, whose best compromises are study:pareto_front(); nil: \"test\", or else "
    .. "\"value\"" },
  goal = { nil, "string|table", nil, "\"max\" or \"min\", or a list of these for several results; "
    .. "nil: \"min\" where the name says loss, error, seconds or time, else \"max\"" },
  constraints = { nil, "string|table", nil, "names of results that must not be above 0: what is "
    .. "best is among the trials that keep to that" },
  prune = { nil, "callable", nil, "ends hopeless trials by their curves: mah.prune.median{}, "
    .. "mah.prune.asha{} or a function (curve, others, goal) -> false or why; nil: none" },
  timeout = { nil, "number", "(0, inf)", "seconds that a trial may take; nil: any number" },
  memory = { nil, "number", "(0, inf)", "MiB of addresses that a trial may take beyond what the "
    .. "program has when it starts; nil: any number" },
  heartbeat = { nil, "number", "[1, inf)", "seconds after which trials of a coordinator that is "
    .. "not heard of are another's, in a PostgreSQL database; nil: 60, more than a server takes to "
    .. "start again" },
  retry = { 0, "integer", "[0, 1000]", "how often a failed trial is tried again at once; one whose "
    .. "process is killed (SIGKILL) has one more chance" },
  threads = { 1, "integer", "[1, 1024]",
    "threads of the BLAS library in each trial; 1 is best for most networks" },
  batch = { 1, "integer", "[1, 4096]",
    "trials that go through their mini-batches together in one process" },
  deterministic = { nil, "boolean", nil, "true: searches and rules look at trials in the order of "
    .. "numbers, so that any number of workers gives the same rows, but waits; false: as results "
    .. "come; nil: in order up to a search's `parallel` workers, and rules as results come" },
  checkpoint = { nil, "number|table", "(0, inf)", "seconds between two checkpoints of a trial, "
    .. "from which it goes on when it is killed; or {seconds = 60, folder = \"out/checkpoints\"}; "
    .. "nil: none" },
  code = { nil, "string|callable", nil, "a version that stands for the trial's program text, or, "
    .. "where the trial only calls it, the function whose text counts; nil: the trial's text" },
  data = { nil, "any", nil,
    "tensors for the fingerprint in the manifest; nil: those that the trial refers to" },
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

--- The process that is running a study of the store now; nil where there is none, or no store.
---
---     local study = mah.sweep{name = "runner", store = "runs.db", grid = {a = {1, 2}},
---       trial = function(p) return p.a end}
---     study:run{jobs = 1, quiet = true}
---     print(mah.sweep.runner("runs.db"))  --> nil
---@param path string    of the store
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
