--- How far predicted numbers are from the true ones.
---
---     local r2 = mah.metrics.r2_score({{1, 2}, {3, 4}}, {{1, 1}, {3, 4}},
---       {multioutput = "raw_values"})
---     print(r2[1], r2[2])  --> 1 0.5
local check = require "mah.base.check"
local numbers = require "mah.learn.numbers"
local options = require "mah.base.options"
local outputs = require "mah.learn.metrics.outputs"
local sample_weight = require "mah.learn.sample_weight"
local targets = require "mah.learn.metrics.targets"
local tensor = require "mah.tensor"
local warn = require "mah.base.warn"

local regression = {}

-- -- Errors ---------------------------------------------------------------------------------------

local squared_rules = options.declare("mah.metrics.mean_squared_error "
  .. "mah.metrics.mean_squared_log_error", outputs.rules_with {
    squared = { true, "boolean", nil,
      "false: the root of the error, of each output before they are averaged" },
  })
local rules = options.declare("mah.metrics.root_mean_squared_error mah.metrics.mean_absolute_error "
  .. "mah.metrics.mean_absolute_percentage_error", outputs.rules)

--- The mean over the rows of f(true, predicted).
local function mean_of(y, f)
  return outputs.each(y, function(a, b) return targets.average(f(a, b), y.weight) end)
end

local function square_of(a, b) return (a - b):square() end

local function mean_square(y, squared)
  local errors = mean_of(y, square_of)
  return outputs.average(y, squared and errors or errors:sqrt())
end

--- The mean of (y - p)^2, MSE.
---
---     print(mah.metrics.mean_squared_error({3, -0.5, 2, 7}, {2.5, 0, 2, 8}))  --> 0.375
---@param y_true tensor|table    (N) or (N, outputs)
---@param y_pred tensor|table    as y_true
---@param given {sample_weight: tensor|number[]|nil, multioutput: string|table|nil,
---  squared: boolean?}|nil
---@return number|tensor
function regression.mean_squared_error(y_true, y_pred, given)
  local where = "mah.metrics.mean_squared_error"
  local o = options(given, squared_rules, where)
  return mean_square(outputs.read(y_true, y_pred, o, where), o.squared)
end

--- The root of the mean of (y - p)^2, RMSE, mean_squared_error with squared = false.
---
---     local y_true, y_pred = {3, -0.5, 2, 7}, {2.5, 0, 2, 8}
---     print(("%.4f"):format(mah.metrics.root_mean_squared_error(y_true, y_pred)))  --> 0.6124
---@param y_true tensor|table    (N) or (N, outputs)
---@param y_pred tensor|table    as y_true
---@param given {sample_weight: tensor|number[]|nil, multioutput: string|table|nil}|nil
---@return number|tensor
function regression.root_mean_squared_error(y_true, y_pred, given)
  local where = "mah.metrics.root_mean_squared_error"
  return mean_square(outputs.read(y_true, y_pred, options(given, rules, where), where), false)
end

--- The mean of |y - p|, MAE.
---
---     print(mah.metrics.mean_absolute_error({3, -0.5, 2, 7}, {2.5, 0, 2, 8}))  --> 0.5
---@param y_true tensor|table    (N) or (N, outputs)
---@param y_pred tensor|table    as y_true
---@param given {sample_weight: tensor|number[]|nil, multioutput: string|table|nil}|nil
---@return number|tensor
function regression.mean_absolute_error(y_true, y_pred, given)
  local where = "mah.metrics.mean_absolute_error"
  local y = outputs.read(y_true, y_pred, options(given, rules, where), where)
  return outputs.average(y, mean_of(y, function(a, b) return (b - a):abs() end))
end

--- The mean of |y - p| / max(|y|, 2^-52), MAPE. A share, not per cent; huge where a y is 0.
---
---     local y_true, y_pred = {3, -0.5, 2, 7}, {2.5, 0, 2, 8}
---     print(("%.4f"):format(mah.metrics.mean_absolute_percentage_error(y_true, y_pred)))
---     --> 0.3274
---@param y_true tensor|table    (N) or (N, outputs)
---@param y_pred tensor|table    as y_true
---@param given {sample_weight: tensor|number[]|nil, multioutput: string|table|nil}|nil
---@return number|tensor
function regression.mean_absolute_percentage_error(y_true, y_pred, given)
  local where = "mah.metrics.mean_absolute_percentage_error"
  local y = outputs.read(y_true, y_pred, options(given, rules, where), where)
  return outputs.average(y, mean_of(y, function(a, b)
    return (b - a):abs():div_(a:abs():clamp_(2 ^ -52))
  end))
end

--- The mean of (log(1 + y) - log(1 + p))^2, MSLE.
---
---     local y_true, y_pred = {3, 5, 2.5, 7}, {2.5, 5, 4, 8}
---     print(("%.4f"):format(mah.metrics.mean_squared_log_error(y_true, y_pred)))  --> 0.0397
---@param y_true tensor|table    (N) or (N, outputs), none negative
---@param y_pred tensor|table    as y_true
---@param given {sample_weight: tensor|number[]|nil, multioutput: string|table|nil,
---  squared: boolean?}|nil
---@return number|tensor
function regression.mean_squared_log_error(y_true, y_pred, given)
  local where = "mah.metrics.mean_squared_log_error"
  local o = options(given, squared_rules, where)
  local y = outputs.read(y_true, y_pred, o, where)
  for name, values in pairs { y_true = y.true_, y_pred = y.pred } do
    check.that(values:min() >= 0, "%s: %s holds a negative number, %s, whose logarithm is not "
      .. "defined", where, name, tostring(values:min()))
  end
  y.true_, y.pred = y.true_:log1p(), y.pred:log1p()
  return mean_square(y, o.squared)
