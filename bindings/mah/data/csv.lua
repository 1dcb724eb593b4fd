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
local ffi = require "ffi"
local file = require "mah.base.file"
local options = require "mah.base.options"

local csv = {}

local function delimiter_byte(delimiter, where)
  if #delimiter ~= 1 then
    check.raise("%s: the delimiter must be one character, got %s", where, check.show(delimiter))
  end
  return delimiter:byte()
end

-- -- Reading --------------------------------------------------------------------------------------

local size = ffi.new "int64_t[1]"

local function cell(handle, row, column)
  local text = C.mah_csv_cell(handle, row, column, size)
  if text == nil then check.raise "load_csv: out of memory" end
  return ffi.string(text, size[0])
end

local function read_names(handle)
  if C.mah_csv_has_header(handle) == 0 then return nil end
  local names = {}
  for c = 0, tonumber(C.mah_csv_columns(handle)) - 1 do names[c + 1] = cell(handle, -1, c) end
  return names
end

--- A column's place from 1, by its number or its name.
local function find_column(path, which, names, places, count)
  if type(which) == "number" and which % 1 == 0 and which >= 1 and which <= count then
    return which
  end
  if type(which) == "string" and names and places[which] then return places[which] end
  if type(which) == "string" and names then
    local hint = options.nearest(which, places)
    check.raise("%s: no column is named '%s'%s", path, which,
      hint and ("; did you mean '%s'?"):format(hint) or "")
  end
  check.raise("%s: there is no column %s (it has %d%s)", path, check.show(which), count,
    names and "" or " without names")
end

--- Which columns become numbers and which stay text, by their places.
local function choose(path, o, names, count)
  local text, is_text, numbers, places = {}, {}, {}, {}
  for place = names and count or 0, 1, -1 do places[names[place]] = place end -- the first wins
  for i, which in ipairs(o.text or {}) do
    text[i] = { key = which, place = find_column(path, which, names, places, count) }
    is_text[text[i].place] = true
  end
  for _, which in ipairs(o.columns or {}) do
    numbers[#numbers + 1] = find_column(path, which, names, places, count)
  end
  for place = 1, o.columns and 0 or count do
    if not is_text[place] then numbers[#numbers + 1] = place end
  end
  return numbers, text
end

local function read_text(handle, text)
  local lists, sorted = {}, {}
  for i, column in ipairs(text) do lists[column.key], sorted[i] = {}, column end
  table.sort(sorted, function(a, b) return a.place < b.place end) -- a row is read once
  for r = 1, tonumber(C.mah_csv_rows(handle)) do
    for _, column in ipairs(sorted) do
      lists[column.key][r] = cell(handle, r - 1, column.place - 1)
    end
  end
  return lists
end

local function has_name(list)
  for _, which in ipairs(list or {}) do
    if type(which) == "string" then return true end
  end
  return false
end

--- Decides whether the first row holds names. With "auto" it does when columns are asked for by
--- name, or when there is text where numbers are expected.
local function find_header(handle, o)
  if o.header ~= "auto" or has_name(o.text) or has_name(o.columns) then
    return C.mah_csv_set_header(handle, o.header and 1 or 0)
  end
  local count = tonumber(C.mah_csv_columns(handle))
  local use = ffi.new("char[?]", count + 1)
  ffi.fill(use, count, (o.columns and "-" or "n"):byte())
  local function mark(list, letter)
    for _, which in ipairs(list or {}) do
      local is_place = type(which) == "number" and which >= 1 and which <= count and which % 1 == 0
      if is_place then use[which - 1] = letter:byte() end -- others are refused later
    end
  end
  mark(o.columns, "n")
  mark(o.text, "t")
  check.status(C.mah_csv_guess_header(handle, use))
end

--- The core's mah_csv_numbers; where a cell is no number, its message gets what to write if none of
--- the column's are.
local function read_numbers(out, ...)
  local status = C.mah_csv_numbers(out, ...)
  local message = status ~= 0 and ffi.string(C.mah_error_message()) or ""
  local place, name = message:match "line %d+, column (%d+)(.-): '.*' is not a number$"
  if not place then return status end
  name = name:match "^ '(.*)'$"
  check.raise("%s; if the column is text: text = {%s}", message,
    name and ("%q"):format(name) or place)
end

---@class load_csv_options
---@field delimiter string|nil
---@field header any
---@field skip integer|nil
---@field dtype string|nil
---@field columns table|nil
---@field text table|nil

local load_rules = options.declare("mah.load_csv", {
  delimiter = { ",", "string" },
  header = { "auto", { true, false, "auto" } },
  skip = { 0, "integer", "[0, inf)" },
  dtype = { "float32", "string" },
  columns = { nil, "table" },
  text = { nil, "table" },
})

--- Reads a table (RFC 4180: quoted cells, "" for a quote). Empty cells and NA are missing: NaN.
--- Text in a column that is not asked for as text, rows of another length and unclosed quotes are
--- errors that name file, line and column.
---
--- Lines end in LF, CRLF or CR; numbers have a point, whatever the locale.
---
--- Options: delimiter ",", skip 0 (lines left out at the start), header true, false or "auto": the
--- first row holds names when columns are asked for by name, or when it has text where numbers are
--- expected (text in a column that is asked for as text says nothing). dtype "float32" (integer
--- dtypes take no missing values), columns: the ones wanted, by name or number, in this order;
--- text: the columns that are returned as strings instead.
---@param path string
---@param given load_csv_options|nil
---@return tensor    (rows, columns of numbers)
---@return {names: string[]|nil, text: table<string|integer, string[]>} columns   names of the
---  tensor's columns if there is a header; the text columns under what they were asked for by
function csv.load_csv(path, given)
  local o = options(given, load_rules, "load_csv")
  local box = ffi.new "mah_csv *[1]"
  check.status(C.mah_csv_open(box, file.path(path, "load_csv"),
    delimiter_byte(o.delimiter, "load_csv"), o.skip))
  local handle = ffi.gc(box[0], C.mah_csv_close)
  find_header(handle, o)
  local names = read_names(handle)
  local numbers, text = choose(path, o, names, tonumber(C.mah_csv_columns(handle)))
  local places, own_names = ffi.new("int64_t[?]", #numbers + 1), names and {}
  for i, place in ipairs(numbers) do
    places[i - 1] = place - 1
    if names then own_names[i] = names[place] end
  end
  Type.collect_if_full()
  local t = Type.make(read_numbers, handle, Type.dtype(o.dtype), places, #numbers)
  local lists = read_text(handle, text)
  C.mah_csv_close(ffi.gc(handle, nil))
  return t, { names = own_names, text = lists }
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
  header = { nil, "table" }, delimiter = { ",", "string" },
})

--- Writes a vector (one column) or a matrix, every number with as many digits as it takes to read
--- the same value back; NaN as nan.
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
