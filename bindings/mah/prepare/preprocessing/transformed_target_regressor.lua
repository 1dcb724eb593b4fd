--- A regressor that learns a transformed y, and predicts y as it was.
---
---     local x = mah.linspace(0, 1, 40):view(40, 1)
---     local y = (x:select(2, 1) * 5):exp()
---     local model = mah.preprocessing.TransformedTargetRegressor{
---       regressor = mah.MLPRegressor{solver = "lbfgs", random_state = 1},
---       func = "log", inverse_func = "exp",
---     }
---     model:fit(x, y)
---     print(model:score(x, y) > 0.99, #model:predict(x))  --> true 40
local FunctionTransformer = require "mah.prepare.preprocessing.function_transformer"
local Type = require "mah.tensor.type"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local metrics = require "mah.learn.metrics"
local numbers = require "mah.learn.numbers"
local options = require "mah.base.options"
local target = require "mah.prepare.target"
local warn = require "mah.base.warn"

---@class TransformedTargetRegressor
---@field regressor_ table the fitted clone of the regressor
---@field transformer_ table what has learned to transform y
---@field training_dim_ integer the dimensions of y in fit
local TransformedTargetRegressor = {}

--- y as a float64 matrix.
local function as_matrix(self, y)
  y = numbers(y, self.where .. ": y"):double()
  return y.ndim == 1 and y:reshape(#y, 1) or y
end

local function transformer_of(self)
  check.that(not (self.transformer and self.func), "%s: either transformer or func", self.where)
  check.that((self.func == nil) == (self.inverse_func == nil),
    "%s: func and inverse_func go together", self.where)
  if self.transformer then return base.clone(self.transformer) end
  return FunctionTransformer { func = self.func, inverse_func = self.inverse_func }
end

--- Does the way back lead to where it came from?
local function check_inverse(self, y, z)
  local back = self.transformer_:inverse_transform(z)
  local near = (back - y):abs():le(y:abs() * 1e-5 + 1e-8):all()
  if not near then
    warn("%s: the inverse of the transformed y is not y: func and inverse_func, or the "
      .. "transformer, do not fit each other", self.where)
  end
end

---@param x any
---@param y any   numbers; the name of a column of x
---@return table self
function TransformedTargetRegressor:fit(x, y, sample_weight)
  x, y = target(x, y, self.where)
  self.training_dim_ = Type.is_tensor(y) and y.ndim or 1
  y = as_matrix(self, y)
  self.transformer_ = transformer_of(self)
  local z = base.fit_transform(self.transformer_, y)
  if self.check_inverse then check_inverse(self, y, z) end
  local regressor = base.clone(self.regressor)
  for _, method in ipairs { "fit", "predict" } do
    check.that(base.has(regressor, method), "%s: the regressor has no method %s", self.where,
      method)
  end
  self.regressor_ = regressor
  if self.training_dim_ == 1 and z.shape[2] == 1 then z = z:select(2, 1):contiguous() end
  self.regressor_:fit(base.for_estimator(self.regressor_, x), z, sample_weight)
  return self
end

---@param x any
---@return tensor
function TransformedTargetRegressor:predict(x)
  local regressor = base.fitted(self, "regressor_")
  local z = regressor:predict(base.for_estimator(regressor, x)):double()
  if z.ndim == 1 then z = z:reshape(#z, 1) end
  local y = self.transformer_:inverse_transform(z)
  return self.training_dim_ == 1 and y.shape[2] == 1 and y:select(2, 1):contiguous() or y
end

--- R2.
---@return number
function TransformedTargetRegressor:score(x, y, sample_weight)
  x, y = target(x, y, self.where)
  return metrics.r2(as_matrix(self, y), self:predict(x), sample_weight)
end

return base.define("mah.preprocessing.TransformedTargetRegressor", {
  regressor = { options.required, "table", nil, "what learns; it is cloned, and stays as it is" },
  transformer = { nil, "table", nil, "what transforms y, such as StandardScaler{}; or func" },
  func = { nil, "string|callable", nil, "a function of y, (N, outputs) float64, or a name such as "
    .. "\"log1p\"; nil, as transformer: y stays" },
  inverse_func = { nil, "string|callable", nil, "the way back; goes with func" },
  check_inverse = { true, "boolean", nil, "warns where the way back does not lead to y" },
}, TransformedTargetRegressor)
