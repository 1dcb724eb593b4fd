--- The tensor type: how a mah_tensor is made, counted, indexed and dropped. Methods live in the
--- table `methods`, which the other files of this folder fill.
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"

local tensor_t = ffi.typeof "mah_tensor"
local extents_t = ffi.typeof "int64_t[8]"

local Type = {
  methods = {}, -- x:name(...)
  fields = {}, -- x.name, computed by fields.name(x)
  operators = {}, -- "add" ... behind the metamethods
  ctype = tensor_t,
}
local methods, fields, operators = Type.methods, Type.fields, Type.operators

-- -- dtypes ----------------------------------------------------------------------------------------

local dtype_names = { [0] = "float32", "float64", "int32", "uint8" }
local dtype_numbers, pointers = {}, {}
for number = 0, #dtype_names do
  local c_names = { [0] = "float", "double", "int32_t", "uint8_t" }
  dtype_numbers[dtype_names[number]] = number
  pointers[number] = ffi.typeof(c_names[number] .. "*")
end
Type.dtype_names, Type.dtype_numbers, Type.pointers = dtype_names, dtype_numbers, pointers

--- The core's number of a dtype's name.
---@param name string|nil   "float32" when nil
---@return integer
function Type.dtype(name)
  if name == nil then return 0 end
  return dtype_numbers[name]
    or check.raise("dtype must be float32, float64, int32 or uint8; got %s", check.show(name))
end

-- -- Memory ----------------------------------------------------------------------------------------

-- LuaJIT's collector sees the small cdata and not its megabytes, so we ask for a collection whenever
-- the live bytes pass a limit that moves with what survives.
local FLOOR = 64 * 2 ^ 20
local limit = FLOOR

function Type.collect_if_full()
  if tonumber(C.mah_memory_live()) > limit then
    collectgarbage()
    limit = math.max(FLOOR, 2 * tonumber(C.mah_memory_live()))
  end
end

--- Calls a core function that makes a tensor:  Type.make(C.mah_tensor_narrow, t, 0, 2, 3)
---@return tensor
function Type.make(core_function, ...)
  local out = tensor_t()
  check.status(core_function(out, ...))
  return out
end

--- A tensor that is not initialised.
---@param dtype integer
---@param ndim integer
---@param extent ffi.cdata*   int64_t[8]
---@return tensor
function Type.new(dtype, ndim, extent)
  Type.collect_if_full()
  return Type.make(C.mah_tensor_new, dtype, ndim, extent)
end

function Type.is_tensor(value) return type(value) == "cdata" and ffi.istype(tensor_t, value) end

--- Complains unless `value` is a tensor that has not been freed.
---@return tensor
function Type.expect(value, name)
  if not Type.is_tensor(value) then
    check.raise("%s: a tensor is expected, got %s", name, check.show(value))
  end
  if value.store == nil then check.raise("%s: the tensor has been freed", name) end
  return value
end

--- Sizes as the core wants them, from a list or from arguments: f(2, 3), f{2, 3}.
---@return integer ndim, ffi.cdata* extents
function Type.sizes(where, first, ...)
  local list = type(first) == "table" and first or { first, ... }
  local extents = extents_t()
  if #list > 8 then check.raise("%s: %d dimensions; a tensor has at most 8", where, #list) end
  for i = 1, #list do
    local n = list[i]
    if type(n) ~= "number" or n ~= math.floor(n) or n < 0 or n > 2 ^ 52 then
      check.raise("%s: size %d must be an integer >= 0; got %s", where, i, check.show(n))
    end
    extents[i - 1] = n
  end
  return #list, extents
end

-- -- Fields ----------------------------------------------------------------------------------------

--- x.shape: a fresh table of the sizes.
function fields.shape(t)
  local shape = {}
  for d = 1, t.ndim do shape[d] = tonumber(t.extent[d - 1]) end
  return shape
end

--- x.dtype: "float32" ...
function fields.dtype(t) return dtype_names[t.elem] end

-- -- Elements --------------------------------------------------------------------------------------

--- Reads an element of a vector without a view in between; LuaJIT compiles it to a load.
local function get_element(t, index)
  local n = tonumber(t.extent[0])
  local i = index < 0 and index + n or index - 1
  if not (i >= 0 and i < n) or i % 1 ~= 0 then
    check.raise("index %s is outside of 1 ... %d", tostring(index), n)
  end
  i = i * tonumber(t.step[0])
  local elem = t.elem
  if elem == 0 then return (ffi.cast(pointers[0], t.data)[i]) end
  if elem == 1 then return (ffi.cast(pointers[1], t.data)[i]) end
  if elem == 2 then return (ffi.cast(pointers[2], t.data)[i]) end
  return (ffi.cast(pointers[3], t.data)[i])
end

local function index(t, key)
  if type(key) == "number" then
    if t.ndim == 1 then return get_element(t, key) end
    return methods.select(t, 1, key)
  end
  local method = methods[key]
  if method then return method end
  local field = fields[key]
  if field then return field(t) end
  if type(key) == "table" then return methods.sub(t, unpack(key)) end
  check.raise("a tensor has no '%s'", tostring(key))
end

local function new_index(t, key, value)
  if type(key) ~= "number" and type(key) ~= "table" then
    check.raise("a tensor's '%s' cannot be set", tostring(key))
  end
  operators.assign(t, key, value)
end

local metatable = {
  __index = index,
  __newindex = new_index,
  __gc = C.mah_tensor_release,
}
for _, name in ipairs { "add", "sub", "mul", "div", "pow", "mod", "unm", "tostring", "len", "eq" } do
  metatable["__" .. name] = function(...) return operators[name](...) end
end

function operators.len(t) return t.ndim > 0 and tonumber(t.extent[0]) or 0 end

--- == asks whether both are the same object (x:equal(y) compares elements).
function operators.eq(a, b)
  return Type.is_tensor(a) and Type.is_tensor(b) and ffi.cast("void*", a) == ffi.cast("void*", b)
end

ffi.metatype(tensor_t, metatable)

return Type
