-- scikit-learn's calibrated probabilities, and what goes beyond.
local golden = require "golden"
local mah = require "mah"
local recorded = require "prepare.recorded"
local toys = require "prepare.toys"

local c, g = mah.calibration, recorded.all.cross
local x = recorded.tensor(g.x)
local targets = { two = mah.tensor(g.y2):int(), three = g.y3 }

describe("calibrated probabilities", function()
  for name, expected in pairs(g.calibrated) do
    it("are scikit-learn's: " .. name, function()
      local which, method, ensemble = name:match "^(%S+) (%S+) (%S+)$"
      local model = c.CalibratedClassifierCV { estimator = toys.Centroids(), method = method,
        cv = 3, ensemble = ensemble == "True" }
      model:fit(x, targets[which])
      golden.close(recorded.tensor(expected), model:predict_proba(x:narrow(1, 1, 20)),
        method == "sigmoid" and 1e-6 or 1e-12)
    end)
  end

  --- A classifier that is right seven times in ten, and says that it is sure.
  local function boaster()
    local boast = toys.Centroids { gamma = 30 }
    return boast:fit(x, g.y3)
  end

  it("have one temperature, which leaves the order and lowers the loss", function()
    local boast = boaster()
    local model = c.CalibratedClassifierCV { estimator = boast, method = "temperature",
      cv = "prefit" }:fit(x, g.y3)
    local before, after = boast:predict_proba(x), model:predict_proba(x)
    assert.is_true(model.calibrated_classifiers_[1].calibrators[1].T > 1)
    assert.same(boast:predict(x), model:predict(x))
    golden.close(mah.ones(60, { dtype = "float64" }), after:sum(2), 1e-12)
    assert.is_true(mah.metrics.log_loss(g.y3, after) < mah.metrics.log_loss(g.y3, before))
  end)

  it("have a temperature at which the loss is level", function()
    local temperature = require "mah.prepare.calibration.temperature"
    local p = boaster():predict_proba(x)
    local codes = mah.preprocessing.LabelEncoder {}:fit_transform(g.y3)
    local best = temperature.fit(p, codes).T
    local function loss(T) return mah.metrics.log_loss(g.y3, temperature.apply({ T = T }, p)) end
    assert.is_true(loss(best) <= loss(best * 1.001) and loss(best) <= loss(best / 1.001))
  end)

  it("need rows of every class in every fold", function()
    local model = c.CalibratedClassifierCV { estimator = toys.Centroids() }
    local message = golden.message(model.fit, model, mah.zeros(6, 1),
      { "a", "a", "a", "a", "a", "rare" })
    assert.truthy(message:find("class rare has 1 rows, fewer than the 5 folds", 1, true), message)
    message = golden.message(model.fit, model, mah.zeros(6, 1), { 1, 1, 1, 1, 1, 1 })
    assert.truthy(message:find("y has the single class 1", 1, true), message)
  end)
end)

describe("models of all folds behind one", function()
  it("say the mean of what they say", function()
    local bag = c.FoldsClassifier { estimator = toys.Centroids(), cv = 4 }:fit(x, g.y3)
    local sum = 0
    for _, member in ipairs(bag.estimators_) do sum = member:predict_proba(x) + sum end
    assert.equal(4, #bag.estimators_)
    golden.close(sum / 4, bag:predict_proba(x), 1e-12)
    assert.equal(mah.metrics.accuracy(g.y3, bag:predict(x)), bag:score(x, g.y3))
    golden.close(mah.model_selection.cross_val_score(toys.Centroids(), x, g.y3, { cv = 4 }):mean(),
      bag.oof_score_, 1e-12)
  end)
end)
