--- What `cv` means: a number of folds, a splitter, or a list of {train, test}.
---
---     folds.of(5, model, x, y, nil, "mah.model_selection.cross_val_score")
---       --> {{train, test}, ...}, int32 row numbers from 1
local Type = require "mah.tensor.type"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local KFold = require "mah.prepare.model_selection.k_fold"
local rows = require "mah.prepare.rows"
local StratifiedKFold = require "mah.prepare.model_selection.stratified_k_fold"
local tensor = require "mah.tensor"
local warn = require "mah.base.warn"

local folds = {}

local function has_labels(y)
  if Type.is_tensor(y) then return y.ndim == 1 or y.shape[2] == 1 end
  return type(y) == "table" and type(y[1]) ~= "table"
end

--- The splitter of a number of folds: stratified for classes.
local function splitter_of(count, estimator, y, where)
  check.that(count % 1 == 0 and count >= 2, "%s: cv must be 2 folds or more; got %s", where,
    tostring(count))
  if base.is_classifier(estimator) and has_labels(y) then
    return StratifiedKFold { n_splits = count }
  end
  return KFold { n_splits = count }
end

--- The row numbers that were given for a part of fold i.
local function as_rows(list, n, i, where)
  check.that(Type.is_tensor(list) or type(list) == "table",
    "%s: cv: a list of {train, test}, row numbers from 1, is expected", where)
  for k = 1, #list do
    local row = tonumber(list[k])
    check.that(row and row >= 1 and row <= n and row % 1 == 0, "%s: cv: fold %d has %s for a row; "
      .. "rows have the numbers 1 to %d", where, i, check.show(list[k]), n)
  end
  return Type.is_tensor(list) and list or tensor.tensor(list, { dtype = "int32" })
end

local function of_list(list, n, where)
  local pairs_ = {}
  for i, fold in ipairs(list) do
    check.that(type(fold) == "table", "%s: cv: fold %d is %s; {train, test} is expected", where, i,
      check.show(fold))
    pairs_[i] = { as_rows(fold[1] or fold.train, n, i, where),
      as_rows(fold[2] or fold.test, n, i, where) }
  end
  check.that(#pairs_ > 0,
    "%s: cv must be a number, a splitter or a list of {train, test}; got an empty table", where)
  return pairs_
end

--- A class that a training part lacks cannot be learned there.
local function check_classes(list, y, where)
  local first_row, names = {}, {}
  for i = 1, #y do
    if not first_row[y[i]] then
      first_row[y[i]] = i
      names[#names + 1] = y[i]
    end
  end
  for i, fold in ipairs(list) do
    local there, train = {}, fold[1]
    for j = 1, #train do there[y[train[j]]] = true end
    for _, name in ipairs(names) do
      if not there[name] then
        warn("%s: the training part of fold %d has no row of class %s (row %d has it)", where, i,
          tostring(name), first_row[name])
      end
    end
  end
end

---@param cv integer|table|nil   5 when nil
---@param estimator table
---@param x any
---@param y any
---@param groups any
---@param where string
---@return {[1]: tensor, [2]: tensor}[]
function folds.of(cv, estimator, x, y, groups, where)
  local list = {}
  if type(cv) == "table" and not base.has(cv, "split") then
    list = of_list(cv, rows.count(x, where .. ": x"), where)
  else
    local splitter = type(cv) == "table" and cv or splitter_of(cv or 5, estimator, y, where)
    for train, test in splitter:split(x, y, groups) do list[#list + 1] = { train, test } end
  end
  if base.is_classifier(estimator) and has_labels(y) then check_classes(list, y, where) end
  return list
end

return folds
