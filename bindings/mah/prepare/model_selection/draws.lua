--- Rows drawn at random to train and to test: what ShuffleSplit, StratifiedShuffleSplit and
--- train_test_split share.
---
---     local train, test = draws.sizes(100, 0.2, nil, 0.25, "mah.model_selection.train_test_split")
---     local fold = draws.plain(100, train, test, rng)            -- {train rows, test rows}, int32
local check = require "mah.base.check"
local holdout = require "mah.learn.holdout"
local labels = require "mah.data.labels"
local shared = require "mah.prepare.rules"

local draws = {}

local size_text = "a share of the rows below 1, or a number of them; nil: "

--- The rules of the two sizes.
---@param default string   what test_size is when both are nil
---@return table test_size, table train_size
function draws.size_rules(default)
  return { nil, "number", "(0, inf)", size_text .. "what train_size leaves, or " .. default },
    { nil, "number", "(0, inf)", size_text .. "what test_size leaves" }
end

--- Of ShuffleSplit and StratifiedShuffleSplit.
draws.rules = {
  n_splits = { 10, "integer", "[1, inf)", "how often rows are drawn" },
  random_state = shared.random_state,
}
draws.rules.test_size, draws.rules.train_size = draws.size_rules "0.1"

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
function draws.sizes(n, test_size, train_size, default, where)
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

--- One draw: the test part comes first in the permutation.
function draws.plain(n, train, test, rng)
  local order = rng:permutation(n)
  return { order:narrow(1, test + 1, train):clone(), order:narrow(1, 1, test):clone() }
end

--- One draw with the classes' shares.
function draws.stratified(y, train, test, rng, where)
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

return draws
