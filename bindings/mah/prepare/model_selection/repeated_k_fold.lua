--- KFold, shuffled anew n_repeats times.
---
---     local cv = mah.model_selection.RepeatedKFold{n_splits = 2, n_repeats = 3, random_state = 1}
---     print(cv:get_n_splits())  --> 6
---     local seen = 0
---     for _, test in cv:split(mah.zeros(10, 1)) do seen = seen + #test end
---     print(seen)  --> 30
local check = require "mah.base.check"
local generator = require "mah.prepare.generator"
local parts = require "mah.prepare.model_selection.parts"
local shared = require "mah.prepare.rules"
local splitter = require "mah.prepare.model_selection.splitter"

---@class RepeatedKFold
local RepeatedKFold = {}

function RepeatedKFold:_folds(n)
  local rng, all = generator(self.random_state, self.where), {}
  for _ = 1, self.n_repeats do
    for _, fold in ipairs(parts.of(self, n, rng)) do all[#all + 1] = fold end
  end
  return all
end

--- How many folds split goes over, n_splits times n_repeats.
---@return integer
function RepeatedKFold:get_n_splits()
  check.that(type(self.n_splits) == "number" and type(self.n_repeats) == "number",
    "%s: n_splits and n_repeats are integers", self.where)
  return self.n_splits * self.n_repeats
end

return splitter.define("mah.model_selection.RepeatedKFold", {
  n_splits = shared.n_splits, n_repeats = shared.n_repeats, random_state = shared.random_state,
}, RepeatedKFold)
