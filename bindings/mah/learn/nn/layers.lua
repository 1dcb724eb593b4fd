--- The constructors of layers, under PyTorch's names.
local activations = require "mah.learn.activation"
local functions = require "mah.learn.nn.functions"
local layer = require "mah.learn.nn.layer"
local operations = require "mah.learn.nn.activation_rules"
local options = require "mah.base.options"
local weight_norm = require "mah.learn.nn.weight_norm"

local layers = {}

local size = { options.required, "integer", "[1, inf)" }

-- -- With weights ---------------------------------------------------------------------------------

layer.define("Linear", {
  inputs = size, outputs = size,
  bias = { true, "boolean" },
  init = { nil, "string|callable" },
  max_norm = { nil, "number", "(0, inf)" },
  weight_norm = { false, "boolean" },
}, { "inputs", "outputs" }, function(s)
  local bias = s.bias and { s.outputs } or nil
  if s.weight_norm then
    local g, v = weight_norm.leaves(s)
    return { params = { weight_g = g, weight_v = v, bias = bias }, forward = function(p, x)
      return functions.linear(x, functions.weight_norm(p.weight_v, p.weight_g), p.bias)
    end }
  end
  local weight = { s.inputs, s.outputs, init = s.init, max_norm = s.max_norm }
  return { params = { weight = weight, bias = bias },
    forward = function(p, x) return functions.linear(x, p.weight, p.bias) end }
end)

--- The affine map x W + b. Parameters: weight (inputs, outputs), bias (outputs); with weight norm
--- weight_v (inputs, outputs) and weight_g (outputs) in the place of weight.
---
---     print(mah.nn.Linear { 784, 64 })               --> Linear{784, 64}: 50240 parameters
---@param given table   inputs, outputs; bias (true); init: a name of mah.init's or function (t,
---  rng), default that of the network; max_norm: the longest column that a step of mah.train
---  leaves; weight_norm (false): lengths and directions of the columns are learned apart
---@return Layer
function layers.Linear(given) return layer.new("Linear", given) end

layer.define("Embedding", {
  categories = size, columns = size,
  init = { "normal", "string|callable" },
  max_norm = { nil, "number", "(0, inf)" },
}, { "categories", "columns" }, function(s)
  local weight = { s.categories, s.columns, init = s.init, max_norm = s.max_norm }
  return { params = { weight = weight },
    forward = function(p, x) return functions.embedding(x, p.weight) end }
end)

--- A row of numbers for each category, which is learned; the input is codes 0 ... categories-1.
--- Parameters: weight (categories, columns).
---
---     print(mah.nn.Embedding { 10, 4 })              --> Embedding{10, 4}: 40 parameters
---@param given table   categories, columns; init ("normal", N(0, 1)); max_norm: the longest column
---  that a step of mah.train leaves
---@return Layer
function layers.Embedding(given) return layer.new("Embedding", given) end

-- -- Norms ----------------------------------------------------------------------------------------

--- weight and bias of a norm.
local function scale_and_shift(s)
  if not s.affine then return {} end
  return { weight = { s.columns, init = "ones" }, bias = { s.columns, init = "zeros" } }
end

layer.define("LayerNorm", {
  columns = size,
  eps = { 1e-5, "number", "[0, inf)" },
  affine = { true, "boolean" },
}, { "columns" }, function(s)
  return { params = scale_and_shift(s), forward = function(p, x)
    return functions.layer_norm(x, p and p.weight, p and p.bias, s.eps)
  end }
end)

--- Each row brought to mean 0 and variance 1, and then scaled: mah.nn.layer_norm. Parameters:
--- weight and bias (columns).
---
---     print(mah.nn.LayerNorm { 64 })                 --> LayerNorm{64}: 128 parameters
---@param given table   columns; eps (1e-5); affine (true): are there weight and bias?
---@return Layer
function layers.LayerNorm(given) return layer.new("LayerNorm", given) end

layer.define("BatchNorm", {
  columns = size,
  momentum = { 0.1, "number", "[0, 1]" },
  eps = { 1e-5, "number", "[0, inf)" },
  affine = { true, "boolean" },
  track_running_stats = { true, "boolean" },
}, { "columns" }, function(s)
  local params, settings = scale_and_shift(s), { momentum = s.momentum, eps = s.eps }
  if s.track_running_stats then
    params.running_mean = { s.columns, init = "zeros", buffer = true }
    params.running_var = { s.columns, init = "ones", buffer = true }
  end
  local none = {}
  return { params = params, forward = function(p, x, training)
    return functions.batch_norm(x, p or none, training, settings)
  end }
end)

--- Each column brought to mean 0 and variance 1 over a mini-batch, and then scaled:
--- mah.nn.batch_norm. Parameters: weight and bias (columns); running_mean and running_var are
--- buffers, with which the columns are normalised in evaluation.
---
---     print(mah.nn.BatchNorm { 64 })                 --> BatchNorm{64}: 128 parameters
---@param given table   columns; momentum (0.1): the share of a mini-batch in the running
---  statistics; eps (1e-5); affine (true): are there weight and bias? track_running_stats (true)
---@return Layer
function layers.BatchNorm(given) return layer.new("BatchNorm", given) end

-- -- Noise ----------------------------------------------------------------------------------------

