--- A classifier whose probabilities come true as often as they say, learned from rows that it has
--- not seen.
---
---     local data = mah.data.make_moons{n_samples = 60, random_state = 1}
---     local c = mah.calibration.CalibratedClassifierCV{
---       estimator = mah.MLPClassifier{solver = "lbfgs", random_state = 1}, cv = 3,
---     }
---     c:fit(data.x, data.y)
---     local p = c:predict_proba(data.x)
---     print(p.shape[2], #c.classes_, #c.calibrated_classifiers_)  --> 2 2 3
---     print(#c:predict(data.x), c:score(data.x, data.y) > 0.7)  --> 60 true
local base = require "mah.prepare.base"
local calibrated = require "mah.prepare.calibration.calibrated"
local as_weight = require "mah.learn.sample_weight"
local check = require "mah.base.check"
local evaluate = require "mah.prepare.model_selection.evaluate"
local folds = require "mah.prepare.model_selection.folds"
local labels = require "mah.data.labels"
local rows = require "mah.prepare.rows"
local shared = require "mah.prepare.rules"
local tensor = require "mah.tensor"
local vote = require "mah.prepare.calibration.vote"

---@class CalibratedClassifierCV
---@field classes_ any[] the classes, sorted, in the order of predict_proba's columns
---@field calibrated_classifiers_ table[] {estimator, calibrators} of each fold, or of all rows;
---  their probabilities are averaged
local CalibratedClassifierCV = {}

--- Each class needs a row in each fold.
local function check_counts(self, y, classes)
  local n = type(self.cv) == "table" and rawget(self.cv, "n_splits")
    or type(self.cv) == "number" and self.cv
  if not n then return end
  local counts = {}
  for i = 1, #y do counts[y[i]] = (counts[y[i]] or 0) + 1 end
  for _, class in ipairs(classes) do
    check.that(counts[class] >= n, "%s: class %s has %d rows, fewer than the %d folds", self.where,
      tostring(class), counts[class], n)
  end
end

local function fit_ensemble(self, x, y, weight, list)
  local parts = {}
  for i, fold in ipairs(list) do
    local fitted = evaluate.fit(self.estimator, x, y, fold[1], weight)
    local outputs = calibrated.outputs(fitted, rows.take(x, fold[2]), self.method)
    parts[i] = { estimator = fitted, calibrators = calibrated.fit(outputs, rows.take(y, fold[2]),
      fitted.classes_, self.method, rows.take(weight, fold[2]), self.where) }
  end
  return parts
end

local function fit_single(self, x, y, weight, list)
  local all
  for _, fold in ipairs(list) do
    local fitted = evaluate.fit(self.estimator, x, y, fold[1], weight)
    check.that(labels.same(fitted.classes_, self.classes_),
      "%s: the training part of a fold lacks a class; ensemble = true can do without", self.where)
    local outputs = calibrated.outputs(fitted, rows.take(x, fold[2]), self.method)
    all = all or tensor.zeros(#y, outputs.shape[2], { dtype = "float64" })
    all:index_add_(1, fold[2], outputs)
  end
  local fitted = base.clone(self.estimator):fit(x, y, weight)
  return { { estimator = fitted,
    calibrators = calibrated.fit(all, y, self.classes_, self.method, weight, self.where) } }
end

--- Fits clones and calibrators; with cv = "prefit" calibrators only.
---@param x any
---@param y any   labels; the name of a column of x
---@param sample_weight tensor|number[]|nil
---@return table self
function CalibratedClassifierCV:fit(x, y, sample_weight)
  x, y = evaluate.data(self.estimator, x, y, self.where)
  local weight = as_weight(sample_weight, rows.count(y, self.where .. ": y"),
    self.where .. ": sample_weight")
  if self.cv == "prefit" then
    self.classes_ = check.that(self.estimator.classes_,
      '%s: cv = "prefit", and the estimator is not fitted', self.where)
    local outputs = calibrated.outputs(self.estimator, x, self.method)
    self.calibrated_classifiers_ = { { estimator = self.estimator, calibrators =
      calibrated.fit(outputs, y, self.classes_, self.method, weight, self.where) } }
    return self
  end
  self.classes_ = labels.classes(y, self.where .. ": y")
  check.that(#self.classes_ > 1, "%s: y has the single class %s", self.where,
    tostring(self.classes_[1]))
  check_counts(self, y, self.classes_)
  local list = folds.of(self.cv, self.estimator, x, y, nil, self.where)
  local fit = self.ensemble and fit_ensemble or fit_single
  self.calibrated_classifiers_ = fit(self, x, y, weight, list)
  return self
end

--- The mean of the calibrated probabilities, columns in the order of classes_.
---@param x any
---@return tensor   (N, K)
function CalibratedClassifierCV:predict_proba(x)
  local parts = base.fitted(self, "calibrated_classifiers_")
  x = base.for_estimator(self.estimator, x)
  local sum
  for _, part in ipairs(parts) do
    local p = calibrated.predict_proba(part, x, self.classes_, self.method)
    sum = sum and sum:add_(p) or p
  end
  return sum:div_(#parts)
end

--- The most probable class of each row.
---@return tensor|any[]
function CalibratedClassifierCV:predict(x) return vote.predict(self, x) end

--- Accuracy.
---@return number
function CalibratedClassifierCV:score(x, y, sample_weight)
  return vote.score(self, x, y, sample_weight)
end

return base.define("mah.calibration.CalibratedClassifierCV", {
  estimator = shared.estimator,
  method = { "sigmoid", { "sigmoid", "isotonic", "temperature" }, nil, "\"sigmoid\": Platt's; "
    .. "\"isotonic\": any rising curve, needs a thousand rows or more; \"temperature\": one number "
    .. "for all classes, and the predicted classes stay" },
  cv = { 5, "integer|table|string", nil, "as of cross_validate: which rows calibrate; \"prefit\": "
    .. "the estimator is fitted, and x and y are rows that it has not seen" },
  ensemble = { true, "boolean", nil, "a clone for each fold, whose probabilities are averaged; "
    .. "false: one, fitted to all rows, calibrated by what the folds' clones said" },
}, CalibratedClassifierCV)
