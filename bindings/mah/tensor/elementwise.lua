--- Arithmetic, element by element. Shapes broadcast as in NumPy; the larger dtype wins (bool <
--- uint8 < int32 < int64 < float16, bfloat16 < float32 < float64), a number takes the tensor's.
--- Integers wrap around, as NumPy's do; a number that an integer tensor's dtype cannot hold is an
--- error, as in NumPy 2. float16 and bfloat16 are computed with in float32 and rounded once. Of
--- bools, + is "or" and * is "and"; a number and a bool give int64, or float32 for a fraction.
--- See core/tensor/elementwise.h for the fine print.
---
---     local y = (x * 2 + 1):exp()          -- new tensors
---     x:mul_(2):add_(y, 0.5)               -- in place: x = 2 x, then x = x + 0.5 y
---     mah.where(x:gt(0), x, 0)             -- comparisons give bool
---
--- Each operation is a function mah.exp(x), a method x:exp(), and a method x:exp_() that writes to
--- x.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local named = require "mah.base.named"
local traced = require "mah.tensor.traced"

local methods, operators = Type.methods, Type.operators
local expect, is_tensor, make = Type.expect, Type.is_tensor, Type.make
local blank, own = Type.blank, Type.own

local elementwise = {}

-- -- One operand ----------------------------------------------------------------------------------

--- A number as a tensor without dimensions; tensors as they are.
local function as_tensor(value, where)
  if type(value) ~= "number" then return expect(value, where) end
  local t = Type.new(C.MAH_FLOAT64, 0, ffi.new "int64_t[8]")
  check.status(C.mah_tensor_fill(t, value))
  return t
end

local function map(op, x, name)
  local out = blank()
  check.status(C.mah_unary(out, op, expect(x, name)))
  return own(out)
end

local function define_unary(op, name)
  methods[name] = function(x) return map(op, x, name) end
  methods[name .. "_"] = function(x)
    check.status(C.mah_unary(expect(x, name .. "_"), op, x))
    return x
  end
  elementwise[name] = function(x)
    if type(x) == "number" then return methods.item(map(op, as_tensor(x, name), name)) end
    return map(op, x, name)
  end
end

local unary, binary = {}, {} -- name -> the core's number
local function each(name_of, number_of, define)
  for op, name in named(name_of) do
    number_of[name] = op
    define(op, name)
  end
end
each(C.mah_unary_name, unary, define_unary)

--- Others' round(x, 2) has decimals.
local function to_integers(f)
  return function(x, decimals)
    if decimals ~= nil then
      check.raise "round: to integers only; (x * 100):round() / 100 has two decimals"
    end
    return f(x)
  end
end
for _, names in ipairs { methods, elementwise } do names.round = to_integers(names.round) end
methods.round_ = to_integers(methods.round_)

function operators.unm(x) return map(unary.neg, x, "-") end

-- -- Two operands ---------------------------------------------------------------------------------

--- Complains unless both are numbers or tensors, and one is a tensor.
local function expect_pair(a, b, where)
  if type(a) ~= "number" then expect(a, where) end
  if type(b) ~= "number" then expect(b, where) end
end

--- out = op(a, b); a new tensor when out is nil.
local function combine(out, op, a, b, where)
  if type(a) ~= "number" and not is_tensor(a) then a = Type.operand(a) end
  if type(b) ~= "number" and not is_tensor(b) then
    if traced.is(b) then return traced.methods[where](a, b) end
    b = Type.operand(b)
  end
  expect_pair(a, b, where)
  local result = out or blank()
  if type(b) == "number" then
    check.status(C.mah_binary(result, op, a, nil, b))
  elseif type(a) == "number" then
    check.status(C.mah_binary(result, op, nil, b, a))
  else
    check.status(C.mah_binary(result, op, a, b, 0))
  end
  return out or own(result)
end

