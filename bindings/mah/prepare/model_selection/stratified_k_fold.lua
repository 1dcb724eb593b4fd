--- KFold in which each part has its share of every class.
---
---     local y = {"a", "a", "a", "a", "b", "b"}
---     local cv = mah.model_selection.StratifiedKFold{n_splits = 2, shuffle = true}
---     print(cv:get_n_splits())  --> 2
---     for train, test in cv:split(mah.zeros(6, 1), y) do
---       local b = 0
---       for i = 1, #test do if y[test[i]] == "b" then b = b + 1 end end
---       print(#train, #test, b)
---       --> 3 3 1
---       --> 3 3 1
---     end
local parts = require "mah.prepare.model_selection.parts"
local shared = require "mah.prepare.rules"
local splitter = require "mah.prepare.model_selection.splitter"
local stratified_parts = require "mah.prepare.model_selection.stratified_parts"

---@class StratifiedKFold
local StratifiedKFold = {}

function StratifiedKFold:_folds(n, y)
  local rng = parts.generator(self)
  return stratified_parts(self, n, y, rng)
end

return splitter.define("mah.model_selection.StratifiedKFold", {
  n_splits = shared.n_splits, shuffle = shared.shuffle, random_state = shared.random_state,
}, StratifiedKFold)
