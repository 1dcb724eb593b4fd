--- Holds a share of a data set out for validation, stratified by class where there are classes.
---
---     local order, validation = holdout(data, 0.1, rng, true)
local check = require "mah.base.check"
local tensor = require "mah.tensor"

--- Rows of each class, for labels y; one single group without labels.
local function group_rows(y, stratified, permutation)
  local groups, classes = {}, {}
  for i = 1, #permutation do
    local row = permutation[i]
    local class = stratified and y[row + 1] or 0
    if not groups[class] then
      groups[class] = {}
      classes[#classes + 1] = class
    end
    table.insert(groups[class], row)
  end
  table.sort(classes)
  return groups, classes
end

--- How many of each group are held out, `wanted` in all: the exact share rounded down, and what is
--- left to the largest remainders (the smaller class first among equals).
local function quotas(groups, classes, wanted, rows)
  local quota, rest, taken = {}, {}, 0
  for _, class in ipairs(classes) do
    local exact = wanted * #groups[class] / rows
    quota[class] = math.floor(exact)
    taken = taken + quota[class]
    rest[#rest + 1] = { class = class, remainder = exact - quota[class] }
  end
  table.sort(rest, function(a, b)
    if a.remainder ~= b.remainder then return a.remainder > b.remainder end
    return a.class < b.class
  end)
  for i = 1, wanted - taken do quota[rest[i].class] = quota[rest[i].class] + 1 end
  return quota
end

--- Splits off ceil(share * N) rows.
---@param set {x: tensor, y: tensor, weight: tensor?}
---@param share number        in (0, 1)
---@param rng rng
---@param stratified boolean  y (N) holds classes: each keeps its share
---@return tensor order       int32 row numbers from 0 of what is left
---@return table validation   {x =, y =, weight =}, copies
return function(set, share, rng, stratified)
  local rows = #set.x
  local wanted = math.ceil(share * rows)
  check.that(wanted >= 1 and wanted < rows, "validation: a share of %g of %d rows leaves %d to train on", share, rows,
    rows - wanted)
  local permutation = tensor.arange(0, rows - 1, { dtype = "int32" })
  rng:shuffle(permutation)
  local groups, classes = group_rows(set.y, stratified, permutation)
  local quota = quotas(groups, classes, wanted, rows)
  local kept, held = {}, {}
  for _, class in ipairs(classes) do
    for i, row in ipairs(groups[class]) do
      if i <= quota[class] then held[#held + 1] = row + 1 else kept[#kept + 1] = row end
    end
  end
  table.sort(kept)
  table.sort(held)
  local index = tensor.tensor(held, { dtype = "int32" })
  return tensor.tensor(kept, { dtype = "int32" }), {
    x = set.x:index_select(1, index),
    y = set.y:index_select(1, index),
    weight = set.weight and set.weight:index_select(1, index),
  }
end
