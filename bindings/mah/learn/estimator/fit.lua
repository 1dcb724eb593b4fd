--- What fit, partial_fit and resume do once x and y are as a network wants them: network, solver,
--- rules, trainer, and the attributes that are left behind.
local C = require "mah.base.library"
local Trainer = require "mah.learn.trainer"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local holdout = require "mah.learn.holdout"
local labels = require "mah.data.labels"
local mlp = require "mah.learn.mlp"
local options = require "mah.base.options"
local parameters = require "mah.learn.estimator.parameters"
local random = require "mah.tensor.random"
local scoring = require "mah.learn.metrics.scoring"
local schedules = require "mah.learn.schedule"
local solvers = require "mah.learn.solver"
local stop = require "mah.learn.stop"
local stopping = require "mah.learn.estimator.stopping"
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
  for key in pairs(sizes) do
    check.that(type(key) == "number" and key >= 1 and key <= #sizes,
      "mah.%s: hidden_layer_sizes must be a list; got the key %s", estimator.class,
      check.show(key))
  end
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

local function build(estimator, problem, rng)
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
  layers.seed = rng
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
  adamw = function(e)
    return solvers.adamw { lr = e.learning_rate_init, beta_1 = e.beta_1, beta_2 = e.beta_2,
      epsilon = e.epsilon }
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
  local hint = options.nearest(solver, solvers)
  check.that(rawget(solvers, solver),
    "mah.%s: solver must be one of adam, sgd, lbfgs or another of mah.solver, or a "
      .. "function; got %s%s", estimator.class, check.show(solver),
    hint and (" (did you mean '%s'?)"):format(hint) or "")
  return solvers[solver] { lr = estimator.learning_rate_init }
end

local function is_full_batch(solver)
  return type(solver) == "table" and solver.full_batch == true
end

