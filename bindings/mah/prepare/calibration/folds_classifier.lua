--- A classifier fitted to each fold's training part, behind one predict_proba, the mean of theirs.
---
---     local data = mah.data.make_moons{n_samples = 60, random_state = 1}
---     local bag = mah.calibration.FoldsClassifier{
---       estimator = mah.MLPClassifier{solver = "lbfgs", random_state = 1}, cv = 3,
---     }
---     bag:fit(data.x, data.y)
---     print(#bag.estimators_, bag.oof_score_ > 0.7)  --> 3 true
---     print(bag:predict_proba(data.x).shape[2], #bag:predict(data.x))  --> 2 60
---     print(bag:score(data.x, data.y) > 0.7)  --> true
local base = require "mah.prepare.base"
local evaluate = require "mah.prepare.model_selection.evaluate"
local folds = require "mah.prepare.model_selection.folds"
local labels = require "mah.data.labels"
local shared = require "mah.prepare.rules"
local tensor = require "mah.tensor"
local vote = require "mah.prepare.calibration.vote"

---@class FoldsClassifier
---@field classes_ any[] the classes, sorted, in the order of predict_proba's columns
---@field estimators_ table[] the fitted clone of each fold
---@field oof_score_ number the mean of their scores on the rows that they have not seen
local FoldsClassifier = {}

--- Fits a clone to each fold's training part. oof_score_ is the mean of their scores on the parts
--- that they have not seen.
---@param x any
---@param y any   labels; the name of a column of x
---@param sample_weight tensor|number[]|nil
---@return table self
function FoldsClassifier:fit(x, y, sample_weight)
  x, y = evaluate.data(self.estimator, x, y, self.where)
  self.classes_ = labels.classes(y, self.where .. ": y")
  local scorer, sum = evaluate.scorer(self.scoring, self.where), 0
  local list = folds.of(self.cv, self.estimator, x, y, nil, self.where)
  self.estimators_ = {}
  for i, fold in ipairs(list) do
    self.estimators_[i] = evaluate.fit(self.estimator, x, y, fold[1], sample_weight)
    sum = sum + evaluate.score(scorer, self.estimators_[i], x, y, fold[2], sample_weight)
  end
  self.oof_score_ = sum / #list
  return self
end

--- The mean of the members' probabilities; a class that a member has not seen has none there.
---@param x any
---@return tensor   (N, K), columns in the order of classes_
function FoldsClassifier:predict_proba(x)
  local members = base.fitted(self, "estimators_")
  x = base.for_estimator(self.estimator, x)
  local sum, place = nil, {}
  for k, class in ipairs(self.classes_) do place[class] = k end
  for _, member in ipairs(members) do
    local p = member:predict_proba(x):double()
    sum = sum or tensor.zeros(#p, #self.classes_, { dtype = "float64" })
    for k, class in ipairs(member.classes_) do
      sum:select(2, place[class]):add_(p:select(2, k))
    end
  end
  return sum:div_(#members)
end

--- The most probable class of each row.
---@return tensor|any[]
function FoldsClassifier:predict(x) return vote.predict(self, x) end

--- Accuracy.
---@return number
function FoldsClassifier:score(x, y, sample_weight) return vote.score(self, x, y, sample_weight) end

return base.define("mah.calibration.FoldsClassifier", {
  estimator = shared.estimator, cv = shared.cv, scoring = shared.scoring,
}, FoldsClassifier)
