--- Estimators and networks as safetensors files: weights and moments as tensors, the rest as JSON
--- in the metadata. load.lua reads them.
---
---     clf:save "model.safetensors"          local clf = mah.load "model.safetensors"
local check = require "mah.base.check"
local file = require "mah.base.file"
local freeze = require "mah.learn.freeze"
local json = require "mah.base.json"
local network_state = require "mah.learn.network_state"
local options = require "mah.base.options"
local safetensors = require "mah.data.safetensors"
local text_of = require "mah.base.text"
local trained = require "mah.learn.estimator.trained"
local warn = require "mah.base.warn"

local saving = { FORMAT = "mah estimator 3" }

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

local function trainer_state(trainer)
  local state = trainer:state()
  state.solver = trained.solver_state(trainer.settings.solver)
  return state
end

local attributes = { "n_outputs_", "out_activation_", "n_iter_", "loss_", "best_loss_",
  "best_validation_score_", "classes_", "stop_reason_", "t_" }

--- All of an estimator as plain values and tensors.
---@param with_training boolean   what a fit may go on from: solver, generator, curves
---@return table
function saving.state_of(estimator, with_training)
  local net = estimator.network
  local params, left_out = plain_parameters(estimator:get_params())
  warn_about(estimator, left_out)
  local state = { class = estimator.class, params = params, attributes = {} }
  for _, name in ipairs(attributes) do state.attributes[name] = rawget(estimator, name) end
  if not net then return state end
  state.network = network_state.of(net)
  if with_training and estimator.trainer then
    state.used = plain_parameters(estimator.used)
    state.rng = estimator.rng:state()
    state.trainer = trainer_state(estimator.trainer)
  end
  return state
end

--- What the header says of an estimator in plain words.
---@return table
function saving.summary(estimator)
  local summary = estimator.network and network_state.summary(estimator.network) or {}
  summary.class, summary.classes = estimator.class, rawget(estimator, "classes_")
  return summary
end

-- -- Files ----------------------------------------------------------------------------------------

--- What other endings of a path than .safetensors ask for -> function (model, path, given) that
--- writes the file and looks at the options. Wings below add theirs.
saving.writers = {}

saving.rules = options.declare("network:save TapedNetwork:save StackedNetwork:save "
  .. "MLPClassifier:save MLPRegressor:save", {
    state = { true, "boolean", nil, "with what a training may go on from: solver, generator, "
      .. "order, curves; false: a smaller file, which predicts the same" },
  })

--- The value with strings that JSON may hold: bytes that are no UTF-8 are written as \xNN.
local function readable(value)
  if type(value) == "string" then
    return text_of.is_utf8(value) and value or text_of.printable(value)
  end
  if type(value) ~= "table" then return value end
  local out = {}
  for key, inner in pairs(value) do out[key] = readable(inner) end
  return out
end

--- Writes a safetensors file, all or nothing.
---@param path string
---@param state table                     plain values and tensors
---@param names table<tensor, string>       of tensors, see freeze.lua
---@param format string
---@param summary table                   in plain words, for readers without Mah
function saving.write(path, state, names, format, summary)
  local tensors, text = freeze.freeze(state, names)
  safetensors.save_safetensors(path, tensors,
    { format = format, state = text, model = json.encode(readable(summary), { indent = false }) })
end

local long_endings = { onnx = true, safetensors = true }

--- Complains of a slip such as "model.onx", which would be a safetensors file.
local function check_ending(path, ending, where)
  local near = options.nearest(ending, long_endings)
  check.that(not near or near == ending:lower(), "%s: %s: no kind of file ends in .%s; did you "
    .. "mean .%s?", where, path, ending, near)
end

--- Writes a model as its path's ending says: by a writer of its own, or `write` (given) makes a
--- safetensors file.
---@param given table|nil
---@param where string   for messages
---@param write fun(with_training: boolean)
function saving.by_ending(model, path, given, where, write)
  file.path(path, where)
  local ending = path:match "%.(%w+)$"
  local writer = ending and saving.writers[ending:lower()]
  if writer then return writer(model, path, given) end
  if ending then check_ending(path, ending, where) end
  write(options(given, saving.rules, where).state)
end

--- Writes the estimator.
---@return table self
function saving.save(estimator, path, given)
  saving.by_ending(estimator, path, given, estimator.class .. ":save", function(with_training)
    local names = estimator.network and network_state.name(estimator.network, "", {})
    saving.write(path, saving.state_of(estimator, with_training), names, saving.FORMAT,
      saving.summary(estimator))
  end)
  return estimator
end

--- Writes a network, by its kind's functions for files.
---@param net table
---@param path string
---@param given table|nil
---@param of_kind {FORMAT: string, state: function, names: function, summary: function}
---@return table self
function saving.save_network(net, path, given, of_kind)
  saving.by_ending(net, path, given, "net:save", function(with_training)
    local summary, state = of_kind.summary(net), of_kind.state(net)
    summary.class = "network"
    saving.write(path, { network = state,
      training = with_training and trained.state_of(net) or nil }, of_kind.names(net, state),
      of_kind.FORMAT, summary)
  end)
  return net
end

return saving
