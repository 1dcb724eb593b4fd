--- How far two labellings agree, beyond what chance gives.
---
---     mah.metrics.cohen_kappa_score(first_reader, second_reader, {weights = "quadratic"})
local counts = require "mah.learn.metrics.counts"
local options = require "mah.base.options"
local targets = require "mah.learn.metrics.targets"
local tensor = require "mah.tensor"

local agreement = {}

local kappa_rules = options.declare("mah.metrics.cohen_kappa_score", {
  labels = { nil, "tensor|table" },
  weights = { nil, { "linear", "quadratic" } },
  sample_weight = { nil, "tensor|table" },
})

--- How much each confusion counts: |i - j|, its square, or 1.
local function penalties(k, weights)
  local places = tensor.arange(k, { dtype = "float64" })
  local distance = (places:view(k, 1) - places:view(1, k)):abs()
  if weights == "linear" then return distance end
  return weights == "quadratic" and distance:square() or distance:ne(0):double()
end

--- Cohen's kappa, (observed - expected agreement) / (1 - expected agreement). 1 for the same, 0 for
--- what chance gives. With weights = "linear" or "quadratic" a confusion counts by the distance of
--- its classes in the sorted labels.
---
---     mah.metrics.cohen_kappa_score({2, 0, 2, 2, 0, 1}, {0, 0, 2, 2, 0, 2})
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
  sample_weight = { nil, "tensor|table" },
})

--- Matthews' correlation coefficient, for any number of classes (Gorodkin 2004). 1 for perfect, 0
--- for guessing, -1 (two classes) for all wrong.
---
---     mah.metrics.matthews_corrcoef({1, 1, 1, -1}, {1, -1, 1, 1})                   --> -0.333...
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
