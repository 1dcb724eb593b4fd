--- Saving and loading estimators as safetensors files: weights and moments as tensors, the rest as
--- JSON in the metadata. Loading runs no code.
---
---     clf:save "model.safetensors"          local clf = mah.load "model.safetensors"
local Trainer = require "mah.learn.trainer"
local check = require "mah.base.check"
local file = require "mah.base.file"
local fit = require "mah.learn.estimator.fit"
local freeze = require "mah.learn.freeze"
local parameters = require "mah.learn.estimator.parameters"
local random = require "mah.tensor.random"
local safetensors = require "mah.data.safetensors"
local solvers = require "mah.learn.solver"
local warn = require "mah.base.warn"

local FORMAT = "mah estimator 1"

local store = {}

-- -- Taking apart ---------------------------------------------------------------------------------

--- Can the parameter go into a file? Functions, objects and activations of one's own cannot; the
--- weights that init brought are in the network.
local function is_plain(name, value)
  if type(value) ~= "table" then return type(value) ~= "function" end
  return getmetatable(value) == nil and not value.forward and name ~= "init"
    and name ~= "validation_data"
end

local function plain_parameters(estimator)
  local plain, left_out = {}, {}
  for name, value in pairs(estimator:get_params()) do
    if is_plain(name, value) then plain[name] = value else left_out[#left_out + 1] = name end
  end
  table.sort(left_out)
  if #left_out > 0 then
    warn("%s:save: %s cannot be saved: set it again after loading", estimator.class,
      table.concat(left_out, ", "))
  end
  return plain
end

local function solver_state(solver)
  if type(solver) ~= "table" or not solver.name then return nil end
  local state = { name = solver.name }
  for name, value in pairs(solver) do
    if type(value) ~= "function" then state[name] = value end
  end
  return state
end

local function trainer_state(trainer)
  return {
    solver = solver_state(trainer.settings.solver),
    order = trainer.order, best = trainer.best, history = trainer.history,
    epoch = trainer.epoch, samples = trainer.samples, elapsed = trainer.elapsed,
    initial_lr = trainer.initial_lr, first_epoch = trainer.first_epoch,
    mask_seed = tonumber(trainer.batch.seed), mask_step = tonumber(trainer.batch.step),
    held = trainer.held, rows = trainer.rows, last_w = trainer.last_w,
  }
end

local function layers_of(net)
  local layers = {}
  for i, layer in ipairs(net.layers) do
    layers[i] = { units = layer.units, activation = layer.activation, dropout = layer.dropout }
    check.that(type(layer.activation) == "string",
      "a network with an activation of your own cannot be saved")
  end
  return layers
end

local attributes = { "n_outputs_", "out_activation_", "n_iter_", "loss_", "best_loss_",
  "best_validation_score_", "classes_", "stop_reason_", "t_" }

local function to_state(estimator)
  local net = estimator.network
  local state = { class = estimator.class, params = plain_parameters(estimator), attributes = {} }
  for _, name in ipairs(attributes) do state.attributes[name] = rawget(estimator, name) end
  if net then
    state.network = {
      inputs = net.inputs, dtype = net.dtype, loss = net.loss_function, layers = layers_of(net),
      params = net.params,
    }
    state.rng = estimator.rng:state()
    state.trainer = trainer_state(estimator.trainer)
  end
  return state
end

--- Each layer's weights under scikit-learn's names, for whoever reads the file without Mah.
local function add_weights(tensors, estimator)
  for i, weight in ipairs(rawget(estimator, "coefs_") or {}) do
    tensors[("coefs.%d"):format(i - 1)] = weight:contiguous()
    tensors[("intercepts.%d"):format(i - 1)] = estimator.intercepts_[i]:contiguous()
  end
end

--- Writes the estimator to `path`, all or nothing.
---@param path string
---@return table self
function store.save(estimator, path)
  local tensors, text = freeze.freeze(to_state(estimator))
  add_weights(tensors, estimator)
  safetensors.save_safetensors(path, tensors, { format = FORMAT, state = text })
  return estimator
end

-- -- Putting together -----------------------------------------------------------------------------

local function load_network(saved)
  local layers = { saved.inputs }
  for i, layer in ipairs(saved.layers) do
    layers[i + 1] = { layer.units, layer.activation,
      dropout = i < #saved.layers and layer.dropout or nil }
  end
  layers.dtype, layers.loss, layers.seed = saved.dtype, saved.loss, 0
  local net = require("mah.learn.mlp").mlp(layers)
  check.that(#saved.params == #net.params, "the file holds %d parameters for a network of %d",
    #saved.params, #net.params)
  net.params:copy_(saved.params)
  return net
end

--- The built-in solver as it was; nil for one of somebody's own, which is made anew when needed.
local function load_solver(state)
  local make = state and rawget(solvers, state.name)
  if not make then return nil end
  local solver = make()
  for name, value in pairs(state) do solver[name] = value end
  return solver
end

--- A stand-in with what a trainer hands on to the next one.
local function load_trainer(state)
  return setmetatable({
    settings = { solver = load_solver(state.solver) },
    order = state.order, best = state.best, history = state.history,
    epoch = state.epoch, samples = state.samples, elapsed = state.elapsed,
    initial_lr = state.initial_lr,
    first_epoch = state.first_epoch, batch = { seed = state.mask_seed, step = state.mask_step },
    held = state.held, rows = state.rows, last_w = state.last_w,
  }, Trainer)
end

local function restore(estimator, state)
  estimator.network = load_network(state.network)
  estimator.rng = random.rng(0, state.rng.kind):set_state(state.rng)
  estimator.trainer = load_trainer(state.trainer)
  for name, value in pairs(state.attributes) do estimator[name] = value end
  if state.params.solver == nil then -- it was an object
    estimator.solver = estimator.trainer.settings.solver or estimator.solver
  end
  fit.leave_network_attributes(estimator, estimator.trainer.history)
end

--- Reads an estimator that :save() wrote.
---@param path string
---@return table
function store.load(path)
  file.path(path, "mah.load")
  local tensors, metadata = safetensors.load_safetensors(path)
  check.that(type(metadata) == "table" and metadata.format == FORMAT,
    "%s: not a model saved by mah (format %s)", path, check.show(metadata and metadata.format))
  local state = freeze.thaw(tensors, metadata.state)
  check.that(parameters.rules[state.class], "%s: unknown class %s", path, check.show(state.class))
  local estimator = require("mah.learn.estimator."
    .. (state.class == "MLPClassifier" and "classifier" or "regressor"))(state.params)
  if state.network then restore(estimator, state) end
  return estimator
end

return store
