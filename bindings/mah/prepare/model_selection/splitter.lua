--- What splitters share: parameters, and split(x, y, groups), which goes over pairs of row numbers.
---
--- A splitter's _folds(n, y, groups) gives the list of {train, test}, Lua lists of row numbers from
--- 1 or int32 tensors.
local Type = require "mah.tensor.type"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local rows = require "mah.prepare.rows"
local tensor = require "mah.tensor"
local vector = require "mah.base.vector"

local splitter = {}

local function to_tensor(list)
  if Type.is_tensor(list) then return list end
  return tensor.tensor(list, { dtype = "int32" })
end

--- The rows that are not in `test`, ascending.
---@param n integer
---@param test integer[]
---@return integer[]
function splitter.rest(n, test)
  local held, train = {}, {}
  for _, row in ipairs(test) do held[row] = true end
  for row = 1, n do
    if not held[row] then train[#train + 1] = row end
  end
  return train
end

--- The folds whose test parts are these.
---@param n integer
---@param tests integer[][]
function splitter.around(n, tests)
  local folds = {}
  for i, test in ipairs(tests) do folds[i] = { splitter.rest(n, test), test } end
  return folds
end

--- Goes over the folds: for train, test in cv:split(x, y, groups) do; int32 row numbers from 1.
---@param x any
---@param y any        the classes, where the shares of classes matter
---@param groups any   the group of each row, for GroupKFold
---@return fun(): tensor, tensor
local function split(self, x, y, groups)
  local n = rows.count(x, self.where .. ": x")
  y, groups = vector(y, "labels"), vector(groups, "labels")
  if y ~= nil then
    local m = rows.count(y, self.where .. ": y")
    check.that(n == m, "%s: x has %d rows and y has %d", self.where, n, m)
  end
  local folds, i = self:_folds(n, y, groups), 0
  return function()
    i = i + 1
    if folds[i] then return to_tensor(folds[i][1]), to_tensor(folds[i][2]) end
  end
end

--- A class of splitters; their parameters are fields.
---@param where string   "mah.model_selection.KFold"
---@param rules table
---@param methods table   with _folds
function splitter.define(where, rules, methods)
  methods.split = split
  methods.get_n_splits = methods.get_n_splits or function(self) return self.n_splits end
  return base.define(where, rules, methods)
end

return splitter
