-- The two ways through an epoch's mini-batches: step by step, and all in one call.
local batches = require "mah.learn.batches"
local mah = require "mah"
local sparse = require "mah.data.sparse"

local rng = mah.rng(3)
local x = mah.randn(150, 6, { rng = rng })
local y = mah.randint(0, 2, { 150 }, { rng = rng, dtype = "int32" })
local holes = x * (mah.rand(150, 6, { rng = rng }):lt(0.3)):to "float32"
local weight = mah.rand(150, { rng = rng }) + 0.5

local function nothing() end

local function without_zeros(m)
  local start, column, value = { 0 }, {}, {}
  for i = 1, #m do
    for j = 1, m.shape[2] do
      if m[i][j] ~= 0 then column[#column + 1], value[#value + 1] = j - 1, m[i][j] end
    end
    start[i + 1] = #value
  end
  return sparse.new {
    start = mah.tensor(start, { dtype = "int64" }), value = mah.tensor(value),
    column = mah.tensor(column, { dtype = "int32" }), columns = m.shape[2],
  }
end

--- Trains a little; `how` takes the place of settings. Returns parameters, losses, the last
--- gradient, and the steps that on_epoch saw.
local function train(how, data)
  local settings = { batch_size = 32, stop = 3, seed = 1 }
  local gradient, steps
  for name, value in pairs(how) do settings[name] = value end
  settings.solver = how.solver()
  settings.on_epoch = function(s) gradient, steps = s.gradient:clone(), s.step end
  local net = mah.mlp {
    data.x.shape[2], { 9, "tanh", dropout = how.dropout or 0 }, { 5, "relu" }, { 3, "softmax" },
    seed = 1, dtype = how.dtype or "float32",
  }
  settings.dropout, settings.dtype = nil, nil
  local run = mah.train(net, data, settings)
  return net.params, run.history.loss, gradient, steps, settings.solver
end

local function same(how, data)
  local by_step = {}
  for name, value in pairs(how) do by_step[name] = value end
  by_step.on_batch = nothing
  local w, loss, g, steps, solver = train(how, data)
  local w2, loss2, g2, steps2, solver2 = train(by_step, data)
  assert.is_true(w:equal(w2))
  assert.is_true(g:equal(g2))
  assert.same(loss2, loss)
  assert.equal(steps2, steps)
  assert.equal(solver2.t, solver.t)
end

local solvers = {
  sgd = mah.solver.sgd,
  plain_sgd = function() return mah.solver.sgd { momentum = 0, nesterov = false } end,
  adam = mah.solver.adam,
  adamw = mah.solver.adamw,
  rmsprop = mah.solver.rmsprop,
  rmsprop_momentum = function()
    return mah.solver.rmsprop { momentum = 0.9, weight_decay = 0.1 }
  end,
  adagrad = function() return mah.solver.adagrad { lr_decay = 0.1 } end,
  lion = function() return mah.solver.lion { lr = 1e-3, weight_decay = 0.1 } end,
  nadam = function() return mah.solver.nadam { weight_decay = 0.1 } end,
  radam = mah.solver.radam,
  rprop = mah.solver.rprop,
}

describe("an epoch in one call", function()
  for name, solver in pairs(solvers) do
    it("gives the bits of single steps with " .. name, function()
      for threads = 1, 3 do
        for _, dtype in ipairs { "float32", "float64" } do
          local how = { solver = solver, threads = threads, dtype = dtype }
          same(how, { x = x, y = y })
          same(how, { x = holes, y = y, weight = weight })
          how.dropout, how.l1, how.l2, how.batch_size = 0.3, 1e-2, 1e-2, 7
          same(how, { x = x, y = y, weight = weight })
          same(how, { x = without_zeros(holes), y = y })
          how.batch_size = 150
          same(how, { x = holes, y = y })
        end
      end
    end)
  end

  it("gives them in batches of several pieces", function()
    local long = { x = mah.randn(1200, 6, { rng = mah.rng(1) }),
      y = mah.randint(0, 2, { 1200 }, { rng = mah.rng(2), dtype = "int32" }) }
    same({ solver = mah.solver.adam, batch_size = 1200, l2 = 1e-2 }, long)
    same({ solver = mah.solver.adam, batch_size = 700, dropout = 0.2 }, long)
  end)

  it("follows a schedule, and what on_epoch changes", function()
    local function cool(s) return s.lr / s.epoch end
    same({ solver = mah.solver.adam, schedule = cool }, { x = x, y = y })
    local solver = mah.solver.sgd { lr = 0.1 }
    local net = mah.mlp { 6, { 3, "softmax" }, seed = 1 }
    local w
    mah.train(net, { x = x, y = y }, {
      solver = solver, stop = 3, seed = 1, batch_size = 50,
      on_epoch = function(s)
        if s.epoch == 2 then s.solver.lr, s.solver.momentum, w = 0, 0, net.params:clone() end
      end,
    })
    assert.is_true(net.params:equal(w))
  end)

  it("ends in the step whose loss is not finite", function()
    local function diverge(on_batch)
      local net = mah.mlp { 6, { 9, "relu" }, { 1, "identity" }, seed = 1 }
      local solver = mah.solver.adagrad { lr = 1e30 }
      local ok, message = pcall(mah.train, net, { x = x, y = y:to "float32" },
        { solver = solver, stop = 3, seed = 1, batch_size = 10, on_batch = on_batch })
      assert.is_false(ok)
      assert.truthy(message:find("diverged", 1, true))
      return solver.t, message
    end
    local t, message = diverge()
    local t2, message2 = diverge(nothing)
    assert.equal(t2, t)
    assert.equal(message2:gsub("^.-: ", ""), (message:gsub("^.-: ", "")))
    assert.is_true(t < 15)
  end)

  it("leaves the solver at the last whole step when a step cannot be made", function()
    local wrong = y:clone()
    local order = {}
    local solver = mah.solver.adam()
    wrong[100] = 3
    local net = mah.mlp { 6, { 3, "softmax" }, seed = 1 }
    assert.has_error(function()
      mah.train(net, { x = x, y = wrong }, {
        solver = solver, seed = 1, stop = 1, batch_size = 30, shuffle = false,
        on_epoch = function(s) order[#order + 1] = s.epoch end,
      })
    end, "y: row 100: class 3 is outside of 0 ... 2")
    assert.equal(3, solver.t)
    assert.same({}, order)
  end)
end)

describe("the way through an epoch", function()
  local function plain(settings, in_lua)
    return batches.is_plain { settings = settings, net = { in_lua = in_lua or false } }
  end

  it("is one call where nothing is to be done between two steps", function()
    for _, solver in pairs(solvers) do assert.is_true(plain { solver = solver() }) end
    assert.is_true(plain { solver = mah.solver.sgd(), schedule = mah.schedule.constant() })
    assert.is_true(plain { solver = mah.solver.sgd(), schedule = nothing })
  end)

  it("is step by step otherwise", function()
    local sgd = mah.solver.sgd()
    assert.is_false(plain { solver = nothing })
    assert.is_false(plain { solver = mah.solver.lbfgs() })
    assert.is_false(plain { solver = setmetatable({}, { __index = sgd, __call = nothing }) })
    assert.is_false(plain { solver = sgd, on_batch = nothing })
    assert.is_false(plain { solver = sgd, clip_norm = 1 })
    assert.is_false(plain { solver = sgd, clip_value = 1 })
    assert.is_false(plain { solver = sgd, detect_anomaly = true })
    assert.is_false(plain { solver = sgd, schedule = mah.schedule.per_step(nothing) })
    assert.is_false(plain({ solver = sgd }, true))
  end)
end)
