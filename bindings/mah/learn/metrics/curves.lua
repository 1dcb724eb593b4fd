--- Curves over the thresholds of a score: ROC, precision and recall; the area under a curve.
---
---     local fpr, tpr = mah.metrics.roc_curve({0, 0, 1, 1}, {0.1, 0.4, 0.35, 0.8})
---     mah.plot.lines{series = {{x = fpr, y = tpr}}}:save "roc.png"
local check = require "mah.base.check"
local labels = require "mah.data.labels"
local options = require "mah.base.options"
local shared = require "mah.learn.metrics.rules"
local targets = require "mah.learn.metrics.targets"
local thresholds = require "mah.learn.metrics.thresholds"

local curves = {}

--- The rows of a curve's function, read: 0/1 of the positive class, scores, weights.
local function read(y_true, y_score, o, where, name)
  local y = targets.labels(y_true, where .. ": y_true")
  local score = targets.vector(y_score, where .. ": " .. name)
  targets.same_rows(y, score, where, "y_true", name)
  local classes = labels.classes(y, where)
  check.that(#classes <= 2 or o.pos_label ~= nil, "%s: y_true holds %d classes, %s; a curve is of "
    .. "one against the others: name it with pos_label", where, #classes, labels.list(classes))
  local label = targets.positive(o.pos_label, classes, where)
  return targets.is_label(y, label, where), score,
    targets.weight(o.sample_weight, #y, where)
end

-- -- ROC ------------------------------------------------------------------------------------------

local roc_rules = options.declare("mah.metrics.roc_curve", {
  pos_label = shared.pos_label, sample_weight = shared.sample_weight,
  drop_intermediate = { true, "boolean", nil,
    "leaves out points that lie on the line between their neighbours" },
})

--- The receiver operating characteristic. For each threshold, from above, the share of the negative
--- rows (false positive rate) and of the positive ones (true positive rate) with a score >= it. The
--- first point is (0, 0), at the greatest score + 1.
---
---     local fpr, tpr, thresholds = mah.metrics.roc_curve({0, 0, 1, 1}, {0.1, 0.4, 0.35, 0.8})
---     for i = 1, #fpr do print(fpr[i], tpr[i], thresholds[i]) end
---     --> 0 0 1.8
---     --> 0 0.5 0.8
---     --> 0.5 0.5 0.4
---     --> 0.5 1 0.35
---     --> 1 1 0.1
---@param y_true tensor|table    (N) labels
---@param y_score tensor|table   (N) probabilities or any scores of the positive label
---@param given {pos_label: any, sample_weight: tensor|number[]|nil,
---  drop_intermediate: boolean?}|nil
---@return tensor fpr
---@return tensor tpr
---@return tensor thresholds
function curves.roc_curve(y_true, y_score, given)
  local where = "mah.metrics.roc_curve"
  local o = options(given, roc_rules, where)
  local positive, score, weight = read(y_true, y_score, o, where, "y_score")
  return thresholds.roc(positive, score, weight, o.drop_intermediate, where)
end

--- The area under a curve, by the trapezoidal rule.
---
---     local fpr, tpr = mah.metrics.roc_curve({0, 0, 1, 1}, {0.1, 0.4, 0.35, 0.8})
---     print(mah.metrics.auc(fpr, tpr))  --> 0.75
---@param x tensor|number[]   (N), all rising or all falling
---@param y tensor|number[]   (N)
---@return number
function curves.auc(x, y)
  local where = "mah.metrics.auc"
  x, y = targets.vector(x, where .. ": x"), targets.vector(y, where .. ": y")
  targets.same_rows(x, y, where, "x", "y")
  check.that(#x >= 2, "%s: an area needs at least 2 points, got %d", where, #x)
  local steps = thresholds.diff(x)
  local falls = steps:min() < 0
  check.that(not falls or steps:max() <= 0, "%s: x neither rises nor falls all the way: step %d is "
    .. "%s, step %d is %s", where, steps:argmin(), tostring(steps:min()), steps:argmax(),
    tostring(steps:max()))
  local area = (steps * (y:narrow(1, 2, #y - 1) + y:narrow(1, 1, #y - 1)) / 2):sum()
  return falls and -area or area
end

-- -- Precision and recall -------------------------------------------------------------------------

local rules = options.declare("mah.metrics.precision_recall_curve mah.metrics.det_curve", {
  pos_label = shared.pos_label, sample_weight = shared.sample_weight,
})

--- Precision and recall when rows with a score >= a threshold are taken for positive, for every
--- threshold, from below. The last point is (1, 0), without a threshold.
---
---     local y, score = {0, 0, 1, 1}, {0.1, 0.4, 0.35, 0.8}
---     local precision, recall, thresholds = mah.metrics.precision_recall_curve(y, score)
---     print(precision[3], recall[3], thresholds[3])  --> 0.5 0.5 0.4
---@param y_true tensor|table        (N) labels
---@param probas_pred tensor|table   (N) probabilities or any scores of the positive label
---@param given {pos_label: any, sample_weight: tensor|number[]|nil}|nil
---@return tensor precision    (T + 1)
---@return tensor recall       (T + 1)
---@return tensor thresholds   (T)
function curves.precision_recall_curve(y_true, probas_pred, given)
  local where = "mah.metrics.precision_recall_curve"
  local o = options(given, rules, where)
  local positive, score, weight = read(y_true, probas_pred, o, where, "probas_pred")
  return thresholds.precision_recall(positive, score, weight, where)
end

--- The detection error tradeoff, the false positive and the false negative rate for every
--- threshold, from below; without the ends where one of them stays 0 or 1.
---
---     local fpr, fnr, at = mah.metrics.det_curve({0, 0, 1, 1}, {0.1, 0.4, 0.35, 0.8})
---     for i = 1, #fpr do print(fpr[i], fnr[i], at[i]) end
---     --> 0.5 0 0.35
---     --> 0.5 0.5 0.4
---     --> 0 0.5 0.8
---@param y_true tensor|table    (N) labels
---@param y_score tensor|table   (N) probabilities or any scores of the positive label
---@param given {pos_label: any, sample_weight: tensor|number[]|nil}|nil
---@return tensor fpr
---@return tensor fnr
---@return tensor thresholds
function curves.det_curve(y_true, y_score, given)
  local where = "mah.metrics.det_curve"
  local o = options(given, rules, where)
  local positive, score, weight = read(y_true, y_score, o, where, "y_score")
  check.that(positive:min() < positive:max(), "%s: y_true holds one class only; the curve needs "
    .. "positive and negative rows", where)
  local fps, tps, at = thresholds.counts(positive, score, weight)
  local first = math.max(1, fps:le(fps[1]):sum())
  local last = tps:lt(tps[#tps]):sum() + 1
  local function part(x) return thresholds.reversed(x:narrow(1, first, last - first + 1)) end
  return part(fps / fps[#fps]), part((tps:neg() + tps[#tps]) / tps[#tps]), part(at)
end

return curves