local function define_binary(op, name)
  local twin = name .. "_"
  methods[name] = function(a, b) return combine(nil, op, expect(a, name), b, name) end
  methods[twin] = function(a, b) return combine(expect(a, twin), op, a, b, twin) end
  elementwise[name] = function(a, b, ...)
    if is_tensor(a) then return methods[name](a, b, ...) end -- which may know more arguments
    a, b = Type.to_number(a), Type.to_number(b)
    return combine(nil, op, type(b) == "number" and as_tensor(a) or a, b, name)
  end
end
each(C.mah_binary_name, binary, define_binary)

for name, sign in pairs { add = "+", sub = "-", mul = "*", div = "/", mod = "%" } do
  local op = binary[name == "mod" and "remainder" or name]
  operators[name] = function(a, b) return combine(nil, op, a, b, sign) end
end

-- -- Truth: of elements that are not 0 ------------------------------------------------------------

--- A tensor's elements, or a number or a boolean, as truth values.
local function truth(value, where)
  if type(value) == "boolean" then return value end
  if type(value) == "number" then return value ~= 0 end
  return methods.bool(expect(value, where))
end

local function define_logical(name, combined)
  elementwise[name] = function(x, y)
    return combined(truth(expect(x, name), name), truth(y, name))
  end
  methods[name] = elementwise[name]
  methods[name .. "_"] = function(x, y)
    return methods.copy_(expect(x, name .. "_"), elementwise[name](x, y))
  end
end

-- What they are is told in mah.docs.families.
define_logical("logical_and", function(x, y)
  if type(y) ~= "boolean" then return methods.mul(x, y) end
  return y and methods.clone(x) or methods.zero_(methods.clone(x))
end)

define_logical("logical_or", function(x, y)
  if type(y) ~= "boolean" then return methods.add(x, y) end
  return y and methods.fill_(methods.clone(x), 1) or methods.clone(x)
end)

define_logical("logical_xor", function(x, y)
  return methods.ne(x, type(y) == "boolean" and (y and 1 or 0) or y)
end)

--- Is each element 0? As a new bool tensor.
---
---     print(mah.logical_not(mah.tensor { 0, 1, -2 }))
---     --> bool 3
---     --> { true, false, false}
---@param x tensor
---@return tensor   bool
function elementwise.logical_not(x) return methods.eq(expect(x, "logical_not"), 0) end
methods.logical_not = elementwise.logical_not

--- Every element becomes 1 where it was 0, else 0: in place, in x's dtype.
---
---     local x = mah.tensor { 0, 1, -2 }
---     x:logical_not_()
---     print(x)
---     --> float32 3
---     --> {1.0, 0.0, 0.0}
---@return tensor x
function methods.logical_not_(x)
  return methods.copy_(x, elementwise.logical_not(expect(x, "logical_not_")))
end

-- -- Sums with a factor ---------------------------------------------------------------------------

--- out = a + alpha b
local function add_scaled(out, a, b, alpha, where)
  Type.number(alpha, where, "alpha")
  if type(b) == "number" then return combine(out, binary.add, a, alpha * b, where) end
  if traced.is(b) then return traced.methods[out and where or "+"](a, b * alpha) end
  expect(b, where)
  if not out then return make(C.mah_add_scaled, a, b, alpha) end
  check.status(C.mah_add_scaled(out, a, b, alpha))
  return out
end

--- x + alpha y as a new tensor; shapes broadcast. The operator `+` is the same without alpha.
---
---     local x = mah.tensor { 1, 2, 3 }
---     print(x:add(mah.tensor { 10, 20, 30 }, 0.5))
---     --> float32 3
---     --> { 6.0, 12.0, 18.0}
---     print(x + 1)
---     --> float32 3
---     --> {2.0, 3.0, 4.0}
---@param y tensor|number
---@param alpha number|nil   1
---@return tensor            of the broadcast shape
function methods.add(x, y, alpha)
  expect(x, "add")
  if alpha == nil then return combine(nil, binary.add, x, y, "add") end
  return add_scaled(nil, x, y, alpha, "add")
