--- The estimators' parameters: scikit-learn's names, defaults and ranges, and ours.
local Augmentation = require "mah.data.augmentation"
local activations = require "mah.learn.activation"
local averaging = require "mah.learn.averaging"
local check = require "mah.base.check"
local common = require "mah.learn.training_rules"
local initialize = require "mah.learn.initializer"
local options = require "mah.base.options"
local solver_rule = require "mah.learn.solver.rule"
local solvers = require "mah.learn.solver"
local text = require "mah.base.text"
local warn = require "mah.base.warn"

local parameters = {}

local OF_ADAM = "of adam, adamw, nadam and radam: "
local SOLVERS = activations.list(solvers)

--- scikit-learn's (1.2 to 1.9), the same for classifier and regressor.
local shared = {
  hidden_layer_sizes = { { 100 }, "integer|table", nil, "units of the hidden layers: a list, or a "
    .. "number for one layer; {}: none, a linear model" },
  activation = { "relu", "string|table", nil, "of the hidden layers: one, or a list with one for "
    .. "each: " .. activations.hidden_names() .. "; or {forward = f(z) -> y, backward = f(y, dy, "
    .. "z) -> dz, name =}" },
  solver = { "adam", "string|callable", nil, SOLVERS .. ", with the settings below; or one of "
    .. "mah.solver's or a function (evaluate, w) -> loss, with their own" },
  alpha = { 1e-4, "number", "[0, inf)", "penalty on the squares of the weights (no biases), a part "
    .. "of the loss: alpha/2 sum W^2 / rows of the batch" },
  batch_size = { "auto", "integer|string", "[1, inf)", "rows of a mini-batch; \"auto\": 200, or "
    .. "all where there are fewer. lbfgs, cg and levenberg_marquardt take all" },
  learning_rate = { "constant", { "constant", "invscaling", "adaptive" }, nil, "of sgd. constant: "
    .. "learning_rate_init; invscaling: divided by (rows seen + 1)^power_t; adaptive: divided by 5 "
    .. "in the place of an end by n_iter_no_change, until it is at most 1e-6" },
  learning_rate_init = { 1e-3, "number", "(0, inf)", "the solver's learning rate, at first" },
  power_t = { 0.5, "number", "[0, inf)", "exponent of learning_rate = \"invscaling\"" },
  max_iter = { 200, "integer", "[1, inf)", "most epochs of a fit; of lbfgs, cg and "
    .. "levenberg_marquardt iterations" },
  shuffle = common.shuffle,
  random_state = { nil, "integer|table", "[0, 4294967295]", "seed of weights, split, orders and "
    .. "noise, with NumPy's stream, or a generator (mah.rng); nil: one that the default generator "
    .. "draws" },
  tol = { 1e-4, "number", "[0, inf)", "the least gain in loss or score that counts, see "
    .. "n_iter_no_change; of lbfgs and cg the largest element of the gradient at the end" },
  verbose = { false, "boolean|integer", "[0, inf)", "progress on stderr" },
  warm_start = { false, "boolean", nil, "fit goes on from the weights of the last fit, with a new "
    .. "solver; false: it starts anew" },
  momentum = { 0.9, "number", "[0, 1]", "of sgd: share of the last step that is made again" },
  nesterovs_momentum = { true, "boolean", nil, "of sgd: the step looks ahead along the momentum" },
  early_stopping = { false, "boolean", nil, "hold out validation_fraction of the rows, end when "
    .. "their score stalls, and keep the weights of the best epoch" },
  validation_fraction = { 0.1, "number", "[0, 1)", "share of the rows that early_stopping holds "
    .. "out; a classifier's class by class" },
  beta_1 = { 0.9, "number", "[0, 1)", OF_ADAM .. solver_rule.texts.beta_1 },
  beta_2 = { 0.999, "number", "[0, 1)", OF_ADAM .. solver_rule.texts.beta_2 },
  epsilon = { 1e-8, "number", "(0, inf)", OF_ADAM .. solver_rule.texts.epsilon },
  n_iter_no_change = { 10, "number", "[1, inf]", "epochs in a row with a gain of less than tol in "
    .. "the loss, or with early_stopping in the score, that the fit lets pass: it ends at one "
    .. "more; inf: never" },
  max_fun = { 15000, "integer", "[1, inf)", "most evaluations of lbfgs, cg and "
    .. "levenberg_marquardt" },
  -- beyond scikit-learn
  dropout = { 0, "number|table", "[0, 1)", "share of the units that each step of the training "
    .. "drops: for all hidden layers, or a list" },
  norm = { nil, { "batch", "layer" }, nil, "of the hidden layers: mah.nn.batch_norm or layer_norm "
    .. "between linear map and activation; nil: none" },
  residual = { false, "boolean", nil, "hidden layers with as many units as inputs add their input "
    .. "to their output" },
  noise = { 0, "number|table", "[0, inf)", "standard deviation of normal noise that is added to "
    .. "the input of hidden layers in training: for all, or a list" },
  max_norm = { nil, "number|table", "(0, inf]", "longest vector of weights into a unit, to which "
    .. "longer ones are scaled back after each step: for all hidden layers, or a list; nil: no "
    .. "limit" },
  init = { nil, "string|table", nil, initialize.text .. "; nil: glorot_uniform" },
  early_stopping_patience = { nil, "integer", "[1, inf)", "with early_stopping, in the place of "
    .. "n_iter_no_change: the fit ends at this many epochs in a row with a gain of less than tol "
    .. "in the score" },
  -- its short name: see parameters.patience
  patience = { nil, "integer", "[1, inf)", "short for early_stopping_patience, which counts where "
    .. "both are given" },
  validation_data = { nil, "table", nil, "{x, y} or {x =, y =}: rows that are judged after each "
    .. "epoch; with early_stopping they decide, and none are held out" },
  scoring = { nil, "string|callable", nil, "the validation score: a scorer or its name (see "
    .. "mah.metrics.get_scorer), or a function (estimator, x, y) -> number, of which more is "
    .. "better; nil: accuracy, of a regressor R2" },
  stop = { nil, "callable", nil, "a rule of mah.stop's or a function (s) -> false | reason, asked "
    .. "after each epoch beside the estimator's own" },
  schedule = { nil, "callable", nil, "the learning rate before each epoch or step: one of "
    .. "mah.schedule's or a function (s) -> rate; nil: as learning_rate says" },
  l1 = common.l1,
  clip_norm = common.clip_norm,
  clip_value = common.clip_value,
  average = common.average,
  accumulate = common.accumulate,
  augment = common.augment,
  groups = common.groups,
  freeze = common.freeze,
  on_epoch = common.on_epoch,
  on_batch = common.on_batch,
  threads = common.threads,
  distributed = common.distributed,
  compat = { nil, { "sklearn" }, nil, "\"sklearn\": do as scikit-learn 1.2.1 where it does "
    .. "something else than it says; nil: do what it says (mah.MLPClassifier lists both)" },
}

