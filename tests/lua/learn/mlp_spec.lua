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

  it("knows other people's names", function()
    local net = mah.mlp { 2, { 3, "sigmoid" }, { 1, "sigmoid" }, seed = 1 }
    assert.equal("2 -> 3 logistic -> 1 logistic, 13 parameters", tostring(net))
    assert.equal("binary_cross_entropy", net.loss_function)
  end)

  it("chooses the loss by the output activation, or as told", function()
    local function loss(output, name)
      return mah.mlp { 2, { 3, output }, loss = name, seed = 1 }.loss_function
    end
    assert.equal("cross_entropy", loss "softmax")
    assert.equal("poisson", loss "exp")
    assert.equal("squared_error", loss "identity")
    assert.equal("squared_error", loss("identity", "squared_error"))
    assert.equal("absolute_error", loss("identity", "absolute_error"))
    assert.equal("huber", loss("identity", "huber"))
    assert.equal("huber",
      mah.mlp { 2, { 3, "identity" }, loss = "huber", seed = 1 }:clone().loss_function)
    assert.error_matches(function() loss("softmax", "huber") end,
      'layer 1: with the output activation softmax the loss is cross_entropy; got "huber"')
    assert.error_matches(function() loss("identity", "hubr") end,
      "the loss is squared_error or absolute_error or huber")
  end)

  it("computes each loss of numbers", function()
    local x, y = mah.tensor { { 1 }, { 1 } }, mah.tensor { { 0, 2 }, { 1, 3 } }
    local function loss(output, name, bias)
      local net = mah.mlp { 1, { 2, output }, loss = name, init = "zeros", dtype = "float64" }
      net.layers[1].bias:copy_(mah.tensor(bias))
      return net:loss(x, y)
    end
    -- p - t: 0.5, -1 and -0.5, -2
    assert.near((0.25 + 1 + 0.25 + 4) / 8, loss("identity", nil, { 0.5, 1 }), 1e-15)
    assert.near(4 / 4, loss("identity", "absolute_error", { 0.5, 1 }), 1e-15)
    assert.near((0.125 + 0.5 + 0.125 + 1.5) / 4, loss("identity", "huber", { 0.5, 1 }), 1e-15)
    -- p = 1, 1: summed over the outputs
    local expected = (1 + (2 * math.log(2) - 1) + 0 + (3 * math.log(3) - 2)) / 2
    assert.near(expected, loss("exp", nil, { 0, 0 }), 1e-14)
  end)

  it("names the row and the value of a target that the loss does not take", function()
    local x, y = mah.zeros(3, 2), mah.tensor { { 1, 0 }, { 0, 1 }, { 2, -1 } }
    local function fails(output, pattern)
      local net = mah.mlp { 2, { 2, output }, seed = 1 }
      assert.error_matches(function() net:loss(x, y) end, pattern)
    end
    fails("exp", "y: row 3: %-1; poisson takes targets in %[0, inf%)")
    fails("logistic", "y: row 3: 2; binary_cross_entropy takes targets in %[0, 1%]")
    fails("softmax", "y: row 3: 2; cross_entropy takes targets in %[0, 1%]")
    y[{ 3, 1 }], y[{ 3, 2 }] = 1, 1
    fails("softmax", "y: row 3 adds up to 2; cross_entropy takes shares that add up to 1")
  end)

  it("predicts classes, labels and numbers", function()
    local x = mah.randn(9, 2, { rng = 1 })
    local function net_of(...) return mah.mlp { 2, { 4, "tanh" }, ..., seed = 1 } end
    local net = net_of { 3, "logistic" }
    local labels = net:predict(x)
    assert.same({ 9, 3 }, labels.shape)
    assert.equal("int32", labels.dtype)
    assert.is_true(labels:equal(net:forward(x):gt(0.5):int()))
    assert.equal(1, net:score(x, labels))
    labels[{ 2, 1 }] = 1 - labels[{ 2, 1 }]
    assert.near(8 / 9, net:score(x, labels), 1e-15)
    local one = net_of { 1, "logistic" }
    assert.same({ 9 }, one:predict(x).shape)
    assert.equal(1, one:score(x, one:predict(x)))
    assert.equal(1, one:score(x, one:predict(x):view(9, 1)))
    local numbers, counts = net_of { 1, "identity" }, net_of { 2, "exp" }
    assert.is_true(numbers:predict(x):equal(numbers:forward(x):view(9)))
    assert.equal(1, numbers:score(x, numbers:forward(x)))
    assert.is_true(counts:predict(x):equal(counts:forward(x)))
    assert.is_true(counts:forward(x):min() > 0)
    assert.error_matches(function() net:score(x, mah.zeros(9)) end,
      "shape %(9, 3%) is expected, got %(9%)")
    assert.error_matches(function() one:score(x, mah.zeros(4):int()) end,
      "net:score: x has 9 rows and y has 4")
    assert.error_matches(function() numbers:score(x, mah.zeros(3, 3)) end,
      "net:score: x has 9 rows and y has 3")
  end)

  it("shows the outputs of every layer", function()
    local net = mah.mlp { 2, { 4, "gelu", dropout = 0.5 }, { 3, "elu" }, { 2, "softmax" },
      seed = 1 }
    local x = mah.randn(700, 2, { rng = 1 })
    local all = net:activations(x)
    assert.equal(3, #all)
    for i = 1, 3 do assert.is_true(all[i]:equal(net:forward(x, i))) end
    assert.same({ 700, 3 }, all[2].shape)
  end)

  it("clones without sharing", function()
    local net = mah.mlp { 2, { 2, "relu", dropout = 0.5 }, { 1, "logistic" }, seed = 1 }
    local copy = net:clone()
    assert.is_true(net.params:equal(copy.params))
    copy.params:fill_(0)
    assert.is_false(net.params:equal(copy.params))
    assert.equal(0.5, copy.layers[1].dropout)
    local wide = net:clone { dtype = "float64" }
    assert.equal("float64", wide.params.dtype)
    assert.is_true(wide.params:float():equal(net.params))
  end)

  it("explains what is wrong with a description", function()
    local function fails(given, pattern)
      assert.error_matches(function() mah.mlp(given) end, pattern)
    end
    fails({ 2 }, "at least one layer")
    fails({ { 2, "relu" } }, "the number of inputs comes first")
    fails({ 2, { 0, "softmax" } }, "layer 1: units must be an integer >= 1; got 0")
    fails({ 2, { 3, "rellu" }, { 2, "softmax" } }, "did you mean 'relu'")
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

  it("refuses networks that fit no machine", function()
    local most = 2 ^ 31 - 1
    local function fails(given, pattern)
      local ok, message = pcall(mah.mlp, given)
      assert.is_false(ok)
      assert.matches(pattern, message)
    end
    fails({ most, { most, "relu" }, { most, "relu" }, { 3, "softmax" } },
      "layer 1: the network has too many parameters")
    fails({ 1, { most, "relu" }, { most, "relu" }, { 3, "softmax" } },
      "layer 2: the network has too many parameters")
    local alternating = { most }
    for i = 1, 192 do alternating[i + 1] = { i % 2 == 1 and 1 or most, "relu" } end
    alternating[#alternating + 1] = { 3, "softmax" }
    fails(alternating, "too many inputs altogether")
  end)
end)
