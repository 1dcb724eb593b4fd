--- What rules of derivatives look at: the plain values behind traced tensors, and their shapes.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local make = require "mah.tensor.make"
local traced = require "mah.tensor.traced"

local traced_t, istype = traced.ctype, ffi.istype
local methods = Type.methods
local float_p, double_p = ffi.typeof "float *", ffi.typeof "double *"
local extents_t = ffi.typeof "int64_t[8]"

local operands = {}

-- Tapes by their slots, as long as traced tensors of theirs may be used.
local tapes = setmetatable({}, { __mode = "v" })
operands.tapes = tapes

--- Is the tape of a traced tensor still there?
---@param x ffi.cdata*
---@return boolean
function operands.is_of_tape(x)
  local t = tapes[x.slot]
  return t ~= nil and t.id == x.tape
end

--- The tape of a traced tensor; an error when its function has returned.
---@param x ffi.cdata*
---@return table
function operands.tape_of(x)
  local t = tapes[x.slot]
  if t and t.id == x.tape then return t end
  return check.raise("a traced tensor is used after its gradient has been taken; x:detach() gives "
    .. "its values to keep")
end
local tape_of = operands.tape_of

local function raw_of_nested(value)
  while type(value) == "cdata" and istype(traced_t, value) do
    value = tape_of(value):value(value.place)
  end
  return value
end

-- Loops stand apart here: most values need none, and LuaJIT ends a trace where one begins.

--- The plain tensor behind a traced one; other values as they are.
function operands.raw(value)
  if type(value) ~= "cdata" or not istype(traced_t, value) then return value end
  value = tape_of(value):value(value.place)
  if not istype(traced_t, value) then return value end
  return raw_of_nested(value)
end
local raw = operands.raw

operands.is_traced = traced.is

--- A list of the sizes.
function operands.shape(x) return raw(x).shape end

--- A tensor without dimensions of x's dtype.
---@param x tensor
---@param number number
---@return tensor
function operands.scalar(x, number)
  local t = Type.new(x.elem, 0, extents_t())
  if x.elem == C.MAH_FLOAT32 then
    ffi.cast(float_p, t.data)[0] = number
  elseif x.elem == C.MAH_FLOAT64 then
    ffi.cast(double_p, t.data)[0] = number
  else
    methods.fill_(t, number)
  end
  return t
end

--- Zeros of the dtype and shape of what is behind x, or of another shape.
function operands.zeros(x, sizes)
  x = raw(x)
  return make.zeros(sizes or x.shape, { dtype = x.dtype })
end

local function same_extents(a, b)
  for d = 0, a.ndim - 1 do
    if a.extent[d] ~= b.extent[d] then return false end
  end
  return true
end

local function same_shape(a, b)
  local n = a.ndim
  if n ~= b.ndim then return false end
  if n > 2 then return same_extents(a, b) end
  return n == 0 or a.extent[0] == b.extent[0] and (n == 1 or a.extent[1] == b.extent[1])
end

--- Have both one dtype and one shape?
function operands.same(a, b) return a.elem == b.elem and same_shape(a, b) end

--- Is the plain tensor of float32 or float64?
function operands.is_float(t) return t.elem <= C.MAH_FLOAT64 end

--- The dimension of a plain tensor from 0 on, or nil.
function operands.dim_of(x, dim)
  if type(dim) ~= "number" then return nil end
  local d = dim > 0 and dim - 1 or dim + x.ndim
  return dim ~= 0 and d >= 0 and d < x.ndim and d or nil
end

--- Has `room` the shape of x's reduction along the dimension d, from 0 on?
function operands.is_reduced(room, x, d, keepdim)
  if room.ndim ~= x.ndim - (keepdim and 0 or 1) then return false end
  local k = 0
  for e = 0, x.ndim - 1 do
    if e ~= d or keepdim then
      if room.extent[k] ~= (e == d and 1 or x.extent[e]) then return false end
      k = k + 1
    end
  end
  return true
end

--- A tensor in x's dtype and shape, which is not initialised.
function operands.empty_like(x) return Type.new(x.elem, x.ndim, x.extent) end

--- The sums of g's elements over what was broadcast from `sizes`.
---@param g tensor|table
---@param sizes integer[]
---@return tensor|table
function operands.sum_to(g, sizes)
  local have = operands.shape(g)
  for _ = #sizes + 1, #have do g = g:sum(1) end
  have = operands.shape(g)
  for d = 1, #sizes do
    if sizes[d] == 1 and have[d] ~= 1 then g = g:sum(d, true) end
  end
  return g
end

--- The gradient g in the shape and dtype of the operand x.
---@param g tensor|table|nil
---@param x tensor|table
---@return tensor|table|nil
function operands.fit(g, x)
  if g == nil then return nil end
  local plain, like = raw(g), raw(x)
  if not same_shape(plain, like) then g = operands.sum_to(g, like.shape) end
  if plain.elem ~= like.elem then g = g:to(like.dtype) end
  return g
end

local bytes_p = ffi.typeof "uint8_t *"

--- The bytes that a tensor's elements lie in: from, to.
local function reach(t)
  local first = tonumber(ffi.cast("intptr_t", ffi.cast(bytes_p, t.data)))
  local last = 0
  for d = 0, t.ndim - 1 do last = last + tonumber((t.extent[d] - 1) * t.step[d]) end
  return first, first + (last + 1) * tonumber(C.mah_dtype_size(t.elem))
end

--- May a change of `b` change `a`? (Looks at the first and the last byte only.)
---@param a any
---@param b tensor
---@return boolean
function operands.share(a, b)
  if not Type.is_tensor(a) or a.store ~= b.store or b.store == nil then return false end
  local from, to = reach(a)
  local first, last = reach(b)
  return from < last and first < to
end

return operands
