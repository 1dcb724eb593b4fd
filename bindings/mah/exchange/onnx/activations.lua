--- Mah's activations as ONNX nodes. float32: the operators that ONNX has. float64: runtimes have
--- Relu, Sigmoid, Tanh, Exp, Log and Softmax, and no Elu, Softplus, Erf, LeakyRelu (before opset
--- 16), so that these are composed as core/learn/kernels composes them.
---
---     local y = activations.gelu(g, z, "float64")
local activations = {}

--- A node for an operator with x and numbers as inputs.
local function with(g, dtype)
  return function(op, ...)
    local inputs = {}
    for i, value in ipairs { ... } do
      inputs[i] = type(value) == "number" and g:number(value, dtype) or value
    end
    return g:node(op, inputs)
  end
end

local function is_single(dtype) return dtype == "float32" end

function activations.relu(g, z) return g:node("Relu", { z }) end
function activations.tanh(g, z) return g:node("Tanh", { z }) end
function activations.logistic(g, z) return g:node("Sigmoid", { z }) end
function activations.exp(g, z) return g:node("Exp", { z }) end
function activations.softmax(g, z) return g:node("Softmax", { z }, { axis = 1 }) end

function activations.leaky_relu(g, z, dtype)
  if is_single(dtype) then return g:node("LeakyRelu", { z }, { alpha = { float = 0.01 } }) end
  local n = with(g, dtype)
  return n("Where", n("Less", z, 0), n("Mul", z, 0.01), z)
end

function activations.elu(g, z, dtype)
  if is_single(dtype) then return g:node("Elu", { z }, { alpha = { float = 1 } }) end
  local n = with(g, dtype)
  return n("Where", n("Less", z, 0), n("Sub", n("Exp", n("Min", z, 0)), 1), z)
end

--- log(1 + e^z) = max(z, 0) + log(1 + e^-|z|)
function activations.softplus(g, z, dtype)
  if is_single(dtype) then return g:node("Softplus", { z }) end
  local n = with(g, dtype)
  return n("Add", n("Max", z, 0), n("Log", n("Add", n("Exp", n("Neg", n("Abs", z))), 1)))
end

--- A sigmoid that is -6e-8 and not 0 (onnxruntime-web 1.20.1, z <= -18) would be much times z.
function activations.silu(g, z, dtype)
  local n = with(g, dtype)
  return n("Mul", n("Max", n("Sigmoid", z), 0), z)
end

-- Mills' ratio of the normal distribution as a polynomial in 4 / (4 + |z|), as in
-- core/learn/kernels/gaussian.h, from the highest power down.
local MILLS = { -2.8166753052817971e-11, -6.5894407028102604e-11, 4.2040547314093774e-10,
  3.9099468309886148e-10, -3.4435554861217765e-9, 8.2557648988569743e-10, 2.0974006574482923e-8,
  -2.8822572666210774e-8, -1.0884929970258217e-7, 3.0349486399941331e-7, 5.4600468184499698e-7,
  -2.6159834504706762e-6, -3.4055732639654551e-6, 2.2117544798166776e-5, 3.6802015747137661e-5,
  -0.00018435522298914869, -0.00062536476418488518, 0.00081471154751153435, 0.010726581694235498,
  0.039092488866985874, 0.090976684206759639, 0.15531102555618134, 0.20383459921062921 }

--- Phi(z), within 1e-15 of the true value: Erf's polynomial, |z| <= 39, in doubles.
local function normal(g, z)
  local n = with(g, "float64")
  local t = n("Div", 4, n("Add", n("Min", n("Abs", z), 39), 4))
  local x = n("Sub", n("Mul", t, 2.2051282051282053), 1.2051282051282051)
  local p = MILLS[1]
  for i = 2, #MILLS do p = n("Add", n("Mul", x, p), MILLS[i]) end
  local tail = n("Mul", n("Exp", n("Mul", n("Mul", z, z), -0.5)), n("Mul", t, p))
  return n("Where", n("Less", z, 0), tail, n("Sub", 1, tail))
end

--- z (1 + erf(z / sqrt 2)) / 2. The sum is not below 0, whatever the runtime's Erf says far out.
function activations.gelu(g, z, dtype)
  local n = with(g, dtype)
  if not is_single(dtype) then return n("Mul", z, normal(g, z)) end
  local share = n("Mul", n("Add", n("Erf", n("Mul", z, math.sqrt(0.5))), 1), 0.5)
  return n("Mul", z, n("Max", share, 0))
end

return { functions = activations, with = with, normal = normal }
