--- Which trials a search takes for good. A trial that breaks constraints is worse than any that
--- keeps them, and better the less it breaks them (Deb: "An efficient constraint handling method
--- for genetic algorithms", 2000); one without a value is worst.
---
--- A trial has cost, or costs where several results are judged (small is good; nil: it has none),
--- and violation, how much it breaks the constraints (nil or 0: not at all).
local pareto = require "mah.sweep.pareto"

local ranking = {}

--- The places of the trials that keep the constraints, break them, and have no value.
local function kinds(trials)
  local good, broken, without = {}, {}, {}
  for i, trial in ipairs(trials) do
    local list = good
    if (trial.violation or 0) > 0 then
      list = broken
    elseif not (trial.cost or trial.costs) then
      list = without
    end
    list[#list + 1] = i
  end
  return good, broken, without
end

local function sort_by(places, number)
  table.sort(places, function(i, j)
    local a, b = number(i), number(j)
    if a ~= b then return a < b end
    return i < j
  end)
end

--- The first `count` of points by fronts; of the front that is cut those that dominate most.
local function best_of_several(trials, places, count)
  local costs, list = {}, {}
  for k, i in ipairs(places) do costs[k] = trials[i].costs end
  for _, front in ipairs(pareto.fronts(costs, count)) do
    if #list + #front > count then front = pareto.subset(costs, front, count - #list) end
    for _, k in ipairs(front) do list[#list + 1] = places[k] end
  end
  return list
end

--- All trials, the best first; of equals the first.
---@param trials {cost: number?, violation: number?}[]
---@return integer[] places
function ranking.order(trials)
  local good, broken, without = kinds(trials)
  sort_by(good, function(i) return trials[i].cost end)
  sort_by(broken, function(i) return trials[i].violation end)
  local places = {}
  for _, list in ipairs { good, broken, without } do
    for _, i in ipairs(list) do places[#places + 1] = i end
  end
  return places
end

--- The few best trials and the rest, the best first.
---@param trials {cost: number?, costs: number[]?, violation: number?}[]
---@param count integer   how many are good
---@return table[] good, table[] rest
function ranking.divide(trials, count)
  local good, broken = kinds(trials)
  local several = #good > 0 and trials[good[1]].costs ~= nil
  local order
  if several and count < #good then
    order = best_of_several(trials, good, count)
  elseif several then
    sort_by(broken, function(i) return trials[i].violation end)
    order = good
    for k = 1, count - #good do order[#order + 1] = broken[k] end
  else
    order = ranking.order(trials)
  end
  local best, rest, is_best = {}, {}, {}
  for k = 1, math.min(count, #order) do
    best[k], is_best[order[k]] = trials[order[k]], true
  end
  for i, trial in ipairs(trials) do
    if not is_best[i] then rest[#rest + 1] = trial end
  end
  return best, rest
end

return ranking
