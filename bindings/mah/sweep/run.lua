--- The coordinator of one run: which trial comes next, what became of each, and the one live line.
--- It alone writes to the store, or, where that is shared (mah.sweep.share), to its trials there.
local C = require "mah.base.library"
local Pool = require "mah.sweep.pool"
local Share = require "mah.sweep.share"
local Type = require "mah.tensor.type"
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local domain = require "mah.sweep.domain"
local identity = require "mah.sweep.identity"
local objective = require "mah.sweep.objective"
local progress = require "mah.base.progress"
local status_line = require "mah.sweep.status_line"

local Run = {}
Run.__index = Run

local finished_statuses = { done = true, failed = true, pruned = true }

---@param study table   the user's study: name, o, plan, code
---@param store table   an open Store
---@param row table     the study's row in it
---@param settings {jobs: integer, threads: integer, mine: (fun(number): boolean), again: boolean,
---  quiet: boolean}
function Run.new(study, store, row, settings)
  local o = study.o
  local share = store.is_shared and Share.new(store, row, o, settings) or nil
  local run = setmetatable({
    study = study, o = o, store = store, row = row, settings = settings,
    share = share, trials_in = share or store,
    trials = {}, by_identity = {}, waiting = {}, ahead = 1, skipped = 0, together = 0,
    started = progress.now(),
    known = store:known(row), curves = o.prune and store:curves(row) or {},
    pool = Pool.new {
      trial = o.trial, timeout = o.timeout, memory = o.memory, threads = settings.threads,
      waits = o.prune ~= nil,
    },
    line = not settings.quiet and progress.new(study.name) or nil,
  }, Run)
  if share then share.run = run end
  return run
end

-- -- Trials ---------------------------------------------------------------------------------------

--- Is a trial of the store as good as finished for us?
local function is_finished(run, row)
  return row and finished_statuses[row.status]
    and not (run.settings.again and row.status == "failed")
end

--- outcome.result: a table.
local function note_outcome(trial, outcome)
  trial.status, trial.result = outcome.status, outcome.result
  trial.error, trial.warnings = outcome.error, outcome.warnings
end

