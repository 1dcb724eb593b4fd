--- Multi-layer perceptrons: dense layers on one flat parameter vector.
---
---     local net = mah.mlp{784, {100, "relu", dropout = 0.2}, {10, "softmax"}, seed = 1}
---     local p = net:forward(x)                 -- (N, 10) probabilities
---     print(net:score(x, y), net.layers[1].weight)
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local activations = require "mah.learn.activation"
local check = require "mah.base.check"
local ffi = require "ffi"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local tensor = require "mah.tensor"

---@class Network
---@field inputs integer            columns of x
---@field outputs integer           units of the last layer
---@field dtype string              "float32" or "float64"
---@field loss_function string      "cross_entropy" ..., which belongs to the output activation
---@field params tensor             all parameters, (P); the layers' weight and bias are views of it
---@field layers table[]            {units, activation, dropout, weight = (in, out), bias = (out)}
local Network = {}
Network.__index = Network

-- -- Reading the description -----------------------------------------------------------------------

local named_rules = {
  dtype = { "float32", { "float32", "float64" } },
  seed = { nil, "integer|table", "[0, 4294967295]" },
}

local layer_rules = { dropout = { 0, "number", "[0, 1)" } }

local function read_layer(given, i, is_last)
  local where = ("mah.mlp: layer %d"):format(i)
  check.that(type(given) == "table", "%s: {units, \"activation\"} is expected, got %s", where, check.show(given))
  local named = {}
  for k, v in pairs(given) do
    if k ~= 1 and k ~= 2 then named[k] = v end
  end
  local units, activation = given[1], given[2]
  check.that(options.matches(units, "integer") and units >= 1 and units < 2 ^ 31,
    "%s: units must be an integer >= 1; got %s", where, check.show(units))
  local known = is_last and activations.outputs or activations.hidden
  if known[activation] == nil then
    local hint = type(activation) == "string" and options.nearest(activation, known)
    check.raise("%s: activation must be one of %s; got %s%s", where, activations.list(known), check.show(activation),
      hint and (" (did you mean '%s'?)"):format(hint) or "")
  end
  local o = options(named, layer_rules, where)
  check.that(not is_last or o.dropout == 0, "%s: the output layer has no dropout", where)
  return { units = units, activation = activation, dropout = o.dropout }
end

