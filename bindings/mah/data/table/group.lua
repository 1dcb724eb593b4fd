--- Groups of rows with the same values.
---
---     local t = mah.data.table{port = {"S", "C", "S", "S"}, fare = {7, 30, 8, 12}}
---     local groups = t:group_by("port")
---     print(groups:count().count[2], groups:sum().fare[2], groups:mean().fare[2])  --> 3 27 9
---     print(groups:min().fare[2], groups:median().fare[2], groups:max().fare[2])  --> 7 8 12
---     print(("%.4f"):format(groups:std().fare[2]), groups:first().fare[2])  --> 2.6458 7
local Column = require "mah.data.table.column"
local Table = require "mah.data.table.class"
local build = require "mah.data.table.build"
local check = require "mah.base.check"
local class = require "mah.base.class"
local make = require "mah.tensor.make"
local options = require "mah.base.options"

--- Groups of a table's rows, as group_by gives them. Each method gives a table with a row for each
--- group: its keys, and what the method says of the other columns, of the values that are there.
---@class mah.Grouped
---@field private table mah.Table the rows, sorted by the keys
---@field private by mah.Column[] the keys
---@field private groups {first: integer, count: integer}[] the rows of each group
local Grouped = class.new("a grouped table", "groups")

--- Methods; of a column, as pandas has it, what to write.
function Grouped.__index(self, name)
  if rawget(Grouped, name) ~= nil then return Grouped[name] end
  local is_column = false
  for _, own in ipairs(rawget(self, "table").names) do is_column = is_column or own == name end
  check.raise("group_by: groups have no %s%s", check.show(name), is_column
    and ("; of this column alone: t:select{..., %q}:group_by(...):mean()"):format(name)
    or options.did_you_mean(name, Grouped))
end

local NAN = tonumber "nan"

--- Numbers that differ where a column's values do; none is missing.
local function numbers_of(column)
  if column.kind ~= "text" then return column.values end
  local codes, known = make.empty(#column, { dtype = "int32" }), {}
  local count = 0
  for i, text in ipairs(column:list()) do
    if not known[text] then known[text], count = count, count + 1 end
    codes[i] = known[text]
  end
  return codes
end

--- Where a row of the sorted columns is not as the one before it (bool).
local function beginnings(columns, n)
  local mask = make.zeros(n, "bool")
  if n == 0 then return mask end
  mask[1] = 1
  local rest = mask:narrow(1, 2, n - 1)
  for _, column in ipairs(columns) do
    local values = numbers_of(column)
    rest:copy_(rest:maximum(values:narrow(1, 2, n - 1):ne(values:narrow(1, 1, n - 1))))
  end
  return mask
end

--- The rows by the values of one or more columns. Groups come in the order of those values; rows
--- where one is missing are left out.
---
---     local t = mah.data.table{port = {"S", "C", "S"}, fare = {7, 30, 9}}
---     local groups = t:group_by("port")
---     local means = groups:mean()
---     print(means.port[2], means.fare[2], groups:count().count[2], groups:first().fare[2])
---     --> S 8 2 7
---@param self mah.Table
---@param ... string   columns
---@return mah.Grouped
function Table.methods.group_by(self, ...)
  local by = { ... }
  Table.expect(self, "group_by")
  if type(by[1]) == "table" then by = by[1] end
  if #by == 0 then check.raise "group_by: by which column?" end
  Table.pick(self, by, "group_by")
  local sorted = self:drop_missing(by):sort(by)
  local columns = Table.pick(sorted, by, "group_by")
  local first, groups = beginnings(columns, #sorted):nonzero(), {}
  for g = 1, #first do
    local from, after = first[g][1], g < #first and first[g + 1][1] or #sorted + 1
    groups[g] = { first = from, count = after - from }
  end
  return setmetatable({ table = sorted, by = columns, groups = groups }, Grouped)
end

--- The grouping columns, a row a group.
local function heads(self)
  local rows = make.empty(#self.groups, { dtype = "int64" })
  for g, group in ipairs(self.groups) do rows[g] = group.first end
  local columns = {}
  for i, column in ipairs(self.by) do
    columns[i] = Column.like(column, column.values:index_select(1, rows))
  end
  return columns, rows
end

local function is_key(self, column)
  for _, key in ipairs(self.by) do
    if key.name == column.name then return true end
  end
  return false
end

--- One row a group: the keys, and f of each column that is left.
local function summarize(self, columns, f)
  local result = heads(self)
  for _, column in ipairs(columns) do
    local values = {}
    for g, group in ipairs(self.groups) do
      values[g] = f(Column.like(column, column.values:narrow(1, group.first, group.count)))
    end
    local kind = column.kind == "date" and "date" or nil
    result[#result + 1] = build.column(column.name, values, kind, #self.groups)
  end
  return Table.new(result)
end

local function others(self, wanted)
  local columns = {}
  for _, column in ipairs(Table.columns(self.table)) do
    if not is_key(self, column) and wanted(column) then columns[#columns + 1] = column end
  end
  return columns
end

local function has_numbers(column) return column.kind ~= "text" and column.kind ~= "category" end
local function has_sums(column) return has_numbers(column) and column.kind ~= "date" end

--- A statistic of each group, of the columns that are wanted.
local function statistic(self, name, wanted)
  return summarize(self, others(self, wanted), function(part)
    local value = part[name](part)
    return value == nil and NAN or value
  end)
end

--- The sum of each column of numbers in each group.
---@return mah.Table
function Grouped:sum() return statistic(self, "sum", has_sums) end

--- The mean of each column of numbers in each group.
---@return mah.Table
function Grouped:mean() return statistic(self, "mean", has_sums) end

--- The median of each column of numbers in each group.
---@return mah.Table
function Grouped:median() return statistic(self, "median", has_sums) end

--- The standard deviation of each column of numbers in each group, with n - 1.
---@return mah.Table
function Grouped:std() return statistic(self, "std", has_sums) end

--- The least value of each column of numbers or dates in each group.
---@return mah.Table
function Grouped:min() return statistic(self, "min", has_numbers) end

--- The greatest value of each column of numbers or dates in each group.
---@return mah.Table
function Grouped:max() return statistic(self, "max", has_numbers) end

--- How many rows each group has.
---@return mah.Table
function Grouped:count()
  local columns, counts = heads(self), {}
  for g, group in ipairs(self.groups) do counts[g] = group.count end
  local name = "count"
  for _, column in ipairs(columns) do if column.name == name then name = "count_rows" end end
  columns[#columns + 1] = build.column(name, counts, "integer", #counts)
  return Table.new(columns)
end

--- The first row of each group, as it comes in the table.
---@return mah.Table
function Grouped:first()
  local _, rows = heads(self)
  return self.table:take(rows)
end

function Grouped:__tostring()
  local names = {}
  for i, column in ipairs(self.by) do names[i] = column.name end
  return ("%d groups of %d rows by %s; :count() :mean() :sum() :min() :max() :std() :median() "
    .. ":first()"):format(#self.groups, #self.table, table.concat(names, ", "))
end

return Grouped