--- The rules of the parameters, in scikit-learn's order: no improvement comes before max_iter.
local function new_rule(estimator, solver, first)
  local list = { stop.diverged(), estimator.stop }
  local watched = estimator.early_stopping and "val_score" or "loss"
  local patience = parameters.patience(estimator)
  if estimator.early_stopping and patience then
    list[#list + 1] = stopping.patience(patience, estimator.tol)
  elseif estimator.early_stopping or not is_full_batch(solver) then
    list[#list + 1] = stopping.no_change {
      of = watched, tol = estimator.tol, n_iter_no_change = estimator.n_iter_no_change,
      adaptive = estimator.solver == "sgd" and estimator.learning_rate == "adaptive",
    }
  end
  list[#list + 1] = stopping.max_iter(estimator.max_iter, first)
  return stop.any(list)
end

--- scikit-learn's inverse scaling: lr_init / (t + 1)^power_t, t the samples seen so far (not
--- epochs); the first epoch of a fit runs at lr_init.
local function invscaling(power_t)
  local scaled = schedules.inverse_scaling { power = power_t, of = "samples" }
  return function(s) return s.epoch == s.first_epoch and s.lr or scaled(s) end
end

local function new_schedule(estimator, solver)
  if estimator.schedule then
    check.that(type(solver) == "table" and solver.lr and not is_full_batch(solver),
      "mah.%s: a schedule needs a stochastic solver with a learning rate", estimator.class)
    return estimator.schedule
  end
  if estimator.solver == "sgd" and estimator.learning_rate == "invscaling" then
    return invscaling(estimator.power_t)
  end
end

-- -- Rows -----------------------------------------------------------------------------------------

--- Row numbers to train on and to hold out (nil: none), int32 from 0. Stratified for any number of
--- classes; compat = "sklearn" stratifies two classes only, as scikit-learn does.
local function divide(estimator, problem, rng)
  local holds_out = estimator.early_stopping and not problem.validation
  local share = holds_out and estimator.validation_fraction or nil
  local held = share and math.ceil(share * problem.rows)
  check.that(not share or held >= 2, "mah.%s: the validation set is too small (%d rows). "
    .. "Increase validation_fraction or the size of your dataset", estimator.class, held or 0)
  local strata = problem.labels
  if strata and estimator.compat == "sklearn" and #problem.classes > 2 then strata = nil end
  return holdout.split(problem.rows, share, rng, strata)
end

--- Can the rows that `previous` trained on and held out serve again? Then a warm start does not
--- train on what it validated with before. Without shuffling the rows are taken as they lie.
local function has_same_rows(estimator, problem, previous)
  local holds_out = estimator.early_stopping and not problem.validation
  return previous and previous.rows == problem.rows and holds_out == (previous.held ~= nil)
    and (holds_out or estimator.shuffle)
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

--- The score of the held-out rows that `scoring` asks for: the scorer is given the estimator and
--- the labels as the user has them. nil: the network's own.
local function new_score(estimator, problem)
  if estimator.scoring == nil then return nil end
  local scorer = scoring.get_scorer(estimator.scoring)
  local encoded, decoded
  return function(_, x, y)
    if encoded == nil or y ~= encoded then
      encoded, decoded = y, problem.labels and labels.decode(y, problem.classes) or y
    end
    return scorer(estimator, x, decoded)
  end
end

--- What a fit works with: network, generator and trainer. Goes on where `previous` (a trainer) left
--- off: with a new solver (anew: scikit-learn's warm_start) or with everything. Nothing of the
--- estimator is changed, so that an error here leaves the last fit as it was.
local function prepare(estimator, problem, previous, anew)
  local solver = previous and not anew and previous.settings.solver or new_solver(estimator)
  local schedule = previous and not anew and previous.settings.schedule
    or new_schedule(estimator, solver)
  local rng = previous and estimator.rng or new_generator(estimator.random_state)
  local network = previous and estimator.network or build(estimator, problem, rng)
  local order, held
  if has_same_rows(estimator, problem, previous) then
    order, held = previous.order, previous.held
  else
    order, held = divide(estimator, problem, rng)
  end
  local validation = problem.validation or held and holdout.pick(problem, held) or nil
  local trainer = Trainer.new(network, problem, {
    solver = solver,
    batch_size = batch_size_of(estimator, solver, #order),
    schedule = schedule,
    score = new_score(estimator, problem),
    shuffle = estimator.shuffle and not is_full_batch(solver),
    l1 = estimator.l1, l2 = estimator.alpha, max_iter = estimator.max_iter,
    clip_norm = estimator.clip_norm, clip_value = estimator.clip_value,
    on_epoch = estimator.on_epoch, on_batch = estimator.on_batch, threads = estimator.threads,
    verbose = estimator.verbose and estimator.verbose ~= 0,
  }, order, validation, rng)
  trainer.rows, trainer.held = problem.rows, held
  if previous then trainer:continue(previous:state(), anew) end
  return { network = network, rng = rng, trainer = trainer, first = anew and trainer.epoch or 0 }
end

--- From here on the estimator is the one of this fit, however it ends.
local function commit(estimator, problem, run)
  estimator.network, estimator.rng, estimator.trainer = run.network, run.rng, run.trainer
  estimator.classes_ = problem.classes
  estimator.n_outputs_, estimator.out_activation_ = problem.outputs, problem.activation
  estimator.stop_reason_ = nil
end

local function smallest(list)
  local best = math.huge
  for _, v in ipairs(list) do best = v < best and v or best end
  return best
end

local fit = {}

--- The attributes that follow from the network and the curves alone.
function fit.set_network_attributes(estimator, history)
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
local function set_attributes(estimator, run)
  local trainer = run.trainer
  local history, solver = trainer.history, trainer.settings.solver
  fit.set_network_attributes(estimator, history)
  estimator.loss_ = history.loss[#history.loss]
  estimator.n_iter_ = is_full_batch(solver) and solver.n_iter or #history.loss - run.first
  estimator.t_ = trainer.samples
  estimator.best_validation_score_ = estimator.early_stopping and trainer.best.score or nil
  estimator.best_loss_ = not estimator.early_stopping and smallest(history.loss) or nil
end

local function check_weights(estimator)
  local ok = pcall(function()
    check.status(C.mah_batch_check_finite(estimator.network.params, "weights"))
  end)
  check.that(ok, "mah.%s: solver produced non-finite parameter weights. "
    .. "The input data may contain large values and need to be preprocessed", estimator.class)
end

local unfinished = { max_iter = true, max_fun = true, line_search = true }

local function warn_unless_converged(estimator, reason)
  if not unfinished[reason.rule] then return end
  warn("mah.%s: %s has not converged: %s", estimator.class, tostring(estimator.solver), reason.text)
end

local function rule_of_problem(problem)
  return tostring(problem):find "interrupted" and "interrupted" or "error"
end

--- A whole fit, or with `resume` the rest of one. An error or Ctrl-C on the way leaves an estimator
--- that can be used and resumed.
--- problem: {x, y, weight, rows, inputs, outputs, activation, loss, labels, classes, validation}.
function fit.run(estimator, problem, resume)
  local goes_on = (estimator.warm_start or resume) and estimator.network
  local run = prepare(estimator, problem, goes_on and estimator.trainer or nil,
    goes_on and not resume or false)
  local trainer = run.trainer
  if resume and trainer.epoch >= estimator.max_iter then return end
  trainer.settings.stop = new_rule(estimator, trainer.settings.solver, run.first)
  commit(estimator, problem, run)
  local ok, reason = pcall(trainer.run, trainer)
  if estimator.early_stopping then trainer:restore_best() end
  set_attributes(estimator, run)
  if not ok then
    estimator.stop_reason_ = {
      rule = rule_of_problem(reason), epoch = #trainer.history.loss, text = tostring(reason),
    }
    error(reason, 0)
  end
  estimator.stop_reason_ = reason
  check_weights(estimator)
  warn_unless_converged(estimator, reason)
end

--- One epoch with mini-batches over the given rows.
function fit.partial(estimator, problem)
  check.that(not estimator.early_stopping,
    "mah.%s: partial_fit does not support early_stopping = true", estimator.class)
  local run = prepare(estimator, problem, estimator.network and estimator.trainer or nil, false)
  local trainer = run.trainer
  check.that(not is_full_batch(trainer.settings.solver),
    "mah.%s: partial_fit is only available for stochastic optimizers; %s is not stochastic",
    estimator.class, tostring(estimator.solver))
  trainer.settings.stop = new_rule(estimator, trainer.settings.solver, 0)
  commit(estimator, problem, run)
  local s = trainer:run_epoch()
  trainer.settings.stop(s) -- it may lower the adaptive learning rate
  set_attributes(estimator, run)
  check_weights(estimator)
end

return fit
