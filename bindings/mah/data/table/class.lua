--- Tables: columns by name. What they are made of; the methods are in the other files of this
--- folder, which fill `methods`.
local Column = require "mah.data.table.column"
local check = require "mah.base.check"
local elsewhere = require "mah.data.table.elsewhere"
local object = require "mah.data.table.object"
local options = require "mah.base.options"

local Table, meta, methods = {}, {}, {}
Table.methods = methods
local class

--- Is it a table of mah.data?
function Table.is(value) return class.is(value) end

--- Where a matrix is wanted (mah.base.vector): its columns, all of them numbers.
function meta.__vector(t) return t:tensor() end

--- Complains unless it is a table of mah.data.
---@return mah.Table
function Table.expect(value, where)
  if not class.is(value) then
    check.raise("%s: a table (mah.data.table) is expected, got %s%s", where, check.show(value),
      methods[where] and ("; with a colon: t:%s(...)"):format(where) or "")
  end
  return value
end

--- The columns, in order; not to be changed.
---@return mah.Column[]
function Table.columns(t) return class.fields(t).columns end

--- A table of columns of one length; their names differ.
---@param columns mah.Column[]
---@param rows integer|nil   when there is no column
---@return mah.Table
function Table.new(columns, rows)
  local places = {}
  for i, column in ipairs(columns) do
    if places[column.name] then check.raise("two columns are named '%s'", column.name) end
    places[column.name] = i
    if #column ~= #columns[1] then
      check.raise("column '%s' has %d rows, '%s' has %d", column.name, #column, columns[1].name,
        #columns[1])
    end
  end
  return class.new { columns = columns, places = places,
    rows = columns[1] and #columns[1] or rows or 0 }
end

--- The column's place; an error offers the nearest name.
---@param which string|integer
---@return integer
function Table.place(t, which, where)
  local fields = class.fields(t)
  if fields.places[which] then return fields.places[which] end
  local n = #fields.columns
  if type(which) == "number" and which % 1 == 0 and which >= 1 and which <= n then return which end
  local hint = type(which) == "string" and options.nearest(which, fields.places)
  local names = {}
  for i = 1, math.min(n, 12) do names[i] = fields.columns[i].name end
  check.raise("%s: there is no column %s; %s", where,
    type(which) == "string" and ("'%s'"):format(which) or check.show(which),
    hint and ("did you mean '%s'?"):format(hint)
      or "there are " .. table.concat(names, ", ") .. (n > 12 and ", ..." or ""))
end

--- The columns of a list of names or places; of all when it is nil.
---@param list string|integer|(string|integer)[]|nil
---@return mah.Column[]
function Table.pick(t, list, where)
  local columns = Table.columns(Table.expect(t, where))
  if list == nil then return columns end
  if type(list) ~= "table" then list = { list } end
  local picked = {}
  for i, which in ipairs(list) do picked[i] = columns[Table.place(t, which, where)] end
  return picked
end

--- A column by its name, also when a method has that name, or by its place from 1.
---
---     local t = mah.data.table{{"name", {"Ann", "Bob", "Cem"}}, {"age", {30, 40, 20}}}
---     print(t:column("age")[1], t:column(1).name)  --> 30 name
---@param self mah.Table
---@param which string|integer
---@return mah.Column
function methods.column(self, which)
  Table.expect(self, "column")
  return Table.columns(self)[Table.place(self, which, "column")]
end

--- Each row as {name = value}; missing values are left out.
---@return fun(i: integer): table   i from 1 to #t
function Table.reader(t)
  local names, values = {}, {}
  for c, column in ipairs(Table.columns(t)) do
    names[c], values[c] = column.name, Column.reader(column)
  end
  return function(i)
    local row = {}
    for c = 1, #names do row[names[c]] = values[c](i) end
    return row
  end
end

local function row_at(t, i)
  local n = #t
  if i % 1 ~= 0 or i == 0 or i < -n or i > n then
    check.raise("row %s is outside of 1 ... %d", tostring(i), n)
  end
  return Table.reader(t)(i < 0 and n + 1 + i or i)
end

local computed = {
  names = function(t)
    local names = {}
    for i, column in ipairs(Table.columns(t)) do names[i] = column.name end
    return names
  end,
  columns = function(t)
    local list = {}
    for i, column in ipairs(Table.columns(t)) do list[i] = column end
    return list
  end,
  rows = function(t) return class.fields(t).rows end,
}

--- What pandas has in brackets.
local function complain_of_key(key)
  check.raise("a table's index is a row's number or a column's name, got %s; %s", check.show(key),
    type(key) == "table" and "columns: t:select{...}" or "rows: t:where(mask)")
end

function meta.__index(t, key)
  if type(key) == "number" then return row_at(t, key) end
  if type(key) ~= "string" then complain_of_key(key) end
  if methods[key] then return methods[key] end
  if computed[key] then return computed[key](t) end
  local fields = class.fields(t)
  local place = fields.places[key]
  if place then return fields.columns[place] end
  local known = {}
  for _, names in ipairs { methods, computed, fields.places } do
    for name in pairs(names) do known[name] = true end
  end
  local said = elsewhere.table[key]
  check.raise("the table has no column and no method '%s'%s", key,
    said and "; " .. said or options.did_you_mean(key, known))
end

--- For completion: what stands behind a point beside the methods.
meta.methods = methods
function meta.fields(t)
  local found = {}
  for name, compute in pairs(computed) do found[name] = compute(t) end
  for name, place in pairs(class.fields(t).places) do
    found[name] = found[name] or class.fields(t).columns[place]
  end
  return found
end

function meta.__newindex(_, key)
  check.raise("a table cannot be changed; t:with{%s = values} makes a new one",
    type(key) == "string" and key or "name")
end

function meta.__len(t) return class.fields(t).rows end

function meta.__tostring(t) return Table.show(t) end

--- For messages (mah.base.check).
function meta.__describe(t)
  return ("a table of %d columns"):format(#Table.columns(t))
end

--- What to do where a tensor is wanted (mah.tensor.ctype).
function meta.__instead() return "t:tensor{\"name\", ...} makes a tensor of its columns" end

class = object.class(meta)
Table.index = meta.__index
Table.Column = Column

return Table
