--- How far two labellings agree, beyond what chance gives.
---
---     local kappa = mah.metrics.cohen_kappa_score({1, 2, 3}, {1, 3, 3}, {weights = "quadratic"})
---     print(("%.4f"):format(kappa))  --> 0.8000
local counts = require "mah.learn.metrics.counts"
local options = require "mah.base.options"
local shared = require "mah.learn.metrics.rules"
local targets = require "mah.learn.metrics.targets"
local tensor = require "mah.tensor"

local agreement = {}

local kappa_rules = options.declare("mah.metrics.cohen_kappa_score", {
  labels = shared.labels,
  weights = { nil, { "linear", "quadratic" }, nil, "what a confusion counts: the distance of its "
    .. "classes in the sorted labels, or the square of it; nil: 1" },
  sample_weight = shared.sample_weight,
})

--- How much each confusion counts: |i - j|, its square, or 1.
local function penalties(k, weights)
  local places = tensor.arange(k, { dtype = "float64" })
  local distance = (places:view(k, 1) - places:view(1, k)):abs()
  if weights == "linear" then return distance end
  return weights == "quadratic" and distance:square() or distance:ne(0):double()
end

--- Cohen's kappa, (observed - expected agreement) / (1 - expected agreement). 1 for the same, 0 for
--- what chance gives.
---
---     local first, second = {2, 0, 2, 2, 0, 1}, {0, 0, 2, 2, 0, 2}
---     print(("%.4f"):format(mah.metrics.cohen_kappa_score(first, second)))  --> 0.4286
---@param y1 tensor|table    (N) labels
---@param y2 tensor|table    (N)
---@param given {labels: table?, weights: string?, sample_weight: tensor|number[]|nil}|nil
---@return number            NaN when both are of one and the same class only
function agreement.cohen_kappa_score(y1, y2, given)
  local where = "mah.metrics.cohen_kappa_score"
  local o = options(given, kappa_rules, where)
  local matrix = counts.of(targets.pair(y1, y2, where, { "y1", "y2" }), o):double()
  local expected = matrix:sum(1):outer(matrix:sum(2)):div_(matrix:sum())
  local w = penalties(#matrix, o.weights)
  return 1 - (w * matrix):sum() / (w * expected):sum()
end

local matthews_rules = options.declare("mah.metrics.matthews_corrcoef", {
  sample_weight = shared.sample_weight,
})

--- Matthews' correlation coefficient, for any number of classes (Gorodkin 2004). 1 for perfect, 0
--- for guessing, -1 (two classes) for all wrong.
---
---     print(("%.4f"):format(mah.metrics.matthews_corrcoef({1, 1, 1, -1}, {1, -1, 1, 1})))
---     --> -0.3333
---@param y_true tensor|table    (N) labels
---@param y_pred tensor|table    (N)
---@param given {sample_weight: tensor|number[]|nil}|nil
---@return number
function agreement.matthews_corrcoef(y_true, y_pred, given)
  local where = "mah.metrics.matthews_corrcoef"
  local o = options(given, matthews_rules, where)
  local matrix = counts.of(targets.pair(y_true, y_pred, where), o):double()
  local is, said, n = matrix:sum(2), matrix:sum(1), matrix:sum()
  local covariance = matrix:diag():sum() * n - is:dot(said)
  local spread = (n * n - said:dot(said)) * (n * n - is:dot(is))
  if spread == 0 then return 0 end
  return covariance / math.sqrt(spread)
end

return agreement
