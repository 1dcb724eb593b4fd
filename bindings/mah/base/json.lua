--- JSON for people: sorted keys and indentation; lua-cjson does the values and the reading.
---
---     mah.json.encode{name = "mah", sizes = {1, 2}}        mah.json.decode '{"a": 1}'
local check = require "mah.base.check"

local json = {}

local function cjson()
  local ok, library = pcall(require, "cjson")
  return ok and library
    or check.raise("mah.json: lua-cjson cannot be loaded (Debian: lua-cjson): %s", library)
end

local function is_list(t) return #t > 0 or next(t) == nil end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do
    check.that(type(key) == "string", "mah.json.encode: a key must be a string, got %s",
      check.show(key))
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

local write

local function write_items(out, value, indent, list)
  local inner = indent .. "  "
  for i, key in ipairs(list and value or sorted_keys(value)) do
    out[#out + 1] = (i > 1 and ",\n" or "\n") .. inner
    local item = key
    if not list then
      out[#out + 1] = cjson().encode(key) .. ": "
      item = value[key]
    end
    write(out, item, inner)
  end
  out[#out + 1] = "\n" .. indent
end

function write(out, value, indent)
  if type(value) ~= "table" then
    local finite = type(value) ~= "number" or value - value == 0
    out[#out + 1] = finite and cjson().encode(value) or "null"
    return
  end
  local list = is_list(value)
  out[#out + 1] = list and "[" or "{"
  if next(value) ~= nil then write_items(out, value, indent, list) end
  out[#out + 1] = list and "]" or "}"
end

--- The value as JSON text. Tables with [1] (and empty ones) are lists, others objects with string
--- keys; NaN and infinity, which JSON does not have, become null.
---@return string
function json.encode(value)
  local out = {}
  write(out, value, "")
  return table.concat(out)
end

--- The value that a JSON text stands for.
---@param text string
function json.decode(text)
  local ok, value = pcall(cjson().decode, text)
  return ok and value or check.raise("mah.json.decode: %s", tostring(value))
end

return json
