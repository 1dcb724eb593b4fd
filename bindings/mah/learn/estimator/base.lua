--- What classifier and regressor share: parameters as fields, get_params and set_params, checks of
--- x and of the samples' weights.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local options = require "mah.base.options"
local parameters = require "mah.learn.estimator.parameters"
local sample_weight = require "mah.learn.sample_weight"
local save = require("mah.learn.estimator.save").save

local base = {}

--- Fields that are neither parameters nor fitted attributes (which end in "_").
local inner = { class = true, network = true, rng = true, trainer = true, problem = true }

--- A class of estimators: its methods, made by calling its constructor with a table of parameters.
---@param class "MLPClassifier"|"MLPRegressor"
---@param methods table
function base.define(class, methods)
  local rules = parameters.rules[class]
  local metatable = { methods = methods }

  function metatable.__index(_, name) return methods[name] end

  --- A misspelt parameter must not become a field that nobody reads.
  function metatable.__newindex(estimator, name, value)
    local known = rules[name] or inner[name] or type(name) == "string" and name:sub(-1) == "_"
    if not known then
      local hint = type(name) == "string" and options.nearest(name, rules)
      check.raise("mah.%s: unknown parameter %s%s", class, check.show(name),
        hint and ("; did you mean '%s'?"):format(hint) or "")
    end
    rawset(estimator, name, value)
  end

  function metatable.__tostring(estimator)
    local text = {}
    for name, value in pairs(estimator:get_params()) do
      if value ~= rules[name][1] and type(value) ~= "table" then
        text[#text + 1] = ("%s = %s"):format(name, tostring(value))
      end
    end
    table.sort(text)
    local fitted = estimator.network and (", fitted: %s"):format(tostring(estimator.network)) or ""
    return ("%s{%s}%s"):format(class, table.concat(text, ", "), fitted)
  end

  local function construct(given)
    local estimator = parameters.read(given, class)
    estimator.class = class
    return setmetatable(estimator, metatable)
  end

  --- A new one with the same parameters, not fitted.
  ---@return table
  function methods.clone(estimator) return construct(estimator:get_params()) end

  return construct
end

local methods = {}
base.methods = methods

--- The parameters as a new table.
---@return table
function methods:get_params()
  local params = {}
  for name in pairs(parameters.rules[self.class]) do
    params[name] = options.copy(rawget(self, name))
  end
  return params
end

--- Changes some parameters; unknown names, types and ranges are errors, and then nothing changes.
---@param given table
---@return table self
function methods:set_params(given)
  check.that(type(given) == "table", "mah.%s: set_params: a table is expected, got %s", self.class,
    check.show(given))
  local all = self:get_params()
  for name, value in pairs(given) do all[name] = value end
  parameters.read(all, self.class)
  for name, value in pairs(given) do self[name] = value end
  return self
end

--- Writes the estimator to a safetensors file; mah.load reads it again.
---@param path string
---@return table self
function methods:save(path) return save(self, path) end

-- -- Data -----------------------------------------------------------------------------------------

--- x as a floating-point matrix without NaN or infinity; float64 stays, everything else is float32.
---@param features integer|nil   columns that a fitted estimator expects
---@param finite_later boolean|nil   the core will look for NaN and infinity
function base.check_x(estimator, x, features, finite_later)
  local name = "mah." .. estimator.class .. ": x"
  Type.expect(x, name)
  check.that(x.ndim == 2, "%s: a matrix (samples, features) is expected, got shape (%s)", name,
    table.concat(x.shape, ", "))
  check.that(x.shape[1] > 0 and x.shape[2] > 0, "%s: shape (%s) has no elements", name,
    table.concat(x.shape, ", "))
  check.that(not features or x.shape[2] == features,
    "mah.%s: x has %d features, but %s is expecting %d features as input", estimator.class,
    x.shape[2], estimator.class, features or 0)
  if not finite_later then check.status(C.mah_batch_check_finite(x, name)) end
  if x.dtype ~= "float64" and x.dtype ~= "float32" then x = x:float() end
  return x:stride()[2] == 1 and x or x:contiguous()
end

--- sample_weight as a vector tensor of n numbers >= 0.
function base.check_weight(estimator, weight, n)
  return sample_weight(weight, n, "mah." .. estimator.class .. ": sample_weight")
end

--- Complains unless the estimator has been fitted; converts x to the network's dtype.
function base.fitted_x(estimator, x)
  check.that(estimator.network, "mah.%s: this estimator is not fitted yet; call fit first",
    estimator.class)
  x = base.check_x(estimator, x, estimator.network.inputs, not estimator.network.custom)
  return x:to(estimator.network.dtype)
end

--- The outputs of every layer for each row of x: a list of (N, units).
---@param x tensor
---@return tensor[]
function methods:activations(x)
  x = base.fitted_x(self, x)
  return self.network:activations(x)
end

return base
