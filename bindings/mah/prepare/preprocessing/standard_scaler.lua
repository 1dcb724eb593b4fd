--- Standardises columns: minus their mean, divided by their standard deviation.
---
---     local x = mah.tensor{{0, 10}, {2, 10}, {4, 70}}
---     local scaler = mah.preprocessing.StandardScaler{}:fit(x)
---     print(scaler.mean_[1], scaler.mean_[2])  --> 2 30
---     local z = scaler:transform(x)
---     print(("%.4f %.4f"):format(z[3][1], z[3][2]))  --> 1.2247 1.4142
---     print(scaler:inverse_transform(z)[3][2])  --> 70
---
--- Missing values (NaN) are left out of mean and deviation, and stay. Of a column of one value the
--- deviation counts as 1.
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local sample_weight = require "mah.learn.sample_weight"
local tensor = require "mah.tensor"

---@class StandardScaler : mah.Prepared
---@field mean_ tensor|nil (columns) means; nil where neither with_mean nor with_std is set
---@field var_ tensor|nil (columns) variances, divided by n; nil without with_std
---@field scale_ tensor|nil (columns) what the columns are divided by; nil without with_std
local StandardScaler = {}

local EPSILON = 2 ^ -52

--- Is the variance no more than what rounding makes of a constant?
local function is_constant(variance, mean, n)
  return variance <= n * EPSILON * variance + (n * mean * EPSILON) ^ 2
end

--- Mean and variance (divided by n) of what is there of a column, and n, the sum of its weights.
local function moments(column, weight)
  local values = base.present(column)
  if #values == 0 then return 0 / 0, 0 / 0, 0 end
  if not weight then return values:mean(), values:var(false), #values end
  weight = weight:masked_select(column:eq(column))
  local n = weight:sum()
  local mean = (values * weight):sum() / n
  return mean, ((values - mean):square() * weight):sum() / n, n
end

--- Finds means and deviations.
---@param x tensor|table
---@param _ any                          labels are not looked at
---@param weight tensor|number[]|nil     of the rows
---@return table self
function StandardScaler:fit(x, _, weight)
  local numbers = base.matrix(self, x, { fitting = true, missing = true })
  weight = sample_weight(weight, #numbers, self.where .. ": sample_weight")
  weight = weight and weight:double()
  check.that(not weight or weight:sum() > 0, "%s: sample_weight: all weights are 0", self.where)
  local d = self.n_features_in_
  local mean, var, scale = tensor.zeros(d, { dtype = "float64" }),
    tensor.zeros(d, { dtype = "float64" }), tensor.ones(d, { dtype = "float64" })
  for k = 1, d do
    local m, v, n = moments(numbers:select(2, k), weight)
    mean[k], var[k] = m, v
    if not is_constant(v, m, n) then scale[k] = math.sqrt(v) end
  end
  self.mean_ = (self.with_mean or self.with_std) and mean or nil
  self.var_ = self.with_std and var or nil
  self.scale_ = self.with_std and scale or nil
  return self
end

---@param x tensor|table
---@return tensor
function StandardScaler:transform(x)
  local numbers = base.matrix(self, x, { missing = true })
  if self.with_mean then numbers:sub_(self.mean_) end
  if self.with_std then numbers:div_(self.scale_) end
  return base.like(numbers, x)
end

---@param x tensor
---@return tensor
function StandardScaler:inverse_transform(x)
  local numbers = base.given_back(self, x)
  if self.with_std then numbers:mul_(self.scale_) end
  if self.with_mean then numbers:add_(self.mean_) end
  return base.like(numbers, x)
end

return base.define("mah.preprocessing.StandardScaler", {
  with_mean = { true, "boolean", nil, "the mean is taken away" },
  with_std = { true, "boolean", nil, "the columns are divided by their standard deviations" },
}, StandardScaler)
