--- Sums and choices of elements without new tensors: see mah.grad.fast.
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local named = require "mah.base.named"
local number_in = require "mah.base.number_in"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"

local rules = o.rules
local status = check.status
local is_contiguous = C.mah_tensor_is_contiguous
local result = ffi.new "double[1]"
local float_p, double_p = ffi.typeof "float *", ffi.typeof "double *"

local is_float, dim_of, is_reduced = operands.is_float, operands.dim_of, operands.is_reduced

local reductions = {}
for number, name in named(C.mah_reduce_name) do reductions[name] = number end

-- -- Of all elements, or along a dimension --------------------------------------------------------

local function write_scalar(room, number)
  if room.elem == C.MAH_FLOAT32 then
    ffi.cast(float_p, room.data)[0] = number
  else
    ffi.cast(double_p, room.data)[0] = number
  end
  return room
end

for _, name in ipairs { "sum", "mean", "logsumexp" } do
  local op = reductions[name]
  rules[name].into = function(room, x, dim, keepdim)
    if not is_float(x) or room.elem ~= x.elem then return nil end
    if dim == nil then
      if room.ndim ~= 0 then return nil end
      status(C.mah_reduce_all(result, x, op, 0))
      return write_scalar(room, number_in(result))
    end
    local d = dim_of(x, dim)
    if not d or not is_reduced(room, x, d, keepdim) then return nil end
    status(C.mah_reduce_into(room, x, op, d, 0))
    return room
  end
end

--- The sum or mean of all elements: each gets g, or its part of it.
local function back_of_all(is_mean)
  return function(t, r, g)
    local x = r.a
    if r.b ~= nil or not is_float(x) then return false end
    local part = g:item()
    if is_mean then part = part / tonumber(C.mah_tensor_count(x)) end
    local out, add = t:target(r.pa, x)
    if add == 0 then
      status(C.mah_tensor_fill(out, part))
    else
      status(C.mah_binary(out, C.MAH_OP_add, out, nil, part))
    end
    return true
  end
end
rules.sum.back, rules.mean.back = back_of_all(false), back_of_all(true)

rules.logsumexp.back = function(t, r, g)
  local x, dim = r.a, r.b
  if x.ndim ~= 2 or dim ~= 2 and dim ~= -1 or g.ndim ~= 1 or not is_float(x) or g.elem ~= x.elem
    or is_contiguous(x) == 0 then
    return false
  end
  local out, add = t:target(r.pa, x)
  status(C.mah_back_logsumexp(out, g, x, r.value, add))
  return true
end

-- -- Choices --------------------------------------------------------------------------------------

local function are_places(which)
  return type(which) == "cdata" and (which.elem == C.MAH_INT32 or which.elem == C.MAH_INT64)
end

rules.gather.into = function(room, x, dim, which)
  if room.elem ~= x.elem or not are_places(which) or room.ndim ~= which.ndim then return nil end
  for d = 0, room.ndim - 1 do
    if room.extent[d] ~= which.extent[d] then return nil end
  end
  local d = dim_of(x, dim)
  if not d then return nil end
  status(C.mah_gather_into(room, x, d, which, 1))
  return room
end

rules.gather.back = function(t, r, g)
  local x, which = r.a, r.c
  local d = dim_of(x, r.b)
  if not d or not are_places(which) or not is_float(x) then return false end
  local out, add = t:target(r.pa, x)
  if add == 0 then status(C.mah_tensor_fill(out, 0)) end
  status(C.mah_scatter_add(out, d, which, g, 1))
  return true
end

-- -- Cross entropy of classes ---------------------------------------------------------------------

rules.class_entropy_.into = function(room, x, classes)
  if room.elem ~= x.elem or room.ndim ~= 1 or room.extent[0] ~= x.extent[0]
    or is_contiguous(x) == 0 then
    return nil
  end
  return C.mah_class_entropy(room, x, classes) == 0 and room or nil
end

rules.class_entropy_.back = function(t, r, g)
  local x = r.a
  if g.ndim ~= 1 or g.elem ~= x.elem or is_contiguous(x) == 0 then return false end
  local out, add = t:target(r.pa, x)
  status(C.mah_back_class_entropy(out, g, x, r.b, add))
  return true
end

return rules
