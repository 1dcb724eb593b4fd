--- Test parts drawn at random, n_splits times.
---
---     local cv = mah.model_selection.ShuffleSplit{n_splits = 2, test_size = 0.2, random_state = 1}
---     print(cv:get_n_splits())  --> 2
---     for train, test in cv:split(mah.zeros(10, 1)) do print(#train, #test) end
---     --> 8 2
---     --> 8 2
local draws = require "mah.prepare.model_selection.draws"
local generator = require "mah.prepare.generator"
local splitter = require "mah.prepare.model_selection.splitter"

---@class ShuffleSplit
local ShuffleSplit = {}

function ShuffleSplit:_folds(n)
  local train, test = draws.sizes(n, self.test_size, self.train_size, 0.1, self.where)
  local rng, folds = generator(self.random_state, self.where), {}
  for i = 1, self.n_splits do folds[i] = draws.plain(n, train, test, rng) end
  return folds
end

return splitter.define("mah.model_selection.ShuffleSplit", draws.rules, ShuffleSplit)
