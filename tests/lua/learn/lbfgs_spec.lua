--- L-BFGS against recorded runs of scipy 1.10.1 (L-BFGS-B), and where things go wrong. The recorded
--- runs of scikit-learn need $MAH_REFERENCE (their folder) and $MAH_MNIST.
local mah = require "mah"

-- -- Functions: f(x, g) fills the gradient g and returns the value --------------------------------

local function rosenbrock(x, g)
  local f = 0
  g:zero_()
  for i = 1, #x - 1 do
    local a, b = x[i], x[i + 1]
    f = f + 100 * (b - a * a) ^ 2 + (1 - a) ^ 2
    g[i] = g[i] - 400 * a * (b - a * a) - 2 * (1 - a)
    g[i + 1] = g[i + 1] + 200 * (b - a * a)
  end
  return f
end

--- sum_i i^2 (x[i] - 1)^2 / 2
local function bowl(x, g)
  local f = 0
  for i = 1, #x do
    g[i] = i * i * (x[i] - 1)
    f = f + 0.5 * g[i] * (x[i] - 1)
  end
  return f
end

--- sum_i sqrt(1 + x[i]^2): almost straight far out, so that the line search has to go far.
local function cones(x, g)
  local f = 0
  for i = 1, #x do
    f = f + math.sqrt(1 + x[i] ^ 2)
    g[i] = x[i] / math.sqrt(1 + x[i] ^ 2)
  end
  return f
end

--- Minimises until the solver is done: {losses, evaluations (lists), reason, w, solver}.
local function minimise(f, start, o, dtype)
  local w = mah.tensor(start, { dtype = dtype or "float64" })
  local g = mah.zeros_like(w)
  local result = { losses = {}, evaluations = {}, w = w, solver = mah.solver.lbfgs(o) }
  local function evaluate(x) return f(x, g), g end
  for i = 1, 1000 do
    result.losses[i], result.reason = result.solver(evaluate, w)
    result.evaluations[i] = result.solver.n_evaluations
    if result.reason then return result end
  end
  error "the solver does not end"
end

local function zeros(n)
  local list = {}
  for i = 1, n do list[i] = 0 end
  return list
end

local function assert_follows(expected, got, tolerance)
  for i, loss in ipairs(expected) do
    assert.near(loss, got[i], tolerance * loss, "iteration " .. i)
  end
end

