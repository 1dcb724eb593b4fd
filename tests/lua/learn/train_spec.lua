local ffi = require "ffi"
local mah = require "mah"

local function digits(n) return mah.data.digits { n = n, seed = 1, test = 100 } end

local function new_net(seed)
  return mah.mlp { 784, { 20, "relu" }, { 10, "softmax" }, seed = seed or 1 }
end

describe("mah.train", function()
  it("learns the synthetic digits", function()
    local set = digits(1000)
    local net = new_net()
    local before = net:score(set.test.x, set.test.y)
    local run = mah.train(net, set.train,
      { solver = mah.solver.adam { lr = 0.005 }, stop = 15, batch_size = 50, seed = 1 })
    assert.equal(15, run.n_iter)
    assert.equal("max_iter", run.stop_reason.rule)
    assert.equal(15, #run.history.loss)
    assert.is_true(run.history.loss[15] < 0.2 * run.history.loss[1])
    assert.is_true(net:score(set.test.x, set.test.y) > math.max(0.7, before + 0.3))
  end)

  it("gives the same bits for the same seed", function()
    local set = digits(300)
    local function final(seed, dropout)
      local net = mah.mlp { 784, { 16, "tanh", dropout = dropout }, { 10, "softmax" }, seed = 4 }
      mah.train(net, set.train, { stop = 2, seed = seed, batch_size = 64 })
      return net.params
    end
    assert.is_true(final(1, 0):equal(final(1, 0)))
    assert.is_false(final(1, 0):equal(final(2, 0)))
    assert.is_true(final(1, 0.3):equal(final(1, 0.3)))
  end)

  it("reports the mean loss of the epoch's batches", function()
    local set = digits(250)
    local net = new_net()
    local expected = net:loss(set.train.x, set.train.y)
    local function stand_still(evaluate, w) return (evaluate(w)) end
    local run = mah.train(net, set.train,
      { solver = stand_still, stop = 1, batch_size = 100, seed = 1 })
    assert.near(expected, run.history.loss[1], 1e-5)
  end)

  it("holds out a stratified share and restores the best weights", function()
    local set = digits(500)
    local net = new_net()
    local run = mah.train(net, set.train, {
      stop = mah.stop.any { mah.stop.max_iter(30),
        mah.stop.no_improvement { of = "val_score", patience = 3 } },
      validation = 0.2, seed = 1, batch_size = 32,
    })
    assert.equal(run.n_iter, #run.history.val_score)
    local best = 0
    for _, score in ipairs(run.history.val_score) do best = math.max(best, score) end
    assert.equal(best, run.history.val_score[run.best_epoch])
    local validated = mah.train(net, set.train, {
      solver = function(evaluate, w) return (evaluate(w)) end, stop = 1, validation = set.test,
    })
    assert.equal(net:score(set.test.x, set.test.y), validated.history.val_score[1])
  end)

  it("takes a solver and a rule of one's own", function()
    local set = digits(200)
    local seen = 0
    local run = mah.train(new_net(), set.train, {
      solver = function(evaluate, w)
        local loss, g = evaluate(w)
        w:axpy_(-0.1, g)
        return loss
      end,
      stop = function(s) return s.epoch >= 3 and "enough" end,
      on_epoch = function(s) seen = seen + s.epoch end,
      seed = 1,
    })
    assert.same({ rule = "custom", text = "enough", epoch = 3 }, run.stop_reason)
    assert.equal(6, seen)
    assert.is_true(run.history.loss[3] < run.history.loss[1])
  end)

  it("stops at a small gradient, with every solver", function()
    local x, y = mah.tensor { { 0 }, { 1 }, { 2 } }, mah.tensor { { 1 }, { 3 }, { 5 } }
    for _,
      solver in ipairs { mah.solver.sgd { lr = 0.2 }, mah.solver.lbfgs { gtol = 0, ftol = 0 } } do
      local net = mah.mlp { 1, { 1, "identity" }, dtype = "float64", seed = 1 }
      local run = mah.train(net, { x = x:double(), y = y:double() }, {
        solver = solver, stop = mah.stop.any { mah.stop.grad_norm(1e-6), mah.stop.max_iter(2000) },
        seed = 1,
      })
      assert.equal("grad_norm", run.stop_reason.rule)
      local _, g = net:gradient(x:double(), y:double())
      assert.is_true(g:abs():max() < 1e-5)
      assert.near(2, net.layers[1].weight[1][1], 1e-4)
    end
  end)

  it("follows a schedule, by the epoch and by the step, and leaves the solver as it was", function()
    local set = digits(100)
    local solver, seen = mah.solver.sgd { lr = 0.1 }, {}
    local function run(schedule)
      seen = {}
      local result = mah.train(new_net(), set.train, {
        solver = solver, schedule = schedule, stop = 3, batch_size = 50, seed = 1,
        on_batch = function() seen[#seen + 1] = solver.lr end,
      })
      return result.history.lr
    end
    assert.same({ 0.1, 0.05, 0.025 }, run(function(s) return s.lr * 0.5 ^ (s.epoch - 1) end))
    assert.equal(0.1, solver.lr)
    run(mah.schedule.per_step(function(s) return s.lr / (1 + s.step) end))
    assert.same({ 0.1, 0.1 / 2, 0.1 / 3, 0.1 / 4, 0.1 / 5, 0.1 / 6 }, seen)
    run(mah.schedule.one_cycle())
    assert.equal(6, #seen)
    assert.error_matches(function() run(function() return "fast" end) end,
      "must return a learning rate")
  end)

  it("tells a schedule of the epochs that are over", function()
    local set, seen = digits(100), {}
    local run = mah.train(new_net(), set.train, {
      solver = "sgd", stop = 3, seed = 1, validation = 0.2, schedule = function(s)
        seen[s.epoch] = { s.loss or 0, s.val_loss or 0, s.val_score or 0, #s.history.loss }
        return s.lr
      end,
    })
    local h = run.history
    assert.same({ { 0, 0, 0, 0 }, { h.loss[1], h.val_loss[1], h.val_score[1], 1 },
      { h.loss[2], h.val_loss[2], h.val_score[2], 2 } }, seen)
  end)

  it("lowers the learning rate on a plateau", function()
    local set = digits(100)
    for _, of in ipairs { "loss", "val_loss", "val_score" } do
      local schedule = mah.schedule.reduce_on_plateau { of = of, patience = 0, factor = 0.5,
        threshold = 0.1 }
      for _, name in ipairs { "adam", "sgd", "lion" } do
        local run = mah.train(new_net(), set.train, { solver = name, schedule = schedule, stop = 12,
          seed = 1, validation = 0.2, batch_size = 20 })
        local first = mah.solver[name]().lr
        local lr, halved = first, 0
        local best = of == "val_score" and -math.huge or math.huge
        for epoch, value in ipairs(run.history[of]) do
          assert.equal(lr, run.history.lr[epoch])
          local better = of == "val_score" and value > best * 1.1
            or of ~= "val_score" and value < best * 0.9
          if better then best = value else lr, halved = lr / 2, halved + 1 end
        end
        assert.is_true(halved > 0)
      end
    end
    assert.error_matches(function()
      mah.train(new_net(), set.train, { stop = 3, schedule = mah.schedule.reduce_on_plateau() })
    end, "mah.schedule.reduce_on_plateau: there is no 'val_loss' to look at")
  end)

  it("cuts gradients back", function()
    local set = digits(100)
    local function length(o)
      local norm
      o.solver = function(evaluate, w)
        local loss, g = evaluate(w)
        norm = math.max(norm or 0, g:norm())
        assert.is_true(g:abs():max() <= (o.clip_value or math.huge))
        return loss
      end
      o.stop, o.seed = 1, 1
      mah.train(new_net(), set.train, o)
      return norm
    end
    assert.is_true(length {} > 0.1)
    assert.near(0.01, length { clip_norm = 0.01 }, 1e-6)
    length { clip_value = 2 ^ -10 }
  end)

  it("lets nobody evaluate after the end", function()
    local set = digits(50)
    local kept
    local net = new_net()
    mah.train(net, set.train, { stop = 1, seed = 1, solver = function(evaluate, w)
      kept = evaluate
      return (evaluate(w))
    end })
    assert.error_matches(function() kept(net.params) end, "outside of the training")
  end)

  it("wants a loss from the solver and a number from the score", function()
    local set = digits(50)
    assert.error_matches(function()
      mah.train(new_net(), set.train, { solver = function() end, stop = 1 })
    end, "the solver must return the loss; it returned nil")
    assert.error_matches(function()
      mah.train(new_net(), set.train, { score = function() end, validation = set.test, stop = 1 })
    end, "the score must be a number, got nil")
    assert.error_matches(function()
      mah.train(new_net(), { x = set.train.x, y = set.train.y, wieght = mah.ones(50) })
    end, "unknown field \"wieght\"; did you mean 'weight'")
    assert.error_matches(function()
      mah.train(new_net(), set.train, { solver = "adma" })
    end, "got \"adma\"; did you mean 'adam'")
  end)

  it("tells the seed that it drew", function()
    local set = digits(50)
    local run = mah.train(new_net(), set.train, { stop = 1 })
    assert.is_number(run.seed)
    local again = mah.train(new_net(), set.train, { stop = 1, seed = run.seed })
    assert.same(run.history.loss, again.history.loss)
  end)

  it("says when a run diverges, unless a rule takes it", function()
    local set = digits(200)
    local function run(stop)
      return mah.train(
        mah.mlp { 784, { 20, "identity" }, { 20, "identity" }, { 10, "identity" }, seed = 1 },
        { x = set.train.x, y = mah.zeros(200, 10) + 1 },
        { solver = mah.solver.sgd { lr = 1e6 }, stop = stop, seed = 1 })
    end
    assert.error_matches(function() run(20) end,
      "diverged: the loss is .* in epoch %d+ %(solver sgd, learning rate 1000000%)")
    assert.equal("diverged", run(mah.stop.diverged()).stop_reason.rule)
  end)

  it("explains what does not fit", function()
    local set = digits(20)
    local net = new_net()
    local function fails(data, o, pattern)
      assert.error_matches(function() mah.train(net, data, o) end, pattern)
    end
    fails({ x = set.train.x }, {}, "must be a table {x = tensor, y = tensor}")
    fails({ x = set.train.x, y = set.test.y }, {}, "data.x has 20 rows and data.y has 100")
    fails({ x = mah.zeros(20, 3), y = set.train.y }, {},
      "shape %(20, 3%); the network has 784 inputs")
    fails(set.train, { bach_size = 3 }, "did you mean 'batch_size'")
    fails(set.train, { batch_size = 0 }, "batch_size must be an integer in %[1, inf%); got 0")
    fails(set.train, { validation = 2 }, "validation must be")
    fails(set.train, { stop = mah.stop.target { value = 0.9 }, seed = 1 },
      "there is no 'val_score' to look at")
    local x = set.train.x:clone()
    x[{ 3, 5 }] = 0 / 0
    fails({ x = x, y = set.train.y }, {}, "data.x: row 3, column 5 is %-?nan")
    assert.error_matches(function() mah.train({}, set.train) end, "a network is expected")
  end)

  it("takes a NULL of C for weights that are left out, as it equals nil", function()
    local set, nets = digits(100).train, { new_net(), new_net() }
    mah.train(nets[1], set, { stop = 2, validation = 0.2, seed = 1 })
    mah.train(nets[2], { x = set.x, y = set.y, weight = ffi.cast("void *", nil) },
      { stop = 2, validation = 0.2, seed = 1 })
    assert.is_true(nets[1].params:equal(nets[2].params))
  end)
end)
