--- How well scores put positive rows before negative ones.
---
---     print(mah.metrics.roc_auc_score({0, 0, 1, 1}, {0.1, 0.4, 0.35, 0.8}))  --> 0.75
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local curves = require "mah.learn.metrics.curves"
local labels = require "mah.data.labels"
local options = require "mah.base.options"
local shared = require "mah.learn.metrics.rules"
local targets = require "mah.learn.metrics.targets"
local tensor = require "mah.tensor"
local thresholds = require "mah.learn.metrics.thresholds"

local ranking = {}

-- -- Several columns ------------------------------------------------------------------------------

--- score(column of y, column of scores, weight) of every column, as float64.
local function of_columns(score, y, scores, weight)
  local out = tensor.empty(scores.shape[2], { dtype = "float64" })
  for k = 1, #out do
    out[k] = score(y:select(2, k):contiguous(), scores:select(2, k):contiguous(), weight,
      (": column %d"):format(k))
  end
  return out
end

--- The mean of the scores of all columns, by the option average.
local function average_of(score, y, scores, average, weight)
  if average == "micro" then
    local all = weight and weight:view(-1, 1):expand_as(y):reshape(-1)
    return score(y:reshape(-1), scores:reshape(-1), all, "")
  elseif average == "samples" then
    local list = of_columns(function(a, b) return score(a, b, nil, ": a row of y_true") end, y:t(),
      scores:t())
    return targets.average(list, weight)
  end
  local share
  if average == "weighted" then
    share = (weight and y * weight:view(-1, 1) or y):sum(1)
    if share:sum() < 1e-8 then return 0 end -- numpy.isclose(sum, 0)
  end
  local list = of_columns(score, y, scores, weight)
  if average == "none" then return list end
  return targets.average(list, share)
end

--- An indicator matrix and its scores, checked, as float64.
local function read_matrix(y_true, y_score, where)
  local y = targets.numbers(y_true, where .. ": y_true")
  local t = targets.pair(y, y, where)
  local scores = targets.numbers(y_score, where .. ": y_score")
  check.that(t.several and scores.ndim == 2 and #scores == #y and scores.shape[2] == y.shape[2],
    "%s: y_true has shape (%s), y_score has shape (%s)", where, table.concat(y.shape, ", "),
    table.concat(scores.shape, ", "))
  return y, scores
end

local function is_matrix(y, where)
  if type(y) == "table" then return type(y[1]) == "table" end
  return Type.is_tensor(y) and Type.expect(y, where .. ": y_true").ndim == 2 and y.shape[2] > 1
end

-- -- ROC ------------------------------------------------------------------------------------------

local function interpolate(x, x0, y0, x1, y1) return y0 + (y1 - y0) / (x1 - x0) * (x - x0) end

--- The area up to max_fpr, standardised so that guessing is 0.5 and perfect 1 (McClish 1989).
local function partial_auc(fpr, tpr, max_fpr)
  local n = fpr:le(max_fpr):sum()
  local xs, ys = fpr:narrow(1, 1, n):totable(), tpr:narrow(1, 1, n):totable()
  ys[n + 1] = interpolate(max_fpr, fpr[n], tpr[n], fpr[n + 1], tpr[n + 1])
  xs[n + 1] = max_fpr
  local least, greatest = 0.5 * max_fpr ^ 2, max_fpr
  return 0.5 * (1 + (curves.auc(xs, ys) - least) / (greatest - least))
end

local function check_weights(positive, weight, where, which)
  for class, name in pairs { [0] = "negative", [1] = "positive" } do
    check.that(weight:masked_select(positive:eq(class)):sum() > 0,
      "%s: sample_weight: the weights of all %s rows%s are 0", where, name, which or "")
  end
end

--- The function of one column: its AUC.
local function binary_auc(where, max_fpr)
  return function(positive, score, weight, which)
    check.that(positive:min() < positive:max(), "%s: y_true%s holds one class only; the area under "
      .. "the ROC curve needs positive and negative rows", where, which or "")
    if weight then check_weights(positive, weight, where, which) end
    local fpr, tpr = thresholds.roc(positive, score, weight, true, where)
    if max_fpr == nil or max_fpr == 1 then return curves.auc(fpr, tpr) end
    return partial_auc(fpr, tpr, max_fpr)
  end
end

