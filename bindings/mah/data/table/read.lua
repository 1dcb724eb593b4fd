--- Tables from text files, by the core (core/data/table.h).
local C = require "mah.base.library"
local Column = require "mah.data.table.column"
local Table = require "mah.data.table.class"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"
local kinds = require "mah.data.table.kinds"
local options = require "mah.base.options"

local read = {}

-- What stands for a missing value unless told; those of pandas, and UCI's "?".
read.NA = { "", "NA", "N/A", "n/a", "NaN", "nan", "-nan", "null", "NULL", "?", "#N/A", "#NA",
  "<NA>" }

local size = ffi.new "int64_t[1]"

local function byte(text, where, name)
  if text == nil then return 0 end
  if type(text) ~= "string" or #text ~= 1 or text:find '[%w"\r\n%z]' then
    check.raise("%s: %s must be one character, not a letter or digit; got %s", where, name,
      check.show(text))
  end
  return text:byte()
end

local function core_options(o, where)
  local c = ffi.new "mah_table_options"
  c.delimiter = byte(o.delimiter, where, "delimiter")
  c.quote[0] = o.quote == true and ('"'):byte() or o.quote and byte(o.quote, where, "quote") or 0
  if o.quotes then c.quote[0], c.quote[1] = o.quotes:byte(1, 2) end
  c.comment = byte(o.comment, where, "comment")
  c.point = byte(o.decimal, where, "decimal")
  c.thousands = byte(o.thousands, where, "thousands")
  c.header = o.header == "auto" and -1 or o.header and 1 or 0
  c.skip = o.skip
  local na = o.na or read.NA
  for i, text in ipairs(na) do
    if type(text) ~= "string" then
      check.raise("%s: na must be a list of strings; entry %d is %s", where, i, check.show(text))
    end
  end
  local texts = table.concat(na, "\0") .. "\0"
  c.missing, c.n_missing = texts, #na
  return c, texts
end

--- The columns' names: the ones given, the file's, or c1, c2 ... A name that came before gets a
--- number (a, a.1), one that is empty its place.
local function names_of(handle, given, where)
  local n = tonumber(C.mah_table_columns(handle))
  if given and #given ~= n then
    check.raise("%s: names has %d names, the file has %d columns", where, #given, n)
  end
  local names, seen = {}, {}
  for i, name in ipairs(given or {}) do
    if type(name) ~= "string" then
      check.raise("%s: names must be strings; entry %d is %s", where, i, check.show(name))
    end
    check.status(C.mah_table_set_name(handle, i - 1, name))
  end
  for i = 1, n do
    local text = C.mah_table_name(handle, i - 1, size)
    local name = text ~= nil and ffi.string(text, size[0]) or ""
    if name == "" then name = "c" .. i end
    local unique, k = name, 0
    while seen[unique] do
      k = k + 1
      unique = name .. "." .. k
    end
    seen[unique] = true
    names[i] = unique
  end
  return names
end

--- names: the list, and `places`: each name's place.
local function place_of(names, places, which, where)
  if places[which] then return places[which] end
  if type(which) == "number" and names[which] then return which end
  local hint = type(which) == "string" and options.nearest(which, places)
  check.raise("%s: there is no column %s%s", where,
    type(which) == "string" and ("'%s'"):format(which) or check.show(which),
    hint and ("; did you mean '%s'?"):format(hint)
      or " (it has " .. #names .. ": " .. table.concat(names, ", ", 1, math.min(#names, 12)) .. ")")
end

local function places_of(names)
  local places = {}
  for i, name in ipairs(names) do places[name] = i end
  return places
end

local function want_types(handle, types, names, where)
  local places = places_of(names)
  if type(types) == "function" then
    for i, name in ipairs(names) do
      check.status(C.mah_table_want(handle, i - 1, types(name, i)))
    end
    return
  end
  if type(types) == "string" then
    local kind = types
    types = {}
    for i = 1, #names do types[i] = kind end
  end
  for which, kind in pairs(types or {}) do
    local number = kinds.number[kind]
    if not number then
      check.raise("%s: types: %s of column '%s' is none of number, integer, float32, category, "
        .. "text, boolean, date%s", where, check.show(kind), tostring(which),
        options.did_you_mean(kind, kinds.number))
    end
    check.status(C.mah_table_want(handle, place_of(names, places, which, where) - 1, number))
  end
end

--- Leaves out what is not wanted; the wanted places, in the order asked for.
local function want_columns(handle, columns, names, where)
  local places, known = {}, places_of(names)
  if columns == nil then
    for i = 1, #names do places[i] = i end
    return places
  end
  local wanted = {}
  for i, which in ipairs(columns) do
    places[i] = place_of(names, known, which, where)
    if wanted[places[i]] then
      check.raise("%s: column %s is asked for twice", where, check.show(which))
    end
    wanted[places[i]] = true
  end
  for i = 1, #names do
    if not wanted[i] then check.status(C.mah_table_want(handle, i - 1, C.MAH_COLUMN_SKIP)) end
  end
  return places
end

local function take(handle, place, name)
  local values, bytes = Type.blank(), Type.blank()
  local kind = kinds.name[C.mah_table_kind(handle, place - 1)]
  check.status(C.mah_table_take(values, bytes, handle, place - 1))
  Type.own(values)
  Type.own(bytes)
  local names = kind == "boolean" and { false, true } or nil
  if kind == "category" then
    names = {}
    for i = 0, tonumber(C.mah_table_names(handle, place - 1)) - 1 do
      local text = C.mah_table_name_of(handle, place - 1, i, size)
      names[i + 1] = ffi.string(text, size[0])
    end
  end
  return Column.new(name, { kind = kind, values = values, names = names,
    bytes = kind == "text" and bytes or nil })
end

--- Reads the file as the options say (mah.data.table's). types may be a function (name, place) that
--- gives the core's number of a kind; advice, a function (message), what to say behind an error's.
---@param path string
---@param o table       with every option
---@param where string
---@return mah.Table
---@return boolean has_names   does the file name its columns?
function read.file(path, o, where)
  file.path(path, where)
  local box, given, texts = ffi.new "mah_table *[1]", core_options(o, where)
  check.status(C.mah_table_open(box, path, given))
  local handle = ffi.gc(box[0], C.mah_table_close)
  local has_names = C.mah_table_name(handle, 0, size) ~= nil
  local names = names_of(handle, o.names, where)
  want_types(handle, o.types, names, path)
  local places = want_columns(handle, o.columns, names, path)
  Type.collect_if_full()
  local status = C.mah_table_read(handle)
  local advice = status ~= 0 and o.advice and o.advice(ffi.string(C.mah_error_message()))
  if advice then check.raise("%s; %s", ffi.string(C.mah_error_message()), advice) end
  check.status(status)
  local columns = {}
  for i, place in ipairs(places) do columns[i] = take(handle, place, names[place]) end
  local rows = tonumber(C.mah_table_rows(handle))
  C.mah_table_close(ffi.gc(handle, nil))
  assert(texts) -- the core had a pointer to it until here
  return Table.new(columns, rows), has_names
end

return read
