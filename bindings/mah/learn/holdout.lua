--- Holds a share of the rows out for validation, stratified by class where there are classes.
---
---     local kept, held = holdout.split(#x, 0.1, rng, y)      -- int32 row numbers from 0
---     local validation = holdout.pick({ x = x, y = y }, held)
---
--- The draws are those of scikit-learn's ShuffleSplit and StratifiedShuffleSplit, so that a mt19937
--- generator gives its rows.
local C = require "mah.base.library"
local check = require "mah.base.check"
local tensor = require "mah.tensor"
local trees = require "mah.grad.trees"

local holdout = {}

--- 0 ... n - 1 in random order.
local function permutation(n, rng)
  local out = tensor.empty(n, { dtype = "int32" })
  check.status(C.mah_fill_permutation(out, rng.core, 0))
  return out
end

--- Rows of each class in order of the labels, and how many there are.
local function rows_by_class(y, names)
  local rows, classes = {}, {}
  for i = 1, #y do
    local class = y[i]
    if not rows[class] then
      rows[class] = {}
      classes[#classes + 1] = class
    end
    table.insert(rows[class], i - 1)
  end
  table.sort(classes)
  local groups, counts = {}, {}
  for k, class in ipairs(classes) do
    groups[k], counts[k] = rows[class], #rows[class]
    check.that(#rows[class] >= 2,
      "validation: class %s has a single member; a stratified split needs two of each",
      check.show(names and names[class + 1] or class))
  end
  return groups, counts
end

--- Divides n draws over groups in proportion to their counts: the floors, and one more for the
--- largest remainders, drawn among equals.
local function proportional(counts, n, rng)
  local total, floors, remainders, missing = 0, {}, {}, n
  for _, count in ipairs(counts) do total = total + count end
  for k, count in ipairs(counts) do
    local exact = count / total * n
    floors[k] = math.floor(exact)
    remainders[k] = exact - floors[k]
    missing = missing - floors[k]
  end
  local values = {}
  for k, remainder in ipairs(remainders) do values[k] = remainder end
  table.sort(values, function(a, b) return a > b end)
  local v = 1
  while missing > 0 do
    local equal = {}
    for k, remainder in ipairs(remainders) do
      if remainder == values[v] then equal[#equal + 1] = k end
    end
    local pick, add = permutation(#equal, rng), math.min(#equal, missing)
    for i = 1, add do
      local k = equal[pick[i] + 1]
      floors[k] = floors[k] + 1
    end
    missing, v = missing - add, v + #equal
  end
  return floors
end

--- Rows of each class in proportion, in random order.
---@param y tensor         (N) labels
---@param names any[]|nil  of the labels from 0, for messages
---@param n_kept integer   with n_held no more than N
---@param n_held integer
---@param rng rng
---@return tensor kept, tensor held    int32 row numbers from 0
function holdout.stratified(y, names, n_kept, n_held, rng)
  local groups, counts = rows_by_class(y, names)
  check.that(n_held >= #groups and n_kept >= #groups,
    "validation: %d rows to hold out and %d to keep are fewer than the %d classes", n_held, n_kept,
    #groups)
  local keep = proportional(counts, n_kept, rng)
  local rest = {}
  for k, count in ipairs(counts) do rest[k] = count - keep[k] end
  local hold = proportional(rest, n_held, rng)
  local kept, held = {}, {}
  for k, rows in ipairs(groups) do
    local order = permutation(counts[k], rng)
    for i = 1, keep[k] do kept[#kept + 1] = rows[order[i] + 1] end
    for i = keep[k] + 1, keep[k] + hold[k] do held[#held + 1] = rows[order[i] + 1] end
  end
  local function shuffled(rows)
    local order, out = permutation(#rows, rng), tensor.empty(#rows, { dtype = "int32" })
    for i = 1, #rows do out[i] = rows[order[i] + 1] end
    return out
  end
  kept = shuffled(kept)
  return kept, shuffled(held)
end

--- Splits off ceil(share * rows) rows, or none.
---@param rows integer
---@param share number|nil      in (0, 1); nil: all rows are kept, in order, and nothing is drawn
---@param rng rng
---@param classes tensor|nil    (rows) int32: each class keeps its share
---@param names table|nil       the label of class 0, 1 ..., for messages; default: its number
---@return tensor kept, tensor|nil held    int32 row numbers from 0
function holdout.split(rows, share, rng, classes, names)
  if not share then return tensor.arange(0, rows - 1, { dtype = "int32" }), nil end
  local n_held = math.ceil(share * rows)
  check.that(n_held >= 1 and n_held < rows,
    "validation: a share of %g of %d rows leaves %d to train on", share, rows, rows - n_held)
  if classes then return holdout.stratified(classes, names, rows - n_held, n_held, rng) end
  local order = permutation(rows, rng)
  return order:narrow(1, n_held + 1, rows - n_held):clone(), order:narrow(1, 1, n_held):clone()
end

--- The rows numbered by `index`, copied.
---@param set {x: tensor|mah.Sparse|table, y: tensor|table, weight: tensor?, score_weight: tensor?}
---@param index tensor   int32 row numbers from 0
---@return {x: tensor, y: tensor, weight: tensor?, score_weight: tensor?}
function holdout.pick(set, index)
  index = index + 1
  local picked = {}
  for _, name in ipairs { "x", "y", "weight", "score_weight" } do
    local all = set[name]
    if type(all) == "table" and not getmetatable(all) then -- several tensors
      picked[name] = trees.replace(all, function(t) return t:index_select(1, index) end)
    elseif all ~= nil then
      picked[name] = all:index_select(1, index)
    end
  end
  return picked
end

return holdout
