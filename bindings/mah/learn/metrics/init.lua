--- How good predictions are: scikit-learn's metrics, with its names, defaults and results.
---
--- Labels are whole numbers, strings or booleans, in a tensor (N) or (N, 1), a Lua list or a
--- table's column; several labels at a time are a matrix of 0 and 1. Everything else goes into a
--- table of options behind. The ending _score may be left out: mah.metrics.accuracy.
---
---     local y_true, y_pred = {"cat", "dog", "dog"}, {"cat", "cat", "dog"}
---     print(mah.metrics.f1_score(y_true, y_pred, {pos_label = "cat"}))  --> 0.66666666666667
---     print(mah.metrics.confusion_matrix(y_true, y_pred):totable()[2][1])  --> 1
---     print(mah.metrics.roc_auc_score(y_true, {0.3, 0.2, 0.9}))  --> 0.5
local check = require "mah.base.check"
local numbers = require "mah.learn.numbers"
local options = require "mah.base.options"
local sample_weight = require "mah.learn.sample_weight"

local metrics = {}

for _, room in ipairs {
  require "mah.learn.metrics.accuracy",
  require "mah.learn.metrics.agreement",
  require "mah.learn.metrics.compare",
  require "mah.learn.metrics.confusion",
  require "mah.learn.metrics.curves",
  require "mah.learn.metrics.deviance",
  require "mah.learn.metrics.precision_recall",
  require "mah.learn.metrics.probability",
  require "mah.learn.metrics.quantiles",
  require "mah.learn.metrics.ranking",
  require "mah.learn.metrics.regression",
  require "mah.learn.metrics.report",
  require "mah.learn.metrics.scoring",
} do
  for name, f in pairs(room) do metrics[name] = f end
end
metrics.accuracy = metrics.accuracy_score

--- The mean of a vector, weighted when there are weights.
---
---     print(mah.metrics.mean({1, 2, 6}))  --> 3
---     print(mah.metrics.mean({1, 2, 6}, {1, 1, 2}))  --> 3.75
---@param values tensor|number[]     (N)
---@param weight tensor|number[]|nil (N)
---@return number
function metrics.mean(values, weight)
  values = numbers(values, "mah.metrics.mean: values")
  if values.ndim == 2 and values.shape[2] == 1 then values = values:select(2, 1) end
  check.that(values.ndim == 1, "mah.metrics.mean: values: a vector is expected, got shape (%s)",
    table.concat(values.shape, ", "))
  weight = sample_weight(weight, #values, "mah.metrics.mean: weight")
  if not weight then return values:sum() / #values end
  local total = weight:double():sum()
  check.that(total > 0, "mah.metrics.mean: the weights of the %d rows add up to %g", #values, total)
  return (values:double() * weight:double()):sum() / total
end

return setmetatable(metrics, {
  __index = function(_, name)
    local whole = type(name) == "string" and rawget(metrics, name .. "_score")
    if whole then return whole end
    check.raise("mah.metrics has no %s%s", check.show(name),
      options.did_you_mean(name, metrics))
  end,
})
