local mah = require "mah"

local x, y = mah.randn(60, 4, { rng = mah.rng(1) }), mah.randint(0, 1, { 60 }, { rng = mah.rng(2) })

local function new_net() return mah.mlp { 4, { 5, "tanh" }, { 2, "softmax" }, seed = 1 } end

--- Trains without validation; returns the network and its own weights after each epoch.
local function train(settings)
  local net, own = new_net(), {}
  settings.batch_size, settings.seed = settings.batch_size or 60, 1
  settings.on_epoch = function(s) own[s.epoch] = s.net.params:clone() end
  mah.train(net, { x = x, y = y }, settings)
  return net, own
end

local function close(a, b) assert.near(0, (a - b):abs():max(), 1e-6) end

describe("an average of weights", function()
  it("is what the training leaves behind, and goes on without", function()
    local plain, steps = train { stop = 4 }
    local net, own = train { stop = 4, average = mah.average.ema { decay = 0.5 } }
    for i = 1, 4 do assert.is_true(own[i]:equal(steps[i])) end
    close(net.params, steps[1] / 8 + steps[2] / 8 + steps[3] / 4 + steps[4] / 2)
    assert.is_true(plain.params:equal(steps[4]))
  end)

  it("of equal shares begins with its first epoch, and takes every n-th in", function()
    local _, steps = train { stop = 6 }
    close(train({ stop = 6, average = mah.average.swa { start = 4 } }).params,
      (steps[4] + steps[5] + steps[6]) / 3)
    close(train({ stop = 6, average = mah.average.swa { start = 2, every = 3 } }).params,
      (steps[2] + steps[5]) / 2)
    assert.is_true(train({ stop = 6, average = mah.average.swa { start = 7 } }).params
      :equal(steps[6]))
  end)

  it("warms up", function()
    local _, steps = train { stop = 2 }
    close(train({ stop = 2, average = mah.average.ema { warmup = true } }).params,
      steps[1] + (steps[2] - steps[1]) * (1 - 2 / 11))
  end)

  it("has the usual settings where a table of one's own leaves them out", function()
    for _, pair in ipairs { { { name = "ema" }, mah.average.ema {} },
      { { name = "swa", start = 2 }, mah.average.swa { start = 2 } } } do
      local net = train { stop = 3, average = pair[1] }
      assert.is_true(net.params:equal((train { stop = 3, average = pair[2] }).params))
    end
  end)

  it("is what is validated, scored and restored; on_epoch sees both", function()
    local net, seen, scores = new_net(), {}, {}
    local run = mah.train(net, { x = x, y = y }, {
      stop = 5, seed = 1, batch_size = 10, average = mah.average.ema { decay = 0.9 },
      validation = { x = x, y = y },
      score = function(n, vx, vy)
        scores[#scores + 1] = n.params:clone()
        return -n:loss(vx, vy)
      end,
      on_epoch = function(s)
        seen[s.epoch] = s.average:clone()
        assert.is_false(s.net.params:equal(s.average))
      end,
    })
    for i = 1, 5 do assert.is_true(scores[i]:equal(seen[i])) end
    assert.is_true(net.params:equal(seen[run.best_epoch]))
    assert.near(run.history.val_loss[run.best_epoch], net:loss(x, y), 1e-12)
  end)

  it("leaves the network its own weights where a score fails", function()
    local net, own = new_net(), nil
    assert.error_matches(function()
      mah.train(net, { x = x, y = y }, { stop = 3, seed = 1, validation = { x = x, y = y },
        average = mah.average.ema {}, on_batch = function(s) own = s.net.params:clone() end,
        score = function() error "no score" end })
    end, "no score")
    assert.is_true(net.params:equal(own))
  end)

  it("may be left behind, or begin, when a training is resumed", function()
    local plain = train { stop = 4 }
    local net = new_net()
    local function go_on(settings)
      settings.seed, settings.batch_size = 1, 60
      mah.train(net, { x = x, y = y }, settings)
    end
    go_on { stop = 2, average = mah.average.ema {} }
    go_on { stop = 3, average = mah.average.swa { start = 1 }, resume = true }
    go_on { stop = 4, resume = true }
    assert.is_true(net.params:equal(plain.params))
  end)

  it("of L-BFGS' iterations, and of a solver of one's own", function()
    local net, own = train { stop = 3, solver = mah.solver.lbfgs(),
      average = mah.average.swa { start = 1 } }
    close(net.params, (own[1] + own[2] + own[3]) / 3)
    local function down(evaluate, w)
      local loss, g = evaluate(w)
      w:axpy_(-0.1, g)
      return loss
    end
    local net2, own2 = train { stop = 2, solver = down, average = mah.average.ema { decay = 0.5 } }
    close(net2.params, (own2[1] + own2[2]) / 2)
  end)

  it("explains what is wrong", function()
    local function with(average)
      return function() train { stop = 1, average = average } end
    end
    assert.error_matches(function() mah.average.ema { decay = 1 } end,
      "mah.average.ema: decay must be a number in %[0, 1%); got 1")
    assert.error_matches(function() mah.average.swa {} end, "start")
    assert.error_matches(function() mah.average.ema { decya = 0.9 } end, "did you mean 'decay'")
    assert.error_matches(with { decay = 0.9 }, "average must be one of mah.average's")
    assert.error_matches(with { name = "ema", decay = 2 }, "decay must be")
    assert.error_matches(with(0.9), "average must be a table; got 0.9")
    assert.error_matches(function() return mah.average.eam end, "did you mean 'ema'")
  end)
end)

describe("an estimator with an average", function()
  setup(function() mah.warnings(false) end)
  teardown(function() mah.warnings(true) end)

  local function fit(more)
    local o = { hidden_layer_sizes = { 5 }, random_state = 1, batch_size = 20, max_iter = 10,
      tol = 0, n_iter_no_change = math.huge, average = mah.average.ema { decay = 0.9 } }
    for name, value in pairs(more or {}) do o[name] = value end
    return mah.MLPClassifier(o):fit(x, y)
  end

  it("predicts with it", function()
    local clf, plain = fit(), mah.MLPClassifier(fit():get_params())
    plain.average = nil
    plain:fit(x, y)
    assert.is_true(clf.trainer.last_w:equal(plain.network.params))
    assert.is_true(clf.network.params:equal(clf.trainer.average.w))
    assert.same(plain.loss_curve_, clf.loss_curve_)
  end)

  it("is resumed, saved, and trained part by part with the bits of a whole fit", function()
    for _, average in ipairs { mah.average.ema { decay = 0.9 }, mah.average.swa { start = 3 } } do
      for _, early in ipairs { false, true } do
        local how = { average = average, early_stopping = early }
        local whole, half = fit(how), fit { average = average, early_stopping = early,
          max_iter = 5 }
        local path = os.tmpname() .. ".safetensors"
        half:save(path)
        half.max_iter = 10
        half:resume(x, y)
        assert.is_true(half.network.params:equal(whole.network.params))
        assert.same(whole.validation_scores_, half.validation_scores_)
        local loaded = mah.load(path)
        os.remove(path)
        assert.same(average, loaded.average)
        loaded.max_iter = 10
        loaded:resume(x, y)
        assert.is_true(loaded.network.params:equal(whole.network.params))
        assert.is_true(loaded.trainer.average.w:equal(whole.trainer.average.w))
      end
      local parts = mah.MLPClassifier(fit({ average = average }):get_params())
      for _ = 1, 10 do parts:partial_fit(x, y, { 0, 1 }) end
      assert.is_true(parts.network.params:equal(fit({ average = average }).network.params))
    end
  end)

  it("averages running statistics", function()
    local o = { norm = "batch", early_stopping = true }
    local whole = fit(o)
    o.max_iter = 5
    local half, path = fit(o), os.tmpname() .. ".safetensors"
    half:save(path)
    local loaded = mah.load(path)
    os.remove(path)
    loaded.max_iter = 10
    loaded:resume(x, y)
    assert.is_true(loaded.network.params:equal(whole.network.params))
    assert.is_true(loaded.network.buffers:equal(whole.network.buffers))
    assert.is_false(whole.network.buffers:equal(whole.trainer.last_buffers))
  end)

  it("begins a new average with a warm start", function()
    local clf = fit { warm_start = true }
    local before = clf.network.params:clone()
    clf.max_iter = 1
    clf:fit(x, y)
    assert.equal(3, clf.trainer.average.count)
    assert.is_false(clf.network.params:equal(before))
  end)

  it("refuses a file whose average does not fit", function()
    local saved = require "mah.learn.estimator.saved"
    local saving = require "mah.learn.estimator.save"
    local clf = fit()
    local function refused(change, message)
      local state = saving.state_of(clf, true)
      state.trainer.average = { name = "ema", count = 3, w = clf.trainer.average.w }
      change(state.trainer.average)
      assert.error_matches(function() saved.check(state) end, message)
    end
    refused(function(a) a.w = mah.zeros(3) end, "trainer.average.w must be a vector")
    refused(function(a) a.count = -1 end, "trainer.average.count")
    refused(function(a) a.buffers = mah.zeros(3) end, "trainer.average.buffers is")
    saved.check(saving.state_of(clf, true))
  end)

  it("explains what is wrong", function()
    assert.error_matches(function() mah.MLPClassifier { average = { name = "emu" } } end,
      "mah.MLPClassifier: average must be one of mah.average's")
    local clf = mah.MLPClassifier {}
    assert.error_matches(function() clf.accumulate = 0 end, "accumulate must be an integer")
  end)
end)
