--- What fit, partial_fit and resume do once x and y are as a network wants them: network, solver,
--- rules, trainer, and the attributes that are left behind.
local C = require "mah.base.library"
local Trainer = require "mah.learn.trainer"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local holdout = require "mah.learn.holdout"
local mlp = require "mah.learn.mlp"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local rules = require "mah.learn.estimator.rules"
local solvers = require "mah.learn.solver"
local stop = require "mah.learn.stop"
local tensor = require "mah.tensor"
local warn = require "mah.base.warn"

-- -- The network ----------------------------------------------------------------------------------

--- One value for each hidden layer, from one for all or a list.
local function per_layer(value, n, name, class, is_single)
  if is_single(value) then
    local list = {}
    for i = 1, n do list[i] = value end
    return list
  end
  check.that(#value == n, "mah.%s: %s has %d entries for %d hidden layers", class, name, #value, n)
  return value
end

local function is_one_activation(value) return type(value) == "string" or value.forward ~= nil end
local function is_number(value) return type(value) == "number" end

local function hidden_sizes(estimator)
  local sizes = estimator.hidden_layer_sizes
  if type(sizes) == "number" then sizes = { sizes } end
  for i, units in ipairs(sizes) do
    check.that(options.matches(units, "integer") and units >= 1,
      "mah.%s: hidden_layer_sizes must be > 0, got %s as entry %d", estimator.class,
      check.show(units), i)
  end
  return sizes
end

--- The network's number type: x's, or float64 when the initial weights that were given have it.
local function dtype_of(estimator, problem)
  local coefs = type(estimator.init) == "table" and estimator.init.coefs or {}
  for _, weight in ipairs(coefs) do
    if Type.is_tensor(weight) and weight.dtype == "float64" then return "float64" end
  end
  return problem.x.dtype
end

local function build(estimator, problem)
  local sizes = hidden_sizes(estimator)
  local class = estimator.class
  local activation = per_layer(estimator.activation, #sizes, "activation", class, is_one_activation)
  local dropout = per_layer(estimator.dropout, #sizes, "dropout", class, is_number)
  local layers = { problem.inputs }
  for i, units in ipairs(sizes) do
    layers[i + 1] = { units, activation[i], dropout = dropout[i] }
  end
  layers[#layers + 1] = { problem.outputs, problem.activation }
  layers.dtype, layers.loss = dtype_of(estimator, problem), problem.loss
  layers.init = estimator.init
  layers.seed = estimator.rng
  return mlp.mlp(layers)
end

-- -- Generator, solver, rules ---------------------------------------------------------------------

--- random_state as a generator with NumPy's stream; without one, seeded by the default generator.
local function new_generator(random_state)
  if type(random_state) == "table" then return random.generator(random_state, "random_state") end
  local seed = random_state or random.generator(nil, "random_state"):u32()
  return random.rng(seed, "mt19937")
end

local make_solver = {
  sgd = function(e)
    return solvers.sgd {
      lr = e.learning_rate_init, momentum = e.momentum, nesterov = e.nesterovs_momentum,
    }
  end,
  adam = function(e)
    return solvers.adam {
      lr = e.learning_rate_init, beta_1 = e.beta_1, beta_2 = e.beta_2, epsilon = e.epsilon,
    }
  end,
  lbfgs = function(e) return solvers.lbfgs { gtol = e.tol, max_fun = e.max_fun } end,
}

local function new_solver(estimator)
  local solver = estimator.solver
  if type(solver) ~= "string" then
    if type(solver) == "table" and solver.reset then solver:reset() end
    return solver
  end
  if make_solver[solver] then return make_solver[solver](estimator) end
  check.that(rawget(solvers, solver),
    "mah.%s: solver must be one of adam, sgd, lbfgs or another of mah.solver, or a "
      .. "function; got %s", estimator.class, check.show(solver))
  return solvers[solver] { lr = estimator.learning_rate_init }
end

local function is_full_batch(solver)
  return type(solver) == "table" and solver.full_batch == true
end

--- The rules of the parameters, in scikit-learn's order: no improvement comes before max_iter.
local function new_rule(estimator, solver, first)
  local list = { stop.diverged(), estimator.stop }
  local watched = estimator.early_stopping and "val_score" or "loss"
  if estimator.early_stopping and estimator.early_stopping_patience then
    list[#list + 1] = rules.patience(estimator.early_stopping_patience, estimator.tol)
  elseif estimator.early_stopping or not is_full_batch(solver) then
    list[#list + 1] = rules.no_change {
      of = watched, tol = estimator.tol, n_iter_no_change = estimator.n_iter_no_change,
      adaptive = estimator.solver == "sgd" and estimator.learning_rate == "adaptive",
    }
  end
  list[#list + 1] = rules.max_iter(estimator.max_iter, first)
  return stop.any(list)
end

local function new_schedule(estimator)
  if estimator.schedule then return estimator.schedule end
  if estimator.solver == "sgd" and estimator.learning_rate == "invscaling" then
    return rules.invscaling(estimator.power_t)
  end
end

-- -- Rows -----------------------------------------------------------------------------------------

local function pick(problem, index)
  index = index + 1
  return {
    x = problem.x:index_select(1, index), y = problem.y:index_select(1, index),
    weight = problem.weight and problem.weight:index_select(1, index) or nil,
  }
end

--- Row numbers to train on and to hold out (nil: none), int32 from 0. Stratified for any number of
--- classes; compat = "sklearn" stratifies two classes only, as scikit-learn does.
local function divide(estimator, problem)
  if problem.validation or not estimator.early_stopping then
    return tensor.arange(0, problem.rows - 1, { dtype = "int32" }), nil
  end
  local held = math.ceil(estimator.validation_fraction * problem.rows)
  check.that(held >= 2, "mah.%s: the validation set is too small (%d rows). "
    .. "Increase validation_fraction or the size of your dataset", estimator.class, held)
  local classes = problem.labels
  if estimator.compat == "sklearn" and #estimator.classes_ > 2 then classes = nil end
  return holdout(problem.rows, estimator.validation_fraction, estimator.rng, classes)
end

--- Can the rows that `previous` trained on and held out serve again? Then a warm start does not
--- train on what it validated with before.
local function has_same_rows(estimator, problem, previous)
  local holds_out = estimator.early_stopping and not problem.validation
  return previous and previous.rows == problem.rows and holds_out == (previous.held ~= nil)
end

local function batch_size_of(estimator, solver, rows)
  if is_full_batch(solver) then return rows end
  local size = estimator.batch_size
  if size == "auto" then return math.min(200, rows) end
  check.that(type(size) == "number", "mah.%s: batch_size must be an integer or 'auto'; got %s",
    estimator.class, check.show(size))
  if size > rows then
    warn("mah.%s: batch_size = %d is clipped to the %d training rows", estimator.class, size, rows)
  end
  return math.min(size, rows)
end

-- -- Before and after -----------------------------------------------------------------------------

--- A trainer for the problem; goes on with solver, curves and best weights where `previous` left
--- them. warm: only the curves and the counters (scikit-learn's warm_start); otherwise the
--- solver too.
local function new_trainer(estimator, problem, previous, warm)
  local solver = previous and not warm and previous.settings.solver or new_solver(estimator)
  local order, held
  if has_same_rows(estimator, problem, previous) then
    order, held = previous.order, previous.held
  else
    order, held = divide(estimator, problem)
  end
  local validation = problem.validation or held and pick(problem, held) or nil
  local trainer = Trainer.new(estimator.network, problem, {
    solver = solver,
    batch_size = batch_size_of(estimator, solver, #order),
    schedule = previous and not warm and previous.settings.schedule or new_schedule(estimator),
    score = estimator.scoring,
    shuffle = estimator.shuffle and not is_full_batch(solver),
    l1 = estimator.l1, l2 = estimator.alpha, max_iter = estimator.max_iter,
    clip_norm = estimator.clip_norm, clip_value = estimator.clip_value,
    on_epoch = estimator.on_epoch, on_batch = estimator.on_batch,
    verbose = estimator.verbose and estimator.verbose ~= 0,
  }, order, validation, estimator.rng)
  trainer.rows, trainer.held = problem.rows, held
  if previous then trainer:continue(previous, warm) end
  return trainer
end

local function smallest(list)
  local best = math.huge
  for _, v in ipairs(list) do best = v < best and v or best end
  return best
end

local fit = {}

--- The attributes that follow from the network and the curves alone.
function fit.leave_network_attributes(estimator, history)
  local net = estimator.network
  estimator.coefs_, estimator.intercepts_ = {}, {}
  for i, layer in ipairs(net.layers) do
    estimator.coefs_[i], estimator.intercepts_[i] = layer.weight, layer.bias
  end
  estimator.n_layers_, estimator.n_features_in_ = #net.layers + 1, net.inputs
  estimator.history_, estimator.loss_curve_ = history, history.loss
  estimator.validation_scores_, estimator.validation_losses_ = history.val_score, history.val_loss
end

--- The fitted attributes, under scikit-learn's names.
local function leave_attributes(estimator, problem, trainer, first)
  local history = trainer.history
  fit.leave_network_attributes(estimator, history)
  estimator.n_outputs_, estimator.out_activation_ = problem.outputs, problem.activation
  estimator.loss_ = history.loss[#history.loss]
  estimator.n_iter_ = trainer.epoch - first
  estimator.t_ = trainer.samples
  estimator.best_validation_score_ = estimator.early_stopping and trainer.best.score or nil
  estimator.best_loss_ = not estimator.early_stopping and smallest(history.loss) or nil
  estimator.trainer = trainer
end

local function check_weights(estimator)
  local ok = pcall(function()
    check.status(C.mah_batch_check_finite(estimator.network.params, "weights"))
  end)
  check.that(ok, "mah.%s: solver produced non-finite parameter weights. "
    .. "The input data may contain large values and need to be preprocessed", estimator.class)
end

local function warn_unless_converged(estimator, reason)
  if reason.rule ~= "max_iter" then return end
  warn("mah.%s: %s: maximum iterations (%d) reached and the optimization hasn't converged yet",
    estimator.class, estimator.solver == "lbfgs" and "lbfgs" or "stochastic optimizer",
    estimator.max_iter)
end

--- What predict, score and resume need, also when Ctrl-C or an error of on_epoch ends the fit.
local function leave_progress(estimator, problem, trainer)
  fit.leave_network_attributes(estimator, trainer.history)
  estimator.n_outputs_, estimator.out_activation_ = problem.outputs, problem.activation
  estimator.trainer = trainer
end

--- A whole fit.
--- problem: {x, y, weight, rows, inputs, outputs, activation, loss, labels, validation}.
function fit.run(estimator, problem, resume)
  local previous = (estimator.warm_start or resume) and estimator.network
    and estimator.trainer or nil
  if not previous then
    estimator.rng = new_generator(estimator.random_state)
    estimator.network = build(estimator, problem)
  end
  local trainer = new_trainer(estimator, problem, previous, not resume)
  local first = resume and 0 or trainer.epoch
  trainer.settings.stop = new_rule(estimator, trainer.settings.solver, first)
  leave_progress(estimator, problem, trainer)
  local reason = trainer:run()
  if estimator.early_stopping then trainer:restore_best() end
  leave_attributes(estimator, problem, trainer, first)
  estimator.stop_reason_ = reason
  check_weights(estimator)
  warn_unless_converged(estimator, reason)
end

--- One epoch with mini-batches over the given rows.
function fit.partial(estimator, problem)
  check.that(not estimator.early_stopping,
    "mah.%s: partial_fit does not support early_stopping = true", estimator.class)
  if not estimator.network then
    estimator.rng = new_generator(estimator.random_state)
    estimator.network = build(estimator, problem)
  end
  local trainer = new_trainer(estimator, problem, estimator.trainer, false)
  check.that(not is_full_batch(trainer.settings.solver),
    "mah.%s: partial_fit is only available for stochastic optimizers; %s is not stochastic",
    estimator.class, tostring(estimator.solver))
  trainer.settings.stop = new_rule(estimator, trainer.settings.solver, 0)
  local s = trainer:run_epoch()
  trainer.settings.stop(s) -- it may lower the adaptive learning rate
  leave_attributes(estimator, problem, trainer, 0)
  check_weights(estimator)
end

return fit
