--- scikit-learn's multi-layer perceptrons as Mah's estimators: weights, classes and the parameters
--- that both have. The solver's state stays behind: a fit that goes on begins with a new one.
local Classifier = require "mah.learn.estimator.classifier"
local Regressor = require "mah.learn.estimator.regressor"
local rules = require "mah.learn.estimator.parameters"
local values = require "mah.exchange.pickle.values"

local networks = {}

--- Parameters of one name and meaning, which a later fit would use. Values that Mah has not (a
--- generator as random_state, n_iter_no_change = inf) are left to its defaults.
local shared = { alpha = "number", batch_size = "number", beta_1 = "number", beta_2 = "number",
  early_stopping = "boolean", epsilon = "number", learning_rate = "string",
  learning_rate_init = "number", max_fun = "number", max_iter = "number", momentum = "number",
  n_iter_no_change = "number", nesterovs_momentum = "boolean", power_t = "number",
  random_state = "number", shuffle = "boolean", solver = "string", tol = "number",
  validation_fraction = "number", verbose = "boolean", warm_start = "boolean" }

local function parameters(a)
  local given = {}
  for name, kind in pairs(shared) do
    local value = a:get(name)
    local fits = type(value) == kind and pcall(rules.check_value, a.class, name, value)
    if fits then given[name] = value end
  end
  given.activation = a:choice("activation", { "identity", "logistic", "tanh", "relu" }, "relu")
  return given
end

--- The arrays of one of the lists, as they are.
local function layers(a, name, ndim)
  local list, out = a:list(name), {}
  for i = 1, list.n do
    out[i] = a:tensor_of(("%s[%d]"):format(name, i - 1), list[i], ndim)
  end
  return out
end

--- What is known of the last fit.
local function note(a, estimator)
  for _, name in ipairs { "n_iter_", "loss_", "best_loss_", "best_validation_score_" } do
    local value = a:get(name)
    if type(value) == "number" then estimator[name] = value end
  end
  local curve = a:get "loss_curve_"
  if values.is(curve, "list") then estimator.loss_curve_ = a:plain_list("loss_curve_", curve) end
  return estimator
end

local function weights(a, outputs)
  local given = parameters(a)
  given.coefs, given.intercepts = layers(a, "coefs_", 2), layers(a, "intercepts_", 1)
  given.out_activation = a:choice("out_activation_", outputs)
  return given
end

function networks.MLPClassifier(a)
  local given = weights(a, { "softmax", "logistic" })
  given.classes = a:plain_list("classes_", a:need "classes_")
  return note(a, Classifier.from(given, ("%s: MLPClassifier"):format(a.path)))
end

function networks.MLPRegressor(a)
  local given = weights(a, { "identity" })
  return note(a, Regressor.from(given, ("%s: MLPRegressor"):format(a.path)))
end

return networks
