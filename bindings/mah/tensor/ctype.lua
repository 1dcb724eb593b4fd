--- The C type of tensors: how a mah_tensor is made, counted, indexed and dropped. Methods live in
--- the tables `methods` and `operators`, which the other files of this folder fill;
--- mah.tensor.type loads them all.
local C = require "mah.base.library"
local check = require "mah.base.check"
local elsewhere = require "mah.tensor.elsewhere"
local ffi = require "ffi"
local ledger = require "mah.tensor.ledger"
local options = require "mah.base.options"

local tensor_t = ffi.typeof "mah_tensor"
local extents_t = ffi.typeof "int64_t[8]"

local Type = {
  methods = {}, -- x:name(...)
  fields = {}, -- x.name, computed by fields.name(x)
  operators = {}, -- "add" ... behind the metamethods
  MAX_DIMS = C.MAH_MAX_DIMS,
}
local methods, fields, operators = Type.methods, Type.fields, Type.operators
local enter = ledger.enter

-- -- dtypes ---------------------------------------------------------------------------------------

local float_p, double_p = ffi.typeof "float*", ffi.typeof "double*"
local int32_p, uint8_p = ffi.typeof "int32_t*", ffi.typeof "uint8_t*"
local int64_p, uint16_p = ffi.typeof "int64_t*", ffi.typeof "uint16_t*"

local dtype_names, dtype_numbers, element_sizes = {}, {}, {}
for number = 0, C.MAH_DTYPES - 1 do
  local name = ffi.string(C.mah_dtype_name(number))
  dtype_names[number], dtype_numbers[name] = name, number
  element_sizes[number] = tonumber(C.mah_dtype_size(number))
end
Type.dtype_names, Type.dtype_numbers = dtype_names, dtype_numbers

--- The names as people are told of them, and as options take them.
Type.dtype_list = { "float32", "float64", "int64", "int32", "uint8", "bool", "float16", "bfloat16" }
Type.dtype_list.elsewhere = elsewhere.dtype

--- What the elements at a tensor's `data` are; float16 and bfloat16 have no such type.
Type.pointers = { [0] = float_p, double_p, int32_p, uint8_p, int64_p, uint8_p }

--- The core's number of a dtype's name.
---@param name string|nil   "float32" when nil
---@return integer
function Type.dtype(name)
  if name == nil then return 0 end
  if dtype_numbers[name] then return dtype_numbers[name] end
  local near = elsewhere.dtype[name]
  check.raise("dtype must be one of %s; got %s%s", table.concat(Type.dtype_list, ", "),
    check.show(name), near and ("; did you mean '%s'?"):format(near)
      or options.did_you_mean(name, dtype_numbers))
end

-- -- Memory ---------------------------------------------------------------------------------------

--- Collects garbage when much memory has been taken since the last time.
Type.collect_if_full = ledger.collect_if_full
local collect_if_full = ledger.collect_if_full

local writable_p = ffi.typeof "struct { void *data; } *"

--- What a core function writes a new tensor to, which then goes through Type.own:
---     local out = Type.blank()
---     check.status(C.mah_cat(out, list, n, dim))
---     return Type.own(out)
---@return tensor
function Type.blank()
  collect_if_full()
  local out = tensor_t()
  ffi.cast(writable_p, out).data = out.room -- offered, see core/tensor/tensor.h
  return out
end

local function own_storage(out)
  assert(C.mah_tensor_is_in_room(out) == 0, "a view of a tensor that has not been settled")
  return enter(out)
end

--- Sees to it that the storage of a new tensor is given back in the end. Few elements lie in the
--- tensor's room, where there is nothing to do.
---@param out tensor
---@return tensor out
function Type.own(out)
  if out.data == out.room then return out end
  return own_storage(out)
end
local own = Type.own

--- Calls a core function that makes a tensor:  Type.make(C.mah_tensor_clone, t)
---@return tensor
function Type.make(core_function, ...)
  local out = Type.blank()
  check.status(core_function(out, ...))
  return own(out)
end

--- Calls a core function that makes a view of `t`:  Type.view(C.mah_tensor_narrow, t, 0, 2, 3)
--- The elements of a tensor that lie in its room move to a storage before, as views share them.
---@param t tensor
---@return tensor
function Type.view(core_function, t, ...)
  local out = tensor_t()
  check.status(core_function(out, Type.settle(t), ...))
  return enter(out)
end

--- `t`, its elements in a storage that views can share. Pointers to them are worthless then.
---@param t tensor
---@return tensor t
function Type.settle(t)
  if t.data == t.room then
    check.status(C.mah_tensor_settle(t))
    enter(t)
  end
  return t
end

--- `new` in the place of `old`, a tensor of ours that nobody else has seen; its share of the
--- storage is given back at once.
---@return tensor new
function Type.replace(old, new)
  ledger.release(old)
  return new
end

--- Gives back a tensor's share of its storage now, and leaves it without elements.
---@param t tensor
Type.release = ledger.release

--- A tensor that is not initialised.
---@param dtype integer
---@param ndim integer
---@param extent ffi.cdata*   int64_t[8]
---@return tensor
function Type.new(dtype, ndim, extent)
  return Type.make(C.mah_tensor_new, dtype, ndim, extent)
end

