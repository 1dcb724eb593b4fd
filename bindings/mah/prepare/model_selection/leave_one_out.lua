--- Each row once is the test part, alone.
---
---     local cv, x = mah.model_selection.LeaveOneOut{}, mah.zeros(4, 1)
---     print(cv:get_n_splits(x))  --> 4
---     for train, test in cv:split(x) do print(#train, test[1]) end
---     --> 3 1
---     --> 3 2
---     --> 3 3
---     --> 3 4
local check = require "mah.base.check"
local rows = require "mah.prepare.rows"
local splitter = require "mah.prepare.model_selection.splitter"

---@class LeaveOneOut
local LeaveOneOut = {}

function LeaveOneOut:_folds(n)
  check.that(n > 1, "%s: %d row cannot be divided", self.where, n)
  local tests = {}
  for row = 1, n do tests[row] = { row } end
  return splitter.around(n, tests)
end

--- How many folds split goes over, as many as x has rows.
---@param x any
---@return integer
function LeaveOneOut:get_n_splits(x) return rows.count(x, self.where .. ":get_n_splits: x") end

return splitter.define("mah.model_selection.LeaveOneOut", {}, LeaveOneOut)
