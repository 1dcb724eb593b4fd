--- mah.preprocessing.MinMaxScaler: each column's range becomes feature_range.
---
---     mah.preprocessing.MinMaxScaler{feature_range = {-1, 1}, clip = true}:fit_transform(train.x)
---
--- Missing values (NaN) stay. A column of one value becomes the lower end.
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local tensor = require "mah.tensor"

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
  feature_range = { { 0, 1 }, "table" },
  clip = { false, "boolean" },
}, MinMaxScaler)
