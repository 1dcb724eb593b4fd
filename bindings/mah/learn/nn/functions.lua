--- Layers as functions of tensors, plain or traced: torch.nn.functional's, under its names. Weights
--- are (inputs, outputs), as in mah.mlp.
---
---     local h = mah.nn.layer_norm(mah.nn.linear(x, p.W1, p.b1), p.scale, p.shift)
---     return mah.loss.cross_entropy(mah.nn.linear(mah.nn.tanh(h), p.W2, p.b2), y)
---
--- `training` is false (or nil), true, or a table {rng = generator}, as mah.network hands it to its
--- function: what is drawn comes from that generator, else from the default one.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local activations = require "mah.learn.nn.activation_rules"
local check = require "mah.base.check"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local recording = require "mah.grad.recording"
local traced = require "mah.tensor.traced"
require "mah.grad.methods"
require "mah.learn.nn.gate_rules"
require "mah.learn.nn.norm_rules"

local raw = operands.raw

local functions = {}

-- -- What they look at ----------------------------------------------------------------------------

--- Complains unless the plain value behind x is a tensor.
local function expect(x, where) return Type.expect(raw(x), where) end

local function expect_float(x, where)
  local plain = expect(x, where)
  if not operands.is_float(plain) then
    check.raise("%s: float32 or float64 is expected, got %s; x:float() converts it", where,
      Type.describe(plain))
  end
  return plain
end

--- A weight or a bias, one for each column of x, or nil.
local function expect_columns(t, x, where, name)
  if t == nil then return end
  local plain = expect(t, where .. ": " .. name)
  local columns = x:size(-1)
  if plain.ndim == 1 and plain:size(1) == columns and plain.elem == x.elem then return end
  check.raise("%s: %s is %s, and x %s has %d columns", where, name, Type.describe(plain),
    Type.describe(x), columns)
end

--- Complains unless a number lies in [low, high), or at `low` alone where high is nil.
local function expect_number(value, where, name, low, high)
  if type(value) == "number" and value >= low and value < (high or math.huge) then return end
  check.raise("%s: %s must be a number in [%g, %s); got %s", where, name, low,
    high and ("%g"):format(high) or "inf", check.show(value))
end

--- The generator of a training; nil where there is none, or no noise to be drawn: a training
--- whose loss must stay the same has no generator to ask for.
local function generator_of(training, amount, where)
  if not training then return nil end
  check.that(training == true or type(training) == "table",
    "%s: training is false, true or {rng = generator}; got %s", where, check.show(training))
  if amount == 0 then return nil end
  if training == true then return random.generator(nil, where) end
  return random.generator(training.rng, where .. ": training.rng")
end

-- -- Products -------------------------------------------------------------------------------------

--- The affine map x W + b of rows.
---
---     local W, b = mah.tensor { { 1, 0 }, { 0, 2 } }, mah.tensor { 5, 5 }
---     print(mah.nn.linear(mah.tensor { { 10, 20 } }, W, b)[1][2])      --> 45
---@param x tensor         (N, inputs); more dimensions count as rows, but the last one
---@param W tensor         (inputs, outputs)
---@param b tensor|nil     (outputs)
---@return tensor          (N, outputs)
function functions.linear(x, W, b)
  local where = "mah.nn.linear"
  local plain, weight = expect_float(x, where .. ": x"), expect_float(W, where .. ": W")
  if weight.ndim ~= 2 or plain.ndim < 1 or plain:size(-1) ~= weight:size(1) then
    check.raise("%s: x is %s and W %s: W has a row for each column of x", where,
      Type.describe(plain), Type.describe(weight))
  end
  if b ~= nil then
    local bias = expect(b, where .. ": b")
    check.that(bias.ndim == 1 and bias:size(1) == weight:size(2) and bias.elem == weight.elem,
      "%s: b is %s and W %s: b has one number for each column of W", where, Type.describe(bias),
      Type.describe(weight))
  end
  return o.linear(x, W, b)
end

--- The same of traced codes, where everything is written down.
local looked_up = recording.two {
  name = "embedding", into = false,
  forward = function(W, codes) return functions.embedding(codes, W) end,
}

