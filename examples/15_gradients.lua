--- Gradients of any Lua function of tensors: an architecture and a loss of one's own. Here: 40
--- layers of tanh, which do not learn, and the same with residual connections, which do.
---
--- Output:
---   gradcheck: true
---   plain    loss ~2.33, test accuracy: 0.1...
---   residual loss 0.1..., test accuracy: ~0.87
---   second derivative of x^3 at 2: 12
local mah = require "mah"

local LAYERS, UNITS = 40, 32

local function parameters(rng)
  local p = { W = { mah.randn(784, UNITS, { rng = rng }) / 28 }, b = { mah.zeros(UNITS) } }
  for i = 2, LAYERS do
    p.W[i], p.b[i] = mah.randn(UNITS, UNITS, { rng = rng }) / UNITS ^ 0.5, mah.zeros(UNITS)
  end
  p.out = mah.randn(UNITS, 10, { rng = rng }) / UNITS ^ 0.5
  return p
end

local function network(p, x, residual)
  local h = (x:matmul(p.W[1]) + p.b[1]):tanh()
  for i = 2, LAYERS do
    local change = (h:matmul(p.W[i]) + p.b[i]):tanh()
    h = residual and h + change * 0.3 or change
  end
  return h:matmul(p.out)
end

local function loss(p, x, y, residual)
  return mah.loss.cross_entropy(network(p, x, residual), y, { label_smoothing = 0.01 })
end

local few = mah.randn(4, 784, { rng = 2 })
print("gradcheck: " .. tostring(mah.gradcheck(function(out)
  local p = parameters(mah.rng(1))
  p.out = out
  return loss(p, few, mah.tensor({ 0, 3, 9, 1 }, "int32"), true)
end, mah.randn(UNITS, 10, { rng = 3 })).ok))

local data = mah.data.digits { n = 3000, seed = 1 }
local step = mah.value_and_grad(loss)
for _, residual in ipairs { false, true } do
  local rng, p, velocity, value = mah.rng(1), parameters(mah.rng(1)), {}, nil
  local function move(w, g)
    velocity[w] = (velocity[w] or mah.zeros_like(w)):mul_(0.9):add_(g)
    w:axpy_(-0.02, velocity[w])
  end
  for _ = 1, 400 do
    local rows = rng:integers(1, #data.train.y, 64)
    local x, y = data.train.x:index_select(1, rows), data.train.y:index_select(1, rows)
    local g
    value, g = step(p, x, y, residual)
    for i = 1, LAYERS do move(p.W[i], g.W[i]) move(p.b[i], g.b[i]) end
    move(p.out, g.out)
  end
  local right = network(p, data.test.x, residual):argmax(2) - 1
  print(("%s loss %.4f, test accuracy: %.4f"):format(residual and "residual" or "plain   ", value,
    right:eq(data.test.y):double():mean()))
end
print("second derivative of x^3 at 2: " .. mah.grad(mah.grad(function(x) return x ^ 3 end))(2))
