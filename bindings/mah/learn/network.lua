--- A network, layers on one flat parameter vector, and what it can do: outputs, classes, scores,
--- loss, gradient. mah.mlp makes one from a description.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local activations = require "mah.learn.activation"
local check = require "mah.base.check"
local common = require "mah.learn.training_rules"
local elsewhere = require "mah.learn.elsewhere"
local ffi = require "ffi"
local initialize = require "mah.learn.initializer"
local inputs_of = require "mah.learn.inputs"
local network_state = require "mah.learn.network_state"
local number_in = require "mah.base.number_in"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local saving = require "mah.learn.estimator.save"
local score_of = require "mah.learn.score_of"
local staged = require "mah.learn.staged"
local tensor = require "mah.tensor"

---@class network
---@field inputs integer            columns of x
---@field outputs integer           units of the last layer
---@field dtype string              "float32" or "float64"
---@field loss_function string      "cross_entropy" ...; it fits the output activation
---@field params tensor             all parameters, (P); the layers' weight and bias are views of it
---@field layers table[]            {units, activation, dropout, max_norm, weight = (inputs, units),
---  bias = (units)} of each
---@field names table[]             the parameters in the order of params: {name = "1.weight", first
---  = its first place, from 1, count =, sizes =, weight = view, max_norm =}
---@field input_scale number        what bytes and integers in x are multiplied by:
---  net:scale_inputs
---@field custom integer[]|false    the numbers of layers with an activation in Lua; false without
---@field in_lua boolean            has Lua a hand in each step of a training?
---@field private handle ffi.cdata*
---@field private batch ffi.cdata*
---@field private ticket integer
---@field private trained table|nil
local Network = setmetatable({}, {
  __index = function(methods, name)
    if name == "buffers" or name == "trained" then return nil end -- there may be none: kind.lua
    options.missing("a network", methods, name, elsewhere.network)
  end,
})
Network.__index = Network

--- Complains unless `self` is a network: net.forward(x) has a tensor there.
local function expect(self, method)
  if getmetatable(self) == Network then return end
  check.raise("a network's %s is called with a colon, net:%s(...); got %s in the place of net",
    method, method, check.show(self))
end

-- -- Making ---------------------------------------------------------------------------------------

