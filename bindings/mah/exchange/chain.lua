--- A chain: what readers of others' files find in them, a list of steps, which becomes a network,
--- an estimator or a pipeline here.
---
---     chain.model({
---       { kind = "affine", subtract = mean, divide = scale },
---       { kind = "linear", weight = w1, bias = b1, name = "fc1" },    -- y = x W + b
---       { kind = "activation", name = "relu" },
---       { kind = "linear", weight = w2, bias = b2, name = "fc2" },
---       { kind = "activation", name = "log_softmax" },
---     }, { where = path, classes = { "no", "yes" } })
---
---   linear        weight (inputs, outputs), bias (outputs) or nil
---   affine        subtract, divide, multiply, add: vectors (n), numbers, or nil; in this order
---   activation    name: one of Mah's, sigmoid, exp, softmax or log_softmax; or a table {forward =,
---                 backward =, name =} as mah.mlp takes
---   normalize     norm: "l1", "l2", "max"
---   preprocess    step: a fitted transformer
---   name          of a step: what the file calls it, for messages
---
--- What stands before the first layer becomes steps of a pipeline, with the same arithmetic. Affine
--- steps behind it go into the layers beside them, in float64. log_softmax is softmax here: the
--- outputs are probabilities. What Mah has not at the end (tanh ...) is a hidden layer, with the
--- unit matrix behind it. Weights of float64 make a network of float64.
local C = require "mah.base.library"
local Classifier = require "mah.learn.estimator.classifier"
local Pipeline = require "mah.prepare.pipeline"
local Regressor = require "mah.learn.estimator.regressor"
local Type = require "mah.tensor.type"
local activations = require "mah.learn.activation"
local check = require "mah.base.check"
local from = require "mah.learn.estimator.from"
local mlp = require "mah.learn.mlp"
local options = require "mah.base.options"
local preprocessing = require "mah.prepare.preprocessing"
local tensor = require "mah.tensor"
require "mah.prepare.saved" -- pipelines can be saved

local chain = {}

--- What is being built: front, the pipeline's steps; layers, {weight, bias, activation, name}, the
--- last one without an activation yet while it is open; scale and shift of affine steps that no
--- layer has taken yet.
---@class mah.Chain
---@field where string
---@field steps table[]
---@field at integer
local Chain = {}
Chain.__index = Chain

--- Complains of the step that is looked at.
function Chain:fail(message, ...)
  local step = self.steps[self.at]
  check.raise("%s", ("%s: %s: %s"):format(self.where,
    step and (step.name and type(step.name) == "string" and step.name
      or ("step %d (%s)"):format(self.at, tostring(step.kind))) or "the end", message:format(...)))
end

