--- Two tables by a key.
local Column = require "mah.data.table.column"
local Table = require "mah.data.table.class"
local check = require "mah.base.check"
local kinds = require "mah.data.table.kinds"
local make = require "mah.tensor.make"
local options = require "mah.base.options"

local rules = options.declare("table:join", {
  on = { options.required, "string|table", nil,
    "the column, or columns, of the key; in both tables" },
  how = { "inner", { "inner", "left" }, nil, "rows without a partner: \"inner\" leaves them out, "
    .. "\"left\" keeps them without the other's values" },
})

local function check_kinds(mine, theirs)
  local function group(column)
    local kind = column.kind
    return kinds.is_numeric[kind] and "numbers" or kind == "category" and "text" or kind
  end
  for i, column in ipairs(mine) do
    if group(column) ~= group(theirs[i]) then
      check.raise("join: column '%s' is %s in one table and %s in the other; read both with types "
        .. "= {%s = ...}", column.name, column.kind, theirs[i].kind, column.name)
    end
  end
end

--- The column's rows with these numbers, missing where the number is 0.
local function pick(column, rows, name)
  local gone = rows:eq(0)
  if not gone:any() then return Column.like(column, column.values:index_select(1, rows), name) end
  if #column == 0 then check.raise("join: the other table is empty") end
  local kind, values = column.kind, column.values:index_select(1, rows:clamp(1, #column))
  local missing = kind == "number" and tonumber "nan" or -1
  if kind == "integer" or kind == "date" then missing = kinds.MISSING end
  local filler = make.tensor(missing, { dtype = values.dtype })
  values = require("mah.tensor.elementwise").where(gone, filler, values)
  return Column.like(column, values, name)
end

--- The rows of this table, each with the columns of the other's rows that have the same key (a row
--- comes as often as there are such). Other columns with the same name get "_2".
---
---     local people = mah.data.table{name = {"Ann", "Bob"}, port = {"S", "X"}}
---     local ports = mah.data.table{port = {"S", "C"}, town = {"Southampton", "Cherbourg"}}
---     local t = people:join(ports, {on = "port", how = "left"})
---     print(#t, t.town[1], t.town[2])  --> 2 Southampton nil
---@param self mah.Table
---@param other mah.Table
---@param given string|{on: string|string[], how: "inner"|"left"|nil}   a name: on that column
---@return mah.Table
function Table.methods.join(self, other, given)
  Table.expect(self, "join")
  local o = options(type(given) == "string" and { on = given } or given, rules, "table:join")
  local mine = Table.pick(self, o.on, "join")
  local theirs = Table.pick(Table.expect(other, "join: other"), o.on, "join: other table")
  check_kinds(mine, theirs)
  local partners, left, right = {}, {}, {}
  local my_key, their_key = Column.keys(mine), Column.keys(theirs)
  for i = 1, #other do
    local key = their_key(i)
    if key then
      partners[key] = partners[key] or {}
      table.insert(partners[key], i)
    end
  end
  for i = 1, #self do
    local key = my_key(i)
    local found = key and partners[key] or o.how == "left" and { 0 } or {}
    for _, j in ipairs(found) do left[#left + 1], right[#right + 1] = i, j end
  end
  local rows, from = make.tensor(left, { dtype = "int64" }), make.tensor(right, { dtype = "int64" })
  local columns, known, is_key = {}, {}, {}
  for _, column in ipairs(theirs) do is_key[column.name] = true end
  for _, column in ipairs(Table.columns(self)) do
    columns[#columns + 1] = Column.like(column, column.values:index_select(1, rows))
    known[column.name] = true
  end
  for _, column in ipairs(Table.columns(other)) do
    if not is_key[column.name] then
      local name = column.name
      while known[name] do name = name .. "_2" end
      known[name] = true
      columns[#columns + 1] = pick(column, from, name)
    end
  end
  return Table.new(columns, #left)
end

return Table.methods.join
