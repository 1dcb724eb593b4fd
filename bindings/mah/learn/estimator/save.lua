--- Estimators as safetensors files: weights and moments as tensors, the rest as JSON in the
--- metadata. load.lua reads them.
---
---     clf:save "model.safetensors"          local clf = mah.load "model.safetensors"
local check = require "mah.base.check"
local file = require "mah.base.file"
local freeze = require "mah.learn.freeze"
local safetensors = require "mah.data.safetensors"
local warn = require "mah.base.warn"

local saving = {
  FORMAT = "mah estimator 2",
  writers = {}, -- ending of a path -> function(model, path, given); wings below add theirs
}

--- Can the parameter go into a file? Functions, objects and activations of one's own cannot; the
--- weights that init brought are in the network.
local function is_plain(name, value)
  if type(value) ~= "table" then return type(value) ~= "function" end
  return getmetatable(value) == nil and not value.forward and name ~= "init"
    and name ~= "validation_data"
end

---@param params table
---@return table plain, string[] left_out
local function plain_parameters(params)
  local plain, left_out = {}, {}
  for name, value in pairs(params) do
    if is_plain(name, value) then plain[name] = value else left_out[#left_out + 1] = name end
  end
  table.sort(left_out)
  return plain, left_out
end

local function warn_about(estimator, left_out)
  if #left_out > 0 then
    warn("%s:save: %s cannot be saved: set it again after loading", estimator.class,
      table.concat(left_out, ", "))
  end
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
  local state = trainer:state()
  state.solver = solver_state(trainer.settings.solver)
  return state
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

--- A network as plain values and the tensor of its parameters.
---@return table
function saving.network_state(net)
  return { inputs = net.inputs, dtype = net.dtype, loss = net.loss_function,
    layers = layers_of(net), params = net.params }
end

local attributes = { "n_outputs_", "out_activation_", "n_iter_", "loss_", "best_loss_",
  "best_validation_score_", "classes_", "stop_reason_", "t_" }

--- All of an estimator as plain values and tensors.
---@return table
function saving.state_of(estimator)
  local net = estimator.network
  local params, left_out = plain_parameters(estimator:get_params())
  warn_about(estimator, left_out)
  local state = { class = estimator.class, params = params, attributes = {} }
  for _, name in ipairs(attributes) do state.attributes[name] = rawget(estimator, name) end
  if net then
    state.network = saving.network_state(net)
    state.used = plain_parameters(estimator.used)
    if estimator.trainer then
      state.rng = estimator.rng:state()
      state.trainer = trainer_state(estimator.trainer)
    end
  end
  return state
end

--- Each layer's weights under scikit-learn's names, for whoever reads the file without Mah.
---@param tensors table<string, tensor>   where they are put
---@param prefix string                   of their names
function saving.add_weights(tensors, estimator, prefix)
  for i, weight in ipairs(rawget(estimator, "coefs_") or {}) do
    tensors[("%scoefs.%d"):format(prefix, i - 1)] = weight:contiguous()
    tensors[("%sintercepts.%d"):format(prefix, i - 1)] = estimator.intercepts_[i]:contiguous()
  end
end

--- Writes the estimator to `path`, all or nothing.
---@param path string
---@return table self
function saving.save(estimator, path)
  local tensors, text = freeze.freeze(saving.state_of(estimator))
  saving.add_weights(tensors, estimator, "")
  safetensors.save_safetensors(path, tensors, { format = saving.FORMAT, state = text })
  return estimator
end

--- Writes a model by the path's ending; what no writer knows goes to `default`.
---@param model table
---@param path string
---@param given table|nil     options of the writer
---@param default fun(model: table, path: string, given: table|nil)
---@return table model
function saving.to_path(model, path, given, default)
  local ending = file.path(path, "save"):match "%.(%w+)$"
  local writer = ending and saving.writers[ending:lower()] or default
  writer(model, path, given)
  return model
end

return saving
