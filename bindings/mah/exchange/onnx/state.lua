--- What mah knows of a model, as text beside the graph of an ONNX file (metadata_props, key "mah"):
--- plain JSON, as in mah's safetensors files, but for tensors. A network's parameters are the names
--- of the graph's initializers, {"initializers": ["dense_1.weight", "dense_1.bias", ...]}; other
--- tensors are lists of numbers that keep their bits, {"dtype": ..., "shape": ..., "values": [...]}.
--- The training's state is left out.
---
---     local text = state.state(model, p)             -- p: the model's program
---     local model = state.revive(text, { ["dense_1.weight"] = tensor, ... })
local Network = require "mah.learn.network"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local freeze = require "mah.learn.freeze"
local loading = require "mah.learn.estimator.load"
local make = require "mah.tensor.make"
local models = require "mah.prepare.saved"
local saved = require "mah.learn.estimator.saved"
local saving = require "mah.learn.estimator.save"

local state = {}

local FORMAT = "mah onnx 1"

-- -- To text --------------------------------------------------------------------------------------

--- Of networks that are in the graph: params -> the initializers' names, in the order of the vector.
local function names_by_params(p)
  local found = {}
  for net, layers in pairs(p.networks) do
    local names = {}
    for _, name in ipairs(layers) do
      names[#names + 1] = name .. ".weight"
      names[#names + 1] = name .. ".bias"
    end
    found[net.params] = names
  end
  return found
end

local training = { trainer = true, rng = true }

--- The value with plain tables in the places of tensors, and without the training.
local function embedded(value, names)
  if Type.is_tensor(value) then
    if names[value] then return { initializers = names[value] } end
    return { dtype = value.dtype, shape = value.shape,
      values = value:numel() > 0 and value:contiguous():view(value:numel()):totable() or {} }
  end
  if type(value) ~= "table" then return value end
  local out, is_estimator = {}, value.network ~= nil and value.class ~= nil
  for key, inner in pairs(value) do
    if not (is_estimator and training[key]) then out[key] = embedded(inner, names) end
  end
  return out
end

local function state_of(model)
  if getmetatable(model) == Network then
    return { class = "Network", network = saving.network_state(model),
      input_scale = model.input_scale }
  end
  return models.state_of(model, model.class)
end

--- The text of a model that was written as the program p.
---@param model table
---@param p mah.Program
---@return string
function state.state(model, p)
  local _, text = freeze.freeze { format = FORMAT,
    model = embedded(state_of(model), names_by_params(p)) }
  return text
end

-- -- And back -------------------------------------------------------------------------------------

--- The parameters of a network, of the graph's tensors.
local function joined(list, tensors)
  local count, dtype = 0, nil
  check.that(type(list) == "table" and #list > 0, "initializers is %s", check.show(list))
  for _, name in ipairs(list) do
    local t = check.that(tensors[name], "there is no initializer %s", check.show(name))
    check.that(t.dtype == (dtype or t.dtype), "the initializer %s is %s", name, t.dtype)
    count, dtype = count + t:numel(), t.dtype
  end
  local params, at = make.empty(count, { dtype = dtype }), 1
  for _, name in ipairs(list) do
    local t = tensors[name]
    params:narrow(1, at, t:numel()):copy_(t:contiguous():view(t:numel()))
    at = at + t:numel()
  end
  return params
end

local function listed(value)
  local shape, count = value.shape, 1
  check.that(type(shape) == "table" and #shape <= Type.MAX_DIMS and type(value.values) == "table",
    "a tensor is damaged")
  for _, size in ipairs(shape) do
    check.that(type(size) == "number" and size >= 0 and size % 1 == 0, "a tensor's shape is damaged")
    count = count * size
  end
  check.that(#value.values == count, "a tensor of %.0f numbers has %d", count, #value.values)
  for _, number in ipairs(value.values) do
    check.that(type(number) == "number", "a tensor holds %s", check.show(number))
  end
  if count == 0 then return make.zeros(unpack(shape), { dtype = value.dtype }) end
  return make.tensor(value.values, { dtype = value.dtype }):view(unpack(shape))
end

local function with_tensors(value, tensors)
  if type(value) ~= "table" then return value end
  if value.initializers then return joined(value.initializers, tensors) end
  if value.values and value.shape and value.dtype then return listed(value) end
  local out = {}
  for key, inner in pairs(value) do out[key] = with_tensors(inner, tensors) end
  return out
end

local function network_of(given)
  saved.check_network(given.network)
  local net = loading.network(given.network)
  return given.input_scale and net:scale_inputs(given.input_scale) or net
end

--- The model of such a text.
---@param text string
---@param tensors table<string, tensor>   the graph's initializers, by name
---@return table   a network, an estimator or a pipeline
function state.revive(text, tensors)
  local whole = freeze.thaw({}, text)
  check.that(whole.format == FORMAT, "its format is %s", check.show(whole.format))
  local given = with_tensors(check.that(type(whole.model) == "table" and whole.model,
    "there is no model in it"), tensors)
  if given.class == "Network" then return network_of(given) end
  return models.of_state(given)
end

return state
