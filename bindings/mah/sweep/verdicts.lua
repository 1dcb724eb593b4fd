--- What a pruning rule says of trials that have reported.
---
---     verdicts.on_report(run, event)     -- answers at once, or notes who waits
---     verdicts.give(run)                 -- answers those whose turn it is
---
--- In a run in the order of numbers (mah.sweep's deterministic) the rule sees, for a trial at an
--- epoch, the earlier trials up to that epoch, when all of them have come as far or have ended:
--- what one worker would see, however many there are. The earliest trial that runs waits for
--- nobody. What a trial has reported before it was killed is judged again when it goes on from a
--- checkpoint: with the same answer, if there has been one.
local objective = require "mah.sweep.objective"

local verdicts = {}

-- -- The rule -------------------------------------------------------------------------------------

--- Its answer: false, or why a trial should end.
function verdicts.ask(run, curve, others)
  local _, name = objective.of(nil, run.o.of)
  return run.o.prune(curve, others, objective.goal(name, run.o.goal))
end

--- The curves of all others that have reported.
---@return table[]
function verdicts.all_others(run, trial)
  local others = {}
  for hash, curve in pairs(run.curves) do
    if hash ~= trial.identity and #curve.epochs > 0 then others[#others + 1] = curve end
  end
  return others
end

-- -- As results come ------------------------------------------------------------------------------

--- False where a trial that has reported may go on, or how it should end: with the status "pruned",
--- or "paused". In the order of numbers nothing is said at once.
---@return {status: string, reason: string}|false
function verdicts.at_once(run, event)
  local trial = event.job
  local curve = run.curves[trial.identity]
  if run.o.deterministic or not run.o.prune then return false end
  if event.report.is_old or run.paused:is_cleared(trial, event.report[1]) then return false end
  local why = verdicts.ask(run, curve, verdicts.all_others(run, trial))
  if not why then return false end
  local suspends = run.paused:suspend(trial, curve, why)
  return { status = suspends and "paused" or "pruned", reason = tostring(why) }
end

local function answer_at_once(run, event)
  if event.report.is_old then return end
  local outcome = verdicts.at_once(run, event)
  if outcome and outcome.status == "pruned" then
    return run.pool:stop_trial(event.slot, event.job, outcome)
  end
  run.pool:answer(event.slot, outcome and true or false)
end

-- -- In the order of numbers ----------------------------------------------------------------------

--- A curve up to an epoch.
local function cut(curve, epoch)
  local part = { epochs = {}, values = {}, at = {} }
  for i, e in ipairs(curve.epochs) do
    if e <= epoch then
      part.epochs[#part.epochs + 1], part.values[#part.values + 1] = e, curve.values[i]
      part.at[e] = curve.values[i]
    end
  end
  return part
end

--- Has a trial ended, or does it stand for an earlier one? Nothing waits for others' parts.
local function is_settled(run, number)
  local trial = run.trials[number]
  if not trial then return not run.settings.mine(number) end
  return trial.same ~= nil or trial.status ~= nil
end

--- The number up to which all have ended.
local function settled(run)
  local number = run.settled or 0
  while number < run.study.plan.total and is_settled(run, number + 1) do number = number + 1 end
  run.settled = number
  return number
end

local function has_come(curve, epoch)
  return curve and (curve.at[epoch] ~= nil or (curve.epochs[#curve.epochs] or -math.huge) > epoch)
end

--- Have all earlier trials come to the epoch, or ended?
local function is_turn(run, trial, epoch)
  for number = settled(run) + 1, trial.number - 1 do
    local other = run.trials[number]
    if not is_settled(run, number)
      and not (other and has_come(run.curves[other.identity], epoch)) then
      return false
    end
  end
  return true
end

--- The curves of the earlier trials, in order, up to the epoch.
local function earlier(run, trial, epoch)
  local others = {}
  for number = 1, trial.number - 1 do
    local other = run.trials[number]
    local curve = other and not other.same and run.curves[other.identity]
    local part = curve and cut(curve, epoch)
    if part and #part.epochs > 0 then others[#others + 1] = part end
  end
  return others
end

--- A trial has reported: it is asked about at this epoch when its turn comes.
local function wait_for_turn(run, event)
  local asked = run.asking[event.job] or { slot = event.slot, from = 1 }
  asked[#asked + 1] = event.report
  run.asking[event.job] = asked
end

--- Judges a trial at the first epoch for which that is due. Returns false when it has ended.
local function judge_first(run, trial, asked)
  local report, curve = asked[asked.from], run.curves[trial.identity]
  local part = cut(curve, report[1])
  local why = verdicts.ask(run, part, earlier(run, trial, report[1]))
  asked.from = asked.from + 1
  if why then
    run.curves[trial.identity] = part
    trial.last = part.values[#part.values]
    run.asking[trial], trial.is_out = nil, true
    run.pool:stop_trial(asked.slot, trial, { status = "pruned", reason = tostring(why) })
    return false
  end
  if not report.is_old then run.pool:answer(asked.slot) end
  return true
end

local function judge_as_far_as_due(run, trial)
  local asked = run.asking[trial]
  while asked[asked.from] and is_turn(run, trial, asked[asked.from][1]) do
    if not judge_first(run, trial, asked) then return end
  end
  if not asked[asked.from] then run.asking[trial] = nil end
end

-- -- Both -----------------------------------------------------------------------------------------

--- Takes a report that is in the trial's curve already.
function verdicts.on_report(run, event)
  if run.o.deterministic then wait_for_turn(run, event) else answer_at_once(run, event) end
end

--- A trial has ended: nothing is to be said any more.
function verdicts.forget(run, trial) run.asking[trial] = nil end

--- Answers the trials whose turn it is.
function verdicts.give(run)
  local list = {}
  for trial in pairs(run.asking) do list[#list + 1] = trial end
  table.sort(list, function(a, b) return a.number < b.number end)
  for _, trial in ipairs(list) do judge_as_far_as_due(run, trial) end
end

return verdicts
