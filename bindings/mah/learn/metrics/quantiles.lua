--- Errors of medians and other quantiles.
---
---     print(mah.metrics.mean_pinball_loss({1, 2, 3}, {2, 3, 3}, {alpha = 0.9}))
---     --> 0.066666666666667
local options = require "mah.base.options"
local outputs = require "mah.learn.metrics.outputs"
local sort = require "mah.tensor.sort"
local targets = require "mah.learn.metrics.targets"
local warn = require "mah.base.warn"

local quantiles = {}

--- The q-quantile of a vector: interpolated; with weights the least element at which their running
--- sum reaches q of the whole.
local function quantile(x, q, weight)
  if not weight then return sort.quantile(x, q) end
  local order = x:argsort()
  local running = weight:index_select(1, order):cumsum()
  local wanted = q * running[#x]
  local before = wanted == 0 and running:eq(0):sum() or running:lt(wanted):sum()
  return x[order[math.min(before + 1, #x)]]
end

local rules = options.declare("mah.metrics.median_absolute_error "
  .. "mah.metrics.d2_absolute_error_score", outputs.rules)
local alpha_rules = options.declare("mah.metrics.mean_pinball_loss mah.metrics.d2_pinball_score",
  outputs.rules_with {
    alpha = { 0.5, "number", "[0, 1]",
      "the quantile that is predicted; 0.5, the median, gives half the mean absolute error" } })

--- The median of |y - p|, which outliers do not move.
---
---     print(mah.metrics.median_absolute_error({3, -0.5, 2, 7}, {2.5, 0, 2, 8}))  --> 0.5
---@param y_true tensor|table    (N) or (N, outputs)
---@param y_pred tensor|table    as y_true
---@param given {sample_weight: tensor|number[]|nil, multioutput: string|table|nil}|nil
---@return number|tensor
function quantiles.median_absolute_error(y_true, y_pred, given)
  local where = "mah.metrics.median_absolute_error"
  local y = outputs.read(y_true, y_pred, options(given, rules, where), where)
  return outputs.average(y, outputs.each(y, function(a, b)
    return quantile((b - a):abs(), 0.5, y.weight)
  end))
end

--- alpha (y - p) where y >= p, (1 - alpha) (p - y) elsewhere, in the mean.
local function pinball(y, p, alpha, weight)
  local d = y - p
  local above = d:ge(0):double()
  return targets.average(alpha * above * d - (1 - alpha) * (1 - above) * d, weight)
end

--- The pinball loss of the alpha-quantile, the mean of alpha (y - p) where y >= p, and of
--- (1 - alpha) (p - y) where y < p.
---
---     print(("%.4f"):format(mah.metrics.mean_pinball_loss({1, 2, 3}, {0, 2, 3}, {alpha = 0.1})))
---     --> 0.0333
---@param y_true tensor|table    (N) or (N, outputs)
---@param y_pred tensor|table    as y_true
---@param given {sample_weight: tensor|number[]|nil, alpha: number?,
---  multioutput: string|table|nil}|nil
---@return number|tensor
function quantiles.mean_pinball_loss(y_true, y_pred, given)
  local where = "mah.metrics.mean_pinball_loss"
  local o = options(given, alpha_rules, where)
  local y = outputs.read(y_true, y_pred, o, where)
  return outputs.average(y, outputs.each(y, function(a, b)
    return pinball(a, b, o.alpha, y.weight)
  end))
end

local function d2(y, alpha, where)
  if y.n < 2 then
    warn("%s: D2 is not defined for one row", where)
    return 0 / 0
  end
  return outputs.average(y, outputs.each(y, function(a, b)
    local loss = pinball(a, b, alpha, y.weight)
    local of_constant = pinball(a, quantile(a, alpha, y.weight), alpha, y.weight)
    if loss == 0 then return 1 end
    return of_constant == 0 and 0 or 1 - loss / of_constant
  end))
end

--- D2 of the pinball loss, 1 - loss / loss of always saying the alpha-quantile of y_true. As R2, 1
--- is best.
---
---     print(("%.4f"):format(mah.metrics.d2_pinball_score({1, 2, 3}, {1, 3, 3}, {alpha = 0.9})))
---     --> 0.7727
---@param y_true tensor|table    (N) or (N, outputs)
---@param y_pred tensor|table    as y_true
---@param given {sample_weight: tensor|number[]|nil, alpha: number?,
---  multioutput: string|table|nil}|nil
---@return number|tensor
function quantiles.d2_pinball_score(y_true, y_pred, given)
  local where = "mah.metrics.d2_pinball_score"
  local o = options(given, alpha_rules, where)
  return d2(outputs.read(y_true, y_pred, o, where), o.alpha, where)
end

--- D2 of the absolute error, 1 - sum |y - p| / sum |y - median y|.
---
---     print(("%.4f"):format(mah.metrics.d2_absolute_error_score({3, -0.5, 2, 7}, {2.5, 0, 2, 8})))
---     --> 0.7647
---@param y_true tensor|table    (N) or (N, outputs)
---@param y_pred tensor|table    as y_true
---@param given {sample_weight: tensor|number[]|nil, multioutput: string|table|nil}|nil
---@return number|tensor
function quantiles.d2_absolute_error_score(y_true, y_pred, given)
  local where = "mah.metrics.d2_absolute_error_score"
  return d2(outputs.read(y_true, y_pred, options(given, rules, where), where), 0.5, where)
end

return quantiles