end

--- x = x + alpha y, in place; y broadcasts to x's shape.
---
---     local x = mah.tensor { 1, 2, 3 }
---     x:add_(mah.tensor { 10, 20, 30 }, 0.5)
---     print(x)
---     --> float32 3
---     --> { 6.0, 12.0, 18.0}
---@param y tensor|number
---@param alpha number|nil   1
---@return tensor x
function methods.add_(x, y, alpha)
  expect(x, "add_")
  if alpha == nil then return combine(x, binary.add, x, y, "add_") end
  return add_scaled(x, x, y, alpha, "add_")
end

--- x - alpha y as a new tensor; shapes broadcast. The operator `-` is the same without alpha. With
--- ranges instead, as in Torch7, x:sub({1, 3}, 2) is the view x{{1, 3}, 2}.
---
---     local x = mah.tensor { 10, 20, 30 }
---     print(x:sub(mah.tensor { 1, 2, 3 }, 2))
---     --> float32 3
---     --> { 8.0, 16.0, 24.0}
---@param y tensor|number
---@param alpha number|nil   1
---@return tensor            of the broadcast shape
function methods.sub(x, y, alpha, ...)
  expect(x, "sub")
  if type(y) == "table" or type(alpha) == "table" then return methods.at(x, { y, alpha, ... }) end
  if alpha == nil then return combine(nil, binary.sub, x, y, "sub") end
  return add_scaled(nil, x, y, -Type.number(alpha, "sub", "alpha"), "sub")
end

--- x = x - alpha y, in place; y broadcasts to x's shape.
---
---     local x = mah.tensor { 10, 20, 30 }
---     x:sub_(1)
---     print(x)
---     --> float32 3
---     --> { 9.0, 19.0, 29.0}
---@param y tensor|number
---@param alpha number|nil   1
---@return tensor x
function methods.sub_(x, y, alpha)
  expect(x, "sub_")
  if alpha == nil then return combine(x, binary.sub, x, y, "sub_") end
  return add_scaled(x, x, y, -Type.number(alpha, "sub_", "alpha"), "sub_")
end

--- w = w + a x, in place: BLAS's axpy, as solvers use it.
---
---     local w, gradient = mah.tensor { 1, 2 }, mah.tensor { 10, -10 }
---     w:axpy_(-0.5, gradient)
---     print(w)
---     --> float32 2
---     --> {-4.0,  7.0}
---@param a number
---@param x tensor   broadcasts to w's shape
---@return tensor w
function methods.axpy_(w, a, x)
  Type.number(a, "axpy_", "a")
  check.status(C.mah_add_scaled(expect(w, "axpy_"), w, expect(x, "axpy_: x"), a))
  return w
end

--- x + weight (y - x), between x (weight 0) and y (weight 1), as a new tensor; shapes broadcast.
---
---     print(mah.tensor { 0, 10 }:lerp(mah.tensor { 1, 20 }, 0.25))
---     --> float32 2
---     --> { 0.25, 12.50}
---@param y tensor
---@param weight number
---@return tensor   integers give float32
function methods.lerp(x, y, weight)
  Type.number(weight, "lerp", "weight")
  return make(C.mah_lerp, expect(x, "lerp"), expect(y, "lerp: y"), weight)
end

--- x = x + weight (y - x), in place: a running average with weight = 1 - decay.
---
---     local average = mah.tensor { 0, 10 }
---     average:lerp_(mah.tensor { 1, 20 }, 0.25)
---     print(average)
---     --> float32 2
---     --> { 0.25, 12.50}
---@param y tensor       broadcasts to x's shape
---@param weight number
---@return tensor x
function methods.lerp_(x, y, weight)
  Type.number(weight, "lerp_", "weight")
  check.status(C.mah_lerp(expect(x, "lerp_"), x, expect(y, "lerp_: y"), weight))
  return x
