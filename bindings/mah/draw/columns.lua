--- Columns of data with names, as the user gave them.
---
---     columns.read({age = {30, 41}, fare = {7, 8}}, {"fare", "age"}, "mah.plot.box")
---     --> {{name = "fare", values = {7, 8}}, {name = "age", values = {30, 41}}}
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local tables = require "mah.data.table"

local columns = {}

local function of_matrix(data, names, where)
  local m = numbers.matrix(data, where .. ": data")
  check.that(not names or #names == m.columns, "%s: %d columns are named, and data has %d", where,
    names and #names or 0, m.columns)
  local list = {}
  for j = 1, m.columns do
    local values = {}
    for i = 1, m.rows do values[i] = m[i][j] end
    list[j] = { name = names and tostring(names[j]) or j, values = values }
  end
  return list
end

--- A table's columns of numbers, or those that are asked for.
local function of_table(data, names, where)
  local list = {}
  for _, name in ipairs(names or data.names) do
    local column = data:column(name)
    if names or column.kind == "number" or column.kind == "integer" then
      list[#list + 1] = { name = column.name,
        values = numbers.vector(column, ("%s: data.%s"):format(where, column.name)) }
    end
  end
  check.that(#list > 0, "%s: data has no column of numbers", where)
  return list
end

local function sorted_names(data)
  local names = {}
  for name in pairs(data) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  return names
end

--- Columns that stand in front of the options or alone, a tensor or a table, as the option data;
--- anything else as it is.
---@param given any
---@param more table|nil   options after the columns
---@param where string     for messages
---@return table
function columns.named(given, more, where)
  local is_data = Type.is_tensor(given) or tables.is(given)
  return numbers.with_options(given, "data", is_data, more, where)
end

--- From a table (names: which; its numbers when left out), a matrix (names: of its columns) or
--- {name = values ...} (names: which, and in what order; sorted when left out).
---@param names table|nil
---@return {name: string|number, values: number[]}[]
function columns.read(data, names, where)
  if tables.is(data) then return of_table(data, names, where) end
  check.that(Type.is_tensor(data) or type(data) == "table",
    "%s: data must be a table, a tensor or {name = values ...}; got %s", where, check.show(data))
  if Type.is_tensor(data) or data[1] ~= nil then return of_matrix(data, names, where) end
  local list = {}
  for i, name in ipairs(names or sorted_names(data)) do
    if data[name] == nil then
      local hint = options.nearest(tostring(name), data)
      check.raise("%s: data has no column %s%s", where, check.show(name),
        hint and ("; did you mean '%s'?"):format(hint) or "")
    end
    list[i] = { name = name, values = numbers.vector(data[name], ("%s: data.%s"):format(where,
      tostring(name))) }
  end
  check.that(#list > 0, "%s: data has no columns", where)
  return list
end

return columns
