--- Reads estimators that save.lua wrote. Loading runs no code.
---
---     local clf = mah.load "model.safetensors"
local Trainer = require "mah.learn.trainer"
local check = require "mah.base.check"
local file = require "mah.base.file"
local fit = require "mah.learn.estimator.fit"
local freeze = require "mah.learn.freeze"
local mlp = require "mah.learn.mlp"
local random = require "mah.tensor.random"
local safetensors = require "mah.data.safetensors"
local saving = require "mah.learn.estimator.save"
local solvers = require "mah.learn.solver"

local classes = {
  MLPClassifier = require "mah.learn.estimator.classifier",
  MLPRegressor = require "mah.learn.estimator.regressor",
}

local loading = {}

--- Compares the sizes with the parameters that are there, before anything is made of them.
local function check_sizes(saved)
  local inputs, count = saved.inputs, 0
  for _, layer in ipairs(saved.layers) do
    count = count + (inputs + 1) * layer.units
    inputs = layer.units
  end
  check.that(count == #saved.params, "the file holds %d parameters for a network of %.0f",
    #saved.params, count)
end

local function load_network(saved)
  check_sizes(saved)
  local layers = { saved.inputs }
  for i, layer in ipairs(saved.layers) do
    layers[i + 1] = { layer.units, layer.activation,
      dropout = i < #saved.layers and layer.dropout or nil }
  end
  layers.dtype, layers.loss, layers.seed = saved.dtype, saved.loss, 0
  local net = mlp.mlp(layers)
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

local function restore(estimator, state)
  estimator.network = load_network(state.network)
  estimator.rng = random.rng(0, state.rng.kind):set_state(state.rng)
  estimator.trainer = Trainer.from_state(state.trainer, load_solver(state.trainer.solver))
  for name, value in pairs(state.attributes) do estimator[name] = value end
  if state.params.solver == nil then -- it was an object
    estimator.solver = estimator.trainer.settings.solver or estimator.solver
  end
  fit.set_network_attributes(estimator, estimator.trainer.history)
end

local function build(tensors, text)
  local state = freeze.thaw(tensors, text)
  local class = check.that(classes[state.class], "unknown class %s", check.show(state.class))
  local estimator = class(state.params)
  if state.network then restore(estimator, state) end
  return estimator
end

--- Reads an estimator that :save() wrote.
---@param path string
---@return table
function loading.load(path)
  file.path(path, "mah.load")
  local tensors, metadata = safetensors.load_safetensors(path)
  check.that(type(metadata) == "table" and metadata.format == saving.FORMAT,
    "%s: not a model saved by mah (format %s)", path, check.show(metadata and metadata.format))
  local ok, estimator = pcall(build, tensors, metadata.state)
  if not ok then -- whatever met a damaged state says where in Mah, which helps nobody
    check.raise("%s: a damaged model: %s", path, (tostring(estimator):gsub("^[^\n]-:%d+: ", "")))
  end
  return estimator
end

return loading
