--- Where traced tensors meet plain ones: functions of tensors look for traced operands, and hand
--- them to the wing of gradients, which fills these tables when it is loaded (mah.grad.methods).
---
---     mah.exp(h)   mah.cat { x, h }   x:matmul(h)     -- where x is plain and h is traced
local class = require "mah.base.class"
local ffi = require "ffi"

ffi.cdef "typedef struct mah_traced { double tape; int32_t place, slot; } mah_traced;"

local traced = {
  ctype = ffi.typeof "mah_traced", -- of traced tensors: a tape's number and slot, a place on it
  methods = {}, -- h:name(...), and x:name(..., h) where x is plain
  functions = {}, -- mah.name(...)
  are_there = false, -- can there be any?
  is_open = false, -- is a function being traced? Then before_change(x, name) looks at changes.
  is_whole = false, -- is everything written down, without gradients in mind (mah.grad.whole)?
}

local traced_t = traced.ctype

--- Is it a traced tensor?
function traced.is(value) return type(value) == "cdata" and ffi.istype(traced_t, value) end
local is = traced.is

--- A traced tensor, or a list with one?
local function holds(value)
  if type(value) == "cdata" then return ffi.istype(traced_t, value) end
  if type(value) ~= "table" or getmetatable(value) or type(value[1]) == "number" then
    return false
  end
  for i = 1, #value do
    if is(value[i]) then return true end
  end
  return false
end

--- `f`, which leaves calls with traced operands among its first five to names[name]. No `...`: see
--- mah.tensor.shape.
---@param name string
---@param f function
---@param names table   traced.methods or traced.functions
---@return function
function traced.guard(name, f, names)
  local function guarded(a, b, c, d, e, g, h, i, j)
    if traced.are_there and (holds(a) or holds(b) or holds(c) or is(d) or is(e)) then
      return names[name](a, b, c, d, e, g, h, i, j)
    end
    return f(a, b, c, d, e, g, h, i, j)
  end
  class.original[guarded] = class.original[f] or f
  return guarded
end

--- Methods that take a second tensor which may be traced where the first is not. Arithmetic looks
--- for itself: see mah.tensor.elementwise.
traced.second = {}
for name in ("lerp where matmul dot outer vecdot kron mm solve conv1d convolve scatter_add beta "
  .. "betaln isclose allclose equal expand_as lu_solve gammainc gammaincc betainc cov corrcoef")
  :gmatch "%S+" do
  traced.second[name] = true
end

--- Puts guards before the functions of a module that is a part of mah, as mah.linalg.
---@param part table<string, function>
function traced.guard_part(part)
  for name, f in pairs(part) do part[name] = traced.guard(name, f, traced.functions) end
end

--- An empty table of methods, which puts guards before these as they are defined.
---@return table
function traced.guarded_methods()
  return setmetatable({}, { __newindex = function(methods, name, f)
    rawset(methods, name, traced.second[name] and traced.guard(name, f, traced.methods) or f)
  end })
end

return traced
