--- The C type of tensors in Lua: x[i], x[i] = v, x.name, #x and the operators. Methods live in the
--- tables `methods` and `operators`, which the other files of this folder fill; mah.tensor.type
--- loads them as they are needed.
local C = require "mah.base.library"
local Type = require "mah.tensor.handle"
local check = require "mah.base.check"
local elsewhere = require "mah.tensor.elsewhere"
local ffi = require "ffi"
local options = require "mah.base.options"
local traced = require "mah.tensor.traced"

local methods, fields, operators = Type.methods, Type.fields, Type.operators

-- -- Elements -------------------------------------------------------------------------------------

-- What LuaJIT makes of x[i] in a loop over i, besides the load and the store, is one comparison of
-- integers, if it is written as below: as many branches as a processor takes in a cycle, with the
-- loop's own. `key - 1` would be checked for overflow as an int, as an int64_t it is not, nor is a
-- pointer plus `key`. With its parts in locals, LuaJIT would not hoist what finds x.
local float_p, double_p, int32_p = ffi.typeof "float*", ffi.typeof "double*", ffi.typeof "int32_t*"
local uint8_p, uint16_p = ffi.typeof "uint8_t*", ffi.typeof "uint16_t*"
local int64_t, int64_p = ffi.typeof "int64_t", ffi.typeof "int64_t*"
local uint64_t, extents_t = ffi.typeof "uint64_t", ffi.typeof "int64_t[8]"
local extent_p, step_p = ffi.typeof "const uint64_t*", ffi.typeof "const int64_t*"

local function outside(key, n)
  check.raise("index %s is outside of 1 ... %d", tostring(key), n)
end

--- What `place` leaves out: keys from the end, keys that are wrong, and other steps than 1.
local function far_place(t, key, writes)
  local n, step = tonumber(t.extent[0]), tonumber(t.step[0])
  local i = key < 0 and key + n or key - 1
  if not (i >= 0 and i < n) or i % 1 ~= 0 then outside(key, n) end
  if writes and step == 0 and n > 1 then
    check.raise("an expanded tensor (%s) cannot be written; clone it first", Type.describe(t))
  end
  return i * step + 1
end

--- The 1-based place of element `key` of a vector, in elements from its first.
local function place(t, key, writes)
  if ffi.cast(uint64_t, ffi.cast(int64_t, key) - 1) < ffi.cast(extent_p, t.extent)[0]
    and ffi.cast(step_p, t.step)[0] == 1 and key % 1 == 0 then
    return key
  end
  return far_place(t, key, writes)
end

-- The integers that Lua's numbers hold are given as such; beyond them an int64 is an int64_t.
local EXACT = 2 ^ 53

--- The int64 at a pointer, as Lua has it.
---@param p ffi.cdata*   int64_t*
---@return number|ffi.cdata*
function Type.read_int64(p)
  local value = p[0]
  local number = tonumber(value)
  return number > -EXACT and number < EXACT and number or value
end

--- Is it a number, or an int64_t?
function Type.is_number(value)
  return type(value) == "number" or type(value) == "cdata" and ffi.istype(int64_t, value)
end

--- A number, or an int64_t, as an int64: towards zero, clamped, NaN gives 0.
function Type.to_int64(value)
  if type(value) == "cdata" then return value end
  if value ~= value then return 0LL end
  if value >= 2 ^ 63 then return 0x7fffffffffffffffLL end
  return ffi.cast(int64_t, math.max(value, -2 ^ 63))
end

--- Element `at` (from 1) of the elements at `data`, of a dtype that Lua has no number for: a truth
--- value for a bool.
local function read_rare(data, at, elem)
  if elem == 5 then return ffi.cast(uint8_p, data)[at - 1] ~= 0 end
  return C.mah_half_value(elem, ffi.cast(uint16_p, data)[at - 1])
end

local function write_rare(data, at, elem, value)
  if elem == 5 then
    ffi.cast(uint8_p, data)[at - 1] = value ~= 0 and 1 or 0
  else
    ffi.cast(uint16_p, data)[at - 1] = C.mah_half_bits(elem, value)
  end
end

--- Element `at` (from 1) of the elements at `data`, as Lua has it.
local function read(data, at, elem)
  if elem == 0 then return (ffi.cast(float_p, data) + at)[-1] end
  if elem == 1 then return (ffi.cast(double_p, data) + at)[-1] end
  if elem == 2 then return (ffi.cast(int32_p, data) + at)[-1] end
  if elem == 4 then return Type.read_int64(ffi.cast(int64_p, data) + (at - 1)) end
  if elem == 3 then return (ffi.cast(uint8_p, data) + at)[-1] end
  return read_rare(data, at, elem)
end

--- The first element: a number, an int64_t beyond 2^53, a boolean.
---@param t tensor
---@return number|boolean|ffi.cdata*
function Type.first(t) return read(t.data, 1, t.elem) end

-- As `read` does, but without a pointer handed over: LuaJIT would not hoist what finds x in a loop.
local function get_element(t, key)
  local at, elem = place(t, key), t.elem
  if elem == 0 then return (ffi.cast(float_p, t.data) + at)[-1] end
  if elem == 1 then return (ffi.cast(double_p, t.data) + at)[-1] end
  return read(t.data, at, elem)
end

--- What a tensor takes for an element: a number, an int64_t, a truth value.
function Type.is_element(value) return type(value) == "boolean" or Type.is_number(value) end

