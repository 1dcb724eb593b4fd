--- Tensors: makes them from values, sizes and ranges.
---
---     local a = mah.tensor { { 1, 2 }, { 3, 4 } }      -- float32 unless told
---     local b = mah.zeros(2, 3, "int32")               -- sizes, or a list of them, then the dtype
---     local m = mah.tensor { true, false }             -- bool
---     local c = mah.arange(10):reshape(2, 5):double()
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local options = require "mah.base.options"
local shape = require "mah.tensor.shape"

local expect = Type.expect
local double_p, int64_p = ffi.typeof "double*", ffi.typeof "int64_t*"

local make = {}

options.declare("mah.tensor mah.empty mah.zeros mah.ones mah.full mah.empty_like mah.zeros_like "
  .. "mah.ones_like mah.full_like mah.arange mah.linspace mah.logspace "
  .. "mah.eye", shape.dtype_rules)

--- dtype, ndim and extents of f(2, 3), f{2, 3}, f(2, 3, {dtype = ...}), f({2, 3}, {dtype = ...}).
local function sizes_and_dtype(where, ...)
  local o, ndim, extents = shape.read(where, shape.dtype_rules, ...)
  return shape.dtype_in(o), ndim, extents
end

-- -- From values ----------------------------------------------------------------------------------

local function path_text(path, depth)
  local text = {}
  for i = 1, depth do text[i] = ("[%d]"):format(path[i]) end
  return table.concat(text)
end