--- How many epochs in a row early stopping lets pass without a gain, by either name; nil where
--- n_iter_no_change decides, which lets one more pass. `early_stopping_patience` is the name of the
--- report that the studies check, `patience` that of mah.stop.no_improvement; the long one wins.
---@return integer|nil
function parameters.patience(e) return e.early_stopping_patience or e.patience end

local function with(extra)
  local rules = {}
  for name, rule in pairs(shared) do rules[name] = rule end
  for name, rule in pairs(extra) do rules[name] = rule end
  return rules
end

parameters.rules = {
  MLPClassifier = options.declare("mah.MLPClassifier",
    with { class_weight = { nil, "string|table", nil, "what rows count by their class: "
      .. "\"balanced\", N / (K rows of the class), or {label = weight}, 1 where one is missing; "
      .. "nil: all alike" } }),
  MLPRegressor = options.declare("mah.MLPRegressor",
    with { loss = { activations.regression[1], activations.regression, nil, "the mean that the fit "
      .. "makes small, of squares with a factor 1/2; outputs are exp(...) with poisson, else as "
      .. "they are" } }),
}

--- Who looks at a parameter; scikit-learn's other solvers ignore it without a word. "..." stands
--- for all others by name but those of full batches.
local like_adam = { adam = true, adamw = true, nadam = true, radam = true }
local readers = {
  momentum = { sgd = true }, nesterovs_momentum = { sgd = true },
  learning_rate = { sgd = true }, power_t = { sgd = true },
  beta_1 = like_adam, beta_2 = like_adam, epsilon = like_adam,
  max_fun = { lbfgs = true, cg = true, levenberg_marquardt = true },
  learning_rate_init = { ["..."] = true },
}

--- What makes a full batch of all rows, and does not stop by the loss, has no use for these.
local not_for_full_batches = {
  "batch_size", "shuffle", "n_iter_no_change", "clip_norm", "clip_value", "accumulate",
}

--- Does the solver of that name take all rows at once?
---@param solver any
---@return boolean
function parameters.is_full_batch(solver)
  return type(solver) == "string" and rawget(solvers, solver) ~= nil
    and solvers[solver]().full_batch == true
end

local function reads(solver, name)
  local who = readers[name]
  if type(solver) ~= "string" then return false end -- a solver object has its own
  return who[solver] or who["..."] and not parameters.is_full_batch(solver)
end

