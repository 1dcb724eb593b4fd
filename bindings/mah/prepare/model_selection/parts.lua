--- The rows cut into parts of one size, each once the test part: what KFold and RepeatedKFold
--- share.
---
---     local folds = parts.of(self, 10, rng)         -- rng: nil, and the rows stay in their order
local check = require "mah.base.check"
local generator = require "mah.prepare.generator"
local splitter = require "mah.prepare.model_selection.splitter"

local parts = {}

--- The generator of a splitter that may shuffle, or nil.
function parts.generator(self)
  check.that(self.shuffle or self.random_state == nil,
    "%s: random_state has no effect without shuffle = true", self.where)
  return self.shuffle and generator(self.random_state, self.where) or nil
end

--- 1 ... n cut into `count` lists, the first n % count of which have one more.
local function cut(order, n, count)
  local lists, at = {}, 0
  for i = 1, count do
    local size = math.floor(n / count) + (i <= n % count and 1 or 0)
    lists[i] = {}
    for j = 1, size do lists[i][j] = order[at + j] end
    table.sort(lists[i])
    at = at + size
  end
  return lists
end

--- The folds of a splitter with n_splits.
function parts.of(self, n, rng)
  check.that(self.n_splits <= n, "%s: n_splits = %d is more than the %d rows", self.where,
    self.n_splits, n)
  local order = rng and rng:permutation(n)
  if not order then
    order = {}
    for row = 1, n do order[row] = row end
  end
  return splitter.around(n, cut(order, n, self.n_splits))
end

return parts
