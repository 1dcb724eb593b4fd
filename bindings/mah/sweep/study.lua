--- A study: its trials, and a run of them. What can be asked about the results is in
--- mah.sweep.questions.
local C = require "mah.base.library"
local Questions = require "mah.sweep.questions"
local Run = require "mah.sweep.run"
local Store = require "mah.sweep.store"
local address = require "mah.sweep.address"
local afterword = require "mah.sweep.afterword"
local check = require "mah.base.check"
local class = require "mah.base.class"
local command = require "mah.sweep.command"
local exit = require "mah.base.exit"
local identity = require "mah.sweep.identity"
local jobs = require "mah.sweep.jobs"
local manifest = require "mah.sweep.manifest"
local options = require "mah.base.options"
local plans = require "mah.sweep.plan"
local process = require "mah.sweep.process"
local progress = require "mah.base.progress"
local schema = require "mah.sweep.schema"
local slurm = require "mah.sweep.slurm"
local teams = require "mah.sweep.teams"
local text = require "mah.base.text"
local warn = require "mah.base.warn"

--- A study: trials that mah.sweep plans and runs, or that mah.sweep.open reads.
---@class study
---@field name string its name in the store
---@field store string the path of the store's file, or its address
---@field private o table the options of mah.sweep, checked
---@field private plan table which trials there are
---@field private code string what stands for the trial's program text
---@field private received {rows: (fun(): table[]), space: string|nil}|nil what another process of
---  the team has read of the store

--- A trial of a study, whatever became of it.
---@class trial
---@field number integer its place in the study, from 1
---@field params table<string, any> its parameters by name
---@field result table<string, any>|nil what it gave, by name ({value = ...} for one value); nil
---  unless it is done
---@field status "waiting"|"running"|"done"|"failed"|"pruned"|"interrupted" what became of it
---@field seed integer the seed of its generators: its parameter seed, or one of its identity's
---@field seconds number|nil how long it took
---@field cpu_seconds number|nil how long processors worked on it; nil in a batch
---@field peak_memory number|nil the most memory that its process had, in bytes; nil in a batch
---@field reason string|nil why it failed, in a word such as "timeout", or why it was pruned
---@field error string|nil the message and the traceback of a failure
---@field warnings string[]|nil what it warned of, each text once
---@field curve curve|nil what it reported
---@field identity string the hash of the study's name, the parameters and the code
---@field code string what stands for its program text
---@field worker integer|nil the worker that ran it
---@field attempts integer how often it was started
---@field started string|nil when it was started, in UTC
---@field finished string|nil when it ended

--- What a trial reported, report(epoch, value).
---@class curve
---@field epochs number[] the epochs, in order
---@field values number[] the value of each
---@field at table<number, number> the values by epoch

