--- The coordinator of one run: which trial comes next, what became of each, and the one live line.
--- It alone writes to the store, or, where that is shared (mah.sweep.share), to its trials there.
local C = require "mah.base.library"
local Pool = require "mah.sweep.pool"
local Share = require "mah.sweep.share"
local Type = require "mah.tensor.type"
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local checkpoints = require "mah.sweep.checkpoints"
local domain = require "mah.sweep.domain"
local identity = require "mah.sweep.identity"
local paused = require "mah.sweep.paused"
local progress = require "mah.base.progress"
local proposals = require "mah.sweep.proposals"
local slurm = require "mah.sweep.slurm"
local status_line = require "mah.sweep.status_line"
local verdicts = require "mah.sweep.verdicts"

local Run = {}
Run.__index = Run

local finished_statuses = { done = true, failed = true, pruned = true }

---@param study table   the user's study: name, o, plan, code
---@param store table   an open Store
---@param row table     the study's row in it
---@param settings {jobs: integer, threads: integer, mine: (fun(number): boolean), again: boolean,
---  quiet: boolean, pool: table|nil}   pool: another one than of processes of this one
function Run.new(study, store, row, settings)
  local o = study.o
  check.that(not (store.is_shared and paused.new(o.prune).promotes), "mah.sweep: a rule that "
    .. "pauses trials and promotes them goes with a store of one coordinator, and not with '%s'",
    store.path)
  local share = store.is_shared and Share.new(store, row, o, settings) or nil
  local run = setmetatable({
    study = study, o = o, store = store, row = row, settings = settings,
    share = share, trials_in = share or store,
    trials = {}, by_identity = {}, waiting = {}, ended = {}, asking = {},
    paused = paused.new(o.prune), ahead = 1, skipped = 0, together = 0,
    started = progress.now(),
    known = store:known(row), curves = o.prune and store:curves(row) or {},
    checkpoint = checkpoints.settings(o.checkpoint, study.store),
    pool = settings.pool or Run.new_pool(study, settings.threads),
    line = not settings.quiet and progress.new(study.name) or nil,
  }, Run)
  if share then share.run = run end
  return run
end

--- The workers of this process for a study's trials.
---@param study table
---@param threads integer   of each
---@return table
function Run.new_pool(study, threads)
  local o = study.o
  return Pool.new { trial = o.trial, timeout = o.timeout, memory = o.memory, threads = threads,
    waits = o.prune ~= nil, checkpoint = checkpoints.settings(o.checkpoint, study.store) }
end

--- Makes ready what workers, which are forked, should not have to make each for itself.
---@param threads integer   of each
function Run.prepare_to_fork(threads)
  C.mah_worker_warm_up(threads)
  collectgarbage() -- here, once, and not in every worker, where it would copy all it touches
  Type.collect_if_full()
end

-- -- Trials ---------------------------------------------------------------------------------------

--- Is a trial of the store as good as finished for us?
local function is_finished(run, row)
  return row and finished_statuses[row.status]
    and not (run.settings.again and row.status == "failed")
end

local goes_on = { crash = true, timeout = true } -- a trial that failed so, when it runs again

--- Removes the checkpoints of a trial that has ended.
local function clear(run, trial, outcome)
  if not run.checkpoint or goes_on[outcome.reason] then return end
  checkpoints.remove(run.checkpoint, trial.identity)
end

