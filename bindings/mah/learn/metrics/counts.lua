--- Counts of a pair of labellings that has been read (mah.learn.metrics.targets).
---
---     local matrix, classes = counts.of(t, {})        local rates = counts.rates(t, classes)
local check = require "mah.base.check"
local index = require "mah.tensor.index"
local labels = require "mah.data.labels"
local targets = require "mah.learn.metrics.targets"

local counts = {}

-- -- Confusion matrices ---------------------------------------------------------------------------

--- How often class i - 1 is taken for class j - 1: int32 (K, K), float64 with weights.
---@param a tensor             int32 (N) class numbers from 0
---@param b tensor             int32 (N)
---@param k integer
---@param weight tensor|nil    float64 (N)
---@return tensor
function counts.matrix(a, b, k, weight)
  check.that(k * k < 2 ^ 31, "%d classes are too many for a confusion matrix", k)
  local cells = (a * k):add_(b)
  return cells:bincount({ weights = weight, minlength = k * k }):view(k, k)
end

--- Only the rows where both are classes; arguments as above.
local function count_known(a, b, k, weight)
  local known = a:ge(0) * b:ge(0)
  if known:all() then return counts.matrix(a, b, k, weight) end
  return counts.matrix(a:masked_select(known), b:masked_select(known), k,
    weight and weight:masked_select(known))
end

--- The confusion matrix of a pair.
---@param t table
---@param given {labels: table?, sample_weight: tensor?}
---@return tensor counts, table classes
function counts.of(t, given)
  targets.no_several(t)
  local classes
  if given.labels == nil then
    classes = targets.classes(t)
  else
    classes = targets.label_list(given.labels, t.where)
  end
  local a, b = targets.codes(t, classes, given.labels ~= nil and -1 or nil)
  check.that(a:max() >= 0, "%s: none of the labels %s is in y_true, which holds %s", t.where,
    labels.list(classes), labels.list(labels.classes(t.y_true, t.where)))
  return count_known(a, b, #classes, targets.weight(given.sample_weight, t.n, t.where)), classes
end

-- -- One class against the others -----------------------------------------------------------------

local function columns_of(t, list)
  local k, places = t.y_true.shape[2], {}
  for i, column in ipairs(list) do
    check.that(type(column) == "number" and column >= 0 and column < k,
      "%s: labels: columns are 0 ... %d; got %s", t.where, k - 1, check.show(column))
    places[i] = column + 1
  end
  return index.index_select(t.y_true:double(), 2, places),
    index.index_select(t.y_pred:double(), 2, places)
end

--- Indicator matrices: sums down the columns, or (by_row) along the rows.
local function rates_of_matrix(t, list, weight, by_row)
  local a, b = columns_of(t, list)
  local both = a * b
  if by_row then return { tp = both:sum(2), pred = b:sum(2), true_ = a:sum(2) } end
  local w = weight and weight:view(-1, 1) or 1
  return { tp = (both * w):sum(1), pred = (b * w):sum(1), true_ = (a * w):sum(1) }
end

local function rates_of_labels(t, list, weight)
  local all = labels.union(list, targets.classes(t))
  local a, b = targets.codes(t, all)
  local n = #all
  local hit = a:eq(b):double()
  if weight then hit:mul_(weight) end
  local rates = {
    tp = a:bincount { weights = hit, minlength = n },
    pred = b:bincount({ weights = weight, minlength = n }):double(),
    true_ = a:bincount({ weights = weight, minlength = n }):double(),
  }
  local places = labels.encode(list, all, t.where):add_(1)
  for name, sums in pairs(rates) do rates[name] = sums:index_select(1, places) end
  return rates
end

--- For each class of `list` the summed weights of the rows that are rightly predicted (tp),
--- predicted, and truly of the class; by_row: for each row of an indicator matrix its counts.
---@param t table          targets.pair
---@param list table       labels
---@param weight tensor|nil
---@param by_row boolean|nil
---@return {tp: tensor, pred: tensor, true_: tensor}   float64
function counts.rates(t, list, weight, by_row)
  if t.several then return rates_of_matrix(t, list, weight, by_row) end
  check.that(not by_row, "%s: average = \"samples\" is for several labels at a time: matrices of "
    .. "0 and 1", t.where)
  return rates_of_labels(t, list, weight)
end

return counts
