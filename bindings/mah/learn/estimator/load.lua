--- Reads estimators that save.lua wrote. Loading runs no code. mah.load (exchange/load.lua) comes
--- here with safetensors files.
---
---     loading.of_file(path, safetensors.load_safetensors(path))
local Trainer = require "mah.learn.trainer"
local activations = require "mah.learn.activation"
local check = require "mah.base.check"
local fit = require "mah.learn.estimator.fit"
local freeze = require "mah.learn.freeze"
local mlp = require "mah.learn.mlp"
local network_state = require "mah.learn.network_state"
local random = require "mah.tensor.random"
local saved = require "mah.learn.estimator.saved"
local saving = require "mah.learn.estimator.save"
local taped = require "mah.learn.taped.load"
local taped_file = require "mah.learn.taped.file"
local text = require "mah.base.text"
local trained = require "mah.learn.estimator.trained"

local classes = {
  MLPClassifier = require "mah.learn.estimator.classifier",
  MLPRegressor = require "mah.learn.estimator.regressor",
}

local loading = {}

local function load_norm(p, layer)
  if not p.norm then return end
  p.norm.weight:copy_(layer.norm_weight)
  p.norm.bias:copy_(layer.norm_bias)
  if layer.norm ~= "batch" then return end
  p.norm.running_mean:copy_(layer.running_mean)
  p.norm.running_var:copy_(layer.running_var)
end

local function load_network(state)
  local layers = { state.inputs }
  for i, layer in ipairs(state.layers) do
    layers[i + 1] = { layer.units, layer.activation,
      dropout = i < #state.layers and layer.dropout or nil, norm = layer.norm,
      residual = layer.residual, noise = layer.noise, max_norm = layer.max_norm }
  end
  layers.dtype, layers.loss = state.dtype, state.loss
  local net = mlp.describe(layers, "network")
  if state.params then -- of the older formats
    net.params:copy_(state.params)
  else
    for i, layer in ipairs(net.layers) do
      layer.weight:copy_(state.layers[i].weight)
      layer.bias:copy_(state.layers[i].bias)
      if rawget(net, "norms") then load_norm(net.parameters[i], state.layers[i]) end
    end
  end
  return net:scale_inputs(state.input_scale or 1)
end

--- The parameters of the last fit: the file's, or those that it was saved with. Of the layers, the
--- network knows better.
local function used_parameters(state)
  local used = {}
  for name, value in pairs(state.used or state.params) do used[name] = value end
  used.hidden_layer_sizes = {}
  for i = 1, #state.network.layers - 1 do
    used.hidden_layer_sizes[i] = state.network.layers[i].units
  end
  return used
end

--- The training that a fit may go on from; a file may lack it.
local function restore_training(estimator, state)
  local solver = trained.solver(state.trainer.solver, state.network)
  check.that(not solver or type(estimator.solver) ~= "string" or state.params.solver == nil
    or state.used or solver.name == estimator.solver, "the solver is %s, with the state of %s",
    tostring(estimator.solver), tostring(solver and solver.name))
  estimator.rng = random.rng(0, state.rng.kind):set_state(state.rng)
  estimator.trainer = Trainer.from_state(state.trainer, solver)
  if state.params.solver == nil then -- it was an object
    estimator.solver, estimator.used.solver = solver, solver
  end
end

local function restore(estimator, state)
  estimator.network = load_network(state.network)
  for name, value in pairs(state.attributes) do estimator[name] = value end
  estimator.n_outputs_ = estimator.network.outputs
  estimator.out_activation_ = activations.output_of[state.network.loss]
  estimator.used = used_parameters(state)
  if state.trainer then restore_training(estimator, state) end
  fit.set_network_attributes(estimator, state.trainer and estimator.trainer.history or {})
end

--- A network of its state, which was checked.
loading.network = load_network

--- Is a state one of an estimator of this wing?
function loading.knows(class) return classes[class] ~= nil end

--- The estimator of a state, which is checked.
---@param state table
---@return table
function loading.of_state(state)
  saved.check(state)
  local class = check.that(classes[state.class], "unknown class %s", check.show(state.class))
  local estimator = class(state.params)
  if state.network then restore(estimator, state) end
  return estimator
end

local function thaw(tensors, state)
  check.that(type(state) == "string", "there is no state in it")
  return freeze.thaw(tensors, state)
end

local function read(tensors, state) return loading.of_state(thaw(tensors, state)) end

local function read_network(tensors, text_of_state)
  local state = thaw(tensors, text_of_state)
  saved.check_network(state.network)
  local net = load_network(state.network)
  trained.restore(net, state.training)
  return net
end

local function read_taped(tensors, text_of_state)
  return taped(thaw(tensors, text_of_state))
end

--- What the file's format says -> function (tensors, state) that makes the model of it. Wings below
--- add theirs.
loading.formats = {
  [saving.FORMAT] = read, ["mah estimator 2"] = read, ["mah estimator 1"] = read,
  [network_state.file.FORMAT] = read_network, [taped_file.FORMAT] = read_taped,
}

--- The model of a file whose metadata name one of the formats.
---@param path string
---@param tensors table<string, tensor>
---@param metadata table<string, string>
---@return table
function loading.of_file(path, tensors, metadata)
  local sound, result = pcall(loading.formats[metadata.format], tensors, metadata.state)
  if sound then return result end
  local advice = text.without_place(result):match "^it is made by a script: (.*)"
  if advice then check.raise("mah.load: %s: %s: net:load %q", path, advice, path) end
  check.raise("mah.load: %s: the model is damaged: %s", path, text.without_place(result))
end

return loading
