local golden = require "golden"
local json = require "mah.base.json"
local mah = require "mah"

local m = mah.metrics
local message = golden.message

--- A classifier that says what it is told.
local function oracle(classes, probabilities, predicted)
  return {
    classes_ = classes,
    predict = function() return predicted end,
    predict_proba = function() return mah.tensor(probabilities, { dtype = "float64" }) end,
  }
end

describe("scorers", function()
  local two = oracle({ "no", "yes" }, { { 0.9, 0.1 }, { 0.4, 0.6 }, { 0.7, 0.3 } },
    { "no", "yes", "no" })
  local y = { "no", "yes", "yes" }

  it("call predict, predict_proba or the positive column, and make losses negative", function()
    assert.near(2 / 3, m.get_scorer "accuracy"(two, nil, y), 1e-15)
    assert.equal(1, m.get_scorer "roc_auc"(two, nil, y))
    assert.near(-m.log_loss(y, { 0.1, 0.6, 0.3 }), m.get_scorer "neg_log_loss"(two, nil, y), 1e-15)
    local f1 = m.make_scorer(m.f1_score, { pos_label = "yes" })
    assert.near(2 / 3, f1(two, nil, y), 1e-15)
    local brier = m.make_scorer(m.brier_score_loss,
      { pos_label = "no", needs_proba = true, greater_is_better = false })
    assert.near(-(0.01 + 0.16 + 0.49) / 3, brier(two, nil, y), 1e-15)
    assert.near(0.5, m.get_scorer "accuracy"(two, nil, y, { 1, 1, 2 }), 1e-15)
  end)

  it("take decision_function before predict_proba where they need a threshold only", function()
    local reversed = oracle({ 0, 1 }, { { 1, 0 }, { 0, 1 } }, {})
    function reversed.decision_function() return mah.tensor { 1, -1 } end
    assert.equal(0, m.get_scorer "roc_auc"(reversed, nil, { 0, 1 }))
  end)

  it("know the classes that y lacks", function()
    local three = oracle({ 0, 1, 2 }, { { 0.5, 0.3, 0.2 }, { 0.25, 0.25, 0.5 } }, {})
    assert.near((math.log(0.5) + math.log(0.5)) / 2,
      m.get_scorer "neg_log_loss"(three, nil, { 0, 2 }), 1e-15)
  end)

  it("have scikit-learn's names, where the metric is there", function()
    local theirs = {}
    for _, name in ipairs(json.decode(mah.file.read(golden.path "../metrics.json")).scorers) do
      theirs[name] = true
    end
    local names = m.get_scorer_names()
    assert.is_true(#names > 40)
    for _, name in ipairs(names) do
      assert.is_true(theirs[name], name)
      assert.is_true(type(m.get_scorer(name).metric) == "function", name)
      theirs[name] = nil
    end
    for name in pairs(theirs) do -- clusters and likelihood ratios
      assert.truthy(name:find "rand" or name:find "info" or name:find "homogeneity"
        or name:find "completeness" or name:find "v_measure" or name:find "fowlkes"
        or name:find "likelihood", name .. " is missing")
    end
  end)

  it("explain what is wrong", function()
    assert.matches('there is no scorer "accurracy"; did you mean "accuracy"',
      message(m.get_scorer, "accurracy"))
    assert.matches("a name or a function is expected, got 3", message(m.get_scorer, 3))
    assert.matches("scorer roc_auc: the estimator has no predict_proba",
      message(m.get_scorer "roc_auc", { predict = print }, nil, { 0, 1 }))
    assert.matches("make_scorer: a function is expected, got nil", message(m.make_scorer))
    assert.matches("exclude each other",
      message(m.make_scorer, m.f1, { needs_proba = true, needs_threshold = true }))
    assert.matches("pos_label = \"maybe\" is not one of the classes %[no yes%]",
      message(m.make_scorer(m.brier_score_loss, { needs_proba = true, pos_label = "maybe" }), two,
        nil, y))
  end)
end)

describe("an estimator's scoring", function()
  local function blobs(labels)
    local x, y = mah.randn(80, 3, { rng = mah.rng(1) }), {}
    for i = 1, 80 do y[i] = labels[x[i][1] + 0.3 * x[i][2] > 0 and 2 or 1] end
    return x, y
  end

  it("is the name of a scorer, for any labels", function()
    local x, y = blobs { "a", "b" }
    for _, name in ipairs { "roc_auc", "neg_log_loss", "f1_macro" } do
      local clf = mah.MLPClassifier { hidden_layer_sizes = 4, max_iter = 8, random_state = 1,
        validation_data = { x, y }, scoring = name }
      mah.warnings(false)
      clf:fit(x, y)
      mah.warnings(true)
      assert.equal(8, #clf.validation_scores_)
      assert.near(m.get_scorer(name)(clf, x, y), clf.validation_scores_[8], 1e-12)
    end
  end)

  it("is a function of the estimator and the labels as they were given", function()
    local x, y = blobs { "a", "b" }
    local seen
    local clf = mah.MLPClassifier { hidden_layer_sizes = 4, max_iter = 2, random_state = 1,
      early_stopping = true, validation_fraction = 0.2,
      scoring = function(e, vx, vy)
        seen = { e, #vx, vy }
        return e:score(vx, vy)
      end }
    mah.warnings(false)
    clf:fit(x, y)
    mah.warnings(true)
    assert.equal(clf, seen[1])
    assert.equal(16, seen[2])
    assert.is_true(seen[3][1] == "a" or seen[3][1] == "b")
  end)

  it("judges numbers too", function()
    local x = mah.randn(40, 2, { rng = mah.rng(1) })
    local y = x:select(2, 1) * 2
    local reg = mah.MLPRegressor { hidden_layer_sizes = 4, max_iter = 3, random_state = 1,
      validation_data = { x, y }, scoring = "neg_root_mean_squared_error" }
    mah.warnings(false)
    reg:fit(x, y)
    mah.warnings(true)
    assert.near(-m.root_mean_squared_error(y, reg:predict(x)), reg.validation_scores_[3], 1e-12)
  end)

  it("is checked before the fit", function()
    local x, y = blobs { 0, 1 }
    local clf = mah.MLPClassifier { validation_data = { x, y }, scoring = "rocauc" }
    assert.matches('no scorer "rocauc"; did you mean "roc_auc"', message(clf.fit, clf, x, y))
  end)
end)
