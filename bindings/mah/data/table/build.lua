--- Columns from what Lua has: lists (nil or NaN for what is missing) and tensors.
local C = require "mah.base.library"
local Column = require "mah.data.table.column"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local kinds = require "mah.data.table.kinds"
local make = require "mah.tensor.make"

local build = {}

local function is_nan(value) return value ~= value end

--- The kind that all values of a list have: "number" when all are missing.
local function kind_of(list, n, name)
  local found
  for i = 1, n do
    local value = list[i]
    if value ~= nil and not is_nan(value) then
      local kind = type(value) == "string" and "text" or type(value) == "boolean" and "boolean"
        or Type.is_number(value) and "number"
        or check.raise("column '%s', row %d: a number, a string or a boolean is expected, got %s",
          name, i, check.show(value))
      if found and found ~= kind then
        check.raise("column '%s': row %d has %s, rows above it have another kind (%s)", name, i,
          check.show(value), found)
      end
      found = kind
    end
  end
  return found or "number"
end

local function is_integral(list, n)
  for i = 1, n do
    local value = list[i]
    local is_there = type(value) == "number" and not is_nan(value)
    if is_there and (value % 1 ~= 0 or math.abs(value) > 2 ^ 53) then return false end
  end
  return true
end

-- kind -> the fields of a column of the list's values; `fail(i, what)` complains about row i.
local fill = {}

local function numbers(dtype, list, n, fail)
  local values = make.empty(n, { dtype = dtype })
  for i = 1, n do
    local value = list[i] == nil and tonumber "nan" or list[i]
    if not Type.is_number(value) then fail(i, "a number") end
    values[i] = value
  end
  return { kind = "number", values = values }
end
function fill.number(list, n, fail) return numbers("float64", list, n, fail) end
fill.float64 = fill.number
function fill.float32(list, n, fail) return numbers("float32", list, n, fail) end

function fill.integer(list, n, fail)
  local values = make.empty(n, { dtype = "int64" })
  local to = ffi.cast("int64_t *", values.data)
  for i = 1, n do
    local value = list[i]
    if value == nil or is_nan(value) then
      to[i - 1] = kinds.MISSING
    elseif Type.is_number(value) and (type(value) == "cdata" or value % 1 == 0) then
      to[i - 1] = Type.to_int64(value)
    else
      fail(i, "an integer")
    end
  end
  return { kind = "integer", values = values }
end

function fill.boolean(list, n, fail)
  local values = make.empty(n, { dtype = "int32" })
  for i = 1, n do
    local value = list[i]
    if value ~= nil and type(value) ~= "boolean" then fail(i, "true or false") end
    values[i] = value == nil and -1 or value and 1 or 0
  end
  return { kind = "boolean", values = values, names = { false, true } }
end

