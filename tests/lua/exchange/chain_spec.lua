local chain = require "mah.exchange.chain"
local mah = require "mah"

local x = mah.randn({ 6, 3 }, { rng = 1, dtype = "float64" })

local function random(seed, ...)
  return mah.randn({ ... }, { rng = seed, dtype = "float64" })
end

local w1, b1, w2, b2 = random(2, 3, 4), random(3, 4), random(4, 4, 2), random(5, 2)
local first = { kind = "linear", weight = w1, bias = b1, name = "fc1" }
local second = { kind = "linear", weight = w2, bias = b2, name = "fc2" }
local function activation(name) return { kind = "activation", name = name } end

local function model(steps, given)
  given = given or {}
  given.where = "some.file"
  return chain.model(steps, given)
end

local function affine(n, seed)
  return { kind = "affine", subtract = random(seed, n), divide = random(seed + 1, n):abs() + 0.5,
    multiply = random(seed + 2, n), add = random(seed + 3, n), name = "norm" }
end

local function softmax(z) return (z - z:logsumexp(2, true)):exp() end

--- What an affine step says.
local function apply(t, step)
  return (t - step.subtract) / step.divide * step.multiply + step.add
end

local function near(expected, found, most)
  assert.is_true((expected - found):abs():max() < (most or 1e-12))
end

describe("a chain", function()
  it("is a network", function()
    local net = model { first, activation "tanh", second, activation "log_softmax" }
    assert.equal("3 -> 4 tanh -> 2 softmax, 26 parameters", tostring(net))
    assert.equal("float64", net.dtype)
    near(softmax((x:matmul(w1) + b1):tanh():matmul(w2) + b2), net:forward(x))
    local single = model { { kind = "linear", weight = w1:float() }, activation "sigmoid" }
    assert.equal("float32", single.dtype)
    near((x:float():matmul(w1:float())):sigmoid(), single:forward(x:float()), 1e-6)
  end)

  it("is an estimator where classes or regression are asked for", function()
    local clf = model({ first, activation "relu", second }, { classes = { "b", "a" } })
    assert.equal("MLPClassifier", clf.class)
    assert.same({ 4 }, clf.hidden_layer_sizes)
    near(softmax((x:matmul(w1) + b1):relu():matmul(w2) + b2), clf:predict_proba(x))
    local best = clf:predict_proba(x):argmax(2)
    for i, label in ipairs(clf:predict(x)) do assert.equal(best[i] == 1 and "b" or "a", label) end
    local third = { kind = "linear", weight = w2:narrow(2, 1, 1) }
    local one = model({ first, activation "relu", third }, { classes = { 3, 7 } })
    assert.equal("logistic", one.out_activation_)
    local reg = model({ first, activation "gelu", second }, { regression = true })
    assert.equal("MLPRegressor", reg.class)
    assert.equal(2, reg:predict(x).shape[2])
  end)

  it("has affine steps before the layers as steps of a pipeline, bit for bit", function()
    local step = affine(3, 10)
    local pipe = model { step, { kind = "normalize", norm = "l1" }, first, activation "logistic" }
    local seen = apply(x, step)
    seen = seen / seen:abs():sum(2, true)
    local plain = model { first, activation "logistic" }
    assert.is_true(plain:forward(seen):eq(pipe:predict_proba(x)):all())
    local path = os.tmpname()
    pipe:save(path)
    assert.is_true(mah.load(path):predict_proba(x):eq(pipe:predict_proba(x)):all())
    os.remove(path)
    local scaled = model { { kind = "affine", divide = 255 }, first }
    near((x / 255):matmul(w1) + b1, scaled:predict(x))
    near(x, pipe.steps[1][2]:inverse_transform(pipe.steps[1][2]:transform(x)))
  end)

  it("takes other affine steps into the layers", function()
    local behind, between = affine(4, 20), affine(4, 30)
    local hidden = apply(apply(x:matmul(w1) + b1, behind), between)
    near(hidden, model { first, behind, between }:forward(x))
    local net = model { first, behind, activation "identity", between, activation "tanh", between,
      behind, second }
    assert.equal(2, #net.layers)
    near(apply(apply(hidden:tanh(), between), behind):matmul(w2) + b2, net:forward(x), 1e-11)
    near(apply(hidden:tanh(), between), model { first, behind, between, activation "tanh", between }
      :forward(x))
  end)

  it("has unit layers where Mah has none", function()
    local net = model { first, activation "tanh" }
    assert.equal("3 -> 4 tanh -> 4 identity, 36 parameters", tostring(net))
    near((x:matmul(w1) + b1):tanh(), net:forward(x))
    near(x:tanh():relu():matmul(w1) + b1,
      model { activation "tanh", activation "relu", first }:forward(x))
    near((x:matmul(w1) + b1):matmul(w2) + b2, model { first, second }:forward(x))
    local square = { name = "square", forward = function(z) return z * z end,
      backward = function(_, dy, z) return 2 * z * dy end }
    near((x:matmul(w1) + b1):square(), model { first, activation(square) }:forward(x))
  end)

  it("complains with the file and the step", function()
    local function fails(pattern, steps, given)
      assert.error_matches(function() model(steps, given) end, pattern)
    end
    fails("some.file: fc2: 4 inputs, but the layer before gives 3",
      { { kind = "linear", weight = random(1, 2, 3) }, second })
    fails("fc2: 4 inputs, but fc1 gives 3",
      { { kind = "linear", weight = random(1, 2, 3), name = "fc1" }, second })
    fails("fc1: a bias of 2 values for 4 outputs",
      { { kind = "linear", weight = w1, bias = b2, name = "fc1" } })
    fails("fc1: its weights are not all finite",
      { { kind = "linear", weight = w1 / 0, name = "fc1" } })
    fails("fc1: 3 inputs, but what stands before it gives 5", { affine(5, 1), first })
    fails("norm: it is made for 5 columns, and gets 4", { first, affine(5, 1) })
    fails("fc1: Mah has softmax at the end only", { first, activation "softmax", second })
    fails("relu6: Mah has no activation \"relu6\"; there are elu, exp, .*, identity, leaky_relu, "
      .. "logistic, relu, silu, softmax, softplus, tanh", { first, activation "relu6" })
    fails("nn.ReLU: Mah has no activation \"nn.ReLU\"; there are .*; did you mean 'relu'%?",
      { first, activation "nn.ReLU" })
    fails("some.file: classes make a classifier, and regression = true a regressor", { first },
      { classes = { 1, 2, 3, 4 }, regression = true })
    fails("step 2 %(normalize%): Mah has such a step before the first", { first,
      { kind = "normalize", norm = "l1" } })
    fails("some.file: the end: there is no layer", { affine(3, 1) })
    fails("some.file: 3 classes for 2 outputs", { first, activation "relu", second },
      { classes = { 1, 2, 3 } })
    fails("some.file: out_activation is softmax, which is one of classes",
      { first, activation "softmax" }, { regression = true })
  end)
end)
