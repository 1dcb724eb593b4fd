--- The estimators' parameters: scikit-learn's names, defaults and ranges, and ours.
local options = require "mah.base.options"
local warn = require "mah.base.warn"

local parameters = {}

--- scikit-learn's (1.2 to 1.9), the same for classifier and regressor.
local shared = {
  hidden_layer_sizes = { { 100 }, "integer|table" },
  activation = { "relu", "string|table" },
  solver = { "adam", "string|callable" },
  alpha = { 1e-4, "number", "[0, inf)" },
  batch_size = { "auto", "integer|string", "[1, inf)" },
  learning_rate = { "constant", { "constant", "invscaling", "adaptive" } },
  learning_rate_init = { 1e-3, "number", "(0, inf)" },
  power_t = { 0.5, "number", "[0, inf)" },
  max_iter = { 200, "integer", "[1, inf)" },
  shuffle = { true, "boolean" },
  random_state = { nil, "integer|table", "[0, 4294967295]" },
  tol = { 1e-4, "number", "[0, inf)" },
  verbose = { false, "boolean|integer", "[0, inf)" },
  warm_start = { false, "boolean" },
  momentum = { 0.9, "number", "[0, 1]" },
  nesterovs_momentum = { true, "boolean" },
  early_stopping = { false, "boolean" },
  validation_fraction = { 0.1, "number", "[0, 1)" },
  beta_1 = { 0.9, "number", "[0, 1)" },
  beta_2 = { 0.999, "number", "[0, 1)" },
  epsilon = { 1e-8, "number", "(0, inf)" },
  n_iter_no_change = { 10, "number", "[1, inf]" },
  max_fun = { 15000, "integer", "[1, inf)" },
  -- beyond scikit-learn
  dropout = { 0, "number|table", "[0, 1)" },
  init = { nil, "string|table" },
  early_stopping_patience = { nil, "integer", "[1, inf)" },
  validation_data = { nil, "table" },
  scoring = { nil, "callable" },
  stop = { nil, "callable" },
  schedule = { nil, "callable" },
  l1 = { 0, "number", "[0, inf)" },
  clip_norm = { nil, "number", "(0, inf)" },
  clip_value = { nil, "number", "(0, inf)" },
  on_epoch = { nil, "callable" },
  on_batch = { nil, "callable" },
  compat = { nil, { "sklearn" } },
}

local function with(extra)
  local rules = {}
  for name, rule in pairs(shared) do rules[name] = rule end
  for name, rule in pairs(extra) do rules[name] = rule end
  return rules
end

parameters.rules = {
  MLPClassifier = with { class_weight = { nil, "string|table" } },
  MLPRegressor = with {
    loss = { "squared_error", { "squared_error", "poisson", "absolute_error", "huber" } },
  },
}

--- Which parameters a solver does not look at; scikit-learn ignores them without a word.
local sgd_only = { "momentum", "nesterovs_momentum", "learning_rate", "power_t" }
local adam_only = { "beta_1", "beta_2", "epsilon" }
local lbfgs_only = { "max_fun" }
local stochastic_only = { "batch_size", "shuffle", "n_iter_no_change", "learning_rate_init" }

local ignored = {
  sgd = { adam_only, lbfgs_only },
  adam = { sgd_only, lbfgs_only },
  lbfgs = { sgd_only, adam_only, stochastic_only },
}

--- Warns about each parameter that was changed and that the solver will ignore.
local function warn_about_ignored(estimator, class)
  for _, names in ipairs(ignored[estimator.solver] or {}) do
    for _, name in ipairs(names) do
      if estimator[name] ~= parameters.rules[class][name][1] then
        warn("%s: %s is ignored by the solver '%s'", class, name, tostring(estimator.solver))
      end
    end
  end
  if not estimator.early_stopping and estimator.early_stopping_patience then
    warn("%s: early_stopping_patience is ignored without early_stopping", class)
  end
end

--- The parameters of `estimator` as a new table, checked; unknown names, types and ranges
--- are errors.
---@param given table
---@param class "MLPClassifier"|"MLPRegressor"
function parameters.read(given, class)
  return options(given, parameters.rules[class], "mah." .. class)
end

--- Checks the parameters as they are now (they may have been set one by one), before a fit.
function parameters.check(estimator, class)
  local now = {}
  for name in pairs(parameters.rules[class]) do now[name] = rawget(estimator, name) end
  options(now, parameters.rules[class], "mah." .. class)
  warn_about_ignored(estimator, class)
end

return parameters
