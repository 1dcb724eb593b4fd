--- Multi-layer perceptrons: dense layers on one flat parameter vector.
---
---     local net = mah.mlp{784, {100, "relu", dropout = 0.2}, {10, "softmax"}, seed = 1}
---     local p = net:forward(x)                 -- (N, 10) probabilities
---     print(net:score(x, y), net.layers[1].weight)
---     local counts = mah.mlp{3, {20, "gelu"}, {1, "exp"}, init = "he_normal"}     -- poisson loss
---     local robust = mah.mlp{3, {20, "tanh"}, {1, "identity"}, loss = "absolute_error"}
---     local deep = mah.mlp{784, {64, "tanh"}, {64, "tanh"}, {64, "tanh"}, {10, "softmax"},
---       norm = "batch", residual = true}
local Network = require "mah.learn.network"
local activations = require "mah.learn.activation"
local check = require "mah.base.check"
local initialize = require "mah.learn.initializer"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local stacked = require "mah.learn.stacked"

-- -- Reading the description ----------------------------------------------------------------------

local named_rules = options.declare("mah.mlp", {
  dtype = { "float32", { "float32", "float64" } },
  loss = { nil, "string" },
  init = { nil, "string|table" },
  seed = { nil, "integer|table", "[0, 4294967295]" },
  norm = { nil, { "batch", "layer", false } },
  residual = { false, "boolean" },
  noise = { 0, "number", "[0, inf)" },
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
---@return Network|StackedNetwork net, table options
local function describe(given, where)
  local inputs, layers, loss, o = read(given, where)
  if is_deep(layers) then return stacked.new(inputs, layers, loss, o.dtype), o end
  return Network.new(inputs, layers, loss, o.dtype), o
end

--- A network: the number of inputs, then {units, activation, dropout = rate, max_norm = limit} for
--- each layer. With max_norm the weights that come into each unit, net.layers[i].weight[:, unit],
--- are scaled back to that Euclidean norm after each step of a training that has made it larger
--- (Srivastava et al.: "Dropout", JMLR 15, 2014).
---
--- A hidden layer may have norm = "batch" or "layer" (mah.nn.batch_norm, mah.nn.layer_norm) between
--- its linear map and its activation; residual = true, which adds its input to its output and wants
--- as many units; noise = std, which adds normal noise to its input in training (the output layer
--- may have it, too). At the top of the description they are meant for every hidden layer; residual
--- then for those that have as many units as inputs, norm = false in a layer leaves it out. Such a
--- network has the same initial weights, fields and methods, and its gradient is the tape's.
---
--- Hidden activations:
---   {{mah.learn.activation.hidden_names}},
--- or a table {forward = f(z) -> y, backward = f(y, dy, z) -> dz, name =} of functions on tensors
--- (rows, units), which see a batch in pieces and must treat each row by itself.
---
--- The last layer's activation gives the loss (where several fit, the first one unless `loss` names
--- another; those of identity are means over the outputs, squared_error with a factor 1/2):
---   {{mah.learn.activation.loss_names}}
---
--- Named: loss; dtype ("float32" or "float64"); init, see initializer.lua; seed of the initial
--- weights, or a generator (the default one when absent, see mah.manual_seed).
---@param given table
---@return Network|StackedNetwork
local function mlp(given)
  local net, o = describe(given, "mah.mlp")
  initialize(net, random.generator(o.seed, "mah.mlp: seed"), o.init, "mah.mlp")
  return net
end

return { mlp = mlp, describe = describe }
