-- Layers as values: their parameters, outputs, states, how they look, and mistakes.
local golden = require "golden"
local mah = require "mah"
local nn = mah.nn

local rng = mah.rng(6)

--- Parameters for a layer's tree: numbers in each place, buffers too.
local function parameters(tree)
  if nn.is_layer(tree) then return parameters(tree.params) end
  if type(tree[1]) == "number" then
    local sizes = {}
    for i, size in ipairs(tree) do sizes[i] = size end
    return rng:uniform(0.5, 1.5, sizes)
  end
  local p = {}
  for key, inner in pairs(tree) do p[key] = parameters(inner) end
  return p
end

local x = rng:normal(0, 1, { 5, 4 })
local training = { rng = mah.rng(1) }

local function plain_linear(p, rows) return nn.linear(rows, p.weight, p.bias) end

--- What a layer gives of x with parameters p, and how it is shown.
local layers = {
  { nn.Linear { 4, 3 }, plain_linear, "Linear{4, 3}: 15 parameters" },
  { nn.Linear { 4, 3, bias = false }, function(p) return nn.linear(x, p.weight) end,
    "Linear{4, 3, bias = false}: 12 parameters" },
  { nn.Linear { inputs = 4, outputs = 3, weight_norm = true },
    function(p) return nn.linear(x, nn.weight_norm(p.weight_v, p.weight_g), p.bias) end,
    "Linear{4, 3, weight_norm = true}: 18 parameters" },
  { nn.LayerNorm { 4 }, function(p) return nn.layer_norm(x, p.weight, p.bias) end,
    "LayerNorm{4}: 8 parameters" },
  { nn.LayerNorm { 4, eps = 0.1, affine = false },
    function() return nn.layer_norm(x, nil, nil, 0.1) end,
    "LayerNorm{4, affine = false, eps = 0.1}" },
  { nn.BatchNorm { 4, eps = 0.1 }, function(p) return nn.batch_norm(x, p, false, { eps = 0.1 }) end,
    "BatchNorm{4, eps = 0.1}: 8 parameters" },
  { nn.BatchNorm { 4, affine = false, track_running_stats = false },
    function() return nn.batch_norm(x, {}, true) end,
    "BatchNorm{4, affine = false, track_running_stats = false}" },
  { nn.Dropout {}, function() return x end, "Dropout{}" },
  { nn.GaussianNoise { 0.3 }, function() return x end, "GaussianNoise{0.3}" },
  { nn.PReLU { 4 }, function(p) return nn.prelu(x, p.weight) end, "PReLU{4}: 4 parameters" },
  { nn.GLU {}, function() return nn.glu(x) end, "GLU{}" },
  { nn.SwiGLU(), function() return nn.swiglu(x) end, "SwiGLU{}" },
  { nn.Softmax { 1 }, function() return x:softmax(1) end, "Softmax{1}" },
  { nn.Identity {}, function() return x end, "Identity{}" },
  { nn.ReLU {}, function() return x:relu() end, "ReLU{}" },
  { nn.Sigmoid {}, function() return x:sigmoid() end, "Sigmoid{}" },
  { nn.Tanh {}, function() return x:tanh() end, "Tanh{}" },
  { nn.LeakyReLU {}, function() return nn.leaky_relu(x) end, "LeakyReLU{}" },
  { nn.ELU {}, function() return nn.elu(x) end, "ELU{}" },
  { nn.Softplus {}, function() return nn.softplus(x) end, "Softplus{}" },
  { nn.GELU {}, function() return nn.gelu(x) end, "GELU{}" },
  { nn.SiLU {}, function() return nn.silu(x) end, "SiLU{}" },
  { nn.Sequential { nn.Linear { 4, 3 }, nn.Tanh {} },
    function(p) return plain_linear(p[1], x):tanh() end,
    "Sequential: 15 parameters\n  Linear{4, 3}: 15 parameters\n  Tanh{}" },
  { nn.Residual { nn.Linear { 4, 4 }, nn.Tanh {} },
    function(p) return x + plain_linear(p[1], x):tanh() end,
    "Residual: 20 parameters\n  Linear{4, 4}: 20 parameters\n  Tanh{}" },
  { nn.Parallel { nn.Linear { 4, 3 }, nn.Identity {} },
    function(p) return mah.cat({ plain_linear(p[1], x), x }, 2) end,
    "Parallel: 15 parameters\n  Linear{4, 3}: 15 parameters\n  Identity{}" },
  { nn.Parallel { nn.Linear { 4, 4 }, nn.Identity {}, join = "sum" },
    function(p) return plain_linear(p[1], x) + x end,
    'Parallel{join = "sum"}: 20 parameters\n  Linear{4, 4}: 20 parameters\n  Identity{}' },
}