--- Trial `i` of the plan, with what the store knows of it.
local function new_trial(run, i, proposal)
  local hash, seed = identity.of_trial(run.study.name, proposal.text, run.study.code)
  local trial = {
    number = i, params = proposal.params, text = proposal.text, identity = hash, seed = seed,
    attempts = 0,
  }
  run.trials[i] = trial
  local row = run.known[hash]
  trial.same = run.by_identity[hash] -- the search asks for the same again
  if not trial.same then
    run.by_identity[hash] = trial
    trial.is_new = row == nil or row.number ~= i or row.seed ~= seed or row.status == "waiting"
    if is_finished(run, row) then
      note_outcome(trial, row)
      local curve = run.curves[hash]
      trial.last = curve and curve.values[#curve.values]
      run.skipped = run.skipped + 1
    end
  end
  return trial
end

--- A plan whose trials are known: all of ours that are not finished wait; the next one is the last
--- of the list.
local function queue_all(run)
  local new = {}
  for i = 1, run.study.plan.total do
    if run.settings.mine(i) then
      local trial = new_trial(run, i, run.study.plan:propose(i))
      if trial.is_new then new[#new + 1] = trial end
    end
  end
  run.store:add(run.row, new, run.share ~= nil)
  if run.share then return end -- it claims one after the other
  for i = run.study.plan.total, 1, -1 do
    local trial = run.trials[i]
    if trial and not trial.status then run.waiting[#run.waiting + 1] = trial end
  end
end

-- -- A search that learns -------------------------------------------------------------------------

--- The trials 1 ... last, as the search sees them; nil when one of them has not finished.
local function history(run, last)
  local list = {}
  for i = 1, last do
    local trial = run.trials[i]
    trial = trial and trial.same or trial
    if not trial or not trial.status then return nil end
    list[i] = objective.seen(trial, run.o)
  end
  return list
end

--- Stores what the parameters may be, when more is known of it than before.
local function note_space(run)
  local plan = run.study.plan
  if not plan.has_news then return end
  plan.has_news = nil
  local text = domain.text(plan.spaces)
  if text then run.store:note_space(run.row, text) end
end

--- Puts a trial that the search has just proposed on the list.
local function enter(run, trial)
  local other = run.share and run.share:settle(trial)
  if not run.share then run.store:add(run.row, { trial }, true) end
  if not other then return trial end
  run.by_identity[trial.identity], run.study.plan.list[trial.number] = nil, other
  return new_trial(run, trial.number, other)
end

--- Proposes on, as far as the results allow. Is there one that has not finished?
local function propose(run)
  local plan = run.study.plan
  while plan.parallel and #run.waiting == 0 and run.ahead <= plan.total do
    local finished = history(run, math.max(0, run.ahead - plan.parallel))
    if not finished then return end
    local trial = new_trial(run, run.ahead, plan:propose(run.ahead, finished))
    if trial.is_new then trial = enter(run, trial) end
    note_space(run)
    run.ahead = run.ahead + 1
    if not trial.status and not trial.same then
      if not run.share then run.waiting[1] = trial end
      return true
    end
  end
  return false
end

local function next_trial(run)
  if run.share then return table.remove(run.waiting) or run.share:next(propose) end
  propose(run)
  return table.remove(run.waiting)
end

-- -- Events ---------------------------------------------------------------------------------------

--- How many of the trials that wait go to one worker: so many that each idle one gets some.
local function batch_of(run)
  local idle = run.settings.jobs
  for _ in pairs(run.pool.slots) do idle = idle - 1 end
  local parallel = run.study.plan.parallel
  local waiting = run.share and run.share:waiting() or #run.waiting
  local share = parallel and parallel / run.settings.jobs or waiting / idle
  return math.min(run.o.batch, math.ceil(share))
end

--- The next trials that go together; none where there is nothing to do.
local function next_trials(run)
  local trials, most = {}, batch_of(run)
  repeat
    local trial = next_trial(run)
    if trial and trial.alone and #trials > 0 then
      run.waiting[#run.waiting + 1] = trial
      break
    end
    trials[#trials + 1] = trial
  until not trial or trial.alone or #trials >= most
  return trials
end

local function start_some(run)
  for slot = 1, run.settings.jobs do
    if not run.pool.slots[slot] and C.mah_interrupt_requested() == 0 then
      local trials = next_trials(run)
      if #trials == 0 then return end
      for _, trial in ipairs(trials) do
        trial.attempts = trial.attempts + 1
        run.curves[trial.identity] = { epochs = {}, values = {}, at = {} }
        run.trials_in:start(trial, slot, trial.attempts)
      end
      run.pool:start(slot, trials)
    end
  end
end

--- The rule's answer for a trial that has just reported: false, or why it should end.
local function ask_rule(run, trial)
  local others = {}
  for hash, curve in pairs(run.curves) do
    if hash ~= trial.identity and #curve.epochs > 0 then others[#others + 1] = curve end
  end
  local _, name = objective.of(nil, run.o.of)
  return run.o.prune(run.curves[trial.identity], others, objective.goal(name, run.o.goal))
end

local function on_report(run, event)
  local trial, epoch, value = event.job, unpack(event.report)
  local curve = run.curves[trial.identity]
  curve.epochs[#curve.epochs + 1], curve.values[#curve.values + 1] = epoch, value
  curve.at[epoch] = value
  trial.last = value
  if run.share then run.share:report(trial, epoch, value) end
  if not run.o.prune then return end
  local why = ask_rule(run, trial)
  if not why then return run.pool:answer(event.slot) end
  run.pool:stop_trial(event.slot, trial, { status = "pruned", reason = tostring(why) })
end

local function on_end(run, event)
  local trial, outcome = event.job, event.outcome
  if outcome.status == "lost" then return end -- others have it now
  if outcome.status == "alone" then
    trial.alone, trial.attempts = true, trial.attempts - 1
    run.waiting[#run.waiting + 1] = trial
    return
  end
  if outcome.status == "failed" and trial.attempts - (trial.before or 0) <= run.o.retry then
    run.waiting[#run.waiting + 1] = trial
    return
  end
  outcome.curve = run.curves[trial.identity]
  if not run.trials_in:finish(trial, outcome) then return end
  run.together = run.together + (outcome.together and 1 or 0)
  outcome.result = outcome.result and canonical.decode(outcome.result) or nil
  note_outcome(trial, outcome)
  check.that(not run.store:has_moved(), "the store '%s' is gone", run.store.path)
end

--- How long to wait for workers: the live line and the store's other coordinators want a look now
--- and then.
local function patience(run)
  local seconds, busy = run.line and run.line.live and 0.5 or 5, 0
  if not run.share then return seconds end
  for _ in pairs(run.pool.slots) do busy = busy + 1 end
  return run.share:patience(seconds, busy < run.settings.jobs)
end

--- Until there is nothing to do, or a signal comes.
local function loop(run)
  start_some(run)
  while (run.pool.count > 0 or run.share and not run.share:is_over())
    and C.mah_interrupt_requested() == 0 do
    status_line.show(run)
    for _, event in ipairs(run.pool:wait(patience(run))) do
      if event.report then on_report(run, event) else on_end(run, event) end
    end
    if run.share then run.share:tick() end
    start_some(run)
  end
end

-- -- The whole run --------------------------------------------------------------------------------

--- Stops what runs, and says so in the store, if it can be written.
local function stop(run)
  local stopped = run.pool:stop()
  pcall(function()
    if run.share then return run.share:leave() end
    for _, trial in ipairs(stopped) do run.store:finish(trial, { status = "interrupted" }) end
  end)
end

--- Runs what is missing. Returns a signal's number, or nil; errors leave the store with all that
--- was finished.
---@return integer|nil signal
function Run:go()
  C.mah_worker_warm_up(self.settings.threads)
  collectgarbage() -- here, once, and not in every worker, where it would copy all it touches
  Type.collect_if_full()
  check.status(C.mah_interrupt_watch(1))
  local ok, problem = pcall(function()
    if not self.study.plan.parallel then queue_all(self) end
    note_space(self)
    loop(self)
  end)
  if not ok or C.mah_interrupt_requested() ~= 0 then stop(self) end
  C.mah_interrupt_watch(0)
  status_line.finish(self)
  if not ok then error(problem, 0) end
  return C.mah_interrupt_requested() ~= 0 and C.mah_interrupt_signal() or nil
end

--- How many trials of ours have each status; total.
---@return {total: integer, done: integer, failed: integer, pruned: integer, waiting: integer}
function Run:counts()
  local counts = { total = 0, done = 0, failed = 0, pruned = 0, waiting = 0 }
  for i = 1, self.study.plan.total do
    if self.settings.mine(i) then
      local trial = self.trials[i]
      local status = trial and (trial.same or trial).status or "waiting"
      counts[status], counts.total = counts[status] + 1, counts.total + 1
    end
  end
  return counts
end

return Run
