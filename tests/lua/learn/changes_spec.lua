--- Parameters, weights and samples' weights that are changed between two fits, or while one goes
--- on: each takes effect, or is refused with a reason.
local mah = require "mah"

local function near(a, b) return (a:double() - b:double()):abs():max() < 1e-6 end

describe("what is changed between fits", function()
  local x, y
  setup(function()
    mah.warnings(false)
    x = mah.randn({ 60, 3 }, { rng = 1, dtype = "float64" })
    y = x[{ {}, 1 }]:gt(0):int()
  end)
  teardown(function() mah.warnings(true) end)

  local function new(given)
    local params = { hidden_layer_sizes = { 4 }, max_iter = 3, random_state = 1, tol = 0,
      warm_start = true }
    for name, value in pairs(given or {}) do params[name] = value end
    return mah.MLPClassifier(params)
  end

  --- The weights after a fit, a change and another fit (or a call of another method).
  local function go_on(given, change, method)
    local clf = new(given):fit(x, y)
    for name, value in pairs(change) do clf[name] = value end
    clf[method or "fit"](clf, x, y)
    return clf
  end

  local fields = {
    { activation = "tanh" }, { dropout = 0.5 }, { random_state = 2 }, { alpha = 10 }, { l1 = 1 },
    { solver = "sgd" }, { learning_rate_init = 0.5 }, { beta_1 = 0.1 }, { beta_2 = 0.1 },
    { epsilon = 1 }, { batch_size = 7 }, { shuffle = false }, { max_iter = 1 },
    { clip_norm = 1e-3 }, { clip_value = 1e-9 }, { class_weight = { [0] = 9 } },
    { early_stopping = true },
    { schedule = function() return 0.3 end },
  }
  for _, change in ipairs(fields) do
    local name = next(change)
    for _, method in ipairs { "fit", "partial_fit", "resume" } do
      local refused = method == "partial_fit" and name == "early_stopping"
      local no_use = method == "partial_fit" and name == "max_iter"
        or method == "resume" and (name == "max_iter" or name == "batch_size")
      if not refused and not no_use then
        it(("takes effect: %s, %s"):format(name, method), function()
          local start = { max_iter = 4 }
          local same, changed = go_on(start, { max_iter = 8 }, method), { max_iter = 8 }
          if name == "batch_size" or name == "shuffle" or name == "random_state" then
            start.batch_size = 20
            same = go_on(start, { max_iter = 8 }, method)
          end
          for key, value in pairs(change) do changed[key] = value end
          local other = go_on(start, changed, method)
          assert.is_false(other.network.params:equal(same.network.params))
        end)
      end
    end
  end

  it("begins early stopping's comparison anew, when another score is compared", function()
    local function scoring(clf) return -clf.network.params:abs():sum() - 9 end
    for _, change in ipairs { { scoring = scoring }, { validation_data = { x, 1 - y } } } do
      for _, method in ipairs { "fit", "resume" } do
        local clf = new { max_iter = 15, early_stopping = true, n_iter_no_change = 5,
          learning_rate_init = 0.1 }:fit(x, y)
        local before = #clf.loss_curve_
        for name, value in pairs(change) do clf[name] = value end
        clf.max_iter = 40
        clf[method](clf, x, y)
        assert.is_true(clf.trainer.best.epoch > before, "none of another score is the best")
        assert.is_true(#clf.loss_curve_ >= before + 6, "its epochs do not count as misses")
        assert.equal(clf.best_validation_score_,
          clf.validation_scores_[clf.trainer.best.epoch])
        local name = os.tmpname()
        clf:save(name)
        assert.equal(before + 1, mah.load(name).trainer.measured_from)
        os.remove(name)
      end
    end
  end)

  for _, change in ipairs { { momentum = 0 }, { nesterovs_momentum = false },
    { learning_rate = "invscaling" } } do
    local name = next(change)
    for _, method in ipairs { "fit", "partial_fit", "resume" } do
      it(("takes effect: %s of sgd, %s"):format(name, method), function()
        local start, changed = { solver = "sgd", learning_rate_init = 0.1 }, { max_iter = 6 }
        local same = go_on(start, changed, method)
        changed[name] = change[name]
        assert.is_false(go_on(start, changed, method).network.params:equal(same.network.params))
      end)
    end
  end

  it("takes effect: power_t, and a learning rate under invscaling", function()
    local start = { solver = "sgd", learning_rate = "invscaling", learning_rate_init = 0.1 }
    local same = go_on(start, {}, "partial_fit")
    assert.is_false(go_on(start, { power_t = 0 }, "partial_fit").network.params:equal(
      same.network.params))
    assert.equal(0.5, go_on(start, { learning_rate_init = 0.5 }).history_.lr[4])
  end)

  it("takes effect: how much is held out", function()
    local clf = new { early_stopping = true }:fit(x, y)
    clf.validation_fraction = 0.5
    assert.equal(30, #clf:fit(x, y).trainer.held)
  end)

  it("takes effect: validation that begins later", function()
    local clf = go_on({ max_iter = 5 }, { early_stopping = true, n_iter_no_change = 2 })
    assert.is_nil(clf.validation_scores_[5])
    assert.is_number(clf.validation_scores_[6])
  end)

  it("takes effect: the loss of a regressor", function()
    local reg = mah.MLPRegressor { hidden_layer_sizes = 3, max_iter = 2, warm_start = true,
      random_state = 1 }
    reg:fit(x, x[{ {}, 1 }])
    reg.loss = "absolute_error"
    assert.equal("absolute_error", reg:fit(x, x[{ {}, 1 }]).network.loss_function)
  end)

  it("does not begin anew what has not been changed", function()
    local twice = new { max_iter = 6, random_state = 3 }:fit(x, y)
    local parts = new { max_iter = 6, random_state = 3 }
    for _ = 1, 6 do parts:partial_fit(x, y, { 0, 1 }) end
    assert.is_true(twice.network.params:equal(parts.network.params))
  end)

  it("is refused where the weights do not fit", function()
    assert.error_matches(function() go_on({}, { hidden_layer_sizes = { 5 } }) end,
      "hidden_layer_sizes is {5} and was {4}.*fit anew")
    assert.error_matches(function() go_on({}, { init = "zeros" }) end, "init has been changed")
    assert.has_no_error(function() go_on({}, { hidden_layer_sizes = 4 }) end)
  end)

  it("is checked when it is set", function()
    local clf = new()
    for name, bad in pairs { alpha = "a", solver = "adm", activation = "rleu", batch_size = "atuo",
      n_iter_no_change = 1.5, hidden_layer_sizes = { 0 }, class_weight = "blanced",
      dropout = { 2 }, max_iter = 0, warm_start = 1 } do
      local before = clf[name]
      assert.error_matches(function() clf[name] = bad end, "mah.MLPClassifier: " .. name)
      assert.equal(before, clf[name])
    end
    clf.alpha = nil
    assert.equal(1e-4, clf.alpha)
  end)

  it("counts when it is a weight in coefs_ or intercepts_", function()
    for _, use in ipairs {
      function(clf) return clf:predict(x) end,
      function(clf)
        local path = os.tmpname()
        clf:save(path)
        clf = mah.load(path)
        os.remove(path)
        return clf:predict(x)
      end,
      function(clf)
        clf.learning_rate_init = 1e-9
        return clf:partial_fit(x, y):predict(x)
      end,
    } do
      local clf = new():fit(x, y)
      clf.coefs_[2] = clf.coefs_[2] * 0
      clf.intercepts_ = { clf.intercepts_[1], mah.tensor { 5 } }
      assert.equal(60, use(clf):sum())
      assert.equal(5, math.floor(clf.network.layers[2].bias[1] + 0.5))
    end
  end)

  it("counts in a resumed fit that had stopped early", function()
    local clf = new { early_stopping = true }:fit(x, y)
    clf.coefs_[1]:fill_(7)
    clf.max_iter, clf.learning_rate_init = 4, 1e-12
    local seen
    clf.on_epoch = function(s) seen = s.net.layers[1].weight:clone() end
    clf:resume(x, y)
    assert.is_true(near(mah.full({ 3, 4 }, 7), seen))
  end)
end)

describe("samples' weights", function()
  local x, y, w
  setup(function()
    mah.warnings(false)
    x = mah.randn({ 400, 2 }, { rng = 1, dtype = "float64" })
    y, w = x[{ {}, 1 }]:gt(0):int(), mah.ones(400)
    for i = 1, 400, 2 do y[i], w[i] = 1 - y[i], 0 end -- wrong, and not to count
  end)
  teardown(function() mah.warnings(true) end)

  it("count in the score on held-out rows", function()
    local clf = mah.MLPClassifier { early_stopping = true, max_iter = 30, random_state = 1,
      learning_rate_init = 0.05, validation_fraction = 0.5 }:fit(x, y, w)
    assert.is_true(clf.best_validation_score_ > 0.9)
    local net = mah.mlp { 2, { 5, "relu" }, { 2, "softmax" }, seed = 1, dtype = "float64" }
    local run = mah.train(net, { x = x, y = y, weight = w },
      { validation = 0.5, stop = 30, seed = 1, solver = mah.solver.adam { lr = 0.05 } })
    assert.is_true(run.history.val_score[run.best_epoch] > 0.9)
    assert.is_true(net:score(x, y, w) > 0.9)
    assert.is_true(net:score(x, y) < 0.6)
  end)

  it("count in a regressor's R2 and in that for several labels", function()
    local target = x[{ {}, 1 }]:clone()
    for i = 1, 400, 2 do target[i] = 100 end
    local reg = mah.MLPRegressor { early_stopping = true, max_iter = 60, random_state = 1,
      learning_rate_init = 0.05, validation_fraction = 0.5 }:fit(x, target, w)
    assert.is_true(reg.best_validation_score_ > 0.9)
    local both = mah.stack({ y, y }, 2)
    local clf = mah.MLPClassifier { early_stopping = true, max_iter = 30, random_state = 1,
      learning_rate_init = 0.05, validation_fraction = 0.5 }:fit(x, both, w)
    assert.is_true(clf.best_validation_score_ > 0.9)
  end)
end)

describe("a fit that diverges under early stopping", function()
  it("warns, and keeps the best weights", function()
    local warn = require "mah.base.warn"
    local lines, real = {}, io.stderr
    warn.said = {}
    rawset(io, "stderr", {
      write = function(_, ...) lines[#lines + 1] = table.concat { ... } end,
    })
    local x = mah.randn({ 400, 2 }, { rng = 1, dtype = "float64" })
    local reg = mah.MLPRegressor { solver = "sgd", learning_rate_init = 10, early_stopping = true,
      max_iter = 20, random_state = 1 }
    local ok, problem = pcall(reg.fit, reg, x, x[{ {}, 1 }] * 1e5)
    rawset(io, "stderr", real)
    assert.is_true(ok, problem)
    assert.matches("changes_spec.lua:%d+: warning: mah.MLPRegressor: sgd has diverged: the loss is "
      .. "inf in epoch 3; the weights are those of epoch 1", table.concat(lines))
  end)
end)
