--- Levenberg-Marquardt as a solver: against scipy's least_squares (MINPACK) on a network, the
--- residuals and derivatives of networks, and what it refuses.
local Around = require "mah.learn.around"
local mah = require "mah"
local residuals = require "mah.learn.residuals"

local root = debug.getinfo(1, "S").source:match "^@(.*)/tests/lua/" or "."
local golden = mah.json.decode(mah.file.read(root .. "/tests/golden/minimize.json")).network

local function column(list) return mah.tensor(list, "float64"):view(#list, 1) end

describe("mah.solver.levenberg_marquardt", function()
  it("makes MINPACK's steps on a network", function()
    local net = mah.mlp { 1, { golden.units, "tanh" }, { 1, "identity" }, dtype = "float64" }
    net.params:copy_(mah.tensor(golden.w0, "float64"))
    local set = { x = column(golden.x), y = column(golden.y) }
    assert.near(golden.losses[1], net:loss(set.x, set.y), 1e-12)
    local solver = mah.solver.levenberg_marquardt()
    local run = mah.train(net, set, { solver = solver, stop = 15 })
    for i = 1, 15 do
      -- the first one begins there, and the second call of the derivatives, too
      local theirs = golden.losses[i + 2]
      -- along a narrow valley small differences grow: from one CPU's sums to another's, too
      assert.near(theirs, run.history.loss[i], (i <= 10 and 5e-4 or 3e-3) * theirs,
        "iteration " .. i)
    end
    assert.near(run.history.loss[15], net:loss(set.x, set.y), 1e-15)
    assert.equal(15, solver.n_iter)
    assert.equal(15, solver.n_jacobians)
    assert.is_true(solver.n_evaluations < 40)
  end)

  it("comes in 30 iterations to where adam does not come in 3000", function()
    local x = mah.linspace(-1, 1, 60, { dtype = "float64" }):view(60, 1)
    local set = { x = x, y = (x * 5):sin() + x * 0.3 }
    local function trained(o)
      local net = mah.mlp { 1, { 10, "tanh" }, { 1, "identity" }, dtype = "float64", seed = 1 }
      mah.train(net, set, o)
      return net:loss(set.x, set.y)
    end
    local mine = trained { solver = "levenberg_marquardt", stop = 30 }
    local adam = trained { solver = mah.solver.adam { lr = 0.01 }, stop = 3000, seed = 1 }
    assert.is_true(mine < adam / 2, ("%g and %g"):format(mine, adam))
    assert.is_true(mine < 1e-4)
  end)

  it("ends with a reason, and leaves w at a good point", function()
    local J = mah.tensor { { 1, 0 }, { 0, 2 }, { 1, 1 } }
    local b = mah.tensor { 1, 2, 3 }
    local function linear(w) return J:matmul(w) - b, J end
    local solver, w = mah.solver.levenberg_marquardt(), mah.zeros(2)
    assert.is_nil((select(2, solver(linear, w))))
    local loss, reason = solver(linear, w)
    assert.equal("ftol", reason.rule) -- in float32; the cosine is 1e-7
    local best = mah.linalg.lstsq(J, b)
    assert.is_true((w - best):abs():max() < 1e-5)
    assert.near((J:matmul(best) - b):square():sum() / 2, loss, 1e-6)
    local _, why = mah.solver.levenberg_marquardt()(function() return mah.full(2, 0 / 0),
      mah.ones(2, 2) end, mah.zeros(2))
    assert.equal("no_step", why.rule)
    assert.matches("the loss at the start is nan", why.text)
    _, why = mah.solver.levenberg_marquardt()(function() return mah.ones(2),
      mah.full({ 2, 2 }, math.huge) end, mah.zeros(2))
    assert.matches("a derivative is not finite", why.text)
    local lies = mah.zeros(2)
    solver, reason = mah.solver.levenberg_marquardt(), nil
    while not reason do
      loss, reason = solver(function(x) return x + 1, mah.eye(2) * -1 end, lies)
    end
    assert.same({ 0, 0 }, lies:totable())
    assert.equal(1, loss)
  end)

  it("explains what is wrong", function()
    local solver = mah.solver.levenberg_marquardt()
    assert.error_matches(function() solver(3, mah.zeros(2)) end, "a function evaluate")
    assert.error_matches(function() solver(function() return 1, mah.zeros(2) end, mah.zeros(2)) end,
      "the residuals are 1")
    assert.error_matches(function() solver(function() return mah.zeros(2) end, mah.zeros(2)) end,
      "the derivatives are nil")
    assert.error_matches(function()
      solver(function() return mah.zeros(3), mah.zeros(2, 2) end, mah.zeros(2))
    end, "the Jacobian is %(2, 2%); of 3 residuals and 2 parameters it is %(3, 2%)")
    assert.error_matches(function() mah.solver.levenberg_marquardt { lr = 1 } end,
      "unknown option \"lr\"")
  end)
end)

-- -- Networks -------------------------------------------------------------------------------------

--- A trainer as residuals.evaluate sees it.
local function trainer_of(net, data, o)
  o = o or {}
  local settings = { solver = mah.solver.levenberg_marquardt(), l1 = o.l1 or 0, l2 = o.l2 or 0 }
  return { net = net, data = data, in_batch = true, settings = settings,
    order = o.order or mah.arange(0, #data.y - 1, { dtype = "int32" }),
    around = Around.new(net, settings) }
end

describe("the residuals of a network", function()
  local rng = mah.rng(4)
  local x = mah.randn(7, 3, { rng = rng, dtype = "float64" })
  local y = mah.randn(7, 2, { rng = rng, dtype = "float64" })
  local cube = { forward = function(z) return z * z * z end,
    backward = function(_, dy, z) return z * z * dy * 3 end }

  it("have the loss as half the sum of their squares, and its gradient", function()
    local weight = mah.rand(7, { rng = rng, dtype = "float64" })
    for _, hidden in ipairs { "tanh", "gelu", "silu", "softplus", "elu", cube } do
      local net = mah.mlp { 3, { 4, hidden }, { 5, "logistic" }, { 2, "identity" },
        dtype = "float64", seed = 3 }
      for _, case in ipairs { {}, { l2 = 0.3 }, { weight = weight, l2 = 0.2 } } do
        local evaluate = residuals.evaluate(trainer_of(net, { x = x, y = y, weight = case.weight },
          case))
        local r, J = evaluate(net.params, true)
        local loss, g = net:gradient(x, y, case)
        assert.near(loss, r:square():sum() / 2, 1e-13)
        assert.is_true((J:t():matmul(r) - g):abs():max() < 1e-13)
        -- and each derivative is that of a difference
        local moved = net.params:clone()
        for _, i in ipairs { 1, 14, #moved } do
          moved[i] = moved[i] + 1e-6
          local off = (evaluate(moved, false) - r) / 1e-6
          assert.is_true((off - J:select(2, i)):abs():max() < 1e-5)
          moved[i] = net.params[i]
        end
      end
    end
  end)

  it("are those of the rows to train on", function()
    local net = mah.mlp { 3, { 4, "tanh" }, { 2, "identity" }, dtype = "float64", seed = 3 }
    local order = mah.tensor({ 5, 0, 3 }, "int32")
    local r, J = residuals.evaluate(trainer_of(net, { x = x, y = y }, { order = order }))(
      net.params, true)
    local picked = mah.tensor({ 6, 1, 4 }, "int32")
    local loss, g = net:gradient(x:index_select(1, picked), y:index_select(1, picked))
    assert.same({ 6, #net.params }, J.shape)
    assert.near(loss, r:square():sum() / 2, 1e-14)
    assert.is_true((J:t():matmul(r) - g):abs():max() < 1e-14)
  end)

  it("come of float32, of bytes and of sparse rows", function()
    local bytes = (x:abs() * 50):to "uint8"
    local net = mah.mlp { 3, { 4, "tanh" }, { 2, "identity" }, seed = 3 }
    net:scale_inputs(1 / 255)
    local path, lines = os.tmpname(), {}
    for i = 1, 7 do lines[i] = ("0 1:%.9g 3:%.9g\n"):format(x[i][1], x[i][3]) end
    mah.file.write(path, table.concat(lines))
    local sparse = mah.data.svmlight(path, { sparse = true, n_features = 3 })
    os.remove(path)
    for _, case in ipairs { { x = x:float(), y = y:float() }, { x = bytes, y = y:float() },
      { x = sparse, y = y:float() } } do
      local copy = net:clone()
      local solver = mah.solver.levenberg_marquardt()
      local run = mah.train(copy, case, { solver = solver, stop = 10, l2 = 1e-3 })
      assert.is_true(run.history.loss[run.n_iter] < 0.3 * net:loss(case.x, case.y))
      assert.near(run.history.loss[run.n_iter], copy:loss(case.x, case.y, { l2 = 1e-3 }), 1e-4)
    end
  end)

  it("of what has none are refused by name", function()
    local function fails(net, o, pattern, targets)
      o.solver, o.stop = "levenberg_marquardt", 1
      assert.error_matches(function() mah.train(net, { x = x, y = targets or y }, o) end, pattern)
    end
    local function net(loss, dropout)
      return mah.mlp { 3, { 4, "tanh", dropout = dropout }, { 2, "identity" }, loss = loss,
        dtype = "float64" }
    end
    fails(net "huber", {}, "is for the loss squared_error; the network's is huber")
    fails(net(), { l1 = 1 }, "does not go with l1")
    fails(net(), { clip_norm = 1 }, "no gradient that could be clipped")
    fails(net(), { batch_size = 3 }, "levenberg_marquardt takes all 7 rows at once")
    fails(net(nil, 0.1), {}, "does not go with dropout")
    fails(net(), { schedule = mah.schedule.step { step_size = 1 } }, "needs a solver with")
    fails(mah.mlp { 3, { 400, "tanh" }, { 2, "identity" }, dtype = "float64" }, {},
      "at most 2000, and the network has 2402")
    local many = mah.zeros(40000, 3, { dtype = "float64" })
    assert.error_matches(function()
      mah.train(mah.mlp { 3, { 300, "tanh" }, { 2, "identity" }, dtype = "float64" },
        { x = many, y = many:narrow(2, 1, 2) }, { solver = "levenberg_marquardt" })
    end, "derivatives of 80000 residuals with respect to 1802 parameters, 144160000 numbers; the "
      .. "limit is 67108864")
  end)

  it("serve the estimators", function()
    local wave = mah.linspace(-1, 1, 50):view(50, 1)
    local reg = mah.MLPRegressor { hidden_layer_sizes = { 8 }, activation = "tanh",
      solver = "levenberg_marquardt", max_iter = 25, random_state = 1, alpha = 1e-6 }
    mah.warnings(false)
    reg:fit(wave, (wave * 4):sin():view(50))
    assert.is_true(reg:score(wave, (wave * 4):sin():view(50)) > 0.999)
    assert.equal(25, reg.n_iter_)
    assert.error_matches(function() reg:partial_fit(wave, wave:view(50)) end,
      "levenberg_marquardt is not stochastic")
    local path = os.tmpname()
    reg:save(path)
    local again = mah.load(path)
    os.remove(path)
    again:set_params { warm_start = true }
    assert.is_true(again:fit(wave, (wave * 4):sin():view(50)):score(wave,
      (wave * 4):sin():view(50)) > 0.999)
    mah.warnings(true)
    assert.error_matches(function()
      mah.MLPClassifier { solver = "levenberg_marquardt" }:fit(wave, wave:gt(0):view(50):int())
    end, "is for the loss squared_error; the network's is binary_cross_entropy")
  end)
end)

describe("the residuals of a network of a function in Lua", function()
  local rng = mah.rng(5)
  local x = mah.randn(9, 3, { rng = rng, dtype = "float64" })
  local y = mah.randn(9, 2, { rng = rng, dtype = "float64" })
  local function new(loss, forward)
    return mah.network {
      params = { W = { 3, 4 }, b = { 4 }, V = { 4, 2 } }, loss = loss, dtype = "float64", seed = 2,
      forward = forward or function(p, rows) return (rows:matmul(p.W) + p.b):tanh():matmul(p.V) end,
    }
  end

  it("have the loss as half the sum of their squares", function()
    for _, loss in ipairs { "squared_error", "mse" } do
      for _, l2 in ipairs { 0, 0.4 } do
        local net, seen = new(loss), {}
        local before = net:loss(x, y, { l2 = l2 })
        local run = mah.train(net, { x = x, y = y }, { solver = "levenberg_marquardt", l2 = l2,
          stop = 12, on_epoch = function(s) seen[s.epoch] = net:loss(x, y, { l2 = l2 }) end })
        for i, value in ipairs(seen) do assert.near(value, run.history.loss[i], 1e-12) end
        assert.is_true(seen[run.n_iter] < 0.6 * before)
      end
    end
  end)

  it("take the same steps as layers in the core", function()
    local core = mah.mlp { 3, { 4, "tanh" }, { 2, "identity" }, dtype = "float64", seed = 7 }
    local net = mah.network {
      params = { W = { 3, 4 }, b = { 4 }, V = { 4, 2 }, c = { 2 } }, loss = "squared_error",
      dtype = "float64", forward = function(p, rows)
        return (rows:matmul(p.W) + p.b):tanh():matmul(p.V) + p.c
      end,
    }
    local p = net.parameters
    p.W:copy_(core.layers[1].weight)
    p.V:copy_(core.layers[2].weight)
    p.b:copy_(core.layers[1].bias)
    p.c:copy_(core.layers[2].bias)
    local o = { solver = "levenberg_marquardt", stop = 6, l2 = 0.01, validation = 0.3, seed = 1 }
    local theirs = mah.train(core, { x = x, y = y }, o)
    local run = mah.train(net, { x = x, y = y }, o)
    for i = 1, 6 do
      assert.near(theirs.history.loss[i], run.history.loss[i], 1e-8 * theirs.history.loss[i])
    end
  end)

  it("leave parameters alone that nothing depends on but by roundings", function()
    for _, dtype in ipairs { "float64", "float32" } do
      local net = mah.mlp { 1, { 6, "tanh", norm = "batch" }, { 1, "identity" }, dtype = dtype,
        seed = 1 }
      local t = mah.linspace(-1, 1, 60, { dtype = dtype }):view(60, 1)
      local before = net.params:clone()
      local run = mah.train(net, { x = t, y = (t * 3):sin() + t * 0.3 },
        { solver = "levenberg_marquardt", stop = 30 })
      assert.is_true(run.history.loss[run.n_iter] < 0.05, dtype)
      local biases = (net.params - before):narrow(1, 7, 6) -- in front of the norm
      assert.is_true(biases:abs():max() < 1e-6)
    end
  end)

  it("are refused where the loss is another, or has noise", function()
    local function fails(net, pattern)
      assert.error_matches(function()
        mah.train(net, { x = x, y = y }, { solver = "levenberg_marquardt", stop = 1 })
      end, pattern)
    end
    fails(new "mae", "is for the loss squared_error; the network's is mae")
    fails(new(function(scores, t) return (scores - t):square():mean() end),
      "is for the loss squared_error; the network's is custom")
    fails(new("mse", function(p, rows, training)
      if training then training.rng:u32() end
      return rows:matmul(p.W):matmul(p.V)
    end), "needs a loss that stays the same")
  end)
end)
