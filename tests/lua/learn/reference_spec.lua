--- Recorded runs of scikit-learn 1.2.1 (float64, no shuffling, first 1000 rows of MNIST): the same
--- start must give the same loss curve, epochs and probabilities. $MAH_REFERENCE names
--- their folder.
local mah = require "mah"

local folder = os.getenv "MAH_REFERENCE"
local has_mnist = os.getenv "MAH_MNIST"

local runs = {
  "adam-identity", "adam-logistic", "adam-relu", "adam-tanh", "alpha-strong", "batch-ragged",
  "deep-tanh-10", "lbfgs-relu", "lbfgs-tanh", "sgd-adaptive", "sgd-invscaling", "sgd-momentum",
  "sgd-nesterov-identity", "sgd-nesterov-logistic", "sgd-nesterov-relu", "sgd-nesterov-tanh",
  "sgd-plain", "stop-early", "stop-tol",
}

local function read(run, name)
  return mah.json.decode(mah.file.read(("%s/%s/%s.json"):format(folder, run, name)))
end

--- Row numbers from 0, picked.
local function rows(set, numbers)
  local index = mah.tensor(numbers, { dtype = "int32" }) + 1
  return set.x:index_select(1, index), set.y:index_select(1, index)
end

local function initial_weights(run, layers, dtype)
  local init = { coefs = {}, intercepts = {} }
  for i = 1, layers do
    init.coefs[i] = mah.load_npy(("%s/%s/W%d.npy"):format(folder, run, i - 1)):to(dtype)
    init.intercepts[i] = mah.load_npy(("%s/%s/b%d.npy"):format(folder, run, i - 1)):to(dtype)
  end
  return init
end

local unknown = { validation_fraction = true }

local function new_classifier(run, config, dtype)
  local params = {}
  for name, value in pairs(config.params) do
    if not unknown[name] and value ~= nil then params[name] = value end
  end
  params.shuffle = false
  params.init = initial_weights(run, #params.hidden_layer_sizes + 1, dtype)
  return mah.MLPClassifier(params)
end

local function check_run(run, data, dtype)
  local config, expected = read(run, "config"), read(run, "expected")
  local clf = new_classifier(run, config, dtype)
  local x, y = data.x, data.y
  if config.train_rows then
    local vx, vy = rows(data, config.validation_rows)
    clf.validation_data = { vx, vy }
    x, y = rows(data, config.train_rows)
  end
  clf:fit(x, y)
  if config.params.solver == "lbfgs" then
    assert.is_true(clf.n_iter_ <= expected.n_iter)
    assert.is_true(clf.loss_ <= math.max(1.05 * expected.loss, 1e-4), run .. ": loss " .. clf.loss_)
    return
  end
  assert.equal(expected.n_iter, clf.n_iter_, run .. ": n_iter")
  assert.equal(dtype, clf.coefs_[1].dtype)
  local tolerance = (run:find "deep" or dtype == "float32") and 2e-3 or 1e-3
  for epoch, loss in ipairs(expected.loss_curve) do
    assert.near(loss, clf.loss_curve_[epoch], tolerance * loss, run .. ": loss of epoch " .. epoch)
  end
  local scores = expected.validation_scores
  for i, score in ipairs(type(scores) == "table" and scores or {}) do
    assert.near(score, clf.validation_scores_[i], 1e-6, run .. ": validation score " .. i)
  end
  local p = clf:predict_proba(data.x:narrow(1, 1, 5))
  for i, row in ipairs(expected.proba_first5) do
    for k, value in ipairs(row) do
      assert.near(value, p[i][k], dtype == "float32" and 3e-3 or 2e-3, run .. ": probability")
    end
  end
  assert.near(expected.accuracy, clf:score(data.x, data.y), 0.0021, run .. ": accuracy")
end

describe("scikit-learn's recorded runs", function()
  if not folder or not has_mnist then
    pending "MAH_REFERENCE and MAH_MNIST are not both set: the recorded runs are not compared"
    return
  end
  mah.warnings(false)
  local data
  setup(function() data = mah.data.take(mah.data.mnist().train, 1000) end)
  for _, run in ipairs(runs) do
    for _, dtype in ipairs { "float64", "float32" } do
      it(run .. " in " .. dtype, function() check_run(run, data, dtype) end)
    end
  end
end)
