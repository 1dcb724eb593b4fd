-- mah.train{detect_anomaly = true} says where the first number comes from that is not finite.
local golden = require "golden"
local mah = require "mah"

local x = mah.randn(60, 4, { rng = 1 })
local y = x:sum(2):gt(0):int()

local function message(net, more)
  local o = { stop = 3, seed = 1, batch_size = 20, detect_anomaly = true }
  for name, value in pairs(more or {}) do o[name] = value end
  return golden.message(function() mah.train(net, { x = x, y = y }, o) end)
end

describe("detect_anomaly", function()
  local function core(activation)
    return mah.mlp { 4, { 5, "tanh" }, { 6, activation or "relu" }, { 2, "softmax" }, seed = 1 }
  end

  it("changes nothing where all is well", function()
    for _, make in ipairs { core, function()
      return mah.network { params = { W = { 4, 2 } }, loss = "cross_entropy", seed = 1,
        forward = function(p, rows) return rows:matmul(p.W) end }
    end } do
      local watched, plain = make(), make()
      mah.train(watched, { x = x, y = y }, { stop = 2, seed = 1, detect_anomaly = true })
      mah.train(plain, { x = x, y = y }, { stop = 2, seed = 1 })
      assert.is_true(watched.params:equal(plain.params))
    end
  end)

  it("names the operation and the line of a function", function()
    local net = mah.network { params = { W = { 4, 2 } }, loss = "cross_entropy", seed = 1,
      forward = function(p, rows)
        local h = rows:matmul(p.W):log() -- no tail call, which would have no line
        return h * 2
      end }
    local said = message(net)
    assert.matches("anomaly_spec.lua:34", said)
    assert.matches("detect_anomaly: log gives the first NaN, float32 20x2", said)
    local backwards = mah.network { params = { W = { 4, 2, init = "zeros" } }, loss = "mse",
      forward = function(p, rows)
        local h = rows:matmul(p.W):square()
        return (h:sqrt() * 0 + h):sum(2)
      end }
    assert.matches("detect_anomaly: the gradient of .- is the first NaN", message(backwards))
    net.params:fill_(0 / 0)
    assert.matches("detect_anomaly: matmul of W gives the first NaN", message(net))
    local deep = mah.mlp { 4, { 4, "tanh", norm = "layer" }, { 4, "tanh", residual = true },
      { 2, "softmax" }, seed = 1 }
    deep.layers[2].bias[1] = 0 / 0
    assert.matches("linear of 2.weight gives the first NaN", message(deep))
  end)

  it("names the layer", function()
    local function rotten(i)
      local net = core()
      net.layers[i].weight[1][1] = 1 / 0
      return net
    end
    assert.matches("detect_anomaly: a weight of layer 2 is the first that is not finite, in step 1 "
      .. "%(epoch 1%)", message(rotten(2)))
    local net = core { name = "log", forward = function(z) return z:log() end,
      backward = function(_, dy, z) return dy / z end }
    assert.matches("the output of layer 2 %(log%) is the first", message(net))
    local backwards = core { name = "root", forward = function(z) return z:relu():sqrt() end,
      backward = function(r, dy) return dy / (2 * r) end }
    assert.matches("the gradient of layer 2 %(root%) is the first", message(backwards))
    local wild = message(core(), { solver = mah.solver.sgd { lr = 1e38 }, batch_size = 60 })
    assert.matches("is the first that is not finite, in step [23] %(epoch [23]%)", wild)
  end)
end)