describe("a layer", function()
  for _, case in ipairs(layers) do
    local layer, f, text = unpack(case)
    it("gives what it should, again from its state: " .. text:match "^[^\n]+", function()
      assert.equal(text, tostring(layer))
      local p = parameters(layer)
      local expected = f(p, x)
      assert.is_true(expected:equal(layer(p, x, false)))
      local state = { kind = layer.kind, settings = layer.settings }
      state = mah.json.decode(mah.json.encode(state))
      local again = nn.layer_of_state(state)
      assert.equal(text, tostring(again))
      assert.is_true(expected:equal(again(p, x, false)))
    end)
  end

  it("of every activation of mah.mlp is there", function()
    for name in pairs(require("mah.learn.activation").hidden) do
      local kind = require("mah.learn.nn.layers").class_of_activation[name]
      assert.equal(kind, nn[kind] {}.kind)
    end
  end)

  it("draws in training alone", function()
    for _, layer in ipairs { nn.Dropout { 0.5 }, nn.GaussianNoise { 1 } } do
      local y = layer({}, x, { rng = mah.rng(1) })
      assert.is_false(y:equal(x))
      assert.is_true(y:equal(layer({}, x, { rng = mah.rng(1) })))
      assert.is_true(rawequal(x, layer({}, x)))
    end
  end)

  it("has the leaves that mah.network reads", function()
    local tree = nn.Linear { 4, 3, init = "he_normal", max_norm = 2 }.params
    assert.same({ weight = { 4, 3, init = "he_normal", max_norm = 2 }, bias = { 3 } }, tree)
    assert.same({ 4, init = "ones", buffer = true }, nn.BatchNorm { 4 }.params.running_var)
    assert.same({ 4, init = "ones" }, nn.LayerNorm { 4 }.params.weight)
    assert.equal("normal", nn.Embedding { 4, 2 }.params.weight.init)
    local start = mah.zeros(2)
    nn.PReLU { 2, start = 0.5 }.params.weight.init(start)
    assert.equal(0.5, start[2])
  end)

  it("is one of embedding", function()
    local layer, p = nn.Embedding { 6, 2 }, { weight = mah.rand(6, 2) }
    assert.equal("Embedding{6, 2}: 12 parameters", tostring(layer))
    assert.is_true(layer(p, mah.tensor({ 5, 0 }, "int32"))[1]:equal(p.weight[6]))
  end)

  it("keeps no function in its settings, but settings in their place", function()
    local layer = nn.Linear { 4, 3, init = function(t) return t:fill_(1) end }
    assert.is_nil(layer.settings.init)
    assert.is_function(layer.params.weight.init)
  end)
end)

