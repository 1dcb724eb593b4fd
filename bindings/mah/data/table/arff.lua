--- Weka's ARFF files: attributes with their types, then rows, dense or sparse ({1 2.5, 3 x}).
---
---     local t = mah.data.table "iris.arff"
local C = require "mah.base.library"
local Column = require "mah.data.table.column"
local Table = require "mah.data.table.class"
local Type = require "mah.tensor.type"
local build = require "mah.data.table.build"
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"
local make = require "mah.tensor.make"
local read = require "mah.data.table.read"

local arff = {}

-- -- The header -----------------------------------------------------------------------------------

--- The word at `at`, quoted or not, up to one of `stops`; returns it and the place behind it.
local function word(text, at, stops)
  at = text:find("%S", at) or #text + 1
  local quote = text:match("^['\"]", at)
  if not quote then
    local found = text:match("^[^" .. stops .. "]*", at)
    return (found:gsub("%s+$", "")), at + #found
  end
  local close = text:find(quote, at + 1, true)
  while close and text:sub(close - 1, close - 1) == "\\" do
    close = text:find(quote, close + 1, true)
  end
  if not close then return nil end
  return (text:sub(at + 1, close - 1):gsub("\\(.)", "%1")), close + 1
end

--- The names of "{a, 'b c'}".
local function nominal(text)
  local names, at = {}, text:find("{", 1, true) + 1
  while true do
    local name, behind = word(text, at, ",}")
    if not name then return nil end
    if name ~= "" then names[#names + 1] = name end
    at = text:find("[,}]", behind)
    if not at then return nil end
    if text:sub(at, at) == "}" then return names end
    at = at + 1
  end
end

local kinds = { numeric = "number", real = "number", integer = "integer", string = "text",
  date = "date" }

local function attribute(path, line, text)
  local name, at = word(text, 1, "%s")
  local kind = name and text:sub(at):match "^%s*(.-)%s*$" or ""
  if kind:find "^{" then
    local names = nominal(kind)
    if names then return { name = name, kind = "category", names = names } end
  end
  local known = kinds[(kind:match "^%a+" or ""):lower()]
  if not known then
    check.raise("%s: line %d: an attribute's name and its type (numeric, integer, string, date, or "
      .. "{a, b}) are expected, got '%s'", path, line, text)
  end
  return { name = name, kind = known }
end

--- The file's first bytes, unpacked, and whether there may be more.
local function begin(path, most)
  local bytes = Type.blank()
  check.status(C.mah_input_load(bytes, path, most))
  local n = tonumber(Type.own(bytes).extent[0])
  return ffi.string(bytes.data, n), n == most
end

--- The attributes, how many lines the header has, and whether the rows are sparse: nil without a
--- row. Nothing without @data.
local function parse_header(path, head)
  local attributes, line, is_data = {}, 0, false
  for text in head:gmatch "([^\n]*)\n?" do
    text = text:gsub("%s+$", "")
    if is_data and text ~= "" and not text:find "^%%" then
      return attributes, line, text:find "^%s*{" ~= nil
    end
    if not is_data then
      line = line + 1
      local what, rest = text:match "^%s*@(%a+)%s*(.*)$"
      what = what and what:lower()
      if what == "attribute" then attributes[#attributes + 1] = attribute(path, line, rest) end
      is_data = what == "data"
    end
  end
  if is_data then return attributes, line end
end

local function read_header(path)
  local most = 2 ^ 16
  while true do
    local head, is_cut = begin(path, most)
    if is_cut then head = head:match "^.*\n" or "" end
    local attributes, line, is_sparse = parse_header(path, head)
    if attributes and (is_sparse ~= nil or not is_cut) then return attributes, line, is_sparse end
    if not is_cut then check.raise("%s: not an ARFF file: there is no line @data", path) end
    most = 4 * most
  end
end

-- -- Rows -----------------------------------------------------------------------------------------

--- The column with the names that the header declares, in its order.
local function declared(path, column, attribute_)
  local number, codes = {}, {}
  for i, name in ipairs(attribute_.names) do number[name] = i - 1 end
  for i, name in ipairs(column.names) do
    codes[i] = number[name]
      or check.raise("%s: column '%s' has the value '%s'; the header has {%s}", path, column.name,
        name, table.concat(attribute_.names, ", "))
  end
  local out = make.full(#column, -1, { dtype = "int32" })
  for i = 1, #column do
    local code = column.values[i]
    if code >= 0 then out[i] = codes[code + 1] end
  end
  return Column.new(column.name, { kind = "category", values = out, names = attribute_.names })
end

local function dense(path, o, attributes, lines)
  local names, types = {}, {}
  for i, a in ipairs(attributes) do names[i], types[i] = a.name, a.kind end
  local t = read.file(path, { delimiter = ",", header = false, names = names, types = types,
    quotes = "'\"", comment = "%", skip = lines, na = o.na or { "?", "" } }, "mah.data.table")
  local columns = t.columns
  for i, a in ipairs(attributes) do
    if a.kind == "category" then columns[i] = declared(path, columns[i], a) end
  end
  return Table.new(columns, #t)
end

--- A sparse row: what it does not name is 0, or the first name.
local function sparse_row(path, line, text, attributes, lists, row)
  for i, a in ipairs(attributes) do lists[i][row] = a.names and a.names[1] or 0 end
  local at = text:find("{", 1, true) + 1
  while text:find("^%s*%d", at) do
    local place, behind = text:match("^%s*(%d+)%s+()", at)
    local value
    if place then value, at = word(text, behind, ",}") end
    local a = place and attributes[tonumber(place) + 1]
    if not a or not value then
      check.raise("%s: line %d: {place value, ...} is expected, got '%s'", path, line, text)
    end
    local list = lists[tonumber(place) + 1]
    if value == "?" then
      list[row] = nil
    elseif a.kind == "category" or a.kind == "text" or a.kind == "date" then
      list[row] = value
    else
      list[row] = tonumber(value) or check.raise("%s: line %d, column '%s': '%s' is not a number",
        path, line, a.name, value)
    end
    at = (text:find(",", at, true) or #text) + 1
  end
end

local function sparse(path, attributes, lines)
  local lists, line, rows = {}, 0, 0
  for i = 1, #attributes do lists[i] = {} end
  for text in begin(path, 2 ^ 53):gmatch "([^\n]*)\n?" do
    line = line + 1
    if line > lines and text:find "^%s*{" then
      rows = rows + 1
      sparse_row(path, line, text, attributes, lists, rows)
    end
  end
  local columns = {}
  for i, a in ipairs(attributes) do
    columns[i] = build.column(a.name, lists[i], a.kind, rows)
    if a.kind == "category" then columns[i] = declared(path, columns[i], a) end
  end
  return Table.new(columns, rows)
end

--- Reads an ARFF file; "?" is missing.
---@param path string
---@param o table   the options of mah.data.table; of them na
---@return mah.Table
function arff.read(path, o)
  file.path(path, "mah.data.table")
  local attributes, lines, is_sparse = read_header(path)
  if #attributes == 0 then check.raise("%s: no @attribute", path) end
  if is_sparse ~= false then return sparse(path, attributes, lines) end -- or no row at all
  return dense(path, o, attributes, lines)
end

return arff
