--- The rows cut into parts with the same shares of the classes: what StratifiedKFold and
--- RepeatedStratifiedKFold share.
---
---     local folds = stratified_parts(self, #y, y, rng)
local check = require "mah.base.check"
local labels = require "mah.data.labels"
local splitter = require "mah.prepare.model_selection.splitter"
local tensor = require "mah.tensor"
local warn = require "mah.base.warn"

--- Class numbers in the order in which the classes first appear, and how many rows each has.
local function number_classes(y, where)
  local list, n = labels.vector(y, where)
  local number, codes, counts, names = {}, {}, {}, {}
  for i = 1, n do
    local label = list[i]
    check.that(type(label) ~= "number" or label % 1 == 0, "%s: row %d holds %s, which is no class; "
      .. "KFold divides rows by numbers like these", where, i, tostring(label))
    if not number[label] then
      names[#names + 1] = label
      number[label] = #names
      counts[#names] = 0
    end
    codes[i] = number[label]
    counts[codes[i]] = counts[codes[i]] + 1
  end
  return codes, counts, names
end

local function check_counts(self, counts, names)
  local least, name, most = math.huge, nil, 0
  for k, count in ipairs(counts) do
    if count < least then least, name = count, names[k] end
    most = math.max(most, count)
  end
  check.that(self.n_splits <= most,
    "%s: n_splits = %d is more than the number of rows in each class, %d at most", self.where,
    self.n_splits, most)
  if least < self.n_splits then
    warn("%s: class %s has only %d rows, fewer than n_splits = %d: some folds are without it",
      self.where, tostring(name), least, self.n_splits)
  end
end

--- How many rows of each class go to each fold: the sorted rows are dealt out like cards.
local function allocation(counts, n_splits)
  local dealt, at = {}, 0
  for fold = 1, n_splits do dealt[fold] = {} end
  for k, count in ipairs(counts) do
    for _ = 1, count do
      local fold = dealt[at % n_splits + 1]
      fold[k] = (fold[k] or 0) + 1
      at = at + 1
    end
  end
  return dealt
end

--- The fold of each row of class k, in the rows' order.
local function deal(dealt, k, count, rng)
  local folds, at = tensor.empty(count, { dtype = "int32" }), 0
  for fold, counts in ipairs(dealt) do
    for _ = 1, counts[k] or 0 do
      at = at + 1
      folds[at] = fold
    end
  end
  return rng and rng:shuffle(folds) or folds
end

--- The folds of a splitter with n_splits.
---@param y any    the classes
---@param rng rng|nil
return function(self, n, y, rng)
  check.that(y ~= nil, "%s: y, the classes, is missing", self.where)
  local codes, counts, names = number_classes(y, self.where .. ": y")
  check_counts(self, counts, names)
  local dealt, folds, taken = allocation(counts, self.n_splits), {}, {}
  for k, count in ipairs(counts) do folds[k], taken[k] = deal(dealt, k, count, rng), 0 end
  local tests = {}
  for fold = 1, self.n_splits do tests[fold] = {} end
  for row = 1, n do
    local k = codes[row]
    taken[k] = taken[k] + 1
    table.insert(tests[folds[k][taken[k]]], row)
  end
  return splitter.around(n, tests)
end