layer.define("Dropout", { rate = { 0.5, "number", "[0, 1)" } }, { "rate" }, function(s)
  local rate = s.rate
  return { forward = function(_, x, training) return functions.dropout(x, rate, training) end }
end)

--- In training, each element is 0 with a probability, and else larger: mah.nn.dropout.
---
---     print(mah.nn.Dropout { 0.2 })                  --> Dropout{0.2}
---@param given table   rate (0.5)
---@return Layer
function layers.Dropout(given) return layer.new("Dropout", given) end

layer.define("GaussianNoise", { std = { 0.1, "number", "[0, inf)" } }, { "std" }, function(s)
  local std = s.std
  return { forward = function(_, x, training)
    return functions.gaussian_noise(x, std, training)
  end }
end)

--- Normal noise that is added in training: mah.nn.gaussian_noise.
---
---     print(mah.nn.GaussianNoise { 0.3 })            --> GaussianNoise{0.3}
---@param given table   std (0.1)
---@return Layer
function layers.GaussianNoise(given) return layer.new("GaussianNoise", given) end

-- -- Activations ----------------------------------------------------------------------------------

layer.define("PReLU", {
  columns = { 1, "integer", "[1, inf)" },
  start = { 0.25, "number" },
}, { "columns" }, function(s)
  local start = s.start
  return {
    params = { weight = { s.columns, init = function(t) t:fill_(start) end } },
    forward = function(p, x) return functions.prelu(x, p.weight) end,
  }
end)

--- x where it is positive, else a x with an `a` that is learned: mah.nn.prelu. Parameters: weight.
---
---     print(mah.nn.PReLU {})                         --> PReLU{}: 1 parameter
---@param given table|nil   columns (1): one `a` for each column, or one for all; start (0.25)
---@return Layer
function layers.PReLU(given) return layer.new("PReLU", given) end

for kind, name in pairs { GLU = "glu", SwiGLU = "swiglu" } do
  local f = functions[name]
  layer.define(kind, {}, {}, function() return { forward = function(_, x) return f(x) end } end)
end

--- The gated linear unit of both halves of the columns: mah.nn.glu.
---
---     print(mah.nn.GLU {})                           --> GLU{}
---@param none table|nil   {}: nothing is to be set
---@return Layer
function layers.GLU(none) return layer.new("GLU", none) end

--- The gated unit with Swish of both halves of the columns: mah.nn.swiglu.
---
---     print(mah.nn.SwiGLU {})                        --> SwiGLU{}
---@param none table|nil   {}: nothing is to be set
---@return Layer
function layers.SwiGLU(none) return layer.new("SwiGLU", none) end

layer.define("Softmax", { dim = { -1, "integer" } }, { "dim" }, function(s)
  local dim = s.dim
  return { forward = function(_, x) return functions.softmax(x, dim) end }
end)

--- Scores as probabilities: mah.nn.softmax. The losses of mah.network take scores, without it.
---
---     print(mah.nn.Softmax {})                       --> Softmax{}
---@param given table|nil   dim (-1, the last one)
---@return Layer
function layers.Softmax(given) return layer.new("Softmax", given) end

--- PyTorch's names of mah.mlp's activations.
local class_names = { identity = "Identity", relu = "ReLU", logistic = "Sigmoid", tanh = "Tanh",
  leaky_relu = "LeakyReLU", elu = "ELU", softplus = "Softplus", gelu = "GELU", silu = "SiLU" }

--- Of one that is new: "Mish" of mish.
local function class_name(name)
  return class_names[name] or (name:gsub("^%l", string.upper):gsub("_(%l)", string.upper))
end

--- An activation of mah.mlp's as a layer. They have PyTorch's names, Identity, ReLU, Sigmoid, Tanh,
--- LeakyReLU, ELU, Softplus, GELU and SiLU; there: {{mah.learn.activation.hidden_names}}.
---
---     print(mah.nn.Tanh {})                          --> Tanh{}
---@param none table|nil   {}: nothing is to be set
---@return Layer
local function activation(kind) return function(none) return layer.new(kind, none) end end

layers.class_of_activation = {}
for name in pairs(activations.hidden) do
  local kind, f = class_name(name), operations[name]
  layer.define(kind, {}, {}, function()
    return { forward = function(_, x) return f and f(x) or x end }
  end)
  layers[kind] = activation(kind)
  layers.class_of_activation[name] = kind
end

-- -- One's own ------------------------------------------------------------------------------------

layer.define("Layer", {
  params = { nil, "table" },
  forward = { options.required, "callable" },
  name = { nil, "string" },
}, {}, function(s)
  local made = { params = s.params, forward = s.forward, is_custom = true, shown = s.name }
  s.params, s.forward, s.name = nil, nil, nil
  return made
end)

--- A layer of one's own: any function of parameters and an input. A file cannot hold it.
---
---     local scaled = mah.nn.Layer { name = "Scale", params = { s = { 64, init = "ones" } },
---       forward = function(p, x, training) return x * p.s end }
---     print(scaled)                                  --> Scale{}: 64 parameters
---@param given {params: table?, forward: function, name: string?}   params: as mah.network's;
---  forward: function (p, x, training) -> y; name: how it is shown
---@return Layer
function layers.Layer(given) return layer.new("Layer", given) end

return layers
