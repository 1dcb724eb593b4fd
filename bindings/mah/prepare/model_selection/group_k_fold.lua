--- KFold in which the rows of a group are all in one part; the largest groups are placed first,
--- each in the part that has the fewest rows.
---
---     local patients = {"ann", "ann", "bob", "bob", "bob", "cem"}
---     local cv = mah.model_selection.GroupKFold{n_splits = 2}
---     print(cv:get_n_splits())  --> 2
---     for train, test in cv:split(mah.zeros(6, 1), nil, patients) do
---       print(#train, patients[test[1]], patients[test[3]])
---       --> 3 bob bob
---       --> 3 ann cem
---     end
local check = require "mah.base.check"
local quick_order = require "mah.prepare.model_selection.quick_order"
local rows = require "mah.prepare.rows"
local shared = require "mah.prepare.rules"
local splitter = require "mah.prepare.model_selection.splitter"

---@class GroupKFold
local GroupKFold = {}

local function less(a, b)
  if type(a) == type(b) then return a < b end
  return type(a) == "number"
end

--- The groups in ascending order, and the number of rows of each.
local function count_groups(groups, n)
  local counts, names = {}, {}
  for row = 1, n do
    local name = groups[row]
    if not counts[name] then names[#names + 1] = name end
    counts[name] = (counts[name] or 0) + 1
  end
  table.sort(names, less)
  return names, counts
end

--- The largest groups first.
local function by_size(names, counts)
  local sizes, sorted = {}, {}
  for i, name in ipairs(names) do sizes[i] = counts[name] end
  local order = quick_order(sizes)
  for i = 1, #names do sorted[i] = names[order[#names + 1 - i]] end
  return sorted
end

function GroupKFold:_folds(n, _, groups)
  check.that(groups ~= nil, "%s: groups are missing", self.where)
  check.that(type(groups) ~= "string", "%s: groups: a list is expected, got the string %s; a "
    .. "table's column is t.name", self.where, check.show(groups))
  if rows.is_column(groups) then groups = groups:labels() end
  local given = rows.count(groups, self.where .. ": groups")
  check.that(given == n, "%s: x has %d rows and groups has %d", self.where, n, given)
  local names, counts = count_groups(groups, n)
  check.that(self.n_splits <= #names, "%s: n_splits = %d is more than the number of groups, %d",
    self.where, self.n_splits, #names)
  local sizes, fold_of, tests = {}, {}, {}
  for fold = 1, self.n_splits do sizes[fold], tests[fold] = 0, {} end
  for _, name in ipairs(by_size(names, counts)) do
    local lightest = 1
    for fold = 2, self.n_splits do
      if sizes[fold] < sizes[lightest] then lightest = fold end
    end
    sizes[lightest], fold_of[name] = sizes[lightest] + counts[name], lightest
  end
  for row = 1, n do table.insert(tests[fold_of[groups[row]]], row) end
  return splitter.around(n, tests)
end

return splitter.define("mah.model_selection.GroupKFold", {
  n_splits = shared.n_splits,
}, GroupKFold)
