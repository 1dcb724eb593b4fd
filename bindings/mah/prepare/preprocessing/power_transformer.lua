--- Yeo and Johnson's power of each column that makes it look most like a normal distribution; then
--- mean 0 and variance 1. The power is where the likelihood is greatest (Biometrika 87, 2000).
---
---     local x = mah.tensor{{1}, {2}, {4}, {8}, {16}, {32}}
---     local power = mah.preprocessing.PowerTransformer{}:fit(x)
---     local z = power:transform(x)
---     print(("%.2f: %.2f %.2f"):format(power.lambdas_[1], z[1][1], z[6][1]))
---     --> -0.14: -1.41 1.48
---     print(("%.2f"):format(power:inverse_transform(z)[6][1]))  --> 32.00
---
--- Missing values (NaN) stay.
local StandardScaler = require "mah.prepare.preprocessing.standard_scaler"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local minimum = require "mah.prepare.minimum"
local tensor = require "mah.tensor"

---@class PowerTransformer : mah.Prepared
---@field lambdas_ tensor (columns) the powers
---@field scaler_ StandardScaler|nil what standardises behind; nil without standardize
local PowerTransformer = {}

local EPSILON, TINY = 2 ^ -52, 2 ^ -1022

--- One number, and the way back.
local function forward(x, power)
  if x >= 0 then
    if math.abs(power) < EPSILON then return math.log(1 + x) end
    return ((x + 1) ^ power - 1) / power
  end
  if math.abs(power - 2) > EPSILON then return -((1 - x) ^ (2 - power) - 1) / (2 - power) end
  return -math.log(1 - x)
end

local function backward(x, power)
  if x >= 0 then
    if math.abs(power) < EPSILON then return math.exp(x) - 1 end
    return (x * power + 1) ^ (1 / power) - 1
  end
  if math.abs(power - 2) > EPSILON then
    return 1 - (-(2 - power) * x + 1) ^ (1 / (2 - power))
  end
  return 1 - math.exp(-x)
end

--- The negative log-likelihood of a power, but for constants.
local function likelihood_of(values)
  local n, moved = #values, tensor.empty_like(values)
  local signed = (values:sign() * values:abs():log1p()):sum()
  return function(power)
    for i = 1, n do moved[i] = forward(values[i], power) end
    local variance = moved:var(false)
    if not (variance >= TINY) then return math.huge end
    return n / 2 * math.log(variance) - (power - 1) * signed
  end
end

local function apply(numbers, powers, f)
  for k = 1, #powers do
    local column, power = numbers:select(2, k), powers[k]
    for i = 1, #column do
      local value = column[i]
      if value == value then column[i] = f(value, power) end
    end
  end
  return numbers
end

---@param x tensor|table
---@return table self
function PowerTransformer:fit(x)
  local numbers, f = base.matrix(self, x, { fitting = true, missing = true })
  self.lambdas_ = tensor.empty(self.n_features_in_, { dtype = "float64" })
  for k = 1, self.n_features_in_ do
    local values = base.present(numbers:select(2, k)):clone()
    check.that(#values > 0, "%s: all values of column %s are missing", self.where, f:label(k))
    check.that(values:min() < values:max(), "%s: column %s has the single value %s, which no power "
      .. "makes normal", self.where, f:label(k), tostring(values[1]))
    self.lambdas_[k] = minimum(likelihood_of(values), -2, 2)
  end
  self.scaler_ = self.standardize
    and StandardScaler {}:fit(apply(numbers, self.lambdas_, forward)) or nil
  return self
end

---@param x tensor|table
---@return tensor
function PowerTransformer:transform(x)
  local numbers = apply(base.matrix(self, x, { missing = true }), self.lambdas_, forward)
  return base.like(self.scaler_ and self.scaler_:transform(numbers) or numbers, x)
end

---@param x tensor
---@return tensor
function PowerTransformer:inverse_transform(x)
  local numbers = base.given_back(self, x)
  if self.scaler_ then numbers = self.scaler_:inverse_transform(numbers) end
  return base.like(apply(numbers, self.lambdas_, backward), x)
end

return base.define("mah.preprocessing.PowerTransformer", {
  standardize = { true, "boolean", nil, "mean 0 and variance 1 behind" },
}, PowerTransformer)
