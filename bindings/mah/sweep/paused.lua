--- Trials that a rule has paused, and that go on when it promotes them (mah.prune.asha): each
--- stands at a rung, the epoch that it was judged at, and its checkpoint holds the rest.
---
---     local paused = paused.new(rule)
---     paused:suspend(trial, curve, why)     -- it should pause; false where the rule stops trials
---     paused:keep(trial, outcome, curve)    -- it has
---     paused:promote(ask)                   -- the trial to go on with, or nil
local paused = {}

local Paused = {}
Paused.__index = Paused

---@param rule any   of mah.sweep's prune; one with promotes = true pauses trials
function paused.new(rule)
  return setmetatable({ promotes = type(rule) == "table" and rule.promotes == true, list = {} },
    Paused)
end

--- Is the trial beyond judgement at this epoch: promoted from there, or about to pause?
function Paused.is_cleared(_, trial, epoch)
  return trial.rung ~= nil or trial.cleared ~= nil and epoch <= trial.cleared
end

--- Notes that a trial is to pause at the last epoch of its curve.
---@return boolean suspends   false: the rule ends trials
function Paused:suspend(trial, curve, why)
  if not self.promotes then return false end
  trial.rung, trial.why = curve.epochs[#curve.epochs], tostring(why)
  return true
end

--- Takes a trial that has paused. Returns what the store should say of it.
---@return table end_
function Paused:keep(trial, outcome, curve)
  trial.spent = (trial.spent or 0) + (outcome.seconds or 0)
  self.list[#self.list + 1] = trial
  trial.at_rung = { epochs = { trial.rung }, values = { curve.at[trial.rung] },
    at = { [trial.rung] = curve.at[trial.rung] } }
  return { status = "interrupted", reason = ("paused at %.17g: %s"):format(trial.rung, trial.why),
    curve = curve, seconds = trial.spent, warnings = outcome.warnings }
end

--- Takes a trial that an earlier run had paused, as the store's row tells.
---@param trial table
---@param row table
function Paused:recall(trial, row, curve)
  local rung, why = (row.reason or ""):match "^paused at (%S+): (.*)$"
  rung = tonumber(rung)
  if not self.promotes or row.status ~= "interrupted" or not rung or not curve.at[rung] then
    return
  end
  trial.rung, trial.why = rung, why
  self:keep(trial, { seconds = row.seconds }, curve)
end

--- A trial that may go on, of the highest rung that has one.
---@param ask fun(trial: table, curve: table): any   the rule: false when it may
---@return table|nil trial
function Paused:promote(ask)
  local best
  for i, trial in ipairs(self.list) do
    if not best or trial.rung > self.list[best].rung then
      local why = ask(trial, trial.at_rung)
      if why then trial.why = tostring(why) else best = i end
    end
  end
  if not best then return nil end
  local trial = table.remove(self.list, best)
  trial.cleared, trial.rung = trial.rung, nil
  return trial
end

--- All of them end: there is nothing left that could promote one.
---@return table[] events   as of a pool
function Paused:give_up()
  local events = {}
  for i, trial in ipairs(self.list) do
    events[i] = { job = trial, outcome = { status = "pruned", reason = trial.why, seconds = 0 } }
    trial.rung = nil
  end
  self.list = {}
  return events
end

return paused
