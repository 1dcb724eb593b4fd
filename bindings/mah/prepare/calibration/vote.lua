--- What follows from predict_proba: the most probable class, and accuracy.
local accuracy = require "mah.learn.metrics.accuracy"
local labels = require "mah.data.labels"
local target = require "mah.prepare.target"

local vote = {}

---@param estimator table   with predict_proba and classes_
---@return tensor|any[]
function vote.predict(estimator, x)
  return labels.decode(estimator:predict_proba(x):argmax(2):sub_(1), estimator.classes_)
end

---@return number
function vote.score(estimator, x, y, sample_weight)
  x, y = target(x, y, estimator.where)
  return accuracy.accuracy_score(y, vote.predict(estimator, x),
    { sample_weight = sample_weight })
end

return vote
