--- Multi-layer perceptrons: dense layers on one flat parameter vector.
---
---     local net = mah.mlp { 784, { 100, "relu", dropout = 0.2 }, { 10, "softmax" }, seed = 1 }
---     print(net)        --> 784 -> 100 relu (dropout 0.2) -> 10 softmax, 79510 parameters
local Network = require "mah.learn.network"
local activations = require "mah.learn.activation"
local check = require "mah.base.check"
local initialize = require "mah.learn.initializer"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local stacked = require "mah.learn.stacked"

-- -- Reading the description ----------------------------------------------------------------------

local named_rules = options.declare("mah.mlp", {
  dtype = { "float32", { "float32", "float64" }, nil, "type of the parameters and the outputs" },
  loss = { nil, "string", nil, "what is made small, by the last layer's activation: "
    .. activations.loss_names() .. "; nil: the first one" },
  init = { nil, "string|table", nil, initialize.text .. "; nil: glorot_uniform" },
  seed = { nil, "integer|table", "[0, 4294967295]", "of the initial weights, or a generator "
    .. "(mah.rng); nil: the default generator (mah.manual_seed)" },
  norm = { nil, { "batch", "layer", false }, nil, "of every hidden layer: mah.nn.batch_norm or "
    .. "layer_norm between linear map and activation; nil: none" },
  residual = { false, "boolean", nil, "hidden layers with as many units as inputs add their input "
    .. "to their output" },
  noise = { 0, "number", "[0, inf)", "standard deviation of normal noise that is added to the "
    .. "input of every hidden layer in training" },
})

local layer_rules = {
  dropout = { 0, "number", "[0, 1)" },
  max_norm = { nil, "number", "(0, inf]" },
  norm = { nil, { "batch", "layer", false } },
  residual = { nil, "boolean" },
  noise = { nil, "number", "[0, inf)" },
}

local function read_layer(given, where)
  check.that(type(given) == "table", "%s: {units, \"activation\"} is expected, got %s", where,
    check.show(given))
  local named = {}
  for k, v in pairs(given) do
    if k ~= 1 and k ~= 2 then named[k] = v end
  end
  local units = given[1]
  check.that(options.matches(units, "integer") and units >= 1 and units < 2 ^ 31,
    "%s: units must be an integer >= 1; got %s", where, check.show(units))
  local layer = options(named, layer_rules, where)
  layer.units = units
  if layer.max_norm == math.huge then layer.max_norm = nil end
  return layer
end

--- What a hidden layer has of its own, or of all.
local function read_deep(layer, inputs, all, where)
  if layer.norm == nil then layer.norm = all.norm end
  layer.norm = layer.norm or nil
  if layer.noise == nil then layer.noise = all.noise end
  local fits = layer.units == inputs
  check.that(fits or not layer.residual, "%s: residual adds the layer's input, and so wants %d "
    .. "units like it; got %d", where, inputs, layer.units)
  if layer.residual == nil then layer.residual = all.residual and fits end
end

--- The last layer gives scores, as they are.
local function read_last(layer, where)
  for _, name in ipairs { "dropout", "norm", "residual" } do
    check.that(not layer[name] or layer[name] == 0, "%s: the output layer has no %s", where, name)
  end
  layer.norm, layer.residual, layer.noise = nil, false, layer.noise or 0
end

local function read_layers(given, loss, name, all)
  local layers, last, inputs = {}, #given - 1, given[1]
  for i = 1, last do
    local where = ("%s: layer %d"):format(name, i)
    local layer = read_layer(given[i + 1], where)
    if i == last then
      layer.activation, loss = activations.read_output(given[i + 1][2], loss, where)
      read_last(layer, where)
    else
      layer.activation = activations.read_hidden(given[i + 1][2], where)
      read_deep(layer, inputs, all, where)
    end
    layers[i], inputs = layer, layer.units
  end
  return layers, loss
end

local function read(given, where)
  check.that(type(given) == "table",
    "%s: a table {inputs, {units, \"activation\"}, ...} is expected, got %s", where,
    check.show(given))
  local named = {}
  for k, v in pairs(given) do
    if type(k) ~= "number" then named[k] = v end
  end
  local inputs, o = given[1], options(named, named_rules, where)
  check.that(options.matches(inputs, "integer") and inputs >= 1 and inputs < 2 ^ 31,
    "%s: the number of inputs comes first: an integer >= 1; got %s", where, check.show(inputs))
  check.that(#given >= 2, "%s: at least one layer is needed after the inputs", where)
  local layers, loss = read_layers(given, o.loss, where, o)
  return inputs, layers, loss, o
end

-- -- Making ---------------------------------------------------------------------------------------

--- Is there something that the core's layers have not?
local function is_deep(layers)
  for _, layer in ipairs(layers) do
    if layer.norm or layer.residual or layer.noise > 0 then return true end
  end
  return false
end

--- The network of a description as mlp takes it, with all parameters 0.
---@param given table
---@param where string   for messages
---@return network|StackedNetwork net, table options
local function describe(given, where)
  local inputs, layers, loss, o = read(given, where)
  if is_deep(layers) then return stacked.new(inputs, layers, loss, o.dtype), o end
  return Network.new(inputs, layers, loss, o.dtype), o
end

--- A network: the number of inputs, then {units, activation} for each layer, the output layer last,
--- where layers may have dropout, max_norm, norm, residual and noise, too: {100, "relu", dropout =
--- 0.2}.
---
--- Of a hidden layer alone are: dropout, the share of its units that each step of a training drops;
--- norm = "batch" or "layer" (mah.nn.batch_norm, mah.nn.layer_norm) between its linear map and its
--- activation; residual = true, which adds its input to its output and wants as many units. noise =
--- std adds normal noise to a layer's input in training. norm, residual and noise at the top of the
--- description are meant for every hidden layer, residual for those that have as many units as
--- inputs; norm = false in a layer leaves it out. With max_norm the weights that come into each
--- unit, net.layers[i].weight[:, unit], are scaled back to that Euclidean norm after each step of a
--- training that has made it larger (Srivastava et al.: "Dropout", JMLR 15, 2014). A network with
--- norm, residual or noise has the same initial weights, fields and methods as others, and its
--- gradient is the tape's.
---
--- Hidden activations: {{mah.learn.activation.hidden_names}};
--- or a table {forward = f(z) -> y, backward = f(y, dy, z) -> dz, name =} of functions on tensors
--- (rows, units), which see a batch in pieces and must treat each row by itself.
---
--- The last layer's activation decides what the loss may be: see that option. Losses of identity
--- are means over the outputs, squared_error with a factor 1/2.
---
---     local net = mah.mlp { 2, { 16, "tanh" }, { 3, "softmax" }, seed = 1 }
---     print(net)                        --> 2 -> 16 tanh -> 3 softmax, 99 parameters
---     print(net(mah.zeros(5, 2)).shape[2], net.layers[1].weight.shape[2])     --> 3 16
---     local deep = mah.mlp { 2, { 8, "relu" }, { 8, "relu" }, { 8, "relu" }, { 1, "identity" },
---       norm = "batch", residual = true, init = "he_normal", loss = "absolute_error" }
---     print(deep.layers[2].residual, deep.layers[1].norm)                     --> true batch
---@param given table
---@return network|StackedNetwork
local function mlp(given)
  local net, o = describe(given, "mah.mlp")
  initialize(net, random.generator(o.seed, "mah.mlp: seed"), o.init, "mah.mlp")
  return net
end

return { mlp = mlp, describe = describe }
