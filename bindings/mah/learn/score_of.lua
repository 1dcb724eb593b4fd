--- The score of what a network predicts, by what its loss says of the targets.
---
---     score_of.classes(predicted, y, weight, "net:score")     -- accuracy
---     score_of.labels(predicted, y, weight, "net:score")      -- rows with all labels right
---     score_of.numbers(predicted, y, weight, "net:score")     -- R2
local Type = require "mah.tensor.type"
local accuracy = require "mah.learn.metrics.accuracy"
local check = require "mah.base.check"
local regression = require "mah.learn.metrics.regression"
local sample_weight = require "mah.learn.sample_weight"
local targets = require "mah.learn.metrics.targets"

local score_of = {}

--- Accuracy; y has class numbers (N), or (N, K) probabilities.
---@param predicted tensor   (N)
function score_of.classes(predicted, y, weight, where)
  Type.expect(y, "y")
  if y.ndim == 2 then y = y.shape[2] == 1 and y:select(2, 1) or y:argmax(2) - 1 end
  targets.expect_rows(y, #predicted, where)
  return accuracy.accuracy_score(y, predicted, { sample_weight = weight })
end

--- The share of the rows with all labels right.
---@param predicted tensor   (N, K)
function score_of.labels(predicted, y, weight, where)
  Type.expect(y, "y")
  check.that(y.ndim == 2 and #y == #predicted and y.shape[2] == predicted.shape[2],
    "%s: y: shape (%d, %d) is expected, got (%s)", where, #predicted, predicted.shape[2],
    table.concat(y.shape, ", "))
  check.that(#y > 0, "%s: there are no rows", where)
  local right = predicted:eq(y:int()):all(2):double()
  weight = sample_weight(weight, #right, where .. ": weight")
  return weight and (right * weight:double()):sum() / weight:sum() or right:sum() / #right
end

--- R2: 1 - residual / total sum of squares.
---@param predicted tensor   (N) or (N, K)
function score_of.numbers(predicted, y, weight, where)
  targets.expect_rows(y, #predicted, where)
  return regression.r2(y, predicted, weight)
end

return score_of