local function one_hot(codes, k)
  return codes:view(-1, 1):eq(tensor.arange(0, k - 1, { dtype = "int32" }):view(1, k)):double()
end

--- The pair of classes a and b: the mean of both ways to see it, and how many rows it has.
local function one_pair(score, codes, scores, a, b)
  local rows = codes:eq(a):add_(codes:eq(b))
  local own = codes:masked_select(rows)
  local function of(class)
    return score(own:eq(class):double(), scores:select(2, class + 1):masked_select(rows))
  end
  return (of(a) + of(b)) / 2, #own
end

--- Every pair of classes that y_true holds, by itself (Hand & Till 2001).
local function one_vs_one(score, codes, scores, average)
  local present, sum, total = codes:unique():totable(), 0, 0
  for i, a in ipairs(present) do
    for j = i + 1, #present do
      local area, rows = one_pair(score, codes, scores, a, present[j])
      local share = average == "weighted" and rows or 1
      sum, total = sum + share * area, total + share
    end
  end
  check.that(total > 0, "mah.metrics.roc_auc_score: y_true holds one class only")
  return sum / total
end

local function check_probabilities(scores, where)
  local sums = scores:sum(2)
  local far = (sums - 1):abs():gt(1e-8 + 1e-5) -- numpy.allclose(1, sums)
  if not far:any() then return end
  local row = far:argmax()
  check.raise("%s: y_score: the probabilities of a row sum to 1; those of row %d to %s", where, row,
    tostring(sums[row]))
end