--- The rows of W that codes name, counted from 0 as classes are: what a network learns of each
--- category (Bengio et al., "A neural probabilistic language model", 2003).
---
---     local W = mah.tensor { { 1, 2 }, { 3, 4 } }
---     print(mah.nn.embedding(mah.tensor({ 1, 0 }, "int32"), W)[1][1])         --> 3
---@param codes tensor   integers 0 ... V-1 (or whole numbers in float), of any shape
---@param W tensor       (V, D)
---@return tensor        in the shape of the codes, and then D
function functions.embedding(codes, W)
  local where = "mah.nn.embedding"
  if traced.is_whole and traced.is(codes) then return looked_up(W, codes) end
  local given, weight = expect(codes, where .. ": codes"), expect_float(W, where .. ": W")
  check.that(weight.ndim == 2, "%s: W is (categories, columns), got %s", where,
    Type.describe(weight))
  local flat = given:reshape(-1)
  local places = given.dtype:find "^int" and flat:contiguous() or flat:long()
  if #flat > 0 then
    local low, high = places:min(), places:max()
    if low < 0 or high >= weight:size(1) then
      check.raise("%s: code %s is none of 0 ... %d", where, tostring(low < 0 and low or high),
        weight:size(1) - 1)
    end
    if given.dtype:find "float" and not flat:eq(flat:floor()):all() then
      check.raise("%s: codes are whole numbers, and these are not: %s", where,
        Type.describe(given))
    end
  end
  local y = o.embedding(W, places)
  if given.ndim == 1 then return y end
  local sizes = given.shape
  sizes[#sizes + 1] = weight:size(2)
  return o.reshape(y, sizes)
end

--- The weights v whose columns have the lengths g: length and direction are learned apart
--- (Salimans and Kingma, "Weight normalization", 2016). v of a layer with one column for each
--- output.
---
---     local W = mah.nn.weight_norm(mah.tensor { { 3 }, { 4 } }, mah.tensor { 10 })
---     print(W[1][1], W[2][1])                        --> 6 8
---@param v tensor   (inputs, outputs)
---@param g tensor   (outputs)
---@return tensor    (inputs, outputs)
function functions.weight_norm(v, g)
  local where = "mah.nn.weight_norm"
  local plain = expect_float(v, where .. ": v")
  check.that(plain.ndim == 2, "%s: v is (inputs, outputs), got %s", where, Type.describe(plain))
  expect(g, where .. ": g")
  expect_columns(g, plain, where, "g")
  return v * (g / o.norm(v, 2, 1))
end

-- -- Norms ----------------------------------------------------------------------------------------

--- Each row brought to mean 0 and variance 1, and then times weight plus bias (Ba, Kiros and
--- Hinton, "Layer normalization", 2016). As PyTorch's.
---
---     local y = mah.nn.layer_norm(mah.tensor { { 1, 3 } })
---     print(("%.3f %.3f"):format(y[1][1], y[1][2]))                    --> -1.000 1.000
---@param x tensor            (N, columns); more dimensions count as rows, but the last one
---@param weight tensor|nil   (columns)
---@param bias tensor|nil     (columns)
---@param eps number|nil      1e-5: added to the variance
---@return tensor
function functions.layer_norm(x, weight, bias, eps)
  local where = "mah.nn.layer_norm"
  local plain = expect_float(x, where .. ": x")
  check.that(plain.ndim >= 1, "%s: x has no columns", where)
  expect_columns(weight, plain, where, "weight")
  expect_columns(bias, plain, where, "bias")
  if eps ~= nil then expect_number(eps, where, "eps", 0) end
  return o.layer_norm(x, weight, bias, eps or 1e-5)
end

local batch_rules = options.declare("mah.nn.batch_norm", {
  momentum = { 0.1, "number", "[0, 1]", "share of a mini-batch in the running statistics" },
  eps = { 1e-5, "number", "[0, inf)", "what is added to the variance" },
})
functions.batch_rules = batch_rules

local usual = { momentum = 0.1, eps = 1e-5 }

--- p.running_mean and running_var, plain; nil where there are none.
local function running(p, x, where)
  local mean, var = raw(p.running_mean), raw(p.running_var)
  if mean == nil and var == nil then return nil end
  for name, t in pairs { running_mean = mean or false, running_var = var or false } do
    check.that(t, "%s: p lacks %s", where, name)
    expect_columns(t, x, where, name)
  end
  return mean, var
end

--- (x - mean) / sqrt(var + eps) weight + bias, with given statistics.
local function with_statistics(x, p, mean, var, eps)
  local scale = (var + eps):sqrt()
  local y = (x - mean) / scale
  if p.weight ~= nil then y = y * p.weight end
  if p.bias ~= nil then y = y + p.bias end
  return y
end

--- Each column brought to mean 0 and variance 1 over the rows of the batch, and then times weight
--- plus bias (Ioffe and Szegedy, "Batch normalization", 2015). In training running_mean and
--- running_var follow, in place: by a share `momentum` of what the batch has (its variance with
--- N - 1); otherwise they are taken in the place of the batch's. Without them the batch's are
--- always taken. As PyTorch's; but a single row, which PyTorch refuses in training, is normalised
--- with the running statistics.
---
---     local p = { weight = mah.ones(3), bias = mah.zeros(3), running_mean = mah.zeros(3),
---       running_var = mah.ones(3) }
---     local y = mah.nn.batch_norm(mah.rand(8, 3), p, true)
---     print(y:mean(1):abs():max() < 1e-6, p.running_mean[1] > 0)              --> true true
---@param x tensor   (N, columns); more dimensions count as rows, but the last one
---@param p {weight: tensor?, bias: tensor?, running_mean: tensor?, running_var: tensor?}
---  (columns) each
---@param training boolean|table|nil
---@param given {momentum: number?, eps: number?}|nil
---@return tensor
function functions.batch_norm(x, p, training, given)
  local where = "mah.nn.batch_norm"
  local plain = expect_float(x, where .. ": x")
  check.that(plain.ndim >= 2, "%s: x is (rows, columns), got %s", where, Type.describe(plain))
  check.that(type(p) == "table", "%s: p is a table {weight =, bias =, ...}; got %s", where,
    check.show(p))
  local s = given == nil and usual or options(given, batch_rules, where)
  expect_columns(p.weight, plain, where, "weight")
  expect_columns(p.bias, plain, where, "bias")
  local mean, var = running(p, plain, where)
  local columns = plain:size(-1)
  local is_single = columns > 0 and plain:numel() <= columns
  if mean and (not training or is_single) then return with_statistics(x, p, mean, var, s.eps) end
  check.that(not is_single, "%s: one row alone has no variance; batches of two rows and more are "
    .. "needed", where)
  local statistics = mean and training and { mean = mean, var = var, momentum = s.momentum } or nil
  if plain.ndim == 2 or columns == 0 then
    return o.batch_norm(x, p.weight, p.bias, s.eps, statistics)
  end
  local rows = o.reshape(x, -1, columns)
  return o.reshape(o.batch_norm(rows, p.weight, p.bias, s.eps, statistics), plain.shape)
end

-- -- Noise ----------------------------------------------------------------------------------------

--- Inverted dropout: in training each element is 0 with probability `rate`, and else divided by
--- 1 - rate; otherwise x itself (Srivastava et al., "Dropout", 2014). What is dropped depends on
--- the generator alone, not on the number of threads.
---
---     local y = mah.nn.dropout(mah.ones(1000), 0.2, { rng = mah.rng(1) })
---     print(y:max(), mah.nn.dropout(y, 0.2, false) == y)                      --> 1.25 true
---@param x tensor
---@param rate number   in [0, 1)
---@param training boolean|table|nil
---@return tensor
function functions.dropout(x, rate, training)
  local where = "mah.nn.dropout"
  expect_float(x, where .. ": x")
  expect_number(rate, where, "rate", 0, 1)
  local rng = generator_of(training, rate, where)
  if not rng then return x end
  local high = rng:u32()
  return o.dropout(x, rate, high, rng:u32())
end

--- x plus, in training, normal noise of a standard deviation (Bishop, "Training with noise is
--- equivalent to Tikhonov regularization", 1995).
---
---     local y = mah.nn.gaussian_noise(mah.zeros(1000), 0.1, { rng = mah.rng(1) })
---     print(("%.2f"):format(y:std()))                --> 0.10
---@param x tensor
---@param std number    0 or more
---@param training boolean|table|nil
---@return tensor
function functions.gaussian_noise(x, std, training)
  local where = "mah.nn.gaussian_noise"
  expect_float(x, where .. ": x")
  expect_number(std, where, "std", 0)
  local rng = generator_of(training, std, where)
  if not rng then return x end
  return o.gaussian_noise(x, std, rng)
end

-- -- Activations ----------------------------------------------------------------------------------

--- max(0, x) (Nair and Hinton, "Rectified linear units", 2010).
---
---     print(mah.nn.relu(mah.tensor { -2, 3 }):sum())                   --> 3
---@param x tensor
---@return tensor
function functions.relu(x)
  expect(x, "mah.nn.relu")
  return activations.relu(x)
end

--- 1 / (1 + e^-x).
---
---     print(mah.nn.sigmoid(mah.zeros(1))[1])                           --> 0.5
---@param x tensor
---@return tensor
function functions.sigmoid(x)
  expect(x, "mah.nn.sigmoid")
  return activations.logistic(x)
end

--- The hyperbolic tangent.
---
---     print(mah.nn.tanh(mah.zeros(1))[1])                              --> 0
---@param x tensor
---@return tensor
function functions.tanh(x)
  expect(x, "mah.nn.tanh")
  return activations.tanh(x)
end

local function of_floats(f, x, where)
  expect_float(x, where)
  return f(x)
end

--- One of mah.mlp's activations, by its name there: {{mah.learn.activation.hidden_names}}. They are
--- the functions of PyTorch.
---
---     local f = mah.nn.gelu
---     print(f(mah.zeros(1))[1], ("%.3f"):format(f(mah.tensor { 10 })[1]))             --> 0 10.000
---@param x tensor
---@return tensor
local function by_name(f, where) return function(x) return of_floats(f, x, where) end end

for name, f in pairs(activations) do
  local plain = name == "logistic" and "sigmoid" or name
  functions[plain] = functions[plain] or by_name(f, "mah.nn." .. plain)
end

--- Halves of an even number of columns, and their gate.
local function gated(x, gate, where)
  local plain = expect_float(x, where)
  if plain.ndim < 1 or plain:size(-1) % 2 ~= 0 then
    check.raise("%s: an even number of columns is expected, got %s", where, Type.describe(plain))
  end
  return o.glu(x, gate)
end

--- The gated linear unit a sigmoid(b) of the columns' first half a and second half b (Dauphin et
--- al., "Language modeling with gated convolutional networks", 2017).
---
---     print(mah.nn.glu(mah.tensor { { 3, 0 } })[1][1])       --> 1.5
---@param x tensor   (N, 2 columns)
---@return tensor    (N, columns)
function functions.glu(x) return gated(x, C.MAH_GATE_SIGMOID, "mah.nn.glu") end

--- The gated unit a b sigmoid(b) of the columns' first half a and second half b (Shazeer, "GLU
--- variants improve transformer", 2020).
---
---     print(mah.nn.swiglu(mah.tensor { { 3, 0 } })[1][1])    --> 0
---@param x tensor   (N, 2 columns)
---@return tensor    (N, columns)
function functions.swiglu(x) return gated(x, C.MAH_GATE_SWISH, "mah.nn.swiglu") end

--- x where it is positive, else a x, with an `a` that is learned: one, or one for each column (He
--- et al., "Delving deep into rectifiers", 2015).
---
---     print(mah.nn.prelu(mah.tensor { { -4, 2 } }, mah.tensor { 0.25 })[1][1])        --> -1
---@param x tensor   (N, columns)
---@param a tensor   (1) or (columns)
---@return tensor
function functions.prelu(x, a)
  local where = "mah.nn.prelu"
  local plain, slope = expect_float(x, where .. ": x"), expect_float(a, where .. ": a")
  if slope:numel() ~= 1 then expect_columns(a, plain, where, "a") end
  return o.where(x:gt(0), x, x * a)
end

--- exp(x) divided by its sum along a dimension.
---
---     print(mah.nn.softmax(mah.zeros(1, 4))[1][1])   --> 0.25
---@param x tensor
---@param dim integer|nil   the last one
---@return tensor
function functions.softmax(x, dim)
  local where = "mah.nn.softmax"
  expect(x, where)
  check.that(dim == nil or type(dim) == "number", "%s: dim is a number; got %s", where,
    check.show(dim))
  return o.softmax(x, dim or -1)
end

return functions
