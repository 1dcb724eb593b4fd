-- mah.network: what it is made of, what it gives, and how it is trained.
local golden = require "golden"
local mah = require "mah"

local message = golden.message

local function residual(p, x)
  local h = (x:matmul(p.W1) + p.b1):tanh()
  h = h + (h:matmul(p.W2) + p.b2):tanh()
  return h:matmul(p.W3) + p.b3
end

local sizes = { W1 = { 4, 8 }, b1 = { 8 }, W2 = { 8, 8 }, b2 = { 8 }, W3 = { 8, 3 }, b3 = { 3 } }

local function new(more)
  local o = { params = sizes, forward = residual, loss = "cross_entropy", seed = 1 }
  for key, value in pairs(more or {}) do o[key] = value end
  return mah.network(o)
end

local x = mah.randn(300, 4, { rng = 1 })
local y = (x:matmul(mah.randn(4, 3, { rng = 2 })):argmax(2) - 1):int()

--- mah.mlp with the weights of a taped one.
local function dense(more)
  local o = { params = { W = { 4, 3 }, b = { 3 } }, seed = 3, dtype = "float64",
    loss = "cross_entropy", forward = function(p, rows) return rows:matmul(p.W) + p.b end }
  for key, value in pairs(more) do o[key] = value end
  local net = mah.network(o)
  local core = mah.mlp { 4, { 3, o.output or "softmax" }, dtype = o.dtype, loss = o.loss }
  core.layers[1].weight:copy_(net.parameters.W)
  core.layers[1].bias:copy_(net.parameters.b)
  return net, core
end

