-- scikit-learn's scores for the same estimators.
local golden = require "golden"
local mah = require "mah"
local recorded = require "prepare.recorded"
local toys = require "prepare.toys"

local m, p, g = mah.model_selection, mah.preprocessing, recorded.all.cross
local x = recorded.tensor(g.x)

local function scaled() return mah.Pipeline { p.StandardScaler {}, toys.Centroids() } end

describe("scikit-learn's scores", function()
  it("are those of cross_val_score", function()
    recorded.same(g.score, m.cross_val_score(scaled(), x, g.y3))
    recorded.same(g.auc, m.cross_val_score(scaled(), x, mah.tensor(g.y2):int(),
      { cv = m.ShuffleSplit { n_splits = 4, random_state = 0 }, scoring = "roc_auc" }))
    recorded.same(g.r2, m.cross_val_score(toys.Line(), x, recorded.tensor(g.yr)))
  end)

  it("are those of cross_validate", function()
    local r = m.cross_validate(scaled(), x, g.y3, { cv = 4, return_train_score = true,
      scoring = { "accuracy", "neg_log_loss", "f1_macro" }, return_estimator = true })
    for name, values in pairs(g.validate) do recorded.same(values, r[name]) end
    assert.equal(4, #r.fit_time)
    assert.equal(4, #r.estimator)
    assert.is_true(r.score_time:min() >= 0)
  end)

  it("are those of learning and validation curves", function()
    local sizes, train, test = m.learning_curve(scaled(), x, g.y3,
      { cv = 3, shuffle = true, random_state = 1 })
    recorded.same(g.learning[1], sizes)
    recorded.same(g.learning[2], train)
    recorded.same(g.learning[3], test)
    train, test = m.validation_curve(scaled(), x, g.y3, { param_name = "centroids__gamma",
      param_range = { 0.1, 1, 4 }, scoring = "neg_log_loss" })
    recorded.same(g.validation[1], train)
    recorded.same(g.validation[2], test)
  end)

  it("are those of permuted columns", function()
    local model = scaled():fit(x, g.y3)
    local r = m.permutation_importance(model, x, g.y3,
      { n_repeats = 3, random_state = 8, scoring = "neg_log_loss" })
    for _, name in ipairs { "importances", "importances_mean", "importances_std" } do
      recorded.same(g[name], r[name])
    end
    assert.same({ "x0", "x1", "x2" }, r.names)
  end)
end)

describe("predictions of rows that were not seen", function()
  it("are scikit-learn's", function()
    assert.same(g.predict, m.cross_val_predict(scaled(), x, g.y3,
      { cv = m.KFold { n_splits = 5, shuffle = true, random_state = 3 } }))
    recorded.same(g.proba, m.cross_val_predict(scaled(), x, g.y3, { method = "predict_proba" }))
  end)

  it("need each row in one test part", function()
    local message = golden.message(m.cross_val_predict, scaled(), x, g.y3,
      { cv = m.ShuffleSplit { random_state = 0 } })
    assert.truthy(message:find("each row must be in one", 1, true), message)
  end)

  it("have a column for each class, though a fold lacks one", function()
    local cv = { { { 1, 2, 3, 4 }, { 5, 6 } }, { { 3, 4, 5, 6 }, { 1, 2 } },
      { { 1, 2, 5, 6 }, { 3, 4 } } }
    local few, out = mah.tensor { { 0 }, { 0 }, { 5 }, { 5 }, { 9 }, { 9 } }, nil
    local text = golden.warnings(function()
      out = m.cross_val_predict(toys.Centroids(), few, { "a", "a", "b", "b", "c", "c" },
        { cv = cv, method = "predict_proba" })
    end)
    assert.same({ 6, 3 }, out.shape)
    assert.equal(0, out[1][1])
    assert.truthy(text:find("the training part of fold 1 has no row of class c (row 5 has it)", 1,
      true), text)
  end)
end)

describe("a transformed target", function()
  it("is predicted as it was", function()
    local yr = recorded.tensor(g.yr)
    local T = p.TransformedTargetRegressor
    local model = T { regressor = toys.Line(),
      func = function(y) return ((y * y + 1):sqrt() + y):log() end,
      inverse_func = function(y) return (y:exp() - (-y):exp()) / 2 end }
    recorded.same(g.target, model:fit(x, yr):predict(x))
    model = T { regressor = toys.Line(),
      transformer = p.QuantileTransformer { n_quantiles = 20 } }
    recorded.same(g.scaled_target, model:fit(x, yr):predict(x))
    assert.is_true(model:score(x, yr) > 0.5)
  end)
end)

describe("cross-validation", function()
  it("takes columns by name, and the target's name", function()
    local t = { a = x:select(2, 1), b = x:select(2, 2), c = x:select(2, 3), tree = g.y3 }
    local pipe = mah.Pipeline { p.ColumnTransformer { { { "a", "b", "c" }, p.StandardScaler {} } },
      toys.Centroids() }
    recorded.same(g.score, m.cross_val_score(pipe, t, "tree"))
  end)

  it("says what is wrong", function()
    local function says(text, ...)
      local message = golden.message(...)
      assert.truthy(message:find(text, 1, true), message)
    end
    says("there is no scorer \"acuracy\"", m.cross_val_score, scaled(), x, g.y3,
      { scoring = "acuracy" })
    says("did you mean 'scoring'?", m.cross_val_score, scaled(), x, g.y3, { scorin = "r2" })
    says("x has 60 rows and y has 2", m.cross_val_score, scaled(), x, { 1, 2 })
    for row, cv in pairs { [61] = { { { 1, 2 }, mah.tensor { 61 } } },
      [0] = { { { 0, 2 }, { 3 } } }, [1.5] = { { { 1 }, { 1.5 } } } } do
      says(("cv: fold 1 has %s for a row; rows have the numbers 1 to 60"):format(row),
        m.cross_val_score, scaled(), x, g.y3, { cv = cv })
    end
    says("cv: fold 1 is 7", m.cross_val_score, scaled(), x, g.y3, { cv = { 7 } })
    says("an estimator is expected, got 3", m.cross_val_score, 3, x, g.y3)
    says("there is no step \"centroid\"", m.validation_curve, scaled(), x, g.y3,
      { param_name = "centroid__gamma", param_range = { 1 } })
  end)
end)
