--- ShuffleSplit in which each part has its share of every class.
---
---     local y = {"a", "a", "a", "a", "a", "a", "b", "b", "b"}
---     local cv = mah.model_selection.StratifiedShuffleSplit{n_splits = 1, test_size = 3}
---     print(cv:get_n_splits())  --> 1
---     for _, test in cv:split(mah.zeros(9, 1), y) do
---       local b = 0
---       for i = 1, #test do if y[test[i]] == "b" then b = b + 1 end end
---       print(#test, b)  --> 3 1
---     end
local check = require "mah.base.check"
local draws = require "mah.prepare.model_selection.draws"
local generator = require "mah.prepare.generator"
local splitter = require "mah.prepare.model_selection.splitter"

---@class StratifiedShuffleSplit
local StratifiedShuffleSplit = {}

function StratifiedShuffleSplit:_folds(n, y)
  check.that(y ~= nil, "%s: y, the classes, is missing", self.where)
  local train, test = draws.sizes(n, self.test_size, self.train_size, 0.1, self.where)
  local rng, folds = generator(self.random_state, self.where), {}
  for i = 1, self.n_splits do folds[i] = draws.stratified(y, train, test, rng, self.where) end
  return folds
end

return splitter.define("mah.model_selection.StratifiedShuffleSplit", draws.rules,
  StratifiedShuffleSplit)