end

-- -- Powers ---------------------------------------------------------------------------------------

-- Exponents with a faster and more exact way.
local special = { [2] = unary.square, [0.5] = unary.sqrt }

local function power(out, x, y, where)
  local op = type(y) == "number" and special[y]
  if not op then return combine(out, binary.pow, x, y, where) end
  if not out then return map(op, x, where) end
  check.status(C.mah_unary(out, op, x))
  return out
end

function methods.pow(x, y) return power(nil, expect(x, "pow"), y, "pow") end
function methods.pow_(x, y) return power(expect(x, "pow_"), x, y, "pow_") end
function operators.pow(x, y) return power(nil, x, y, "^") end

-- -- Choices --------------------------------------------------------------------------------------

--- Where `condition` is not 0 the element of `a`, else that of `b`, as a new tensor. All broadcast.
---
---     local x = mah.tensor { -1, 2, -3 }
---     print(mah.where(x:lt(0), 0, x))
---     --> float32 3
---     --> {0.0, 2.0, 0.0}
---@param condition tensor   of any dtype
---@param a tensor|number
---@param b tensor|number
---@return tensor            of the larger dtype of a and b; two numbers give float32
function elementwise.where(condition, a, b)
  local x, y, a_, b_ = 0, 0, nil, nil
  a, b = Type.operand(a), Type.operand(b)
  if type(a) == "number" then x = a else a_ = expect(a, "where") end
  if type(b) == "number" then y = b else b_ = expect(b, "where") end
  local elem = expect(condition, "where: condition").elem
  if elem ~= C.MAH_BOOL and elem ~= C.MAH_UINT8 then condition = methods.ne(condition, 0) end
  return make(C.mah_where, condition, a_, b_, x, y)
end

--- Where `condition` is not 0 the element of x, else that of `other`, as a new tensor. All
--- broadcast.
---
---     local x = mah.tensor { -1, 2, -3 }
---     print(x:where(x:gt(0), 0))
---     --> float32 3
---     --> {0.0, 2.0, 0.0}
---@param condition tensor
---@param other tensor|number
---@return tensor
function methods.where(x, condition, other)
  return elementwise.where(condition, expect(x, "where"), other)
end

local function bounds(low, high, where)
  low, high = Type.to_number(low), Type.to_number(high)
  if low == nil and high == nil then check.raise("%s: low or high is expected", where) end
  if type(low) ~= "nil" then Type.number(low, where, "low") end -- a null pointer equals nil
  if type(high) ~= "nil" then Type.number(high, where, "high") end
  return low or -math.huge, high or math.huge
end

--- Every element moved into low ... high, as a new tensor; nil leaves a side open. NaN stays.
---
---     local x = mah.tensor { -2, 0.5, 3 }
---     print(x:clamp(0, 1))
---     --> float32 3
---     --> {0.0, 0.5, 1.0}
---     print(x:clamp(nil, 1))
---     --> float32 3
---     --> {-2.0,  0.5,  1.0}
---@param low number|nil
---@param high number|nil
---@return tensor   of x's dtype
function methods.clamp(x, low, high)
  return make(C.mah_clamp, expect(x, "clamp"), bounds(low, high, "clamp"))
end

--- Every element moved into low ... high, in place; nil leaves a side open. NaN stays.
---
---     local x = mah.tensor { -2, 0.5, 3 }
---     x:clamp_(0, 1)
---     print(x)
---     --> float32 3
---     --> {0.0, 0.5, 1.0}
---@param low number|nil
---@param high number|nil
---@return tensor x
function methods.clamp_(x, low, high)
  check.status(C.mah_clamp(expect(x, "clamp_"), x, bounds(low, high, "clamp_")))
  return x
end
elementwise.clamp = methods.clamp

return elementwise
