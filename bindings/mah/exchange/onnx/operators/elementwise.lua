--- ONNX's operators of single elements, which broadcast: f(node, a, b, ...) -> tensor. Definitions:
--- github.com/onnx/onnx/blob/main/docs/Operators.md
---
---     elementwise.LeakyRelu({ attributes = { alpha = 0.1 } }, x)
local common = require "mah.exchange.onnx.operators.common"
local where = require("mah.tensor.elementwise").where

local number = common.number

local elementwise = {}

-- -- Of one ---------------------------------------------------------------------------------------

for op in ("Neg Abs Sign Relu Floor Ceil Round Reciprocal Sqrt Exp Log Sin Cos Tan Tanh Sigmoid "
  .. "Erf IsNaN"):gmatch "%a+" do
  local method = op:lower()
  elementwise[op] = function(_, x) return x[method](x) end
end

function elementwise.Softplus(_, x) return (x:abs():neg():exp():log1p()):add_(x:relu()) end

function elementwise.Softsign(_, x) return x / (x:abs() + 1) end

function elementwise.LeakyRelu(node, x)
  return where(x:lt(0), x * number(node, "alpha", 0.01), x)
end

function elementwise.Elu(node, x)
  return where(x:lt(0), x:expm1() * number(node, "alpha", 1), x)
end

function elementwise.Celu(node, x)
  local alpha = number(node, "alpha", 1)
  return where(x:lt(0), (x / alpha):expm1() * alpha, x)
end

function elementwise.Selu(node, x)
  local alpha = number(node, "alpha", 1.67326319217681884765625)
  return where(x:gt(0), x, x:expm1() * alpha) * number(node, "gamma", 1.05070102214813232421875)
end

function elementwise.ThresholdedRelu(node, x)
  return where(x:gt(number(node, "alpha", 1)), x, 0)
end

function elementwise.HardSigmoid(node, x)
  return (x * number(node, "alpha", 0.2) + number(node, "beta", 0.5)):clamp_(0, 1)
end

function elementwise.HardSwish(_, x) return x * (x / 6 + 0.5):clamp_(0, 1) end

function elementwise.Mish(node, x) return x * elementwise.Softplus(node, x):tanh() end

function elementwise.Shrink(node, x)
  local bias, lambd = number(node, "bias", 0), number(node, "lambd", 0.5)
  return where(x:lt(-lambd), x + bias, where(x:gt(lambd), x - bias, 0))
end

function elementwise.Gelu(node, x)
  if node.attributes.approximate == "tanh" then
    return x * ((x + x * x * x * 0.044715) * math.sqrt(2 / math.pi)):tanh():add_(1) * 0.5
  end
  return x * elementwise.Erf(node, x / math.sqrt(2)):add_(1) * 0.5
end

-- -- Of two and more ------------------------------------------------------------------------------

for op, method in pairs {
  Add = "add", Sub = "sub", Mul = "mul", Equal = "eq", Greater = "gt", Less = "lt",
  GreaterOrEqual = "ge", LessOrEqual = "le",
} do
  elementwise[op] = function(_, a, b) return a[method](a, b) end
end

local function is_integer(x) return not x.dtype:find "^float" end

--- Integers are divided towards zero.
function elementwise.Div(_, a, b)
  if is_integer(a) then return (a:double() / b:double()):trunc():to(a.dtype) end
  return a / b
end

--- In the type of the base.
function elementwise.Pow(_, a, b)
  if b:numel() == 1 and b.ndim <= a.ndim and not is_integer(a) then return a ^ b:item() end
  if a.dtype == b.dtype then return a ^ b end
  return (a:double() ^ b:double()):to(a.dtype)
end

local function define_many(op, combine)
  elementwise[op] = function(_, first, ...)
    local out = first
    for _, x in ipairs { ... } do out = combine(out, x) end
    return out
  end
end

define_many("Max", function(a, b) return a:maximum(b) end)
define_many("Min", function(a, b) return a:minimum(b) end)
define_many("Sum", function(a, b) return a + b end)

function elementwise.Mean(node, ...) return elementwise.Sum(node, ...) / select("#", ...) end

function elementwise.PRelu(_, x, slope) return where(x:lt(0), x * slope, x) end

function elementwise.Where(_, condition, a, b) return where(condition, a, b) end

--- Bounds are inputs since opset 11.
function elementwise.Clip(node, x, low, high)
  local a, b = node.attributes.min, node.attributes.max
  low = low or a and common.scalar(a, x.dtype)
  high = high or b and common.scalar(b, x.dtype)
  if low then x = x:maximum(low) end
  if high then x = x:minimum(high) end
  return x
end

-- -- Truth ----------------------------------------------------------------------------------------

local function truth(x) return x:ne(0) end

function elementwise.Not(_, x) return x:eq(0) end
function elementwise.And(_, a, b) return truth(a) * truth(b) end
function elementwise.Or(_, a, b) return truth(truth(a) + truth(b)) end
function elementwise.Xor(_, a, b) return truth(a):ne(truth(b)) end

--- The ones that give truth values, 0 and 1.
elementwise.tests = { Equal = true, Greater = true, Less = true, GreaterOrEqual = true,
  LessOrEqual = true, IsNaN = true, Not = true, And = true, Or = true, Xor = true }

return elementwise
