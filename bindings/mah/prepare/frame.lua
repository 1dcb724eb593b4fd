--- Rows and columns of numbers or labels, as transformers see what they are given: a matrix, a
--- table, columns by name, or a list of rows. A missing value is NaN, among labels too.
---
---     local f = frame.of({ { "a", 1 }, { "b", 2 } }, "mah.preprocessing.OneHotEncoder")
---     f.columns[1][2], f.columns[2]:mean()
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local options = require "mah.base.options"
local rows = require "mah.prepare.rows"
local tables = require "mah.data.table"
local tensor = require "mah.tensor"

---@class mah.Frame
---@field rows integer
---@field names string[]|nil    of the columns; nil where they have only numbers
---@field columns (tensor|any[])[]   float64 vectors, and lists of labels
local Frame = {}
Frame.__index = Frame

local frame = { MISSING = 0 / 0 }

---@param columns (tensor|any[])[]
---@param names string[]|nil
---@param count integer   of rows
---@return mah.Frame
function frame.new(columns, names, count)
  return setmetatable({ columns = columns, names = names, rows = count }, Frame)
end

function frame.is(x) return getmetatable(x) == Frame end

function frame.is_missing(value) return value ~= value end

-- -- Columns --------------------------------------------------------------------------------------

--- A list of numbers (and NaN) as a vector; lists with anything else stay.
local function tightened(list)
  if Type.is_tensor(list) then return list end
  local numbers = true
  for i = 1, #list do
    local value = list[i]
    local kind = type(value)
    check.that(kind == "number" or kind == "string" or kind == "boolean",
      "row %d holds %s; numbers and strings are expected", i, check.show(value))
    numbers = numbers and kind ~= "string"
  end
  if not numbers then return list end
  local out = tensor.empty(#list, { dtype = "float64" })
  for i = 1, #list do
    local value = list[i]
    out[i] = value == true and 1 or value == false and 0 or value
  end
  return out
end

local function column_of(values, where, label)
  if Type.is_tensor(values) then
    check.that(values.ndim == 1, "%s: column %s: a vector is expected, got shape (%s)", where,
      label, table.concat(values.shape, ", "))
    return values:double()
  end
  check.that(type(values) == "table" or rows.is_column(values), "%s: column %s is %s; a list with "
    .. "the values of its rows is expected, {%s} for one row", where, label, check.show(values),
    check.show(values))
  local ok, result = pcall(tightened, values)
  return ok and result or check.raise("%s: column %s: %s", where, label,
    (tostring(result):gsub("^[^\n]-:%d+: ", "", 1)))
end

local function of_names(x, where)
  local names, columns = {}, {}
  for name in pairs(x) do
    check.that(type(name) == "string", "%s: a column's name is %s", where, check.show(name))
    names[#names + 1] = name
  end
  table.sort(names)
  for k, name in ipairs(names) do columns[k] = column_of(x[name], where, check.show(name)) end
  return frame.new(columns, names, rows.count(x, where))
end

local function of_rows(x, where)
  local width, columns = nil, {}
  for i, row in ipairs(x) do
    check.that(type(row) == "table", "%s: row %d is %s; a list of values is expected", where, i,
      check.show(row))
    width = width or #row
    check.that(#row == width, "%s: row %d has %d values, and row 1 has %d", where, i, #row, width)
    for k = 1, width do
      columns[k] = columns[k] or {}
      columns[k][i] = row[k]
    end
  end
  for k = 1, width do columns[k] = column_of(columns[k], where, tostring(k)) end
  return frame.new(columns, nil, #x)
end

local function of_matrix(x, where)
  check.that(Type.expect(x, where).ndim == 2,
    "%s: a matrix (samples, features) is expected, got shape (%s)%s", where,
    table.concat(x.shape, ", "),
    x.ndim == 1 and "; x:reshape(-1, 1) has one feature, x:reshape(1, -1) one sample" or "")
  local columns, numbers = {}, x:double()
  for k = 1, x.shape[2] do columns[k] = numbers:select(2, k) end
  return frame.new(columns, nil, x.shape[1])
end

--- The columns of a table: numbers, and lists of categories and texts.
local function of_table(x)
  local columns = {}
  for k, column in ipairs(x.columns) do
    local is_text = column.kind == "category" or column.kind == "text"
    columns[k] = is_text and column:list(frame.MISSING) or column:tensor()
  end
  return frame.new(columns, x.names, #x)
end

---@param x any
---@param where string   for messages
---@return mah.Frame
function frame.of(x, where)
  if frame.is(x) then return x end
  if Type.is_tensor(x) then return of_matrix(x, where) end
  if rows.is_table(x) then return of_table(x) end
  check.that(type(x) == "table" and next(x) ~= nil,
    "%s: x: a matrix, a table or a list of rows is expected, got %s%s", where, check.show(x),
    rows.is_column(x) and ("; t:select{%q} is a table of it"):format(x.name) or "")
  return rows.has_names(x) and of_names(x, where) or of_rows(x, where)
end

--- What a transformer gives back: a matrix where all columns are numbers, else a table.
---@param lists any[][]
---@param names string[]|nil
---@param count integer
---@return tensor|mah.Table
function frame.result(lists, names, count)
  local numbers = true
  for k, list in ipairs(lists) do
    lists[k] = tightened(list)
    numbers = numbers and Type.is_tensor(lists[k])
  end
  local f = frame.new(lists, names, count)
  if numbers then return f:matrix "mah.Frame" end
  local columns = {}
  for k, name in ipairs(f:labels()) do columns[k] = { name, lists[k] } end
  return tables.table(columns)
end

-- -- Parts ----------------------------------------------------------------------------------------

--- The name of column k in messages.
function Frame:label(k) return self.names and ("%q"):format(self.names[k]) or tostring(k) end

--- The names, or scikit-learn's where there are none: x0, x1 ...
function Frame:labels()
  local labels = {}
  for k = 1, #self.columns do labels[k] = self.names and self.names[k] or "x" .. (k - 1) end
  return labels
end

local function place_of(self, name, where)
  if type(name) == "number" then
    check.that(name % 1 == 0 and name >= 1 and name <= #self.columns,
      "%s: there is no column %s; there are %d", where, tostring(name), #self.columns)
    return name
  end
  local known = {}
  for k, own in ipairs(self.names or {}) do
    if own == name then return k end
    known[own] = k
  end
  check.that(self.names, "%s: the columns have no names, and %s is asked for; give their numbers",
    where, check.show(name))
  local hint = type(name) == "string" and options.nearest(name, known)
  check.raise("%s: there is no column %s%s", where, check.show(name),
    hint and ("; did you mean %q?"):format(hint)
      or "; there are " .. table.concat(self.names, ", "))
end

--- Some columns, by name or by number from 1.
---@param wanted (string|integer)[]
---@param where string
---@return mah.Frame
function Frame:pick(wanted, where)
  local columns, names = {}, self.names and {}
  for k, name in ipairs(wanted) do
    local place = place_of(self, name, where)
    columns[k] = self.columns[place]
    if names then names[k] = self.names[place] end
  end
  return frame.new(columns, names, self.rows)
end

--- The columns whose places are not in `used`.
---@param used table<integer, boolean>
---@return mah.Frame, integer[] places
function Frame:others(used)
  local places = {}
  for k = 1, #self.columns do
    if not used[k] then places[#places + 1] = k end
  end
  return self:pick(places, ""), places
end

---@param wanted string|integer
---@param where string
---@return integer
function Frame:place(wanted, where) return place_of(self, wanted, where) end

---@param indices tensor   int32, from 1
---@return mah.Frame
function Frame:take(indices)
  local columns = {}
  for k, column in ipairs(self.columns) do columns[k] = rows.take(column, indices) end
  return frame.new(columns, self.names, #indices)
end

--- A column by its name.
function Frame:column(name) return self.columns[place_of(self, name, "mah.Frame:column")] end

function Frame:__tostring()
  return ("%d rows of %s"):format(self.rows, table.concat(self:labels(), ", "))
end

--- The columns as a float64 matrix; labels among them are an error that names one.
---@param where string
---@return tensor
function Frame:matrix(where)
  local out = tensor.empty(self.rows, #self.columns, { dtype = "float64" })
  for k, column in ipairs(self.columns) do
    if type(column) == "table" then
      for i, value in ipairs(column) do
        check.that(type(value) ~= "string", "%s: column %s holds the string %q in row %s; numbers "
          .. "are needed here", where, self:label(k), tostring(value), tostring(i))
      end
    end
    out:select(2, k):copy_(column)
  end
  return out
end

return frame
