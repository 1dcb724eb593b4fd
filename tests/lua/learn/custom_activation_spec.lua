local mah = require "mah"

--- tanh as a user would write it.
local function own_tanh()
  return {
    name = "my tanh",
    forward = function(z) return z:tanh() end,
    backward = function(y, dy) return dy * (1 - y * y) end,
  }
end

--- The same network twice: with the core's tanh, and with one in Lua.
local function twins(dtype)
  local function new(activation)
    return mah.mlp {
      5, { 6, activation, dropout = 0.3 }, { 4, "relu" }, { 7, activation }, { 3, "softmax" },
      dtype = dtype, seed = 3,
    }
  end
  return new "tanh", new(own_tanh())
end

local function data(n, dtype)
  return mah.randn(n, 5, { rng = 1, dtype = dtype }), mah.randint(0, 2, n, { rng = 2 })
end

describe("an activation in Lua", function()
  it("gives what the core's own gives, for batches of any size", function()
    for _, n in ipairs { 1, 20, 1300 } do
      local core, own = twins "float64"
      local x, y = data(n, "float64")
      local expected, g = core:gradient(x, y, { l1 = 0.1, l2 = 0.2 })
      local loss, own_g = own:gradient(x, y, { l1 = 0.1, l2 = 0.2 })
      assert.near(expected, loss, 1e-13)
      assert.near(expected, own:loss(x, y, { l1 = 0.1, l2 = 0.2 }), 1e-13)
      assert.is_true((g - own_g):abs():max() < 1e-13)
      assert.is_true((core:forward(x) - own:forward(x)):abs():max() < 1e-14)
      assert.is_true((core:forward(x, 2) - own:forward(x, 2)):abs():max() < 1e-14)
      assert.is_true(core:predict(x):equal(own:predict(x)))
      assert.equal(core:score(x, y), own:score(x, y))
      local all = own:activations(x)
      for i, out in ipairs(core:activations(x)) do
        assert.is_true((out - all[i]):abs():max() < 1e-14)
      end
    end
  end)

  it("takes the same dropout masks, and weights", function()
    local core, own = twins "float64"
    local x, y = data(1100, "float64")
    local weight = mah.rand(1100, { rng = 3 })
    local few = { x = x:narrow(1, 1, 8), y = y:narrow(1, 1, 8), weight = weight:narrow(1, 1, 8) }
    for _, net in ipairs { core, own } do
      local o = { dropout = true, seed = 4, weight = few.weight, tolerance = 1e-6 }
      assert.is_true(mah.gradcheck(net, few.x, few.y, o).ok)
    end
    local step = { solver = mah.solver.sgd { lr = 0.1 }, stop = 2, l2 = 0.1, batch_size = 5,
      seed = 1 }
    mah.train(core, few, step)
    mah.train(own, few, step)
    assert.is_true((core.params - own.params):abs():max() < 1e-13)
    assert.near(core:loss(x, y, { weight = weight }), own:loss(x, y, { weight = weight }), 1e-13)
  end)

  it("learns with a solver", function()
    local core, own = twins "float32"
    local x, y = data(60)
    for _, net in ipairs { core, own } do
      local solver = mah.solver.adam { lr = 0.01 }
      for _ = 1, 30 do solver(function() return net:gradient(x, y) end, net.params) end
    end
    assert.is_true(own:loss(x, y) < 0.9)
    assert.is_true((core.params - own.params):abs():max() < 1e-3)
  end)

  it("may change z in place, use z backwards, and return another dtype", function()
    local net = mah.mlp {
      5, { 4, { forward = function(z) return z:pow_(3):double() end,
        backward = function(_, dy, z) return dy:mul_(z:square()):mul_(3) end } }, { 3, "softmax" },
      seed = 1,
    }
    local x, y = data(6)
    assert.is_true(mah.gradcheck(net, x, y).ok)
    assert.equal("5 -> 4 custom -> 3 softmax, 39 parameters", tostring(net))
    assert.matches("4 my tanh", tostring(mah.mlp { 5, { 4, own_tanh() }, { 3, "softmax" } }))
  end)

  it("is checked by gradcheck", function()
    local wrong = own_tanh()
    wrong.backward = function(y, dy) return dy * (1 - y) end
    local x, y = data(6)
    local r = mah.gradcheck(mah.mlp { 5, { 4, wrong }, { 3, "softmax" }, seed = 1 }, x, y)
    assert.is_false(r.ok)
    assert.matches("^layers%[1%]", r.name)
  end)

  it("goes with a clone", function()
    local _, own = twins "float32"
    local x = data(4)
    assert.is_true(own:clone():forward(x):equal(own:forward(x)))
    local wide = own:clone { dtype = "float64" }:forward(x):float()
    assert.is_true((wide - own:forward(x)):abs():max() < 1e-5)
  end)

  it("is told what is wrong with it", function()
    local x, y = data(4)
    local function fails(forward, backward, pattern)
      local net = mah.mlp { 5, { 4, { forward = forward, backward = backward, name = "odd" } },
        { 3, "softmax" }, seed = 1 }
      assert.error_matches(function() net:gradient(x, y) end, pattern)
    end
    local function same(z) return z end
    fails(function() return 3 end, same,
      "layer 1: forward of the activation odd: a tensor is expected, got 3")
    fails(function(z) return z:sum(1) end, same,
      "forward of the activation odd: shape %(4, 4%) is expected, got %(4%)")
    fails(same, function() end,
      "layer 1: backward of the activation odd: a tensor is expected, got nil")
    fails(function() error "my own mistake" end, same, "my own mistake")
    local function describe_fails(activation, pattern)
      assert.error_matches(function() mah.mlp { 5, { 4, activation }, { 3, "softmax" } } end,
        pattern)
    end
    describe_fails({ forward = same }, "layer 1: activation: backward is missing")
    describe_fails({ forward = 3, backward = same }, "forward must be .* got 3")
    describe_fails({ forwards = same, backward = same }, "did you mean 'forward'")
    assert.error_matches(function()
      mah.mlp { 5, { 4, { forward = same, backward = same } } }
    end, "the output layer's activation is one of exp, identity, logistic, softmax, "
      .. "not one of your own")
  end)

  it("cannot use its own network meanwhile", function()
    local net, x, y
    net = mah.mlp { 5, { 4, { backward = function(_, dy) return dy end, forward = function(z)
      if #z == 4 then net:forward(x:narrow(1, 1, 2)) end
      return z
    end } }, { 3, "softmax" }, seed = 1 }
    x, y = data(4)
    assert.error_matches(function() net:loss(x, y) end,
      "cannot be used inside of its own activation")
    assert.is_true(net:loss(x:narrow(1, 1, 2), y:narrow(1, 1, 2)) > 0)
  end)
end)
