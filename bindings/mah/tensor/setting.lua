--- A tensor's elements become others, in place.
---
---     x:fill_(1)   x:copy_(y)   x:apply_(function(v) return v * v end)
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"

local methods, expect, is_tensor = Type.methods, Type.expect, Type.is_tensor

--- Every element becomes `value`, converted to x's dtype, in place.
---
---     local x = mah.zeros(2, 2)
---     x[1]:fill_(5)
---     print(x)
---     --> float32 2x2
---     --> {{5.0, 5.0},
---     -->  {0.0, 0.0}}
---@param value number|boolean
---@return tensor x
function methods.fill_(x, value)
  value = Type.operand(value)
  if is_tensor(value) and value.ndim == 0 then return methods.copy_(x, value) end
  value = Type.number(value, "fill_", "value")
  check.status(C.mah_tensor_fill(expect(x, "fill_"), value))
  return x
end

--- Every element becomes 0, in place.
---
---     print(mah.ones(3):zero_())
---     --> float32 3
---     --> {0.0, 0.0, 0.0}
---@return tensor x
function methods.zero_(x) return methods.fill_(x, 0) end

--- x = y, in place: converted to x's dtype and broadcast to its shape.
---
---     local x = mah.zeros(2, 3, "int32")
---     x:copy_(mah.tensor { 1.5, 2.5, 3.5 })
---     print(x)
---     --> int32 2x3
---     --> {{1, 2, 3},
---     -->  {1, 2, 3}}
---@param y tensor
---@return tensor x
function methods.copy_(x, y)
  check.status(C.mah_tensor_copy(expect(x, "copy_"), expect(y, "copy_: argument")))
  return x
end

--- x[i] = f(x[i]) for every element, row by row and in place, in a loop that LuaJIT compiles. Where
--- f returns nil the element stays.
---
---     local x = mah.tensor { 1, -2, 3 }
---     x:apply_(function(v) return v < 0 and v * v or nil end)
---     print(x)
---     --> float32 3
---     --> {1.0, 4.0, 3.0}
---@param f fun(x: number): number|nil
---@return tensor x
function methods.apply_(x, f)
  expect(x, "apply_")
  if type(f) ~= "function" then
    check.raise("apply_: a function is expected, got %s", check.show(f))
  end
  local flat = methods.reshape(x, -1) -- a copy when x has gaps
  for i = 1, #flat do
    local y = f(flat[i])
    if y ~= nil then flat[i] = y end
  end
  if not methods.is_contiguous(x) then
    check.status(C.mah_tensor_copy(x, methods.reshape(flat, x.shape)))
  end
  return x
end
