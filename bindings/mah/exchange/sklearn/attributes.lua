--- What an estimator of scikit-learn holds, asked for by name and checked: nothing is believed.
---
---     local a = attributes.of(object, path)
---     local mean = a:vector("mean_", 4)             -- float64, or nil for None
---     local norm = a:choice("norm", { "l1", "l2", "max" }, "l2")
local arrays = require "mah.exchange.pickle.arrays"
local check = require "mah.base.check"
local values = require "mah.exchange.pickle.values"

local attributes = {}

local MOST_FEATURES = 2 ^ 22

---@class mah.SklearnAttributes
---@field path string     of the file, for messages
---@field class string    the last part of its name
---@field state table<string, any>
local Attributes = {}
Attributes.__index = Attributes

---@param object table   kind = "object"
---@param path string
---@return mah.SklearnAttributes
function attributes.of(object, path)
  return setmetatable({ path = path, class = object.class:match "[^.]+$", state = object.state,
    object = object }, Attributes)
end

function Attributes:fail(message, ...)
  check.raise("%s: %s: %s", self.path, self.class, message:format(...))
end

function Attributes:check(condition, message, ...)
  return condition or self:fail(message, ...)
end

--- The value, nil for None and for what is not there.
function Attributes:get(name) return values.plain(self.state[name]) end

--- The value, which must be there.
function Attributes:need(name)
  local value = self:get(name)
  if value == nil then
    self:fail("it has no %s%s", name, name:find "_$" and ": it is not fitted" or "")
  end
  return value
end

local function typed(type_name)
  return function(self, name, default)
    local value = self:get(name)
    if value == nil then value = default end
    self:check(value == nil or type(value) == type_name, "%s is %s", name, values.show(value))
    return value
  end
end

Attributes.number, Attributes.boolean, Attributes.string = typed "number", typed "boolean",
  typed "string"

--- A whole number from `least` on.
function Attributes:count(name, least, default)
  local value = self:number(name, default)
  self:check(value and value % 1 == 0 and value >= least and value < 2 ^ 31, "%s is %s", name,
    values.show(value))
  return value
end

--- One of several strings.
function Attributes:choice(name, choices, default)
  local value = self:get(name)
  if value == nil then value = default end
  for _, choice in ipairs(choices) do
    if choice == value then return value end
  end
  self:fail("%s = %s, which Mah has not: it has %s", name, values.show(value),
    table.concat(choices, ", "))
end

-- -- Arrays ---------------------------------------------------------------------------------------

local function tensor_of(self, name, value, ndim)
  self:check(values.is(value, "array") and value.tensor and value.tensor.ndim == ndim,
    "%s is %s; an array of numbers with %d dimension%s is expected", name, values.show(value), ndim,
    ndim == 1 and "" or "s")
  return value.tensor
end
Attributes.tensor_of = tensor_of

--- A float64 vector of n numbers, nil for None.
---@param n integer|nil   any number of them
---@return tensor|nil
function Attributes:vector(name, n)
  local value = self:get(name)
  if value == nil then return nil end
  local t = tensor_of(self, name, value, 1):double()
  self:check(not n or #t == n, "%s has %d numbers, and it has %d features", name, #t, n or 0)
  return t
end

--- A vector that must be there.
function Attributes:needed_vector(name, n)
  self:need(name)
  return self:vector(name, n)
end

--- A list or a tuple of n values.
function Attributes:list(name, n)
  local value = self:need(name)
  self:check(values.is(value, "list") or values.is(value, "tuple"), "%s is %s, no list", name,
    values.show(value))
  self:check(not n or value.n == n, "%s has %d entries; %d are expected", name, value.n, n or 0)
  return value
end

--- A pair of numbers, as feature_range.
function Attributes:pair(name, default)
  if self:get(name) == nil then return default end
  local value = self:list(name, 2)
  self:check(type(value[1]) == "number" and type(value[2]) == "number", "%s is no pair of numbers",
    name)
  return { value[1], value[2] }
end

--- What a one-dimensional array or a list holds: numbers, strings, booleans; None is NaN, as
--- missing categories are.
---@return any[]
function Attributes:plain_list(name, value)
  local out, list = {}, value
  local boolean = values.is(value, "array") and value.type:find "b"
  if values.is(value, "array") then
    self:check(#value.shape == 1, "%s has %d dimensions", name, #value.shape)
    list = value.list or value.tensor:totable()
  else
    self:check(values.is(value, "list") or values.is(value, "tuple"), "%s is %s", name,
      values.show(value))
  end
  for i = 1, list.n or #list do
    local item = list[i]
    if values.is(item, "array") and #item.shape == 0 then item = arrays.item(item) end
    if item == values.None then item = 0 / 0 end
    if boolean then item = item ~= 0 end
    self:check(type(item) ~= "table", "%s holds %s", name, values.show(item))
    out[i] = item
  end
  return out
end

--- How many features it was fitted to; older versions wrote it elsewhere.
---@param name string|nil   of a number, or of an array with one number for each feature
function Attributes:features(name)
  if self:get "n_features_in_" then name = "n_features_in_" end
  self:check(name, "it has no n_features_in_: it is not fitted, or older than scikit-learn 0.24")
  local value = self:need(name)
  local is_array = values.is(value, "array") and #value.shape > 0
  local n = is_array and value.shape[#value.shape] or self:count(name, 1)
  self:check(n <= MOST_FEATURES, "%d features are too many", n)
  return n
end

--- The names of the columns that it was fitted to, or nil.
function Attributes:names(n)
  local value = self:get "feature_names_in_"
  if value == nil then return nil end
  local names = self:plain_list("feature_names_in_", value)
  self:check(#names == n, "feature_names_in_ has %d names for %d features", #names, n)
  for _, name in ipairs(names) do
    self:check(type(name) == "string", "a feature's name is %s", values.show(name))
  end
  return names
end

return attributes
