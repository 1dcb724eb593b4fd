--- KFold, RepeatedKFold and LeaveOneOut: parts of the rows, each once the test part; in their
--- order, or with shuffle = true shuffled.
---
---     for train, test in mah.model_selection.KFold{n_splits = 3, shuffle = true}:split(x) do
---       print(#train, #test)
---     end
local check = require "mah.base.check"
local generator = require "mah.prepare.generator"
local rows = require "mah.prepare.rows"
local splitter = require "mah.prepare.model_selection.splitter"

local k_fold = {}

--- 1 ... n cut into `count` lists, the first n % count of which have one more.
local function cut(order, n, count)
  local parts, at = {}, 0
  for i = 1, count do
    local size = math.floor(n / count) + (i <= n % count and 1 or 0)
    parts[i] = {}
    for j = 1, size do parts[i][j] = order[at + j] end
    table.sort(parts[i])
    at = at + size
  end
  return parts
end

local function folds_of(self, n, rng)
  check.that(self.n_splits <= n, "%s: n_splits = %d is more than the %d rows", self.where,
    self.n_splits, n)
  local order = rng and rng:permutation(n)
  if not order then
    order = {}
    for row = 1, n do order[row] = row end
  end
  return splitter.around(n, cut(order, n, self.n_splits))
end

local KFold = {}

function KFold:_folds(n)
  check.that(self.shuffle or self.random_state == nil,
    "%s: random_state has no effect without shuffle = true", self.where)
  return folds_of(self, n, self.shuffle and generator(self.random_state, self.where))
end

--- n_splits parts of the rows, each once the test part.
k_fold.KFold = splitter.define("mah.model_selection.KFold", {
  n_splits = { 5, "integer", "[2, inf)" },
  shuffle = { false, "boolean" },
  random_state = { nil, "integer|table", "[0, 4294967295]" },
}, KFold)

local RepeatedKFold = {}

function RepeatedKFold:_folds(n)
  local rng, all = generator(self.random_state, self.where), {}
  for _ = 1, self.n_repeats do
    for _, fold in ipairs(folds_of(self, n, rng)) do all[#all + 1] = fold end
  end
  return all
end

function RepeatedKFold:get_n_splits()
  check.that(type(self.n_splits) == "number" and type(self.n_repeats) == "number",
    "%s: n_splits and n_repeats are integers", self.where)
  return self.n_splits * self.n_repeats
end

--- KFold, shuffled anew n_repeats times.
k_fold.RepeatedKFold = splitter.define("mah.model_selection.RepeatedKFold", {
  n_splits = { 5, "integer", "[2, inf)" },
  n_repeats = { 10, "integer", "[1, inf)" },
  random_state = { nil, "integer|table", "[0, 4294967295]" },
}, RepeatedKFold)

local LeaveOneOut = {}

function LeaveOneOut:_folds(n)
  check.that(n > 1, "%s: %d row cannot be divided", self.where, n)
  local tests = {}
  for row = 1, n do tests[row] = { row } end
  return splitter.around(n, tests)
end

--- As many as x has rows.
function LeaveOneOut:get_n_splits(x) return rows.count(x, self.where .. ":get_n_splits: x") end

--- Each row once is the test part.
k_fold.LeaveOneOut = splitter.define("mah.model_selection.LeaveOneOut", {}, LeaveOneOut)

return k_fold
