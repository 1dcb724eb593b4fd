--- What fit, partial_fit and resume do once x and y are as a network wants them: network, solver,
--- rules, trainer, and the attributes that are left behind.
local C = require "mah.base.library"
local Trainer = require "mah.learn.trainer"
local Type = require "mah.tensor.type"
local activations = require "mah.learn.activation"
local changes = require "mah.learn.estimator.changes"
local check = require "mah.base.check"
local holdout = require "mah.learn.holdout"
local labels = require "mah.data.labels"
local initialize = require "mah.learn.initializer"
local mlp = require "mah.learn.mlp"
local random = require "mah.tensor.random"
local scoring = require "mah.learn.metrics.scoring"
local solving = require "mah.learn.estimator.solving"
local together = require "mah.learn.together"
local warn = require "mah.base.warn"
local weights = require "mah.learn.estimator.weights"

local is_full_batch, stops_early = solving.is_full_batch, solving.stops_early

local function follows_sklearn(estimator) return estimator.compat == "sklearn" end

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
  return type(sizes) == "number" and { sizes } or sizes
end

--- scikit-learn's L-BFGS computes in float64, whatever x is.
local function widens(estimator)
  return follows_sklearn(estimator) and estimator.solver == "lbfgs"
end

--- The network's number type: x's, or float64 when the initial weights that were given have it.
local function dtype_of(estimator, problem)
  local coefs = type(estimator.init) == "table" and estimator.init.coefs or {}
  for _, weight in ipairs(coefs) do
    if Type.is_tensor(weight) and weight.dtype == "float64" then return "float64" end
  end
  return widens(estimator) and "float64" or problem.x.dtype
end

