--- JSON for people: sorted keys and indentation (or none), numbers with as many digits as it takes
--- to read the same value back. lua-cjson reads.
---
---     print(mah.json.encode({ name = "mah", sizes = { 1, 2 } }, { indent = false }))
---     --> {"name":"mah","sizes":[1,2]}
---     print(mah.json.decode('{"a": 1}').a)   --> 1
local check = require "mah.base.check"
local options = require "mah.base.options"
local text = require "mah.base.text"

local json = {}

local MOST_DEEP = 500

-- -- lua-cjson ------------------------------------------------------------------------------------

--- The entries of a search path that do not depend on the folder we happen to be in: a file there
--- may come from anybody, and must not run when data are read.
local function absolute_only(path)
  local kept = {}
  for entry in path:gmatch "[^;]+" do
    if entry:sub(1, 1) == "/" then kept[#kept + 1] = entry end
  end
  return table.concat(kept, ";")
end

local function find_cjson()
  if package.preload.cjson then return package.preload.cjson "cjson" end -- linked into a program
  local place, why = package.searchpath("cjson", absolute_only(package.cpath))
  local open
  if place then open, why = package.loadlib(place, "luaopen_cjson") end
  return open and open()
    or check.raise("mah.json: lua-cjson cannot be loaded (Debian: lua-cjson): %s", tostring(why))
end

local library, decoder, locale

--- lua-cjson's decode. It looks at the locale's decimal point when an instance is made, and only
--- then.
local function decode()
  local now = os.setlocale(nil, "numeric")
  if now ~= locale then
    library = library or find_cjson()
    decoder, locale = library.new(), now
    decoder.decode_invalid_numbers(false)
  end
  return decoder.decode
end

-- -- Values ---------------------------------------------------------------------------------------

--- The shortest decimal that reads back as the same number.
---
---     print(mah.json.number(0.1), mah.json.number(1 / 3), mah.json.number(3))
---     --> 0.1 0.3333333333333333 3
---@param v number   finite
---@return string
function json.number(v)
  if v % 1 == 0 and math.abs(v) < 2 ^ 53 then
    return v == 0 and 1 / v < 0 and "-0.0" or ("%d"):format(v)
  end
  for digits = 15, 17 do
    local shown = ("%." .. digits .. "g"):format(v)
    if tonumber(shown) == v then return shown end
  end
end

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r" }

--- A string of UTF-8 as JSON has it, in quotes.
---
---     print(mah.json.string 'say "moon"')   --> "say \"moon\""
---@param s string
---@return string
function json.string(s)
  return '"' .. s:gsub('[%z\1-\31"\\\127]', function(c)
    return escapes[c] or ("\\u%04x"):format(c:byte())
  end) .. '"'
end

local function checked_string(s)
  check.that(text.is_utf8(s), 'mah.json.encode: the string "%s" is not UTF-8', s)
  return json.string(s)
end

-- -- Writing --------------------------------------------------------------------------------------

--- The keys of an object, sorted, or nil for a list.
local function keys_of(t)
  local keys, count = {}, 0
  for key in pairs(t) do
    count = count + 1
    if type(key) == "string" then
      keys[#keys + 1] = key
    elseif type(key) ~= "number" then
      check.raise("mah.json.encode: a key must be a string, got %s", check.show(key))
    end
  end
  if count == #t then return nil end
  check.that(#keys == count, "mah.json.encode: a table is neither a list (1 ... n) nor has only "
    .. "names")
  table.sort(keys)
  return keys
end

local write

local function write_items(out, value, keys, indent, depth)
  local inner = indent and indent .. "  "
  for i, key in ipairs(keys or value) do
    out[#out + 1] = i > 1 and "," or ""
    if indent then out[#out + 1] = "\n" .. inner end
    if keys then out[#out + 1] = checked_string(key) .. (indent and ": " or ":") end
    write(out, value[keys and key or i], inner, depth)
  end
  if indent then out[#out + 1] = "\n" .. indent end
end

local function write_table(out, value, indent, depth)
  check.that(depth < MOST_DEEP, "mah.json.encode: tables lie in tables without end")
  local keys = keys_of(value)
  out[#out + 1] = keys and "{" or "["
  if next(value) ~= nil then write_items(out, value, keys, indent, depth + 1) end
  out[#out + 1] = keys and "}" or "]"
end

function write(out, value, indent, depth)
  local kind = type(value)
  if kind == "table" then return write_table(out, value, indent, depth) end
  if kind == "number" then
    out[#out + 1] = value - value == 0 and json.number(value) or "null"
  elseif kind == "string" then
    out[#out + 1] = checked_string(value)
  elseif kind == "boolean" then
    out[#out + 1] = tostring(value)
  elseif kind == "nil" or kind == "userdata" and tostring(value):find "NULL" then
    out[#out + 1] = "null" -- what decode gives for null
  else
    check.raise("mah.json.encode: %s cannot be written as JSON", check.show(value))
  end
end

local rules = options.declare("mah.json.encode", {
  indent = { true, "boolean", nil, "an item a line, by two blanks a level; false: all on one line, "
    .. "without blanks" },
})

--- A value as JSON text, with sorted keys. Tables with [1] ... [n] (and empty ones) are lists,
--- others objects with string keys; NaN and infinity, which JSON does not have, become null.
--- Strings must be UTF-8.
---
---     print(mah.json.encode { name = "mah", sizes = { 1, 2 } })
---     --> {
---     -->   "name": "mah",
---     -->   "sizes": [
---     -->     1,
---     -->     2
---     -->   ]
---     --> }
---     print(mah.json.encode({ b = true, a = 0.5 }, { indent = false }))   --> {"a":0.5,"b":true}
---@param value any
---@param given {indent: boolean?}|nil
---@return string
function json.encode(value, given)
  local out = {}
  write(out, value, options(given, rules, "mah.json.encode").indent and "" or nil, 0)
  return table.concat(out)
end

-- -- Reading --------------------------------------------------------------------------------------

--- What lua-cjson's messages call by names of its own source.
local tokens = {
  T_OBJ_BEGIN = "'{'", T_OBJ_END = "'}'", T_ARR_BEGIN = "'['", T_ARR_END = "']'",
  T_COLON = "':'", T_COMMA = "','", T_STRING = "a string", T_NUMBER = "a number",
  T_BOOLEAN = "true or false", T_NULL = "null", T_END = "the end",
}

--- The value that a JSON text stands for; objects and lists are tables, null is a value that equals
--- only itself and is written as null again. Numbers have a point, whatever the locale.
---
---     local value = mah.json.decode '{"name": "mah", "sizes": [1, 2]}'
---     print(value.name, value.sizes[2])   --> mah 2
---@param source string
---@return any
function json.decode(source)
  local ok, value = pcall(decode(), source)
  if not ok then check.raise("mah.json.decode: %s", (tostring(value):gsub("T_[%u_]+", tokens))) end
  return value
end

return json
