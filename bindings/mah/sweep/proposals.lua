--- The next trial of a search that learns.
---
--- In the order of numbers trial i follows from the trials 1 ... i - parallel (mah.search),
--- whatever the number of workers. As results come, for which mah.sweep's deterministic = false
--- asks, and more workers than `parallel`, it follows from all that have ended; then those that the
--- store has are taken as they are, since they would not be proposed again. Several coordinators of
--- one store always keep to the order, by which they propose alike.
local objective = require "mah.sweep.objective"

local proposals = {}

--- Is the next trial proposed from whatever has ended?
---@param run table
---@return boolean
function proposals.come_as_results_do(run)
  local parallel, wanted = run.study.plan.parallel, run.o.deterministic
  if not parallel or wanted or run.share then return false end
  return wanted == false or run.settings.jobs > parallel
end

--- The trials 1 ... last, as the search sees them; nil when one of them has not finished.
local function first_ones(run, last)
  local list = {}
  for i = 1, last do
    local trial = run.trials[i]
    trial = trial and trial.same or trial
    if not trial or not trial.status then return nil end
    list[i] = objective.seen(trial, run.o)
  end
  return list
end

--- All that have ended, in the order in which they did.
local function ended_ones(run)
  local list = {}
  for i, trial in ipairs(run.ended) do
    list[i] = objective.seen(trial, run.o)
    list[i].known = trial.results_known
  end
  return list
end

--- The store's trials by their numbers, finished ones first.
local function stored(run)
  if run.stored then return run.stored end
  run.stored = {}
  for _, row in pairs(run.known) do
    local other = run.stored[row.number]
    if not other or row.result and not other.result then run.stored[row.number] = row end
  end
  return run.stored
end

--- The proposal for trial i; nil: results are missing. As results come, how many it follows from is
--- the second value.
---@param run table
---@param i integer
---@return {params: table, text: string}|nil, integer|nil
function proposals.of(run, i)
  local plan = run.study.plan
  if not proposals.come_as_results_do(run) then
    local finished = first_ones(run, math.max(0, i - plan.parallel))
    return finished and plan:propose(i, finished)
  end
  local row = stored(run)[i]
  if row then return plan:adopt(i, row.params) end
  return plan:propose(i, ended_ones(run)), #run.ended
end

return proposals
