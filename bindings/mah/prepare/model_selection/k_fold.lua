--- Cuts the rows into n_splits parts, each once the test part.
---
---     local x = mah.arange(6):view(6, 1)
---     local cv = mah.model_selection.KFold{n_splits = 3}
---     print(cv:get_n_splits())  --> 3
---     for train, test in cv:split(x) do print(#train, test[1], test[2]) end
---     --> 4 1 2
---     --> 4 3 4
---     --> 4 5 6
local parts = require "mah.prepare.model_selection.parts"
local shared = require "mah.prepare.rules"
local splitter = require "mah.prepare.model_selection.splitter"

---@class KFold
local KFold = {}

function KFold:_folds(n) return parts.of(self, n, parts.generator(self)) end

return splitter.define("mah.model_selection.KFold", {
  n_splits = shared.n_splits, shuffle = shared.shuffle, random_state = shared.random_state,
}, KFold)
