--- A study: its trials, and a run of them. What can be asked about the results is in
--- mah.sweep.questions.
local C = require "mah.base.library"
local Questions = require "mah.sweep.questions"
local Run = require "mah.sweep.run"
local Store = require "mah.sweep.store"
local afterword = require "mah.sweep.afterword"
local check = require "mah.base.check"
local class = require "mah.base.class"
local command = require "mah.sweep.command"
local exit = require "mah.base.exit"
local file = require "mah.base.file"
local identity = require "mah.sweep.identity"
local manifest = require "mah.sweep.manifest"
local options = require "mah.base.options"
local plans = require "mah.sweep.plan"
local process = require "mah.sweep.process"
local progress = require "mah.base.progress"
local schema = require "mah.sweep.schema"
local warn = require "mah.base.warn"

---@class study
---@field name string
---@field store string   the path of its file
local Study = class.new("a study", "study", nil, Questions)

--- o: the options of mah.sweep, checked.
---@return study
function Study.new(o)
  local plan = plans.new(o)
  return setmetatable({ name = o.name, store = o.store, o = o, plan = plan,
    code = identity.of_code(o.trial, o.code) }, Study)
end

function Study:__tostring()
  return ("study %q: %d trials in '%s'"):format(self.name, self.plan.total, self.store)
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

--- All trials, every n-th one, or a single one: which are ours, and where they are stored.
local function part_of(study, settings)
  if settings.trial then
    needs_list(study, "--trial")
    return function(i) return identity_of(study, i):sub(1, #settings.trial) == settings.trial end,
      command.part_path(study.o.store, "trial-" .. settings.trial)
  elseif settings.shard then
    needs_list(study, "a shard")
    local index, count = command.parse_shard(settings.shard)
    return function(i) return (i - 1) % count == index - 1 end,
      command.part_path(study.o.store, ("%d-of-%d"):format(index, count))
  end
  return function() return true end, study.o.store
end

-- -- Settings of a run ----------------------------------------------------------------------------

local run_rules = options.declare("study:run", {
  jobs = { "auto", "integer|string", "[1, 4096]" },
  shard = { nil, "string" },
  again = { false, "boolean" },
  quiet = { false, "boolean" },
  arguments = { true, "boolean" },
})

--- As many workers as the threads of each leave processors for.
local function jobs_of(given, threads)
  local cores = C.mah_worker_cores()
  if given == "auto" then return math.max(1, math.floor(cores / threads)) end
  check.that(type(given) == "number", 'study:run: jobs must be a whole number or "auto"; got %s',
    check.show(given))
  if threads > 1 and given * threads > cores then
    warn("study:run: %d jobs with %d threads each are more than %d processors", given, threads,
      cores)
  end
  return given
end

--- What was given, the command line, and the cluster's environment. `partial`: the program ends
--- after this run, since the results are not all there.
local function settings_of(study, given)
  local o = options(given, run_rules, "study:run")
  local line = o.arguments and command.read(rawget(_G, "arg") or {}) or {}
  local shard, variable = line.shard, nil
  if o.arguments and not shard and not o.shard and not line.trial and not line.list then
    shard, variable = command.from_environment(study.o.store)
  end
  return {
    skip = line.study and line.study ~= study.name, list = line.list, trial = line.trial,
    shard = shard or o.shard, variable = variable, partial = line.trial ~= nil or shard ~= nil,
    again = o.again or line.again or false, quiet = o.quiet,
    threads = study.o.threads, jobs = jobs_of(line.jobs or o.jobs, study.o.threads),
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
  return ("%d of %d trials"):format(counts.total - counts.waiting, counts.total)
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
  local notes = manifest.new(study.o.data or study.o.trial)
  check_data(store, row, notes.data)
  notes.jobs, notes.shard = settings.jobs, settings.shard
  store:note(row, notes)
  schema.refresh_view(store.db, row)
  local run = Run.new(study, store, row, settings)
  if not settings.quiet then afterword.of_code(run, before and before.code) end
  local ok, signal = pcall(run.go, run)
  if store:has_moved() then complain_of_move(run, store) end
  if not ok then error(add_what_is_kept(run, signal), 0) end
  store.db:transaction(function()
    schema.refresh_view(store.db, row)
    store:release(row)
  end)
  if not settings.quiet then afterword.of_run(run) end
  local counts = run:counts()
  counts.skipped, counts.together = run.skipped, run.together
  return counts, signal
end

local signal_names = { [1] = "SIGHUP", [2] = "Ctrl-C", [15] = "SIGTERM" }

local function complain_of_signal(study, counts, signal)
  check.raise("%s: study %q is interrupted with %d of %d trials finished; the same command goes "
    .. "on with the rest", signal_names[signal] or "signal", study.name,
    counts.total - counts.waiting, counts.total)
end

--- Runs the trials that are not finished, each in a process of its own, and stores what becomes of
--- them. Options, most of which the command line has too (see mah.sweep.command):
---   jobs        trials at a time: a number, or "auto" (as many as there are processors, or fewer
---               with more threads for each)
---   shard       "i/n": every n-th trial from the i-th on, in a store of its own
---   again       failed trials run again; otherwise they count as finished
---   quiet       no line on stderr
---   arguments   false: the script's command line and the environment are not looked at
---
--- A trial is known by the study's name, its parameters and the code: one that is finished, or was
--- pruned, does not run again, whatever else has been changed since (goal, timeout, prune, data).
--- Trials of an earlier grid, list or space stay in the store, and mah.sweep.open shows them;
--- study:results(), and all that is asked of the study, leaves them out. Searches that learn
--- (mah.search.tpe, cmaes) propose from their own trials alone, and show all.
---
--- Failed trials do not raise errors; a program that ends well after them exits with status 3.
--- After --list, and after the run of a part, the program ends (mah.base.exit).
--- Ctrl-C stops the trials that run and raises an error that says how to go on (a script ends with
--- status 130); a second one ends the program at once.
--- Why trials failed and what they warned of stands on stderr at the end, each text once.
---@param given table|nil
---@return {total: integer, done: integer, failed: integer, pruned: integer, waiting: integer,
---  skipped: integer, together: integer, seconds: number}   skipped: were finished before;
---  together: trained side by side with others (mah.sweep's batch)
function Study:run(given)
  local settings = settings_of(self, given)
  if settings.list and not settings.skip then
    print_list(self)
    exit.now(0)
  end
  settings.mine, self.store = part_of(self, settings)
  if settings.skip then settings.mine = function() return false end end
  if settings.variable then
    io.stderr:write(("%s: part %s, from %s, in '%s'\n"):format(self.name, settings.shard,
      settings.variable, self.store))
  end
  local start = progress.now()
  local counts, signal = Store.with(self.store, "create", run_in, self, settings)
  counts.seconds = progress.now() - start
  if signal then complain_of_signal(self, counts, signal) end
  note_failures(self, counts.failed)
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
---@return {number: integer, params: table, result: table|nil, status: string, seconds: number|nil,
---  error: string|nil, reason: string|nil, seed: integer, warnings: string[]|nil,
---  curve: table|nil}[]
function Study:results()
  if not file.exists(self.store) then return {} end
  return Store.with(self.store, "read", function(store)
    local row = store:find(self.name)
    if not row then return {} end
    row.code = self.code
    return of_plan(self, store:trials_with_curves(row))
  end)
end

return Study
