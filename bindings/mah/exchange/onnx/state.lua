--- What mah knows of a model, as text beside the graph of an ONNX file (metadata_props, key "mah"):
--- plain JSON, as in mah's safetensors files, but for tensors. A network's weights are the names of
--- the graph's initializers, {"initializer": "dense_1.weight"}; other tensors are numbers that keep
--- their bits, {"dtype": ..., "shape": ..., "values": [...]}. The training's state is left out.
---
---     local text = state.state(model, p)             -- p: the model's program
---     local model = state.revive(text, { ["dense_1.weight"] = tensor, ... })
local Network = require "mah.learn.network"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local freeze = require "mah.learn.freeze"
local load_taped = require "mah.learn.taped.load"
local loading = require "mah.learn.estimator.load"
local make = require "mah.tensor.make"
local models = require "mah.prepare.saved"
local network_state = require "mah.learn.network_state"
local saved = require "mah.learn.estimator.saved"
local taped_file = require "mah.learn.taped.file"

local state = {}

local FORMAT = "mah onnx 1"

-- -- To text -------------------------------------------------------------------------------------

--- Tensors of the same elements and shape have the same key.
local function key_of(t)
  return ("%s %s"):format(tostring(ffi.cast("void *", t.data)), table.concat(t.shape, "x"))
end

--- Of networks that are in the graph: weights and biases, by key -> the initializers' names.
local function names_of(p)
  local found = {}
  for _, layers in pairs(p.networks) do
    for _, layer in ipairs(layers) do
      found[key_of(layer.weight)] = layer.name .. ".weight"
      if layer.bias then found[key_of(layer.bias)] = layer.name .. ".bias" end
    end
  end
  return found
end

--- The value with plain tables in the places of tensors.
local function embedded(value, names)
  if Type.is_tensor(value) then
    local name = names[key_of(value)]
    if name then return { initializer = name } end
    return { dtype = value.dtype, shape = value.shape,
      values = value:numel() > 0 and value:contiguous():view(value:numel()):totable() or {} }
  end
  if type(value) ~= "table" then return value end
  local out = {}
  for key, inner in pairs(value) do out[key] = embedded(inner, names) end
  return out
end

local function state_of(model)
  if rawget(model, "is_taped") and not rawget(model, "layers") then
    local network = taped_file.state(model)
    return network.layer and network.loss ~= "custom" and { class = "TapedNetwork",
      network = network } or nil
  end
  if getmetatable(model) == Network or rawget(model, "is_taped") then
    return { class = "Network", network = network_state.of(model) }
  end
  return models.state_of(model, model.class, { with_training = false })
end

--- The text of a model that was written as the program p.
---@param model table
---@param p mah.Program
---@return string|nil   nil of networks of a function, which no file holds
function state.state(model, p)
  local plain = state_of(model)
  if not plain then return nil end
  local _, text = freeze.freeze { format = FORMAT, model = embedded(plain, names_of(p)) }
  return text
end

-- -- And back -------------------------------------------------------------------------------------

local function listed(value)
  local shape, count = value.shape, 1
  check.that(type(shape) == "table" and #shape <= Type.MAX_DIMS and type(value.values) == "table",
    "a tensor is damaged")
  for _, size in ipairs(shape) do
    check.that(type(size) == "number" and size >= 0 and size % 1 == 0,
      "a tensor's shape is damaged")
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
  if value.initializer then
    return check.that(tensors[value.initializer], "there is no initializer %s",
      check.show(value.initializer))
  end
  if value.values and value.shape and value.dtype then return listed(value) end
  local out = {}
  for key, inner in pairs(value) do out[key] = with_tensors(inner, tensors) end
  return out
end

local function network_of(given)
  saved.check_network(given.network)
  return loading.network(given.network)
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
  if given.class == "TapedNetwork" then return load_taped { network = given.network } end
  return models.of_state(given)
end

return state
