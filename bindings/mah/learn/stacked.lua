--- mah.mlp's networks with norms, residual connections or noise: the same fields and methods, and
--- layers of mah.nn, whose gradient is the tape's.
---
---     local net = mah.mlp { 64, { 64, "tanh", norm = "batch", residual = true, noise = 0.1 },
---       { 10, "softmax" }, seed = 1 }
---     print(net.layers[1].norm, net(mah.zeros(5, 64)).shape[2])        --> batch 10
---
--- A layer adds noise to its input, maps it linearly, normalises, activates and drops; and it adds
--- its input, where it is residual.
local C = require "mah.base.library"
local activations = require "mah.learn.activation"
local check = require "mah.base.check"
local class = require "mah.base.class"
local elsewhere = require "mah.learn.elsewhere"
local initialize = require "mah.learn.initializer"
local kind = require "mah.learn.kind"
local losses = require "mah.learn.taped.losses"
local network_state = require "mah.learn.network_state"
local nn = require "mah.learn.nn.functions"
local operations = require "mah.learn.nn.activation_rules"
local operands = require "mah.grad.operands"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local rows = require "mah.learn.taped.rows"
local saving = require "mah.learn.estimator.save"
local taped = require "mah.learn.taped.network"
local training = require "mah.learn.taped.training"
local tree = require "mah.learn.taped.tree"
local wrap = require "mah.grad.wrap"

local Taped = taped.class

--- What a method of networks of a function does, which is called so here, too.
local function inherited(name) return class.original[Taped[name]] end

---@class StackedNetwork: TapedNetwork
---@field outputs integer     units of the last layer
---@field layers table[]      {units, activation, dropout, norm = "batch", "layer" or nil, residual,
---  noise, max_norm, weight = (inputs, units), bias = (units)} of each
---@field custom integer[]|false  the numbers of layers with an activation in Lua; false without
---@field private steps function[]
---@field private norms table[]
local Stacked = class.new("a network", "net", "inputs forward_function model output has_warned "
  .. "trained norms custom", Taped, elsewhere.network)
-- What is defined anew is guarded anew; mah.load alone reads files, as of mah.mlp's other networks.
for _, name in ipairs { "clone", "init", "forward", "activations", "save", "load" } do
  Stacked[name] = nil
end

class.fields[Stacked] = { layers = true, outputs = true }
for name in pairs(class.fields[Taped]) do class.fields[Stacked][name] = true end

-- -- Layers ---------------------------------------------------------------------------------------

local norms = {
  batch = nn.batch_norm,
  layer = function(x, p) return nn.layer_norm(x, p.weight, p.bias) end,
}

--- The function of a hidden layer's activation; nil for the identity.
local function activation_of(given)
  if type(given) == "string" then return operations[given] end
  return wrap.custom { name = given.name or "the activation of your own", forward = given.forward,
    backward = function(dy, y, z) return given.backward(y, dy, z) end }
end

--- A layer as a function (p, x, training) -> y. `activate`: nil for none.
local function as_function(layer, activate)
  local norm, noise, dropout, residual = norms[layer.norm], layer.noise, layer.dropout,
    layer.residual
  return function(p, x, is_training)
    local y = x
    if noise > 0 then y = nn.gaussian_noise(y, noise, is_training) end
    y = nn.linear(y, p.weight, p.bias)
    if norm then y = norm(y, p.norm, is_training) end
    if activate then y = activate(y) end
    if dropout > 0 then y = nn.dropout(y, dropout, is_training) end
    return residual and x + y or y
  end
end

--- Inputs that are integers, as numbers; bytes with a scale have become so already.
local function as_numbers(net, x)
  local plain = operands.raw(x)
  if C.mah_dtype_is_integer(plain.elem) == 0 then return x end
  local y = plain:to(net.dtype)
  return net.input_scale == 1 and y or y:mul_(net.input_scale)
end

