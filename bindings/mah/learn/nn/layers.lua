--- The constructors of layers, under PyTorch's names.
local activations = require "mah.learn.activation"
local functions = require "mah.learn.nn.functions"
local layer = require "mah.learn.nn.layer"
local operations = require "mah.learn.nn.activation_rules"
local options = require "mah.base.options"
local weight_norm = require "mah.learn.nn.weight_norm"

local layers = {}

local function size(text) return { options.required, "integer", "[1, inf)", text } end

local columns = size "columns of the input, each with a scale and a shift of its own"
local max_norm = { nil, "number", "(0, inf)", "longest column of the weights that a step of "
  .. "mah.train leaves; nil: no limit" }
local eps = { 1e-5, "number", "[0, inf)", "what is added to the variance" }
local affine = { true, "boolean", nil, "are there weight and bias, which are learned?" }

-- -- With weights ---------------------------------------------------------------------------------

layer.define("Linear", {
  inputs = size "columns of the input", outputs = size "columns of the output",
  bias = { true, "boolean", nil, "is there a bias?" },
  init = { nil, "string|callable", nil, "initial weights: a name of mah.init's, or a function (t, "
    .. "rng); nil: the network's" },
  max_norm = max_norm,
  weight_norm = { false, "boolean", nil, "lengths and directions of the columns are learned apart: "
    .. "mah.nn.weight_norm" },
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
---@param given table
---@return Layer
function layers.Linear(given) return layer.new("Linear", given) end

layer.define("Embedding", {
  categories = size "categories: codes are 0 ... categories-1",
  columns = size "numbers for each category",
  init = { "normal", "string|callable", nil, "initial numbers: a name of mah.init's, or a function "
    .. "(t, rng)" },
  max_norm = max_norm,
}, { "categories", "columns" }, function(s)
  local weight = { s.categories, s.columns, init = s.init, max_norm = s.max_norm }
  return { params = { weight = weight },
    forward = function(p, x) return functions.embedding(x, p.weight) end }
end)

--- A row of numbers for each category, which is learned; the input is codes 0 ... categories-1.
--- Parameters: weight (categories, columns).
---
---     print(mah.nn.Embedding { 10, 4 })              --> Embedding{10, 4}: 40 parameters
---@param given table
---@return Layer
function layers.Embedding(given) return layer.new("Embedding", given) end

-- -- Norms ----------------------------------------------------------------------------------------

--- weight and bias of a norm.
local function scale_and_shift(s)
  if not s.affine then return {} end
  return { weight = { s.columns, init = "ones" }, bias = { s.columns, init = "zeros" } }
end

layer.define("LayerNorm", {
  columns = columns,
  eps = eps,
  affine = affine,
}, { "columns" }, function(s)
  return { params = scale_and_shift(s), forward = function(p, x)
    return functions.layer_norm(x, p and p.weight, p and p.bias, s.eps)
  end }
end)

--- Each row brought to mean 0 and variance 1, and then scaled: mah.nn.layer_norm. Parameters:
--- weight and bias (columns).
---
---     print(mah.nn.LayerNorm { 64 })                 --> LayerNorm{64}: 128 parameters
---@param given table
---@return Layer
function layers.LayerNorm(given) return layer.new("LayerNorm", given) end

layer.define("BatchNorm", {
  columns = columns,
  momentum = functions.batch_rules.momentum,
  eps = eps,
  affine = affine,
  track_running_stats = { true, "boolean", nil, "keep running statistics, for evaluation; false: a "
    .. "batch's own are taken there, too" },
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
---@param given table
---@return Layer
function layers.BatchNorm(given) return layer.new("BatchNorm", given) end

-- -- Noise ----------------------------------------------------------------------------------------

layer.define("Dropout", {
  rate = { 0.5, "number", "[0, 1)", "share of the elements that become 0" },
}, { "rate" }, function(s)
  local rate = s.rate
  return { forward = function(_, x, training) return functions.dropout(x, rate, training) end }
end)

--- In training, each element is 0 with a probability, and else larger: mah.nn.dropout.
---
---     print(mah.nn.Dropout { 0.2 })                  --> Dropout{0.2}
---@param given table
---@return Layer
function layers.Dropout(given) return layer.new("Dropout", given) end

layer.define("GaussianNoise", { std = { 0.1, "number", "[0, inf)", "standard deviation" } },
  { "std" }, function(s)
  local std = s.std
  return { forward = function(_, x, training)
    return functions.gaussian_noise(x, std, training)
  end }
end)

--- Normal noise that is added in training: mah.nn.gaussian_noise.
---
---     print(mah.nn.GaussianNoise { 0.3 })            --> GaussianNoise{0.3}
---@param given table
---@return Layer
function layers.GaussianNoise(given) return layer.new("GaussianNoise", given) end

-- -- Activations ----------------------------------------------------------------------------------

layer.define("PReLU", {
  columns = { 1, "integer", "[1, inf)", "columns of the input, for an `a` each; 1: one for all" },
  start = { 0.25, "number", nil, "where each `a` begins" },
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
---@param given table|nil
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

layer.define("Softmax", {
  dim = { -1, "integer", nil, "dimension along which the results add up to 1; -1: the last one" },
}, { "dim" }, function(s)
  local dim = s.dim
  return { forward = function(_, x) return functions.softmax(x, dim) end }
end)

--- Scores as probabilities: mah.nn.softmax. The losses of mah.network take scores, without it.
---
---     print(mah.nn.Softmax {})                       --> Softmax{}
---@param given table|nil
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
  params = { nil, "table", nil, "its parameters, in the form of mah.network's params; nil: none" },
  forward = { options.required, "callable", nil, "function (p, x, training) -> y" },
  name = { nil, "string", nil, "how it is shown; nil: Layer" },
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
---@param given {params: table?, forward: function, name: string?}
---@return Layer
function layers.Layer(given) return layer.new("Layer", given) end

return layers