local function multiclass_auc(y, scores, o, where)
  check.that(o.max_fpr == nil or o.max_fpr == 1, "%s: max_fpr is for two classes", where)
  check.that(o.multi_class ~= "raise", "%s: y_true holds more than two classes: set multi_class to "
    .. "\"ovr\" (each against the rest) or \"ovo\" (each against each)", where)
  check.that(scores.ndim == 2, "%s: y_score has shape (%s); for several classes it is (N, classes)",
    where, table.concat(scores.shape, ", "))
  check_probabilities(scores, where)
  local ovo = o.multi_class == "ovo"
  check.that(o.average ~= "samples" and not (ovo and (o.average == "micro" or o.average == "none")),
    "%s: average = %q is not defined for multi_class = %q; \"macro\" and \"weighted\" are", where,
    o.average, o.multi_class)
  local classes = targets.columns(o.labels, y, scores.shape[2], where)
  local codes = labels.encode(y, classes, where)
  if not ovo then
    return average_of(binary_auc(where), one_hot(codes, #classes), scores, o.average,
      targets.weight(o.sample_weight, #y, where))
  end
  check.that(o.sample_weight == nil, "%s: sample_weight is not defined for multi_class = \"ovo\"",
    where)
  return one_vs_one(binary_auc(where), codes, scores, o.average)
end

local averages = { "micro", "macro", "samples", "weighted", "none" }

local average_rule = { "macro", averages, nil, "of several classes or columns: \"macro\", their "
  .. "mean; \"weighted\", weighted by their positive rows; \"micro\", all elements together; "
  .. "\"samples\", the mean of the rows; \"none\", a tensor of them" }

local auc_rules = options.declare("mah.metrics.roc_auc_score", {
  average = average_rule, sample_weight = shared.sample_weight,
  max_fpr = { nil, "number", "(0, 1]", "the area up to this false positive rate alone, "
    .. "standardised so that guessing is 0.5 and perfect 1 (McClish 1989); nil: the whole" },
  multi_class = { "raise", { "raise", "ovr", "ovo" }, nil, "of more than two classes: \"ovr\", "
    .. "each against the rest; \"ovo\", each against each (Hand & Till 2001); \"raise\", an "
    .. "error" },
  labels = shared.classes,
})

--- The area under the ROC curve, the probability that a positive row has a greater score than a
--- negative one (equal scores count half).
---
--- Two classes: y_score (N), of the greater label. More: y_score (N, classes) of probabilities,
--- columns in the order of the sorted labels, with multi_class = "ovr" (average "macro",
--- "weighted", "micro" or "none") or "ovo" ("macro", "weighted"; no sample_weight). Indicator
--- matrices: y_score (N, K), any average.
---
---     print(mah.metrics.roc_auc_score({"no", "yes", "yes"}, {0.2, 0.7, 0.6}))  --> 1
---     local p = {{0.8, 0.1, 0.1}, {0.3, 0.4, 0.3}, {0.2, 0.5, 0.3}, {0.4, 0.3, 0.3}}
---     local auc = mah.metrics.roc_auc_score({0, 1, 2, 2}, p, {multi_class = "ovr"})
---     print(("%.4f"):format(auc))  --> 0.8056
---@param y_true tensor|table    (N) labels, or (N, K) of 0 and 1
---@param y_score tensor|table   (N), (N, classes) or (N, K)
---@param given {average: string?, sample_weight: tensor|number[]|nil, max_fpr: number?,
---  multi_class: string?, labels: table?}|nil
---@return number|tensor         a tensor for average = "none"
function ranking.roc_auc_score(y_true, y_score, given)
  local where = "mah.metrics.roc_auc_score"
  local o = options(given, auc_rules, where)
  local score = binary_auc(where, o.max_fpr)
  if is_matrix(y_true, where) then
    local y, scores = read_matrix(y_true, y_score, where)
    return average_of(score, y, scores, o.average, targets.weight(o.sample_weight, #y, where))
  end
  local y = targets.labels(y_true, where .. ": y_true")
  local scores = targets.numbers(y_score, where .. ": y_score")
  targets.same_rows(y, scores, where, "y_true", "y_score")
  local classes = labels.classes(y, where)
  if #classes > 2 or scores.ndim == 2 and scores.shape[2] > 2 then
    return multiclass_auc(y, scores, o, where)
  end
  check.that(scores.ndim == 1 or scores.shape[2] == 1, "%s: y_score has shape (%s); for two "
    .. "classes give the column of the greater label: p:select(2, 2)", where,
    table.concat(scores.shape, ", "))
  return score(targets.is_label(y, classes[#classes], where), scores:reshape(-1),
    targets.weight(o.sample_weight, #y, where), #classes == 1 and " " .. labels.list(classes) or "")
end

-- -- Average precision ----------------------------------------------------------------------------

local precision_rules = options.declare("mah.metrics.average_precision_score", {
  average = average_rule,
  pos_label = { nil, "number|string|boolean", nil, "the positive class; nil: 1, true of booleans" },
  sample_weight = shared.sample_weight,
})

--- Average precision, the sum over the thresholds of (recall - recall before) precision, without
--- interpolation. Indicator matrices are averaged as in roc_auc_score.
---
---     local ap = mah.metrics.average_precision_score({0, 0, 1, 1}, {0.1, 0.4, 0.35, 0.8})
---     print(("%.4f"):format(ap))  --> 0.8333
---@param y_true tensor|table    (N) labels of two classes, or (N, K) of 0 and 1
---@param y_score tensor|table   (N) of the positive label, or (N, K)
---@param given {average: string?, pos_label: any, sample_weight: tensor|number[]|nil}|nil
---@return number|tensor         a tensor for average = "none"
function ranking.average_precision_score(y_true, y_score, given)
  local where = "mah.metrics.average_precision_score"
  local o = options(given, precision_rules, where)
  local function score(positive, values, weight)
    local precision, recall = thresholds.precision_recall(positive, values, weight, where)
    local n = #recall - 1
    return -((recall:narrow(1, 2, n) - recall:narrow(1, 1, n)) * precision:narrow(1, 1, n)):sum()
  end
  if is_matrix(y_true, where) then
    check.that(o.pos_label == nil or o.pos_label == 1, "%s: pos_label is 1 for several labels at a "
      .. "time; got %s", where, check.show(o.pos_label))
    local y, scores = read_matrix(y_true, y_score, where)
    return average_of(score, y, scores, o.average, targets.weight(o.sample_weight, #y, where))
  end
  local y = targets.labels(y_true, where .. ": y_true")
  local values = targets.vector(y_score, where .. ": y_score")
  targets.same_rows(y, values, where, "y_true", "y_score")
  local classes = labels.classes(y, where)
  check.that(#classes <= 2, "%s: y_true holds %d classes, %s; two are expected", where, #classes,
    labels.list(classes))
  local label = o.pos_label
  if label == nil then label = type(classes[1]) == "boolean" or 1 end
  check.that(#classes < 2 or labels.contains(classes, label), "%s: pos_label = %s is not one of "
    .. "the labels %s; set pos_label to the one that is positive", where, check.show(label),
    labels.list(classes))
  return score(targets.is_label(y, label, where), values,
    targets.weight(o.sample_weight, #y, where))
end

return ranking