describe("mah.solver.lbfgs makes scipy's steps", function()
  it("on Rosenbrock's valley", function()
    local run = minimise(rosenbrock, { -1.2, 1 }, { gtol = 1e-8, ftol = 0 })
    assert_follows({
      4.225209188, 4.127275524, 4.120517097, 4.115574726, 4.087545016, 4.032006832, 3.917841468,
      3.775917011, 3.471262006, 2.928030306, 2.466843437, 1.99227227, 1.71124315, 1.132316637,
      1.094858484, 1.049900619, 0.895799431, 0.7327864857, 0.5541033653, 0.398922961, 0.3324126529,
      0.267825576, 0.1708548644, 0.1280431014, 0.08868661127, 0.05213101217, 0.03690722688,
      0.01657869478, 0.007624891708, 0.003400012778, 0.001477261909, 0.0001891266409,
      1.591989776e-05,
    }, run.losses, 1e-7)
    assert.same({
      3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 20, 21, 22, 23, 24, 25, 27, 28, 29, 30, 31,
      32, 34, 35, 36, 38, 39, 40, 41, 42, 43, 44, 45, 46,
    }, run.evaluations)
    assert.equal(38, run.solver.n_iter)
    assert.equal("gtol", run.reason.rule)
    assert.near(1, run.w[1], 1e-9)
    assert.near(1, run.w[2], 1e-9)
    local early = minimise(rosenbrock, { -1.2, 1 }, { gtol = 1e-5 })
    assert.equal("ftol", early.reason.rule)
    assert.equal(36, early.solver.n_iter)
    assert.equal(44, early.solver.n_evaluations)
  end)

  it("with a history that is full", function()
    local start = {}
    for i = 1, 10 do start[i] = i % 2 == 1 and -1.2 or 1 end
    local run = minimise(rosenbrock, start, { history = 3, gtol = 1e-6, ftol = 1e-15 })
    assert_follows({
      707.3707138, 295.3293968, 118.8696448, 39.44642413, 16.66400154, 10.30549123, 9.598900093,
      9.560324091, 9.547354463, 9.538606745, 9.425246131, 9.40814579, 9.243859608, 9.087550234,
      8.99688999, 8.772117643, 8.495751122, 8.261014584, 8.101582997, 7.986441582, 7.754428386,
      7.56971471, 7.281009252, 6.92105941, 6.57585993, 6.527019034, 6.077406225, 5.842042541,
      5.676845502, 5.389327915,
    }, run.losses, 1e-7)
    assert.equal(3, #run.solver.steps)
    assert.is_true(run.losses[#run.losses] < 1e-12)
  end)

  it("on a bowl of condition 400", function()
    local run = minimise(bowl, zeros(20), { gtol = 1e-6, ftol = 0 })
    assert.equal(85, run.solver.n_iter)
    assert.equal(90, run.solver.n_evaluations)
    assert_follows({ 734.6643579, 95.10815462, 51.68623953, 18.64034779 }, run.losses, 1e-9)
    assert.near(4.461383463e-14, run.losses[85], 1e-18)
  end)

  it("where the line search goes far", function()
    local run = minimise(cones, { 30, -200 }, { gtol = 1e-8, ftol = 0 })
    assert.same({ 5, 11, 15, 18, 20, 21, 22, 23, 24, 25, 26, 27 }, run.evaluations)
    assert_follows({
      169.9875666, 31.33709778, 31.03238741, 3.162553882, 2.199186723, 2.049798278, 2.000393679,
      2.000001302,
    }, run.losses, 1e-8)
  end)

  it("to the optimum of a logistic regression", function()
    local x, y = mah.zeros(40, 2, { dtype = "float64" }), mah.zeros(40, { dtype = "float64" })
    for i = 1, 40 do
      x[{ i, 1 }], x[{ i, 2 }] = math.sin(i), math.cos(2 * i)
      y[i] = math.sin(3 * i) + math.sin(i) > 0 and 1 or 0
    end
    local net = mah.mlp { 2, { 1, "logistic" }, dtype = "float64" }
    net.params:zero_()
    local solver = mah.solver.lbfgs { gtol = 1e-10, ftol = 0 }
    local run = mah.train(net, { x = x, y = y }, { solver = solver, l2 = 1 })
    assert.equal("gtol", run.stop_reason.rule)
    assert.equal(11, run.n_iter)
    assert.equal(11, run.stop_reason.epoch)
    assert.near(0.2919611792460684, run.history.loss[11], 1e-14)
    for i, expected in ipairs { 2.87775737, -0.07438519, 0.03463718 } do
      assert.near(expected, net.params[i], 1e-8)
    end
  end)
end)

describe("mah.solver.lbfgs", function()
  it("is done at once where the gradient is small", function()
    local run = minimise(bowl, { 1, 1 + 1e-5 }, {})
    assert.equal("gtol", run.reason.rule)
    assert.near(4e-5, run.reason.value, 1e-12)
    assert.equal(1, run.solver.n_evaluations)
    assert.equal(0, run.solver.n_iter)
    assert.equal(1 + 1e-5, run.w[2])
  end)

  it("counts evaluations", function()
    local run = minimise(rosenbrock, { -1.2, 1 }, { max_fun = 14 })
    assert.equal("max_fun", run.reason.rule)
    assert.equal(15, run.reason.value)
    assert.equal(13, run.solver.n_iter)
    assert.matches("15 evaluations were made; the limit is 14", run.reason.text)
  end)

  it("starts anew after a reset, and with another w", function()
    local g = mah.zeros(2, { dtype = "float64" })
    local function evaluate(x) return rosenbrock(x, g), g end
    local solver, losses = mah.solver.lbfgs(), {}
    for turn = 1, 2 do
      local w = mah.tensor({ -1.2, 1 }, { dtype = "float64" })
      for i = 1, 5 do
        local loss = solver(evaluate, w)
        if turn == 2 then assert.equal(losses[i], loss) end
        losses[i] = loss
      end
      solver:reset()
    end
    for _, dtype in ipairs { "float32", "float64" } do
      local w = mah.zeros(3, { dtype = dtype })
      local gradient = mah.zeros_like(w)
      assert.is_true(solver(function(x) return bowl(x, gradient), gradient end, w) < 7)
    end
  end)

  it("notices that w was moved", function()
    local run = minimise(bowl, zeros(3), {})
    local g, count = mah.zeros_like(run.w), run.solver.n_evaluations
    run.w:fill_(5)
    local seen = {}
    local loss = run.solver(function(x)
      seen[#seen + 1] = x[1]
      return bowl(x, g), g
    end, run.w)
    assert.equal(5, seen[1])
    assert.is_true(loss < 0.5 * (16 + 4 * 16 + 9 * 16))
    assert.equal(count + #seen, run.solver.n_evaluations)
  end)

  it("leaves w at a good point when an evaluation fails", function()
    local w, calls = mah.tensor({ -1.2, 1 }, { dtype = "float64" }), 0
    local g, solver = mah.zeros_like(w), mah.solver.lbfgs()
    local function evaluate(x)
      calls = calls + 1
      if calls == 17 then error "stop here" end -- in the middle of iteration 14
      return rosenbrock(x, g), g
    end
    local loss
    for _ = 1, 13 do loss = solver(evaluate, w) end
    assert.error_matches(function() solver(evaluate, w) end, "stop here")
    assert.equal(loss, rosenbrock(w, g))
  end)

  it("allocates no tensors once the history is full", function()
    local C = require "mah.base.library"
    local w = mah.zeros(1000)
    local g, solver = mah.zeros_like(w), mah.solver.lbfgs { history = 4, gtol = 0, ftol = 0 }
    local function evaluate(x) return bowl(x, g), g end
    for _ = 1, 5 do solver(evaluate, w) end
    collectgarbage "stop"
    local live = C.mah_memory_live()
    for _ = 1, 10 do solver(evaluate, w) end
    assert.equal(live, C.mah_memory_live())
    collectgarbage "restart"
  end)

  it("explains what is wrong", function()
    assert.error_matches(function() mah.solver.lbfgs { history = 0 } end,
      "history must be an integer in %[1, inf%)")
    assert.error_matches(function() mah.solver.lbfgs { histroy = 1 } end, "did you mean 'history'")
    assert.error_matches(function()
      mah.solver.lbfgs()(function() return nil end, mah.zeros(2))
    end, "evaluate must return a number and the gradient, got nil")
  end)
end)

describe("mah.solver.lbfgs ends with a reason", function()
  it("where the loss or the gradient is not finite", function()
    local nan = 0 / 0
    local run = minimise(function(_, g) return nan, g:fill_(1) end, { 1, 2 })
    assert.equal("line_search", run.reason.rule)
    assert.matches("the loss at the start is %-?nan", run.reason.text)
    run = minimise(function(_, g)
      g:fill_(nan)
      return 1
    end, { 1, 2 })
    assert.equal("line_search", run.reason.rule)
    run = minimise(function(x, g)
      g:fill_(-1)
      return x[1] == 0 and 0 or math.huge
    end, { 0, 0 })
    assert.equal("line_search", run.reason.rule)
    assert.equal(21, run.solver.n_evaluations)
    assert.same({ 0, 0 }, run.w:totable())
  end)

  it("after it has drawn back from a wall", function()
    local run = minimise(function(x, g)
      if x[1] >= 2 then return 0 / 0 end
      g[1], g[2] = -1 + 0.1 / (2 - x[1]), 2 * x[2]
      return -x[1] - 0.1 * math.log(2 - x[1]) + x[2] ^ 2
    end, { -50, 3 }, { gtol = 1e-8, ftol = 0 })
    assert.equal("gtol", run.reason.rule)
    assert.near(1.9, run.w[1], 1e-6)
  end)

  it("when the gradient lies", function()
    local run = minimise(function(x, g)
      g:fill_(-1)
      return x[1] + x[2]
    end, { 0, 0 })
    assert.equal("line_search", run.reason.rule)
    assert.matches("finds no lower loss than 0", run.reason.text)
  end)

  it("after once more straight downhill, with an empty memory", function()
    local w, calls, restart = mah.zeros(4, { dtype = "float64" }), 0, nil
    local g, solver = mah.zeros_like(w), mah.solver.lbfgs { gtol = 1e-8, ftol = 0 }
    local function evaluate(x)
      calls = calls + 1
      local f = 0.01 * bowl(x, g)
      g:mul_(0.01)
      if not restart and calls > 5 and solver.remembered == 0 then
        restart = { gradient = g:norm() }
      elseif restart and not restart.step then
        restart.step = (x - w):norm()
      end
      -- another function from then on: iteration 5 starts too low
      return calls > 5 and f + 1000 or f, g
    end
    local losses = {}
    local reason
    repeat
      losses[#losses + 1], reason = solver(evaluate, w)
      if #losses == 5 then assert.equal(1, solver.remembered) end
    until reason
    assert.is_true(losses[4] < 1 and losses[5] > 1000)
    assert.is_true(restart.gradient < 0.5)
    assert.near(restart.gradient, restart.step, 1e-12) -- a first step of 1
    assert.near(1, w[4], 1e-5)
  end)

  it("without ever a curvature to remember", function()
    local run = minimise(function(x, g)
      g[1], g[2] = -1, 0
      return -x[1]
    end, { 0, 0 }, { max_fun = 50 })
    assert.equal("max_fun", run.reason.rule)
    assert.equal(0, run.solver.remembered)
    assert.is_true(run.losses[2] < run.losses[1])
  end)

  -- Others leave the loss of a trial: findings/liblbfgs_value.sh.
  it("with the loss of the w that it leaves", function()
    local function kink(x, g)
      g[1] = x[1] > 0.3 and 1 or -1
      return math.abs(x[1] - 0.3)
    end
    local function huber(x, g)
      local off, width = x[1] - 0.3, 0.1
      g[1] = math.max(-1, math.min(1, off / width))
      return math.abs(off) < width and off * off / (2 * width) or math.abs(off) - width / 2
    end
    for _, case in ipairs {
      { f = rosenbrock, start = { -1.2, 1 }, trials = 1, loss = 24.2, rule = "line_search" },
      { f = kink, start = { 2 }, trials = 20, loss = 0, rule = "ftol" },
      { f = huber, start = { 2 }, trials = 20, loss = 0, rule = "gtol" },
    } do
      local run = minimise(case.f, case.start, { max_line_search = case.trials })
      assert.equal(case.rule, run.reason.rule)
      assert.equal(case.f(run.w, mah.zeros_like(run.w)), run.losses[#run.losses])
      assert.near(case.loss, run.losses[#run.losses], 1e-9)
    end
  end)

  it("where the values and slopes are noise", function()
    local rng = mah.rng(3)
    for _, dtype in ipairs { "float32", "float64" } do
      for _, noise in ipairs { 0, 1e-9, 1e-7, 1e-5, 1e-3, 1 } do
        local run = minimise(function(x, g)
          local f = 1 + bowl(x, g)
          for i = 1, #x do g[i] = g[i] + noise * (rng:random() - 0.5) end
          return f + noise * (rng:random() - 0.5)
        end, zeros(6), { gtol = 0, ftol = 0 }, dtype)
        assert.is_true(run.solver.n_evaluations < 200)
        if noise <= 1e-5 then assert.is_true(run.losses[#run.losses] < 1.001) end
      end
    end
  end)
end)

describe("mah.train with lbfgs", function()
  local set
  setup(function() set = mah.data.digits { n = 400, seed = 1, test = 10 }.train end)
  local function new_net(dtype, dropout)
    return mah.mlp { 784, { 20, "tanh", dropout = dropout }, { 10, "softmax" }, seed = 1,
      dtype = dtype }
  end

  it("learns the synthetic digits by heart", function()
    local reached = {}
    for i, dtype in ipairs { "float32", "float64" } do
      local net = new_net(dtype)
      local run = mah.train(net, set, { solver = mah.solver.lbfgs(), l2 = 1e-4 })
      assert.equal("gtol", run.stop_reason.rule)
      assert.equal(run.n_iter, run.stop_reason.epoch)
      for epoch = 2, run.n_iter do
        assert.is_true(run.history.loss[epoch] < run.history.loss[epoch - 1])
      end
      assert.near(run.history.loss[run.n_iter], net:loss(set.x, set.y, { l2 = 1e-4 }), 1e-6)
      assert.is_true(net:score(set.x, set.y) > 0.99)
      reached[i] = run.history.loss[run.n_iter]
    end
    assert.is_true(reached[1] < 0.01 and reached[2] < 0.01)
  end)

  it("takes all rows at once, and no dropout", function()
    local function fails(net, o, pattern)
      o.solver, o.stop = mah.solver.lbfgs(), 1
      assert.error_matches(function() mah.train(net, set, o) end, pattern)
    end
    fails(new_net(), { batch_size = 50 },
      "lbfgs takes all 400 rows at once; batch_size = 50 does not go with it")
    fails(new_net("float32", 0.1), {},
      "lbfgs needs a loss that stays the same; it does not go with dropout")
    local solver = mah.solver.lbfgs()
    mah.train(new_net(), set, { solver = solver, stop = 3, batch_size = 400 })
    assert.equal(3, solver.n_iter)
  end)

  it("survives mini-batches in a loop of one's own", function()
    local net, solver = new_net(), mah.solver.lbfgs()
    local before = net:loss(set.x, set.y)
    for turn = 0, 19 do
      local first = turn * 100 % 400 + 1
      local x, y = set.x:narrow(1, first, 100), set.y:narrow(1, first, 100)
      solver(function(w)
        local kept = net.params:clone()
        net.params:copy_(w)
        local loss, g = net:gradient(x, y)
        net.params:copy_(kept)
        return loss, g
      end, net.params)
    end
    assert.is_true(net:loss(set.x, set.y) < before)
  end)
end)

-- -- scikit-learn's recorded runs -----------------------------------------------------------------

local folder = os.getenv "MAH_REFERENCE"

local function read(run, name)
  return mah.json.decode(mah.file.read(("%s/%s/%s.json"):format(folder, run, name)))
end

--- Trains from the recorded start; returns the loss, which must be no worse than 1.05 times
--- scikit-learn's, or below 1e-4.
local function check_recorded(run, data, dtype)
  local params, expected = read(run, "config").params, read(run, "expected")
  local net = mah.mlp { 784, { params.hidden_layer_sizes[1], params.activation }, { 10, "softmax" },
    dtype = dtype }
  for i, layer in ipairs(net.layers) do
    layer.weight:copy_(mah.load_npy(("%s/%s/W%d.npy"):format(folder, run, i - 1)))
    layer.bias:copy_(mah.load_npy(("%s/%s/b%d.npy"):format(folder, run, i - 1)))
  end
  local x = (data.x:to(dtype) * 255):round_() / 255 -- exact again, for float64
  local result = mah.train(net, { x = x, y = data.y }, {
    solver = mah.solver.lbfgs { gtol = params.tol, max_fun = params.max_fun },
    stop = params.max_iter, l2 = params.alpha,
  })
  local loss = result.history.loss[result.n_iter]
  assert.is_true(loss <= math.max(1.05 * expected.loss, 1e-4), ("%s: loss %g"):format(run, loss))
  if dtype == "float64" then
    assert.equal(expected.n_iter, result.n_iter)
    assert.near(expected.loss, loss, 1e-3 * expected.loss)
  end
end

describe("scikit-learn's recorded runs of lbfgs", function()
  if not folder or not os.getenv "MAH_MNIST" then
    pending "MAH_REFERENCE and MAH_MNIST are not both set: the recorded runs are not compared"
    return
  end
  for _, run in ipairs { "lbfgs-relu", "lbfgs-tanh" } do
    for _, dtype in ipairs { "float32", "float64" } do
      it(run .. " in " .. dtype, function()
        check_recorded(run, mah.data.take(mah.data.mnist().train, 1000), dtype)
      end)
    end
  end
end)
