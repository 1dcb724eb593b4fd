--- Precision, recall and what is made of them: F-beta, Jaccard.
---
---     print(mah.metrics.f1_score({0, 1, 1}, {1, 1, 1}))  --> 0.8
---
--- With tp the rows that are rightly predicted to be of a class: precision = tp / predicted,
--- recall = tp / true, F-beta = (1 + beta^2) precision recall / (beta^2 precision + recall).
local check = require "mah.base.check"
local counts = require "mah.learn.metrics.counts"
local labels = require "mah.data.labels"
local options = require "mah.base.options"
local shared = require "mah.learn.metrics.rules"
local targets = require "mah.learn.metrics.targets"
local warn = require "mah.base.warn"

local scores = {}

local BETA = "how many times as much recall counts as precision"

local averages = { "binary", "micro", "macro", "weighted", "samples", "none" }

local function rules_with(average, extra)
  local rules = {
    labels = shared.labels,
    pos_label = { nil, "number|string|boolean", nil,
      "the positive class of average = \"binary\"; nil: 1, or true of booleans" },
    average = { average, averages, nil, "\"binary\": of pos_label alone; \"macro\": the mean of "
      .. "the classes; \"weighted\": weighted by their rows in y_true; \"micro\": of the sums over "
      .. "the classes; \"samples\": the mean of the rows of matrices; \"none\": each class" },
    sample_weight = shared.sample_weight, zero_division = shared.zero_division,
  }
  for name, rule in pairs(extra or {}) do rules[name] = rule end
  return rules
end

-- -- What is asked for ----------------------------------------------------------------------------

--- The positive class of two: pos_label, or 1 (true of booleans).
local function positive(t, o)
  local classes = targets.classes(t)
  local several = t.several and "y_true is a matrix of several labels at a time"
    or #classes > 2 and ("y_true and y_pred hold %d classes, %s"):format(#classes,
      labels.list(classes))
  check.that(not several, "%s: %s, and average = \"binary\" is for two; set average to \"micro\", "
    .. "\"macro\", \"weighted\" or \"none\"", t.where, several)
  local label = o.pos_label
  if label == nil then label = type(classes[1]) == "boolean" or 1 end
  check.that(labels.contains(classes, label) or #classes < 2, "%s: pos_label = %s is not one of "
    .. "the labels %s; set pos_label to the one that is positive", t.where, check.show(label),
    labels.list(classes))
  return label
end

--- The labels whose rates are wanted.
local function wanted(t, o)
  if o.average == "binary" then return { positive(t, o) } end
  if o.pos_label ~= nil and o.pos_label ~= 1 then
    warn("%s: pos_label is ignored unless average = \"binary\"; labels = {%s} picks one class",
      t.where, tostring(o.pos_label))
  end
  return o.labels and targets.label_list(o.labels, t.where) or targets.classes(t)
end

--- tp, pred and true_ of each class (or row, or of all together), and the weights of the rows.
local function rates_of(y_true, y_pred, o, where)
  local t = targets.pair(y_true, y_pred, where)
  local weight = targets.weight(o.sample_weight, t.n, where)
  local rates = counts.rates(t, wanted(t, o), weight, o.average == "samples")
  if o.average == "micro" then
    for name, sums in pairs(rates) do rates[name] = sums:sum(1, true) end
  end
  rates.rows = weight
  rates.counts = not weight
  return rates
end

