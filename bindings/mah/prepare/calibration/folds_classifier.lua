--- mah.calibration.FoldsClassifier: a classifier fitted to each fold's training part, behind one
--- predict_proba, the mean of theirs.
---
---     local bag = mah.calibration.FoldsClassifier{estimator = model, cv = 5}
---     bag:fit(train.x, train.y)
---     print(bag:score(test.x, test.y), bag.oof_score_)     -- of rows that each had not seen
local base = require "mah.prepare.base"
local evaluate = require "mah.prepare.model_selection.evaluate"
local folds = require "mah.prepare.model_selection.folds"
local labels = require "mah.data.labels"
local options = require "mah.base.options"
local tensor = require "mah.tensor"
local vote = require "mah.prepare.calibration.vote"

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
  estimator = { options.required, "table" },
  cv = { 5, "integer|table" },
  scoring = { nil, "string|callable" },
}, FoldsClassifier)
