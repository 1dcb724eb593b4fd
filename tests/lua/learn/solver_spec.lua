local mah = require "mah"
local warn = require "mah.base.warn"

--- Drives a solver over a constant gradient of 0.5 from w = 1.
local function sequence(solver, gradients)
  local w, g = mah.tensor({ 1 }, { dtype = "float64" }), mah.tensor({ 0 }, { dtype = "float64" })
  local out = {}
  for i, value in ipairs(gradients) do
    solver(function()
      g[1] = value
      return 0, g
    end, w)
    out[i] = w[1]
  end
  return out
end

local function assert_sequence(expected, got)
  for i = 1, #expected do assert.near(expected[i], got[i], 1e-14) end
end

describe("mah.solver", function()
  it("sgd follows the hand-computed momentum sequences", function()
    local half = { 0.5, 0.5, 0.5, 0.5 }
    assert_sequence({ 0.95, 0.855, 0.7195, 0.54755 },
      sequence(mah.solver.sgd { lr = 0.1, nesterov = false }, half))
    assert_sequence({ 0.905, 0.7695, 0.59755, 0.392795 },
      sequence(mah.solver.sgd { lr = 0.1 }, half))
    assert_sequence({ 0.95, 0.9 },
      sequence(mah.solver.sgd { lr = 0.1, momentum = 0, nesterov = false }, { 0.5, 0.5 }))
  end)

  it("adam follows the hand-computed sequence, and again after a reset", function()
    local expected = { 0.9990000006324551, 0.9987336637435179, 0.9984184203527734,
      0.9980632007849458 }
    local solver = mah.solver.adam()
    for _ = 1, 2 do
      assert_sequence(expected, sequence(solver, { 0.5, -0.25, 0.1, 0.1 }))
      solver:reset()
    end
  end)

  -- The numbers of tests/golden/solvers.py, and again after a reset.
  it("rmsprop, adagrad and adamw follow PyTorch's formulas", function()
    local solver = mah.solver
    for solve, expected in pairs {
      [solver.rmsprop()] = {
        0.900000019999996, 0.9449013374421751, 0.9271374176630169, 0.9095619140087285,
      },
      [solver.rmsprop { momentum = 0.9, weight_decay = 0.1 }] = {
        0.900000016666664, 0.8358874192942146, 0.7495800192387101, 0.6454786497071581,
      },
      [solver.adagrad()] = {
        0.990000000002, 0.9944721359561995, 0.9927112341438584, 0.990977014205111,
      },
      [solver.adagrad { lr_decay = 0.1, weight_decay = 0.1, initial_accumulator_value = 0.5 }] = {
        0.9935300336084913, 0.9949877148936767, 0.9932567943231267, 0.9916937129715668,
      },
      [solver.adamw()] = {
        0.99899000002, 0.9987136730870784, 0.9983884423935262, 0.9980232387585376,
      },
      [solver.adamw { lr = 0.1, weight_decay = 0.5 }] = {
        0.8500000019999999, 0.7808662986078463, 0.7102986279953237, 0.6392617215390827,
      },
    } do
      for _ = 1, 2 do
        assert_sequence(expected, sequence(solve, { 0.5, -0.25, 0.1, 0.1 }))
        solve:reset()
      end
    end
  end)

  -- The numbers of tests/golden/make_solvers.py, and again after a reset.
  it("lion, nadam, radam and rprop take ten steps as PyTorch and the paper do", function()
    local golden = mah.json.decode(mah.file.read "tests/golden/solvers.json")
    local compared = {}
    for _, case in ipairs(golden.solvers) do
      local solve = mah.solver[case.solver](case.options)
      for _ = 1, 2 do
        local w = mah.tensor(golden.start, { dtype = "float64" })
        for i, gradient in ipairs(golden.gradients) do
          local g = mah.tensor(gradient, { dtype = "float64" })
          solve(function() return 0, g end, w)
          for k, expected in ipairs(case.steps[i]) do
            assert.near(expected, w[k], 1e-14, ("%s, step %d"):format(case.solver, i))
          end
        end
        solve:reset()
      end
      compared[case.solver] = (compared[case.solver] or 0) + 1
    end
    assert.same({ lion = 2, nadam = 4, radam = 3, rprop = 2 }, compared)
  end)

  it("all of them learn", function()
    local x, y = mah.randn(40, 3, { rng = 1 }), mah.randint(0, 1, 40, { rng = 2 })
    for name, lr in pairs {
      adagrad = 0.1, adam = 0.03, adamw = 0.03, lion = 0.01, nadam = 0.03, radam = 0.3,
      rmsprop = 0.03, rprop = 0.01, sgd = 0.1,
    } do
      local net = mah.mlp { 3, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
      local before = net:loss(x, y)
      mah.train(net, { x = x, y = y },
        { solver = mah.solver[name] { lr = lr }, stop = 40, seed = 1 })
      assert.is_true(net:loss(x, y) < 0.8 * before, name)
    end
  end)

  it("explains what is wrong", function()
    assert.error_matches(function() mah.solver.adam { lr = 0 } end,
      "mah.solver.adam: lr must be a number in %(0, inf%)")
    assert.error_matches(function() mah.solver.sgd { nesterv = true } end,
      "did you mean 'nesterov'")
    assert.error_matches(function() mah.solver.rprop { etas = { 0.5, 1.2 } } end,
      'unknown option "etas"; write eta_minus = 0.5, eta_plus = 1.2')
    assert.error_matches(function() mah.solver.rprop { step_size_max = 1e-7 } end,
      "step_size_min = 1e%-06 is larger than step_size_max = 1e%-07")
  end)

  it("a schedule is refused where the learning rate is read but once", function()
    local net, data = mah.mlp { 2, { 1, "identity" } }, { x = mah.rand(4, 2), y = mah.rand(4, 1) }
    local given = { solver = mah.solver.rprop(), schedule = mah.schedule.step(), stop = 1 }
    assert.error_matches(function() mah.train(net, data, given) end,
      "a schedule needs a solver with a learning rate `lr`; rprop's is only where its steps begin")
    assert.error_matches(function()
      mah.MLPRegressor { solver = "rprop", schedule = mah.schedule.step() }:fit(data.x, data.y)
    end, "mah.MLPRegressor: a schedule needs a stochastic solver with a learning rate")
  end)

  it("estimators take each by its name", function()
    local warned, to = {}, warn.to
    warn.to = function(_, text) warned[#warned + 1] = text end
    finally(function() warn.to = to end)
    local x, y = mah.randn(60, 3, { rng = 1 }), mah.randint(0, 1, 60, { rng = 2 })
    for _, name in ipairs { "lion", "nadam", "radam", "rprop" } do
      local clf = mah.MLPClassifier { solver = name, learning_rate_init = 0.01, beta_2 = 0.5,
        max_iter = 3, tol = 0, random_state = 1 }
      clf:fit(x, y)
      local solver = clf.trainer.settings.solver
      assert.equal(name, solver.name)
      assert.equal(0.01, solver.lr)
      local is_like_adam = name == "nadam" or name == "radam"
      assert.equal(is_like_adam and 0.5 or name == "lion" and 0.99 or nil, rawget(solver, "beta_2"))
      local path = os.tmpname() .. ".safetensors"
      clf:save(path)
      local again = mah.load(path):set_params { max_iter = 5 }
      os.remove(path)
      clf:set_params { max_iter = 5 }:resume(x, y)
      again:resume(x, y)
      assert.is_true(clf.network.params:equal(again.network.params), name)
    end
    local text = table.concat(warned, "\n")
    for name, ignored in pairs { lion = true, nadam = false, radam = false, rprop = true } do
      local line = ("beta_2 is ignored by the solver '%s'"):format(name)
      assert.equal(ignored, text:find(line, 1, true) ~= nil, text)
    end
  end)
end)