--- Sizes of a nested table, along its first elements; one more than a tensor can have at most.
local function nested_sizes(values)
  local sizes = {}
  while type(values) == "table" and #sizes <= Type.MAX_DIMS do
    sizes[#sizes + 1] = #values
    values = values[1]
  end
  return sizes
end

--- Stores the numbers of `values`, all the way down, from p[at] on; returns the next place.
--- `convert` makes of each what p holds; truths: booleans may be among them, as 1 and 0.
local function store(p, at, values, sizes, depth, path, convert, truths)
  local n = sizes[depth]
  if type(values) ~= "table" or #values ~= n then
    local found = type(values) == "table" and "are " .. #values or "is " .. check.show(values)
    check.raise("tensor: the table is ragged: %d elements are expected at %s, there %s", n,
      path_text(path, depth - 1), found)
  end
  for i = 1, n do
    path[depth] = i
    local value = values[i]
    if depth < #sizes then
      at = store(p, at, value, sizes, depth + 1, path, convert, truths)
    elseif Type.is_number(value) then
      p[at] = convert(value)
      at = at + 1
    elseif type(value) == "boolean" and truths then
      p[at] = value and 1 or 0
      at = at + 1
    else
      local ragged = type(value) == "table" and "the table is ragged: " or ""
      local stacks = Type.is_tensor(value) and "; mah.stack(list) makes one of tensors" or ""
      check.raise("tensor: %sa number is expected at %s, there is %s%s", ragged,
        path_text(path, depth), check.show(value), stacks)
    end
  end
  return at
end

--- A new tensor with the values of a nested table, of another tensor (a copy) or of one number.
--- Each level of nesting is a dimension; a number or truth value alone gives a tensor without
--- dimensions. A ragged table is an error that names the place. Truth values make a bool tensor, or
--- 1 and 0 of another dtype that is asked for; int64_t numbers keep all digits in int64.
---
---     local x = mah.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
---     print(x)
---     --> float32 2x3
---     --> {{1.0, 2.0, 3.0},
---     -->  {4.0, 5.0, 6.0}}
---     print(mah.tensor({ 1, 2 }, "int32").dtype, mah.tensor { true, false }.dtype)
---     --> int32 bool
---@param values table|tensor|number|boolean
---@param given string|{dtype: string?}|nil   a dtype: float32 unless told; a tensor's own dtype
---@return tensor
function make.tensor(values, given)
  check.that(type(given) ~= "number", "tensor: numbers stand in a table, mah.tensor{%s, %s}; the "
    .. "second argument is a dtype", check.show(values), check.show(given))
  if Type.is_tensor(values) then
    expect(values, "tensor")
    return Type.make(C.mah_tensor_to, values, shape.dtype(given, "tensor", values.elem))
  end
  check.that(type(values) == "table" or Type.is_element(values),
    "tensor: a nested table, a number or a tensor is expected, got %s", check.show(values))
  local first = values
  for _ = 1, Type.MAX_DIMS do
    if type(first) == "table" then first = first[1] end
  end
  local truths = type(first) == "boolean"
  local dtype = shape.dtype(given, "tensor", truths and C.MAH_BOOL or nil)
  local sizes = nested_sizes(values)
  local is_long = dtype == C.MAH_INT64 -- which doubles do not hold
  local whole = Type.new(is_long and dtype or C.MAH_FLOAT64, Type.sizes("tensor", sizes))
  local p = ffi.cast(is_long and int64_p or double_p, whole.data)
  local convert = is_long and Type.to_int64 or tonumber
  if type(values) == "table" then
    store(p, 0, values, sizes, 1, {}, convert, truths)
  else
    p[0] = convert(Type.to_number(values))
  end
  if dtype == whole.elem then return whole end
  return Type.replace(whole, Type.make(C.mah_tensor_to, whole, dtype))
end

--- A tensor over memory of someone else, without a copy. The memory must outlive it and all its
--- views, and is not freed with them.
---
---     local ffi = require "ffi"
---     local buffer = ffi.new("float[6]", { 1, 2, 3, 4, 5, 6 })
---     local x = mah.from_pointer(buffer, { 2, 3 })
---     x:mul_(10)
---     print(x[2][1], buffer[3])   --> 40 40
---@param pointer ffi.cdata*   to the first element
---@param sizes integer|integer[]
---@param dtype string|nil     float32 unless told
---@return tensor
function make.from_pointer(pointer, sizes, dtype)
  local ok, address = pcall(ffi.cast, "void*", type(pointer) == "cdata" and pointer or false)
  check.that(ok, "from_pointer: a pointer is expected, got %s", tostring(pointer))
  local ndim, extents = Type.sizes("from_pointer", sizes)
  return Type.make(C.mah_tensor_borrow, address, Type.dtype(dtype), ndim, extents)
end

-- -- Filled ---------------------------------------------------------------------------------------

--- A tensor whose elements are not initialised: sizes and dtype as for mah.zeros.
---
---     local x = mah.empty(2, 3)
---     print(x.shape[1], x.shape[2], x.dtype)   --> 2 3 float32
---@param ... integer|integer[]|string|{dtype: string?}
---@return tensor
function make.empty(...) return Type.make(C.mah_tensor_new, sizes_and_dtype("empty", ...)) end

--- A tensor of zeros. The sizes are arguments or one list, and then the dtype: float32 unless told.
---
---     print(mah.zeros(2, 3))
---     --> float32 2x3
---     --> {{0.0, 0.0, 0.0},
---     -->  {0.0, 0.0, 0.0}}
---     print(mah.zeros({ 4 }, "int32"))
---     --> int32 4
---     --> {0, 0, 0, 0}
---@param ... integer|integer[]|string|{dtype: string?}
---@return tensor
function make.zeros(...) return Type.make(C.mah_tensor_zeros, sizes_and_dtype("zeros", ...)) end

local function filled(t, value)
  check.status(C.mah_tensor_fill(t, value))
  return t
end

--- The same, of a number, a truth value or an int64_t that the user gave.
local function filled_by_user(t, value, where)
  value = Type.operand(value)
  if not Type.is_tensor(value) then return filled(t, Type.number(value, where, "value")) end
  check.that(value.ndim == 0, "%s: value must be a number; got a tensor", where)
  check.status(C.mah_tensor_copy(t, value))
  return t
end

--- A tensor of ones: sizes and dtype as for mah.zeros.
---
---     print(mah.ones(2, 3))
---     --> float32 2x3
---     --> {{1.0, 1.0, 1.0},
---     -->  {1.0, 1.0, 1.0}}
---     print(mah.ones(2, { dtype = "bool" }))
---     --> bool 2
---     --> {true, true}
---@param ... integer|integer[]|string|{dtype: string?}
---@return tensor
function make.ones(...)
  return filled(Type.make(C.mah_tensor_new, sizes_and_dtype("ones", ...)), 1)
end

--- A tensor of which every element is `value`. float32 unless told, bool for a truth value.
---
---     print(mah.full({ 2, 3 }, 7))
---     --> float32 2x3
---     --> {{7.0, 7.0, 7.0},
---     -->  {7.0, 7.0, 7.0}}
---     print(mah.full(2, 7, "int32"))
---     --> int32 2
---     --> {7, 7}
---@param sizes integer|integer[]   {2, 3}; a number makes a vector
---@param value number|boolean
---@param given string|{dtype: string?}|nil   a dtype
---@return tensor
function make.full(sizes, value, given)
  local dtype = shape.dtype(given, "full", type(value) == "boolean" and C.MAH_BOOL or nil)
  return filled_by_user(Type.new(dtype, Type.sizes("full", sizes)), value, "full")
end

--- As `t` in shape, and in dtype unless told.
local function like(t, given, where)
  expect(t, where)
  return Type.new(shape.dtype(given, where, t.elem), t.ndim, t.extent)
end

--- A tensor of t's shape, and dtype unless told, whose elements are not initialised.
---
---     local t = mah.zeros(2, 3, "int32")
---     print(mah.empty_like(t).dtype, mah.empty_like(t, "float64").dtype)   --> int32 float64
---@param t tensor
---@param given string|{dtype: string?}|nil
---@return tensor
function make.empty_like(t, given) return like(t, given, "empty_like") end

--- Zeros in the shape of t, and in its dtype unless told.
---
---     print(mah.zeros_like(mah.tensor { 1, 2, 3 }))
---     --> float32 3
---     --> {0.0, 0.0, 0.0}
---@param t tensor
---@param given string|{dtype: string?}|nil
---@return tensor
function make.zeros_like(t, given) return filled(like(t, given, "zeros_like"), 0) end

--- Ones in the shape of t, and in its dtype unless told.
---
---     print(mah.ones_like(mah.tensor { 1, 2, 3 }, "int32"))
---     --> int32 3
---     --> {1, 1, 1}
---@param t tensor
---@param given string|{dtype: string?}|nil
---@return tensor
function make.ones_like(t, given) return filled(like(t, given, "ones_like"), 1) end

--- A tensor in the shape of t, and in its dtype unless told, of which every element is `value`.
---
---     print(mah.full_like(mah.tensor { 1, 2, 3 }, 0.5))
---     --> float32 3
---     --> {0.5, 0.5, 0.5}
---@param t tensor
---@param value number|boolean
---@param given string|{dtype: string?}|nil
---@return tensor
function make.full_like(t, value, given)
  return filled_by_user(like(t, given, "full_like"), value, "full_like")
end

-- -- Ranges ---------------------------------------------------------------------------------------

--- n numbers first, first + step, ...; the last one is exactly `last_`, if that is given.
local function ramp(n, first, step, last_, dtype, where)
  local ndim, extents = Type.sizes(where, n)
  local t = Type.new(C.MAH_FLOAT64, ndim, extents)
  local p = ffi.cast(double_p, t.data)
  for i = 0, n - 1 do p[i] = first + i * step end
  if last_ then p[n - 1] = last_ end
  if dtype == C.MAH_FLOAT64 then return t end
  return Type.replace(t, Type.make(C.mah_tensor_to, t, dtype))
end

local function is_options(value) return type(value) == "table" or type(value) == "string" end

local function finite(value, name)
  if type(value) ~= "number" or value - value ~= 0 then
    check.raise("arange: %s must be a finite number; got %s", name, check.show(value))
  end
end

--- The numbers of `for i = start, stop, step`, as a vector: the end is included. arange(n) is 1 ...
--- n, arange(a, b) goes by 1. (NumPy's arange leaves the end out.)
---
---     print(mah.arange(4))
---     --> float32 4
---     --> {1.0, 2.0, 3.0, 4.0}
---     print(mah.arange(0, 1, 0.25))
---     --> float32 5
---     --> {0.00, 0.25, 0.50, 0.75, 1.00}
---     print(mah.arange(10, 1, -3, "int32"))
---     --> int32 4
---     --> {10,  7,  4,  1}
---@param start number        or the end, when there is nothing behind it: 1 ... n
---@param stop number|nil     included, where a step meets it
---@param step number|nil     1; negative: downwards
---@param given string|{dtype: string?}|nil   a dtype: float32 unless told
---@return tensor             (n)
function make.arange(start, stop, step, given)
  if is_options(stop) then stop, given = nil, stop end
  if is_options(step) then step, given = nil, step end
  if stop == nil then start, stop = 1, start end
  if step == nil then step = 1 end
  finite(start, "start")
  finite(stop, "stop")
  finite(step, "step")
  if step == 0 then check.raise "arange: step is 0" end
  local n = math.max(0, math.floor((stop - start) / step + 1e-9) + 1)
  return ramp(n, start, step, nil, shape.dtype(given, "arange"), "arange")
end

--- `steps` numbers at equal distances from start to stop, both included.
---
---     print(mah.linspace(0, 1, 5))
---     --> float32 5
---     --> {0.00, 0.25, 0.50, 0.75, 1.00}
---@param start number
---@param stop number
---@param steps integer   how many; of one it is start
---@param given string|{dtype: string?}|nil   a dtype: float32 unless told
---@return tensor         (steps)
function make.linspace(start, stop, steps, given)
  Type.number(start, "linspace", "start")
  Type.number(stop, "linspace", "stop")
  Type.integer(steps, "linspace", "steps")
  local step, width = 0, stop - start
  if steps > 1 then
    local overflows = math.abs(width) == math.huge
    step = overflows and stop / (steps - 1) - start / (steps - 1) or width / (steps - 1)
  end
  local last = steps > 1 and stop or nil
  return ramp(steps, start, step, last, shape.dtype(given, "linspace"), "linspace")
end

--- `steps` powers base^x, whose exponents x go from start to stop at equal distances.
---
---     print(mah.logspace(-2, 1, 4))
---     --> float32 4
---     --> { 0.01,  0.10,  1.00, 10.00}
---     print(mah.logspace(0, 3, 4, 2))
---     --> float32 4
---     --> {1.0, 2.0, 4.0, 8.0}
---@param start number          the first exponent
---@param stop number           the last exponent
---@param steps integer
---@param base number|nil       10
---@param given {dtype: string?}|nil   float32 unless told
---@return tensor               (steps)
function make.logspace(start, stop, steps, base, given)
  if type(base) == "table" then base, given = nil, base end
  if base == nil then base = 10 end
  Type.number(base, "logspace", "base")
  Type.number(start, "logspace", "start")
  Type.number(stop, "logspace", "stop")
  if Type.integer(steps, "logspace", "steps") < 0 then
    check.raise("logspace: steps must not be negative; got %d", steps)
  end
  local dtype = shape.dtype(given, "logspace")
  local t = make.linspace(start, stop, steps, { dtype = "float64" })
  local p = ffi.cast(double_p, t.data)
  for i = 0, steps - 1 do p[i] = base ^ p[i] end
  return dtype == t.elem and t or Type.replace(t, Type.make(C.mah_tensor_to, t, dtype))
end

--- The n x m matrix with ones on its diagonal and zeros elsewhere.
---
---     print(mah.eye(2, 3))
---     --> float32 2x3
---     --> {{1.0, 0.0, 0.0},
---     -->  {0.0, 1.0, 0.0}}
---@param n integer       rows
---@param m integer|nil   columns: n when left out
---@param given string|{dtype: string?}|nil   a dtype: float32 unless told
---@return tensor         (n, m)
function make.eye(n, m, given)
  if is_options(m) then m, given = nil, m end
  local dtype = shape.dtype(given, "eye")
  local t = Type.make(C.mah_tensor_zeros, dtype, Type.sizes("eye", n, m or n))
  filled(Type.view(C.mah_tensor_diagonal, t), 1)
  return t
end

return make
