local golden = require "golden"
local mah = require "mah"

local x, y = mah.randn(60, 4, { rng = mah.rng(1) }), mah.randint(0, 1, { 60 }, { rng = mah.rng(2) })

local function new_net() return mah.mlp { 4, { 5, "tanh" }, { 2, "softmax" }, seed = 1 } end

local function train(settings)
  local net = new_net()
  settings.batch_size, settings.seed = settings.batch_size or 20, 1
  settings.stop = settings.stop or 3
  mah.train(net, { x = x, y = y }, settings)
  return net
end

describe("a training as PyTorch's", function()
  local expected = mah.json.decode(mah.file.read "tests/golden/training.json")
  local solvers = {
    sgd = function(case)
      return mah.solver.sgd { lr = case.lr, momentum = 0.9, nesterov = case.nesterov or false }
    end,
    adam = function(case) return mah.solver.adam { lr = case.lr, epsilon = 1e-20 } end,
    adamw = function(case) return mah.solver.adamw { lr = case.lr } end,
  }

  local function check(case, on_batch)
    local net, own = mah.mlp {
      3, { 4, "tanh", max_norm = case.max_norm }, { 3, "softmax", max_norm = case.max_norm },
      dtype = "float64",
    }, nil
    net.params:copy_(mah.tensor(expected.start, { dtype = "float64" }))
    mah.train(net, { x = mah.tensor(expected.x, { dtype = "float64" }),
      y = mah.tensor(expected.y, { dtype = "int32" }) }, {
      solver = solvers[case.solver](case), batch_size = expected.batch_size, shuffle = false,
      stop = expected.epochs, groups = case.groups, freeze = case.freeze, average = case.average,
      accumulate = case.accumulate, on_batch = on_batch,
      on_epoch = function(s) own = s.net.params:clone() end,
    })
    golden.close(mah.tensor(case.params, { dtype = "float64" }), own, 1e-12)
    if case.averaged then
      golden.close(mah.tensor(case.averaged, { dtype = "float64" }), net.params, 1e-12)
    end
  end

  for i, case in ipairs(expected.cases) do
    it(("takes its steps: case %d, %s"):format(i, case.solver), function()
      check(case, nil)
      check(case, function() end)
    end)
  end
end)

describe("groups of parameters", function()
  it("have a learning rate of their own, that follows the schedule", function()
    local a = train { solver = mah.solver.sgd { lr = 0.1 }, groups = { { layers = 1,
      lr_scale = 0.5 }, { layers = 2, lr_scale = 0.5 } } }
    local b = train { solver = mah.solver.sgd { lr = 0.05 } }
    assert.is_true(a.params:equal(b.params))
    local half = function(s) return s.lr / 2 end
    local c = train { solver = mah.solver.sgd { lr = 0.2 }, schedule = half,
      groups = { { layers = { 1, 2 }, lr_scale = 0.5 } } }
    assert.is_true(c.params:equal(b.params))
  end)

  it("decay in the place of the solver's weight_decay", function()
    local a = train { solver = mah.solver.adamw { weight_decay = 0.1 },
      groups = { { params = { "1.weight", "2.weight" } },
        { params = { "1.bias", "2.bias" }, weight_decay = 0.1 } } }
    local b = train { solver = mah.solver.adamw { weight_decay = 0.1 } }
    assert.is_true(a.params:equal(b.params))
    local c = train { solver = mah.solver.adamw { weight_decay = 0.1 },
      groups = { { params = { "1.bias" }, weight_decay = 0 } } }
    assert.is_false(c.params:equal(b.params))
  end)

  it("do not outlive their training in the solver", function()
    local solver = mah.solver.sgd { lr = 0.1 }
    local plain = train { solver = solver }
    train { solver = solver, groups = { { layers = 1, weight_decay = 1, lr_scale = 0 } } }
    assert.is_true(train({ solver = solver }).params:equal(plain.params))
    train { solver = solver, on_batch = function() end,
      groups = { { layers = 1, weight_decay = 1, lr_scale = 0 } } }
    local w = mah.ones(3)
    solver:reset()
    solver(function() return 1, mah.ones(3) end, w)
    assert.near(1 - 0.1 - 0.09, w[1], 1e-6)
  end)
end)