local function to_c(layers)
  local c = ffi.new("mah_layer[?]", #layers)
  for i, layer in ipairs(layers) do
    c[i - 1].units = layer.units
    c[i - 1].activation = i < #layers and activations.number(layer.activation) or 0
    c[i - 1].dropout = layer.dropout
  end
  return c
end

local function add_name(net, name, view, first, max_norm)
  net.names[#net.names + 1] = { name = name, first = first, count = view:numel(),
    sizes = view.shape, weight = view, max_norm = max_norm }
end

--- Gives the layers their views of the parameters.
local function attach(net)
  net.names = {}
  for i, layer in ipairs(net.layers) do
    local c = C.mah_mlp_layer(net.handle, i - 1)
    local weight, bias = tonumber(c.weight), tonumber(c.bias)
    layer.weight = net.params:narrow(1, weight + 1, bias - weight):view(c.inputs, c.units)
    layer.bias = net.params:narrow(1, bias + 1, c.units)
    add_name(net, i .. ".weight", layer.weight, weight + 1, layer.max_norm)
    add_name(net, i .. ".bias", layer.bias, bias + 1)
  end
end

--- A network with all parameters 0. mah.mlp reads descriptions and draws initial weights.
---@param inputs integer
---@param layers {units: integer, activation: string|table, dropout: number, max_norm: number?}[]
---  kept, and given their weight and bias
---@param loss string
---@param dtype "float32"|"float64"
---@return network
function Network.new(inputs, layers, loss, dtype)
  local out = ffi.new "mah_mlp *[1]"
  check.status(C.mah_mlp_new(out, Type.dtype(dtype), inputs, activations.losses[loss],
    to_c(layers), #layers))
  local custom = activations.custom(layers)
  local net = setmetatable({
    handle = ffi.gc(out[0], C.mah_mlp_free),
    batch = ffi.new "mah_batch",
    inputs = inputs,
    outputs = layers[#layers].units,
    dtype = dtype,
    layers = layers,
    loss_function = loss,
    custom = custom,
    in_lua = custom ~= false,
    input_scale = 1,
    ticket = 0, -- of the pass that uses the core's stages: see staged.lua
  }, Network)
  net.params = tensor.zeros(tonumber(C.mah_mlp_parameters(net.handle)), { dtype = dtype })
  attach(net)
  return net
end

local clone_rules = options.declare("network:clone", {
  dtype = { nil, { "float32", "float64" }, nil, "type of the copy; nil: this network's" },
})

--- A network of the same form with a copy of the parameters.
---
---     local net = mah.mlp { 2, { 4, "tanh" }, { 1, "identity" }, seed = 1 }
---     local copy = net:clone { dtype = "float64" }
---     copy.params:zero_()
---     print(copy.dtype, net.params:abs():sum() > 0)                    --> float64 true
---@param given {dtype: string?}|nil   dtype: another one than this network's
---@return network
function Network:clone(given)
  expect(self, "clone")
  local dtype = options(given, clone_rules, "net:clone").dtype or self.dtype
  local layers = {}
  for i, layer in ipairs(self.layers) do
    layers[i] = { units = layer.units, activation = layer.activation, dropout = layer.dropout,
      max_norm = layer.max_norm }
  end
  local copy = Network.new(self.inputs, layers, self.loss_function, dtype)
  copy.params:copy_(self.params)
  return copy:scale_inputs(self.input_scale)
end

--- Draws new weights and biases, or takes given ones.
---
---     local net = mah.mlp { 2, { 1, "identity" } }
---     net:init(1, "he_normal")                                         -- the seed, and how
---     local W, b = mah.tensor { { 1 }, { 2 } }, mah.tensor { 3 }
---     net:init(nil, { coefs = { W }, intercepts = { b } })
---     print(net(mah.tensor { { 10, 10 } }):item())                     --> 33
---@param source integer|rng|nil   a seed, a generator, or nil for the default generator
---@param init string|table|nil    as mah.mlp's option; nil: glorot_uniform
---@return network self
function Network:init(source, init)
  expect(self, "init")
  initialize(self, random.generator(source, "net:init"), init, "net:init")
  return self
end

--- Inputs that are bytes or integers are multiplied by `scale` from now on, in training and
--- afterwards: 1 / 255 for images. Floating-point inputs are taken as they are.
---
---     local net = mah.mlp { 1, { 1, "identity" } }:scale_inputs(1 / 255)
---     local bytes = mah.tensor({ { 0 }, { 255 } }, "uint8")
---     print(net(bytes):equal(net(mah.tensor { { 0 }, { 1 } })))        --> true
---@param scale number    not 0
---@return network self
function Network:scale_inputs(scale)
  expect(self, "scale_inputs")
  check.that(type(scale) == "number", "net:scale_inputs: a number is expected, got %s",
    check.show(scale))
  check.status(C.mah_mlp_scale_inputs(self.handle, scale))
  self.input_scale = scale
  return self
end

-- -- Outputs --------------------------------------------------------------------------------------

--- Complains unless x is a matrix, or a sparse one.
local function expect_rows(net, x)
  inputs_of.expect(x, "x")
  if x.ndim ~= 2 then
    check.raise("x: a matrix (rows, %d) is expected, got %d dimensions", net.inputs, x.ndim)
  end
end

local function new_output(net, x, i)
  expect_rows(net, x)
  return tensor.empty(#x, net.layers[i].units, { dtype = net.dtype })
end

--- Of several layers, {[layer] = out}, of a sparse x.
local function forward_sparse(net, x, outs)
  local pointers = ffi.new("mah_tensor *[?]", #net.layers)
  local compressed = inputs_of.compress(net, x)
  for i, out in pairs(outs) do pointers[i - 1] = out end
  check.status(C.mah_mlp_forward_compressed(net.handle, pointers, net.params, compressed))
end

--- Of an x that the core does not take as it is.
local function forward_otherwise(net, x, layer)
  local out = new_output(net, x, layer)
  local forward = inputs_of.is_sparse(x) and forward_sparse or staged.forward
  forward(net, x, { [layer] = out })
  return out
end

--- The outputs of the last layer (or of layer `layer`, from 1) for each row, without dropout.
--- net(x) is the same.
---
---     local net = mah.mlp { 2, { 4, "tanh" }, { 3, "softmax" }, seed = 1 }
---     local p = net:forward(mah.zeros(5, 2))
---     print(p.shape[2], ("%.4f"):format(p[1]:sum()))                   --> 3 1.0000
---     print(net:forward(mah.zeros(5, 2), 1).shape[2])                  --> 4
---@param x tensor|mah.Sparse   (N, inputs)
---@param layer integer|nil
---@return tensor             (N, units)
function Network:forward(x, layer)
  expect(self, "forward")
  layer = layer or #self.layers
  if not self.layers[layer] then
    check.raise("net:forward: layer must be in 1 ... %d; got %s", #self.layers, check.show(layer))
  end
  expect_rows(self, x)
  if self.custom or inputs_of.is_sparse(x) then return forward_otherwise(self, x, layer) end
  local out = Type.blank()
  check.status(C.mah_mlp_forward(self.handle, out, self.params, x, layer - 1))
  return Type.own(out)
end

--- net(x) is net:forward(x), as in PyTorch.
function Network:__call(x, layer) return self:forward(x, layer) end

--- The outputs of every layer for each row, without dropout, in one pass.
---
---     local net = mah.mlp { 2, { 4, "tanh" }, { 3, "softmax" }, seed = 1 }
---     local layers = net:activations(mah.zeros(5, 2))
---     print(#layers, layers[1].shape[2], layers[2].shape[2])           --> 2 4 3
---@param x tensor|mah.Sparse   (N, inputs)
---@return tensor[]      (N, units) of layer 1, 2, ...
function Network:activations(x)
  expect(self, "activations")
  local outs, pointers = {}, ffi.new("mah_tensor *[?]", #self.layers)
  for i = 1, #self.layers do
    outs[i] = new_output(self, x, i)
    pointers[i - 1] = outs[i]
  end
  if inputs_of.is_sparse(x) then
    forward_sparse(self, x, outs)
  elseif self.custom then
    staged.forward(self, x, outs)
  else
    check.status(C.mah_mlp_forward_all(self.handle, pointers, self.params, x))
  end
  return outs
end

local function is_regression(net) return activations.is_regression(net.loss_function) end

--- What the network says of each row: with softmax the class, counted from 0: the first largest
--- output; with logistic outputs p > 0.5, a class with one output and a label each with several;
--- otherwise the outputs themselves.
---
---     local net = mah.mlp { 2, { 4, "tanh" }, { 3, "softmax" }, seed = 1 }
---     local classes = net:predict(mah.randn(5, 2))
---     print(classes.dtype, #classes, classes:max() <= 2)               --> int32 5 true
---@param x tensor|mah.Sparse   (N, inputs)
---@return tensor      (N), or (N, outputs) for several labels or targets; classes, labels: int32
function Network:predict(x)
  expect(self, "predict")
  if is_regression(self) then
    local p = self:forward(x)
    return self.outputs == 1 and p:view(#x) or p
  end
  expect_rows(self, x)
  local out
  if self.custom or inputs_of.is_sparse(x) then
    local columns = self.loss_function == "cross_entropy" and 1 or self.outputs
    out = columns == 1 and tensor.empty(#x, { dtype = "int32" })
      or tensor.empty(#x, columns, { dtype = "int32" })
    check.status(C.mah_mlp_classify(self.handle, out, self:forward(x)))
    return out
  end
  out = Type.blank()
  check.status(C.mah_mlp_predict(self.handle, out, self.params, x))
  return Type.own(out)
end

--- Accuracy for classes; for several labels the share of rows with all of them right; R2 (1 -
--- residual / total sum of squares) for numbers.
---
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local net = mah.mlp { 2, { 16, "tanh" }, { 2, "softmax" }, seed = 1 }
---     mah.train(net, moons, { solver = "lbfgs", stop = 100 })
---     print(net:score(moons.x, moons.y) > 0.9)                         --> true
---@param x tensor|mah.Sparse   (N, inputs)
---@param y tensor              (N) or (N, outputs)
---@param weight tensor|nil     (N): what a row counts
---@return number
function Network:score(x, y, weight)
  expect(self, "score")
  local predicted = self:predict(x)
  local score = is_regression(self) and score_of.numbers
    or predicted.ndim == 1 and score_of.classes or score_of.labels
  return score(predicted, y, weight, "net:score")
end

-- -- Loss and gradient ----------------------------------------------------------------------------

local loss_out = ffi.new "double[1]"

--- The mean loss of a batch at w with its penalties, and its gradient. What the training loop
--- calls; net:loss and net:gradient take data as it is.
---@param batch ffi.cdata*        the core's mah_batch
---@param w tensor                (P)
---@param gradient tensor|nil     (P), overwritten; nil: the loss only
---@return number loss
function Network:evaluate(batch, w, gradient)
  expect(self, "evaluate")
  if Type.is_tensor(batch) then
    check.raise "net:evaluate: it takes a batch of the training loop; write net:gradient(x, y)"
  end
  if self.custom then return staged.evaluate(self, batch, w, gradient) end
  check.status(C.mah_mlp_gradient(self.handle, loss_out, gradient, w, batch))
  return number_in(loss_out)
end

local penalty_rules = options.declare("network:loss network:gradient", {
  l1 = common.l1,
  l2 = common.l2,
  weight = common.weight,
})

--- Points the network's batch at a data set: every row, in order, no dropout.
local function set_batch(net, x, y, o)
  expect_rows(net, x)
  local batch = net.batch
  ffi.fill(batch, ffi.sizeof(batch))
  batch.x, batch.y, batch.weight_ = inputs_of.matrix(x), y, o.weight
  batch.count, batch.l1, batch.l2 = #x, o.l1, o.l2
  if not inputs_of.is_sparse(x) then return batch end
  local compressed = inputs_of.compress(net, x)
  batch.compressed_ = compressed
  return batch, compressed -- to be kept alive
end

--- Takes the compressed rows and y, which live until now, out of the batch.
local function release(batch, compressed, loss, y)
  if compressed then batch.compressed_ = nil end
  if batch.y == y then batch.y = nil end
  return loss
end

--- The mean loss over all rows, without dropout; with l1, l2 it includes the penalties (l1 sum|W| +
--- l2/2 sum W^2) / N. Errors: shapes; class numbers and targets that the loss does not take, by row
--- and value.
---
---     local net = mah.mlp { 2, { 4, "softmax" }, init = "zeros" }
---     local loss = net:loss(mah.randn(6, 2), mah.zeros(6, { dtype = "int32" }))
---     print(("%.4f %.4f"):format(loss, math.log(4)))                   --> 1.3863 1.3863
---@param x tensor|mah.Sparse   (N, inputs)
---@param y tensor            (N) integer classes 0 ... K-1, or targets (N, outputs)
---@param given table|nil
---@return number
function Network:loss(x, y, given)
  expect(self, "loss")
  local o = options(given, penalty_rules, "net:loss")
  y = activations.targets(self.loss_function, y, "y")
  local batch, compressed = set_batch(self, x, y, o)
  local loss = self:evaluate(batch, self.params, nil)
  return release(batch, compressed, loss, y)
end

--- The loss as net:loss gives it, and its gradient with respect to net.params.
---
---     local net = mah.mlp { 2, { 4, "tanh" }, { 1, "identity" }, seed = 1 }
---     local x, y = mah.randn(6, 2), mah.zeros(6, 1)
---     local before, g = net:gradient(x, y)
---     net.params:axpy_(-0.1, g)                                        -- a step downhill
---     print(net:loss(x, y) < before)                                   --> true
---@param x tensor|mah.Sparse   (N, inputs)
---@param y tensor            (N) integer classes 0 ... K-1, or targets (N, outputs)
---@param given table|nil
---@return number loss, tensor gradient   (P)
function Network:gradient(x, y, given)
  expect(self, "gradient")
  local o = options(given, penalty_rules, "net:gradient")
  local gradient = tensor.zeros(#self.params, { dtype = self.dtype })
  y = activations.targets(self.loss_function, y, "y")
  local batch, compressed = set_batch(self, x, y, o)
  local loss = self:evaluate(batch, self.params, gradient)
  return release(batch, compressed, loss, y), gradient
end

--- Writes the network to a safetensors file, bit for bit: weights, activations, dropout rates,
--- loss, type and input scale, and, unless state = false, what mah.train{resume = true} goes on
--- from; or to the kind of file that the path's ending names, as .onnx or .h: MLPClassifier:save
--- tells what is in them, their options, and how NumPy reads safetensors. mah.load reads it again.
---
---     local net = mah.mlp { 2, { 4, "tanh" }, { 3, "softmax" }, seed = 1 }
---     net:save "net.safetensors"
---     print(mah.load("net.safetensors").params:equal(net.params))      --> true
---@param path string
---@param given table|nil   options of the kind of file
---@return network self
function Network:save(path, given)
  expect(self, "save")
  return saving.save_network(self, path, given, network_state.file)
end

--- "784 -> 100 relu -> 10 softmax, 79510 parameters"
function Network:__tostring()
  local parts = { tostring(self.inputs) }
  for _, layer in ipairs(self.layers) do
    local dropout = layer.dropout > 0 and (" (dropout %g)"):format(layer.dropout) or ""
    local limit = layer.max_norm and (" (max_norm %g)"):format(layer.max_norm) or ""
    parts[#parts + 1] = ("%d %s%s%s"):format(layer.units, activations.name(layer.activation),
      dropout, limit)
  end
  return ("%s, %d parameters"):format(table.concat(parts, " -> "), #self.params)
end

return Network
