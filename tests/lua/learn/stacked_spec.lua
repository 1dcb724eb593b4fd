-- mah.mlp with norms, residual connections and noise.
local golden = require "golden"
local mah = require "mah"
local nn = mah.nn

local data = mah.data.digits { n = 600, seed = 3 }
local x, y = data.train.x, data.train.y

--- A description of hidden layers of 12 tanh, with more.
local function described(depth, more)
  local layers = { 784, dtype = more and more.dtype, seed = 2 }
  for _ = 1, depth do layers[#layers + 1] = { 12, "tanh" } end
  layers[#layers + 1] = { 10, "softmax" }
  for name, value in pairs(more or {}) do layers[name] = value end
  return layers
end

local function net_of(depth, more) return mah.mlp(described(depth, more)) end

describe("mah.mlp with norms, residual connections and noise", function()
  it("has the fields of a plain one, and its initial weights", function()
    local plain, deep = net_of(2), net_of(2, { norm = "batch", residual = true, noise = 0.1 })
    assert.equal("784 -> 12 tanh (noise 0.1, batch norm) -> 12 tanh (noise 0.1, batch norm, "
      .. "residual) -> 10 softmax, 9754 parameters", tostring(deep))
    for _, field in ipairs { "inputs", "outputs", "dtype", "loss_function", "input_scale" } do
      assert.equal(plain[field], deep[field])
    end
    for i, layer in ipairs(plain.layers) do
      assert.is_true(layer.weight:equal(deep.layers[i].weight))
      assert.is_true(layer.bias:equal(deep.layers[i].bias))
      for _, field in ipairs { "units", "activation", "dropout" } do
        assert.equal(layer[field], deep.layers[i][field])
      end
    end
    assert.equal("batch", deep.layers[1].norm)
    assert.is_false(deep.layers[1].residual)
    assert.is_true(deep.layers[2].residual)
    assert.equal(0, deep.layers[3].noise)
    assert.equal(#plain.params + 48, #deep.params)
    assert.equal(48, #deep.buffers)
    local names = {}
    for i, one in ipairs(deep.names) do names[i] = one.name end
    assert.equal("1.weight 1.bias 1.norm.weight 1.norm.bias", table.concat(names, " ", 1, 4))
  end)

  it("stays in the core where it is a plain stack", function()
    assert.is_nil(rawget(net_of(1), "is_taped"))
    assert.is_nil(rawget(net_of(1, { norm = false, residual = true, noise = 0 }), "is_taped"))
    assert.is_true(net_of(1, { noise = 0.1 }).is_taped)
    assert.is_true(mah.mlp { 4, { 4, "relu", residual = true }, { 1, "identity" } }.is_taped)
    assert.is_true(mah.mlp { 4, { 1, "identity", noise = 0.5 } }.is_taped)
  end)

  it("takes settings layer by layer before those of all", function()
    local net = mah.mlp { 4, { 4, "relu", norm = false }, { 4, "gelu", norm = "layer", noise = 0 },
      { 4, "tanh", residual = false }, { 3, "softmax", noise = 0.3 }, norm = "batch",
      residual = true, noise = 0.1 }
    assert.equal("4 -> 4 relu (noise 0.1, residual) -> 4 gelu (layer norm, residual) -> 4 tanh "
      .. "(noise 0.1, batch norm) -> 3 softmax (noise 0.3), 91 parameters", tostring(net))
  end)

  it("gives what the layers give, in their order", function()
    local net = mah.mlp { 784, { 12, "gelu", norm = "layer", dropout = 0.2 },
      { 12, "tanh", norm = "batch", residual = true, noise = 0.3 }, { 10, "softmax" }, seed = 1,
      dtype = "float64" }
    mah.train(net, { x = x, y = y }, { stop = 1, seed = 1 })
    local p, rows = net.parameters, x:double()
    local h = nn.gelu(nn.layer_norm(nn.linear(rows, p[1].weight, p[1].bias), p[1].norm.weight,
      p[1].norm.bias))
    local h2 = h + nn.batch_norm(nn.linear(h, p[2].weight, p[2].bias), p[2].norm, false):tanh()
    local scores = nn.linear(h2, p[3].weight, p[3].bias)
    golden.close(scores:softmax(2), net:forward(x), 1e-14)
    golden.close(h, net:forward(x, 1), 1e-14)
    golden.close(h2, net(x, 2), 1e-14)
    local outs = net:activations(x)
    golden.close(h2, outs[2], 1e-14)
    golden.close(net:forward(x), outs[3], 1e-14)
    assert.is_true((scores:argmax(2) - 1):equal(net:predict(x)))
    golden.close(mah.loss.cross_entropy(scores, y), net:loss(x, y), 1e-12)
    assert.equal(mah.metrics.accuracy_score(y, net:predict(x)), net:score(x, y))
  end)

  it("has the right gradient", function()
    local net = mah.mlp { 5, { 4, "gelu", norm = "layer" }, { 4, "tanh", residual = true,
      norm = "batch" }, { 3, "softmax" }, seed = 1, dtype = "float64" }
    local rows, classes = mah.randn({ 7, 5 }, { rng = 1, dtype = "float64" }),
      mah.randint(0, 2, { 7 }, { rng = 1, dtype = "int32" })
    local _, gradient = net:gradient(rows, classes, { l2 = 0.1 })
    local w, h = net.params, 1e-6
    for i = 1, #w, 3 do
      local kept = w[i]
      w[i] = kept + h
      local above = net:loss(rows, classes, { l2 = 0.1 })
      w[i] = kept - h
      local below = net:loss(rows, classes, { l2 = 0.1 })
      w[i] = kept
      assert.is_true(math.abs((above - below) / (2 * h) - gradient[i]) < 1e-7, i)
    end
  end)

  it("is a plain one where residual adds 0 and norms change nothing", function()
    local plain = mah.mlp { 5, { 4, "relu" }, { 3, "softmax" }, seed = 1, dtype = "float64" }
    local noisy = mah.mlp { 5, { 4, "relu", noise = 0.1 }, { 3, "softmax" }, seed = 1,
      dtype = "float64" }
    local rows = mah.randn({ 7, 5 }, { rng = 1, dtype = "float64" })
    golden.close(plain:forward(rows), noisy:forward(rows), 1e-15)
  end)

  it("takes integers and bytes as a plain one does", function()
    local bytes = (x:narrow(1, 1, 20) * 255):to "uint8"
    local deep, plain = net_of(1, { noise = 0.1 }), net_of(1)
    for _, rows in ipairs { bytes, bytes:int() } do
      for _, scale in ipairs { 1, 1 / 255 } do
        golden.close(plain:scale_inputs(scale):forward(rows),
          deep:scale_inputs(scale):forward(rows), 1e-5)
      end
    end
  end)

  it("takes an activation of one's own", function()
    local cube = { name = "cube", forward = function(z) return z * z * z end,
      backward = function(_, dy, z) return z * z * dy * 3 end }
    local net = mah.mlp { 3, { 4, cube, norm = "layer" }, { 1, "identity" }, seed = 1 }
    assert.matches("4 cube %(layer norm%)", tostring(net))
    local rows = mah.rand({ 30, 3 }, { rng = 1 })
    local target = rows:sum(2, true)
    local before = net:loss(rows, target)
    mah.train(net, { x = rows, y = target }, { stop = 20, seed = 1,
      solver = mah.solver.adam { lr = 0.01 } })
    assert.is_true(net:loss(rows, target) < before / 2)
  end)

  it("is of numbers, rates and labels, too", function()
    local rows = mah.rand({ 40, 3 }, { rng = 1 })
    for output, target in pairs { identity = rows:sum(2), exp = (rows:sum(2) * 2):round(),
      logistic = rows:sum(2):gt(1.5):int() } do
      local net = mah.mlp { 3, { 8, "tanh", norm = "layer" }, { 1, output }, seed = 1,
        dtype = "float64" }
      local plain = mah.mlp { 3, { 8, "tanh" }, { 1, output }, seed = 1, dtype = "float64" }
      assert.equal(plain.loss_function, net.loss_function)
      local run = mah.train(net, { x = rows, y = target }, { stop = 60, seed = 1,
        solver = mah.solver.adam { lr = 0.02 } })
      assert.is_true(run.history.loss[60] < run.history.loss[1])
      assert.is_true(net:score(rows, target) > 0.5, output)
      assert.same(plain:forward(rows).shape, net:forward(rows).shape)
      assert.same(plain:predict(rows).shape, net:predict(rows).shape)
      assert.equal(plain:predict(rows).dtype, net:predict(rows).dtype)
    end
  end)
end)

describe("a deep network", function()
  it("of 30 layers learns with norms and residual connections, and not without", function()
    local function trained(more)
      local net = net_of(30, more)
      mah.train(net, { x = x, y = y }, { stop = 8, seed = 1, batch_size = 50,
        solver = mah.solver.sgd { lr = 0.1, momentum = 0.9 } })
      return net:score(x, y)
    end
    assert.is_true(trained() < 0.2)
    assert.is_true(trained { norm = "batch", residual = true } > 0.5)
  end)

  it("comes to the same bits on any number of threads", function()
    local results, before = {}, mah.threads()
    for _, threads in ipairs { 1, 2 } do
      mah.threads(threads)
      local net = net_of(2, { norm = "batch", residual = true, noise = 0.1 })
      mah.train(net, { x = x, y = y }, { stop = 2, seed = 1 })
      results[#results + 1] = net
    end
    mah.threads(before)
    assert.is_true(results[1].params:equal(results[2].params))
    assert.is_true(results[1].buffers:equal(results[2].buffers))
  end)
end)

describe("a deep network's", function()
  local net = net_of(2, { norm = "batch", residual = true, noise = 0.1 })
  mah.train(net, { x = x, y = y }, { stop = 2, seed = 1 })

  it("file has all of it", function()
    local path = os.tmpname() .. ".safetensors"
    for _, one in ipairs { net, net_of(2, { norm = "layer", dtype = "float64" }),
      mah.mlp { 784, { 12, "relu", dropout = 0.1, noise = 0.5 }, { 10, "softmax", noise = 0.2 },
        seed = 1 }:scale_inputs(1 / 255) } do
      one:save(path)
      local again = mah.load(path)
      assert.equal(tostring(one), tostring(again))
      assert.equal(one.input_scale, again.input_scale)
      assert.is_true(one.params:equal(again.params) and one.buffers:equal(again.buffers))
      assert.is_true(one:forward(x):equal(again:forward(x)))
    end
    local tensors = mah.load_safetensors(net:save(path) and path)
    assert.is_true(tensors["norms.0.running_mean"]:equal(net.parameters[1].norm.running_mean))
    assert.is_true(tensors["coefs.1"]:equal(net.layers[2].weight))
    os.remove(path)
  end)

  it("clone goes ways of its own", function()
    local copy = net:clone()
    assert.is_true(copy:forward(x):equal(net:forward(x)))
    copy.params:fill_(0)
    copy.buffers:fill_(1)
    assert.is_false(copy:forward(x):equal(net:forward(x)))
    golden.close(net:forward(x):double(), net:clone { dtype = "float64" }:forward(x), 1e-4)
  end)

  it("norms begin anew with new weights", function()
    local other = net:clone():init(2)
    assert.is_true(other.params:equal(net_of(2, { norm = "batch" }).params))
    assert.is_true(other.buffers:equal(net_of(2, { norm = "batch" }).buffers))
    other:init(1, "he_normal")
    assert.equal(1, other.parameters[1].norm.weight[1])
    local coefs, intercepts = {}, {}
    for i, layer in ipairs(net.layers) do
      coefs[i], intercepts[i] = layer.weight, layer.bias
    end
    other:init(1, { coefs = coefs, intercepts = intercepts })
    assert.is_true(other.layers[1].weight:equal(net.layers[1].weight))
  end)

  it("ensemble decides by the mean", function()
    local other = net:clone():init(5)
    local both = mah.ensemble { net, other }
    golden.close((net:forward(x) + other:forward(x)) / 2, both:predict_proba(x), 1e-6)
  end)

  it("data for other kinds of layers are refused by name", function()
    for _, mistake in ipairs {
      { { 4, { 4, "relu", norm = "bacth" }, { 1, "identity" } }, "did you mean 'batch'" },
      { { 4, { 5, "relu", residual = true }, { 1, "identity" } }, "wants 4 units like it; got 5" },
      { { 4, { 1, "identity", norm = "batch" } }, "the output layer has no norm" },
      { { 4, { 4, "identity", residual = true } }, "the output layer has no residual" },
      { { 4, { 4, "relu", noise = -1 }, { 1, "identity" } }, "noise must be a number in [0, inf)" },
      { { 4, { 4, "relu" }, { 1, "identity" }, nrom = "batch" }, "did you mean 'norm'" },
    } do
      local said = golden.message(function()
        local made = mah.mlp(mistake[1])
        return made
      end)
      assert.is_truthy(said:find("stacked_spec.lua:", 1, true), said)
      assert.is_truthy(said:find(mistake[2], 1, true), said)
    end
    local said = golden.message(function() net:forward(x, 4) end)
    assert.is_truthy(said:find("layer must be in 1 ... 3; got 4", 1, true), said)
    said = golden.message(function() net:forward(mah.rand(2, 3)) end)
    assert.is_truthy(said:find("a matrix (rows, 784) is expected", 1, true), said)
  end)
end)