describe("what is frozen", function()
  local start = new_net()

  --- Layer 1 has stayed, and the rest has not.
  local function check(net)
    assert.is_true(net.layers[1].weight:equal(start.layers[1].weight))
    assert.is_true(net.layers[1].bias:equal(start.layers[1].bias))
    assert.is_false(net.layers[2].weight:equal(start.layers[2].weight))
  end

  it("stays as it was with each solver", function()
    for _, name in ipairs { "sgd", "adam", "adamw", "rmsprop", "lbfgs", "cg", "rprop" } do
      check(train { solver = name, freeze = 1, l2 = 0.1,
        batch_size = mah.solver[name]().full_batch and 60 or 20 })
    end
    local function with_momentum(evaluate, w)
      local loss, g = evaluate(w)
      assert.equal(0, g:narrow(1, 1, 25):abs():max())
      w:axpy_(-0.1, g)
      w:mul_(0.9) -- a decay that knows of nothing
      return loss
    end
    check(train { solver = with_momentum, freeze = { 1 } })
  end)

  it("stays as it was in least squares", function()
    local t = mah.linspace(0, 1, 20):unsqueeze(2):double()
    local function fit(freeze)
      local net = mah.mlp { 1, { 4, "tanh" }, { 1, "identity" }, dtype = "float64", seed = 1 }
      mah.train(net, { x = t, y = t * t }, { solver = "levenberg_marquardt", stop = 5, seed = 1,
        freeze = freeze, l2 = 1e-3 })
      return net
    end
    local first = mah.mlp { 1, { 4, "tanh" }, { 1, "identity" }, dtype = "float64", seed = 1 }
    local free, held = fit(), fit { 1 }
    assert.is_true(held.layers[1].weight:equal(first.layers[1].weight))
    assert.is_false(free.layers[1].weight:equal(first.layers[1].weight))
    assert.is_true(held:loss(t, t * t) < 1e-2)
  end)

  it("does not count in the gradient's norm", function()
    local norms = {}
    train { solver = "adam", freeze = { "1" }, clip_norm = 0.01, stop = 1,
      on_batch = function(s) norms[#norms + 1] = s.gradient:norm() end }
    for _, norm in ipairs(norms) do assert.near(0.01, norm, 1e-7) end
  end)

  it("is not held to a norm, and is its own average", function()
    local net = mah.mlp { 4, { 5, "tanh", max_norm = 0.1 }, { 2, "softmax" }, seed = 1 }
    mah.train(net, { x = x, y = y }, { freeze = 1, stop = 2, seed = 1, batch_size = 20,
      average = mah.average.ema { decay = 0.5 } })
    check(net)
  end)

  it("may be a part of a name", function()
    check(train { freeze = { "1.weight", "1.bias" } })
    assert.is_true(train({ freeze = "2" }).layers[2].weight:equal(start.layers[2].weight))
  end)
end)

describe("groups that cannot be", function()
  local function refused(settings, message)
    local ok, got = pcall(train, settings)
    assert.is_false(ok)
    assert.truthy(got:find(message, 1, true), got)
    assert.truthy(got:find("groups_spec.lua", 1, true), got)
  end

  it("are refused by name", function()
    refused({ groups = { { params = { "1.wieght" } } } },
      "groups[1].params[1]: the network has no parameter \"1.wieght\"; did you mean '1.weight'?")
    refused({ freeze = { 3 } }, "freeze[1]: the network has no parameter 3; there are: 1.weight, "
      .. "1.bias, 2.weight, 2.bias")
    refused({ freeze = { 1, 2 } }, "all parameters are frozen")
    refused({ groups = { { layers = 1 }, { params = "1.bias" } } },
      "groups[2]: 1.bias is in groups[1] already")
    refused({ groups = { { lr_scale = 2 } } }, "groups[1]: whose?")
    refused({ groups = { { layers = 1, lr_scale = -1 } } }, "groups[1]: lr_scale must be a number")
    refused({ groups = { { layers = 1, lr = 1 } } }, 'unknown option "lr"; did you mean')
    refused({ groups = { layers = 1 } }, "groups must be a list")
    refused({ freeze = { true } }, "freeze[1]: the name of a parameter or the number of a layer")
    refused({ solver = "lbfgs", batch_size = 60, groups = { { layers = 1, lr_scale = 2 } } },
      "groups[1]: lr_scale needs one of mah.solver's that step by a rule, as adam or sgd, and not "
      .. "lbfgs")
    refused({ solver = "rprop", batch_size = 60, groups = { { layers = 1, lr_scale = 2 } } },
      "groups[1]: the solver rprop has no lr_scale")
    refused({ solver = function() end, groups = { { layers = 1, weight_decay = 2 } } },
      "groups[1]: weight_decay needs one of mah.solver's")
    refused({ solver = "lbfgs", batch_size = 60, accumulate = 2 },
      "accumulate = 2 does not go with it")
  end)
end)

describe("accumulated gradients", function()
  it("are those of a larger batch", function()
    local steps, batches = {}, {}
    local a = train { batch_size = 8, accumulate = 3, stop = 2,
      on_epoch = function(s) steps[#steps + 1] = s.step end,
      schedule = function(s)
        batches[#batches + 1] = s.batches
        return s.lr
      end }
    assert.same({ 3, 6 }, steps)
    assert.same({ 3, 3 }, batches)
    assert.is_true(a.params:equal(train({ batch_size = 24, stop = 2 }).params))
  end)
end)

describe("max_norm", function()
  setup(function() mah.warnings(false) end)
  teardown(function() mah.warnings(true) end)

  local function norms(w) return (w * w):sum(1):sqrt() end

  it("holds each unit's weights within a ball", function()
    local net = mah.mlp { 4, { 5, "tanh", max_norm = 0.5 }, { 2, "softmax" }, seed = 1 }
    mah.train(net, { x = x, y = y }, { solver = mah.solver.sgd { lr = 1 }, stop = 3, seed = 1 })
    assert.is_true(norms(net.layers[1].weight):max() < 0.5 + 1e-6)
    assert.near(0.5, norms(net.layers[1].weight):max(), 1e-6)
    assert.is_true(norms(net.layers[2].weight):max() > 0.5)
  end)

  it("is saved, cloned and shown", function()
    local net = mah.mlp { 4, { 5, "tanh", max_norm = 0.5 }, { 2, "softmax", max_norm = math.huge } }
    local path = os.tmpname() .. ".safetensors"
    net:save(path)
    for _, copy in ipairs { mah.load(path), net:clone(), net:clone { dtype = "float64" } } do
      assert.equal(0.5, copy.layers[1].max_norm)
      assert.is_nil(copy.layers[2].max_norm)
      assert.equal(0.5, copy.names[1].max_norm)
      assert.is_true(copy.names[1].weight:equal(copy.layers[1].weight))
      for i = 2, 4 do assert.is_nil(copy.names[i].max_norm) end
    end
    os.remove(path)
    assert.equal("4 -> 5 tanh (max_norm 0.5) -> 2 softmax, 37 parameters", tostring(net))
    local wrong = { 4, { 5, "tanh", max_norm = 0 }, { 2, "softmax" } }
    assert.error_matches(function() mah.mlp(wrong) end,
      "layer 1: max_norm must be a number in %(0, inf%]; got 0")
  end)

  it("is a parameter of estimators, for all hidden layers or each", function()
    local function fit(limit)
      return mah.MLPClassifier { hidden_layer_sizes = { 5, 4 }, max_norm = limit, max_iter = 3,
        random_state = 1, n_iter_no_change = math.huge, learning_rate_init = 0.3 }:fit(x, y)
    end
    local clf = fit(0.4)
    for i = 1, 2 do assert.near(0.4, norms(clf.coefs_[i]):max(), 1e-6) end
    clf = fit { math.huge, 0.3 }
    assert.is_nil(clf.network.layers[1].max_norm)
    assert.near(0.3, norms(clf.coefs_[2]):max(), 1e-6)
    clf.warm_start, clf.max_norm = true, 0.2
    clf:fit(x, y)
    assert.near(0.2, norms(clf.coefs_[1]):max(), 1e-6)
    assert.error_matches(function() fit { 1 } end, "max_norm has 1 entries for 2 hidden layers")
    assert.error_matches(function() fit { 1, "a" } end, "as entry 2")
  end)
end)
