--- Deviances of counts and of positive numbers: what Poisson, gamma and Tweedie regressions make
--- small.
---
---     print(("%.4f"):format(mah.metrics.mean_poisson_deviance({2, 0, 1, 4}, {0.5, 0.5, 2, 2})))
---     --> 1.4260
local check = require "mah.base.check"
local elementwise = require "mah.tensor.elementwise"
local options = require "mah.base.options"
local outputs = require "mah.learn.metrics.outputs"
local shared = require "mah.learn.metrics.rules"
local targets = require "mah.learn.metrics.targets"
local tensor = require "mah.tensor"
local warn = require "mah.base.warn"

local deviance = {}

--- y log(y / p), 0 where y is 0.
local function x_log_ratio(y, p)
  return elementwise.where(y:eq(0), 0, y * (y / p):add_(y:eq(0):double()):log())
end

--- The unit deviance of each row (Jorgensen 1987).
local function unit(y, p, power)
  if power == 0 then return (y - p):square() end
  if power == 1 then return (x_log_ratio(y, p) - y + p) * 2 end
  if power == 2 then return ((p / y):log() + y / p - 1) * 2 end
  local base = power < 0 and y:clamp(0) or y
  return (base:pow(2 - power) / ((1 - power) * (2 - power)) - y * p:pow(1 - power) / (1 - power)
    + p:pow(2 - power) / (2 - power)) * 2
end

--- Complains about numbers that the deviance is not defined for.
local function check_domain(y, p, power, where)
  local least = { y_true = -math.huge, y_pred = -math.huge }
  local positive = {}
  if power ~= 0 then positive.y_pred = true end
  if power >= 2 then positive.y_true = true elseif power >= 1 then least.y_true = 0 end
  for name, values in pairs { y_true = y, y_pred = p } do
    local smallest = values:min()
    local fits = smallest >= least[name] and (not positive[name] or smallest > 0)
    check.that(fits, "%s: %s must be %s for power = %s; it holds %s", where, name,
      positive[name] and "positive" or "at least 0", tostring(power), tostring(smallest))
  end
end

--- One output, its power checked.
local function read(y_true, y_pred, given, rules, power, where)
  local o = options(given, rules, where)
  power = power or o.power
  check.that(power <= 0 or power >= 1, "%s: power must be <= 0 or >= 1; got %s", where,
    tostring(power))
  local y = outputs.read(y_true, y_pred, o, where)
  check.that(y.columns == 1, "%s: one output is expected, got %d", where, y.columns)
  local a, b = y.true_:reshape(-1), y.pred:reshape(-1)
  check_domain(a, b, power, where)
  return a, b, y.weight, power
end

local weight_rules = options.declare("mah.metrics.mean_poisson_deviance "
  .. "mah.metrics.mean_gamma_deviance", { sample_weight = shared.sample_weight })
local power_rules = options.declare("mah.metrics.mean_tweedie_deviance "
  .. "mah.metrics.d2_tweedie_score", {
  sample_weight = shared.sample_weight,
  power = { 0, "number", "(-inf, inf)", "of the variance in the mean: 0 is the squared error, 1 "
    .. "Poisson's, 2 gamma's, 3 the inverse Gaussian's deviance; not between 0 and 1" },
})

local function mean(y_true, y_pred, given, rules, power, where)
  local y, p, weight, of = read(y_true, y_pred, given, rules, power, where)
  return targets.average(unit(y, p, of), weight)
end

--- The mean Tweedie deviance. A power between 1 and 2 is for sums of positive amounts of which
--- there may be none, one below 0 for extreme values.
---
---     local y_true, y_pred = {2, 0, 1, 4}, {0.5, 0.5, 2, 2}
---     print(("%.4f"):format(mah.metrics.mean_tweedie_deviance(y_true, y_pred, {power = 1})))
---     --> 1.4260
---@param y_true tensor|table    (N); >= 0 for power >= 1, > 0 for power >= 2
---@param y_pred tensor|table    (N); > 0 unless power is 0
---@param given {sample_weight: tensor|number[]|nil, power: number?}|nil
---@return number
function deviance.mean_tweedie_deviance(y_true, y_pred, given)
  return mean(y_true, y_pred, given, power_rules, nil, "mah.metrics.mean_tweedie_deviance")
end

--- The mean Poisson deviance, 2 mean(y log(y / p) - y + p), for counts.
---
---     print(("%.4f"):format(mah.metrics.mean_poisson_deviance({2, 0, 1, 4}, {0.5, 0.5, 2, 2})))
---     --> 1.4260
---@param y_true tensor|table    (N), >= 0
---@param y_pred tensor|table    (N), > 0
---@param given {sample_weight: tensor|number[]|nil}|nil
---@return number
function deviance.mean_poisson_deviance(y_true, y_pred, given)
  return mean(y_true, y_pred, given, weight_rules, 1, "mah.metrics.mean_poisson_deviance")
end

--- The mean gamma deviance, 2 mean(log(p / y) + y / p - 1), for positive numbers; relative errors
--- count the same at any size.
---
---     print(("%.4f"):format(mah.metrics.mean_gamma_deviance({2, 0.5, 1, 4}, {0.5, 0.5, 2, 2})))
---     --> 1.0569
---@param y_true tensor|table    (N), > 0
---@param y_pred tensor|table    (N), > 0
---@param given {sample_weight: tensor|number[]|nil}|nil
---@return number
function deviance.mean_gamma_deviance(y_true, y_pred, given)
  return mean(y_true, y_pred, given, weight_rules, 2, "mah.metrics.mean_gamma_deviance")
end

--- D2 of the Tweedie deviance, 1 - deviance / deviance of always saying the mean of y_true. As R2,
--- which it is for power = 0.
---
---     local d2 = mah.metrics.d2_tweedie_score({0.5, 1, 2.5, 7}, {1, 1, 5, 3.5}, {power = 1})
---     print(("%.4f"):format(d2))  --> 0.4879
---@param y_true tensor|table    (N), as for mean_tweedie_deviance
---@param y_pred tensor|table    (N)
---@param given {sample_weight: tensor|number[]|nil, power: number?}|nil
---@return number
function deviance.d2_tweedie_score(y_true, y_pred, given)
  local where = "mah.metrics.d2_tweedie_score"
  local y, p, weight, power = read(y_true, y_pred, given, power_rules, nil, where)
  if #y < 2 then
    warn("%s: D2 is not defined for one row", where)
    return 0 / 0
  end
  local constant = tensor.full(#y, targets.average(y, weight), { dtype = "float64" })
  return 1 - targets.average(unit(y, p, power), weight)
    / targets.average(unit(y, constant, power), weight)
end

return deviance
