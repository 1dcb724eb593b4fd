--- Columns: values of one kind, some of them perhaps missing.
---
---     local t = mah.data.table{weight = {70, 80}, height = {170, 200}}
---     local bmi = t.weight / (t.height / 100) ^ 2          -- a column again
---     print(bmi[2], #bmi, -bmi:max() < 0)  --> 20 2 true
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local elsewhere = require "mah.data.table.elsewhere"
local ffi = require "ffi"
local kinds = require "mah.data.table.kinds"
local make = require "mah.tensor.make"
local object = require "mah.data.table.object"
local options = require "mah.base.options"

local Column, meta, methods = {}, {}, {}
Column.methods = methods
local class

local read = kinds.read

--- Is it a column?
function Column.is(value) return class.is(value) end

--- A column over tensors that are there. fields: kind, values, names, bytes
---@param name string
---@param fields table
---@return mah.Column
function Column.new(name, fields)
  fields.name = name
  fields.values = fields.values:contiguous()
  return class.new(fields)
end

--- The same kind with other values: rows picked, a name given.
function Column.like(column, values, name)
  return Column.new(name or column.name, { kind = column.kind, values = values,
    names = column.names, bytes = column.bytes })
end

--- A text that is the same for the same value, and differs for others; nil when it is missing.
local function text_of(value)
  if Type.is_number(value) then return kinds.number_text(value) end
  return value ~= nil and tostring(value) or nil
end

--- The value of each row, as column[i] without its checks and look-ups: for loops over rows.
---@return fun(i: integer): any   i from 1 to #column
function Column.reader(column)
  local fields, value_at = class.fields(column), read[column.kind]
  return function(i) return value_at(fields, i - 1) end
end

--- A text of each row that is the same for rows with the same values in these columns, and differs
--- for others; nil when one is missing.
---@param columns mah.Column[]
---@return fun(i: integer): string|nil   i from 1
function Column.keys(columns)
  local values, parts = {}, {}
  for c, column in ipairs(columns) do values[c] = Column.reader(column) end
  return function(i)
    for c = 1, #values do
      local text = text_of(values[c](i))
      if text == nil then return nil end
      parts[c] = #text .. ":" .. text
    end
    return table.concat(parts)
  end
end

--- Complains unless it is a column, which a method is called with.
local function expect(column, where)
  if not Column.is(column) then
    check.raise("%s: a column is expected, got %s; its methods are called with a colon", where,
      check.show(column))
  end
  return column
end
Column.expect = expect

-- -- Values ---------------------------------------------------------------------------------------

function meta.__index(column, key)
  if type(key) == "number" then
    local n = #column
    local i = key < 0 and key + n or key - 1
    if i < 0 or i >= n or i % 1 ~= 0 then
      check.raise("row %s of column '%s' is outside of 1 ... %d", tostring(key), column.name, n)
    end
    return read[column.kind](column, i)
  end
  local field = class.fields(column)[key]
  if field ~= nil then return field end
  if methods[key] or key == "names" or key == "bytes" then return methods[key] end
  local said = elsewhere.column[key]
  check.raise("column '%s' has no '%s'%s", column.name, tostring(key),
    said and "; " .. said or options.did_you_mean(key, methods))
end

--- For completion: what stands behind a point beside the methods.
meta.methods = methods
function meta.fields(column) return class.fields(column) end

function meta.__len(column) return tonumber(column.values.extent[0]) end

function meta.__newindex(column, key)
  check.raise("column '%s' cannot be changed (at %s); t:with{name = values} makes a new table",
    column.name, tostring(key))
end

--- The values as a Lua list: strings, numbers, booleans; `missing` in the place of those that are.
---
---     local t = mah.data.table{age = {30, 0 / 0, 20}}
---     print(#t.age:list(-1), t.age:list(-1)[2])  --> 3 -1
---@param self mah.Column
---@param missing any   nil leaves holes
---@return any[]
function methods.list(self, missing)
  local list, value_at, fields = {}, read[expect(self, "list").kind], class.fields(self)
  for i = 0, #self - 1 do
    local value = value_at(fields, i)
    if value == nil then value = missing end
    list[i + 1] = value
  end
  return list
end

--- Where values are missing (bool).
---
---     local t = mah.data.table{age = {30, 0 / 0, 20}}
---     print(t.age:missing()[1], t.age:missing()[2])  --> false true
---@param self mah.Column
---@return tensor
function methods.missing(self)
  local values = expect(self, "missing").values
  if self.kind == "number" then return values:isnan() end
  if self.kind == "integer" or self.kind == "date" then
    return values:eq(make.tensor(kinds.MISSING, { dtype = "int64" }))
  end
  return values:lt(0)
end

--- How many values are missing.
---
---     local t = mah.data.table{age = {30, 0 / 0, 20}}
---     print(t.age:count_missing())  --> 1
---@param self mah.Column
---@return integer
function methods.count_missing(self) return methods.missing(self):sum() end

--- How many values there are, without those that are missing.
---
---     local t = mah.data.table{age = {30, 0 / 0, 20}}
---     print(#t.age, t.age:count())  --> 3 2
---@param self mah.Column
---@return integer
function methods.count(self) return #expect(self, "count") - self:count_missing() end

--- The values as numbers, NaN where they are missing: float64 unless told (integers without
--- missing values may become "int64"); booleans as 0 and 1, dates as seconds since 1970.
---
---     local t = mah.data.table({ok = {true, false}, day = {"1970-01-02", "1970-01-01"}},
---       {types = {day = "date"}})
---     print(t.ok:tensor()[1], t.day:tensor()[1], t.ok:tensor("float32").dtype)
---     --> 1 86400 float32
---@param self mah.Column
---@param dtype string|nil
---@return tensor
function methods.tensor(self, dtype)
  local kind = expect(self, "tensor").kind
  if kind == "text" or kind == "category" then
    check.raise("column '%s' holds %s, not numbers; leave it out, or encode it (its codes are "
      .. "column.values)", self.name, kind == "text" and "text" or "categories")
  end
  if kind == "number" and (dtype == nil or dtype:find "^float") then
    return self.values:to(dtype or "float64")
  end
  local any = self:count_missing() > 0
  if kind == "integer" and not any then return self.values:to(dtype or "float64") end
  local numbers = self.values:double()
  if kind == "date" then numbers = numbers / 1e6 end
  if any and kind ~= "number" then
    numbers = require("mah.tensor.elementwise").where(self:missing(), tonumber "nan", numbers)
  end
  if any and dtype and not dtype:find "^float" then
    check.raise("column '%s' has %d missing values, which %s cannot hold", self.name,
      self:count_missing(), dtype)
  end
  return numbers:to(dtype or "float64")
end

--- What fit and metrics take as labels: int64 of integers, float64 of numbers, int32 (0, 1) of
--- booleans, a list of strings of categories and texts. A missing value is an error.
---
---     local t = mah.data.table{kind = {"cat", "dog", "cat"}, n = {1, 2, 3}}
---     print(t.kind:labels()[2], t.n:labels().dtype)  --> dog int64
---@param self mah.Column
---@return tensor|any[]
function methods.labels(self)
  local missing = expect(self, "labels"):count_missing()
  if missing > 0 then
    check.raise("column '%s' has %d missing values (the first one in row %d), which are no labels; "
      .. "t:drop_missing{\"%s\"} leaves those rows out", self.name, missing,
      self:missing():nonzero()[1][1], self.name)
  end
  local is_text = self.kind == "category" or self.kind == "text" or self.kind == "date"
  return is_text and self:list() or self.values
end

--- What stands for it where a vector is wanted (mah.base.vector).
---@param want "numbers"|"labels"|nil
function meta.__vector(column, want)
  local kind = column.kind
  local is_exact = kind == "integer" and column:count_missing() == 0
  local has_numbers = kind ~= "category" and kind ~= "text" and not is_exact
  if want == "numbers" or want == nil and has_numbers then return column:tensor() end
  return column:labels()
end

-- -- Comparisons: masks ---------------------------------------------------------------------------

--- The number that a value is in the column's tensor; nil when it is none of its names.
local function place_of(column, value, where)
  if column.kind == "date" then
    if type(value) == "string" then
      local found = ffi.new "int64_t[1]"
      if C.mah_date_read(found, value, #value) ~= 0 then return found[0] end
    end
    check.raise("%s: column '%s' holds dates; a date as \"2026-11-28\" is expected, got %s", where,
      column.name, check.show(value))
  end
  if kinds.is_numeric[column.kind] then
    if Type.is_number(value) then return value end
    check.raise("%s: column '%s' holds numbers; got %s", where, column.name, check.show(value))
  end
  for i, name in ipairs(column.names) do
    if name == value then return i - 1 end
  end
end

local function mask_of_text(column, value)
  local mask = make.zeros(#column, "bool")
  for i = 0, #column - 1 do
    if read.text(column, i) == value then mask[i + 1] = 1 end
  end
  return mask
end

local function as_tensor(place, column)
  local dtype = column.values.dtype
  if Type.is_number(place) and dtype == "int64" and type(place) == "number" and place % 1 ~= 0 then
    dtype = "float64"
  end
  return make.tensor(place, { dtype = dtype })
end

local function equals(column, value)
  if column.kind == "text" then return mask_of_text(column, value) end
  local place = place_of(column, value, "eq")
  if place == nil then return make.zeros(#column, "bool") end
  return column.values:eq(as_tensor(place, column))
end

--- Where the value equals another one: a mask (bool), false where it is missing.
---
---     local t = mah.data.table{{"name", {"Ann", "Bob", "Cem"}}, {"age", {30, 40, 20}}}
---     local mask = t.name:eq("Bob")
---     print(mask[1], mask[2], t:where(mask).age[1])  --> false true 40
---@param self mah.Column
---@param value any   of the column's kind
---@return tensor
function methods.eq(self, value) return equals(expect(self, "eq"), value) end

--- Where there is a value that is another one.
---
---     local t = mah.data.table{age = {30, 0 / 0, 20}}
---     print(#t:where(t.age:ne(30)))  --> 1
---@param self mah.Column
---@param value any
---@return tensor
function methods.ne(self, value)
  return equals(expect(self, "ne"), value):eq(0):mul(self:missing():eq(0))
end

--- Where the value is one of a list.
---
---     local t = mah.data.table{{"name", {"Ann", "Bob", "Cem"}}, {"age", {30, 40, 20}}}
---     print(#t:where(t.name:isin({"Ann", "Cem", "Eve"})))  --> 2
---@param self mah.Column
---@param values any[]
---@return tensor
function methods.isin(self, values)
  local mask = make.zeros(#expect(self, "isin"), "bool")
  for _, value in ipairs(values) do mask = mask:maximum(equals(self, value)) end
  return mask
end

--- A comparison by order, of numbers and dates.
local function compare(self, name, value)
  expect(self, name)
  if not kinds.is_numeric[self.kind] and self.kind ~= "date" then
    check.raise("%s: column '%s' holds %s, which has no order", name, self.name, self.kind)
  end
  local place = place_of(self, value, name)
  return self.values[name](self.values, as_tensor(place, self)):mul(self:missing():eq(0))
end

--- Where the number or date is less than this: a mask (bool), false where it is missing.
---
---     local t = mah.data.table({day = {"2026-11-28", "2026-12-01"}, n = {1, 2}},
---       {types = {day = "date"}})
---     print(#t:where(t.n:lt(2)), #t:where(t.day:lt("2026-12-01")))  --> 1 1
---@param self mah.Column
---@param value number|string
---@return tensor
function methods.lt(self, value) return compare(self, "lt", value) end

--- Where the number or date is at most this; see lt.
---
---     local t = mah.data.table{n = {1, 2, 3}}
---     print(#t:where(t.n:le(2)))  --> 2
---@param self mah.Column
---@param value number|string
---@return tensor
function methods.le(self, value) return compare(self, "le", value) end

--- Where the number or date is greater than this; see lt.
---
---     local t = mah.data.table{n = {1, 2, 3}}
---     print(#t:where(t.n:gt(2)))  --> 1
---@param self mah.Column
---@param value number|string
---@return tensor
function methods.gt(self, value) return compare(self, "gt", value) end

--- Where the number or date is at least this; see lt.
---
---     local t = mah.data.table{n = {1, 2, 3}}
---     print(#t:where(t.n:ge(2)))  --> 2
---@param self mah.Column
---@param value number|string
---@return tensor
function methods.ge(self, value) return compare(self, "ge", value) end

-- -- Arithmetic: columns of numbers ---------------------------------------------------------------

local function operand(value) return Column.is(value) and value:tensor() or value end

for name, combine in pairs {
  add = function(a, b) return a + b end, sub = function(a, b) return a - b end,
  mul = function(a, b) return a * b end, div = function(a, b) return a / b end,
  pow = function(a, b) return a ^ b end, mod = function(a, b) return a % b end,
} do
  meta["__" .. name] = function(a, b)
    local one = Column.is(a) and a or b
    return Column.new(one.name, { kind = "number", values = combine(operand(a), operand(b)) })
  end
end

function meta.__unm(a) return Column.new(a.name, { kind = "number", values = -a:tensor() }) end

--- Column 'age': 891 numbers, 177 missing: 22, 38, ...
function meta.__tostring(column)
  local n, shown = #column, {}
  for i = 1, math.min(n, 8) do
    local value = column[i]
    shown[i] = value == nil and "-" or tostring(value)
  end
  return ("column '%s': %d x %s, %d missing: %s%s"):format(column.name, n, column.kind,
    column:count_missing(), table.concat(shown, ", "), n > 8 and ", ..." or "")
end

--- For messages (mah.base.check).
function meta.__describe(column)
  return ("the column '%s' (%s)"):format(column.name, column.kind)
end

--- What to do where a tensor is wanted (mah.tensor.ctype).
function meta.__instead(column)
  return ("t:tensor{%q} makes a matrix of one column of it"):format(column.name)
end

class = object.class(meta)

return Column