--- The outputs of layer `last` before the loss' own activation, and those of the others in `outs_`.
local function run(net, p, x, is_training, last, outs_)
  x = as_numbers(net, x)
  for i = 1, last do
    x = net.steps[i](p[i], x, is_training)
    if outs_ then outs_[i] = x end
  end
  return x
end

-- -- Making ---------------------------------------------------------------------------------------

--- The tree of parameters: of each layer weight, bias and norm.
local function tree_of(inputs, layers)
  local list = {}
  for i, layer in ipairs(layers) do
    local norm
    if layer.norm then
      norm = { weight = { layer.units, init = "ones" }, bias = { layer.units } }
    end
    if layer.norm == "batch" then
      norm.running_mean = { layer.units, buffer = true }
      norm.running_var = { layer.units, buffer = true, init = "ones" }
    end
    list[i] = { weight = { inputs, layer.units, max_norm = layer.max_norm },
      bias = { layer.units }, norm = norm }
    inputs = layer.units
  end
  return tree.read(list, "mah.mlp")
end

--- Gives the layers their views of the parameters; the norms' for the initializer.
local function attach(net)
  net.norms = {}
  for i, layer in ipairs(net.layers) do
    local p = net.parameters[i]
    layer.weight, layer.bias = p.weight, p.bias
    if p.norm then net.norms[#net.norms + 1] = p.norm end
  end
end

--- A network with all parameters 0, which initializer.lua fills.
---@param inputs integer
---@param layers table[]   {units, activation, dropout, norm, residual, noise}, kept
---@param loss string
---@param dtype string
---@return StackedNetwork
local function new(inputs, layers, loss, dtype)
  local net
  local function apply(p, x, is_training)
    local scores = run(net, p, x, is_training, #layers)
    return scores
  end
  net = taped.new { tree = tree_of(inputs, layers), apply = apply, inputs = inputs, dtype = dtype,
    loss = losses.read(loss, "mah.mlp"), output = activations.output_of[loss] }
  net.layers, net.outputs, net.steps = layers, layers[#layers].units, {}
  net.custom = activations.custom(layers)
  for i, layer in ipairs(layers) do
    net.steps[i] = as_function(layer, i < #layers and activation_of(layer.activation) or nil)
  end
  attach(net)
  return setmetatable(net, Stacked)
end

local fields_of_layers = { "units", "activation", "dropout", "norm", "residual", "noise",
  "max_norm" }

local clone_rules = options.declare("StackedNetwork:clone", {
  dtype = { nil, { "float32", "float64" }, nil, "type of the copy; nil: this network's" },
})

--- A network of the same form with a copy of parameters and running statistics.
---
---     local net = mah.mlp { 2, { 4, "tanh" }, { 1, "identity" }, norm = "batch", seed = 1 }
---     print(net:clone().params:equal(net.params))                      --> true
---@param given {dtype: string?}|nil   dtype: another one than this network's
---@return StackedNetwork
function Stacked:clone(given)
  local dtype = options(given, clone_rules, "net:clone").dtype or self.dtype
  local layers = {}
  for i, layer in ipairs(self.layers) do
    layers[i] = {}
    for _, field in ipairs(fields_of_layers) do layers[i][field] = layer[field] end
  end
  local copy = new(self.inputs, layers, self.loss_function, dtype)
  copy.params:copy_(self.params)
  copy.buffers:copy_(self.buffers)
  return copy:scale_inputs(self.input_scale)
end

--- Draws new weights and biases, or takes given ones, as mah.mlp does; the norms begin anew.
---
---     local net = mah.mlp { 2, { 4, "tanh" }, { 1, "identity" }, norm = "layer" }
---     local first = net:init(1, "he_normal").params:clone()
---     print(net:init(1, "he_normal").params:equal(first))              --> true
---@param source integer|rng|nil   a seed, a generator, or nil for the default generator
---@param init string|table|nil    as mah.mlp's option; nil: glorot_uniform
---@return StackedNetwork self
function Stacked:init(source, init)
  initialize(self, random.generator(source, "net:init"), init, "net:init")
  return self
end

-- -- Outputs --------------------------------------------------------------------------------------

local forward = inherited "forward"

--- The outputs of the last layer (or of layer `layer`, from 1) for each row, without noise.
--- net(x) is the same.
---
---     local net = mah.mlp { 2, { 4, "tanh" }, { 3, "softmax" }, norm = "batch", seed = 1 }
---     print(net:forward(mah.zeros(5, 2)).shape[2], net:forward(mah.zeros(5, 2), 1).shape[2])
---     --> 3 4
---@param x tensor            (N, inputs)
---@param layer integer|nil
---@return tensor             (N, units)
function Stacked:forward(x, layer)
  if layer == nil or layer == #self.layers then return forward(self, x) end
  check.that(self.layers[layer], "net:forward: layer must be in 1 ... %d; got %s", #self.layers,
    check.show(layer))
  taped.expect_x(self, x, "x")
  return run(self, self.parameters, rows.all(x, self), false, layer)
end

function Stacked:__call(x, layer) return self:forward(x, layer) end

--- The outputs of every layer for each row, without noise, in one pass.
---
---     local net = mah.mlp { 2, { 4, "tanh" }, { 3, "softmax" }, norm = "batch", seed = 1 }
---     local layers = net:activations(mah.zeros(5, 2))
---     print(#layers, layers[1].shape[2])                               --> 2 4
---@param x tensor      (N, inputs)
---@return tensor[]     (N, units) of layer 1, 2, ...
function Stacked:activations(x)
  taped.expect_x(self, x, "x")
  local outs, last = {}, #self.layers
  run(self, self.parameters, rows.all(x, self), false, last, outs)
  if self.output_function then outs[last] = self.output_function(outs[last]) end
  return outs
end

-- -- Files, and how it is shown -------------------------------------------------------------------

--- Writes the network to a safetensors file, bit for bit, with its norms and running statistics,
--- and, unless state = false, with what mah.train{resume = true} goes on from; or to the kind of
--- file that the path's ending names. mah.load reads it again.
---
---     local net = mah.mlp { 2, { 4, "tanh" }, { 1, "identity" }, norm = "batch", seed = 1 }
---     net:save "deep.safetensors"
---     print(mah.load("deep.safetensors").params:equal(net.params))     --> true
---@param path string
---@param given table|nil   options of the kind of file
---@return StackedNetwork self
function Stacked:save(path, given)
  return saving.save_network(self, path, given, network_state.file)
end

--- " (batch norm, residual)" of a layer, or "".
local function shown(layer)
  local parts = {}
  if layer.noise > 0 then parts[#parts + 1] = ("noise %g"):format(layer.noise) end
  if layer.norm then parts[#parts + 1] = layer.norm .. " norm" end
  if layer.dropout > 0 then parts[#parts + 1] = ("dropout %g"):format(layer.dropout) end
  if layer.residual then parts[#parts + 1] = "residual" end
  if layer.max_norm then parts[#parts + 1] = ("max_norm %g"):format(layer.max_norm) end
  return parts[1] and (" (%s)"):format(table.concat(parts, ", ")) or ""
end

--- "784 -> 64 tanh (batch norm, residual) -> 10 softmax, 51018 parameters"
function Stacked:__tostring()
  local parts = { tostring(self.inputs) }
  for _, layer in ipairs(self.layers) do
    parts[#parts + 1] = ("%d %s%s"):format(layer.units, activations.name(layer.activation),
      shown(layer))
  end
  return ("%s, %d parameters"):format(table.concat(parts, " -> "), #self.params)
end

-- -- Training: as of networks of a function, whose function is not the user's ---------------------

local own = {}
for name, f in pairs(training) do own[name] = f end

function own.callbacks(net)
  local _, mine = training.callbacks(net)
  local functions = {}
  for _, i in ipairs(net.custom or {}) do
    functions["activation " .. i] = net.layers[i].activation
  end
  mine[#mine + 1] = net.layers
  return functions, mine
end

kind.define(Stacked, own)

return { new = new, class = Stacked, shown = shown }
