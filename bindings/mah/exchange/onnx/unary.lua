--- Functions of single elements, under their names among tensors', as ONNX nodes: what
--- FunctionTransformer may be.
---
---     local y = unary.log1p(g, x, "float64", n)     -- n: activations.with(g, "float64")
local activations = require "mah.exchange.onnx.activations"

local unary = {}

for name, op in pairs { neg = "Neg", abs = "Abs", sign = "Sign", relu = "Relu", floor = "Floor",
  ceil = "Ceil", round = "Round", reciprocal = "Reciprocal", sqrt = "Sqrt", exp = "Exp",
  log = "Log", sin = "Sin", tanh = "Tanh" } do
  unary[name] = function(g, x) return g:node(op, { x }) end
end

--- Not below 0 (a browser's Sigmoid is, times a large number). ONNX Runtime 1.20 makes of
--- x Sigmoid(x) a QuickGelu, which it has not of doubles.
function unary.sigmoid(_, x, _, n) return n("Max", n("Sigmoid", x), 0) end

function unary.square(_, x, _, n) return n("Mul", x, x) end

function unary.trunc(_, x, _, n)
  return n("Where", n("Less", x, 0), n("Ceil", x), n("Floor", x))
end

--- tanh(x / 2) (e^x + 1), which is exact near 0
function unary.expm1(_, x, _, n)
  return n("Mul", n("Tanh", n("Mul", x, 0.5)), n("Add", n("Exp", x), 1))
end

--- log(u) + (what rounding u = 1 + x lost) / u; nothing is lost of infinity.
function unary.log1p(_, x, _, n)
  local u = n("Add", x, 1)
  local lost = n("Sub", x, n("Sub", u, 1))
  local share = n("Div", lost, n("Where", n("Equal", u, 0), 1, u))
  return n("Add", n("Log", u), n("Where", n("Less", u, math.huge), share, 0))
end

--- 1 - 2 sin(x / 2)^2: runtimes have no Cos of doubles. Within 1e-15 of it.
function unary.cos(_, x, _, n)
  local s = n("Sin", n("Mul", x, 0.5))
  return n("Sub", 1, n("Mul", n("Mul", s, s), 2))
end

function unary.tan(g, x, dtype, n) return n("Div", n("Sin", x), unary.cos(g, x, dtype, n)) end

--- Of doubles by the normal distribution: runtimes have no Erf of them.
function unary.erf(g, x, dtype, n)
  if dtype == "float32" then return g:node("Erf", { x }) end
  return n("Sub", n("Mul", activations.normal(g, n("Mul", x, math.sqrt(2))), 2), 1)
end

function unary.erfc(g, x, dtype, n)
  if dtype == "float32" then return n("Sub", 1, g:node("Erf", { x })) end
  return n("Mul", activations.normal(g, n("Mul", x, -math.sqrt(2))), 2)
end

local function truth(g, x, dtype)
  return g:node("Cast", { x }, { to = dtype == "float32" and 1 or 11 })
end

function unary.isnan(g, x, dtype) return truth(g, g:node("IsNaN", { x }), dtype) end

function unary.isfinite(g, x, dtype)
  local bad = g:node("Or", { g:node("IsNaN", { x }), g:node("IsInf", { x }) })
  return truth(g, g:node("Not", { bad }), dtype)
end

return unary
