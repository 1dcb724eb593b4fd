--- StratifiedKFold, shuffled anew n_repeats times.
---
---     local y = {"a", "a", "a", "a", "b", "b"}
---     local cv = mah.model_selection.RepeatedStratifiedKFold{n_splits = 2, n_repeats = 3}
---     print(cv:get_n_splits())  --> 6
---     local seen = 0
---     for _, test in cv:split(mah.zeros(6, 1), y) do seen = seen + #test end
---     print(seen)  --> 18
local generator = require "mah.prepare.generator"
local shared = require "mah.prepare.rules"
local splitter = require "mah.prepare.model_selection.splitter"
local stratified_parts = require "mah.prepare.model_selection.stratified_parts"

---@class RepeatedStratifiedKFold
local RepeatedStratifiedKFold = {}

function RepeatedStratifiedKFold:_folds(n, y)
  local rng, all = generator(self.random_state, self.where), {}
  for _ = 1, self.n_repeats do
    for _, fold in ipairs(stratified_parts(self, n, y, rng)) do all[#all + 1] = fold end
  end
  return all
end

--- How many folds split goes over, n_splits times n_repeats.
---@return integer
function RepeatedStratifiedKFold:get_n_splits() return self.n_splits * self.n_repeats end

return splitter.define("mah.model_selection.RepeatedStratifiedKFold", {
  n_splits = shared.n_splits, n_repeats = shared.n_repeats, random_state = shared.random_state,
}, RepeatedStratifiedKFold)
