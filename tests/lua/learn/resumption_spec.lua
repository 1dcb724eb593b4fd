-- A training that is gone on with comes to what one of all its epochs comes to, bit for bit.
local golden = require "golden"
local mah = require "mah"

local message = golden.message
local x = mah.randn(200, 4, { rng = 1 })
local y = x:sum(2):gt(0):int()
local data = { x = x, y = y }

local function core(dropout)
  return mah.mlp { 4, { 8, "tanh", dropout = dropout }, { 2, "softmax" }, seed = 1 }
end

--- A network with noise, and a buffer that its trainings change.
local function taped(noise)
  return mah.network { seed = 1, loss = "cross_entropy",
    params = { W = { 4, 8 }, V = { 8, 2 }, seen = { 1, buffer = true } },
    forward = function(p, rows, training)
      local h = rows:matmul(p.W):tanh()
      if training then
        p.seen:add_(1)
        if noise > 0 then h = h * training.rng:uniform(1 - noise, 1 + noise, h.shape) end
      end
      return h:matmul(p.V)
    end }
end

local function options(solver, epochs, more)
  local o = { solver = mah.solver[solver] {}, stop = epochs, seed = 3, validation = 0.2 }
  if not mah.solver[solver]().full_batch then o.batch_size = 50 end
  for name, value in pairs(more or {}) do o[name] = value end
  return o
end

describe("resume = true", function()
  for kind, make in pairs { ["in the core"] = core, ["in Lua"] = taped } do
    for _, solver in ipairs { "adam", "adamw", "sgd", "rmsprop", "adagrad", "lbfgs", "lion",
      "nadam", "radam", "rprop", "cg" } do
      it(("goes on with %s on a network %s"):format(solver, kind), function()
        local noise = mah.solver[solver]().full_batch and 0 or 0.3
        local whole, halves = make(noise), make(noise)
        local expected = mah.train(whole, data, options(solver, 10))
        local first = mah.train(halves, data, options(solver, 5))
        local run = mah.train(halves, data, options(solver, 10, { resume = true }))
        assert.is_true(whole.params:equal(halves.params))
        if whole.buffers then
          assert.is_true(whole.buffers:equal(halves.buffers))
          assert.is_true(whole.buffers[1] > 0)
        end
        assert.equal(expected.n_iter, run.n_iter)
        assert.same(expected.history.loss, run.history.loss)
        assert.same(expected.history.val_score, run.history.val_score)
        assert.equal(expected.best_epoch, run.best_epoch)
        assert.equal(expected.seed, run.seed)
        assert.equal(5, #first.history.loss)
      end)
    end
  end

  it("goes on with levenberg_marquardt", function()
    local numbers = { x = x, y = x:sum(2):sin() }
    for _, make in ipairs {
      function() return mah.mlp { 4, { 6, "tanh" }, { 1, "identity" }, seed = 1 } end,
      function()
        return mah.mlp { 4, { 6, "tanh", norm = "layer" }, { 1, "identity" }, seed = 1 }
      end,
    } do
      local whole, halves = make(), make()
      local expected = mah.train(whole, numbers, options("levenberg_marquardt", 6))
      mah.train(halves, numbers, options("levenberg_marquardt", 3))
      local run = mah.train(halves, numbers, options("levenberg_marquardt", 6, { resume = true }))
      assert.is_true(whole.params:equal(halves.params))
      assert.same(expected.history.loss, run.history.loss)
    end
  end)

  it("takes the solver of before where none is given, and settings of one that is", function()
    local whole, halves = core(0), core(0)
    mah.train(whole, data, options("adam", 6))
    mah.train(halves, data, options("adam", 3))
    mah.train(halves, data, { resume = true, stop = 6, validation = 0.2, batch_size = 50 })
    assert.is_true(whole.params:equal(halves.params))
    local slow = options("adam", 9, { resume = true, solver = mah.solver.adam { lr = 1e-5 } })
    mah.train(halves, data, slow)
    assert.equal(1e-5, slow.solver.lr)
    assert.equal(4 * 9, slow.solver.t)
  end)

  it("knows what a solver was that has trained another network since", function()
    local whole, halves, other = core(0), core(0), core(0)
    local solver = mah.solver.adam {}
    mah.train(whole, data, options("adam", 6))
    mah.train(halves, data, options("adam", 3, { solver = solver }))
    mah.train(other, data, options("adam", 4, { solver = solver, seed = 9 }))
    mah.train(halves, data, options("adam", 6, { resume = true, solver = solver }))
    assert.is_true(whole.params:equal(halves.params))
  end)

  it("goes on where an error has ended the training", function()
    local whole, halves = taped(0.3), taped(0.3)
    mah.train(whole, data, options("adam", 6))
    assert.has_error(function()
      mah.train(halves, data, options("adam", 6, { on_epoch = function(s)
        if s.epoch == 3 then error("stop here", 0) end
      end }))
    end, "stop here")
    mah.train(halves, data, options("adam", 6, { resume = true }))
    assert.is_true(whole.params:equal(halves.params))
  end)

  it("says what does not go", function()
    local net = core(0)
    local function fails(pattern, more)
      local said = message(mah.train, net, data, options("adam", 9, more))
      assert.is_truthy(said:find(pattern, 1, true), said)
    end
    fails("there is no training to go on with", { resume = true })
    mah.train(net, data, options("adam", 3))
    fails("resume goes on with the random numbers of seed 3; got seed = 4",
      { resume = true, seed = 4 })
    fails("stop = 3, counted from the first epoch on, has been reached",
      { resume = true, stop = 3 })
    fails("validation = 0.5 holds out 100 rows, and the training before held out 40",
      { resume = true, validation = 0.5 })
    fails("resume must be a boolean", { resume = 3 })
    local fewer = { x = x:narrow(1, 1, 100), y = y:narrow(1, 1, 100) }
    assert.matches("data has 100 rows, and the training before had 200", message(mah.train, net,
      fewer, options("adam", 9, { resume = true })))
    assert.matches("there is no training to go on with", message(mah.train, net:clone(), data,
      options("adam", 9, { resume = true })))
  end)
end)