describe("a layer that is there twice", function()
  local function model()
    local shared = nn.Linear { 4, 4 }
    return nn.Sequential { shared, nn.Tanh {}, nn.Residual { nn.Sequential { shared, nn.Tanh {} } },
      shared }, shared
  end

  it("has its parameters once", function()
    local m = model()
    local p = parameters(m)
    assert.is_nil(p[3][1][1])
    assert.same({}, p[4])
    local function f(rows) return nn.linear(rows, p[1].weight, p[1].bias) end
    local h = f(x):tanh()
    h = h + f(h):tanh()
    assert.is_true(f(h):equal(m(p, x)))
    assert.matches("^Sequential: 20 parameters\n", tostring(m))
    assert.matches("Linear{4, 4} %(the same as before%)", tostring(m))
  end)

  it("is so again from its state", function()
    local m = model()
    local p = parameters(m)
    local state = mah.json.decode(mah.json.encode { kind = m.kind, settings = m.settings })
    local again = nn.layer_of_state(state)
    assert.is_true(rawequal(again.layers[1], again.layers[4]))
    assert.is_true(rawequal(again.layers[1], again.layers[3].layers[1].layers[1]))
    assert.is_true(m(p, x):equal(again(p, x)))
  end)

  it("gets the sum of its gradients", function()
    local m = model()
    local p = parameters(m)
    local result = mah.gradcheck(function(q) return m(q, x:double()):square():sum() end, p)
    assert.is_true(result.ok, result.max_error)
  end)

  it("leaves what it is called with as it is", function()
    local m = model()
    local p = parameters(m)
    m(p, x)
    assert.same({}, p[4])
  end)

  it("may be a container", function()
    local block = nn.Residual { nn.Linear { 4, 4 }, nn.Tanh {} }
    local m = nn.Sequential { block, block }
    local p = parameters(m)
    assert.same({}, p[2])
    assert.is_true(block(p[1], block(p[1], x)):equal(m(p, x)))
  end)

  it("without parameters is nothing special", function()
    local tanh = nn.Tanh {}
    local m = nn.Sequential { tanh, nn.Linear { 4, 4 }, tanh }
    assert.is_true(rawequal(tanh, m.params[3]))
  end)
end)

describe("a layer of one's own", function()
  it("is a function of parameters and an input", function()
    local seen
    local scale = nn.Layer { name = "Scale", params = { s = { 4, init = "ones" } },
      forward = function(p, rows, told)
        seen = told
        return rows * p.s
      end }
    assert.equal("Scale{}: 4 parameters", tostring(scale))
    local m = nn.Sequential { scale, nn.Tanh {} }
    local p = parameters(m)
    assert.is_true((x * p[1].s):tanh():equal(m(p, x, training)))
    assert.is_true(rawequal(training, seen))
    assert.is_true(m.is_custom)
    assert.is_nil(nn.Tanh {}.is_custom)
  end)

  it("may hold layers, and is in no file", function()
    local inner = nn.Linear { 4, 4 }
    local twice = nn.Layer { params = { inner = inner },
      forward = function(p, rows) return inner(p.inner, inner(p.inner, rows)) end }
    local p = parameters(twice)
    assert.is_true(plain_linear(p.inner, plain_linear(p.inner, x)):equal(twice(p, x)))
    assert.equal("Layer{}: 20 parameters", tostring(twice))
    local said = golden.message(function()
      nn.layer_of_state { kind = twice.kind, settings = twice.settings }
    end)
    assert.is_truthy(said:find("a layer of your own", 1, true), said)
  end)
end)

