--- Bounds of what f takes: lowest and highest values as flat vectors.
---
---     local bounds = Bounds.new(argument, { g = { 0, 20 } })
---     bounds:project_(w)                             -- to the nearest w within
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local tensor = require "mah.tensor"
local trees = require "mah.grad.trees"

local Bounds = {}
Bounds.__index = Bounds

--- {low, high} of one end, numbers or tensors of its size, into its part of both vectors.
local function put(self, leaf, pair, name)
  local where = self.argument.where
  local is_pair = type(pair) == "table" and not getmetatable(pair) and #pair == 2
  for k, flat in ipairs { self.low, self.high } do
    local value, part = is_pair and pair[k] or nil, flat:narrow(1, leaf.first, leaf.count)
    if type(value) == "number" and value == value then
      part:fill_(value)
    elseif Type.is_tensor(value) and value:numel() == leaf.count then
      part:copy_(value:reshape(leaf.count))
    else
      check.raise("%s: %s: a pair {low, high} of numbers, or of tensors as x0's, is expected, {0, "
        .. "math.huge}; got %s", where, name, check.show(is_pair and value or pair))
    end
  end
end

--- A list of n pairs for a tensor of n elements, as SciPy's: {{0, 1}, {0, 2}}.
local function is_list_of_pairs(given)
  if type(given) ~= "table" or getmetatable(given) or #given == 0 then return false end
  for _, pair in ipairs(given) do
    if type(pair) ~= "table" or getmetatable(pair) then return false end
  end
  return true
end

local function put_all(self, x, given, name, k)
  local leaf = type(x) ~= "table" and self.argument.leaves[k]
  if leaf then
    if leaf.view and is_list_of_pairs(given) then
      check.that(#given == leaf.count, "%s: %s: there are %d pairs; x0 has %d elements",
        self.argument.where, name, #given, leaf.count)
      for i, pair in ipairs(given) do
        put(self, { first = leaf.first + i - 1, count = 1 }, pair, ("%s[%d]"):format(name, i))
      end
    elseif given ~= nil then
      put(self, leaf, given, name)
    end
    return k + 1
  end
  check.that(given == nil or type(given) == "table", "%s: %s is %s; a table of the form of x0 is "
    .. "expected", self.argument.where, name, check.show(given))
  for key in pairs(given or {}) do
    check.that(x[key] ~= nil, "%s: %s has bounds of %s, which x0 has not", self.argument.where,
      name, check.show(key))
  end
  for _, key in ipairs(self.argument.sorted_keys(x)) do
    k = put_all(self, x[key], given and given[key], trees.name_of(name, key), k)
  end
  return k
end

--- Nothing is within the bounds of the i-th element.
local function complain(self, i)
  local low, high, name = self.low[i], self.high[i], self.argument:name_of(i, "x0")
  check.that(low <= high, "%s: bounds: of %s the lower one, %g, is greater than the upper one, %g",
    self.argument.where, name, low, high)
  check.raise("%s: bounds: of %s nothing finite lies between %g and %g", self.argument.where, name,
    low, high)
end

--- {low, high} for all elements; or in the form of x0, with a pair in the place of each tensor or
--- number, of which some may lack; of a tensor alone also a list of pairs.
---@param argument table
---@param given table
---@return table bounds   {low = (n), high = (n)}
function Bounds.new(argument, given)
  local self = setmetatable({ argument = argument,
    low = tensor.full({ argument.n }, -math.huge, { dtype = argument.dtype }),
    high = tensor.full({ argument.n }, math.huge, { dtype = argument.dtype }) }, Bounds)
  put_all(self, argument.x0, given, "bounds", 1)
  local is_good = self.low:le(self.high) * self.low:lt(math.huge) * self.high:gt(-math.huge)
  if not is_good:all() then complain(self, is_good:int():argmin()) end
  return self
end

--- To the nearest point within, in place.
---@param w tensor   (n)
---@return tensor w
function Bounds:project_(w) return w:copy_(w:maximum(self.low):minimum(self.high)) end

--- 1 for elements that a step downhill may change, 0 for those at a bound that it would leave.
---@param w tensor   (n)
---@param g tensor   (n), the gradient
---@return tensor    (n)
function Bounds:free(w, g)
  local held = w:le(self.low) * g:gt(0) + w:ge(self.high) * g:lt(0)
  return held:eq(0):to(w.dtype)
end

--- The largest element of the gradient, as far as bounds let w follow it downhill.
---@param w tensor
---@param g tensor
---@return number
function Bounds:steepest(w, g) return (self:project_(w - g) - w):abs():max() end

return Bounds
