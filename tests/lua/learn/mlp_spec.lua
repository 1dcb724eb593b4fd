local mah = require "mah"

local function xor_data()
  return mah.tensor { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } },
    mah.tensor({ 0, 1, 1, 0 }, { dtype = "int32" })
end

describe("mah.mlp", function()
  it("has flat parameters and views of them", function()
    local net = mah.mlp { 3, { 2, "tanh" }, { 4, "softmax" }, seed = 1 }
    assert.equal(3 * 2 + 2 + 2 * 4 + 4, #net.params)
    assert.same({ 3, 2 }, net.layers[1].weight.shape)
    assert.same({ 4 }, net.layers[2].bias.shape)
    net.layers[1].weight[{ 2, 1 }] = 7
    assert.equal(7, net.params[3])
    assert.equal("3 -> 2 tanh -> 4 softmax, 20 parameters", tostring(net))
  end)

  it("draws the same weights for the same seed, within Glorot's bound", function()
    local a = mah.mlp { 30, { 20, "relu" }, { 4, "softmax" }, seed = 5 }
    local b = mah.mlp { 30, { 20, "relu" }, { 4, "softmax" }, seed = 5 }
    assert.is_true(a.params:equal(b.params))
    local bound = math.sqrt(6 / 50)
    local w = a.layers[1].weight
    assert.is_true(w:abs():max() <= bound)
    assert.is_true(w:abs():max() > 0.9 * bound)
    assert.is_true(math.abs(w:mean()) < 0.1 * bound)
    assert.is_false(a.params:equal(
      mah.mlp { 30, { 20, "relu" }, { 4, "softmax" }, seed = 6 }.params))
    local logistic = mah.mlp { 30, { 20, "logistic" }, { 4, "softmax" }, seed = 5 }
    assert.is_true(logistic.params:abs():max() <= math.sqrt(2 / 24))
  end)

  it("draws NumPy's stream when asked", function()
    local net = mah.mlp { 3, { 2, "tanh" }, { 1, "identity" }, dtype = "float64" }
    net:init(mah.rng(1, "mt19937"))
    assert.near(-0.18179567920383122, net.params[1], 1e-15)
    assert.near(-0.33835949425288125, net.params[8], 1e-15)
    assert.near(-0.2919856760420332, net.params[9], 1e-15)
    assert.near(-0.22855242729000858, net.params[11], 1e-15)
  end)

  it("computes what a plain loop computes", function()
    local net = mah.mlp { 2, { 3, "tanh" }, { 2, "softmax" }, dtype = "float64", seed = 2 }
    local x = mah.tensor({ { 0.5, -1 } }, { dtype = "float64" })
    local h, z = {}, {}
    for j = 1, 3 do
      h[j] = math.tanh(0.5 * net.layers[1].weight[1][j] - net.layers[1].weight[2][j]
        + net.layers[1].bias[j])
    end
    for k = 1, 2 do
      z[k] = net.layers[2].bias[k]
      for j = 1, 3 do z[k] = z[k] + h[j] * net.layers[2].weight[j][k] end
    end
    local p = net:forward(x)
    assert.near(math.exp(z[1]) / (math.exp(z[1]) + math.exp(z[2])), p[1][1], 1e-14)
    assert.near(h[2], net:forward(x, 1)[1][2], 1e-14)
    local y = mah.tensor({ 1 }, { dtype = "int32" })
    assert.near(-math.log(p[1][2]), net:loss(x, y), 1e-14)
  end)

  it("gives the gradient of the loss", function()
    local x, y = xor_data()
    local net = mah.mlp { 2, { 3, "logistic" }, { 2, "softmax" }, dtype = "float64", seed = 3 }
    local _, g = net:gradient(x, y, { l2 = 0.1 })
    for i = 1, #net.params do
      local w, h = net.params[i], 1e-5
      net.params[i] = w + h
      local above = net:loss(x, y, { l2 = 0.1 })
      net.params[i] = w - h
      local below = net:loss(x, y, { l2 = 0.1 })
      net.params[i] = w
      assert.near((above - below) / (2 * h), g[i], 1e-8)
    end
  end)

  it("clones without sharing", function()
    local net = mah.mlp { 2, { 2, "relu", dropout = 0.5 }, { 1, "logistic" }, seed = 1 }
    local copy = net:clone()
    assert.is_true(net.params:equal(copy.params))
    copy.params:fill_(0)
    assert.is_false(net.params:equal(copy.params))
    assert.equal(0.5, copy.layers[1].dropout)
  end)

  it("explains what is wrong with a description", function()
    local function fails(given, pattern)
      assert.error_matches(function() mah.mlp(given) end, pattern)
    end
    fails({ 2 }, "at least one layer")
    fails({ { 2, "relu" } }, "the number of inputs comes first")
    fails({ 2, { 0, "softmax" } }, "layer 1: units must be an integer >= 1; got 0")
    fails({ 2, { 3, "rleu" }, { 2, "softmax" } }, "did you mean 'relu'")
    fails({ 2, { 3, "softmax" }, { 2, "softmax" } },
      'layer 1: activation must be one of .*; got "softmax"')
    fails({ 2, { 3, "relu", droput = 1 }, { 2, "softmax" } }, "did you mean 'dropout'")
    fails({ 2, { 3, "relu", dropout = 1 }, { 2, "softmax" } },
      "dropout must be a number in %[0, 1%); got 1")
    fails({ 2, { 3, "softmax" }, sed = 1 }, "did you mean 'seed'")
    fails({ 2, 3 }, "layer 1: {units, \"activation\"} is expected, got 3")
  end)

  it("explains what does not fit", function()
    local net = mah.mlp { 2, { 3, "softmax" }, seed = 1 }
    assert.error_matches(function() net:forward(mah.zeros(4, 5)) end,
      "float32 4x5 does not fit a network of 2 inputs")
    assert.error_matches(function() net:forward(mah.zeros(4)) end, "a matrix")
    assert.error_matches(function() net:forward(3) end, "x: a tensor is expected, got 3")
    local y = mah.tensor({ 0, 1, 2, 3 }, { dtype = "int32" })
    assert.error_matches(function() net:loss(mah.zeros(4, 2), y) end,
      "class 3 is outside of 0 ... 2")
    local freed = mah.zeros(4, 2)
    freed:free()
    assert.error_matches(function() net:forward(freed) end, "freed")
  end)
end)
