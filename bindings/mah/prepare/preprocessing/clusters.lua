--- Lloyd's k-means in one dimension: each value to its nearest centre, each centre to the mean of
--- its values, until nothing moves.
---
---     clusters(column, { 0, 5, 10 })        --> the centres, sorted
local MOST_STEPS = 300
local TOLERANCE = 1e-4 -- of the values' variance: a smaller move of all centres ends it

local function nearest(value, centers)
  local best, distance
  for k, center in ipairs(centers) do
    local d = (value - center) ^ 2
    if not best or d < distance then best, distance = k, d end
  end
  return best
end

--- The value that is farthest from its centre, of those not yet moved; the last of several.
local function farthest(values, centers, labels, moved)
  local best, distance
  for i = 1, #values do
    local d = (values[i] - centers[labels[i]]) ^ 2
    if not moved[i] and (not best or d >= distance) then best, distance = i, d end
  end
  return best
end

--- Gives each centre without values the one that lies worst.
local function fill_empty(values, centers, labels, sums, counts)
  local moved = {}
  for k = 1, #centers do
    if counts[k] == 0 then
      local i = farthest(values, centers, labels, moved)
      local old = labels[i]
      moved[i] = true
      sums[old], counts[old] = sums[old] - values[i], counts[old] - 1
      sums[k], counts[k] = values[i], 1
    end
  end
end

--- The means of the values nearest to each centre, and whether some value changed its centre.
local function step(values, centers, labels)
  local sums, counts, changed = {}, {}, false
  for k = 1, #centers do sums[k], counts[k] = 0, 0 end
  for i = 1, #values do
    local k = nearest(values[i], centers)
    changed = changed or labels[i] ~= k
    labels[i], sums[k], counts[k] = k, sums[k] + values[i], counts[k] + 1
  end
  fill_empty(values, centers, labels, sums, counts)
  local means = {}
  for k = 1, #centers do means[k] = counts[k] > 0 and sums[k] / counts[k] or centers[k] end
  return means, changed
end

---@param values tensor
---@param centers number[]   to start from
---@return number[]          sorted
return function(values, centers)
  local mean, labels = values:mean(), {}
  local least = TOLERANCE * values:var(false)
  values = values - mean
  for k = 1, #centers do centers[k] = centers[k] - mean end
  for _ = 1, MOST_STEPS do
    local means, changed = step(values, centers, labels)
    local shift = 0
    for k = 1, #centers do shift = shift + (means[k] - centers[k]) ^ 2 end
    centers = means
    if not changed or shift <= least then break end
  end
  for k = 1, #centers do centers[k] = centers[k] + mean end
  table.sort(centers)
  return centers
end
