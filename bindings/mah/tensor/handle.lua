--- The handles of tensors: how a mah_tensor is made, checked, measured and dropped. What Lua's
--- x[i], #x and x.name make of it is in mah.tensor.ctype, through which all else comes here.
local C = require "mah.base.library"
local check = require "mah.base.check"
local elsewhere = require "mah.tensor.elsewhere"
local ffi = require "ffi"
local ledger = require "mah.tensor.ledger"
local options = require "mah.base.options"
local traced = require "mah.tensor.traced"

local tensor_t = ffi.typeof "mah_tensor"
local extents_t = ffi.typeof "int64_t[8]"

--- An array of numbers of one dtype, with up to 8 dimensions. #x is the size of the first one.
---
--- Elements and parts: x[i] is an element of a vector, else the i-th slice, a view; x[i][j] or x{i,
--- j} an element of a matrix. x{{1, 3}, {}} takes ranges of the dimensions, both ends included, and
--- {} for all: a view. x[mask], x[rows] and x[{rows, columns}] pick by a bool or uint8 mask and by
--- int32 or int64 positions: a copy. All of them can be assigned to. Positions count from 1, or
--- from -1 at the end.
---
--- The operators + - * / % ^ and unary - work element by element and broadcast. <, <= and == do not
--- compare elements: x:lt(y), x:eq(y) ... do, and x:equal(y) compares whole tensors.
---
---     local x = mah.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
---     print(#x, x.dtype, x.shape[2], x[2][1], x { 2, -1 })
---     --> 2 float32 3 4 6
---     print(x { {}, { 2, 3 } } * 10)
---     --> float32 2x2
---     --> {{20.0, 30.0},
---     -->  {50.0, 60.0}}
---     x[x:gt(4)] = 0
---     print(x:sum(), (x ^ 2):sum())   --> 10 30
---@class tensor
---@field [integer|table|tensor] tensor|number|boolean   a view, an element; by a mask: a copy
---@field shape integer[]   the sizes of the dimensions, as a new list
---@field dtype string      of the elements: float32, float64, int64, int32, uint8, bool, float16 or
---  bfloat16
---@operator add(tensor|number): tensor
---@operator sub(tensor|number): tensor
---@operator mul(tensor|number): tensor
---@operator div(tensor|number): tensor
---@operator mod(tensor|number): tensor
---@operator pow(tensor|number): tensor
---@operator unm: tensor
---@operator len: integer
---@operator call(table): tensor|number
local Type = {
  methods = traced.guarded_methods(), -- x:name(...)
  fields = {}, -- x.name, computed by fields.name(x)
  operators = setmetatable({}, {}), -- "add" ... behind the metamethods
  MAX_DIMS = C.MAH_MAX_DIMS,
}
local methods, fields = Type.methods, Type.fields
local enter = ledger.enter

-- -- dtypes ---------------------------------------------------------------------------------------

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
Type.pointers = {
  [0] = ffi.typeof "float*", ffi.typeof "double*", ffi.typeof "int32_t*", ffi.typeof "uint8_t*",
  ffi.typeof "int64_t*", ffi.typeof "uint8_t*",
}

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
  if traced.is(value) then
    return "; no gradient comes through here: x:detach() gives the values"
  end
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

--- The sizes of the dimensions, as a new list: {2, 3} of a 2 x 3 matrix, {} of a tensor without
--- dimensions.
---@return integer[]
function fields.shape(t)
  local shape = {}
  for d = 1, t.ndim do shape[d] = tonumber(t.extent[d - 1]) end
  return shape
end

--- The type of the elements: "float32", "float64", "int64", "int32", "uint8", "bool", "float16" or
--- "bfloat16".
---@return string
function fields.dtype(t) return dtype_names[t.elem] end

return Type