--- Refuses lists out of proportion to the tensor: one without elements may have 2^40 rows.
---@param where string
---@param t tensor
---@param count number   the list's entries
function Type.check_many(where, t, count)
  local most = math.max(2 ^ 20, tonumber(C.mah_tensor_count(t)))
  check.that(count <= most, "%s: %s would become %.0f parts", where, Type.describe(t), count)
end

function Type.is_tensor(value) return type(value) == "cdata" and ffi.istype(tensor_t, value) end

--- float16 and bfloat16 as float32, in which they are computed with; other tensors as they are.
---@param t tensor
---@return tensor
function Type.wide(t)
  if C.mah_dtype_is_half(t.elem) == 0 then return t end
  return Type.make(C.mah_tensor_to, t, C.MAH_FLOAT32)
end

--- "float32 2x3", for messages; "float32 scalar" without dimensions.
---@return string
function Type.describe(t)
  local sizes = {}
  for d = 1, t.ndim do sizes[d] = ("%d"):format(tonumber(t.extent[d - 1])) end
  return dtype_names[t.elem] .. " " .. (#sizes > 0 and table.concat(sizes, "x") or "scalar")
end

--- "; " and how a tensor is made of what stands in its place, or "".
local function instead(value)
  local meta = getmetatable(value)
  local say = type(meta) == "table" and rawget(meta, "__instead")
  if say then return "; " .. say(value) end
  local is_list = type(value) == "table" and not meta and value[1] ~= nil
  return is_list and "; mah.tensor(list) makes a tensor of a list" or ""
end

--- "; is it called with a colon, x:sum()?" for a method without its object, or "".
local function with_a_colon(value, name)
  local is_method = value == nil and rawget(methods, name)
  return is_method and ("; is it called with a colon, x:%s(...)?"):format(name) or ""
end

--- Complains unless `value` is a tensor that has not been freed.
---@return tensor
function Type.expect(value, name)
  if not Type.is_tensor(value) then
    check.raise("%s: a tensor is expected, got %s%s%s", name, check.show(value), instead(value),
      with_a_colon(value, name))
  end
  if value.store == nil then check.raise("%s: the tensor has been freed", name) end
  return value
end

--- The bytes that a tensor's elements take.
---@return number
function Type.bytes(t) return tonumber(C.mah_tensor_count(t)) * element_sizes[t.elem] end

--- Sizes as the core wants them, from a list or from arguments: f(2, 3), f{2, 3}.
---@return integer ndim, ffi.cdata* extents
function Type.sizes(where, first, ...)
  local list = type(first) == "table" and first or { first, ... }
  local extents = extents_t()
  if #list > Type.MAX_DIMS then
    check.raise("%s: %d dimensions; a tensor has at most %d", where, #list, Type.MAX_DIMS)
  end
  for i = 1, #list do
    local n = list[i]
    if type(n) ~= "number" or n ~= math.floor(n) or n < 0 or n > 2 ^ 52 then
      check.raise("%s: size %d must be an integer >= 0; got %s", where, i, check.show(n))
    end
    extents[i - 1] = n
  end
  return #list, extents
end

--- A tensor's sizes as the core wants them.
---@return integer ndim, ffi.cdata* extents
function Type.extents(t)
  local extents = extents_t()
  ffi.copy(extents, t.extent, ffi.sizeof(extents))
  return t.ndim, extents
end

--- The core's number of a dimension counted from 1, or from -1 at the end. `more`: how many
--- dimensions beyond t's own may be named.
---@return integer   0 ... t.ndim - 1 + more
function Type.dim(t, dim, where, more)
  local n = t.ndim + (more or 0)
  if type(dim) ~= "number" then
    check.raise("%s: the dimension must be an integer, as in x:%s(1); got %s", where, where,
      check.show(dim))
  end
  if dim % 1 ~= 0 or dim == 0 or dim < -n or dim > n then
    check.raise("%s: dimension %s of a tensor with %d dimensions", where, check.show(dim), t.ndim)
  end
  return dim > 0 and dim - 1 or dim + n
end

--- A number argument; anything else is an error that names it.
function Type.number(value, where, name)
  if type(value) ~= "number" then
    check.raise("%s: %s must be a number; got %s", where, name, check.show(value))
  end
  return value
end

--- An integer argument; anything else is an error that names it.
function Type.integer(value, where, name)
  if type(value) ~= "number" or value % 1 ~= 0 or value < -2 ^ 52 or value > 2 ^ 52 then
    check.raise("%s: %s must be an integer; got %s", where, name, check.show(value))
  end
  return value
end

-- -- Fields ---------------------------------------------------------------------------------------

--- x.shape: a fresh table of the sizes.
function fields.shape(t)
  local shape = {}
  for d = 1, t.ndim do shape[d] = tonumber(t.extent[d - 1]) end
  return shape
end

--- x.dtype: "float32" ...
function fields.dtype(t) return dtype_names[t.elem] end

-- -- Elements -------------------------------------------------------------------------------------

-- What LuaJIT makes of x[i] in a loop over i, besides the load and the store, is one comparison of
-- integers, if it is written as below: as many branches as a processor takes in a cycle, with the
-- loop's own. `key - 1` would be checked for overflow as an int, as an int64_t it is not, nor is a
-- pointer plus `key`. With its parts in locals, LuaJIT would not hoist what finds x.
local int64_t, uint64_t = ffi.typeof "int64_t", ffi.typeof "uint64_t"
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
    .. "which give true where it is")
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

ffi.metatype(tensor_t, metatable)

return Type
