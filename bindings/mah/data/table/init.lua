--- Tables: columns of one's own data, by name, each with a type; missing values are kept.
---
---     local t = mah.data.table "titanic.csv"              -- dialect and types are found
---     local t = mah.data.table("x.txt", { delimiter = ";", types = { zip = "text" } })
---     local t = mah.data.table { { "age", { 22, 38 } }, { "sex", { "male", "female" } } }
---     print(t, t.age:mean(), t.age[1])
---     local old = t:where(t.age:gt(30))
---
--- A table is never changed: its methods give new tables, which share the columns.
---
--- A column has `kind`, `name` and one tensor, `values`, of as many elements as the table has rows:
---
---     kind        values                                missing    column[i]
---     "number"    float64 (float32 if asked for)        NaN        a number
---     "integer"   int64                                 -2^63      a number
---     "category"  int32 codes from 0 into .names        -1         a string
---     "boolean"   int32: 0 false, 1 true                -1         true or false
---     "text"      int64 places in .bytes                -1         a string
---     "date"      int64 microseconds since 1970 (UTC)   -2^63      "2026-11-28T21:37:36"
---
--- column[i] of a missing value is nil. Where other parts of mah want numbers, column:tensor() has
--- them (NaN for missing); where they want labels, column:labels().

---@class mah.Column
---@field kind "number"|"integer"|"category"|"boolean"|"text"|"date"
---@field name string
---@field values tensor                 see above
---@field names (string|boolean)[]|nil  category, boolean: the values that the codes stand for
---@field bytes tensor|nil              text: the characters
---@field missing fun(self): tensor     bool: is the value missing?
---@field tensor fun(self, dtype?: string): tensor   float64, NaN where missing
---@field labels fun(self): tensor|any[]   what fit and metrics take; none may be missing
---@field list fun(self, missing?: any): any[]   Lua values; `missing` in those places (nil: holes)

---@class mah.Table
---@field names string[]      of the columns, in order; a fresh list
---@field columns mah.Column[]
---@field rows integer        #t
---@field column fun(self, name: string|integer): mah.Column   t.age is t:column "age"
---@field tensor fun(self, columns?: string[], given?: {dtype: string?}): tensor
---@field take fun(self, rows: tensor|integer[]): mah.Table    row numbers from 1
---@field select fun(self, columns: string[]): mah.Table
---@field drop fun(self, columns: string[]): mah.Table
---@field with fun(self, columns: table<string, any>): mah.Table
---@field where fun(self, condition: tensor|function): mah.Table
---@field sort fun(self, by: string|string[], given?: {descending: boolean?}): mah.Table
---@field head fun(self, n?: integer): mah.Table
---@field tail fun(self, n?: integer): mah.Table
---@field drop_missing fun(self, columns?: string[]): mah.Table
---@field split fun(self, given: table): mah.Table, mah.Table   test =, stratify =, seed =
---@field group_by fun(self, ...: string): mah.Grouped
---@field join fun(self, other: mah.Table, given: table): mah.Table   on =, how = "inner" or "left"
---@field describe fun(self): mah.Table
---@field save_csv fun(self, path: string, given?: table)

---@class mah.Grouped    of each group: count, sum, mean, min, max, std, median, first

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
  delimiter = { nil, "string" },
  header = { "auto", { true, false, "auto" } },
  names = { nil, "table" },
  types = { nil, "table|string" },
  columns = { nil, "table" },
  na = { nil, "table" },
  decimal = { nil, { ".", "," } },
  thousands = { nil, "string" },
  comment = { nil, "string" },
  quote = { true, "boolean|string" },
  skip = { 0, "integer", "[0, inf)" },
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
--- Options for files. What is not given is found: delimiter (one character; " " for blanks), header
--- (true or false), decimal ("." or ",") and thousands (such as ","); without a header the columns
--- are c1, c2 ...; below a header that is one name short, as R writes it, the first column is
--- row_names. comment: from this character on, a line is left out (lines with # before the
--- first row are, anyway); quote: false, or another character than "; skip: lines left out at the
--- start; na: the texts that stand for a missing value (as "", NA, NaN, null, ?); columns: the ones
--- wanted, by name or number.
---
--- For all: names; types: the kind of each column by name or number, or one for all: "number",
--- "float32", "integer", "category", "text", "boolean", "date". Found are: integers (without
--- leading zeros), numbers, true and false, dates (2026-11-28T21:37), categories (texts that recur
--- twice on average; at most 1000), texts.
---
---     local t = mah.data.table("titanic.csv", { types = { ticket = "text" } })
---     local t = mah.data.table { { "age", { 22, 38 } }, { "sex", { "male", "female" } } }
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
