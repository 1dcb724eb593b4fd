--- Test parts one after the other at the end of the rows; the training part is all before, and
--- grows.
---
---     local cv = mah.model_selection.TimeSeriesSplit{n_splits = 3, gap = 1}
---     print(cv:get_n_splits())  --> 3
---     for train, test in cv:split(mah.zeros(8, 1)) do
---       print(train[1], train[-1], test[1], test[-1])
---       --> 1 1 3 4
---       --> 1 3 5 6
---       --> 1 5 7 8
---     end
local check = require "mah.base.check"
local splitter = require "mah.prepare.model_selection.splitter"

---@class TimeSeriesSplit
local TimeSeriesSplit = {}

local function range(first, last)
  local list = {}
  for row = first, last do list[#list + 1] = row end
  return list
end

function TimeSeriesSplit:_folds(n)
  local folds = self.n_splits + 1
  check.that(folds <= n, "%s: n_splits = %d makes %d parts of only %d rows", self.where,
    self.n_splits, folds, n)
  local size = self.test_size or math.floor(n / folds)
  check.that(n - self.gap - size * self.n_splits > 0, "%s: n_splits = %d, test_size = %d and "
    .. "gap = %d need more than the %d rows", self.where, self.n_splits, size, self.gap, n)
  local list = {}
  for i = 1, self.n_splits do
    local first = n - (self.n_splits - i + 1) * size -- rows before the test part
    local last = first - self.gap
    local start = self.max_train_size and math.max(1, last - self.max_train_size + 1) or 1
    list[i] = { range(start, last), range(first + 1, first + size) }
  end
  return list
end

return splitter.define("mah.model_selection.TimeSeriesSplit", {
  n_splits = { 5, "integer", "[2, inf)", "how many test parts there are" },
  max_train_size = { nil, "integer", "[1, inf)", "rows of a training part at most; nil: all" },
  test_size = { nil, "integer", "[1, inf)", "rows of a test part; nil: rows / (n_splits + 1)" },
  gap = { 0, "integer", "[0, inf)", "rows left out between the training and the test part" },
}, TimeSeriesSplit)