--- Parameters without effect, given what the others say: {name, why}.
local function without_effect(e)
  local list = {}
  local function add(name, condition, why)
    if condition then list[#list + 1] = { name, why } end
  end
  local solver = type(e.solver) == "string" and ("by the solver '%s'"):format(e.solver)
    or "by a solver of one's own"
  for name in pairs(readers) do add(name, not reads(e.solver, name), solver) end
  local is_full_batch = parameters.is_full_batch(e.solver)
  for _, name in ipairs(not_for_full_batches) do
    add(name, is_full_batch and not (name == "n_iter_no_change" and e.early_stopping), solver)
  end
  add("early_stopping_patience", not e.early_stopping, "without early_stopping")
  add("patience", not e.early_stopping, "without early_stopping")
  add("n_iter_no_change", e.early_stopping and parameters.patience(e),
    "beside early_stopping_patience")
  add("validation_fraction", not e.early_stopping, "without early_stopping")
  add("validation_fraction", e.validation_data, "beside validation_data")
  add("scoring", not e.early_stopping and not e.validation_data, "without validation")
  add("learning_rate", e.schedule, "beside schedule")
  return list
end

--- Warns about each parameter that was changed and has no effect.
local function warn_about_ignored(estimator, class)
  local rules = parameters.rules[class]
  for _, pair in ipairs(without_effect(estimator)) do
    local name, why = pair[1], pair[2]
    if estimator[name] ~= rules[name][1] then warn("%s: %s is ignored %s", class, name, why) end
  end
end

-- -- What the rules cannot say -------------------------------------------------------------------

--- Complains unless the table is a list without holes.
local function check_list(list, name, where)
  for key in pairs(list) do
    check.that(type(key) == "number" and key >= 1 and key <= #list and key % 1 == 0,
      "%s: %s must be a list; got the key %s", where, name, check.show(key))
  end
end

local function check_solver(solver, where)
  if type(solver) ~= "string" or rawget(solvers, solver) then return end
  check.raise("%s: solver must be one of adam, sgd, lbfgs or another of mah.solver, or a function; "
    .. "got %s%s", where, check.show(solver), options.did_you_mean(solver, solvers))
end

local further = { solver = check_solver }

function further.hidden_layer_sizes(sizes, where)
  if type(sizes) == "number" then sizes = { sizes } end
  check_list(sizes, "hidden_layer_sizes", where)
  for i, units in ipairs(sizes) do
    check.that(options.matches(units, "integer") and units >= 1,
      "%s: hidden_layer_sizes must be > 0, got %s as entry %d", where, check.show(units), i)
  end
end

function further.activation(activation, where)
  if type(activation) == "string" or activation.forward ~= nil then activation = { activation } end
  check_list(activation, "activation", where)
  for _, one in ipairs(activation) do activations.read_hidden(one, where) end
end

function further.dropout(dropout, where)
  if type(dropout) == "number" then return end
  check_list(dropout, "dropout", where)
  for i, rate in ipairs(dropout) do
    check.that(type(rate) == "number" and rate >= 0 and rate < 1,
      "%s: dropout must be a number in [0, 1); got %s as entry %d", where, check.show(rate), i)
  end
end

function further.noise(noise, where)
  if type(noise) == "number" then return end
  check_list(noise, "noise", where)
  for i, std in ipairs(noise) do
    check.that(type(std) == "number" and std >= 0 and std < math.huge,
      "%s: noise must be a number >= 0; got %s as entry %d", where, check.show(std), i)
  end
end

function further.max_norm(limit, where)
  if type(limit) == "number" then return end
  check_list(limit, "max_norm", where)
  for i, one in ipairs(limit) do
    check.that(type(one) == "number" and one > 0,
      "%s: max_norm must be a number > 0; got %s as entry %d", where, check.show(one), i)
  end
end

function further.average(average, where)
  local ok, problem = pcall(averaging.expect, average)
  if not ok then check.raise("%s: %s", where, text.without_place(problem)) end
end

function further.augment(augment, where) Augmentation.expect(augment, where .. ": augment") end

function further.batch_size(size, where)
  check.that(type(size) == "number" or size == "auto",
    "%s: batch_size must be an integer or 'auto'; got %s", where, check.show(size))
end

function further.n_iter_no_change(n, where)
  check.that(n == math.huge or n % 1 == 0, "%s: n_iter_no_change must be an integer or inf; got %s",
    where, tostring(n))
end

function further.class_weight(weight, where)
  check.that(type(weight) == "table" or weight == "balanced",
    "%s: class_weight must be \"balanced\" or a table; got %s", where, check.show(weight))
  for label, value in pairs(type(weight) == "table" and weight or {}) do
    check.that(type(value) == "number" and value >= 0 and value < math.huge,
      "%s: class_weight of %s must be a number >= 0; got %s", where, tostring(label),
      check.show(value))
  end
end

--- Complains unless the parameter may have this value.
---@param class "MLPClassifier"|"MLPRegressor"
function parameters.check_value(class, name, value)
  local where = "mah." .. class
  options.check(name, value, parameters.rules[class][name], where)
  if further[name] then further[name](value, where) end
end

--- The given parameters and the defaults of the others as a new table; unknown names, types and
--- ranges are errors.
---@param given table
---@param class "MLPClassifier"|"MLPRegressor"
function parameters.read(given, class)
  local all = options(given, parameters.rules[class], "mah." .. class)
  for _, name in ipairs { "norm", "residual", "noise" } do
    check.that(all.compat ~= "sklearn" or all[name] == parameters.rules[class][name][1],
      "mah.%s: compat = \"sklearn\" does as scikit-learn does, which has no %s", class, name)
  end
  for name, look in pairs(further) do
    if all[name] ~= nil then look(all[name], "mah." .. class) end
  end
  return all
end

--- Checks the parameters as they are now, before a fit: tables among them may have been changed.
function parameters.check(estimator, class)
  parameters.read(estimator:get_params(), class)
  warn_about_ignored(estimator, class)
end

return parameters
