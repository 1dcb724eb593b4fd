--- scikit-learn's MLPRegressor, and more. Loss and gradient agree for several outputs;
--- compat = "sklearn" does as scikit-learn does: mah.MLPClassifier tells.
---
---     local x = mah.linspace(-3, 3, 100):reshape(100, 1)
---     local reg = mah.MLPRegressor { hidden_layer_sizes = { 20 }, activation = "tanh",
---       solver = "lbfgs", max_iter = 1000, random_state = 1 }
---     reg:fit(x, x:sin():reshape(100))
---     print(reg:score(x, x:sin():reshape(100)) > 0.99)                 --> true
---     print(reg:predict(mah.zeros(4, 1)).shape[1])                     --> 4
local C = require "mah.base.library"
local activations = require "mah.learn.activation"
local base = require "mah.learn.estimator.base"
local check = require "mah.base.check"
local fit = require "mah.learn.estimator.fit"
local numbers = require "mah.learn.numbers"
local parameters = require "mah.learn.estimator.parameters"
local regression = require "mah.learn.metrics.regression"

---@class MLPRegressor: mah.MLP
local Regressor = setmetatable({}, { __index = base.methods })

local Y = "mah.MLPRegressor: y"

--- y as a finite tensor (N) or (N, K); Lua tables of numbers are taken too.
local function check_y(y, n)
  y = numbers(y, Y)
  check.that(y.ndim == 1 or y.ndim == 2, "%s: (N) or (N, outputs) is expected, got shape (%s)", Y,
    table.concat(y.shape, ", "))
  check.that(#y == n, "mah.MLPRegressor: x has %d rows and y has %d", n, #y)
  check.status(C.mah_batch_check_finite(y, Y))
  return y
end

local function new_problem(regressor, x, y, weight, keeps)
  base.check_target(regressor, y)
  x = base.check_x(regressor, x, keeps and regressor.network and regressor.network.inputs)
  y = check_y(y, #x)
  local problem = {
    x = x, y = y, rows = #x, inputs = x.shape[2], outputs = y.ndim == 2 and y.shape[2] or 1,
    activation = activations.output_of[regressor.loss], loss = regressor.loss,
    weight = base.check_weight(regressor, weight, #x),
  }
  problem.score_weight = problem.weight
  if regressor.validation_data then
    local v = regressor.validation_data
    local vx = base.check_x(regressor, v.x or v[1], problem.inputs):to(x.dtype)
    problem.validation = { x = vx, y = check_y(v.y or v[2], #vx) }
  end
  return problem
end

--- Fits the network to x (N, features) and y (N) or (N, outputs). Starts anew unless warm_start.
---
---     local x = mah.rand(40, 3, { rng = 1 })
---     local y = x:matmul(mah.tensor { { 1, 0 }, { 2, 0 }, { 0, 3 } })          -- two outputs
---     local reg = mah.MLPRegressor { solver = "lbfgs", random_state = 1 }:fit(x, y)
---     print(reg.n_features_in_, reg.n_outputs_)                        --> 3 2
---@param x tensor|mah.Sparse
---@param y tensor|number[]
---@param sample_weight tensor|number[]|nil   (N)
---@return MLPRegressor self
function Regressor:fit(x, y, sample_weight)
  base.expect(self, "fit")
  parameters.check(self, self.class)
  fit.run(self, new_problem(self, x, y, sample_weight, self.warm_start))
  return self
end

--- Goes on with the last fit, as if it had not stopped, until max_iter epochs in all.
---
---     local x = mah.linspace(-1, 1, 50):reshape(50, 1)
---     local reg = mah.MLPRegressor { max_iter = 5, random_state = 1 }
---     mah.warnings(false)                      -- 5 epochs do not converge
---     reg:fit(x, x:square():reshape(50))
---     reg.max_iter = 8
---     reg:resume(x, x:square():reshape(50))
---     mah.warnings(true)
---     print(reg.n_iter_, #reg.loss_curve_)                             --> 8 8
---@param x tensor|mah.Sparse
---@param y tensor|number[]
---@param sample_weight tensor|number[]|nil   (N)
---@return MLPRegressor self
function Regressor:resume(x, y, sample_weight)
  base.expect(self, "resume")
  check.that(self.network, "mah.MLPRegressor: there is no fit to resume")
  parameters.check(self, self.class)
  fit.run(self, new_problem(self, x, y, sample_weight, true), true)
  return self
end

--- One epoch over x and y.
---
---     local reg = mah.MLPRegressor { random_state = 1 }
---     for part = 1, 3 do
---       local x = mah.rand(50, 2, { rng = part })
---       reg:partial_fit(x, x:sum(2))
---     end
---     print(#reg.loss_curve_, reg.t_)                                  --> 3 150
---@param x tensor|mah.Sparse
---@param y tensor|number[]
---@param sample_weight tensor|number[]|nil   (N)
---@return MLPRegressor self
function Regressor:partial_fit(x, y, sample_weight)
  base.expect(self, "partial_fit")
  parameters.check(self, self.class)
  check.that(not parameters.is_full_batch(self.solver),
    "mah.MLPRegressor: partial_fit is only available for stochastic optimizers. "
      .. "%s is not stochastic", self.solver)
  fit.partial(self, new_problem(self, x, y, sample_weight, true))
  return self
end

--- The outputs, (N) or with several (N, outputs).
---@param x tensor|mah.Sparse
---@return tensor
function Regressor:predict(x)
  base.expect(self, "predict")
  local p = base.ask(self, "forward", x)
  return self.n_outputs_ == 1 and p:select(2, 1) or p
end

--- R2, the coefficient of determination, averaged over the outputs.
---@param x tensor|mah.Sparse
---@param y tensor|number[]
---@param sample_weight tensor|number[]|nil   (N)
---@return number
function Regressor:score(x, y, sample_weight)
  base.expect(self, "score")
  local predicted = self:predict(x)
  y = check_y(y, #predicted)
  return regression.r2(y, predicted, base.check_weight(self, sample_weight, #predicted))
end

return base.define("MLPRegressor", Regressor)