local function read(given)
  check.that(type(given) == "table", "mah.mlp: a table {inputs, {units, \"activation\"}, ...} is expected, got %s",
    check.show(given))
  local named = {}
  for k, v in pairs(given) do
    if type(k) ~= "number" then named[k] = v end
  end
  local inputs = given[1]
  check.that(options.matches(inputs, "integer") and inputs >= 1 and inputs < 2 ^ 31,
    "mah.mlp: the number of inputs comes first: an integer >= 1; got %s", check.show(inputs))
  check.that(#given >= 2, "mah.mlp: at least one layer is needed after the inputs")
  local layers = {}
  for i = 2, #given do layers[i - 1] = read_layer(given[i], i - 1, i == #given) end
  return inputs, layers, options(named, named_rules, "mah.mlp")
end

-- -- Making ----------------------------------------------------------------------------------------

local function to_c(layers)
  local c = ffi.new("mah_layer[?]", #layers)
  for i, layer in ipairs(layers) do
    c[i - 1].units = layer.units
    c[i - 1].activation = activations.hidden[layer.activation] or 0
    c[i - 1].dropout = layer.dropout
  end
  return c
end

--- Gives the layers their views of the parameters.
local function attach(net)
  for i, layer in ipairs(net.layers) do
    local c = C.mah_mlp_layer(net.handle, i - 1)
    local weight, bias = tonumber(c.weight), tonumber(c.bias)
    layer.weight = net.params:narrow(1, weight + 1, bias - weight):view(c.inputs, c.units)
    layer.bias = net.params:narrow(1, bias + 1, c.units)
  end
end

local function build(inputs, layers, dtype)
  local last = layers[#layers]
  local loss = activations.outputs[last.activation]
  local out = ffi.new "mah_mlp *[1]"
  check.status(C.mah_mlp_new(out, Type.dtype(dtype), inputs, loss, to_c(layers), #layers))
  local net = setmetatable({
    handle = ffi.gc(out[0], C.mah_mlp_free),
    batch = ffi.new "mah_batch",
    inputs = inputs,
    outputs = last.units,
    dtype = dtype,
    layers = layers,
    loss_function = ffi.string(C.mah_loss_name(loss)),
  }, Network)
  net.params = tensor.zeros(tonumber(C.mah_mlp_parameters(net.handle)), { dtype = dtype })
  attach(net)
  return net
end

--- A network: the number of inputs, then {units, "activation", dropout = rate} for each layer.
--- Hidden activations: identity, relu, logistic, tanh. The last layer's one chooses the loss:
--- softmax (cross entropy), logistic (binary cross entropy), identity (squared error).
--- Named: dtype ("float32" or "float64"), seed of the initial weights (drawn from the default
--- generator when absent, see mah.manual_seed).
---@param given table
---@return Network
local function mlp(given)
  local inputs, layers, o = read(given)
  local net = build(inputs, layers, o.dtype)
  net:init(o.seed)
  return net
end

--- Draws new weights and biases: U(-b, b) with b = sqrt(F / (inputs + units)), F = 6, or 2 for
--- logistic layers (Glorot, Bengio 2010; biases too, as scikit-learn does). The output layer takes
--- the F of the layer before it. Drawn in double, layer by layer, weights before biases.
---@param source integer|rng|nil   a seed, a generator, or nil for the default generator
---@return Network
function Network:init(source)
  local rng = random.generator(source, "net:init")
  local factor = 6
  for i, layer in ipairs(self.layers) do
    if i < #self.layers then factor = layer.activation == "logistic" and 2 or 6 end
    local bound = math.sqrt(factor / (layer.weight.shape[1] + layer.units))
    rng:fill_uniform(layer.weight, -bound, bound)
    rng:fill_uniform(layer.bias, -bound, bound)
  end
  return self
end

--- A network of the same form with a copy of the parameters.
---@return Network
function Network:clone()
  local layers = {}
  for i, layer in ipairs(self.layers) do
    layers[i] = { units = layer.units, activation = layer.activation, dropout = layer.dropout }
  end
  local copy = build(self.inputs, layers, self.dtype)
  copy.params:copy_(self.params)
  return copy
end

-- -- Using -----------------------------------------------------------------------------------------

local function rows_of(net, x)
  Type.expect(x, "x")
  check.that(x.ndim == 2, "x: a matrix (rows, %d) is expected, got %s", net.inputs, tostring(x.ndim) .. " dimensions")
  return #x
end

--- The outputs of the last layer (or of layer `layer`, from 1) for each row, without dropout.
---@param x tensor            (N, inputs)
---@param layer integer|nil
---@return tensor             (N, units)
function Network:forward(x, layer)
  layer = layer or #self.layers
  check.that(self.layers[layer], "net:forward: layer must be in 1 ... %d; got %s", #self.layers, check.show(layer))
  local out = tensor.empty(rows_of(self, x), self.layers[layer].units, { dtype = self.dtype })
  check.status(C.mah_mlp_forward(self.handle, out, self.params, x, layer - 1))
  return out
end

--- The class of each row, counted from 0: the largest output, or p > 0.5 with one output.
---@param x tensor     (N, inputs)
---@return tensor      (N) int32
function Network:predict(x)
  local out = tensor.empty(rows_of(self, x), { dtype = "int32" })
  check.status(C.mah_mlp_predict(self.handle, out, self.params, x))
  return out
end

--- Accuracy for classes, R2 (1 - residual / total sum of squares) for squared error.
---@param x tensor     (N, inputs)
---@param y tensor     (N) or (N, outputs)
---@return number
function Network:score(x, y)
  local metrics = require "mah.learn.metrics"
  if self.loss_function == "squared_error" then return metrics.r2(y, self:forward(x)) end
  return metrics.accuracy(y, self:predict(x))
end

local loss_out = ffi.new "double[1]"
local penalty_rules = {
  l1 = { 0, "number", "[0, inf)" },
  l2 = { 0, "number", "[0, inf)" },
  weight = { nil, "tensor" },
}

--- Points the network's batch at a data set: every row, in order, no dropout.
local function set_batch(net, x, y, o)
  rows_of(net, x)
  Type.expect(y, "y")
  local batch = net.batch
  ffi.fill(batch, ffi.sizeof(batch))
  batch.x, batch.y, batch.weight_ = x, y, o.weight
  batch.count, batch.l1, batch.l2 = #x, o.l1, o.l2
  return batch
end

--- The mean loss over all rows, without dropout; with l1, l2 it includes the penalties
--- (l1 sum|W| + l2/2 sum W^2) / N.
---@param x tensor            (N, inputs)
---@param y tensor            (N) int32 classes 0 ... K-1, or targets (N, outputs)
---@param given table|nil     {l1 =, l2 =, weight =}
---@return number
function Network:loss(x, y, given)
  local o = options(given, penalty_rules, "net:loss")
  check.status(C.mah_mlp_gradient(self.handle, loss_out, nil, self.params, set_batch(self, x, y, o)))
  return loss_out[0]
end

--- The loss as net:loss gives it, and its gradient with respect to net.params.
---@return number loss, tensor gradient   (P)
function Network:gradient(x, y, given)
  local o = options(given, penalty_rules, "net:gradient")
  local gradient = tensor.zeros(#self.params, { dtype = self.dtype })
  check.status(C.mah_mlp_gradient(self.handle, loss_out, gradient, self.params, set_batch(self, x, y, o)))
  return loss_out[0], gradient
end

--- "784 -> 100 relu -> 10 softmax, 79510 parameters"
function Network:__tostring()
  local parts = { tostring(self.inputs) }
  for _, layer in ipairs(self.layers) do
    local dropout = layer.dropout > 0 and (" (dropout %g)"):format(layer.dropout) or ""
    parts[#parts + 1] = ("%d %s%s"):format(layer.units, layer.activation, dropout)
  end
  return ("%s, %d parameters"):format(table.concat(parts, " -> "), #self.params)
end

return { mlp = mlp, Network = Network }
