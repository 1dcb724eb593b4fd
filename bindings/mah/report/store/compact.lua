--- JSON in few bytes, for a page: numbers with six digits, infinity as 1e999 (which JavaScript
--- reads as such), NaN as null; "<" only as \u003c, so that nothing ends the element around it.
local json = require "mah.base.json"
local text = require "mah.base.text"

--- In a list, what is not there: null.
local NONE = setmetatable({}, { __tostring = function() return "null" end })

local function number(v)
  if v ~= v then return "null" end
  if math.abs(v) == math.huge then return v > 0 and "1e999" or "-1e999" end
  if v % 1 == 0 and math.abs(v) < 2 ^ 53 then return ("%.0f"):format(v) end
  return (("%.6g"):format(v):gsub(",", "."):gsub("e([-+])0+", "e%1"))
end

local function string_of(s)
  s = text.is_utf8(s) and s or s:gsub("[\128-\255]", "?")
  return (json.string(s):gsub("<", "\\u003c"))
end

local write

local function write_list(out, list)
  out[#out + 1] = "["
  for i = 1, #list do
    if i > 1 then out[#out + 1] = "," end
    write(out, list[i])
  end
  out[#out + 1] = "]"
end

local function write_object(out, object)
  local keys = {}
  for key in pairs(object) do keys[#keys + 1] = key end
  table.sort(keys)
  out[#out + 1] = "{"
  for i, key in ipairs(keys) do
    out[#out + 1] = (i > 1 and "," or "") .. string_of(key) .. ":"
    write(out, object[key])
  end
  out[#out + 1] = "}"
end

function write(out, v)
  local kind = type(v)
  if v == NONE then
    out[#out + 1] = "null"
  elseif kind == "number" then
    out[#out + 1] = number(v)
  elseif kind == "string" then
    out[#out + 1] = string_of(v)
  elseif kind ~= "table" then
    out[#out + 1] = tostring(v)
  elseif #v > 0 or next(v) == nil then
    write_list(out, v)
  else
    write_object(out, v)
  end
end

local compact = { NONE = NONE }

--- The value as JSON. Lists have no holes: compact.NONE stands there. An empty table is a list.
---@param value any
---@return string
function compact.encode(value)
  local out = {}
  write(out, value)
  return table.concat(out)
end

return compact