describe("the parameters of mah.network", function()
  it("are views of one flat vector, in order, with names", function()
    local net = new()
    assert.equal(4 * 8 + 8 + 64 + 8 + 24 + 3, #net.params)
    local names = {}
    for i, one in ipairs(net.names) do names[i] = one.name end
    assert.same({ "W1", "W2", "W3", "b1", "b2", "b3" }, names)
    assert.same({ 4, 8 }, net.parameters.W1.shape)
    net.params:fill_(7)
    assert.equal(7, net.parameters.W3[8][3])
    net.names[1].weight:fill_(2)
    assert.equal(2, net.parameters.W1[1][1])
    assert.equal(0, #net.buffers)
  end)

  it("may lie within one another, in lists, as tensors, and not be trained", function()
    local start = mah.tensor { { 1, 2 }, { 3, 4 } }
    local net = mah.network { loss = "mse", params = { first = { { 2, 2 }, { 2, init = "ones" } },
      W10 = start, W2 = { 2, 2, max_norm = 3 }, mean = { 2, buffer = true, init = "ones" } },
      forward = function(p, rows)
        assert.is_true(p.mean:equal(mah.ones(2)))
        return (rows:matmul(p.first[1]) + p.first[2]):matmul(p.W10):matmul(p.W2)
      end }
    local names = {}
    for i, one in ipairs(net.names) do names[i] = one.name end
    assert.same({ "W2", "W10", "first.1", "first.2" }, names)
    assert.equal(3, net.names[1].max_norm)
    assert.is_true(net.parameters.W10:equal(start))
    assert.is_true(net.parameters.first[2]:equal(mah.ones(2)))
    assert.equal(2, #net.buffers)
    start:fill_(0)
    assert.equal(1, net.parameters.W10[1][1])
    assert.same({ 300, 2 }, net(x:narrow(2, 1, 2)).shape)
    local alone = mah.network { params = { 3 }, loss = "mse", seed = 1,
      forward = function(p, rows) return rows * p end }
    assert.equal(3, #alone.parameters)
    assert.equal("params", alone.names[1].name)
  end)

  it("are drawn by init, each by its own, with the seed's bits", function()
    assert.is_true(new().params:equal(new().params))
    assert.is_false(new().params:equal(new({ seed = 2 }).params))
    assert.is_true(new().parameters.b1:equal(mah.zeros(8)))
    local he = new { init = "he_normal" }
    local rng = mah.rng(1)
    local expected = mah.init.he_normal(mah.empty(4, 8), { rng = rng })
    assert.is_true(he.parameters.W1:equal(expected))
    local seen
    local own = new { params = { W = { 2, 2, init = function(t, generator)
      seen = generator:u32()
      return t:fill_(5)
    end }, V = { 2, 2 } }, init = function() return mah.ones(2, 2) end }
    assert.equal(5, own.parameters.W[1][2])
    assert.equal(1, own.parameters.V[2][2])
    assert.is_number(seen)
    own.params:fill_(0)
    assert.equal(5, own:init(1).parameters.W[1][2])
  end)
end)

describe("mah.network", function()
  it("gives the loss, the gradient and the penalties of mah.mlp", function()
    local rows = x:double()
    local targets = mah.randn(300, 3, { rng = 5, dtype = "float64" })
    local weight = mah.rand(300, { rng = 4, dtype = "float64" })
    local labels, counts = targets:gt(0):int(), targets:abs():floor()
    for _, case in ipairs { { "softmax", "cross_entropy", y }, { "identity", "huber", targets },
      { "logistic", "binary_cross_entropy", labels }, { "identity", "squared_error", targets },
      { "identity", "absolute_error", targets }, { "exp", "poisson", counts } } do
      local net, core = dense { output = case[1], loss = case[2] }
      for _, o in ipairs { {}, { l1 = 0.1, l2 = 0.2 }, { weight = weight, l2 = 1 } } do
        local loss, g = net:gradient(rows, case[3], o)
        local expected, core_g = core:gradient(rows, case[3], o)
        assert.near(expected, loss, 1e-12)
        assert.near(expected, net:loss(rows, case[3], o), 1e-12)
        local by_layers = mah.cat { g:narrow(1, 1, 12), g:narrow(1, 13, 3) }
        assert.is_true((by_layers - core_g):abs():max() < 1e-12, case[2])
      end
      assert.is_true((net(rows) - core(rows)):abs():max() < 1e-12)
      assert.is_true((net:predict(rows) - core:predict(rows)):abs():max() < 1e-12)
      assert.near(core:score(rows, case[3], weight), net:score(rows, case[3], weight), 1e-12)
    end
  end)

  it("takes tables of tensors, bytes and codes, and gives what its function gives", function()
    local net = mah.network { params = { W = { 4, 2 }, E = { 5, 2 } }, seed = 1,
      forward = function(p, rows)
        return { sum = rows.x:matmul(p.W) + p.E:index_select(1, rows.code), x = rows.x }
      end,
      loss = function(s, t, weight)
        assert.is_nil(weight)
        return (s.sum - t):square():mean()
      end }
    local bytes = mah.randint(0, 255, 300, 4, { rng = 1, dtype = "uint8" })
    local data = { x = { x = bytes, code = mah.randint(1, 5, 300, { rng = 2 }) },
      y = mah.randn(300, 2, { rng = 3, dtype = "float64" }), scale = 1 / 255 }
    local before = -net:scale_inputs(1 / 255):score(data.x, data.y)
    mah.train(net, data, { stop = 20, seed = 1, validation = 0.1,
      solver = mah.solver.adam { lr = 0.01 } })
    assert.is_true(-net:score(data.x, data.y) < before)
    assert.is_true((net(data.x).x - bytes:float() / 255):abs():max() < 1e-6)
    assert.equal("float32", net:predict(data.x).sum.dtype)
  end)

  it("clones with its buffers, in another dtype too", function()
    local net = new { params = { W1 = { 4, 8 }, b1 = { 8 }, W2 = { 8, 8 }, b2 = { 8 },
      W3 = { 8, 3 }, b3 = { 3 }, mean = { 2, buffer = true } } }
    net.buffers:fill_(3)
    local copy = net:clone { dtype = "float64" }
    assert.equal(3, copy.parameters.mean[2])
    assert.near(net:loss(x, y), copy:loss(x, y), 1e-6)
    copy.params:fill_(0)
    assert.is_true(net.params:abs():max() > 0)
  end)

  it("learns, to the same bits on any number of threads", function()
    local first
    for _, threads in ipairs { 1, 2, 3 } do
      local net = new()
      local run = mah.train(net, { x = x, y = y }, { stop = 30, seed = 1, batch_size = 32,
        threads = threads, validation = 0.2, l2 = 1e-3,
        solver = mah.solver.adam { lr = 0.01 } })
      assert.is_true(net:score(x, y) > 0.9)
      assert.equal(30, #run.history.val_score)
      first = first or net
      assert.is_true(first.params:equal(net.params))
    end
  end)

  it("takes what the trainer offers: clipping, callbacks, schedules, L-BFGS", function()
    local net, steps, epochs = new(), 0, 0
    local run = mah.train(net, { x = x, y = y }, { stop = 4, seed = 1, batch_size = 100,
      clip_norm = 0.5, clip_value = 0.1, schedule = mah.schedule.per_step(function(s)
        return 0.01 / (1 + s.step)
      end),
      on_batch = function(s)
        steps = steps + 1
        assert.is_true(s.gradient:abs():max() <= 0.1 + 1e-7)
      end,
      on_epoch = function(s) epochs = s.epoch end })
    assert.equal(12, steps)
    assert.equal(4, epochs)
    for epoch = 2, 4 do -- the rate that the last step before the epoch had
      assert.near(0.01 / (3 * epoch - 3), run.history.lr[epoch], 1e-15)
    end
    local exact, core = dense {}
    local options = { solver = "lbfgs", stop = 50, l2 = 0.1 }
    mah.train(exact, { x = x, y = y }, options)
    mah.train(core, { x = x, y = y }, options)
    assert.near(core:loss(x, y), exact:loss(x, y), 1e-6)
  end)

  it("restores the best parameters with their buffers", function()
    local net = mah.network { params = { W = { 4, 3 }, epoch = { 1, buffer = true } }, seed = 1,
      forward = function(p, rows, training)
        if training then p.epoch:fill_(training.epoch) end
        return rows:matmul(p.W)
      end, loss = "cross_entropy" }
    local scores = { 1, 3, 2, 2 }
    local k = 0
    local run = mah.train(net, { x = x, y = y }, { stop = 4, seed = 1, validation = 0.1,
      score = function()
        k = k + 1
        return scores[k]
      end })
    assert.equal(2, run.best_epoch)
    assert.equal(2, net.buffers[1])
  end)

  it("draws noise from the run's seed and the step, and not in evaluation", function()
    local drawn, net = {}, nil
    local function forward(p, rows, training)
      if training then
        drawn[#drawn + 1] = training.rng:u32()
        assert.equal(#drawn, training.step)
        return rows:matmul(p.W) * training.rng:uniform(0.5, 1.5, #rows, 3)
      end
      return rows:matmul(p.W)
    end
    local weights = {}
    for k = 1, 2 do
      drawn = {}
      net = new { params = { W = { 4, 3 } }, forward = forward }
      mah.train(net, { x = x, y = y }, { stop = 2, seed = 1, batch_size = 100 })
      weights[k] = net.params:clone()
    end
    assert.equal(6, #drawn)
    assert.not_equal(drawn[1], drawn[2])
    assert.is_true(weights[1]:equal(weights[2]))
    assert.equal(net:loss(x, y), net:loss(x, y))
    assert.matches("lbfgs needs a loss that stays the same", message(mah.train, net,
      { x = x, y = y }, { solver = "lbfgs" }))
    local nn = mah.nn
    mah.train(mah.network { seed = 1, loss = "cross_entropy", forward = nn.Sequential {
      nn.Dropout { 0 }, nn.GaussianNoise { 0 }, nn.Linear { 4, 3 } } }, { x = x, y = y },
      { solver = "lbfgs", stop = 2 }) -- where there is no noise, none is asked for
  end)
end)

describe("what does not go", function()
  local function fails(pattern, more, data, options)
    local said = message(function()
      local net = new(more)
      if data then mah.train(net, data, options or { stop = 1, seed = 1 }) end
    end)
    assert.is_truthy(said:find(pattern, 1, true), said)
    assert.is_truthy(said:find("network_spec.lua:", 1, true), said)
  end
  local set = { x = x, y = y }

  it("is told of at the line of the script", function()
    fails("forward must be a function; got false", { forward = false })
    fails("params.W: sizes are integers >= 1; got 2.5", { params = { W = { 4, 2.5 } } })
    fails("params.W: unknown option \"initt\"; did you mean 'init'?",
      { params = { W = { 4, 2, initt = "ones" } } })
    fails("did you mean 'ones'?", { params = { W = { 4, 2, init = "onez" } } })
    fails("params.a.b: sizes, a tensor, a layer or a table of these is expected, got \"x\"",
      { params = { a = { b = "x" } } })
    fails("params.W: init gives float32 2 for float32 4x2",
      { params = { W = { 4, 2, init = function() return mah.ones(2) end } } })
    fails("there are no parameters", { params = {} })
    fails("params.W: the list of sizes has a hole before [3]", { params = { W = { 4, nil, 2 } } })
    fails("params.W: 1e+18 numbers are more than", { params = { W = { 1e9, 1e9 } } })
    fails("two parameters are called a.b", { params = { a = { b = { 2 } }, ["a.b"] = { 3 } } })
    fails("two parameters are called 1", { params = { { 2 }, ["1"] = { 3, buffer = true } } })
    fails("did you mean 'cross_entropy'?", { loss = "crossentropi" })
    fails("output must be one of exp, identity, logistic, softmax", { output = "softmaxx" })
    fails("the loss gives float32 200x3; one number is expected",
      { loss = function(s) return s end }, set)
    fails("the loss gives nil", { loss = function() end }, set)
    fails("forward gives nothing", { forward = function() end }, set)
    fails("forward gives 3", { forward = function() return 3 end }, set)
    fails("matmul: shapes do not fit: float32 200x4 and float32 5x2",
      { params = { W = { 5, 2 } }, forward = function(p, rows) return rows:matmul(p.W) end }, set)
    local path = os.tmpname()
    mah.file.write(path, "1 1:0.5 3:2\n0 2:1\n")
    local few = mah.data.svmlight(path, { sparse = true })
    os.remove(path)
    fails("a network of functions in Lua takes no sparse matrix", {},
      { x = few, y = y:narrow(1, 1, 2) })
    fails("data.x has 300 rows and data.y has 5", {}, { x = x, y = y:narrow(1, 1, 5) })
    fails("write y:int()", {}, { x = x, y = y:float() })
    fails("scale is for bytes", {}, { x = x, y = y, scale = 2 })
    fails("a matrix (rows, 7) is expected", { inputs = 7 }, set)
    fails("this tensor as it is", { forward = function(p, rows)
      local h = rows:matmul(p.W1)
      local mask = mah.ones(#rows, 8)
      h = h * mask
      mask:fill_(0)
      return h
    end }, set, { stop = 2, seed = 1 })
    fails("the training diverged", { loss = function(s)
      return (s:square():sum() * 1e30):exp()
    end }, set, { stop = 2, seed = 1 })
  end)

  it("warns once of a parameter that the loss does not depend on", function()
    local net = new { params = { W = { 4, 3 }, b = { 3 }, c = { 2 } },
      forward = function(p, rows) return rows:matmul(p.W) end }
    local said = golden.warnings(mah.train, net, set, { stop = 3, seed = 1 })
    assert.matches("does not depend on b, c: the gradient is 0", said)
    assert.equal(1, select(2, said:gsub("warning", "")))
    assert.is_true(net.parameters.b:equal(mah.zeros(3)))
  end)
end)