--- a / b element by element; what 0 / 0 becomes says zero_division.
local function divide(a, b, o, where, what)
  local empty = b:eq(0)
  local out = a / (b + empty:double())
  if not empty:any() then return out end
  if o.zero_division == "warn" and what then
    warn("%s: %s 0 / 0 %s and set to 0; zero_division = 0 or 1 says what it shall be", where, what,
      #b > 1 and "in some classes" or "here")
  end
  return o.zero_division == 1 and out:add_(empty:double()) or out
end

-- -- F-scores -------------------------------------------------------------------------------------

local function f_beta(precision, recall, beta)
  if beta == math.huge then return recall end
  local square = beta * beta
  local below = precision * square + recall
  return (precision * recall):mul_(1 + square):div_(below:add_(below:eq(0):double()))
end

--- A class that nobody has and nobody predicts, though one of both would be needed: what is left.
local function all_empty(rates, o)
  local value = o.zero_division == 1 and 1 or 0
  local some = rates.pred:sum() > 0
  return some and 0 or value, value, some and 0 or value
end

local function mean(values, rates, average)
  local weight = average == "weighted" and rates.true_ or average == "samples" and rates.rows or nil
  return targets.average(values, weight)
end

--- `warns`: of which of the three 0 / 0 is told.
local function support(y_true, y_pred, o, where, warns)
  local rates = rates_of(y_true, y_pred, o, where)
  local precision = divide(rates.tp, rates.pred, o, where, warns.precision and "precision is")
  local recall = divide(rates.tp, rates.true_, o, where, warns.recall and "recall is")
  local f = f_beta(precision, recall, o.beta)
  if warns.f and o.zero_division == "warn" and (rates.true_ + rates.pred):eq(0):any() then
    warn("%s: F is 0 / 0 where no label is true or predicted, and set to 0", where)
  end
  if o.average == "none" then
    return precision, recall, f, rates.counts and rates.true_:to "int32" or rates.true_
  elseif o.average == "weighted" and rates.true_:sum() == 0 then
    return all_empty(rates, o)
  end
  return mean(precision, rates, o.average), mean(recall, rates, o.average),
    mean(f, rates, o.average)
end

local support_rules = options.declare("mah.metrics.precision_recall_fscore_support",
  rules_with("none", { beta = { 1, "number", "[0, inf]", BETA } }))

--- Precision, recall, F-beta and support (the rows that are truly of the class) of each class, or
--- with another average than "none" the mean of each, without support.
---
---     local y_true, y_pred = {"cat", "dog", "cat", "cat"}, {"cat", "cat", "cat", "dog"}
---     local p, r, f, n = mah.metrics.precision_recall_fscore_support(y_true, y_pred,
---       {zero_division = 0})
---     print(("%.3f %.3f %.3f"):format(p[1], r[1], f[1]), n[1])  --> 0.667 0.667 0.667 3
---@param y_true tensor|table    (N) labels, or (N, K) of 0 and 1
---@param y_pred tensor|table    as y_true
---@param given {beta: number?, labels: table?, pos_label: any, average: string?,
---  sample_weight: tensor|number[]|nil, zero_division: any}|nil
---@return tensor|number precision
---@return tensor|number recall
---@return tensor|number f_beta
---@return tensor|nil support
function scores.precision_recall_fscore_support(y_true, y_pred, given)
  local where = "mah.metrics.precision_recall_fscore_support"
  return support(y_true, y_pred, options(given, support_rules, where), where,
    { precision = true, recall = true })
end

local binary_rules = options.declare("mah.metrics.precision_score mah.metrics.recall_score "
  .. "mah.metrics.f1_score mah.metrics.jaccard_score", rules_with "binary")

local function read(given, where)
  local o = options(given, binary_rules, where)
  o.beta = 1
  return o
end

--- Of the rows that are predicted to be of a class, the share that is, tp / predicted.
---
---     local y_true, y_pred = {"spam", "ham", "spam"}, {"spam", "spam", "ham"}
---     print(mah.metrics.precision_score(y_true, y_pred, {pos_label = "spam"}))  --> 0.5
---@param y_true tensor|table    (N) labels, or (N, K) of 0 and 1
---@param y_pred tensor|table    as y_true
---@param given {labels: table?, pos_label: any, average: string?,
---  sample_weight: tensor|number[]|nil, zero_division: any}|nil
---@return number|tensor
function scores.precision_score(y_true, y_pred, given)
  local where = "mah.metrics.precision_score"
  return (support(y_true, y_pred, read(given, where), where, { precision = true }))
end

--- Of the rows that are of a class, the share that is predicted to be, tp / true.
---
---     print(mah.metrics.recall_score({0, 1, 1, 1, 0}, {0, 1, 0, 1, 1}, {average = "macro"}))
---     --> 0.58333333333333
---     print(mah.metrics.recall_score({0, 1, 1, 1, 1}, {0, 1, 0, 1, 1}))  --> 0.75
---@param y_true tensor|table    (N) labels, or (N, K) of 0 and 1
---@param y_pred tensor|table    as y_true
---@param given {labels: table?, pos_label: any, average: string?,
---  sample_weight: tensor|number[]|nil, zero_division: any}|nil
---@return number|tensor
function scores.recall_score(y_true, y_pred, given)
  local where = "mah.metrics.recall_score"
  return (select(2, support(y_true, y_pred, read(given, where), where, { recall = true })))
end

--- The harmonic mean of precision and recall, 2 precision recall / (precision + recall).
---
---     local f1 = mah.metrics.f1_score({0, 1, 2, 0, 1, 2}, {0, 2, 1, 0, 0, 1},
---       {average = "macro"})
---     print(("%.4f"):format(f1))  --> 0.2667
---@param y_true tensor|table    (N) labels, or (N, K) of 0 and 1
---@param y_pred tensor|table    as y_true
---@param given {labels: table?, pos_label: any, average: string?,
---  sample_weight: tensor|number[]|nil, zero_division: any}|nil
---@return number|tensor
function scores.f1_score(y_true, y_pred, given)
  local where = "mah.metrics.f1_score"
  return (select(3, support(y_true, y_pred, read(given, where), where, { f = true })))
end

local fbeta_rules = options.declare("mah.metrics.fbeta_score",
  rules_with("binary", { beta = { options.required, "number", "[0, inf]", BETA } }))

--- F-beta, the mean of precision and recall in which recall counts beta times as much,
--- (1 + beta^2) precision recall / (beta^2 precision + recall).
---
---     local y_true, y_pred = {0, 1, 1, 1, 0}, {0, 1, 0, 0, 1}
---     print(("%.4f"):format(mah.metrics.fbeta_score(y_true, y_pred, {beta = 0.5})))  --> 0.4545
---@param y_true tensor|table    (N) labels, or (N, K) of 0 and 1
---@param y_pred tensor|table    as y_true
---@param given {beta: number, labels: table?, pos_label: any, average: string?,
---  sample_weight: tensor|number[]|nil, zero_division: any}
---@return number|tensor
function scores.fbeta_score(y_true, y_pred, given)
  local where = "mah.metrics.fbeta_score"
  local o = options(given, fbeta_rules, where)
  return (select(3, support(y_true, y_pred, o, where, { f = true })))
end

-- -- Jaccard --------------------------------------------------------------------------------------

--- The intersection over the union of the true and the predicted rows of a class,
--- tp / (true + predicted - tp).
---
---     local shares = mah.metrics.jaccard_score({0, 2, 1, 2}, {0, 1, 1, 2}, {average = "none"})
---     print(shares[1], shares[2], shares[3])  --> 1 0.5 0.5
---@param y_true tensor|table    (N) labels, or (N, K) of 0 and 1
---@param y_pred tensor|table    as y_true
---@param given {labels: table?, pos_label: any, average: string?,
---  sample_weight: tensor|number[]|nil, zero_division: any}|nil
---@return number|tensor
function scores.jaccard_score(y_true, y_pred, given)
  local where = "mah.metrics.jaccard_score"
  local o = read(given, where)
  local rates = rates_of(y_true, y_pred, o, where)
  local union = rates.true_ + rates.pred - rates.tp
  local shares = divide(rates.tp, union, o, where, "the share is")
  if o.average == "none" then return shares end
  local average = o.average
  if average == "weighted" and rates.true_:sum() == 0 then average = "macro" end
  return mean(shares, rates, average)
end

return scores
