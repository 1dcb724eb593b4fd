--- Which classes are taken for which: confusion matrices.
---
---     local matrix = mah.metrics.confusion_matrix({"cat", "dog", "cat"}, {"cat", "cat", "cat"})
---     print(matrix[1][1], matrix[2][1])  --> 2 1
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local counts = require "mah.learn.metrics.counts"
local join = require "mah.tensor.join"
local labels = require "mah.data.labels"
local options = require "mah.base.options"
local shared = require "mah.learn.metrics.rules"
local targets = require "mah.learn.metrics.targets"
local tensor = require "mah.tensor"

local confusion = {}

--- Parts of the row, the column or the whole; 0 where that is 0.
local function normalized(matrix, by)
  matrix = matrix:double()
  local total = by == "all" and matrix:sum(1, true):sum(2, true)
    or matrix:sum(by == "true" and 2 or 1, true)
  return matrix / total:add_(total:eq(0):double())
end

local matrix_rules = options.declare("mah.metrics.confusion_matrix", {
  labels = shared.labels, sample_weight = shared.sample_weight,
  normalize = { nil, { "true", "pred", "all" }, nil, "divides by the sum of the row (\"true\"), of "
    .. "the column (\"pred\") or of the whole (\"all\"); nil: counts" },
})

--- The confusion matrix, how often the true class of row i was taken for the class of column j.
--- Rows with labels that are none of the classes do not count.
---
---     local y_true, y_pred = {"cat", "dog", "cat", "cat"}, {"cat", "cat", "cat", "dog"}
---     local matrix, classes = mah.metrics.confusion_matrix(y_true, y_pred)
---     print(table.concat(classes, " "), matrix[1][1], matrix[1][2])  --> cat dog 2 1
---     print(mah.metrics.confusion_matrix(y_true, y_pred, {normalize = "all"})[1][1])  --> 0.5
---@param y_true tensor|table    (N) labels
---@param y_pred tensor|table    (N)
---@param given {labels: table?, sample_weight: tensor|number[]|nil, normalize: string?}|nil
---@return tensor                (K, K) int32; float64 with weights or normalize
---@return table                 the classes of rows and columns
function confusion.confusion_matrix(y_true, y_pred, given)
  local where = "mah.metrics.confusion_matrix"
  local o = options(given, matrix_rules, where)
  local matrix, classes = counts.of(targets.pair(y_true, y_pred, where), o)
  return o.normalize and normalized(matrix, o.normalize) or matrix, classes
end

--- The confusion matrix over class numbers. Rows are the true classes 0 ... classes - 1, columns
--- the predicted ones. Labels that are no numbers give confusion_matrix.
---
---     local matrix = mah.metrics.confusion({0, 1, 2, 2}, {0, 2, 2, 2})
---     print(matrix[2][3], matrix[3][3])  --> 1 2
---     mah.plot.confusion(matrix):save "confusion.png"
---@param y_true tensor|table     (N) class numbers >= 0, or other labels
---@param y_pred tensor|table     (N)
---@param classes integer|nil     default: the largest label + 1
---@return tensor                 (classes, classes) int32 counts
function confusion.confusion(y_true, y_pred, classes)
  local where = "mah.metrics.confusion"
  local t = targets.pair(y_true, y_pred, where)
  targets.no_several(t)
  if labels.kind(t.y_true) ~= "numbers" then return (counts.of(t, {})) end
  local a = tensor.tensor(t.y_true, { dtype = "int32" }):contiguous()
  local b = tensor.tensor(t.y_pred, { dtype = "int32" }):contiguous()
  local smallest, largest = math.min(a:min(), b:min()), math.max(a:max(), b:max())
  if classes == nil then classes = largest + 1 end
  Type.integer(classes, where, "classes")
  check.that(smallest >= 0 and largest < classes, "%s: labels are in 0 ... %d; got %d", where,
    classes - 1, smallest < 0 and smallest or largest)
  return counts.matrix(a, b, classes)
end

-- -- One class against the others -----------------------------------------------------------------

local multilabel_rules = options.declare("mah.metrics.multilabel_confusion_matrix", {
  labels = shared.labels, sample_weight = shared.sample_weight,
  samplewise = { false, "boolean", nil,
    "a matrix for each row of indicator matrices, instead of for each class" },
})

--- The confusion matrix of each class, or column of indicator matrices, against the others, {{true
--- negatives, false positives}, {false negatives, true positives}}.
---
---     local matrices = mah.metrics.multilabel_confusion_matrix({"a", "b", "c"}, {"a", "c", "c"})
---     print(matrices[3][1][2], matrices[3][2][2])  --> 1 1
---@param y_true tensor|table    (N) labels, or (N, K) of 0 and 1
---@param y_pred tensor|table
---@param given {labels: table?, sample_weight: tensor|number[]|nil, samplewise: boolean?}|nil
---@return tensor                (classes, 2, 2) float64; samplewise: (N, 2, 2)
function confusion.multilabel_confusion_matrix(y_true, y_pred, given)
  local where = "mah.metrics.multilabel_confusion_matrix"
  local o = options(given, multilabel_rules, where)
  local t = targets.pair(y_true, y_pred, where)
  local weight = targets.weight(o.sample_weight, t.n, where)
  local list = o.labels and targets.label_list(o.labels, where) or targets.classes(t)
  local r = counts.rates(t, list, weight, o.samplewise)
  local total = weight and weight:sum() or t.n
  if o.samplewise then
    total = #list
    if weight then
      for _, sums in pairs(r) do sums:mul_(weight) end
      total = weight * #list
    end
  end
  local fp, fn = r.pred - r.tp, r.true_ - r.tp
  local tn = (r.tp + fp + fn):neg():add_(total)
  return join.stack({ tn, fp, fn, r.tp }, 2):view(-1, 2, 2)
end

return confusion
