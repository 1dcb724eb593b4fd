--- ShuffleSplit and StratifiedShuffleSplit: parts drawn at random, n_splits times; the second with
--- each class's share.
---
---     local cv = mah.model_selection.ShuffleSplit{n_splits = 5, test_size = 0.2, random_state = 1}
---     for train, test in cv:split(x) do print(#train, #test) end
local check = require "mah.base.check"
local generator = require "mah.prepare.generator"
local holdout = require "mah.learn.holdout"
local labels = require "mah.data.labels"
local splitter = require "mah.prepare.model_selection.splitter"

local shuffle_split = {}

--- A size as a number of rows: a share between 0 and 1, or a number from 1 on.
local function rows_of(size, name, n, round, where)
  if size == nil then return nil end
  local is_share = size < 1
  check.that(size > 0 and (is_share or size % 1 == 0 and size < n),
    "%s: %s must be a share in (0, 1) or a number of rows below %d; got %s", where, name, n,
    tostring(size))
  return is_share and round(size * n) or size
end

--- How many rows go to the training part, and how many to the test part.
---@param n integer
---@param test_size number|nil    a share or a number of rows
---@param train_size number|nil
---@param default number          of test_size when both are nil
---@return integer train, integer test
function shuffle_split.sizes(n, test_size, train_size, default, where)
  if test_size == nil and train_size == nil then test_size = default end
  check.that(not (test_size and train_size and test_size < 1 and train_size < 1)
    or test_size + train_size <= 1, "%s: test_size and train_size are shares that sum to %s, more "
    .. "than 1", where, tostring((test_size or 0) + (train_size or 0)))
  local test = rows_of(test_size, "test_size", n, math.ceil, where)
  local train = rows_of(train_size, "train_size", n, math.floor, where)
  test, train = test or n - train, train or n - test
  check.that(test + train <= n, "%s: %d rows to train and %d to test are more than the %d "
    .. "there are", where, train, test, n)
  check.that(train > 0 and test > 0, "%s: of %d rows, %d would be left to train and %d to test",
    where, n, train, test)
  return train, test
end

local rules = {
  n_splits = { 10, "integer", "[1, inf)" },
  test_size = { nil, "number", "(0, inf)" },
  train_size = { nil, "number", "(0, inf)" },
  random_state = { nil, "integer|table", "[0, 4294967295]" },
}

--- One draw: the test part comes first in the permutation.
function shuffle_split.draw(n, train, test, rng)
  local order = rng:permutation(n)
  return { order:narrow(1, test + 1, train):clone(), order:narrow(1, 1, test):clone() }
end

--- One draw with the classes' shares.
function shuffle_split.draw_stratified(y, train, test, rng, where)
  local classes = labels.classes(y, where .. ": the classes")
  local codes = labels.encode(y, classes, where)
  local counts = codes:bincount()
  for k, class in ipairs(classes) do
    check.that(counts[k] > 1, "%s: class %s has a single row; each class needs two, one to train "
      .. "and one to test", where, tostring(class))
  end
  check.that(train >= #classes and test >= #classes,
    "%s: %d rows to train and %d to test are fewer than the %d classes", where, train, test,
    #classes)
  local kept, held = holdout.stratified(codes, classes, train, test, rng)
  return { kept + 1, held + 1 }
end

local ShuffleSplit = {}

function ShuffleSplit:_folds(n)
  local train, test = shuffle_split.sizes(n, self.test_size, self.train_size, 0.1, self.where)
  local rng, folds = generator(self.random_state, self.where), {}
  for i = 1, self.n_splits do folds[i] = shuffle_split.draw(n, train, test, rng) end
  return folds
end

--- Test parts of test_size (0.1 when neither size is given), drawn anew n_splits times.
shuffle_split.ShuffleSplit = splitter.define("mah.model_selection.ShuffleSplit", rules,
  ShuffleSplit)

local Stratified = {}

function Stratified:_folds(n, y)
  check.that(y ~= nil, "%s: y, the classes, is missing", self.where)
  local train, test = shuffle_split.sizes(n, self.test_size, self.train_size, 0.1, self.where)
  local rng, folds = generator(self.random_state, self.where), {}
  for i = 1, self.n_splits do
    folds[i] = shuffle_split.draw_stratified(y, train, test, rng, self.where)
  end
  return folds
end

--- ShuffleSplit in which each part has its share of the classes y.
shuffle_split.StratifiedShuffleSplit = splitter.define(
  "mah.model_selection.StratifiedShuffleSplit", rules, Stratified)

return shuffle_split
