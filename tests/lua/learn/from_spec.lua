local mah = require "mah"

local coefs = { { { 1, -1, 0.5 }, { 0.5, 2, -0.25 } }, { { 1, 0 }, { -1, 1 }, { 0.5, 2 } } }
local intercepts = { { 0.1, 0, -0.1 }, { 0.25, 0 } }
local x = mah.tensor { { 1, 2 }, { -1, 0.5 }, { 0, 0 }, { 3, -2 } }

local function outputs()
  local hidden = (x:matmul(mah.tensor(coefs[1])) + mah.tensor(intercepts[1])):tanh()
  return hidden:matmul(mah.tensor(coefs[2])) + mah.tensor(intercepts[2])
end

local function classifier(given)
  local all = { coefs = coefs, intercepts = intercepts, activation = "tanh" }
  for name, value in pairs(given or {}) do all[name] = value end
  return mah.MLPClassifier.from(all)
end

local function near(expected, found)
  assert.is_true((expected - found):abs():max() < 1e-6)
end

describe("an estimator of given weights", function()
  setup(function() mah.warnings(false) end)
  teardown(function() mah.warnings(true) end)

  it("is fitted", function()
    local clf = classifier { classes = { "yes", "no" }, alpha = 0.5 }
    assert.same({ 3 }, clf:get_params().hidden_layer_sizes)
    assert.equal(0.5, clf.alpha)
    assert.equal(3, clf.n_layers_)
    assert.equal(2, clf.n_features_in_)
    assert.same({ "yes", "no" }, clf.classes_)
    near((outputs() - outputs():logsumexp(2, true)):exp(), clf:predict_proba(x))
    local expected = outputs():argmax(2)
    for i, label in ipairs(clf:predict(x)) do
      assert.equal(expected[i] == 1 and "yes" or "no", label)
    end
    assert.equal(1, clf:score(x, clf:predict(x)))
    assert.is_nil(clf:clone().network)
    assert.same({ 3 }, clf:clone().hidden_layer_sizes)
  end)

  it("of one logistic output tells two classes apart, and several are labels", function()
    local clf = mah.MLPClassifier.from { coefs = { { { 1 }, { 2 } } }, intercepts = { { -0.5 } } }
    assert.same({ 0, 1 }, clf.classes_)
    assert.same({}, clf.hidden_layer_sizes)
    near((x[{ {}, 1 }] + 2 * x[{ {}, 2 }] - 0.5):sigmoid(), clf:predict_proba(x)[{ {}, 2 }])
    assert.same({ 4, 2 }, classifier { out_activation = "logistic" }:predict(x).shape)
  end)

  it("may be a regressor", function()
    local reg = mah.MLPRegressor.from { coefs = coefs, intercepts = intercepts,
      activation = { "tanh" } }
    near(outputs(), reg:predict(x))
    reg = mah.MLPRegressor.from { coefs = coefs, intercepts = intercepts, activation = "tanh",
      out_activation = "exp" }
    assert.equal("poisson", reg.loss)
    near(outputs():exp(), reg:predict(x))
    assert.equal("huber",
      mah.MLPRegressor.from { coefs = coefs, intercepts = intercepts, loss = "huber" }.loss)
  end)

  it("has the type of its tensors, or what is told", function()
    local double = { mah.tensor(coefs[1], { dtype = "float64" }), coefs[2] }
    assert.equal("float64", classifier { coefs = double }.network.dtype)
    assert.equal("float64", classifier { dtype = "float64" }.network.dtype)
    assert.equal("float32", classifier { coefs = double, dtype = "float32" }.network.dtype)
    assert.equal("float32", classifier {}.network.dtype)
  end)

  it("goes on from its weights", function()
    local y = { "no", "yes", "no", "yes" }
    local clf = classifier { classes = { "yes", "no" }, learning_rate_init = 1e-6, max_iter = 2,
      random_state = 1, warm_start = true }
    local before = clf:predict_proba(x)
    clf:fit(x, y)
    assert.same({ "yes", "no" }, clf.classes_)
    assert.equal(2, clf.n_iter_)
    assert.is_true((clf:predict_proba(x) - before):abs():max() < 1e-4)
    assert.is_false(clf:predict_proba(x):eq(before):all())
    clf:resume(x, y) -- now there is something to resume
    local part = classifier { classes = { "yes", "no" }, learning_rate_init = 1e-6 }
    part:partial_fit(x, y):partial_fit(x, y, { "no", "yes" })
    assert.is_true((part:predict_proba(x) - before):abs():max() < 1e-4)
    assert.equal(8, part.t_)
    local anew = classifier { classes = { "yes", "no" }, max_iter = 1 }:fit(x, y)
    assert.same({ "no", "yes" }, anew.classes_)
    assert.equal(1, anew.network.outputs)
    local several = classifier { classes = { "big", "round" }, out_activation = "logistic",
      max_iter = 1, warm_start = true }
    several:fit(x, mah.tensor { { 0, 1 }, { 1, 1 }, { 0, 0 }, { 1, 0 } })
    assert.same({ "big", "round" }, several.classes_)
    assert.error_matches(function() classifier():resume(x, { 0, 1, 0, 1 }) end,
      "mah.MLPClassifier: there is no training to resume: .* warm_start = true")
    assert.error_matches(function() part:partial_fit(x, y, { "a", "b" }) end, "not the same as")
    assert.error_matches(function() clf:fit(x, { 1, 2, 1, 2 }) end, "same classes")
  end)

  it("can be saved, loaded and copied", function()
    local path = os.tmpname()
    local clf = classifier { classes = { "yes", "no" } }
    clf:save(path)
    local back = mah.load(path)
    assert.is_true(back:predict_proba(x):eq(clf:predict_proba(x)):all())
    assert.same(clf.classes_, back.classes_)
    assert.error_matches(function() back:resume(x, clf:predict(x)) end, "no training to resume")
    back.warm_start, back.max_iter = true, 1
    assert.equal(1, back:fit(x, clf:predict(x)).n_iter_)
    os.remove(path)
  end)

  it("complains with the entry", function()
    local function fails(pattern, given)
      assert.error_matches(function() classifier(given) end,
        "^mah.MLPClassifier.from: " .. pattern)
    end
    fails("coefs%[2%]: shape %(2, 1%), but coefs%[1%] gives 3 outputs",
      { coefs = { coefs[1], { { 1 }, { 2 } } } })
    fails("intercepts%[1%]: 2 values for 3 units", { intercepts = { { 1, 2 }, { 1, 2 } } })
    fails("coefs has 2 entries and intercepts 1", { intercepts = { { 1, 2, 3 } } })
    fails("coefs is empty", { coefs = {} })
    fails("coefs%[1%]: tensor: the table is ragged", { coefs = { { { 1, 2 }, { 1 } }, coefs[2] } })
    fails("coefs%[1%]: row 1, column 2 is nan", { coefs = { { { 1, 0 / 0, 3 } }, coefs[2] } })
    fails("coefs%[1%]: a matrix %(inputs, units%) is expected, got shape %(2%)",
      { coefs = { { 1, 2 }, coefs[2] } })
    fails("coefs%[1%]: a tensor or a list of numbers is expected, got 3",
      { coefs = { 3, coefs[2] } })
    fails("classes: a label is there twice: %[a a%]", { classes = { "a", "a" } })
    fails("3 classes for 2 outputs", { classes = { 1, 2, 3 } })
    fails("out_activation is identity, which gives no probabilities",
      { out_activation = "identity" })
    fails("unknown option \"clases\"; did you mean 'classes'", { clases = { 1, 2 } })
    fails("unknown option \"hidden_layer_sizes\"", { hidden_layer_sizes = { 3 } })
    assert.error_matches(function()
      mah.MLPRegressor.from { coefs = coefs, intercepts = intercepts, out_activation = "softmax" }
    end, "mah.MLPRegressor.from: out_activation is softmax, which is one of classes")
    assert.error_matches(function()
      classifier { activation = { "relu", "tanh" } }
    end, "mah.MLPClassifier: activation has 2 entries for 1 hidden layers")
  end)
end)
