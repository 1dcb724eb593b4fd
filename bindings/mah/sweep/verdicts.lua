--- What a pruning rule says of trials that have reported, which wait for the answer.
---
---     verdicts.wait_for(run, trial, slot)     -- it has reported
---     verdicts.give(run)                      -- answers those whose turn it is
---
--- In a run in the order of numbers (mah.sweep's deterministic) the rule sees, for a trial at an
--- epoch, the earlier trials up to that epoch, when all of them have come as far or have ended:
--- what one worker would see, however many there are. The earliest trial that runs waits for
--- nobody.
local objective = require "mah.sweep.objective"

local verdicts = {}

-- -- What the rule sees ---------------------------------------------------------------------------

--- The curves of all others that have reported.
local function all_others(run, trial)
  local others = {}
  for hash, curve in pairs(run.curves) do
    if hash ~= trial.identity and #curve.epochs > 0 then others[#others + 1] = curve end
  end
  return others
end

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

--- The numbers up to which all have ended.
local function settled(run)
  local number = run.settled or 0
  while number < run.study.plan.total and is_settled(run, number + 1) do number = number + 1 end
  run.settled = number
  return number
end

--- Have all earlier trials come to the epoch, or ended?
local function is_turn(run, trial, epoch)
  for number = settled(run) + 1, trial.number - 1 do
    if not is_settled(run, number) then
      local other = run.trials[number]
      local curve = other and run.curves[other.identity]
      if not curve or (curve.last or -math.huge) < epoch then return false end
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

-- -- Answers --------------------------------------------------------------------------------------

local function decide(run, trial, slot, others)
  run.asking[trial] = nil
  local _, name = objective.of(nil, run.o.of)
  local why = run.o.prune(run.curves[trial.identity], others, objective.goal(name, run.o.goal))
  if not why then return run.pool:answer(slot) end
  run.pool:stop_trial(slot, trial, { status = "pruned", reason = tostring(why) })
end

--- A trial has reported, and waits in its slot.
function verdicts.wait_for(run, trial, slot)
  if run.o.deterministic then
    run.asking[trial] = slot
  else
    decide(run, trial, slot, all_others(run, trial))
  end
end

--- It waits no more: it has ended.
function verdicts.forget(run, trial) run.asking[trial] = nil end

--- Answers the trials whose turn it is.
function verdicts.give(run)
  local list = {}
  for trial in pairs(run.asking) do list[#list + 1] = trial end
  table.sort(list, function(a, b) return a.number < b.number end)
  for _, trial in ipairs(list) do
    local epochs = run.curves[trial.identity].epochs
    local epoch = epochs[#epochs]
    if is_turn(run, trial, epoch) then
      decide(run, trial, run.asking[trial], earlier(run, trial, epoch))
    end
  end
end

return verdicts
