--- How many labels are right.
---
---     print(mah.metrics.accuracy_score({"cat", "dog"}, {"cat", "cat"}))  --> 0.5
local counts = require "mah.learn.metrics.counts"
local labels = require "mah.data.labels"
local options = require "mah.base.options"
local shared = require "mah.learn.metrics.rules"
local targets = require "mah.learn.metrics.targets"
local tensor = require "mah.tensor"
local warn = require "mah.base.warn"

local accuracy = {}

--- 1 for each row that is right, in all of its labels: uint8 (N).
local function hits(t)
  if t.several then return t.y_true:eq(t.y_pred):all(2) end
  if type(t.y_true) == "table" or type(t.y_pred) == "table" then
    local a, b = targets.codes(t, targets.classes(t))
    return a:eq(b)
  end
  return t.y_true:to("int32"):eq(t.y_pred:to "int32")
end

--- The mean of the rows, or (normalize = false) their sum.
local function mean_or_sum(rows, o, weight)
  if o.normalize then return targets.average(rows, weight) end
  return weight and (rows:double() * weight):sum() or rows:sum()
end

local rules = options.declare("mah.metrics.accuracy_score mah.metrics.accuracy "
  .. "mah.metrics.zero_one_loss", {
  normalize = shared.normalize, sample_weight = shared.sample_weight,
})

local function score(y_true, y_pred, o, where)
  local t = targets.pair(y_true, y_pred, where)
  return mean_or_sum(hits(t), o, targets.weight(o.sample_weight, t.n, where)), t.n
end

--- The share of equal labels, (1/N) sum [y_true = y_pred]. Of indicator matrices the share of rows
--- with all labels right.
---
---     print(mah.metrics.accuracy_score({0, 1, 2, 3}, {0, 2, 1, 3}))  --> 0.5
---     print(mah.metrics.accuracy_score({"a", "b"}, {"a", "a"}, {normalize = false}))  --> 1
---@param y_true tensor|table    (N) labels, or (N, K) of 0 and 1
---@param y_pred tensor|table    as y_true
---@param given {normalize: boolean?, sample_weight: tensor|number[]|nil}|nil
---@return number
function accuracy.accuracy_score(y_true, y_pred, given)
  local where = "mah.metrics.accuracy_score"
  return (score(y_true, y_pred, options(given, rules, where), where))
end

--- The share of wrong labels, 1 - accuracy_score.
---
---     print(mah.metrics.zero_one_loss({1, 2, 3, 4}, {2, 2, 3, 4}))  --> 0.25
---@param y_true tensor|table    (N) labels, or (N, K) of 0 and 1
---@param y_pred tensor|table    as y_true
---@param given {normalize: boolean?, sample_weight: tensor|number[]|nil}|nil
---@return number
function accuracy.zero_one_loss(y_true, y_pred, given)
  local where = "mah.metrics.zero_one_loss"
  local o = options(given, rules, where)
  local right, n = score(y_true, y_pred, o, where)
  if o.normalize then return 1 - right end
  local weight = targets.weight(o.sample_weight, n, where)
  return (weight and weight:sum() or n) - right
end

local hamming_rules = options.declare("mah.metrics.hamming_loss", {
  sample_weight = shared.sample_weight,
})

--- The share of labels that are wrong; of indicator matrices the share of wrong elements.
---
---     print(mah.metrics.hamming_loss({{0, 1}, {1, 1}}, {{0, 0}, {0, 0}}))  --> 0.75
---@param y_true tensor|table    (N) labels, or (N, K) of 0 and 1
---@param y_pred tensor|table    as y_true
---@param given {sample_weight: tensor|number[]|nil}|nil
---@return number
function accuracy.hamming_loss(y_true, y_pred, given)
  local where = "mah.metrics.hamming_loss"
  local o = options(given, hamming_rules, where)
  local t = targets.pair(y_true, y_pred, where)
  local weight = targets.weight(o.sample_weight, t.n, where)
  if t.several then return targets.average(t.y_true:ne(t.y_pred):double():mean(2), weight) end
  return targets.average(hits(t):eq(0), weight)
end

