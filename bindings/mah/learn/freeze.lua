--- Nested tables to tensors and JSON and back, for checkpoints. Loading runs no code.
---
---     local tensors, state = freeze.freeze{w = w, epoch = 3, curve = {0.5, 0.4}}
---     -- state: {"curve": [0.5, 0.4], "epoch": 3, "w": {"tensor": "w"}}
---     local back = freeze.thaw(tensors, state)
---
--- Numbers (infinities and NaN included), strings, booleans, tensors and tables of these keep their
--- values, bit for bit. A key is a string or a whole number.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local json = require "mah.base.json"
local text = require "mah.base.text"

local freeze = {}

-- Lists are lists and tables with names are objects, so that others can read the text too. What
-- JSON has not is an object with one of these names alone: {"tensor": its path},
-- {"number": "nan"}, {"bytes": hexadecimal digits}, {"entries": [[key, value], ...]}.
local special = { tensor = true, number = true, bytes = true, entries = true }

local pack

local function pack_number(x)
  if x - x == 0 then return x end
  return { number = x ~= x and "nan" or x > 0 and "inf" or "-inf" }
end

local function pack_string(s)
  if text.is_utf8(s) then return s end
  return { bytes = (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) }
end

local function sorted_keys(t, path)
  local keys = {}
  for key in pairs(t) do
    check.that(type(key) == "string" or type(key) == "number", "cannot save %s: a key is %s", path,
      check.show(key))
    keys[#keys + 1] = key
  end
  table.sort(keys, function(a, b)
    if type(a) == type(b) then return a < b end
    return type(a) == "number"
  end)
  return keys
end

--- May the table be an object of JSON, that is not taken for something else?
local function is_object(keys)
  for _, key in ipairs(keys) do
    if type(key) ~= "string" or not text.is_utf8(key) then return false end
  end
  local first_form = #keys == 2 and keys[1] == "k" and keys[2] == "v"
  return not first_form and not (#keys == 1 and special[keys[1]])
end

local function pack_table(t, path, tensors, names, depth)
  check.depth(depth, "cannot save %s", check.short_path(path))
  local keys = sorted_keys(t, path)
  local is_list = #keys == #t
  local as_object = not is_list and is_object(keys)
  local packed = {}
  for i, key in ipairs(keys) do
    local inner = path == "" and tostring(key) or path .. "." .. tostring(key)
    local value = pack(t[key], inner, tensors, names, depth + 1)
    if is_list or as_object then
      packed[key] = value
    else
      packed[i] = { pack(key, path, tensors, names, depth), value }
    end
  end
  return (is_list or as_object) and packed or { entries = packed }
end

function pack(value, path, tensors, names, depth)
  local kind = type(value)
  if kind == "number" then return pack_number(value) end
  if kind == "string" then return pack_string(value) end
  if kind == "boolean" then return value end
  if kind == "table" then return pack_table(value, path, tensors, names, depth) end
  check.that(Type.is_tensor(value), "cannot save %s: it is %s", path, check.show(value))
  path = names and names[value] or path
  tensors[path] = value:contiguous()
  return { tensor = path }
end

--- The tensors by their paths ("best.w"), and everything else as JSON text. Functions and other
--- values that cannot be saved are errors that name their path.
---@param value table
---@param names table<tensor, string>|nil   names of tensors, in the place of their paths
---@return table<string, tensor> tensors, string state
function freeze.freeze(value, names)
  local tensors = {}
  return tensors, json.encode(pack(value, "", tensors, names, 1), { indent = false })
end

-- -- And back -------------------------------------------------------------------------------------

local numbers = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }

local function tensor_of(tensors, path)
  return check.that(tensors[path], "the saved state lacks the tensor %s", tostring(path))
end

local function check_key(key)
  check.that(type(key) == "string" or type(key) == "number" and key == key,
    "the saved state is damaged")
  return key
end

local unpack_value

local unpack_special = {
  tensor = function(path, tensors) return tensor_of(tensors, path) end,
  number = function(name) return check.that(numbers[name], "the saved state is damaged") end,
  bytes = function(digits)
    check.that(type(digits) == "string" and #digits % 2 == 0 and not digits:find "%X",
      "the saved state is damaged")
    return (digits:gsub("..", function(hex) return string.char(tonumber(hex, 16)) end))
  end,
  entries = function(entries, tensors)
    check.that(type(entries) == "table", "the saved state is damaged")
    local t = {}
    for _, entry in ipairs(entries) do
      check.that(type(entry) == "table" and #entry == 2, "the saved state is damaged")
      t[check_key(unpack_value(entry[1], tensors))] = unpack_value(entry[2], tensors)
    end
    return t
  end,
}

function unpack_value(packed, tensors)
  local kind = type(packed)
  if kind == "number" or kind == "string" or kind == "boolean" then return packed end
  check.that(kind == "table", "the saved state is damaged")
  local key = next(packed)
  if unpack_special[key] and next(packed, key) == nil then
    return unpack_special[key](packed[key], tensors)
  end
  local t = {}
  for name, value in pairs(packed) do t[name] = unpack_value(value, tensors) end
  return t
end

--- The first form of the text, in files of before 0.2: a table is {k = {...}, v = {...}}, keys and
--- values side by side, and a string or a number has its type in front ("n:0.5").
local function unpack_first(packed, tensors)
  if type(packed) == "table" then
    check.that(type(packed.k) == "table" and type(packed.v) == "table" and #packed.k == #packed.v,
      "the saved state is damaged")
    local t = {}
    for i, key in ipairs(packed.k) do
      t[check_key(unpack_first(key, tensors))] = unpack_first(packed.v[i], tensors)
    end
    return t
  end
  if type(packed) == "boolean" then return packed end
  local kind, rest = tostring(packed):match "^(%l):(.*)$"
  if kind == "n" then return numbers[rest] or tonumber(rest) end
  if kind == "s" then return rest end
  check.that(kind == "t", "the saved state is damaged")
  return tensor_of(tensors, rest)
end

---@param tensors table<string, tensor>
---@param state string   the text
---@return table
function freeze.thaw(tensors, state)
  local packed = json.decode(state)
  check.that(type(packed) == "table" and packed[1] == nil and next(packed) ~= nil,
    "the saved state is damaged")
  return (packed.k and packed.v and unpack_first or unpack_value)(packed, tensors)
end

return freeze