function fill.date(list, n, fail)
  local values = make.empty(n, { dtype = "int64" })
  local to = ffi.cast("int64_t *", values.data)
  for i = 1, n do
    local value = list[i]
    if value == nil then
      to[i - 1] = kinds.MISSING
    elseif type(value) ~= "string" or C.mah_date_read(to + (i - 1), value, #value) == 0 then
      fail(i, "a date as \"2026-11-28\"")
    end
  end
  return { kind = "date", values = values }
end

--- Codes of the texts, numbered as they come.
local function encode(list, n, fail)
  local codes, names, number = make.empty(n, { dtype = "int32" }), {}, {}
  for i = 1, n do
    local value = list[i]
    if Type.is_number(value) and not is_nan(value) then value = kinds.number_text(value) end
    if value ~= nil and not is_nan(value) and type(value) ~= "string" then fail(i, "a string") end
    if type(value) == "string" and not number[value] then
      names[#names + 1] = value
      number[value] = #names - 1
    end
    codes[i] = type(value) == "string" and number[value] or -1
  end
  return codes, names
end

function fill.category(list, n, fail)
  local codes, names = encode(list, n, fail)
  return { kind = "category", values = codes, names = names }
end

--- The texts' bytes, each with its length in front, and where each begins.
local function pack(names)
  local parts, places, at = {}, {}, 0
  for i, name in ipairs(names) do
    local n = #name
    parts[i] = string.char(n % 256, math.floor(n / 256) % 256, math.floor(n / 65536) % 256,
      math.floor(n / 16777216)) .. name
    places[i] = at
    at = at + n + C.MAH_TEXT_HEAD
  end
  local bytes = make.empty(at, { dtype = "uint8" })
  ffi.copy(bytes.data, table.concat(parts), at)
  return bytes, places
end

function fill.text(list, n, fail)
  local codes, names = encode(list, n, fail)
  local bytes, places = pack(names)
  local values = make.empty(n, { dtype = "int64" })
  for i = 1, n do
    local code = codes[i]
    values[i] = code < 0 and -1 or places[code + 1]
  end
  return { kind = "text", values = values, bytes = bytes }
end

--- Is the list of texts one of categories? By the same rule as in files.
local function recurs(list, n)
  local seen, distinct, count = {}, 0, 0
  for i = 1, n do
    local value = list[i]
    if value ~= nil and not is_nan(value) then
      count = count + 1
      if not seen[value] then seen[value], distinct = true, distinct + 1 end
    end
  end
  return distinct <= C.MAH_CATEGORY_MOST and 2 * distinct <= count
end

local function from_list(name, list, n, kind)
  if kind == nil then
    kind = kind_of(list, n, name)
    if kind == "number" and n > 0 and is_integral(list, n) and next(list) ~= nil then
      kind = "integer"
    end
    if kind == "text" and recurs(list, n) then kind = "category" end
  end
  local fields = fill[kind](list, n, function(i, what)
    check.raise("column '%s', row %d: %s is not %s", name, i, check.show(list[i]), what)
  end)
  return Column.new(name, fields)
end

local function from_tensor(name, t)
  if t.ndim ~= 1 then
    check.raise("column '%s': a vector is expected, got %s", name, Type.describe(t))
  end
  if t.elem == C.MAH_BOOL then
    return Column.new(name, { kind = "boolean", values = t:int(), names = { false, true } })
  end
  t = Type.wide(t)
  local is_integer = C.mah_dtype_is_integer(t.elem) ~= 0
  local dtype = is_integer and "int64" or t.dtype
  return Column.new(name, { kind = is_integer and "integer" or "number", values = t:to(dtype) })
end

--- How many entries a list has, holes included. (Not by `pairs`: compiled by LuaJIT of before April
--- 2022, as Debian 12's is, it may end early; LuaJIT's issue 827.)
build.length = table.maxn

--- A column of a tensor's numbers, of a list, or of another column.
---@param name string
---@param values tensor|any[]|mah.Column
---@param kind string|nil   as in the option types; found when nil
---@param rows integer|nil  of the table; the list's own length when nil
---@return mah.Column
function build.column(name, values, kind, rows)
  if type(name) ~= "string" then
    check.raise("a column's name is expected, got %s", check.show(name))
  end
  if kind ~= nil and not kinds.number[kind] then
    check.raise("column '%s': unknown type %s", name, check.show(kind))
  end
  if Column.is(values) then
    if kind == nil or kind == values.kind then return Column.like(values, values.values, name) end
    return from_list(name, values:list(), #values, kind)
  end
  if Type.is_tensor(values) then
    local column = from_tensor(name, Type.expect(values, "column"))
    return (kind == nil or kind == column.kind) and column
      or from_list(name, column:list(), #column, kind)
  end
  if type(values) ~= "table" then
    check.raise("column '%s': a list, a tensor or a column is expected, got %s", name,
      check.show(values))
  end
  return from_list(name, values, rows or build.length(values), kind)
end

--- A category from codes (int32, from 0, -1 where missing) and the names that they stand for.
---@param name string
---@param codes tensor
---@param names string[]
---@return mah.Column
function build.category(name, codes, names)
  return Column.new(name, { kind = "category", values = codes:int(), names = names })
end

return build