--- outcome.result: a table.
local function note_outcome(run, trial, outcome)
  run.ended[#run.ended + 1] = trial
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
      note_outcome(run, trial, row)
      clear(run, trial, row) -- a coordinator that was killed may not have come to it
      local curve = run.curves[hash]
      trial.last = curve and curve.values[#curve.values]
      run.skipped = run.skipped + 1
    end
    if row and run.curves[hash] then run.paused:recall(trial, row, run.curves[hash]) end
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
    if trial and not trial.status and not trial.rung then run.waiting[#run.waiting + 1] = trial end
  end
end

-- -- A search that learns -------------------------------------------------------------------------

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
  local plan, mine = run.study.plan, run.settings.mine
  while plan.parallel and #run.waiting == 0 and run.ahead <= plan.total and mine(run.ahead) do
    local proposal, known = proposals.of(run, run.ahead)
    if not proposal then return end
    local trial = new_trial(run, run.ahead, proposal)
    trial.results_known = known
    if trial.is_new then trial = enter(run, trial) end
    note_space(run)
    run.ahead = run.ahead + 1
    if not trial.status and not trial.same and not trial.rung then
      if not run.share then run.waiting[1] = trial end
      return true
    end
  end
  return false
end

local function next_trial(run)
  if run.share then return table.remove(run.waiting) or run.share:next(propose) end
  local promoted = run.paused:promote(function(trial, curve)
    return verdicts.ask(run, curve, verdicts.all_others(run, trial))
  end)
  if promoted then return promoted end
  propose(run)
  return table.remove(run.waiting)
end

-- -- Events ---------------------------------------------------------------------------------------

--- How many of the trials that wait go to one worker: so many that each idle one gets some.
local function batch_of(run)
  if run.o.batch == 1 then return 1 end
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
        if not trial.cleared then
          run.curves[trial.identity] = { epochs = {}, values = {}, at = {} }
        end
        run.trials_in:start(trial, slot, trial.attempts)
      end
      run.pool:start(slot, trials)
    end
  end
end

--- What a trial reports. One that goes on after a pause may say again what it has said before, and
--- one that was pruned for what it had said before a kill is not heard any more.
local function note_report(run, event)
  local trial, epoch, value = event.job, unpack(event.report)
  if trial.is_out then return end
  local curve = run.curves[trial.identity]
  local i = #curve.epochs + 1
  while trial.cleared and i > 1 and curve.epochs[i - 1] >= epoch do i = i - 1 end
  curve.epochs[i], curve.values[i] = epoch, value
  curve.at[epoch] = value
  trial.last = value
  if run.share then run.share:report(trial, epoch, value) end
end

local function on_report(run, event)
  note_report(run, event)
  if run.o.prune and not event.job.is_out then verdicts.on_report(run, event) end
end

local SIGKILL = 9

--- How often a trial that failed so is tried again. One that somebody has killed, or the system for
--- lack of memory, has not failed by itself: it has one more chance.
local function retries(run, outcome)
  return run.o.retry + (outcome.signal == SIGKILL and 1 or 0)
end

local function on_end(run, event)
  local trial, outcome = event.job, event.outcome
  verdicts.forget(run, trial)
  if outcome.status == "lost" then return end -- others have it now
  if outcome.status == "paused" and trial.rung then
    trial.attempts = trial.attempts - 1
    run.store:finish(trial, run.paused:keep(trial, outcome, run.curves[trial.identity]))
    return
  end
  trial.rung = nil
  if outcome.status == "alone" or outcome.status == "paused" then
    trial.alone, trial.attempts = outcome.status == "alone", trial.attempts - 1
    run.waiting[#run.waiting + 1] = trial
    return
  end
  local tries = trial.attempts - (trial.before or 0)
  if outcome.status == "failed" and tries <= retries(run, outcome) then
    if not trial.cleared then run.curves[trial.identity] = nil end
    run.waiting[#run.waiting + 1] = trial
    return
  end
  outcome.curve, outcome.seconds = run.curves[trial.identity], outcome.seconds + (trial.spent or 0)
  if not run.trials_in:finish(trial, outcome) then return end
  run.together = run.together + (outcome.together and 1 or 0)
  clear(run, trial, outcome)
  outcome.result = outcome.result and canonical.decode(outcome.result) or nil
  note_outcome(run, trial, outcome)
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

--- Until there is nothing to do, or a signal comes. What is paused when nothing else can be done
--- has been pruned.
local function loop(run)
  start_some(run)
  while C.mah_interrupt_requested() == 0 do
    if run.pool.count > 0 or run.share and not run.share:is_over() then
      status_line.show(run)
      for _, event in ipairs(run.pool:wait(patience(run))) do
        if event.report then on_report(run, event) else on_end(run, event) end
      end
    else
      local events = run.paused:give_up()
      if #events == 0 then return end
      for _, event in ipairs(events) do on_end(run, event) end
    end
    verdicts.give(run)
    if run.share then run.share:tick() end
    start_some(run)
  end
end

-- -- The whole run --------------------------------------------------------------------------------

local SIGUSR1, SIGTERM = 10, 15

--- Seconds for checkpoints: who asks for them has time, Slurm has half a minute by default
--- (KillWait), and others want to end.
local function time_to_save(signal)
  if signal == SIGUSR1 then return 60 end
  return signal == SIGTERM and slurm.is_batch(os.getenv) and 20 or 1
end

--- Lets the trials save where they stand. Another signal ends that. A trial that came to its end
--- before its turn to be judged runs again.
local function save_all(run)
  check.status(C.mah_interrupt_watch(1))
  local events, stopped = run.pool:checkpoint(time_to_save(run.signal))
  for _, event in ipairs(events) do
    if event.report then
      note_report(run, event)
      event.job.judged = verdicts.at_once(run, event)
      if run.o.deterministic and run.o.prune then verdicts.on_report(run, event) end
    elseif run.asking[event.job] then
      stopped[#stopped + 1] = event.job
    else
      on_end(run, event)
    end
  end
  return stopped
end

--- What the store should say of a trial that was stopped.
local function end_of(run, trial)
  local curve = run.curves[trial.identity]
  if trial.rung then return run.paused:keep(trial, {}, curve) end
  local pruned = trial.judged and trial.judged.reason
  return { status = pruned and "pruned" or "interrupted", reason = pruned or nil, curve = curve }
end

--- Stops what runs, and says so in the store, if it can be written.
local function stop(run)
  local saved, stopped = false, nil
  if run.signal and run.checkpoint then saved, stopped = pcall(save_all, run) end
  if not saved then stopped = run.pool:stop() end
  pcall(function()
    if run.share then return run.share:leave() end
    for _, trial in ipairs(stopped) do run.store:finish(trial, end_of(run, trial)) end
  end)
end

--- Runs what is missing. Returns a signal's number, or nil; errors leave the store with all that
--- was finished. After a signal, more of them are watched for until mah_interrupt_watch(0).
---@return integer|nil signal
function Run:go()
  Run.prepare_to_fork(self.settings.threads)
  check.status(C.mah_interrupt_watch(1))
  local ok, problem = pcall(function()
    if not self.study.plan.parallel then queue_all(self) end
    note_space(self)
    loop(self)
  end)
  if C.mah_interrupt_requested() ~= 0 then self.signal = C.mah_interrupt_signal() end
  if not ok or self.signal then stop(self) end
  if self.signal then C.mah_interrupt_request() else C.mah_interrupt_watch(0) end -- for main.c
  status_line.finish(self)
  if not ok then error(problem, 0) end
  return self.signal
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
