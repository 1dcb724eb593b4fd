--- Moves the range of each column to feature_range.
---
---     local x = mah.tensor{{0, 10}, {2, 15}, {4, 20}}
---     local scaler = mah.preprocessing.MinMaxScaler{feature_range = {-1, 1}, clip = true}:fit(x)
---     print(scaler.data_min_[2], scaler.data_max_[2])  --> 10 20
---     local z = scaler:transform({{3, 99}})
---     print(z[1][1], z[1][2])  --> 0.5 1
---     print(scaler:inverse_transform(z)[1][1])  --> 3
---
--- Missing values (NaN) stay. A column of one value becomes the lower end.
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local tensor = require "mah.tensor"

---@class MinMaxScaler : mah.Prepared
---@field data_min_ tensor (columns) the least value
---@field data_max_ tensor (columns) the greatest value
---@field data_range_ tensor (columns) data_max_ - data_min_
---@field scale_ tensor (columns) what values are multiplied by
---@field min_ tensor (columns) what is added then
local MinMaxScaler = {}

local EPSILON = 2 ^ -52

---@param x tensor|table
---@return table self
function MinMaxScaler:fit(x)
  local low, high = self.feature_range[1], self.feature_range[2]
  check.that(type(low) == "number" and type(high) == "number" and low < high,
    "%s: feature_range must be {low, high}, the lower one first; got {%s, %s}", self.where,
    tostring(low), tostring(high))
  local numbers = base.matrix(self, x, { fitting = true, missing = true })
  local d = self.n_features_in_
  local function vector() return tensor.zeros(d, { dtype = "float64" }) end
  local least, most, scale = vector(), vector(), vector()
  for k = 1, d do
    local values = base.present(numbers:select(2, k))
    least[k] = #values > 0 and values:min() or 0 / 0
    most[k] = #values > 0 and values:max() or 0 / 0
    local range = most[k] - least[k]
    scale[k] = (high - low) / (range < 10 * EPSILON and 1 or range)
  end
  self.data_min_, self.data_max_, self.data_range_ = least, most, most - least
  self.scale_, self.min_ = scale, low - least * scale
  return self
end

---@param x tensor|table
---@return tensor
function MinMaxScaler:transform(x)
  local numbers = base.matrix(self, x, { missing = true })
  numbers:mul_(self.scale_):add_(self.min_)
  if self.clip then numbers = numbers:clamp(self.feature_range[1], self.feature_range[2]) end
  return base.like(numbers, x)
end

---@param x tensor
---@return tensor
function MinMaxScaler:inverse_transform(x)
  return base.like(base.given_back(self, x):sub_(self.min_):div_(self.scale_), x)
end

return base.define("mah.preprocessing.MinMaxScaler", {
  feature_range = { { 0, 1 }, "table", nil, "{low, high}, the ends of the range to reach" },
  clip = { false, "boolean", nil, "values outside of what fit saw become the ends" },
}, MinMaxScaler)
