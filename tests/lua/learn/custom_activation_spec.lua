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
      for _ = 1, 60 do solver(function() return net:gradient(x, y) end, net.params) end
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

  it("gives the same bits for any number of threads", function()
    local before = mah.threads()
    local net = mah.mlp {
      20, { 11, own_tanh(), dropout = 0.3 }, { 9, "gelu" }, { 7, own_tanh() }, { 3, "softmax" },
      seed = 3,
    }
    local dense, y = mah.randn(1300, 20, { rng = 1 }), mah.randint(0, 2, 1300, { rng = 2 })
    local sparse = dense * mah.rand(1300, 20, { rng = 3 }):gt(0.8):float()
    local o = { l1 = 0.1, l2 = 0.2, weight = mah.rand(1300, { rng = 4 }) }
    for _, x in ipairs { dense, sparse } do
      mah.threads(1)
      local loss, g = net:gradient(x, y, o)
      local out = net:forward(x)
      for n = 2, 4 do
        mah.threads(n)
        local again, again_g = net:gradient(x, y, o)
        assert.equal(loss, again)
        assert.is_true(g:equal(again_g))
        assert.is_true(out:equal(net:forward(x)))
      end
    end
    mah.threads(before)
  end)

  it("gives the bits of the core's own where it computes the same", function()
    local same = { forward = function(z) return z end, backward = function(_, dy) return dy end }
    local function new(activation)
      return mah.mlp { 5, { 6, activation, dropout = 0.3 }, { 4, "tanh" }, { 7, activation },
        { 3, "softmax" }, seed = 3 }
    end
    local core, own = new "identity", new(same)
    local x, y = data(1300)
    local loss, g = core:gradient(x, y, { l1 = 0.1, l2 = 0.2 })
    local own_loss, own_g = own:gradient(x, y, { l1 = 0.1, l2 = 0.2 })
    assert.equal(loss, own_loss)
    assert.is_true(g:equal(own_g))
    assert.is_true(core:forward(x):equal(own:forward(x)))
    for _, net in ipairs { core, own } do
      mah.train(net, { x = x, y = y, weight = mah.rand(1300, { rng = 4 }) },
        { stop = 2, batch_size = 600, seed = 1, l1 = 1e-3 })
    end
    assert.is_true(core.params:equal(own.params))
  end)
end)

describe("an activation in Lua that does harm", function()
  --- A network that calls `harm` inside of its first layer, in the first or second direction; rows
  --- go through in three pieces.
  local function harmful(harm, direction)
    local function same(z) return z end
    local activation = { name = "odd", forward = same, backward = function(_, dy) return dy end }
    local given = activation[direction]
    local x, y = data(1300)
    local net
    activation[direction] = function(...)
      harm(net, x, y)
      return given(...)
    end
    net = mah.mlp { 5, { 4, activation }, { 6, "tanh" }, { 3, "softmax" }, seed = 1 }
    return net, x, y
  end

  --- An error, and the rest of the program goes on.
  local function fails(harm, pattern)
    for _, direction in ipairs { "forward", "backward" } do
      local net, x, y = harmful(harm, direction)
      assert.error_matches(function() net:gradient(x, y) end, pattern)
      collectgarbage()
    end
  end

  it("frees the inputs", function()
    fails(function(_, x) x:free() end, "x: the tensor has been freed")
    local net, x = harmful(function(_, x) x:free() end, "forward")
    assert.error_matches(function() net:forward(x) end, "x: the tensor has been freed")
  end)

  it("frees the targets, or the weights of the rows", function()
    fails(function(_, _, y) y:free() end, "y: the tensor has been freed")
    local weight = mah.ones(1300)
    local net, x, y = harmful(function() weight:free() end, "backward")
    assert.error_matches(function() net:gradient(x, y, { weight = weight }) end,
      "weight: the tensor has been freed")
  end)

  it("frees the parameters", function()
    fails(function(net) net.params:free() end, "w: the tensor has been freed")
  end)

  it("frees what it was given, or has given", function()
    local x, y = data(6)
    local function try(forward, backward)
      local net = mah.mlp { 5, { 4, { forward = forward, backward = backward } }, { 3, "softmax" },
        seed = 1 }
      assert.error_matches(function() net:gradient(x, y) end, "freed")
    end
    local kept
    try(function(z) z:free() return z end, function(_, dy) return dy end)
    try(function(z) kept = z return z end, function(_, dy) kept:free() return kept + dy end)
    try(function(z) return z end, function(y_, dy) y_:free() dy:free() return dy end)
  end)

  it("uses its own network, for a batch or another solver's step", function()
    local inside = false
    local function once(f)
      return function(net, x, y)
        if inside then return end
        inside = true
        f(net, x, y)
        inside = false
      end
    end
    local pattern = "cannot be used inside of its own activation"
    fails(once(function(net, x, y) net:loss(x, y) end), pattern)
    fails(once(function(net, x, y) net:gradient(x:narrow(1, 1, 3), y:narrow(1, 1, 3)) end), pattern)
    fails(once(function(net, x) net:activations(x:narrow(1, 1, 600)) end), pattern)
    fails(once(function(net, x, y)
      mah.train(net, { x = x, y = y }, { stop = 1, batch_size = 50, seed = 1 })
    end), pattern)
  end)

  it("may use others' networks and change the number of threads", function()
    local before, n = mah.threads(), 0
    local plain = { forward = function(z) return z end, backward = function(_, dy) return dy end }
    local other = mah.mlp { 5, { 4, plain }, { 3, "softmax" }, seed = 2 }
    for _, direction in ipairs { "forward", "backward" } do
      local net, x, y = harmful(function(_, x, y)
        n = n % 4 + 1
        mah.threads(n)
        other:gradient(x, y)
      end, direction)
      local expected = mah.mlp { 5, { 4, "identity" }, { 6, "tanh" }, { 3, "softmax" }, seed = 1 }
      local loss, g = net:gradient(x, y)
      local expected_loss, expected_g = expected:gradient(x, y)
      assert.equal(expected_loss, loss)
      assert.is_true(g:equal(expected_g))
    end
    mah.threads(before)
  end)

  it("fails in the middle of a batch, and the network goes on", function()
    local bad = true
    local net, x, y = harmful(function() if bad then error "my own mistake" end end, "backward")
    assert.error_matches(function() net:gradient(x, y) end, "my own mistake")
    bad = false
    local expected = mah.mlp { 5, { 4, "identity" }, { 6, "tanh" }, { 3, "softmax" }, seed = 1 }
    local _, g = net:gradient(x, y)
    local _, expected_g = expected:gradient(x, y)
    assert.is_true(g:equal(expected_g))
  end)
end)
