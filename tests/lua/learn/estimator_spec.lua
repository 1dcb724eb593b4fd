local mah = require "mah"

local function int(t) return mah.tensor(t, { dtype = "int32" }) end
local function double(t) return mah.tensor(t, { dtype = "float64" }) end

--- Two or more separable clouds around the corners of a square.
local function blobs(n, classes, dtype)
  local rng = mah.rng(3)
  local x, y = rng:normal(0, 0.3, n, 2), mah.zeros(n, { dtype = "int32" })
  for i = 1, n do
    local k = (i - 1) % classes
    y[i] = k
    x[{ i, 1 }] = x[{ i, 1 }] + 2 * (k % 2)
    x[{ i, 2 }] = x[{ i, 2 }] + 2 * math.floor(k / 2)
  end
  return x:to(dtype or "float32"), y
end

local function assert_near_tensors(a, b, tolerance)
  assert.same(a.shape, b.shape)
  assert.is_true((a:double() - b:double()):abs():max() <= tolerance)
end

describe("mah.MLPClassifier", function()
  setup(function() mah.warnings(false) end)
  teardown(function() mah.warnings(true) end)

  it("takes the hand-computed step of one partial_fit", function()
    local clf = mah.MLPClassifier {
      hidden_layer_sizes = 2, activation = "logistic", solver = "sgd", alpha = 0.1,
      learning_rate_init = 0.1, momentum = 0, max_iter = 1,
      init = {
        coefs = { double { { 0.1, 0.2 }, { 0.3, 0.1 }, { 0.5, 0 } }, double { { 0.1 }, { 0.2 } } },
        intercepts = { double { 0.1, 0.1 }, double { 1 } },
      },
    }
    local x = double { { 0.6, 0.8, 0.7 } }
    clf:partial_fit(x, int { 0 }, { 0, 1 })
    local w1 = { { 0.09799927101876635, 0.1957545466925248 },
      { 0.29566569469168846, 0.0960060622566997 }, { 0.4938324828552274, -0.0026196955253877667 } }
    for i = 1, 3 do
      for j = 1, 2 do assert.near(w1[i][j], clf.coefs_[1][i][j], 1e-14) end
    end
    assert.near(0.04701212914783179, clf.coefs_[2][1][1], 1e-14)
    assert.near(0.9234547978090479, clf.intercepts_[2][1], 1e-14)
    assert.near(1.4725951146222291, clf.loss_, 1e-14)
    assert.near(0.7394919180486681, clf:predict_proba(x)[1][2], 1e-14)
  end)

  it("draws weights and orders from NumPy's stream", function()
    local x = mah.zeros(5, 3, { dtype = "float64" })
    local clf = mah.MLPClassifier { hidden_layer_sizes = { 2 }, max_iter = 2, random_state = 1,
      solver = "sgd", learning_rate_init = 1e-300 }
    clf:fit(x, int { 0, 1, 0, 1, 0 })
    assert.near(-0.18179567920383122, clf.coefs_[1][1][1], 1e-15)
    assert.near(-0.33835949425288125, clf.intercepts_[1][2], 1e-15)
    assert.near(-0.22855242729000858, clf.intercepts_[2][1], 1e-15)
    local order = {}
    for i = 1, 5 do order[i] = clf.trainer.order[i] end
    assert.same({ 0, 1, 3, 4, 2 }, order)
  end)

  it("learns with every solver and activation", function()
    local x, y = blobs(120, 3)
    for _, solver in ipairs { "adam", "sgd", "lbfgs" } do
      for _, activation in ipairs { "identity", "logistic", "tanh", "relu" } do
        local clf = mah.MLPClassifier { hidden_layer_sizes = 10, activation = activation,
          solver = solver, learning_rate_init = 0.05, max_iter = 100, random_state = 1 }
        clf:fit(x, y)
        assert.is_true(clf:score(x, y) > 0.95, solver .. " " .. activation)
        assert.equal(clf.n_iter_, #clf.loss_curve_)
        assert.is_string(clf.stop_reason_.rule)
      end
    end
  end)

  it("has scikit-learn's attributes", function()
    local x, y = blobs(40, 3)
    local clf = mah.MLPClassifier { hidden_layer_sizes = { 4, 3 }, max_iter = 5, random_state = 1 }
      :fit(x, y)
    assert.same({ 0, 1, 2 }, clf.classes_)
    assert.equal(4, clf.n_layers_)
    assert.equal(3, clf.n_outputs_)
    assert.equal("softmax", clf.out_activation_)
    assert.equal(2, clf.n_features_in_)
    assert.equal(5, clf.n_iter_)
    assert.equal(200, clf.t_)
    assert.same({ 2, 4 }, clf.coefs_[1].shape)
    assert.same({ 3 }, clf.intercepts_[3].shape)
    assert.equal(clf.loss_curve_[5], clf.loss_)
    assert.is_nil(clf.validation_scores_)
    assert.is_number(clf.best_loss_)
  end)

  it("takes labels as strings and as tensors, two classes and several labels", function()
    local x, y = blobs(60, 2)
    local names = {}
    for i = 1, 60 do names[i] = y[i] == 0 and "no" or "yes" end
    local clf = mah.MLPClassifier { solver = "lbfgs", hidden_layer_sizes = 5, random_state = 1 }
    clf:fit(x, names)
    assert.same({ "no", "yes" }, clf.classes_)
    assert.equal("logistic", clf.out_activation_)
    assert.equal(1, clf:score(x, names))
    assert.same(names, clf:predict(x))
    local p = clf:predict_proba(x)
    assert.same({ 60, 2 }, p.shape)
    assert.near(1, p[1][1] + p[1][2], 1e-6)
    assert.near(math.log(p[3][1]), clf:predict_log_proba(x)[3][1], 1e-5)

    local both = mah.zeros(60, 2, { dtype = "int32" })
    for i = 1, 60 do
      both[{ i, 1 }], both[{ i, 2 }] = y[i], x[i][1] > 1 and 1 or 0
    end
    clf:fit(x, both)
    assert.equal("logistic", clf.out_activation_)
    assert.equal(1, clf:score(x, both))
    assert.same({ 60, 2 }, clf:predict(x).shape)
  end)

  it("is softmax regression without hidden layers", function()
    local x, y = blobs(60, 3)
    local clf = mah.MLPClassifier { hidden_layer_sizes = {}, solver = "lbfgs", random_state = 1 }
      :fit(x, y)
    assert.equal(2, clf.n_layers_)
    assert.is_true(clf:score(x, y) > 0.95)
  end)

  it("gives the same weights for the same seed, others for another, and others when "
    .. "shuffled", function()
    local x, y = blobs(50, 3)
    local function weights(seed, shuffle)
      return mah.MLPClassifier { hidden_layer_sizes = 5, max_iter = 3, batch_size = 10,
        random_state = seed, shuffle = shuffle }:fit(x, y).network.params
    end
    assert.is_true(weights(1):equal(weights(1)))
    assert.is_true(weights(1, false):equal(weights(1, false)))
    assert.is_false(weights(1):equal(weights(2)))
    assert.is_false(weights(1):equal(weights(1, false)))
  end)

  it("makes 100 partial_fits the same as a fit of 100 epochs", function()
    local x, y = blobs(30, 2)
    local function new()
      return mah.MLPClassifier { hidden_layer_sizes = 5, solver = "sgd", max_iter = 100,
        random_state = 1, tol = 0, learning_rate_init = 0.2, n_iter_no_change = math.huge,
        batch_size = 7 }
    end
    local whole, parts = new():fit(x, y), new()
    for _ = 1, 100 do parts:partial_fit(x, y, { 0, 1 }) end
    assert.is_true(whole.network.params:equal(parts.network.params))
    assert.is_true(parts:score(x, y) > 0.95)
  end)

  it("goes on with a warm start", function()
    local x, y = blobs(40, 3)
    for _, solver in ipairs { "sgd", "adam", "lbfgs" } do
      local clf = mah.MLPClassifier { hidden_layer_sizes = 5, solver = solver, max_iter = 3,
        warm_start = true, random_state = 1, tol = 0 }
      clf:fit(x, y)
      local loss = clf.loss_
      assert.equal(3, clf.n_iter_)
      clf:fit(x, y)
      assert.equal(3, clf.n_iter_)
      assert.equal(6, #clf.loss_curve_)
      assert.is_true(clf.loss_ < loss)
    end
  end)

  it("stops at miss N + 1 and counts a patience as its name says", function()
    local x, y = blobs(50, 2)
    for _, n in ipairs { 2, 5, 10 } do
      local clf = mah.MLPClassifier { hidden_layer_sizes = 3, tol = 10, n_iter_no_change = n,
        max_iter = 100, random_state = 1 }:fit(x, y)
      assert.equal(n + 2, clf.n_iter_)
      assert.equal("n_iter_no_change", clf.stop_reason_.rule)
      local patient = mah.MLPClassifier { hidden_layer_sizes = 3, tol = 10, early_stopping = true,
        early_stopping_patience = n, max_iter = 100, random_state = 1 }:fit(x, y)
      assert.equal(n + 1, patient.n_iter_)
      assert.equal("early_stopping_patience", patient.stop_reason_.rule)
    end
    local endless = mah.MLPClassifier { hidden_layer_sizes = 3, tol = 1e9,
      n_iter_no_change = math.huge, max_iter = 300, random_state = 1 }:fit(x, y)
    assert.equal(300, endless.n_iter_)
  end)

  it("lowers the adaptive learning rate at each stop", function()
    local x, y = blobs(20, 2)
    local clf = mah.MLPClassifier { hidden_layer_sizes = 2, solver = "sgd",
      learning_rate = "adaptive", tol = 1e9, learning_rate_init = 1e-3, max_iter = 200,
      random_state = 1 }:fit(x, y)
    assert.equal(67, clf.n_iter_)
    local drops = {}
    for epoch = 2, clf.n_iter_ do
      if clf.history_.lr[epoch] < clf.history_.lr[epoch - 1] then drops[#drops + 1] = epoch - 1 end
    end
    assert.same({ 12, 23, 34, 45, 56 }, drops)
    assert.near(3.2e-7, clf.history_.lr[67], 1e-12)
  end)

  it("scales the learning rate by the samples seen", function()
    local x, y = blobs(4, 2)
    local clf = mah.MLPClassifier { hidden_layer_sizes = 2, solver = "sgd",
      learning_rate = "invscaling", power_t = 0.25, max_iter = 3, random_state = 1 }:fit(x, y)
    assert.near(1e-3, clf.history_.lr[1], 1e-15)
    assert.near(1e-3 / 5 ^ 0.25, clf.history_.lr[2], 1e-15)
    assert.near(5.773502691896258e-4, clf.history_.lr[3], 1e-15)
  end)

  it("holds out a stratified part and ends with its best weights", function()
    local x, y = blobs(100, 4)
    local clf = mah.MLPClassifier { hidden_layer_sizes = 5, early_stopping = true, tol = 0.2,
      max_iter = 50, learning_rate_init = 0.01, random_state = 1,
      validation_fraction = 0.2 }:fit(x, y)
    local best = 0
    for _, score in ipairs(clf.validation_scores_) do best = math.max(best, score) end
    assert.equal(best, clf.best_validation_score_)
    assert.is_nil(clf.best_loss_)
    assert.equal(20, #clf.trainer.held)
    local counts = { [0] = 0, 0, 0, 0 }
    for i = 1, 20 do
      local k = y[clf.trainer.held[i] + 1]
      counts[k] = counts[k] + 1
    end
    assert.same({ [0] = 5, 5, 5, 5 }, counts)
    local held = clf.trainer.validation
    assert.equal(best, clf.network:score(held.x, held.y))
  end)

  it("takes validation data, a score, rules and callbacks of one's own", function()
    local x, y = blobs(60, 3)
    local epochs, batches = 0, 0
    local clf = mah.MLPClassifier {
      hidden_layer_sizes = 4, max_iter = 50, random_state = 1, batch_size = 20,
      validation_data = { x, y },
      scoring = function(e, vx, vy) return -e.network:loss(vx, vy) end,
      on_epoch = function() epochs = epochs + 1 end,
      on_batch = function() batches = batches + 1 end,
      stop = function(s) return s.epoch >= 4 and "four are enough" end,
    }
    clf:fit(x, y)
    assert.same({ 4, 12 }, { epochs, batches })
    assert.equal("custom", clf.stop_reason_.rule)
    assert.equal(4, #clf.validation_losses_)
    assert.near(-clf.validation_losses_[4], clf.validation_scores_[4], 1e-6)
  end)

  it("weighs samples and classes", function()
    local x, y = blobs(60, 2)
    local function weights(class_weight, sample_weight)
      return mah.MLPClassifier { hidden_layer_sizes = 3, max_iter = 5, random_state = 1,
        class_weight = class_weight }
        :fit(x, y, sample_weight).network.params
    end
    assert_near_tensors(weights(), weights(nil, mah.ones(60)), 1e-6)
    assert_near_tensors(weights(), weights("balanced"), 1e-6)
    local threefold = mah.ones(60)
    for i = 1, 60 do threefold[i] = y[i] == 1 and 3 or 1 end
    assert_near_tensors(weights({ [1] = 3 }), weights(nil, threefold), 1e-6)
    assert.is_false(weights():equal(weights { [1] = 3 }))
  end)

  it("keeps the number type of x", function()
    local x, y = blobs(60, 3, "float64")
    local wide = mah.MLPClassifier { hidden_layer_sizes = 4, max_iter = 20, random_state = 1 }
      :fit(x, y)
    local narrow = mah.MLPClassifier { hidden_layer_sizes = 4, max_iter = 20, random_state = 1 }
      :fit(x:float(), y)
    assert.equal("float64", wide.coefs_[1].dtype)
    assert.equal("float32", narrow.coefs_[1].dtype)
    assert.is_true(wide:predict(x):equal(narrow:predict(x:float())))
    assert_near_tensors(wide:predict_proba(x), narrow:predict_proba(x:float()), 1e-3)
  end)

  --- The parameters that differ from the defaults.
  local function without_defaults(clf)
    local changed, defaults = {}, mah.MLPClassifier():get_params()
    for name, value in pairs(clf:get_params()) do
      if value ~= defaults[name] then changed[name] = value end
    end
    changed.solver = clf.solver
    return changed
  end

  it("resumes with the learning rate that a plateau has left", function()
    local x, y = blobs(60, 3)
    local params = { hidden_layer_sizes = { 6 }, batch_size = 16, random_state = 1, max_iter = 20,
      early_stopping = true, n_iter_no_change = 100,
      schedule = mah.schedule.reduce_on_plateau { of = "val_score", patience = 1, factor = 0.5 } }
    local straight = mah.MLPClassifier(params):fit(x, y)
    params.max_iter = 9
    local halfway = mah.MLPClassifier(params):fit(x, y)
    halfway:set_params { max_iter = 20 }:resume(x, y)
    assert.same(straight.history_.lr, halfway.history_.lr)
    assert.is_true(straight.history_.lr[9] < 1e-3 and straight.history_.lr[20] < 3e-4)
    assert.is_true(straight.network.params:equal(halfway.network.params))
    mah.warnings(false)
    halfway:set_params { warm_start = true, max_iter = 2 }:fit(x, y) -- a fit of its own
    mah.warnings(true)
    assert.equal(1e-3, halfway.history_.lr[21])
  end)

  it("saves, loads and resumes bit for bit", function()
    local x, y = blobs(60, 3)
    local path = os.tmpname()
    for _, params in ipairs {
      { solver = "adam" }, { solver = "sgd" }, { solver = "lbfgs" },
      { solver = "sgd", learning_rate = "adaptive", tol = 0.05, n_iter_no_change = 2 },
      { solver = "sgd", learning_rate = "invscaling" },
      { solver = "adam", early_stopping = true, dropout = 0.3 },
      { solver = "lion" }, { solver = "nadam" }, { solver = "radam" }, { solver = "rprop" },
    } do
      params.hidden_layer_sizes, params.batch_size = { 6 }, 16
      params.random_state, params.max_iter = 1, 20
      if params.solver == "lbfgs" then params.batch_size = nil end
      local straight = mah.MLPClassifier(params):fit(x, y)
      params.max_iter = 10
      mah.MLPClassifier(params):fit(x, y):save(path)
      local halfway = mah.load(path)
      assert.equal(10, halfway.n_iter_)
      assert.same(params, without_defaults(halfway))
      halfway.max_iter = 20
      halfway:resume(x, y)
      assert.equal(straight.n_iter_, halfway.n_iter_)
      assert.same(straight.loss_curve_, halfway.loss_curve_)
      assert.is_true(straight.network.params:equal(halfway.network.params), params.solver)
      assert.is_true(straight:predict_proba(x):equal(halfway:predict_proba(x)))
    end
    os.remove(path)
  end)

  --- What f warns of.
  local function warnings_of(f)
    local warn = require "mah.base.warn"
    local lines, real = {}, io.stderr
    mah.warnings(true)
    warn.said = {}
    rawset(io, "stderr", {
      write = function(_, ...) lines[#lines + 1] = table.concat { ... } end,
    })
    local ok, problem = pcall(f)
    rawset(io, "stderr", real)
    mah.warnings(false)
    assert(ok, problem)
    return table.concat(lines)
  end

  it("warns once about what a solver ignores", function()
    local x, y = blobs(20, 2)
    local text = warnings_of(function()
      for _ = 1, 2 do
        mah.MLPClassifier { solver = "lbfgs", batch_size = 5, momentum = 0.5,
          hidden_layer_sizes = 2 }:fit(x, y)
      end
    end)
    assert.matches("estimator_spec.lua:%d+: warning: MLPClassifier: momentum is ignored by the "
      .. "solver 'lbfgs'", text)
    local _, times = text:gsub("batch_size is ignored", "")
    assert.equal(1, times)
  end)

  it("names the solver that has not converged, as far as it has a name", function()
    local x, y = blobs(20, 2)
    local function own(evaluate, w)
      local loss, g = evaluate(w)
      w:axpy_(-0.1, g)
      return loss
    end
    for name, solver in pairs { sgd = "sgd", nadam = mah.solver.nadam(), ["the solver"] = own } do
      local text = warnings_of(function()
        mah.MLPClassifier { solver = solver, hidden_layer_sizes = 2, max_iter = 1 }:fit(x, y)
      end)
      assert.matches("warning: mah.MLPClassifier: " .. name .. " has not converged", text)
    end
  end)

  it("stays what it was when a fit cannot begin", function()
    local x, y = blobs(20, 2)
    local clf = mah.MLPClassifier { hidden_layer_sizes = 3, max_iter = 3, random_state = 1 }
    clf:fit(x, y)
    local before, weights = clf:predict_proba(x), clf.network.params
    for _, bad in ipairs {
      function() clf:fit(x, { 1, 2 }) end,
      function() clf.solver = "amda" clf:fit(x, y) end,
      function() clf.solver, clf.batch_size = "adam", "atuo" clf:fit(x, y) end,
    } do
      assert.is_false((pcall(bad)))
      assert.is_true(before:equal(clf:predict_proba(x)))
      assert.equal(weights, clf.network.params)
      assert.same({ 0, 1 }, clf.classes_)
    end
  end)

  it("can be used, saved and resumed when a fit breaks off", function()
    local x, y = blobs(40, 2)
    local clf = mah.MLPClassifier { hidden_layer_sizes = 3, max_iter = 20, random_state = 1 }
    clf.on_epoch = function(s) if s.epoch == 5 then error "enough" end end
    assert.error_matches(function() clf:fit(x, y) end, "enough")
    assert.equal("error", clf.stop_reason_.rule)
    assert.equal(5, clf.n_iter_)
    assert.is_number(clf:score(x, y))
    clf.on_epoch = nil
    clf:resume(x, y)
    local straight = mah.MLPClassifier { hidden_layer_sizes = 3, max_iter = 20, random_state = 1 }
    assert.same(straight:fit(x, y).loss_curve_, clf.loss_curve_)
    assert.equal(20, clf:resume(x, y).n_iter_) -- there is nothing left to do
  end)

  it("shares no default and no list", function()
    local one = mah.MLPClassifier()
    one.hidden_layer_sizes[1] = 3
    one:get_params().hidden_layer_sizes[1] = 4
    assert.same({ 3 }, one.hidden_layer_sizes)
    assert.same({ 100 }, mah.MLPClassifier().hidden_layer_sizes)
  end)

  it("goes on from the best weights in a partial_fit after early stopping", function()
    local x, y = blobs(60, 3)
    local clf = mah.MLPClassifier { hidden_layer_sizes = 4, early_stopping = true, max_iter = 30,
      learning_rate_init = 0.05, random_state = 1 }:fit(x, y)
    local best = clf.network.params:clone()
    clf.early_stopping = false
    clf.trainer.settings.solver.lr = 1e-12
    clf:partial_fit(x, y)
    assert_near_tensors(best, clf.network.params, 1e-6)
  end)

  it("keeps a model whose solver was a function, or an object", function()
    local x, y = blobs(40, 2)
    local path = os.tmpname()
    local function descend(evaluate, w)
      local loss, g = evaluate(w)
      w:axpy_(-0.1, g)
      return loss
    end
    local clf = mah.MLPClassifier { hidden_layer_sizes = 3, solver = descend, max_iter = 3,
      random_state = 1 }
    clf:fit(x, y):save(path)
    local back = mah.load(path)
    assert.is_true(clf:predict_proba(x):equal(back:predict_proba(x)))
    back.solver, back.max_iter = descend, 6
    assert.equal(6, back:resume(x, y).n_iter_)
    mah.MLPClassifier { hidden_layer_sizes = 3, solver = mah.solver.sgd { lr = 0.3 }, max_iter = 3 }
      :fit(x, y):save(path)
    assert.equal(0.3, mah.load(path).solver.lr)
    os.remove(path)
  end)

  it("predicts the only class there is", function()
    local x = blobs(10, 2)
    for seed = 1, 5 do
      local clf = mah.MLPClassifier { hidden_layer_sizes = 2, max_iter = 2, random_state = seed }
      assert.equal(1, clf:fit(x, mah.full(10, 7, { dtype = "int32" })):score(x,
        mah.full(10, 7, { dtype = "int32" })))
    end
  end)

  describe("with bad input", function()
    local function fails(pattern, action) assert.error_matches(action, pattern) end
    local x, y = blobs(20, 2)

    it("names parameter, range and value", function()
      fails("mah.MLPClassifier: alpha must be a number in %[0, inf%); got %-1", function()
        mah.MLPClassifier { alpha = -1 }
      end)
      fails("unknown option \"hiden_layer_sizes\"; did you mean 'hidden_layer_sizes'", function()
        mah.MLPClassifier { hiden_layer_sizes = 3 }
      end)
      fails("unknown parameter \"max_itre\"; did you mean 'max_iter'", function()
        mah.MLPClassifier().max_itre = 3
      end)
      fails("momentum must be a number in %[0, 1%]; got 2", function()
        local clf = mah.MLPClassifier()
        clf.momentum = 2
        clf:fit(x, y)
      end)
      fails("alpha must be", function() mah.MLPClassifier { tol = -1, alpha = -1 } end)
      fails("hidden_layer_sizes must be > 0, got 0", function()
        mah.MLPClassifier { hidden_layer_sizes = { 3, 0 } }:fit(x, y)
      end)
      fails("solver must be one of", function() mah.MLPClassifier { solver = "adm" }:fit(x, y) end)
      fails("2 entries for 1 hidden layers", function()
        mah.MLPClassifier { hidden_layer_sizes = 3, activation = { "relu", "relu" } }:fit(x, y)
      end)
    end)

    it("names what is wrong with the data", function()
      local clf = mah.MLPClassifier { hidden_layer_sizes = 2, max_iter = 2 }
      fails("x has 20 rows and y has 3", function() clf:fit(x, int { 0, 1, 0 }) end)
      fails("a matrix %(samples, features%) is expected, got shape %(20%)", function()
        clf:fit(y, y)
      end)
      fails("x: row 2, column 1 is %-?nan", function()
        local bad = x:clone()
        bad[{ 2, 1 }] = 0 / 0
        clf:fit(bad, y)
      end)
      fails("label 1 is 0.5; classes are whole numbers", function()
        clf:fit(x, mah.full(20, 0.5))
      end)
      fails("not fitted yet", function() mah.MLPClassifier():predict(x) end)
      clf:fit(x, y)
      fails("x has 3 features, but MLPClassifier is expecting 2 features", function()
        clf:predict(mah.zeros(4, 3))
      end)
      fails("sample_weight: a vector of 20 numbers", function() clf:fit(x, y, mah.ones(3)) end)
      fails("a weight is negative", function() clf:fit(x, y, mah.ones(20) * -1) end)
    end)

    it("keeps to the rules of partial_fit, warm_start and early_stopping", function()
      fails("classes must be passed on the first call", function()
        mah.MLPClassifier():partial_fit(x, y)
      end)
      fails("only available for stochastic optimizers. lbfgs", function()
        mah.MLPClassifier { solver = "lbfgs" }:partial_fit(x, y, { 0, 1 })
      end)
      fails("does not support early_stopping", function()
        mah.MLPClassifier { early_stopping = true }:partial_fit(x, y, { 0, 1 })
      end)
      fails("`classes=%[0 1 2%]` is not the same as on last call to partial_fit, "
        .. "was: %[0 1%]", function()
        mah.MLPClassifier():partial_fit(x, y, { 0, 1 }):partial_fit(x, y, { 0, 1, 2 })
      end)
      fails("label 7 is not one of the classes %[0 1%]", function()
        mah.MLPClassifier():partial_fit(x, y, { 0, 1 })
          :partial_fit(x, mah.full(20, 7, { dtype = "int32" }))
      end)
      fails("Previously got %[0 1%], `y` has %[0 1 2%]", function()
        local bx, by = blobs(20, 3)
        mah.MLPClassifier { warm_start = true, max_iter = 2 }:fit(x, y):fit(bx, by)
      end)
      fails("validation set is too small", function()
        mah.MLPClassifier { early_stopping = true, validation_fraction = 0.01 }:fit(x, y)
      end)
      fails("class 2 has a single member", function()
        local one = y:clone()
        one[1] = 2
        mah.MLPClassifier { early_stopping = true }:fit(x, one)
      end)
      fails("non%-finite parameter weights", function()
        mah.MLPRegressor { max_iter = 2, solver = "sgd" }:fit(x:double() * 1e300, x:select(2, 1))
      end)
    end)

    it("refuses files that are not its own", function()
      fails("cannot read", function() mah.load "/nonexistent/model" end)
      local path = os.tmpname()
      mah.save_safetensors(path, { a = mah.ones(2) }, { format = "other" })
      fails("the tensor a %(2%) is no weight, bias", function() mah.load(path) end)
      os.remove(path)
    end)
  end)
end)

describe("mah.MLPRegressor", function()
  setup(function() mah.warnings(false) end)
  teardown(function() mah.warnings(true) end)

  local function plane(n, outputs)
    local rng = mah.rng(5)
    local x = rng:normal(0, 1, n, 4)
    local y = x:matmul(rng:normal(0, 1, 4, outputs))
    return x, outputs == 1 and y:select(2, 1):contiguous() or y
  end

  it("fits planes with every activation", function()
    local x, y = plane(120, 1)
    for _, activation in ipairs { "identity", "logistic", "tanh", "relu" } do
      local reg = mah.MLPRegressor { hidden_layer_sizes = 20, activation = activation,
        solver = "lbfgs", tol = 1e-3, max_iter = 200, random_state = 1 }:fit(x, y)
      assert.is_true(reg:score(x, y) > 0.98, activation)
      assert.same({ 120 }, reg:predict(x).shape)
    end
  end)

  it("fits several outputs", function()
    local x, y = plane(100, 5)
    local reg = mah.MLPRegressor { hidden_layer_sizes = 20, solver = "lbfgs", random_state = 1 }
      :fit(x, y)
    assert.is_true(reg:score(x, y) > 0.9)
    assert.same({ 100, 5 }, reg:predict(x).shape)
    assert.equal("identity", reg.out_activation_)
  end)

  it("fits counts with the Poisson loss", function()
    local x = mah.tensor { { 0 }, { 1 }, { 0 }, { 1 }, { 1 } }
    local y = mah.tensor { 1, 4, 3, 6, 8 }
    local reg = mah.MLPRegressor { hidden_layer_sizes = 1, activation = "identity",
      loss = "poisson", alpha = 0, solver = "lbfgs", tol = 1e-7, max_iter = 500,
      random_state = 1 }:fit(x:double(), y:double())
    local p = reg:predict(x:double())
    assert.near(2, p[1], 1e-3)
    assert.near(6, p[2], 1e-3)
    assert.equal("exp", reg.out_activation_)
  end)

  it("stops when the loss is not finite, and restores finite weights", function()
    local x, y = plane(60, 1)
    local reg = mah.MLPRegressor { hidden_layer_sizes = 20, activation = "identity", solver = "sgd",
      learning_rate_init = 1, early_stopping = true, max_iter = 500, random_state = 1 }
    reg:fit(x * 100, y)
    assert.is_true(reg.stop_reason_.rule == "diverged" or reg.n_iter_ > 0)
  end)
end)
