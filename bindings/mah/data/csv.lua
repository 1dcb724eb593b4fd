--- Tables of numbers as text.
---
---     mah.save_csv("iris.csv", x, { header = { "length", "width" } })
---     local x, columns = mah.load_csv("iris.csv")
---     print(columns.names[1])                                         --> length
---     local x, columns = mah.load_csv("named.csv", { text = { "species" } })
---     print(columns.text.species[1])                                  -- one string a row
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local file = require "mah.base.file"
local options = require "mah.base.options"
local read = require "mah.data.table.read"
require "mah.data.table"

local csv = {}

local function delimiter_byte(delimiter, where)
  if #delimiter ~= 1 then
    check.raise("%s: the delimiter must be one character, got %s", where, check.show(delimiter))
  end
  return delimiter:byte()
end

-- -- Reading --------------------------------------------------------------------------------------

local load_rules = options.declare("mah.load_csv", {
  delimiter = { nil, "string", nil, "one character between the cells; nil: found" },
  header = { "auto", { true, false, "auto" }, nil, "does the first row hold names? auto: if "
    .. "columns are asked for by name, or it has text where numbers are expected" },
  skip = { 0, "integer", "[0, inf)", "lines left out at the start" },
  dtype = { "float32", "string", nil, "of the tensor; integer dtypes take no missing values" },
  columns = { nil, "table", nil, "the columns to read, by name or number, in this order; nil: "
    .. "all" },
  text = { nil, "table", nil, "columns, by name or number, that are given as strings and not in "
    .. "the tensor" },
})

local kinds = { float32 = C.MAH_COLUMN_FLOAT32, float64 = C.MAH_COLUMN_NUMBER }
local limits = { int32 = { -2 ^ 31, 2 ^ 31 - 1 }, uint8 = { 0, 255 } }

local function has_name(list)
  for _, which in ipairs(list or {}) do
    if type(which) == "string" then return true end
  end
  return false
end

--- The columns to read (nil: all): numbers and texts.
local function wanted(o)
  if not o.columns then return nil end
  local list = {}
  for i, which in ipairs(o.columns) do list[i] = which end
  for _, which in ipairs(o.text or {}) do list[#list + 1] = which end
  return list
end

--- Where a cell is no number: what to write if none of the column's are.
local function advise_text(message)
  local place, name = message:match "line %d+, column (%d+)(.-): '.*' is not an? %a+$"
  if not place then return nil end
  name = name:match "^ '(.*)'$"
  return ("if the column is text: text = {%s}"):format(name and ("%q"):format(name) or place)
end

local function read_table(path, o, header)
  local is_text = {}
  for _, which in ipairs(o.text or {}) do is_text[which] = true end
  local number = kinds[o.dtype] or C.MAH_COLUMN_INTEGER
  return read.file(path, { delimiter = o.delimiter, header = header, skip = o.skip, quote = true,
    columns = wanted(o), advice = advise_text, types = function(name, place)
      return (is_text[name] or is_text[place]) and C.MAH_COLUMN_VERBATIM or number
    end }, "load_csv")
end

--- Without names, and nothing but text that is asked for by its place: the first row is data.
local function read_any(path, o)
  local by_name = has_name(o.text) or has_name(o.columns)
  local t, has_names = read_table(path, o, o.header == "auto" and by_name or o.header)
  if o.header ~= "auto" or by_name or not has_names then return t, has_names end
  for _, column in ipairs(t.columns) do
    if column.kind ~= "text" then return t, has_names end
  end
  return read_table(path, o, #t.columns == 0 and "auto" or false)
end

--- The numbers fit the dtype?
local function check_range(column, dtype, path)
  local range = limits[dtype]
  if not range or #column == 0 or column:count() == 0 then return end
  local low, high = column:min(), column:max()
  if low < range[1] or high > range[2] then
    check.raise("%s: column '%s': %s is no %s", path, column.name,
      tostring(low < range[1] and low or high), dtype)
  end
end

--- Reads a table of numbers from a CSV file, as mah.data.table reads it: dialect and header are
--- found, empty cells and NA, null, ? ... are missing and become NaN. Text in a column that is not
--- asked for as text, rows of another length and unclosed quotes are errors that name file, line
--- and column.
---
---     mah.file.write("iris.csv", "length,width,species\n5.1,3.5,setosa\n6.3,,virginica\n")
---     local x, columns = mah.load_csv("iris.csv", { text = { "species" } })
---     print(x)
---     --> float32 2x2
---     --> {{5.1, 3.5},
---     -->  {6.3, nan}}
---     print(columns.names[2], columns.text.species[1])   --> width setosa
---@param path string
---@param given table|nil
---@return tensor    (rows, columns of numbers)
---@return {names: string[]|nil, text: table<string|integer, string[]>} columns   names of the
---     tensor's columns if there is a header; the text columns under what they were asked for by
function csv.load_csv(path, given)
  local o = options(given, load_rules, "load_csv")
  Type.dtype(o.dtype)
  local t, has_names = read_any(path, o)
  local texts, is_text, numbers, names = {}, {}, {}, {}
  local offset = o.columns and #o.columns
  for i, which in ipairs(o.text or {}) do
    local column = t:column(offset and offset + i or which)
    texts[which], is_text[column.name] = column:list(), true
  end
  for _, column in ipairs(t.columns) do
    if not is_text[column.name] then
      check_range(column, o.dtype, path)
      numbers[#numbers + 1], names[#names + 1] = column.name, column.name
    end
  end
  return t:tensor(numbers, { dtype = o.dtype }),
    { names = has_names and names or nil, text = texts }
end

-- -- Writing --------------------------------------------------------------------------------------

local function quote(name, delimiter)
  if type(name) ~= "string" then
    check.raise("save_csv: header: a string is expected, got %s", check.show(name))
  end
  if name:find(delimiter, 1, true) or name:find '["\r\n]' or name == "" then
    return '"' .. name:gsub('"', '""') .. '"'
  end
  return name
end

local save_rules = options.declare("mah.save_csv", {
  header = { nil, "table", nil, "names of the columns, in the first line; nil: no header" },
  delimiter = { ",", "string", nil, "one character between the cells" },
})

--- Writes a tensor to a CSV file, every number with as many digits as it takes to read the same
--- value back; NaN as nan. A vector is one column.
---
---     local x = mah.tensor { { 1, 0.5 }, { 2, 0.25 } }
---     mah.save_csv("halves.csv", x, { header = { "n", "half" } })
---     print(mah.file.read("halves.csv"):match "[^\n]+")   --> n,half
---@param path string
---@param t tensor    (rows) or (rows, columns)
---@param given {header: string[]?, delimiter: string?}|nil
function csv.save_csv(path, t, given)
  local o = options(given, save_rules, "save_csv")
  file.path(path, "save_csv")
  Type.expect(t, "save_csv")
  local delimiter, head = delimiter_byte(o.delimiter, "save_csv"), ""
  if o.header then
    local columns = t.ndim == 2 and tonumber(t.extent[1]) or 1
    if #o.header ~= columns then
      check.raise("save_csv: the header has %d names for %d columns", #o.header, columns)
    end
    local names = {}
    for i, name in ipairs(o.header) do names[i] = quote(name, o.delimiter) end
    head = table.concat(names, o.delimiter) .. "\n"
  end
  check.status(C.mah_csv_save(path, t, head, delimiter))
end

return csv
