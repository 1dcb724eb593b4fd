--- The kinds of columns: what their tensors are, what stands for a missing value, and how a value
--- becomes one of Lua's.
local C = require "mah.base.library"
local ffi = require "ffi"

local kinds = {}

local MISSING = ffi.new("int64_t", -2 ^ 63)
local double_p, float_p = ffi.typeof "const double *", ffi.typeof "const float *"
local int64_p, int32_p = ffi.typeof "const int64_t *", ffi.typeof "const int32_t *"
local bytes_p = ffi.typeof "const uint8_t *"
local date = ffi.new("char[?]", C.MAH_DATE_ROOM)
local EXACT = 2 ^ 53

-- Each reads value i (from 0) of a contiguous column; nil when it is missing.
local read = {}

function read.number(column, i)
  local values = column.values
  local x = values.elem == C.MAH_FLOAT32 and ffi.cast(float_p, values.data)[i]
    or ffi.cast(double_p, values.data)[i]
  if x == x then return x end
end

function read.integer(column, i)
  local x = ffi.cast(int64_p, column.values.data)[i]
  if x == MISSING then return nil end
  local number = tonumber(x)
  return number > -EXACT and number < EXACT and number or x
end

function read.date(column, i)
  local x = ffi.cast(int64_p, column.values.data)[i]
  if x == MISSING then return nil end
  return ffi.string(date, C.mah_date_write(date, x))
end

function read.category(column, i)
  local code = ffi.cast(int32_p, column.values.data)[i]
  if code >= 0 then return column.names[code + 1] end
end
read.boolean = read.category

function read.text(column, i)
  local place = tonumber(ffi.cast(int64_p, column.values.data)[i])
  if place < 0 then return nil end
  local at = ffi.cast(bytes_p, column.bytes.data) + place
  local size = at[0] + at[1] * 256 + at[2] * 65536 + at[3] * 16777216
  return ffi.string(at + C.MAH_TEXT_HEAD, size)
end

--- As many digits as it takes to read the same number back; a point, whatever the locale.
---@param x number|ffi.cdata*   the latter an int64_t
---@return string|nil   nil of NaN
function kinds.number_text(x)
  if type(x) ~= "number" then return (tostring(x):gsub("LL$", "")) end
  if x % 1 == 0 and math.abs(x) < EXACT then return ("%d"):format(x) end
  if x == math.huge then return "inf" elseif x == -math.huge then return "-inf" end
  for digits = 15, 17 do
    local text = ("%." .. digits .. "g"):format(x):gsub(",", ".")
    if tonumber(text) == x then return text end
  end
end

kinds.read = read
kinds.MISSING = MISSING

--- The core's number of a kind.
kinds.number = {
  integer = C.MAH_COLUMN_INTEGER, number = C.MAH_COLUMN_NUMBER, float64 = C.MAH_COLUMN_NUMBER,
  float32 = C.MAH_COLUMN_FLOAT32, boolean = C.MAH_COLUMN_BOOLEAN, date = C.MAH_COLUMN_DATE,
  category = C.MAH_COLUMN_CATEGORY, text = C.MAH_COLUMN_TEXT,
}

--- The kind that a number of the core means.
kinds.name = {
  [C.MAH_COLUMN_INTEGER] = "integer", [C.MAH_COLUMN_NUMBER] = "number",
  [C.MAH_COLUMN_BOOLEAN] = "boolean", [C.MAH_COLUMN_DATE] = "date",
  [C.MAH_COLUMN_CATEGORY] = "category", [C.MAH_COLUMN_TEXT] = "text",
}

kinds.is_numeric = { number = true, integer = true }

return kinds
