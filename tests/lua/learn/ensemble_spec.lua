local golden = require "golden"
local mah = require "mah"

local rng = mah.rng(1)
local x = rng:normal(0, 1, 60, 3)
local y = (x:select(2, 1) + x:select(2, 2) * 0.5):gt(0):int() + x:select(2, 3):gt(1):int()

--- The mean by hand.
local function mean(list)
  local sum = list[1]
  for i = 2, #list do sum = sum + list[i] end
  return sum / #list
end

local function net(seed, last, loss)
  return mah.mlp { 3, { 5, "tanh" }, last or { 3, "softmax" }, seed = seed, loss = loss }
end

local function classifier(seed, labels)
  local clf = mah.MLPClassifier { hidden_layer_sizes = { 4 }, random_state = seed, max_iter = 20,
    solver = "adam" }
  mah.warnings(false)
  return clf:fit(x, labels or y)
end

describe("mah.ensemble", function()
  after_each(function() mah.warnings(true) end)

  it("takes the mean of networks' probabilities", function()
    local nets = { net(1), net(2), net(3) }
    local ensemble = mah.ensemble(nets)
    local p = mean { nets[1]:forward(x), nets[2]:forward(x), nets[3]:forward(x) }
    assert.is_true(p:equal(ensemble:predict_proba(x)))
    assert.is_true((p:argmax(2) - 1):equal(ensemble:predict(x)))
    assert.near(p:argmax(2):eq(y + 1):double():mean(), ensemble:score(x, y), 1e-12)
    assert.is_true(mah.ensemble { nets[2] }:predict(x):equal(nets[2]:predict(x)))
    assert.near(nets[2]:score(x, y), mah.ensemble { nets[2] }:score(x, y), 1e-12)
    assert.matches("ensemble of 3: 3 %->", tostring(ensemble))
    local weight = mah.rand(60)
    assert.near(nets[2]:score(x, y, weight), mah.ensemble { nets[2] }:score(x, y, weight), 1e-6)
  end)

  it("takes the mean of logistic outputs, and of numbers", function()
    local two = { net(1, { 1, "logistic" }), net(2, { 1, "logistic" }) }
    local p = mean { two[1]:forward(x), two[2]:forward(x) }
    assert.is_true(p:view(60):gt(0.5):int():equal(mah.ensemble(two):predict(x)))
    local several = { net(1, { 4, "logistic" }), net(2, { 4, "logistic" }) }
    p = mean { several[1]:forward(x), several[2]:forward(x) }
    assert.is_true(p:gt(0.5):int():equal(mah.ensemble(several):predict(x)))
    assert.near(1, mah.ensemble(several):score(x, p:gt(0.5):int()), 0)
    local numbers = { net(1, { 2, "identity" }), net(2, { 2, "identity" }) }
    p = mean { numbers[1]:forward(x), numbers[2]:forward(x) }
    local ensemble = mah.ensemble(numbers)
    assert.is_true(p:equal(ensemble:predict(x)))
    assert.near(1, ensemble:score(x, p), 1e-12)
    assert.matches("no probabilities", golden.message(function() ensemble:predict_proba(x) end))
  end)

  it("takes fitted classifiers, of two labels or more", function()
    local names = {}
    for i = 1, 60 do names[i] = ({ "a", "b", "c" })[y[i] + 1] end
    local three = { classifier(1, names), classifier(2, names), classifier(3, names) }
    local ensemble = mah.ensemble(three)
    local p = mean { three[1]:predict_proba(x), three[2]:predict_proba(x),
      three[3]:predict_proba(x) }
    assert.is_true(p:equal(ensemble:predict_proba(x)))
    assert.same({ "a", "b", "c" }, ensemble.classes_)
    local predicted, right = ensemble:predict(x), 0
    for i = 1, 60 do
      assert.equal(({ "a", "b", "c" })[p[i]:argmax()], predicted[i])
      right = right + (predicted[i] == names[i] and 1 or 0)
    end
    assert.near(right / 60, ensemble:score(x, names), 1e-12)
    local labels = y:gt(0):int()
    local two = { classifier(1, labels), classifier(2, labels) }
    ensemble = mah.ensemble(two)
    assert.same({ 60, 2 }, ensemble:predict_proba(x).shape)
    assert.is_true(mah.ensemble { two[1] }:predict(x):equal(two[1]:predict(x)))
    local both = mah.stack({ labels, y:gt(1):int() }, 2)
    local several = { classifier(1, both), classifier(2, both) }
    p = mean { several[1]:predict_proba(x), several[2]:predict_proba(x) }
    assert.is_true(p:gt(0.5):int():equal(mah.ensemble(several):predict(x)))
  end)

  it("takes fitted regressors and pipelines", function()
    mah.warnings(false)
    local target = x:select(2, 1) * 2
    local function regressor(seed)
      return mah.MLPRegressor { hidden_layer_sizes = { 4 }, random_state = seed, max_iter = 9 }
        :fit(x, target)
    end
    local two = { regressor(1), regressor(2) }
    local p = mean { two[1]:predict(x), two[2]:predict(x) }
    assert.is_true(p:equal(mah.ensemble(two):predict(x)))
    assert.near(mah.metrics.r2_score(target, p), mah.ensemble(two):score(x, target), 1e-6)
    local function pipeline(seed)
      return mah.Pipeline { { "scale", mah.preprocessing.StandardScaler {} },
        { "clf", mah.MLPClassifier { hidden_layer_sizes = { 3 }, random_state = seed,
          max_iter = 5 } } }:fit(x, y)
    end
    local lines = { pipeline(1), pipeline(2) }
    p = mean { lines[1]:predict_proba(x), lines[2]:predict_proba(x) }
    local ensemble = mah.ensemble(lines)
    assert.is_true(p:equal(ensemble:predict_proba(x)))
    assert.is_true((p:argmax(2) - 1):int():equal(ensemble:predict(x):int()))
    assert.near(p:argmax(2):eq(y + 1):double():mean(), ensemble:score(x, y), 1e-12)
  end)

  it("refuses to score rows that y or the weights do not have", function()
    local says = { x = "ensemble_spec.lua:%d+: ensemble:score: x has 60 rows and y has ",
      weight = "ensemble_spec.lua:%d+: ensemble:score: weight: a vector of 60 numbers" }
    for _, ensemble in ipairs { mah.ensemble { net(1) },
      mah.ensemble { net(1, { 1, "identity" }) } } do
      for rows, wrong in pairs { ["5"] = y:narrow(1, 1, 5), ["3"] = { 1, 2, 3 },
        ["20"] = y:view(20, 3) } do
        assert.matches(says.x .. rows,
          golden.message(function() ensemble:score(x, wrong) end))
      end
      assert.matches(says.weight,
        golden.message(function() ensemble:score(x, y, mah.rand(4)) end))
    end
  end)

  it("says which models do not go together", function()
    for words, models in pairs {
      ["a list of models is expected, got nil"] = false,
      ["a list of models is expected, got a table"] = net(1),
      ["model 2 must be a network or an estimator, got 3"] = { net(1), 3 },
      ["model 2 is a network for cross_entropy with 4 outputs, and model 1"] = { net(1),
        net(1, { 4, "softmax" }) },
      ["model 2 is a classifier of .*, and model 1 a classifier of"] = { classifier(1),
        classifier(1, y:gt(0):int()) },
      ["model 2 is a regressor, and model 1 a network"] = { net(1), mah.MLPRegressor {} },
      ["the list of models is empty"] = {},
      ["a list of models is expected, got a table without"] = { a = net(1) },
      ["model 1 is a classifier that is not fitted"] = { mah.MLPClassifier {} },
      ["model 2 is a classifier that is not fitted"] = { net(1), mah.MLPClassifier {} },
      ["model 1 is an estimator that is not fitted"] = { mah.MLPRegressor {} },
    } do
      assert.matches("ensemble_spec.lua:%d+: mah.ensemble: " .. words,
        golden.message(function() mah.ensemble(models or nil) end))
    end
  end)
end)
