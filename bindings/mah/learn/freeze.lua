--- Nested tables to tensors and JSON and back, for checkpoints. Loading runs no code.
---
---     local tensors, text = freeze.freeze{w = w, epoch = 3, curve = {0.5, 0.4}}
---     local state = freeze.thaw(tensors, text)
---
--- Numbers (infinities and NaN included), strings, booleans, tensors and tables of these keep their
--- values, bit for bit. A key is a string or a whole number.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local json = require "mah.base.json"

local freeze = {}

-- A table becomes {k = {...}, v = {...}}: keys and values side by side. A number that JSON might
-- change is a string with its type in front, and so are strings themselves.
local pack

local function pack_number(x)
  if x ~= x then return "n:nan" end
  if x == math.huge or x == -math.huge then return x > 0 and "n:inf" or "n:-inf" end
  return ("n:%.17g"):format(x)
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

local function pack_table(t, path, tensors)
  local packed = { k = {}, v = {} }
  for i, key in ipairs(sorted_keys(t, path)) do
    packed.k[i] = pack(key, path, tensors)
    packed.v[i] = pack(t[key], path == "" and tostring(key) or path .. "." .. tostring(key),
      tensors)
  end
  return packed
end

function pack(value, path, tensors)
  local kind = type(value)
  if kind == "number" then return pack_number(value) end
  if kind == "string" then return "s:" .. value end
  if kind == "boolean" then return value end
  if kind == "table" then return pack_table(value, path, tensors) end
  check.that(Type.is_tensor(value), "cannot save %s: it is %s", path, check.show(value))
  tensors[path] = value:contiguous()
  return "t:" .. path
end

--- The tensors by their paths ("best.w"), and everything else as JSON text. Functions and other
--- values that cannot be saved are errors that name their path.
---@param value table
---@return table<string, tensor> tensors, string text
function freeze.freeze(value)
  local tensors = {}
  return tensors, json.encode(pack(value, "", tensors))
end

local numbers = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }

local function unpack_value(packed, tensors)
  if type(packed) == "table" then
    check.that(type(packed.k) == "table" and type(packed.v) == "table" and #packed.k == #packed.v,
      "the saved state is damaged")
    local t = {}
    for i, packed_key in ipairs(packed.k) do
      local key = unpack_value(packed_key, tensors)
      check.that(type(key) == "string" or key == key and type(key) == "number",
        "the saved state is damaged")
      t[key] = unpack_value(packed.v[i], tensors)
    end
    return t
  end
  if type(packed) == "boolean" then return packed end
  local kind, text = tostring(packed):match "^(%l):(.*)$"
  if kind == "n" then return numbers[text] or tonumber(text) end
  if kind == "s" then return text end
  if kind == "t" then
    return check.that(tensors[text], "the saved state lacks the tensor %s", text)
  end
  check.raise "the saved state is damaged"
end

---@param tensors table<string, tensor>
---@param text string
---@return table
function freeze.thaw(tensors, text) return unpack_value(json.decode(text), tensors) end

return freeze
