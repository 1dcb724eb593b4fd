--- Does one model differ from another, or is it chance? Intervals and paired tests.
---
---     local low, high = mah.metrics.wilson_interval(965, 1000)
---     print(("%.4f %.4f"):format(low, high))  --> 0.9517 0.9747
local check = require "mah.base.check"
local options = require "mah.base.options"
local shared = require "mah.learn.metrics.rules"
local special = require "mah.learn.metrics.special"
local targets = require "mah.learn.metrics.targets"

local compare = {}

-- -- One share ------------------------------------------------------------------------------------

local interval_rules = options.declare("mah.metrics.wilson_interval", {
  confidence = shared.confidence,
})

--- The interval of a share, such as an accuracy (Wilson, "Probable inference", JASA 22, 1927). It
--- stays in [0, 1] and holds for few rows too.
---
---     local low, high = mah.metrics.wilson_interval(965, 1000, {confidence = 0.99})
---     print(("%.4f %.4f"):format(low, high))  --> 0.9467 0.9772
---@param right integer   how many are right
---@param n integer       of how many
---@param given {confidence: number?}|nil
---@return number low
---@return number high
function compare.wilson_interval(right, n, given)
  local where = "mah.metrics.wilson_interval"
  local o = options(given, interval_rules, where)
  check.that(type(n) == "number" and n > 0 and n < math.huge, "%s: n must be a positive number; "
    .. "got %s", where, check.show(n))
  check.that(type(right) == "number" and right >= 0 and right <= n,
    "%s: right must be in 0 ... %s; got %s", where, tostring(n), check.show(right))
  local z = special.normal_quantile((1 - o.confidence) / 2)
  local share, square = right / n, z * z
  local middle = (share + square / (2 * n)) / (1 + square / n)
  local half = z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
  return middle - half, middle + half
end

-- -- Two models, one test set ---------------------------------------------------------------------

local mcnemar_rules = options.declare("mah.metrics.mcnemar", {
  exact = { nil, "boolean", nil,
    "the binomial test instead of chi-squared; nil: where fewer than 25 rows differ" },
  correction = { true, "boolean", nil,
    "chi-squared with the continuity correction (Edwards 1948)" },
})

--- McNemar's test, whether two models differ in how often they are right on one test set.
--- (Psychometrika 12, 1947; for classifiers Dietterich, Neural Computation 10, 1998.) Only rows
--- count that one has right and the other wrong, b and c of them. Either the binomial test, or
--- chi-squared with one degree of freedom, (|b - c| - 1)^2 / (b + c) with the continuity
--- correction, (b - c)^2 / (b + c) without.
---
---     local y = {0, 1, 1, 0, 1, 0, 1, 1}
---     local test = mah.metrics.mcnemar(y, {0, 1, 1, 0, 1, 0, 1, 0}, {1, 0, 0, 1, 1, 0, 1, 1})
---     print(test.only_a, test.only_b, test.both, test.pvalue)  --> 4 1 3 0.375
---@param y_true tensor|table    (N) labels
---@param a tensor|table         (N) what the first model says
---@param b tensor|table         (N) what the second says
---@param given {exact: boolean?, correction: boolean?}|nil
---@return {statistic: number, pvalue: number, exact: boolean, only_a: integer, only_b: integer,
---  both: integer, neither: integer}   only_a: the rows that a alone has right
function compare.mcnemar(y_true, a, b, given)
  local where = "mah.metrics.mcnemar"
  local o = options(given, mcnemar_rules, where)
  local function right(predicted, name)
    local t = targets.pair(y_true, predicted, where, { "y_true", name })
    targets.no_several(t)
    local codes, said = targets.codes(t, targets.classes(t))
    return codes:eq(said)
  end
  local right_a, right_b = right(a, "a"), right(b, "b")
  local both = (right_a * right_b):sum()
  local only_a, only_b = right_a:sum() - both, right_b:sum() - both
  local differ = only_a + only_b
  local exact = o.exact
  if exact == nil then exact = differ < 25 end
  local result = { only_a = only_a, only_b = only_b, both = both,
    neither = #right_a - differ - both, exact = exact }
  if exact then
    result.statistic = math.min(only_a, only_b)
    result.pvalue = math.min(1, 2 * special.coins(result.statistic, differ))
  else
    local distance = math.abs(only_a - only_b) - (o.correction and 1 or 0)
    result.statistic = differ > 0 and distance ^ 2 / differ or 0
    result.pvalue = special.chi2_tail(result.statistic)
  end
  return result
end

-- -- Two models, several folds --------------------------------------------------------------------

local ttest_rules = options.declare("mah.metrics.corrected_ttest", {
  n_train = { options.required, "number", "(0, inf)", "rows that a fold's model is fitted to" },
  n_test = { options.required, "number", "(0, inf)", "rows that a fold's score is of" },
  confidence = shared.confidence,
})

--- The corrected resampled t-test, whether two models differ over folds (Nadeau & Bengio,
--- "Inference for the generalization error", Machine Learning 52, 2003). The folds of a
--- cross-validation share training rows, so the variance of their mean is (1 / folds + n_test /
--- n_train) var, not var / folds. Two-sided.
---
---     local a, b = {0.91, 0.93, 0.92, 0.95}, {0.90, 0.91, 0.92, 0.92}
---     local test = mah.metrics.corrected_ttest(a, b, {n_train = 300, n_test = 100})
---     print(("%.3f, %.3f to %.3f, p = %.2f"):format(test.mean, test.low, test.high, test.pvalue))
---     --> 0.015, -0.016 to 0.046, p = 0.23
---@param a tensor|number[]    (folds) scores of the first model
---@param b tensor|number[]    (folds) of the second, on the same folds
---@param given {n_train: integer, n_test: integer, confidence: number?}   rows of a fold
---@return {mean: number, statistic: number, pvalue: number, df: integer, low: number, high: number}
---  mean: of a - b, with its interval low ... high
function compare.corrected_ttest(a, b, given)
  local where = "mah.metrics.corrected_ttest"
  local o = options(given, ttest_rules, where)
  a, b = targets.vector(a, where .. ": a"), targets.vector(b, where .. ": b")
  targets.same_rows(a, b, where, "a", "b")
  local folds = #a
  check.that(folds >= 2, "%s: at least 2 folds are needed, got %d", where, folds)
  local difference = a - b
  local mean, df = difference:mean(), folds - 1
  local deviation = math.sqrt((1 / folds + o.n_test / o.n_train) * difference:var())
  local half = deviation * special.student_quantile(1 - o.confidence, df)
  local t = mean == 0 and 0 or mean / deviation
  return { mean = mean, statistic = t, pvalue = special.student_tails(t, df), df = df,
    low = mean - half, high = mean + half }
end

return compare
