--- Are tensors equal, exactly or but for a tolerance?
---
---     mah.allclose(a, b)                         -- true or false
---     a:isclose(b, { rtol = 0, atol = 1e-6 })    -- element by element
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local make = require "mah.tensor.make"
local options = require "mah.base.options"

local methods, expect = Type.methods, Type.expect
local answer = ffi.new "int32_t[1]"

local compare = {}

local rules = options.declare("mah.isclose mah.allclose", {
  rtol = { 1e-5, "number", "[0, inf)", "relative tolerance: times |b|" },
  atol = { 1e-8, "number", "[0, inf]", "absolute tolerance, added to the relative one" },
  equal_nan = { false, "boolean", nil, "true: NaN is close to NaN" },
})
local usual = options(nil, rules, "isclose")

--- Two operands and the options, as the core wants them.
local function read(a, b, given, where)
  expect(a, where)
  local o = given == nil and usual or options(given, rules, where)
  if type(b) == "number" then
    b = make.tensor(b, { dtype = Type.wide(a).dtype == "float32" and "float32" or "float64" })
  end
  return a, expect(b, where .. ": second argument"), o.rtol, o.atol, o.equal_nan and 1 or 0
end

--- Is |a - b| <= atol + rtol |b|, element by element? Infinities are close to themselves, NaN to
--- nothing unless told. Shapes broadcast.
---
---     local a = mah.tensor { 1, 2, 3 }
---     print(mah.isclose(a, mah.tensor { 1, 2.0001, 3.00001 }))
---     --> bool 3
---     --> { true, false,  true}
---     print(a:isclose(2, { atol = 1 }))
---     --> bool 3
---     --> {true, true, true}
---@param a tensor
---@param b tensor|number
---@param given {rtol: number?, atol: number?, equal_nan: boolean?}|nil
---@return tensor   bool, of the broadcast shape
function compare.isclose(a, b, given)
  return Type.make(C.mah_isclose, read(a, b, given, "isclose"))
end

--- Are all elements of two tensors close, as isclose says?
---
---     local a = mah.tensor { 1, 2 }
---     print(mah.allclose(a, a + 1e-6), mah.allclose(a, a + 1e-3))   --> true false
---@param a tensor
---@param b tensor|number
---@param given {rtol: number?, atol: number?, equal_nan: boolean?}|nil
---@return boolean
function compare.allclose(a, b, given)
  check.status(C.mah_allclose(answer, read(a, b, given, "allclose")))
  return answer[0] ~= 0
end

--- Are dtype and shape the same, and every element? NaN equals nothing.
---
---     local x = mah.tensor { 1, 2 }
---     print(x:equal(mah.tensor { 1, 2 }), x:equal(x:double()))   --> true false
---@param y tensor
---@return boolean
function methods.equal(x, y)
  expect(x, "equal")
  expect(y, "equal: argument")
  if x.elem ~= y.elem or x.ndim ~= y.ndim then return false end
  for d = 0, x.ndim - 1 do
    if x.extent[d] ~= y.extent[d] then return false end
  end
  return methods.all(methods.eq(x, y))
end

for name, f in pairs(compare) do methods[name] = f end

return compare