function Chain:last() return self.layers[#self.layers] end

--- The layer that has no activation yet.
function Chain:open()
  local layer = self:last()
  return layer and not layer.activation and layer or nil
end

-- -- Sizes ----------------------------------------------------------------------------------------

local affine_parts = { "subtract", "divide", "multiply", "add" }

--- How many columns a step takes, if it says so.
local function width_of(step)
  if step.kind == "linear" then return step.weight.shape[1] end
  if step.kind == "preprocess" then return rawget(step.step, "n_features_in_") end
  for _, part in ipairs(affine_parts) do
    if Type.is_tensor(step[part]) then return step[part]:numel() end
  end
end

--- How many columns come out of what stands before the first layer, if that is known.
function Chain:front_width()
  local step = self.front[#self.front]
  local ok, names = pcall(function() return step:feature_names_out() end)
  return ok and #names or nil
end

--- How many columns the step is given: what the last layer gives, or what the next step says.
function Chain:width()
  if self:last() then return self:last().weight.shape[2] end
  if self:front_width() then return self:front_width() end
  for i = self.at, #self.steps do
    local width = width_of(self.steps[i])
    if width then return width end
    if self.steps[i].kind == "preprocess" then break end
  end
  self:fail "nothing says how many columns it takes"
end

--- Part of an affine step as a vector of float64, or nil.
function Chain:vector(step, part, width)
  local value = step[part]
  if value == nil then return nil end
  if type(value) == "number" then return tensor.full({ width }, value, { dtype = "float64" }) end
  if not Type.is_tensor(value) then self:fail("%s is %s", part, check.show(value)) end
  if value:numel() ~= width then
    self:fail("it is made for %d columns, and gets %d", value:numel(), width)
  end
  return value:contiguous():view(width):double()
end

-- -- Layers ---------------------------------------------------------------------------------------

function Chain:add_layer(weight, bias, name)
  self.layers[#self.layers + 1] = { weight = weight, bias = bias, name = name }
end

local function is_finite(t, name) return C.mah_batch_check_finite(t, name) == 0 end

function Chain:check_linear(step)
  local weight, bias, before = step.weight, step.bias, self:last()
  local front = not before and self:front_width()
  if not Type.is_tensor(weight) or weight.ndim ~= 2 or weight:numel() == 0 then
    self:fail("a matrix is expected, got %s",
      Type.is_tensor(weight) and Type.describe(weight) or check.show(weight))
  end
  local inputs, outputs = weight.shape[1], weight.shape[2]
  if bias and bias:numel() ~= outputs then
    self:fail("a bias of %d values for %d outputs", bias:numel(), outputs)
  end
  if before and inputs ~= before.weight.shape[2] then
    self:fail("%d inputs, but %s gives %d", inputs, before.name or "the layer before",
      before.weight.shape[2])
  elseif front and inputs ~= front then
    self:fail("%d inputs, but what stands before it gives %d", inputs, front)
  end
end

--- Takes what affine steps left in front of a layer into it: (x scale + shift) W + b.
function Chain:fold_into(weight, bias)
  if not self.scale then return weight, bias end
  weight, bias = weight:double(), bias:double()
  local shifted = self.shift:view(1, #self.shift):matmul(weight):view(#bias)
  local folded = weight * self.scale:view(#self.scale, 1)
  self.scale, self.shift = nil, nil
  return folded, bias + shifted
end

--- Complains of unit matrices out of proportion to the weights: many columns cost a file little.
function Chain:check_unit_layer(width)
  local weights = 0
  for _, step in ipairs(self.steps) do
    local weight = step.kind == "linear" and step.weight
    if Type.is_tensor(weight) then weights = weights + weight:numel() end
  end
  self.units = (self.units or 0) + width * width
  if self.units > 1e6 + 100 * weights then
    self:fail("it would need a layer with a unit matrix of %d x %d", width, width)
  end
end

--- A layer for affine steps and activations that no layer of the file takes.
function Chain:add_unit_layer(name)
  local width = self:width()
  self:check_unit_layer(width)
  local weight, bias = self:fold_into(tensor.eye(width, { dtype = self.dtype }),
    tensor.zeros(width, { dtype = self.dtype }))
  self:add_layer(weight, bias, name)
end

-- -- Steps ----------------------------------------------------------------------------------------

local handlers = {}

function handlers.linear(self, step)
  self:check_linear(step)
  local weight = step.weight
  local bias = step.bias and step.bias:contiguous():view(weight.shape[2])
    or tensor.zeros(weight.shape[2], { dtype = weight.dtype })
  if not weight.dtype:find "^float" then weight, bias = weight:double(), bias:double() end
  if self:open() then self:open().activation = "identity" end
  weight, bias = self:fold_into(weight, bias)
  self:add_layer(weight, bias, step.name)
end

--- y = ((x - subtract) / divide) multiply + add, composed with what is there already.
local function compose(scale, shift, parts)
  if parts.subtract then shift = shift - parts.subtract end
  if parts.divide then scale, shift = scale / parts.divide, shift / parts.divide end
  if parts.multiply then scale, shift = scale * parts.multiply, shift * parts.multiply end
  if parts.add then shift = shift + parts.add end
  return scale, shift
end

local function ones(n) return tensor.ones(n, { dtype = "float64" }) end

--- Fitted scalers that compute what an affine step does.
local function add_scalers(front, parts, width)
  local function add(scaler)
    scaler.n_features_in_ = width
    front[#front + 1] = scaler
  end
  local function or_full(part, value)
    return parts[part] or tensor.full({ width }, value, { dtype = "float64" })
  end
  if parts.subtract or parts.divide then
    local scaler = preprocessing.StandardScaler { with_mean = parts.subtract ~= nil,
      with_std = parts.divide ~= nil }
    scaler.mean_, scaler.scale_ = or_full("subtract", 0), parts.divide
    scaler.var_ = parts.divide and parts.divide * parts.divide
    add(scaler)
  end
  if parts.multiply or parts.add then
    local scaler = preprocessing.MinMaxScaler {}
    scaler.scale_, scaler.min_ = or_full("multiply", 1), or_full("add", 0)
    scaler.data_range_ = 1 / scaler.scale_
    scaler.data_min_ = -scaler.min_ / scaler.scale_
    scaler.data_max_ = scaler.data_min_ + scaler.data_range_
    add(scaler)
  end
end

function handlers.affine(self, step)
  local width, parts = self:width(), {}
  for _, part in ipairs(affine_parts) do
    parts[part] = self:vector(step, part, width)
    if parts[part] and not is_finite(parts[part], part) then
      self:fail "its numbers are not all finite"
    end
  end
  local open = self:open()
  if not self:last() then
    add_scalers(self.front, parts, width)
  elseif open then
    local scale, shift = compose(ones(width), open.bias:double(), parts)
    open.weight, open.bias = open.weight:double() * scale, shift
  else
    self.scale, self.shift = compose(self.scale or ones(width),
      self.shift or ones(width) * 0, parts)
  end
end

local aliases = { sigmoid = "logistic", log_softmax = "softmax" }

--- The names that there are, and which one is meant: 'relu' by "nn.ReLU".
local function others(name)
  local names = {}
  for _, known in ipairs { activations.hidden, activations.outputs } do
    for own in pairs(known) do names[own] = true end
  end
  local own = name:match("[^.]*$"):lower()
  own = aliases[own] or own
  return "there are " .. activations.list(names)
    .. (names[own] and ("; did you mean '%s'?"):format(own) or options.did_you_mean(own, names))
end

function handlers.activation(self, step)
  local name = step.name
  if type(name) == "string" then
    name = aliases[name] or name
    if not activations.hidden[name] and not activations.outputs[name] then
      self:fail("Mah has no activation %s; %s", check.show(name), others(name))
    end
  end
  if name == "identity" then return end
  if not self:open() then self:add_unit_layer() end
  self:open().activation = name
end

--- Complains of what cannot stand behind a layer.
function Chain:expect_front()
  if self:last() then self:fail "Mah has such a step before the first layer only" end
end

function handlers.normalize(self, step)
  self:expect_front()
  local scaler = preprocessing.Normalizer { norm = step.norm }
  scaler.n_features_in_ = self:width()
  self.front[#self.front + 1] = scaler
end

function handlers.preprocess(self, step)
  self:expect_front()
  self.front[#self.front + 1] = step.step
end

-- -- The end --------------------------------------------------------------------------------------

--- The output activation that is asked for, where the chain ends without one: a classifier gives
--- probabilities.
local function wanted_output(self, o)
  local open = self:open()
  if o.out_activation then return aliases[o.out_activation] or o.out_activation end
  if not o.classes or not open then return nil end
  return open.weight.shape[2] == 1 and "logistic" or "softmax"
end

--- Gives the last layer an activation that may stand at the end.
local function close(self, o)
  self.at = #self.steps + 1
  if not self:last() then self:fail "there is no layer of weights in it" end
  if self.scale then self:add_unit_layer() end
  local output = wanted_output(self, o)
  if output and output ~= "identity" and self:last().activation ~= output then
    handlers.activation(self, { name = output })
  end
  if self:last().activation and not activations.outputs[self:last().activation] then
    self:add_unit_layer()
  end
  if self:open() then self:open().activation = "identity" end
end

local function check_layers(self)
  for i, layer in ipairs(self.layers) do
    local name, activation = layer.name or "layer " .. i, layer.activation
    if i < #self.layers and type(activation) == "string" and not activations.hidden[activation] then
      check.raise("%s: %s: Mah has %s at the end only", self.where, name, activation)
    end
    if not is_finite(layer.weight, "weight") or not is_finite(layer.bias, "bias") then
      check.raise("%s: %s: its weights are not all finite", self.where, name)
    end
  end
end

local function hidden_activations(layers)
  local list = {}
  for i = 1, #layers - 1 do list[i] = layers[i].activation end
  for i = 2, #list do
    if list[i] ~= list[1] then return list end
  end
  return list[1]
end

local function as_network(self)
  local description = { self.layers[1].weight.shape[1], dtype = self.dtype }
  for i, layer in ipairs(self.layers) do
    description[i + 1] = { layer.weight.shape[2], layer.activation }
  end
  local net = mlp.describe(description, self.where)
  for i, layer in ipairs(net.layers) do
    layer.weight:copy_(self.layers[i].weight)
    layer.bias:copy_(self.layers[i].bias)
  end
  return net
end

local function as_estimator(self, tells_classes, classes)
  local given = { coefs = {}, intercepts = {}, classes = classes, dtype = self.dtype,
    activation = hidden_activations(self.layers), out_activation = self:last().activation }
  for i, layer in ipairs(self.layers) do
    given.coefs[i], given.intercepts[i] = layer.weight, layer.bias
  end
  if tells_classes then return from.weights(Classifier, "MLPClassifier", given, self.where) end
  return from.weights(Regressor, "MLPRegressor", given, self.where)
end

local function dtype_of(steps)
  for _, step in ipairs(steps) do
    if step.kind == "linear" and Type.is_tensor(step.weight) and step.weight.dtype == "float64" then
      return "float64"
    end
  end
  return "float32"
end

local rules = {
  where = { options.required, "string" },
  classes = { nil, "table|tensor" },
  regression = { false, "boolean" },
  out_activation = { nil, "string" },
}

--- The model of a chain: a network; with classes an MLPClassifier, with regression = true an
--- MLPRegressor; a pipeline that ends in one of these, where something stands before the layers.
--- Where classes are given and the chain ends without an activation, it gets softmax (logistic for
--- one output). Errors name the file and the step.
---@param steps table[]
---@param given {where: string, classes: table?, regression: boolean?, out_activation: string?}
---@return table   network, estimator or pipeline
function chain.model(steps, given)
  local o = options(given, rules, "chain.model")
  check.that(not (o.classes and o.regression), "%s: classes make a classifier, and regression = "
    .. "true a regressor: give one of them", o.where)
  local self = setmetatable({ where = o.where, steps = steps, at = 0, front = {}, layers = {},
    dtype = dtype_of(steps) }, Chain)
  for i, step in ipairs(steps) do
    self.at = i
    check.that(handlers[step.kind], "chain.model: a step of kind %s", check.show(step.kind))
    handlers[step.kind](self, step)
  end
  close(self, o)
  check_layers(self)
  local plain = not o.classes and not o.regression
  if plain and #self.front == 0 then return as_network(self) end
  local output = self:last().activation
  local tells_classes = o.classes or plain and (output == "softmax" or output == "logistic")
  local model = as_estimator(self, tells_classes, o.classes)
  if #self.front == 0 then return model end
  self.front[#self.front + 1] = model
  local pipeline = Pipeline(self.front)
  pipeline.fitted_ = true
  return pipeline
end

return chain
