--- JSON with one spelling for each value: sorted keys, no spaces, and the shortest numbers that
--- read back as the same bits. What is hashed and stored goes through here.
---
---     canonical.encode{lr = 0.1, hidden = {100, 50}}    --> {"hidden":[100,50],"lr":0.1}
---     canonical.encode{f = print}                       --> nil, "f: a function"
local check = require "mah.base.check"
local json = require "mah.base.json"
local is_utf8 = require("mah.base.text").is_utf8

local canonical = {}

local MOST_DEEP = 100

--- The shortest decimal that reads back as the same double. JSON has no infinity; 1e999 reads as
--- one.
---@param v number   not NaN
---@return string
function canonical.number(v)
  if v == math.huge then return "1e999" end
  if v == -math.huge then return "-1e999" end
  return json.number(v)
end

-- -- Strings --------------------------------------------------------------------------------------

--- Text with other bytes than UTF-8 made harmless, for messages.
---@param s string
---@return string
function canonical.clean(s)
  return is_utf8(s) and s or (s:gsub("[\128-\255]", "?"))
end

-- -- Values ---------------------------------------------------------------------------------------

local write

local function join(path, key)
  if type(key) == "number" then return ("%s[%d]"):format(path, key) end
  return path == "" and tostring(key) or path .. "." .. tostring(key)
end

local function write_list(out, list, path, depth)
  out[#out + 1] = "["
  for i = 1, #list do
    if i > 1 then out[#out + 1] = "," end
    local problem = write(out, list[i], join(path, i), depth)
    if problem then return problem end
  end
  out[#out + 1] = "]"
end

local function write_object(out, object, keys, path, depth)
  table.sort(keys)
  out[#out + 1] = "{"
  for i, key in ipairs(keys) do
    if not is_utf8(key) then return path .. ": a key that is not UTF-8" end
    out[#out + 1] = (i > 1 and "," or "") .. json.string(key) .. ":"
    local problem = write(out, object[key], join(path, key), depth)
    if problem then return problem end
  end
  out[#out + 1] = "}"
end

--- Lists have the keys 1 ... n, objects strings.
local function write_table(out, value, path, depth)
  if depth > MOST_DEEP then
    return check.short_path(path) .. ": tables lie in tables without end"
  end
  local keys, count = {}, 0
  for key in pairs(value) do
    count = count + 1
    if type(key) == "string" then keys[#keys + 1] = key end
  end
  if #keys == count then return write_object(out, value, keys, path, depth + 1) end
  if #keys == 0 and count == #value then return write_list(out, value, path, depth + 1) end
  return (path == "" and "it is" or path .. ":")
    .. " a table that is neither a list nor has only names"
end

--- Returns what is wrong, or nil.
function write(out, value, path, depth)
  local kind = type(value)
  if kind == "table" then return write_table(out, value, path, depth) end
  local where = path == "" and "it is " or path .. ": "
  if kind == "number" then
    if value ~= value then return where .. "NaN" end
    out[#out + 1] = canonical.number(value)
  elseif kind == "string" then
    if not is_utf8(value) then return where .. "a string that is not UTF-8" end
    out[#out + 1] = json.string(value)
  elseif kind == "boolean" then
    out[#out + 1] = tostring(value)
  else
    return where .. (kind == "cdata" and "cdata (a tensor?); only numbers, strings, booleans and "
      .. "tables of them can be stored" or "a " .. kind)
  end
end

--- The text of a value; nil and the reason when it has none (functions, NaN, cycles ...). An empty
--- table is an object.
---@param value any
---@return string|nil text, string|nil problem   "curve[3]: NaN"
function canonical.encode(value)
  local out = {}
  local problem = write(out, value, "", 0)
  if problem then return nil, problem end
  return table.concat(out)
end

--- The value that a text stands for.
---@param text string
function canonical.decode(text)
  local first = text:byte()
  if first ~= 123 and first ~= 91 then return json.decode("[" .. text .. "]")[1] end
  return json.decode(text)
end

return canonical