--- What study:run gives: how many trials there are of each kind.
---@class sweep_counts
---@field total integer all of them
---@field done integer those that have a result
---@field failed integer those that raised an error, or were ended
---@field pruned integer those that a rule ended
---@field waiting integer those that have not run
---@field skipped integer those that were finished before, or by others
---@field together integer those that were trained side by side with others (mah.sweep's batch)
---@field seconds number how long the run took
local Study = class.new("a study", "study", nil, Questions)

--- o: the options of mah.sweep, checked.
---@return study
function Study.new(o)
  local plan = plans.new(o)
  return setmetatable({ name = o.name, store = o.store, o = o, plan = plan,
    code = identity.of_code(o.trial, o.code) }, Study)
end

function Study:__tostring()
  return ("study %q: %s in '%s'"):format(self.name, text.count(self.plan.total, "trial"),
    address.shown(self.store))
end

-- -- Which part -----------------------------------------------------------------------------------

local function identity_of(study, i)
  return (identity.of_trial(study.name, study.plan:propose(i).text, study.code))
end

local function needs_list(study, what)
  check.that(not study.plan.parallel, "mah.sweep: %s needs trials that are known from the start; "
    .. "those of this search follow from results", what)
end

--- Prints the trials for GNU parallel: identity, number, parameters.
local function print_list(study)
  needs_list(study, "--list")
  for i = 1, study.plan.total do
    print(("%s\t%d\t%s"):format(identity_of(study, i):sub(1, 12), i, study.plan:propose(i).text))
  end
end

--- Those who run trials of one database share them out by themselves.
local function needs_file(study, what)
  check.that(not address.is(study.o.store), "mah.sweep: %s is of stores that are files; on '%s' "
    .. "start the whole sweep as often as you like, and each trial is run once", what,
    address.shown(study.o.store))
end

--- All trials, every n-th one, or a single one: which are ours, and where they are stored.
local function part_of(study, settings)
  if settings.trial then
    needs_list(study, "--trial")
    needs_file(study, "--trial")
    return function(i) return identity_of(study, i):sub(1, #settings.trial) == settings.trial end,
      command.part_path(study.o.store, "trial-" .. settings.trial)
  elseif settings.shard then
    needs_file(study, "a shard")
    needs_list(study, "a shard")
    local index, count = command.parse_shard(settings.shard)
    return function(i) return (i - 1) % count == index - 1 end,
      command.part_path(study.o.store, ("%d-of-%d"):format(index, count))
  end
  return function() return true end, study.o.store
end

-- -- Settings of a run ----------------------------------------------------------------------------

local run_rules = options.declare("study:run", {
  jobs = { "auto", "integer|string", "[1, 4096]", "trials at a time; \"auto\": as many as there "
    .. "are processors, or fewer with more threads for each" },
  shard = { nil, "string", nil,
    "\"i/n\": only every n-th trial from the i-th on, in a store of its own; nil: all" },
  parts = { nil, "integer", "[1, 4096]",
    "in an array of jobs, how many shards there are: task i does shard i; nil: the array's size" },
  again = { false, "boolean", nil, "failed trials run again; otherwise they count as finished" },
  quiet = { false, "boolean", nil, "no line on stderr" },
  arguments = { true, "boolean", nil,
    "the script's command line and the environment are looked at" },
})

--- What was given, the command line, and the cluster's environment. `partial`: the program ends
--- after this run, since the results are not all there.
local function settings_of(study, given)
  local o = options(given, run_rules, "study:run")
  local line = o.arguments and command.read(rawget(_G, "arg") or {}) or {}
  local team = o.arguments and teams.find() or nil
  jobs.check(o.jobs)
  local shard, variable = line.shard, nil
  if line.parts or o.parts then needs_file(study, "a number of parts") end
  if o.arguments and not shard and not o.shard and not line.trial and not line.list
    and not address.is(study.o.store) then
    local parts = line.parts or o.parts or command.parts_of_job()
    shard, variable = command.from_environment(study.o.store, parts, team ~= nil)
    if line.parts and line.parts > 1 and not shard then command.complain_of_parts(line.parts) end
  end
  return {
    skip = line.study and line.study ~= study.name, list = line.list, trial = line.trial,
    shard = shard or o.shard, variable = variable, partial = line.trial ~= nil or shard ~= nil,
    again = o.again or line.again or false, quiet = o.quiet,
    threads = study.o.threads, jobs = line.jobs or o.jobs, team = team,
  }
end

-- -- Running --------------------------------------------------------------------------------------

local failing = {} -- studies whose last run had failed trials

--- The program's exit status is 3 as long as the last run of some study had failed trials.
local function note_failures(study, failed)
  failing[study.name] = failed > 0 or nil
  exit.status = next(failing) and 3 or 0
end

--- The data should be those of the trials that are there already.
local function check_data(store, row, now)
  local before = store.db:row("SELECT data FROM manifest WHERE study = ? AND data IS NOT NULL "
    .. "ORDER BY id DESC LIMIT 1", row.id)
  local done = (store:counts(row).done or 0) > 0
  if before and now and done and before.data ~= now then
    warn("study %q: the data are not those of its finished trials, which are kept (fingerprint "
      .. "%s, now %s)", row.name, before.data, now)
  end
end

local function how_far(run)
  local counts = run:counts()
  return ("%d of %s"):format(counts.total - counts.waiting, text.count(counts.total, "trial"))
end

--- A problem of the store or the machine ends the run: says what is kept.
local function add_what_is_kept(run, problem)
  return ("%s (%s had finished and are kept; the same command goes on)"):format(
    tostring(problem), how_far(run))
end

--- The store's file is not where it was: saves what it held.
local function complain_of_move(run, store)
  local saved, path = pcall(store.rescue, store, command.part_path(store.path, "rescued"))
  check.raise("the store '%s' was deleted, moved or replaced while study %q ran; %s", store.path,
    run.study.name, saved and ("what it held, %s finished, is now in '%s': put that in its place, "
      .. "and the same command goes on"):format(how_far(run), path)
    or "what it held is lost: " .. tostring(path))
end

local function run_in(store, study, settings)
  local before = store:find(study.name)
  local row = store:study { name = study.name, code = study.code, of = study.o.of,
    goal = study.o.goal, constraints = study.o.constraints }
  store:claim(row, process.id())
  local notes = manifest.new(study.o.data or study.o.trial, study.o.store)
  check_data(store, row, notes.data)
  notes.jobs, notes.shard = settings.jobs, settings.shard
  store:note(row, notes)
  schema.refresh_view(store.db, row)
  local run = Run.new(study, store, row, settings)
  if not settings.quiet then afterword.of_code(run, before and before.code) end
  local ok, signal = pcall(run.go, run)
  if store:has_moved() then complain_of_move(run, store) end
  if not ok then error(add_what_is_kept(run, signal), 0) end
  schema.refresh_view(store.db, row)
  store:release(row)
  if not settings.quiet then afterword.of_run(run) end
  local counts = run:counts()
  counts.skipped, counts.together = run.skipped, run.together
  return counts, signal
end

--- All of the run, in this process, with workers of its own or those of settings.pool.
local function lead(study, settings)
  if not settings.pool then
    settings.jobs = jobs.count(settings.jobs, settings.threads, C.mah_cores())
  end
  return Store.with(study.store, "create", run_in, study, settings)
end

--- What there is to say of which part it is.
local function tell_part(study, settings)
  io.stderr:write(("%s: part %s, from %s, in '%s'\n"):format(study.name, settings.shard,
    settings.variable, study.store))
end

local signal_names = { [1] = "SIGHUP", [2] = "Ctrl-C", [10] = "SIGUSR1", [15] = "SIGTERM" }

--- What becomes of the job that the signal ends, where it is one of Slurm's: it runs again, unless
--- it would go on so for ever.
local function run_again(study, counts, signal)
  if counts.total - counts.waiting > counts.skipped or study.o.checkpoint then
    return slurm.run_again(os.getenv, signal)
  end
  return slurm.has_limit(os.getenv, signal) and "no trial ends within the job's limit, so it does "
    .. "not run again: a longer --time or mah.sweep{checkpoint = 60} would let it" or nil
end

local function complain_of_signal(study, counts, signal, note)
  check.raise("%s: study %q is interrupted with %d of %s finished; %s",
    signal_names[signal] or "signal", study.name, counts.total - counts.waiting,
    text.count(counts.total, "trial"),
    note or "the same command goes on with the rest")
end

--- Runs the trials that are not finished, each in a process of its own, and stores what becomes of
--- them. The command line has most of the options too: --jobs, --shard, --parts, --again.
---
---     local study = mah.sweep{name = "squares", store = "runs.db", grid = {a = {1, 2, 3}},
---       trial = function(p) return {square = p.a ^ 2} end, of = "square"}
---     local counts = study:run{jobs = 1, quiet = true}
---     print(counts.total, counts.done, counts.skipped)  --> 3 3 0
---     print(study:best().params.a, study:run{jobs = 1, quiet = true}.skipped)  --> 3 3
---
--- A trial is known by the study's name, its parameters and the code: one that is finished, or was
--- pruned, does not run again, whatever else has been changed since (goal, timeout, prune, data).
--- Trials of an earlier grid, list or space stay in the store, and mah.sweep.open shows them;
--- study:results(), and all that is asked of the study, leaves them out. Searches that learn
--- (mah.search.tpe, cmaes) propose from their own trials alone, and show all.
---
--- Failed trials do not raise errors; a program that ends well after them exits with status 3.
--- After --list, and after the run of a part, the program ends (mah.base.exit).
--- Under mpirun all ranks come here: the first one hands out the trials to the others, prints, and
--- alone writes the store; jobs counts for each node, and is shared out among its ranks, of which
--- each has one at least. Afterwards all have the same results. What trials print on the other
--- ranks is not shown; what they write to stderr is.
--- Ctrl-C stops the trials that run and raises an error that says how to go on (a script ends with
--- status 130); a second one ends the program at once. A batch job of Slurm whose time is over
--- (SIGUSR1, or SIGTERM at the limit) asks Slurm to run it again.
--- Why trials failed and what they warned of stands on stderr at the end, each text once.
---@param given table|nil
---@return sweep_counts
function Study:run(given)
  local settings = settings_of(self, given)
  if settings.list and not settings.skip then
    print_list(self)
    exit.now(0)
  end
  settings.mine, self.store = part_of(self, settings)
  if settings.skip then settings.mine = function() return false end end
  local team = settings.team
  local is_first = not team or team.is_first()
  if settings.variable and is_first then tell_part(self, settings) end
  local start = progress.now()
  local ok, counts, signal = pcall(team and team.run or lead, self, settings, lead)
  local note = ok and signal and is_first and run_again(self, counts, signal)
  C.mah_interrupt_watch(0)
  if not ok then error(counts, 0) end
  counts.seconds = progress.now() - start
  if signal then complain_of_signal(self, counts, signal, note or nil) end
  if is_first then note_failures(self, counts.failed) end
  if settings.partial and not settings.skip then exit.now(exit.status) end
  return counts
end

-- -- Results --------------------------------------------------------------------------------------

--- The rows of the trials that belong to the plan as it is now.
local function of_plan(study, rows)
  if study.plan.parallel then return rows end
  local planned, list = {}, {}
  for i = 1, study.plan.total do planned[identity_of(study, i)] = true end
  for _, row in ipairs(rows) do
    if planned[row.identity] then list[#list + 1] = row end
  end
  return list
end

--- The trials in order, whatever became of them; none before the first run. (Those of earlier code:
--- mah.sweep.open.)
---
---     local study = mah.sweep{name = "halves", store = "runs.db", grid = {a = {1, 2}},
---       trial = function(p, report)
---         report(1, p.a / 2)
---         return {half = p.a / 2}
---       end}
---     study:run{jobs = 1, quiet = true}
---     for _, row in ipairs(study:results()) do
---       print(row.number, row.params.a, row.status, row.result.half, row.curve.at[1])
---       --> 1 1 done 0.5 0.5
---       --> 2 2 done 1 1
---     end
---@return trial[]
function Study:results()
  local received = rawget(self, "received")
  if received then return received.rows() end
  if not Store.exists(self.store) then return {} end
  return Store.with(self.store, "read", function(store)
    local row = store:find(self.name)
    if not row then return {} end
    row.code = self.code
    return of_plan(self, store:trials_with_curves(row))
  end)
end

return Study
