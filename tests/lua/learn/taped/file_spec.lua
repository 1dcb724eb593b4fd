-- Files of mah.network's: by name, with the training that goes on, and made again where layers are.
local golden = require "golden"
local mah = require "mah"

local message = golden.message
local x = mah.randn(120, 4, { rng = 1 })
local y = x:sum(2):gt(0):int()
local data = { x = x, y = y }

local function of_function(more)
  local o = { seed = 1, loss = "cross_entropy",
    params = { first = { W = { 4, 8 }, b = { 8 } }, V = { 8, 2 }, seen = { 1, buffer = true } },
    forward = function(p, rows, training)
      if training then p.seen:add_(1) end
      return (rows:matmul(p.first.W) + p.first.b):tanh():matmul(p.V)
    end }
  for key, value in pairs(more or {}) do o[key] = value end
  return mah.network(o)
end

local function of_layers()
  local nn = mah.nn
  return mah.network { seed = 1, loss = "cross_entropy", output = "softmax", inputs = 4,
    forward = nn.Sequential { nn.Linear { 4, 8 }, nn.BatchNorm { 8 }, nn.Tanh {},
      nn.Residual { nn.Linear { 8, 8 }, nn.Dropout { 0.2 } }, nn.Linear { 8, 2 } } }
end

local function options(epochs, more)
  local o = { solver = mah.solver.adam {}, stop = epochs, seed = 3, validation = 0.2,
    batch_size = 30 }
  for name, value in pairs(more or {}) do o[name] = value end
  return o
end

describe("a file of a network", function()
  local path
  setup(function() path = os.tmpname() end)
  teardown(function() os.remove(path) end)

  it("has parameters and buffers under their names", function()
    local net = of_function()
    assert.equal(net, net:save(path))
    local tensors, metadata = mah.load_safetensors(path)
    assert.is_true(tensors["first.W"]:equal(net.parameters.first.W))
    assert.is_true(tensors.V:equal(net.parameters.V))
    assert.is_true(tensors.seen:equal(net.buffers))
    assert.equal("cross_entropy", mah.json.decode(metadata.model).loss)
  end)

  for name, make in pairs { ["a function"] = of_function, layers = of_layers } do
    it("gives a network of " .. name .. " back, with a training that goes on", function()
      local whole, half = make(), make()
      mah.train(whole, data, options(6))
      mah.train(half, data, options(3))
      half:save(path)
      local back = make():init(7):load(path)
      assert.is_true(half.params:equal(back.params))
      assert.is_true(half.buffers:equal(back.buffers))
      local run = mah.train(back, data, options(6, { resume = true }))
      assert.equal(6, #run.history.loss)
      assert.is_true(whole.params:equal(back.params))
      assert.is_true(whole.buffers:equal(back.buffers))
      half:save(path, { state = false })
      assert.matches("no training to go on with", message(mah.train, make():load(path), data,
        options(6, { resume = true })))
    end)
  end

  it("is a network again where it was one of layers", function()
    local net = of_layers()
    mah.train(net, data, options(3))
    net:save(path)
    local back = mah.load(path)
    assert.equal(tostring(net), tostring(back))
    assert.equal(tostring(net.model), tostring(back.model))
    assert.is_true(net(x):equal(back(x)))
    for _, field in ipairs { "dtype", "loss_function", "inputs", "output" } do
      assert.equal(net[field], back[field])
    end
    mah.train(net, data, options(5, { resume = true }))
    mah.train(back, data, { resume = true, stop = 5, validation = 0.2, batch_size = 30 })
    assert.is_true(net.params:equal(back.params))
  end)

  it("of a network of the core goes on, too", function()
    local net = mah.mlp { 4, { 8, "tanh", dropout = 0.1 }, { 2, "softmax" }, seed = 1 }
    mah.train(net, data, options(3))
    net:save(path)
    local back = mah.load(path)
    mah.train(net, data, options(5, { resume = true }))
    mah.train(back, data, options(5, { resume = true }))
    assert.is_true(net.params:equal(back.params))
  end)

  it("holds no functions, and says what to do", function()
    of_function():save(path)
    local said = message(mah.load, path)
    assert.is_truthy(said:find("its forward is a function of a script", 1, true), said)
    assert.is_truthy(said:find(("net:load %q"):format(path), 1, true), said)
    mah.network { forward = mah.nn.Linear { 4, 2 }, loss = function(s) return s:sum() end }
      :save(path)
    assert.matches("its loss is a function of a script", message(mah.load, path))
  end)

  it("may be of others, in any dtype, if names and shapes fit", function()
    local net = of_function()
    local values = { V = mah.ones(8, 2, { dtype = "float64" }), ["first.W"] = mah.zeros(4, 8),
      ["first.b"] = mah.ones(8), seen = mah.ones(1) }
    mah.save_safetensors(path, values)
    assert.equal(16, net:load(path).parameters.V:sum())
    assert.equal(0, net.parameters.first.W:abs():max())
    local function fails(pattern, name, value)
      local before, changed = net.params:clone(), {}
      for key, t in pairs(values) do changed[key] = t end
      changed[name] = value
      mah.save_safetensors(path, changed)
      local said = message(function() net:load(path) end)
      assert.is_truthy(said:find(pattern, 1, true), said)
      assert.is_truthy(said:find("file_spec.lua:", 1, true), said)
      assert.is_true(net.params:equal(before))
    end
    fails("there is no V in it", "V", nil)
    fails("V: shape (8, 2) is expected, got (8, 3)", "V", mah.ones(8, 3))
    fails("it has W, and the network has none; did you mean 'V'?", "W", mah.ones(3))
    fails("V is int32; numbers with fractions are expected", "V", mah.ones(8, 2, "int32"))
    mah.file.write(path, "nothing")
    assert.matches("net:load: ", message(net.load, net, path))
  end)

  it("that is damaged is an error that says so", function()
    local net = of_layers()
    mah.train(net, data, options(2))
    net:save(path)
    local tensors, metadata = mah.load_safetensors(path)
    local function fails(pattern, from, to)
      local state, count = metadata.state:gsub(from, to)
      assert.is_true(count > 0, from)
      mah.save_safetensors(path, tensors,
        { format = metadata.format, model = metadata.model, state = state })
      local said = message(mah.load, path)
      assert.is_truthy(said:find("the model is damaged: .*" .. pattern), said)
    end
    -- net:load says so, too, and leaves the network as it was.
    local function fails_in_both(pattern, from, to)
      fails(pattern, from, to)
      local other = net:clone()
      local before, known = other.params:fill_(1):clone(), other:scale_inputs(3).trained
      local said = message(other.load, other, path)
      assert.is_truthy(said:find("net:load: .*: the file is damaged: .*" .. pattern), said)
      assert.is_true(other.params:equal(before))
      assert.equal(3, other.input_scale)
      assert.equal(known, other.trained)
    end
    fails_in_both("network.dtype", '"float32"', '"float31"')
    fails("did you mean 'Linear'", '"Linear"', '"Linaer"')
    fails("loss must be", '"cross_entropy"', '"croSS"')
    fails("there is no 1.weight", '"name":"1.weight"', '"name":"1.weigth"')
    fails_in_both("trainer.epoch must be a whole number", '"epoch":2', '"epoch":-1')
    fails_in_both("trainer.best.buffers must be a vector",
      "training.trainer.best.buffers", "5.weight")
  end)
end)