describe("a mistake with layers", function()
  local linear = nn.Linear { 4, 3 }
  for _, mistake in ipairs {
    { function() return nn.Linear { 4 } end, "mah.nn.Linear: outputs is missing" },
    { function() return nn.Linear(4, 3) end, "mah.nn.Linear{...}; got 4" },
    { function() return nn.Linear { 4, 3, 2 } end, "there is no setting number 3; got 2" },
    { function() return nn.Linear { 4, 3, outputs = 3 } end, "outputs is given twice" },
    { function() return nn.Linear { 4, 3, baias = false } end, "did you mean 'bias'" },
    { function() return nn.Linear { 0, 3 } end, "inputs must be a integer in [1, inf)" },
    { function() return nn.Dropout { 1 } end, "rate must be a number in [0, 1); got 1" },
    { function() return nn.Sequential {} end, "layers are expected, mah.nn.Sequential{layer" },
    { function() return nn.Sequential { nn.Tanh } end, "layer 1: a layer of mah.nn is expected" },
    { function() return nn.Sequential { linear, joni = 1 } end, "unknown option \"joni\"" },
    { function() return nn.Sequential { linear, nil, linear } end, "a hole before layer 3" },
    { function() return nn.Linear { 4, 3, max_norm = 1, weight_norm = true } end,
      "max_norm does not go with weight_norm" },
    { function() return nn.Linear { 4, 3, weight_norm = true, init = "onez" } end,
      "did you mean 'ones'" },
    { function() return nn.Parallel { linear, join = "mean" } end, "join must be one of cat, sum" },
    { function() return nn.Residual { linear }({ parameters(linear) }, x) end,
      "the layers give 5x3 for 5x4" },
    { function() return linear(x) end, "a layer is called with its parameters, layer(p, x" },
    { function() return linear.weight end, "a layer has no 'weight'" },
    { function() return nn.linaer end, "did you mean" },
    { function() return nn.layer_of_state { kind = "Linaer", settings = {} } end,
      "did you mean 'Linear'" },
    { function() return nn.layer_of_state {} end, "{kind =, settings =} is expected" },
    { function() return nn.layer_of_state { kind = "Sequential", settings = { layers = {
      { same = { 7 } } } } } end, "the saved layer is damaged" },
  } do
    it("is told of: " .. mistake[2], function()
      local said = golden.message(function()
        local y = mistake[1]()
        return y
      end)
      assert.is_truthy(said:find("layers_spec.lua:", 1, true), said)
      assert.is_truthy(said:find(mistake[2]:gsub("a integer", "an integer"), 1, true), said)
    end)
  end
end)

describe("a network of layers", function()
  it("begins where the layers say", function()
    local net = mah.network { seed = 1, loss = "cross_entropy", forward = nn.Sequential {
      nn.Linear { 4, 8, weight_norm = true, init = "he_normal" }, nn.BatchNorm { 8 }, nn.PReLU {},
      nn.Linear { 8, 3, init = function(t) return t:fill_(0.5) end } } }
    local p = net.parameters
    golden.close(p[1].weight_v:norm(2, 1), p[1].weight_g, 1e-6)
    assert.is_true(p[1].weight_g:min() > 0)
    assert.same({ 1, 0, 0, 1 }, { p[2].weight[8], p[2].bias[8], p[2].running_mean[8],
      p[2].running_var[8] })
    assert.equal(0.25, p[3].weight[1])
    assert.equal(0.5, p[4].weight[8][3])
    assert.equal(16, #net.buffers)
  end)

  it("draws normalised weights as it draws others", function()
    local function new(init, own)
      return mah.network { seed = 1, loss = "mse", init = init,
        forward = nn.Linear { 4, 3, weight_norm = true, init = own } }.parameters
    end
    local expected = mah.init.he_normal(mah.empty(4, 3), { rng = mah.rng(1) })
    assert.is_true(new("he_normal").weight_v:equal(expected))
    assert.is_true(new(nil, "he_normal").weight_v:equal(expected))
    local p = new(nil, function() return mah.ones(4, 3) end) -- gives what it does not fill in
    assert.is_true(p.weight_v:equal(mah.ones(4, 3)))
    assert.is_true(p.weight_g:equal(mah.ones(3) * 2))
  end)

  it("trains what is shared once, and follows the statistics of its batches", function()
    local shared = nn.Linear { 4, 4 }
    local net = mah.network { seed = 1, loss = "cross_entropy", forward = nn.Sequential {
      shared, nn.BatchNorm { 4 }, nn.Residual { shared, nn.Tanh {}, nn.Dropout { 0.1 } },
      nn.Linear { 4, 2 } } }
    assert.equal(20 + 8 + 10, #net.params)
    local rows = mah.randn({ 60, 4 }, { rng = 1 })
    local classes = rows:sum(2):gt(0):int()
    mah.train(net, { x = rows, y = classes }, { stop = 60, seed = 1,
      solver = mah.solver.adam { lr = 0.02 } })
    assert.is_true(net:score(rows, classes) > 0.9)
    assert.is_true(net.buffers:narrow(1, 1, 4):abs():max() > 0)
  end)
end)
