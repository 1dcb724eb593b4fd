--- Parts of a data set.
---
---     local few = mah.data.take(mnist.train, 1000)
---     local train, held = mah.data.split(mnist.train, 0.1, { rng = 1, stratified = true })
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local options = require "mah.base.options"
local random = require "mah.tensor.random"

local split = {}

--- Complains unless `set` is {x = tensor, y = tensor} with as many rows each.
---@param set Set
---@return integer rows
function split.rows(set, where)
  if type(set) ~= "table" or not Type.is_tensor(set.x) or not Type.is_tensor(set.y) then
    check.raise("%s: {x = tensor, y = tensor} is expected, got %s", where, check.show(set))
  end
  local n, labels = #Type.expect(set.x, where .. ": x"), #Type.expect(set.y, where .. ": y")
  if n ~= labels then check.raise("%s: x has %d rows, y has %d", where, n, labels) end
  return n
end

local function copy_of(set)
  local copy = {}
  for name, value in pairs(set) do copy[name] = value end
  return copy
end

local function take_rows(set, n)
  local rows, result = math.min(n, split.rows(set, "mah.data.take")), copy_of(set)
  result.x = Type.view(C.mah_tensor_narrow, set.x, 0, 0, rows)
  result.y = Type.view(C.mah_tensor_narrow, set.y, 0, 0, rows)
  return result
end

--- The first n samples of a set, or all when there are fewer, as views. Of a whole data set with
--- train and test the training part is cut.
---
---     local digits = mah.data.digits { n = 60 }
---     print(mah.data.take(digits, 20).train.x.shape[1])   --> 20
---@param set Set|Dataset
---@param n integer
---@return Set|Dataset
function split.take(set, n)
  if type(n) ~= "number" or n < 0 or n % 1 ~= 0 then
    check.raise("mah.data.take: n must be an integer >= 0, got %s", check.show(n))
  end
  if type(set) ~= "table" or not set.train then return take_rows(set, n) end
  local result = copy_of(set)
  result.train = take_rows(set.train, n)
  return result
end

-- -- At random ------------------------------------------------------------------------------------

--- How many of each class go to a part of `size`: the floors of the exact shares, and one more for
--- the largest remainders.
local function quotas(counts, n, size)
  local classes, quota, missing = {}, {}, size
  for class, count in pairs(counts) do
    local exact = count / n * size
    classes[#classes + 1] = { class = class, remainder = exact % 1 }
    quota[class] = math.floor(exact)
    missing = missing - quota[class]
  end
  table.sort(classes, function(a, b)
    if a.remainder ~= b.remainder then return a.remainder > b.remainder end
    return a.class < b.class
  end)
  for i = 1, missing do quota[classes[i].class] = quota[classes[i].class] + 1 end
  return quota
end

--- Divides the rows, in this order, into those that stay and the first `size`: of each class as
--- many as its quota when there are labels.
local function divide(order, size, y)
  local kept, held, left = {}, {}, { [0] = size }
  if y then
    local counts = {}
    for i = 1, #y do counts[y[i]] = (counts[y[i]] or 0) + 1 end
    left = quotas(counts, #y, size)
  end
  for i = 1, #order do
    local row = order[i]
    local class = y and y[row] or 0
    local part = left[class] > 0 and held or kept
    if part == held then left[class] = left[class] - 1 end
    part[#part + 1] = row
  end
  return kept, held
end

local split_rules = options.declare("mah.data.split", {
  rng = { nil, "table|integer", nil, "a generator or a seed; nil: the default generator" },
  stratified = { false, "boolean", nil, "each class of y in proportion; y is a vector of labels" },
})

--- Splits a set at random into two, copies of its rows. The second part has fraction * n of them,
--- rounded.
---
---     local set = mah.data.make_moons { n_samples = 60 }
---     local train, held = mah.data.split(set, 0.2, { rng = 1, stratified = true })
---     print(train.x.shape[1], held.x.shape[1], held.y:sum())   --> 48 12 6
---@param set Set
---@param fraction number   of the second part, 0 ... 1
---@param given {rng: rng|integer|nil, stratified: boolean?}|nil
---@return Set rest
---@return Set part
function split.split(set, fraction, given)
  local n = split.rows(set, "mah.data.split")
  local o = options(given, split_rules, "mah.data.split")
  if type(fraction) ~= "number" or not (fraction >= 0 and fraction <= 1) then
    check.raise("mah.data.split: the fraction must be in 0 ... 1; got %s", check.show(fraction))
  end
  if o.stratified and set.y.ndim ~= 1 then
    check.raise("mah.data.split: a stratified split needs labels in a vector, got %s",
      Type.describe(set.y))
  end
  local order = random.generator(o.rng, "mah.data.split"):permutation(n)
  local kept, held = divide(order, math.floor(fraction * n + 0.5), o.stratified and set.y or nil)
  local function rows(list)
    return { x = set.x:index_select(1, list), y = set.y:index_select(1, list) }
  end
  return rows(kept), rows(held)
end

return split