local balanced_rules = options.declare("mah.metrics.balanced_accuracy_score", {
  sample_weight = shared.sample_weight,
  adjusted = { false, "boolean", nil,
    "rescales so that guessing gives 0 and perfect 1: (score - 1/K) / (1 - 1/K)" },
})

--- The mean of the classes' shares of right rows, which is the macro-averaged recall.
---
---     print(mah.metrics.balanced_accuracy_score({0, 1, 0, 0, 1, 0}, {0, 1, 0, 0, 0, 1}))
---     --> 0.625
---@param y_true tensor|table    (N) labels
---@param y_pred tensor|table    (N)
---@param given {sample_weight: tensor|number[]|nil, adjusted: boolean?}|nil
---@return number
function accuracy.balanced_accuracy_score(y_true, y_pred, given)
  local where = "mah.metrics.balanced_accuracy_score"
  local o = options(given, balanced_rules, where)
  local matrix, classes = counts.of(targets.pair(y_true, y_pred, where), o)
  matrix = matrix:double()
  local sum, n = 0, 0
  for k = 1, #classes do
    local total = matrix[k]:sum()
    if total > 0 then sum, n = sum + matrix[k][k] / total, n + 1 end
  end
  if n < #classes then warn("%s: y_pred contains classes that are not in y_true", where) end
  local mean = sum / n
  return o.adjusted and (mean - 1 / n) / (1 - 1 / n) or mean
end

-- -- Top k ----------------------------------------------------------------------------------------

local top_k_rules = options.declare("mah.metrics.top_k_accuracy_score", {
  k = { 2, "integer", "[1, inf)", "how many of the highest scores may hold the true class" },
  normalize = shared.normalize, sample_weight = shared.sample_weight, labels = shared.classes,
})

--- Two classes, one score: the larger class from 0.5 on (0, unless all scores are in [0, 1]).
local function two_class_hits(codes, scores, k)
  if k > 1 then return codes:ge(0) end
  local threshold = scores:min() >= 0 and scores:max() <= 1 and 0.5 or 0
  return scores:gt(threshold):to("int32"):eq(codes)
end

--- Of equal scores the last column counts as the greatest, as in scikit-learn.
local function ranked_hits(codes, scores, k)
  local n, columns = #scores, scores.shape[2]
  local place = codes:view(n, 1)
  local own = scores:gather(2, place + 1)
  local column = tensor.arange(0, columns - 1, { dtype = "int32" }):view(1, columns)
  local before = scores:gt(own):add_(scores:eq(own):mul_(column:gt(place)))
  return before:double():sum(2):lt(k)
end

--- The share of rows whose true class is among the k of the highest scores. For two classes the
--- scores may be those of the larger label alone.
---
---     local scores = {{0.5, 0.2, 0.3}, {0.3, 0.4, 0.3}, {0.2, 0.1, 0.7}}
---     print(mah.metrics.top_k_accuracy_score({0, 1, 2}, scores, {k = 1}))  --> 1
---     print(mah.metrics.top_k_accuracy_score({0, 2, 1}, scores, {k = 2, normalize = false}))
---     --> 2
---@param y_true tensor|table    (N) labels
---@param y_score tensor|table   (N, classes), columns in the order of the sorted labels; or (N)
---@param given {k: integer?, normalize: boolean?, sample_weight: tensor|number[]|nil,
---  labels: table?}|nil
---@return number
function accuracy.top_k_accuracy_score(y_true, y_score, given)
  local where = "mah.metrics.top_k_accuracy_score"
  local o = options(given, top_k_rules, where)
  local y = targets.labels(y_true, where .. ": y_true")
  local scores = targets.numbers(y_score, where .. ": y_score")
  targets.same_rows(y, scores, where, "y_true", "y_score")
  local columns = scores.ndim == 2 and scores.shape[2] or 1
  if columns == 1 then scores = scores:reshape(-1) end
  local classes = targets.columns(o.labels, y, math.max(columns, 2), where)
  if o.k >= #classes then
    warn("%s: k = %d of %d classes: every row is right", where, o.k, #classes)
  end
  local codes = labels.encode(y, classes, where)
  local rows = columns == 1 and two_class_hits(codes, scores, o.k)
    or ranked_hits(codes, scores, o.k)
  return mean_or_sum(rows, o, targets.weight(o.sample_weight, #y, where))
end

return accuracy
