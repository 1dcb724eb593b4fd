--- What people have as a table, as columns and rows: a table of mah.data or of a study, a matrix,
--- a list of records, or a list of lists of which the first one names the columns.
---
---     rows.of({{name = "a", test = 0.9}}, "report:table")  --> {columns = {"name", "test"}, {...}}
local Results = require "mah.sweep.table"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local tables = require "mah.data.table"

local rows = {}

--- A cell's value as Lua's: elements of tensors of 64 bits become numbers.
local function plain(value)
  return type(value) == "cdata" and Type.is_number(value) and tonumber(value) or value
end

local function of_table(t)
  local names, list = t.names, {}
  for j, name in ipairs(names) do
    local column = t.columns[j]
    for i = 1, t.rows do
      list[i] = list[i] or {}
      list[i][name] = plain(column[i])
    end
  end
  return names, list
end

local function of_records(given)
  local seen, names = {}, {}
  for _, record in ipairs(given) do
    for name in pairs(record) do
      if not seen[name] then seen[name], names[#names + 1] = true, name end
    end
  end
  table.sort(names)
  return names, given
end

--- Names of columns are texts, each once.
local function check_names(names, where)
  local seen = {}
  for j, name in ipairs(names) do
    check.that(type(name) == "string", "%s: the first list names the columns; its entry %d is %s",
      where, j, check.show(name))
    check.that(not seen[name], "%s: two columns are named %q", where, name)
    seen[name] = true
  end
end

local function of_lists(given, where)
  local names, list = given[1], {}
  check_names(names, where)
  for i = 2, #given do
    check.that(type(given[i]) == "table", "%s: row %d must be a list; got %s", where, i - 1,
      check.show(given[i]))
    list[i - 1] = {}
    for j, name in ipairs(names) do list[i - 1][name] = plain(given[i][j]) end
  end
  return names, list
end

--- The names of columns and the rows by them, whatever was given.
local function read(given, where)
  if tables.is(given) then return of_table(given) end
  if Type.is_tensor(given) then return of_table(tables.table(given)) end
  check.that(type(given) == "table", "%s: a table is expected; got %s", where, check.show(given))
  local class = getmetatable(given)
  if class == Results then return given.columns, given end
  if class and rawget(class, "table") then return read(given:table(), where) end -- a study
  check.that(#given > 0, "%s: the table has no rows", where)
  for i, row in ipairs(given) do
    check.that(type(row) == "table", "%s: row %d must be a table; got %s", where, i,
      check.show(row))
  end
  if given[1][1] ~= nil then return of_lists(given, where) end
  local names, list = of_records(given)
  check_names(names, where)
  return names, list
end

---@param given any
---@param where string
---@return sweep_table
function rows.of(given, where) return Results.new(read(given, where)) end

return rows