--- The network, all weights 0.
local function describe_network(estimator, problem, dtype)
  local sizes, class = hidden_sizes(estimator), estimator.class
  local activation = per_layer(estimator.activation, #sizes, "activation", class, is_one_activation)
  local dropout = per_layer(estimator.dropout, #sizes, "dropout", class, is_number)
  local noise = per_layer(estimator.noise, #sizes, "noise", class, is_number)
  local max_norm = per_layer(estimator.max_norm or math.huge, #sizes, "max_norm", class, is_number)
  local layers = { problem.inputs, dtype = dtype, loss = problem.loss, norm = estimator.norm,
    residual = estimator.residual }
  for i, units in ipairs(sizes) do
    layers[i + 1] = { units, activation[i], dropout = dropout[i], noise = noise[i],
      max_norm = max_norm[i] }
  end
  layers[#layers + 1] = { problem.outputs, problem.activation }
  return mlp.describe(layers, "mah." .. class)
end

--- The network with its first weights. Those of an only layer have the range that belongs to
--- `activation`, as in scikit-learn.
local function build(estimator, problem, rng)
  local network = describe_network(estimator, problem, dtype_of(estimator, problem))
  initialize(network, rng, estimator.init, "mah." .. estimator.class, estimator.activation)
  if widens(estimator) and problem.x.dtype == "float32" then
    network.params:copy_(network.params:float()) -- drawn as x's type, and then widened
  end
  return network
end

-- -- Generator ------------------------------------------------------------------------------------

--- random_state as a generator with NumPy's stream; without one, seeded by the default generator.
local function new_generator(random_state)
  if type(random_state) == "table" then return random.generator(random_state, "random_state") end
  local seed = random_state or random.generator(nil, "random_state"):u32()
  return random.rng(seed, "mt19937")
end

-- -- Rows -----------------------------------------------------------------------------------------

--- The share of the rows that is held out, or nil.
local function held_share(estimator, problem)
  local holds_out = stops_early(estimator) and not problem.validation
  return holds_out and estimator.validation_fraction or nil
end

--- Row numbers to train on and to hold out (nil: none), int32 from 0. Stratified for any number of
--- classes; compat = "sklearn" stratifies two classes only and holds out a single row, as
--- scikit-learn does.
local function divide(estimator, problem, rng)
  local share, strata = held_share(estimator, problem), problem.labels
  local held = share and math.ceil(share * problem.rows) or 2
  local fewest = follows_sklearn(estimator) and problem.classes and 1 or 2
  check.that(held >= fewest, "mah.%s: the validation set is too small (%d rows). "
    .. "Increase validation_fraction or the size of your dataset", estimator.class, held)
  if strata and follows_sklearn(estimator) and #problem.classes > 2 then strata = nil end
  return holdout.split(problem.rows, share, rng, strata, problem.classes)
end

--- Can the rows that `previous` trained on and held out serve again? Then a warm start does not
--- train on what it validated with before. Without shuffling the rows are taken as they lie.
local function has_same_rows(estimator, problem, previous, changed)
  if not previous or previous.rows ~= problem.rows or changed.random_state then return false end
  local share = held_share(estimator, problem)
  if not share then return not previous.held and estimator.shuffle end
  return previous.held and #previous.held == math.ceil(share * problem.rows)
end

local function batch_size_of(estimator, solver, rows)
  if is_full_batch(solver) then return rows end
  local size = estimator.batch_size
  if size == "auto" then return math.min(200, rows) end
  if size > rows then
    warn("mah.%s: batch_size = %d is clipped to the %d training rows", estimator.class, size, rows)
  end
  return math.min(size, rows)
end

-- -- Before and after -----------------------------------------------------------------------------

--- Where there is one class only, each row is predicted to be of it.
local function all_right() return 1 end

--- The score of the held-out rows that `scoring` asks for: the scorer is given the estimator and
--- the labels as the user has them. nil: the network's own.
local function new_score(estimator, problem)
  if estimator.scoring == nil then
    return problem.classes and #problem.classes == 1 and all_right or nil
  end
  local scorer = scoring.get_scorer(estimator.scoring)
  local encoded, decoded
  return function(_, x, y)
    if encoded == nil or y ~= encoded then
      encoded, decoded = y, problem.labels and labels.decode(y, problem.classes) or y
    end
    return scorer(estimator, x, decoded)
  end
end

--- Where a fit goes on from the last one: its trainer (nil where there are only weights, see
--- from.lua), and what has been changed since.
local function last_fit(estimator)
  local previous = estimator.trainer
  weights.take_assigned(estimator)
  local changed = changes.find(estimator)
  changes.check(estimator, changed)
  return previous, changed
end

--- scikit-learn's best weights are not a copy once the next fit begins: it overwrites them.
local function share_best(trainer)
  local best = trainer.best
  trainer.best = { score = best.score, epoch = best.epoch }
end

local function settings_of(estimator, problem, solver, schedule, rows)
  return {
    solver = solver, schedule = schedule, batch_size = batch_size_of(estimator, solver, rows),
    score = new_score(estimator, problem),
    shuffle = estimator.shuffle and not is_full_batch(solver),
    l1 = estimator.l1, l2 = estimator.alpha, max_iter = estimator.max_iter,
    sums_outputs = follows_sklearn(estimator),
    clip_norm = estimator.clip_norm, clip_value = estimator.clip_value,
    average = estimator.average, groups = estimator.groups, freeze = estimator.freeze,
    augment = estimator.augment,
    accumulate = not is_full_batch(solver) and estimator.accumulate or 1,
    on_epoch = estimator.on_epoch, on_batch = estimator.on_batch, threads = estimator.threads,
    distributed = estimator.distributed,
    verbose = estimator.verbose and estimator.verbose ~= 0,
  }
end

--- Solver and schedule of a fit: new ones, or those of `previous`, which goes on with what has been
--- changed; and whether the learning rate begins anew.
local function make_solver(estimator, previous, changed)
  if not previous then
    local solver = solving.new_solver(estimator)
    return solver, solving.new_schedule(estimator, solver), true
  end
  local solver, has_new_rate = solving.renew_solver(estimator, previous.settings.solver, changed)
  if is_full_batch(solver) and changes.forgets(changed) then solver:reset() end
  local schedule = previous.settings.schedule
  if not schedule or changed.learning_rate or changed.power_t or changed.schedule or changed.solver
  then
    schedule = solving.new_schedule(estimator, solver)
  end
  return solver, schedule, has_new_rate
end

--- What a fit works with: network, generator and trainer. how: "fit", from nothing; "warm", on from
--- the last fit's weights with a new solver; "partial" or "resume", on with everything. Nothing of
--- the estimator is changed, so that an error here leaves the last fit as it was.
local function prepare(estimator, problem, how)
  local previous, changed = nil, {}
  local keeps = how ~= "fit"
  if keeps then previous, changed = last_fit(estimator) end
  local goes_on = how == "partial" or how == "resume"
  local solver, schedule, has_new_rate = make_solver(estimator, goes_on and previous, changed)
  -- scikit-learn seeds its generator in each call, and divides and orders the rows anew
  local begins = not previous or changed.random_state
    or follows_sklearn(estimator) and how ~= "resume"
  local rng = begins and new_generator(estimator.random_state) or estimator.rng
  local network = keeps and changes.network(estimator, changed, function()
    return describe_network(estimator, problem, estimator.network.dtype)
  end) or build(estimator, problem, rng)
  local order, held
  if not begins and has_same_rows(estimator, problem, previous, changed) then
    order, held = previous.order, previous.held
  else
    order, held = divide(estimator, problem, rng)
  end
  local validation = problem.validation or held and holdout.pick(problem, held) or nil
  local trainer = Trainer.new(network, problem, settings_of(estimator, problem, solver, schedule,
    #order), order, validation, rng)
  trainer.rows, trainer.held = problem.rows, held
  if previous then trainer:continue(previous:state(), not goes_on) end
  if changes.measure(changed) then trainer:measure_anew() end
  if has_new_rate then trainer.initial_lr = nil end
  if how == "warm" and follows_sklearn(estimator) then share_best(trainer) end
  return { network = network, rng = rng, trainer = trainer,
    first = how == "warm" and trainer.epoch or 0 }
end

--- From here on the estimator is the one of this fit, however it ends.
local function commit(estimator, problem, run)
  estimator.network, estimator.rng, estimator.trainer = run.network, run.rng, run.trainer
  estimator.used = estimator:get_params()
  weights.attach(estimator)
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

---@class mah.MLP
---@field coefs_ tensor[]             weights of each layer, (inputs, units): views of the
---  network's; a tensor that is put in the place of one is taken over
---@field intercepts_ tensor[]        biases of each layer, (units), views as coefs_
---@field n_iter_ integer             epochs of the fit; of lbfgs and others that take all rows,
---  iterations
---@field stop_reason_ stop_reason    why the fit ended: {rule =, text =, epoch =, value =, best =};
---  nil after partial_fit
---@field loss_ number                the last epoch's loss
---@field loss_curve_ number[]        the loss of each epoch, with penalties: history_.loss
---@field best_loss_ number|nil       the least loss; nil with early_stopping
---@field validation_scores_ number[]|nil   the validation score of each epoch; nil without
---  validation
---@field validation_losses_ number[]|nil   the loss of the validation rows, without penalties
---@field best_validation_score_ number|nil the greatest one; nil without early_stopping
---@field history_ history            all curves: loss, lr, seconds, val_loss, val_score
---@field t_ integer                  rows seen in training, each as often as it was
---@field n_layers_ integer           layers, with the inputs and the outputs
---@field n_features_in_ integer      columns of x
---@field n_outputs_ integer          units of the last layer
---@field out_activation_ string      of the last layer: "softmax", "logistic", "identity", "exp"
---@field network network|StackedNetwork|nil   what was trained; nil before the first fit
---@field class string                "MLPClassifier" or "MLPRegressor"
---@field private parameters table
---@field private rng rng
---@field private trainer table
---@field private used table

--- The attributes that follow from the network and the curves alone.
function fit.set_network_attributes(estimator, history)
  local net = estimator.network
  weights.attach(estimator)
  estimator.n_layers_, estimator.n_features_in_ = #net.layers + 1, net.inputs
  estimator.history_, estimator.loss_curve_ = history, history.loss
  estimator.validation_scores_, estimator.validation_losses_ = history.val_score, history.val_loss
end

fit.network = describe_network

--- Makes the estimator one that was fitted, elsewhere, to a network: there is no training that
--- could be resumed.
---@param classes table|nil   a classifier's
function fit.adopt(estimator, network, classes)
  estimator.network, estimator.used = network, estimator:get_params()
  estimator.classes_, estimator.n_outputs_ = classes, network.outputs
  estimator.out_activation_ = activations.output_of[network.loss_function]
  fit.set_network_attributes(estimator, {})
end

--- The fitted attributes, under scikit-learn's names.
local function set_attributes(estimator, run)
  local trainer = run.trainer
  local history, solver = trainer.history, trainer.settings.solver
  fit.set_network_attributes(estimator, history)
  estimator.loss_ = history.loss[#history.loss]
  local first = follows_sklearn(estimator) and 0 or run.first
  estimator.n_iter_ = is_full_batch(solver) and solver.n_iter or #history.loss - first
  estimator.t_ = trainer.samples
  local early = stops_early(estimator)
  estimator.best_validation_score_ = early and trainer.best.score or nil
  estimator.best_loss_ = not early and smallest(history.loss) or nil
end

local function check_weights(estimator)
  local ok = pcall(function()
    check.status(C.mah_batch_check_finite(estimator.network.params, "weights"))
  end)
  check.that(ok, "mah.%s: solver produced non-finite parameter weights. "
    .. "The input data may contain large values and need to be preprocessed", estimator.class)
end

--- In a sweep's batch another trial may have fitted the same estimator meanwhile.
local function check_alone(estimator, trainer)
  if estimator.trainer == trainer then return end
  together.leave "clash"
  check.raise("mah.%s: fit was called again before it had ended", estimator.class)
end

--- A function of one's own has no name to tell.
local function solver_name(solver)
  if type(solver) == "string" then return solver end
  return type(solver) == "table" and solver.name or "the solver"
end

local unfinished = { max_iter = true, max_fun = true, line_search = true }

local function warn_unless_converged(estimator, reason)
  if reason.rule == "diverged" then
    warn("mah.%s: %s has diverged: %s in epoch %d; the weights are those of epoch %s; "
      .. "try a smaller learning rate or scale the inputs", estimator.class,
      solver_name(estimator.solver), reason.text, reason.epoch,
      tostring(estimator.trainer.best.epoch or reason.epoch))
  end
  if not unfinished[reason.rule] then return end
  warn("mah.%s: %s has not converged: %s", estimator.class, solver_name(estimator.solver),
    reason.text)
end

local function rule_of_problem(problem)
  return tostring(problem):find "interrupted" and "interrupted" or "error"
end

--- A whole fit, or with `resume` the rest of one. An error or Ctrl-C on the way leaves an estimator
--- that can be used and resumed.
--- problem: {x, y, weight, rows, inputs, outputs, activation, loss, labels, classes, validation}.
function fit.run(estimator, problem, resume)
  check.that(not resume or estimator.trainer, "mah.%s: there is no training to resume: this model "
    .. "came without its state (save(path, {state = false}), or weights of elsewhere); "
    .. "warm_start = true and fit go on from its weights with a new solver", estimator.class)
  local how = resume and "resume" or estimator.warm_start and estimator.network and "warm" or "fit"
  local run = prepare(estimator, problem, how)
  local trainer = run.trainer
  if resume and trainer.epoch >= estimator.max_iter then return end
  trainer.settings.stop = solving.new_rule(estimator, trainer.settings.solver, run.first)
  commit(estimator, problem, run)
  local ok, reason = pcall(trainer.run, trainer)
  check_alone(estimator, trainer)
  trainer:finish(stops_early(estimator))
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
  local run = prepare(estimator, problem, estimator.network and "partial" or "fit")
  local trainer = run.trainer
  check.that(not is_full_batch(trainer.settings.solver),
    "mah.%s: partial_fit is only available for stochastic optimizers; %s is not stochastic",
    estimator.class, solver_name(estimator.solver))
  trainer.settings.stop = solving.new_rule(estimator, trainer.settings.solver, 0)
  commit(estimator, problem, run)
  trainer:run_one()
  trainer:finish(false)
  set_attributes(estimator, run)
  check_weights(estimator)
end

return fit