end

--- The greatest |y - p|.
---
---     print(mah.metrics.max_error({3, 2, 7, 1}, {4, 2, 7, 1}))  --> 1
---@param y_true tensor|table    (N)
---@param y_pred tensor|table    (N)
---@return number
function regression.max_error(y_true, y_pred)
  local where = "mah.metrics.max_error"
  local y = outputs.read(y_true, y_pred, {}, where)
  check.that(y.columns == 1, "%s: one output is expected, got %d", where, y.columns)
  return (y.true_ - y.pred):abs():max()
end

-- -- Shares of the variance -----------------------------------------------------------------------

local share_rules = options.declare("mah.metrics.r2_score mah.metrics.explained_variance_score",
  outputs.rules_with {
    force_finite = { true, "boolean", nil,
      "a constant output counts 1 when it is met exactly, else 0; false: NaN and -inf" },
    multioutput = { "uniform_average", "string|tensor|table", nil,
      outputs.rules.multioutput[4] .. "; \"variance_weighted\": weighted by their variances" },
  })

--- 1 - residual / total; of a constant output 1 when it is met exactly, else 0.
local function share(residual, total, finite)
  if not finite or total > 0 then return 1 - residual / total end
  return residual == 0 and 1 or 0
end

--- Weighted sums of (y - p)^2 and (y - mean y)^2.
local function sums_of_squares(y, p, w)
  if not w then
    return (y - p):square():sum(), (y - y:sum() / #y):square():sum()
  end
  local mean = (w * y):sum() / w:sum()
  return (w * (y - p) ^ 2):sum(), (w * (y - mean) ^ 2):sum()
end

--- The mean of the outputs' 1 - residual / total; `sums(true, predicted)` gives the two.
local function share_of(y, finite, sums)
  local totals = {}
  local values = outputs.each(y, function(a, b)
    local residual, total = sums(a, b)
    totals[#totals + 1] = total
    return share(residual, total, finite)
  end)
  return outputs.average(y, values, tensor.tensor(totals, { dtype = "float64" }))
end

--- The coefficient of determination, R2, 1 - sum (y - p)^2 / sum (y - mean y)^2. 1 is best, 0 is
--- what the mean of y_true gets.
---
---     print(("%.4f"):format(mah.metrics.r2_score({3, -0.5, 2, 7}, {2.5, 0, 2, 8})))  --> 0.9486
---@param y_true tensor|table    (N) or (N, outputs)
---@param y_pred tensor|table    as y_true
---@param given {sample_weight: tensor|number[]|nil, multioutput: string|table|nil,
---  force_finite: boolean?}|nil
---@return number|tensor
function regression.r2_score(y_true, y_pred, given)
  local where = "mah.metrics.r2_score"
  local o = options(given, share_rules, where)
  local y = outputs.read(y_true, y_pred, o, where, true)
  if y.n < 2 then
    warn("%s: R2 is not defined for one row", where)
    return 0 / 0
  end
  return share_of(y, o.force_finite, function(a, b) return sums_of_squares(a, b, y.weight) end)
end

--- Explained variance, 1 - var(y - p) / var(y). As R2, but without the blame for a constant shift.
---
---     local y_true, y_pred = {3, -0.5, 2, 7}, {2.5, 0, 2, 8}
---     print(("%.4f"):format(mah.metrics.explained_variance_score(y_true, y_pred)))  --> 0.9572
---@param y_true tensor|table    (N) or (N, outputs)
---@param y_pred tensor|table    as y_true
---@param given {sample_weight: tensor|number[]|nil, multioutput: string|table|nil,
---  force_finite: boolean?}|nil
---@return number|tensor
function regression.explained_variance_score(y_true, y_pred, given)
  local where = "mah.metrics.explained_variance_score"
  local o = options(given, share_rules, where)
  local y = outputs.read(y_true, y_pred, o, where, true)
  local function variance(x)
    return targets.average((x - targets.average(x, y.weight)):square(), y.weight)
  end
  return share_of(y, o.force_finite, function(a, b) return variance(a - b), variance(a) end)
end

--- R2 as training computes it between epochs, without r2_score's checks. NaN gives NaN.
---
---     print(("%.4f"):format(mah.metrics.r2({3, -0.5, 2, 7}, {2.5, 0, 2, 8})))  --> 0.9486
---@param y_true tensor|table              (N) or (N, K)
---@param y_pred tensor|table              the same number of elements
---@param weight tensor|number[]|nil       (N)
---@return number
function regression.r2(y_true, y_pred, weight)
  y_true = numbers(y_true, "mah.metrics.r2: y_true")
  y_pred = numbers(y_pred, "mah.metrics.r2: y_pred")
  check.that(y_true.ndim > 0, "mah.metrics.r2: y_true is a single number; a vector is expected")
  local n = #y_true
  check.that(y_true:numel() == y_pred:numel() and n > 0,
    "mah.metrics.r2: shapes (%s) and (%s) do not fit",
    table.concat(y_true.shape, ", "), table.concat(y_pred.shape, ", "))
  local columns = y_true:numel() / n
  local y, p = y_true:double():reshape(n, columns), y_pred:double():reshape(n, columns)
  local w = sample_weight(weight, n, "mah.metrics.r2: weight")
  w = w and w:double()
  local sum = 0
  for k = 1, columns do
    local residual, total = sums_of_squares(y:select(2, k):contiguous(),
      p:select(2, k):contiguous(), w)
    sum = sum + share(residual, total, true)
  end
  return sum / columns
end

return regression