--- A truth value as 1 or 0, an int64_t as a number that it equals; other values as they are.
function Type.to_number(value)
  if type(value) == "boolean" then return value and 1 or 0 end
  if type(value) == "cdata" and ffi.istype(int64_t, value) then
    local number = tonumber(value)
    return number > -EXACT and number < EXACT and number or value
  end
  return value
end

--- The same, where a tensor may stand: an int64_t beyond 2^53 becomes one without dimensions.
function Type.operand(value)
  value = Type.to_number(value)
  if type(value) ~= "cdata" or not ffi.istype(int64_t, value) then return value end
  local t = Type.new(C.MAH_INT64, 0, extents_t())
  ffi.cast(int64_p, t.data)[0] = value
  return t
end

--- As C.mah_tensor_copy converts: towards zero, clamped, NaN gives 0.
local function to_integer(value, low, high)
  if value ~= value then return 0 end
  return value < low and low or value > high and high or value
end

local function set_element(t, key, value)
  local at, elem = place(t, key, true), t.elem
  if type(value) == "boolean" then value = value and 1 or 0 end
  if elem ~= 4 and type(value) == "cdata" then value = tonumber(value) end
  if elem == 0 then
    (ffi.cast(float_p, t.data) + at)[-1] = value
  elseif elem == 1 then
    (ffi.cast(double_p, t.data) + at)[-1] = value
  elseif elem == 2 then
    (ffi.cast(int32_p, t.data) + at)[-1] = to_integer(value, -2147483648, 2147483647)
  elseif elem == 4 then
    (ffi.cast(int64_p, t.data) + at)[-1] = Type.to_int64(value)
  elseif elem == 3 then
    (ffi.cast(uint8_p, t.data) + at)[-1] = to_integer(value, 0, 255)
  else
    write_rare(t.data, at, elem, value)
  end
end

-- -- Names ----------------------------------------------------------------------------------------

local functions = {
  empty_like = "(x)", zeros_like = "(x)", ones_like = "(x)", full_like = "(x, 1)",
  rand_like = "(x)", randn_like = "(x)", randint_like = "(x, 0, 9)",
  cat = "({x, y}, 1)", stack = "({x, y}, 1)",
}

--- What to write instead of a method that there is not: x:zeros_like() is mah.zeros_like(x).
local function suggestion(name)
  if functions[name] then return "; write mah." .. name .. functions[name] end
  if elsewhere.tensor[name] then return "; " .. elsewhere.tensor[name] end
  local known = {}
  for _, names in ipairs { methods, fields } do
    for known_name in pairs(names) do known[known_name] = true end
  end
  return options.did_you_mean(name, known)
end

-- -- The metatable --------------------------------------------------------------------------------

local function index(t, key)
  if type(key) == "number" then
    if t.ndim == 1 then return get_element(t, key) end
    return methods.select(t, 1, key)
  end
  local method = methods[key]
  if method then return method end
  local field = fields[key]
  if field then return field(t) end
  if type(key) == "table" then return methods.at(t, key) end
  if Type.is_tensor(key) then return operators.pick(t, key) end
  if type(key) ~= "string" then check.raise("a tensor has no element at %s", check.show(key)) end
  check.raise("a tensor has no '%s'%s", key, suggestion(key))
end

local function new_index(t, key, value)
  if type(key) == "number" and t.ndim == 1 and Type.is_element(value) then
    if traced.is_open then traced.before_change(t, "x[i] = v") end
    return set_element(t, key, value)
  end
  if Type.is_tensor(key) then return operators.put(t, key, value) end
  if type(key) ~= "number" and type(key) ~= "table" then
    check.raise("a tensor's %s cannot be set", type(key) == "string" and ("'%s'"):format(key)
      or "element at " .. check.show(key))
  end
  operators.assign(t, key, value)
end

local metatable = {
  __index = index,
  __newindex = new_index,
}

--- Loops that Lua has for tables alone.
local function no_loop()
  check.raise "a tensor is no table: write for i = 1, #x do local row = x[i] ... end"
end
metatable.__pairs, metatable.__ipairs = no_loop, no_loop

function metatable.__concat()
  check.raise "a tensor is no string: write tostring(x), or x:item() for one element"
end

for _, name in ipairs {
  "add", "sub", "mul", "div", "pow", "mod", "unm", "tostring", "len", "eq", "lt", "le", "call",
} do
  metatable["__" .. name] = function(...) return operators[name](...) end
end

--- #x: the size of the first dimension.
function operators.len(t)
  if t.ndim == 0 then check.raise("a tensor without dimensions has no length") end
  return tonumber(t.extent[0])
end

--- <, <=, > and >= have one truth value in Lua, a tensor many.
function operators.lt()
  check.raise("<, <=, > and >= do not compare tensors; write x:lt(y), x:le(y), x:gt(y) or x:ge(y), "
    .. "which give true where it is, or x:item() < 2 for one")
end
operators.le = operators.lt

--- == asks whether both are the same object: x:eq(2) compares elements, x:equal(y) whole tensors.
--- With a number it could never be true, so it is an error.
function operators.eq(a, b)
  if type(a) == "number" or type(b) == "number" then
    check.raise "== does not compare a tensor's elements; write x:eq(2), or x:item() == 2 for one"
  end
  return Type.is_tensor(a) and Type.is_tensor(b) and ffi.cast("void*", a) == ffi.cast("void*", b)
end

ffi.metatype("mah_tensor", metatable)

return Type
