--- Tables: columns of one's own data, by name, each with a type; missing values are kept.
---
---     local t = mah.data.table{{"age", {22, 38}}, {"sex", {"male", "female"}}}
---     print(#t, t.age:mean(), t.age[1], t[2].sex)  --> 2 30 22 female
---     local old = t:where(t.age:gt(30))
---     print(#old)  --> 1
---
--- A table is never changed: its methods give new tables, which share the columns.
---
--- A column has `kind`, `name` and one tensor, `values`, of as many elements as the table has rows:
---
---   kind        values                                missing    column[i]
---   "number"    float64 (float32 if asked for)        NaN        a number
---   "integer"   int64                                 -2^63      a number
---   "category"  int32 codes from 0 into .names        -1         a string
---   "boolean"   int32: 0 false, 1 true                -1         true or false
---   "text"      int64 places in .bytes                -1         a string
---   "date"      int64 microseconds since 1970 (UTC)   -2^63      "2026-11-28T21:37:36"
---
--- column[i] of a missing value is nil. Where other parts of mah want numbers, column:tensor() has
--- them (NaN for missing); where they want labels, column:labels().

--- A column of a table: values of one kind, some of them perhaps missing.
---@class mah.Column
---@field kind "number"|"integer"|"category"|"boolean"|"text"|"date" what its values are
---@field name string its name in the table
---@field values tensor the values as mah keeps them, one for each row; ?mah.data.table tells how
---@field names (string|boolean)[]|nil category, boolean: the values that the codes stand for
---@field bytes tensor|nil text: the characters

--- A table: columns by name, each with a kind. t.age is the column of that name, t[1] the first row
--- as {name = value}, #t the number of rows.
---@class mah.Table
---@field names string[] the names of the columns, in order; a fresh list
---@field columns mah.Column[] the columns, in order
---@field rows integer the number of rows, #t

local Column = require "mah.data.table.column"
local Table = require "mah.data.table.class"
local Type = require "mah.tensor.type"
local arff = require "mah.data.table.arff"
local build = require "mah.data.table.build"
local check = require "mah.base.check"
local elsewhere = require "mah.data.table.elsewhere"
local options = require "mah.base.options"
local read = require "mah.data.table.read"
require "mah.data.table.statistics"
require "mah.data.table.rows"
require "mah.data.table.group"
require "mah.data.table.join"
require "mah.data.table.show"
require "mah.data.table.save"

local tables = { is = Table.is, is_column = Column.is, column = build.column,
  category = build.category, methods = Table.methods, column_methods = Column.methods }

local rules = options.declare("mah.data.table", {
  delimiter = { nil, "string", nil,
    "files: what separates cells, one character, \" \" for any blanks; nil: it is found" },
  header = { "auto", { true, false, "auto" }, nil, "files: does the first row hold names?" },
  names = { nil, "table", nil, "names of the columns, in their order" },
  types = { nil, "table|string", nil, "the kind of each column by name or number, or one for all: "
    .. "\"number\", \"float32\", \"integer\", \"category\", \"text\", \"boolean\", \"date\"; nil: "
    .. "they are found" },
  columns = { nil, "table", nil, "files: the columns wanted, by name or number; nil: all" },
  na = { nil, "table", nil,
    "files: texts that stand for a missing value; nil: \"\", NA, NaN, null, ? and such" },
  decimal = { nil, { ".", "," }, nil, "files: the decimal point; nil: it is found" },
  thousands = { nil, "string", nil, "files: what groups digits, such as \",\"; nil: it is found" },
  comment = { nil, "string", nil, "files: from this character on, the rest of a line is left out; "
    .. "nil: only lines with # before the first row are" },
  quote = { true, "boolean|string", nil,
    "files: false, or another character than \" around cells" },
  skip = { 0, "integer", "[0, inf)", "files: lines left out at the start" },
})

--- The kind that the option types asks for, for the i-th column.
local function type_of(types, name, i)
  if type(types) ~= "table" then return types end
  return types[name] or types[i]
end

local function from_columns(list, names, o, rows)
  local columns = {}
  for i, values in ipairs(list) do
    columns[i] = build.column(names[i], values, type_of(o.types, names[i], i), rows)
  end
  return Table.new(columns)
end

local function numbered(n)
  local names = {}
  for i = 1, n do names[i] = "c" .. i end
  return names
end

local function check_names(names, n)
  if names and #names ~= n then
    check.raise("mah.data.table: names has %d names for %d columns", #names, n)
  end
  return names or numbered(n)
end

local function from_tensor(t, o)
  if Type.expect(t, "mah.data.table").ndim ~= 2 then
    check.raise("mah.data.table: a matrix is expected, got %s", Type.describe(t))
  end
  local n, list = tonumber(t.extent[1]), {}
  for i = 1, n do list[i] = t:select(2, i) end
  return from_columns(list, check_names(o.names, n), o)
end

--- Names of columns in order; other keys cannot be names.
local function sort_names(names)
  for _, name in ipairs(names) do
    check.that(type(name) == "string", "mah.data.table: names of columns are strings; got %s",
      check.show(name))
  end
  table.sort(names)
end

--- {{name = value, ...}, ...}: columns in the order of the names, or as `names` has them.
local function from_named_rows(rows, o)
  local seen, names, list = {}, {}, {}
  for i, row in ipairs(rows) do
    if type(row) ~= "table" then
      check.raise("mah.data.table: row %d: a table is expected, got %s", i, check.show(row))
    end
    for name in pairs(row) do
      if not seen[name] then seen[name], names[#names + 1] = true, name end
    end
  end
  if o.names then names = o.names else sort_names(names) end
  for c, name in ipairs(names) do
    list[c] = {}
    for i, row in ipairs(rows) do list[c][i] = row[name] end
  end
  return from_columns(list, names, o, #rows)
end

--- {{1, "a"}, {2, "b"}}: rows of cells.
local function from_rows(rows, o)
  local n, list = 0, {}
  for _, row in ipairs(rows) do n = math.max(n, build.length(row)) end
  for c = 1, n do
    list[c] = {}
    for i, row in ipairs(rows) do list[c][i] = row[c] end
  end
  return from_columns(list, check_names(o.names, n), o, #rows)
end

local function is_values(value)
  return Type.is_tensor(value) or Column.is(value) or type(value) == "table"
end

--- {{"age", {22, 38}}, {"sex", {"m", "f"}}}: columns in this order.
local function from_pairs(list, o)
  local columns, names, rows = {}, {}, 0
  for i, pair in ipairs(list) do
    if type(pair) ~= "table" or type(pair[1]) ~= "string" or not is_values(pair[2]) then
      check.raise("mah.data.table: column %d: {\"name\", values} is expected", i)
    end
    names[i], columns[i] = pair[1], pair[2]
    rows = math.max(rows, type(pair[2]) == "table" and build.length(pair[2]) or #pair[2])
  end
  return from_columns(columns, names, o, rows)
end

--- {age = {22, 38}, sex = {"m", "f"}}: columns in the order of their names, or as `names` has them.
local function from_map(map, o)
  local list, names, rows = {}, o.names or {}, 0
  if not o.names then
    for name in pairs(map) do names[#names + 1] = name end
    sort_names(names)
  end
  for i, name in ipairs(names) do
    if not is_values(map[name]) then
      check.raise("mah.data.table: column %s: a list, a tensor or a column is expected, got %s",
        check.show(name), check.show(map[name]))
    end
    list[i] = map[name]
    rows = math.max(rows, type(list[i]) == "table" and build.length(list[i]) or #list[i])
  end
  return from_columns(list, names, o, rows)
end

local function from_lua(source, o)
  local first = source[1]
  if Column.is(first) then return Table.new(source) end
  if first == nil then return from_map(source, o) end
  if type(first) ~= "table" then
    check.raise("mah.data.table: a list of rows or of columns is expected; its first entry is %s",
      check.show(first))
  end
  if type(first[1]) == "string" and is_values(first[2]) then return from_pairs(source, o) end
  return (first[1] == nil and next(first) ~= nil and from_named_rows or from_rows)(source, o)
end

--- A table from a text file (CSV, TSV, columns aligned by blanks, ARFF when it is called so; packed
--- by gzip or not), a tensor (rows, columns), or Lua's tables: {{"age", {22, 38}}, ...} (columns in
--- order), {age = {22, 38}}, {{age = 22, sex = "m"}, ...} or {{22, "m"}, ...} (rows). Errors name
--- file, line, column and value.
---
--- How a file is written, and the kinds of its columns, are found where they are not told. Without
--- a header the columns are c1, c2 ...; below a header that is one name short, as R writes it, the
--- first column is row_names. Lines with # before the first row are left out. Kinds that are found:
--- integers (without leading zeros), numbers, true and false, dates (2026-11-28T21:37), categories
--- (texts that recur twice on average; at most 1000), texts. ARFF files that Weka 3.6.14 wrote have
--- six decimals: what was 4e-7 is 0 in them (findings/weka_small_numbers.sh).
---
---     local file = io.open("people.csv", "w")
---     file:write("name;zip;height\nAnn;01234;1,7\nBob;;1,8\nCem;99999;?\n")
---     file:close()
---     local t = mah.data.table("people.csv", {types = {zip = "text"}})
---     print(#t, table.concat(t.names, " "), t.height.kind, t.zip[1])
---     --> 3 name zip height number 01234
---     print(t.height[1], t.height[3], t.height:count_missing())  --> 1.7 nil 1
---@param source string|tensor|table
---@param given table|nil
---@return mah.Table
function tables.table(source, given)
  local o = options(given, rules, "mah.data.table", elsewhere.read)
  if Table.is(source) then return source end
  if type(source) == "string" and source:lower():gsub("%.gz$", ""):find "%.arff$" then
    return o.columns and arff.read(source, o):select(o.columns) or arff.read(source, o)
  end
  if type(source) == "string" then return (read.file(source, o, "mah.data.table")) end
  if Type.is_tensor(source) then return from_tensor(source, o) end
  if type(source) == "table" then return from_lua(source, o) end
  check.raise("mah.data.table: a file's path, a tensor or a Lua table is expected, got %s",
    check.show(source))
end

return tables
