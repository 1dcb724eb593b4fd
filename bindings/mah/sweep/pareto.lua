--- What is best when several results count: points that none is better than in all. Costs are lists
--- of numbers, small is good.
---
---     pareto.front{{1, 5}, {2, 2}, {3, 3}, {5, 1}}               --> {1, 2, 4}
---     pareto.hypervolume({{1, 5}, {2, 2}, {5, 1}}, {6, 6})       --> 18
local pareto = {}

--- Is `a` as good as `b` in all, and better in some?
---@param a number[]
---@param b number[]
function pareto.dominates(a, b)
  local better = false
  for i = 1, #a do
    if a[i] > b[i] then return false end
    better = better or a[i] < b[i]
  end
  return better
end

--- Places 1 ... n, such that none is dominated by a later one; equals as they came.
local function in_order(costs)
  local places = {}
  for i = 1, #costs do places[i] = i end
  table.sort(places, function(i, j)
    local a, b = costs[i], costs[j]
    for k = 1, #a do
      if a[k] ~= b[k] then return a[k] < b[k] end
    end
    return i < j
  end)
  return places
end

--- Divides places that are in order into those that none dominates, and the others.
local function peel(costs, places)
  local front, rest = {}, {}
  for _, i in ipairs(places) do
    local dominated = false
    for k = #front, 1, -1 do
      dominated = dominated or pareto.dominates(costs[front[k]], costs[i])
      if dominated then break end
    end
    local list = dominated and rest or front
    list[#list + 1] = i
  end
  return front, rest
end

--- The places of the points that none dominates, in rising order; equal points are all there.
---@param costs number[][]
---@return integer[]
function pareto.front(costs)
  local front = peel(costs, in_order(costs))
  table.sort(front)
  return front
end

--- The fronts one after the other (Deb, Pratap, Agarwal, Meyarivan: "A fast and elitist
--- multiobjective genetic algorithm: NSGA-II", 2002), until they hold so many points.
---@param costs number[][]
---@param count integer
---@return integer[][]
function pareto.fronts(costs, count)
  local fronts, rest, held = {}, in_order(costs), 0
  while held < count and #rest > 0 do
    local front
    front, rest = peel(costs, rest)
    fronts[#fronts + 1], held = front, held + #front
  end
  return fronts
end

-- -- Hypervolume ----------------------------------------------------------------------------------

local function first(list, count)
  local part = {}
  for i = 1, count do part[i] = list[i] end
  return part
end

--- The hypervolume of points inside the reference, in their first m numbers: slices along the m-th.
local function volume(points, reference, m)
  if #points == 0 then return 0 end
  if m == 1 then
    local least = math.huge
    for _, p in ipairs(points) do least = math.min(least, p[1]) end
    return reference[1] - least
  end
  table.sort(points, function(a, b) return a[m] < b[m] end)
  local sum = 0
  for i, p in ipairs(points) do
    local thick = (points[i + 1] and points[i + 1][m] or reference[m]) - p[m]
    if thick > 0 then sum = sum + thick * volume(first(points, i), reference, m - 1) end
  end
  return sum
end

--- The volume that the points dominate, up to the reference (Zitzler and Thiele 1998). Points that
--- are not better than it in all add nothing.
---@param costs number[][]
---@param reference number[]
---@return number
function pareto.hypervolume(costs, reference)
  local inside = {}
  for _, i in ipairs(pareto.front(costs)) do
    local fits = true
    for k, limit in ipairs(reference) do fits = fits and costs[i][k] < limit end
    if fits then inside[#inside + 1] = costs[i] end
  end
  return volume(inside, reference, #reference)
end

--- A reference beyond all points, by a tenth of what they spread over.
local function beyond(costs)
  local reference = {}
  for k = 1, #costs[1] do
    local low, high = math.huge, -math.huge
    for _, c in ipairs(costs) do
      if math.abs(c[k]) < math.huge then low, high = math.min(low, c[k]), math.max(high, c[k]) end
    end
    reference[k] = high + math.max(0.1 * (high - low), 1e-12 * math.abs(high), 1e-300)
  end
  return reference
end

--- So many of some points that they dominate much together: each time the one that adds most, the
--- first of equals.
---@param costs number[][]
---@param places integer[]   of the points
---@param count integer
---@return integer[]
function pareto.subset(costs, places, count)
  local points, left, chosen, taken = {}, first(places, #places), {}, {}
  for i, place in ipairs(places) do points[i] = costs[place] end
  local reference = beyond(points)
  while #taken < count and #left > 0 do
    local best, most
    for k, place in ipairs(left) do
      chosen[#taken + 1] = costs[place]
      local v = pareto.hypervolume(chosen, reference)
      if not best or v > most then best, most = k, v end
    end
    taken[#taken + 1] = table.remove(left, best)
    chosen[#taken] = costs[taken[#taken]]
  end
  return taken
end

return pareto
