--- Conjugate gradients as a solver: against scipy's, on quadratics where they are exact, and in
--- mah.train.
local mah = require "mah"

local root = debug.getinfo(1, "S").source:match "^@(.*)/tests/lua/" or "."
local golden = mah.json.decode(mah.file.read(root .. "/tests/golden/minimize.json")).functions

local function evaluate_of(f)
  return mah.value_and_grad(function(x) return f(x) end)
end

local function run(f, start, o)
  local w, solver = mah.tensor(start, "float64"), mah.solver.cg(o)
  local evaluate, losses, reason = evaluate_of(f), {}
  repeat
    losses[#losses + 1], reason = solver(evaluate, w)
  until reason or #losses == 1000
  return { w = w, solver = solver, losses = losses, reason = reason }
end

local function rosenbrock(x)
  local n = #x - 1
  local a, b = x:narrow(1, 1, n), x:narrow(1, 2, n)
  return ((b - a * a):square() * 100 + (1 - a):square()):sum()
end

describe("mah.solver.cg", function()
  it("takes about as many evaluations as scipy's", function()
    local o = { gtol = 1e-7, ftol = 0 }
    for _, name in ipairs { "rosenbrock_2", "rosenbrock_10" } do
      local r, theirs = run(rosenbrock, golden[name].x0, o), golden[name].CG
      assert.is_true(r.losses[#r.losses] < 1e-12, name)
      assert.is_true(r.solver.n_evaluations <= 1.5 * theirs.nfev)
    end
  end)

  it("makes the steps of linear conjugate gradients on a quadratic", function()
    -- A = diag(1 ... 6); each step is orthogonal to those before in A's product, as far as the line
    -- search is exact
    local scales = mah.arange(1, 6, { dtype = "float64" })
    local r = run(function(x) return (scales * (x - 1):square()):sum() * 0.5 end,
      { 0, 0, 0, 0, 0, 0 }, { gtol = 1e-9, ftol = 0 })
    assert.equal("gtol", r.reason.rule)
    assert.is_true(r.solver.n_iter <= 20, tostring(r.solver.n_iter))
    for i = 1, 6 do assert.near(1, r.w[i], 1e-9) end
    for i = 2, #r.losses do assert.is_true(r.losses[i] < r.losses[i - 1]) end
  end)

  it("ends with a reason, and at a good point", function()
    local r = run(function(x) return (x - 1):square():sum() end, { 1, 1 }, {})
    assert.equal("gtol", r.reason.rule)
    assert.equal(0, r.solver.n_iter)
    r = run(function(x) return x:sum() * (0 / 0) end, { 1, 1 }, {})
    assert.equal("line_search", r.reason.rule)
    r = run(rosenbrock, { -1.2, 1 }, { max_fun = 10 })
    assert.equal("max_fun", r.reason.rule)
    local w, g = mah.zeros(2), mah.ones(2):mul_(-1)
    local _, reason = mah.solver.cg()(function(x) return x:sum(), g end, w) -- the gradient lies
    assert.equal("line_search", reason.rule)
    assert.same({ 0, 0 }, w:totable())
  end)

  it("allocates no tensors after the first step", function()
    local C = require "mah.base.library"
    local w = mah.zeros(1000)
    local g, solver = mah.zeros_like(w), mah.solver.cg { gtol = 0, ftol = 0 }
    local scales = mah.arange(1, 1000)
    local function evaluate(x)
      g:copy_(x):sub_(1)
      local f = 0
      for i = 1, 1000, 100 do f = f + scales[i] * g[i] ^ 2 / 2 end
      g:mul_(scales)
      return f + g:dot(g) * 0, g
    end
    for _ = 1, 3 do solver(evaluate, w) end
    collectgarbage "stop"
    local live = C.mah_memory_live()
    for _ = 1, 5 do solver(evaluate, w) end
    assert.equal(live, C.mah_memory_live())
    collectgarbage "restart"
  end)

  it("trains with all rows at once", function()
    local set = mah.data.digits { n = 300, seed = 1, test = 10 }.train
    local function net(dropout)
      return mah.mlp { 784, { 20, "tanh", dropout = dropout }, { 10, "softmax" }, seed = 1 }
    end
    local trained = net()
    local result = mah.train(trained, set, { solver = "cg", l2 = 1e-4, stop = 60 })
    local curve = result.history.loss
    for epoch = 2, result.n_iter do assert.is_true(curve[epoch] <= curve[epoch - 1]) end
    assert.is_true(trained:score(set.x, set.y) > 0.98)
    assert.error_matches(function()
      mah.train(net(), set, { solver = "cg", batch_size = 50 })
    end, "cg takes all 300 rows at once")
    assert.error_matches(function() mah.train(net(0.1), set, { solver = "cg" }) end,
      "cg needs a loss that stays the same")
  end)

  it("explains what is wrong", function()
    assert.error_matches(function() mah.solver.cg { gtoll = 0 } end, "did you mean 'gtol'")
    assert.error_matches(function() mah.solver.cg { history = 3 } end, "unknown option")
    assert.error_matches(function() mah.solver.cg()(3, mah.zeros(2)) end, "mah.solver.cg: a solver")
    for _, g in ipairs { mah.zeros(1), mah.zeros(3), mah.zeros(2, 2), mah.zeros(2, "float64") } do
      assert.error_matches(function() mah.solver.cg()(function() return 1, g end, mah.zeros(2)) end,
        "mah.solver.cg: the gradient: a vector like w %(float32 2%) is expected, got float")
    end
    for _, w in ipairs { mah.zeros(2, 2), mah.zeros(2, "int32") } do
      assert.error_matches(function() mah.solver.lbfgs()(function() return 1, w end, w) end,
        "mah.solver.lbfgs: w: a vector of float32 or float64 is expected, got ")
    end
  end)
end)
