--- Takes the median from each column and divides by the distance of two quantiles, which outliers
--- do not move.
---
---     local x = mah.tensor{{1}, {2}, {3}, {4}, {1000}}
---     local scaler = mah.preprocessing.RobustScaler{}:fit(x)
---     print(scaler.center_[1], scaler.scale_[1])  --> 3 2
---     local z = scaler:transform(x)
---     print(z[1][1], z[5][1], scaler:inverse_transform(z)[5][1])  --> -1 498.5 1000
---
--- Missing values (NaN) stay.
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local normal = require "mah.prepare.normal"
local tensor = require "mah.tensor"

---@class RobustScaler : mah.Prepared
---@field center_ tensor|nil (columns) medians; nil without with_centering
---@field scale_ tensor|nil (columns) distances of the quantiles; nil without with_scaling
local RobustScaler = {}

local EPSILON = 2 ^ -52

---@param x tensor|table
---@return table self
function RobustScaler:fit(x)
  local low, high = self.quantile_range[1], self.quantile_range[2]
  check.that(type(low) == "number" and type(high) == "number" and 0 <= low and low <= high
    and high <= 100, "%s: quantile_range must be {low, high} in 0 ... 100; got {%s, %s}",
    self.where, tostring(low), tostring(high))
  local numbers = base.matrix(self, x, { fitting = true, missing = true })
  local d = self.n_features_in_
  local center, scale = tensor.full({ d }, 0 / 0, { dtype = "float64" }),
    tensor.full({ d }, 0 / 0, { dtype = "float64" })
  local unit = self.unit_variance and normal.ppf(high / 100) - normal.ppf(low / 100) or 1
  for k = 1, d do
    local values = base.present(numbers:select(2, k))
    if #values > 0 then
      center[k] = values:median()
      local q = values:quantile { low / 100, high / 100 }
      local range = q[2] - q[1]
      scale[k] = (range < 10 * EPSILON and 1 or range) / unit
    end
  end
  self.center_ = self.with_centering and center or nil
  self.scale_ = self.with_scaling and scale or nil
  return self
end

---@param x tensor|table
---@return tensor
function RobustScaler:transform(x)
  local numbers = base.matrix(self, x, { missing = true })
  if self.with_centering then numbers:sub_(self.center_) end
  if self.with_scaling then numbers:div_(self.scale_) end
  return base.like(numbers, x)
end

---@param x tensor
---@return tensor
function RobustScaler:inverse_transform(x)
  local numbers = base.given_back(self, x)
  if self.with_scaling then numbers:mul_(self.scale_) end
  if self.with_centering then numbers:add_(self.center_) end
  return base.like(numbers, x)
end

return base.define("mah.preprocessing.RobustScaler", {
  with_centering = { true, "boolean", nil, "the median is taken away" },
  with_scaling = { true, "boolean", nil, "the columns are divided by the quantiles' distance" },
  quantile_range = { { 25, 75 }, "table", nil, "{low, high}, the two quantiles, in per cent" },
  unit_variance = { false, "boolean", nil,
    "normally distributed columns get variance 1, whatever the quantiles" },
}, RobustScaler)
