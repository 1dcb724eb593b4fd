-- MLPClassifier and MLPRegressor with norms, residual connections and noise.
local golden = require "golden"
local mah = require "mah"

local data = mah.data.digits { n = 500, seed = 4 }
local x, y = data.train.x, data.train.y

local function new(more)
  local given = { hidden_layer_sizes = { 12, 12 }, activation = "tanh", norm = "batch",
    residual = true, noise = 0.1, dropout = 0.1, max_iter = 3, random_state = 1 }
  for name, value in pairs(more or {}) do given[name] = value end
  return mah.MLPClassifier(given)
end

local function same(a, b)
  assert.is_true(a.network.params:equal(b.network.params))
  assert.is_true(a.network.buffers:equal(b.network.buffers))
end

describe("an estimator with norms, residual connections and noise", function()
  local path
  setup(function()
    mah.warnings(false)
    path = os.tmpname() .. ".safetensors"
  end)
  teardown(function()
    mah.warnings(true)
    os.remove(path)
  end)

  it("has the network of mah.mlp", function()
    local clf = new():fit(x, y)
    assert.equal("784 -> 12 tanh (noise 0.1, batch norm, dropout 0.1) -> 12 tanh (noise 0.1, "
      .. "batch norm, dropout 0.1, residual) -> 10 softmax, 9754 parameters",
      tostring(clf.network))
    assert.is_true(clf:predict_proba(x):equal(clf.network:forward(x)))
    assert.is_true(clf.coefs_[2]:equal(clf.network.layers[2].weight))
    local params = clf:get_params()
    assert.same({ "batch", true, 0.1 }, { params.norm, params.residual, params.noise })
    assert.equal(4, clf.n_layers_)
  end)

  it("begins with the weights of one without", function()
    local plain = mah.MLPClassifier { hidden_layer_sizes = { 12, 12 }, activation = "tanh",
      max_iter = 1, random_state = 1, learning_rate_init = 1e-30 }:fit(x, y)
    local deep = new { max_iter = 1, learning_rate_init = 1e-30 }:fit(x, y)
    for i = 1, 3 do golden.close(plain.coefs_[i], deep.coefs_[i], 1e-12) end
  end)

  it("goes on from where it was, to the same bits, from a file too", function()
    local whole = new { max_iter = 6 }:fit(x, y)
    local half = new():fit(x, y):save(path)
    half:set_params { max_iter = 6 }
    same(whole, half:resume(x, y))
    local loaded = mah.load(path)
    assert.equal("batch", loaded.norm)
    loaded:set_params { max_iter = 6 }
    same(whole, loaded:resume(x, y))
    assert.is_true(loaded:predict_proba(x):equal(whole:predict_proba(x)))
  end)

  it("restores the best weights with their statistics", function()
    local clf = new { early_stopping = true, max_iter = 6, noise = 0 }:fit(x, y)
    local held = clf.trainer.validation
    assert.equal(clf.best_validation_score_, clf.network:score(held.x, held.y))
    clf:save(path)
    assert.is_true(mah.load(path):predict_proba(x):equal(clf:predict_proba(x)))
  end)

  it("takes changes of noise and residual on a warm start, and none of norms", function()
    local clf = new { warm_start = true }:fit(x, y)
    local before = clf.network
    clf:set_params { noise = { 0, 0.3 }, residual = false }
    clf:fit(x, y)
    assert.is_false(rawequal(before, clf.network))
    assert.equal("784 -> 12 tanh (batch norm, dropout 0.1) -> 12 tanh (noise 0.3, batch norm, "
      .. "dropout 0.1) -> 10 softmax, 9754 parameters", tostring(clf.network))
    clf:set_params { norm = "layer" }
    local said = golden.message(function() clf:fit(x, y) end)
    assert.is_truthy(said:find('norm is "layer" and was "batch"', 1, true), said)
  end)

  it("may be of two classes, several labels and several numbers", function()
    local two = new():fit(x, y:gt(4):int())
    assert.is_true(two:score(x, y:gt(4):int()) > 0.6)
    local labels = mah.stack({ y:gt(4):int(), y:remainder(2):int() }, 2)
    assert.same({ #x, 2 }, new():fit(x, labels):predict(x).shape)
    local rows = mah.rand({ 80, 3 }, { rng = 1 })
    local targets = mah.stack({ rows:sum(2), rows:sum(2) * 2 }, 2)
    local regressor = mah.MLPRegressor { hidden_layer_sizes = { 16, 16 }, norm = "layer",
      residual = true, max_iter = 150, random_state = 1, learning_rate_init = 0.01 }
    assert.is_true(regressor:fit(rows, targets):score(rows, targets) > 0.9)
  end)

  it("refuses what cannot be", function()
    for _, mistake in ipairs {
      { { norm = "bacth" }, "did you mean 'batch'" },
      { { noise = -1 }, "noise must be a number or a table in [0, inf)" },
      { { noise = { 0.1, "a" } }, 'got "a" as entry 2' },
      { { residual = 1 }, "residual must be a boolean" },
      { { norm = "batch", compat = "sklearn" }, "scikit-learn does, which has no norm" },
    } do
      local said = golden.message(function()
        local made = mah.MLPClassifier(mistake[1])
        return made
      end)
      assert.is_truthy(said:find(mistake[2], 1, true), said)
    end
    local said = golden.message(function() new { noise = { 0.1 } }:fit(x, y) end)
    assert.is_truthy(said:find("noise has 1 entries for 2 hidden layers", 1, true), said)
    said = golden.message(function() new { solver = "lbfgs" }:fit(x, y) end)
    assert.is_truthy(said:find("does not go with random numbers", 1, true), said)
  end)
end)
