--- Initial weights of mah.mlp. `init` in mah.mlp{..., init =} and net:init(source, init) is one of
---
---   glorot_uniform   U(-b, b), b = sqrt(6 / (in + out)), or sqrt(2 / (in + out)) for logistic
---                    layers; weights and biases, as scikit-learn does (the default)
---   glorot_normal    N(0, 2 / (in + out))     Glorot, Bengio: AISTATS 2010
---   he_uniform       U(-b, b), b = sqrt(6 / in)
---   he_normal        N(0, 2 / in)             He, Zhang, Ren, Sun: ICCV 2015
---   lecun_uniform    U(-b, b), b = sqrt(3 / in)
---   lecun_normal     N(0, 1 / in)             LeCun, Bottou, Orr, Müller: "Efficient backprop"
---   zeros
---   {coefs = {(in, out) ...}, intercepts = {(out) ...}}     a tensor for each layer, copied
---
--- N(0, v) has the variance v and is not truncated. All but the first leave the biases at zero.
--- Drawn in double, layer by layer, weights before biases, row by row: by mah.init (initial.lua).
local Type = require "mah.tensor.type"
local called = require "mah.base.called"
local check = require "mah.base.check"
local initial = require "mah.learn.initial"
local options = require "mah.base.options"

local names = {
  "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal",
  "zeros",
}

--- The output layer takes the factor of the layer before it, or of `first` without one.
local function glorot_uniform(net, rng, first)
  local factor = first == "logistic" and 2 or 6
  for i, layer in ipairs(net.layers) do
    if i < #net.layers then factor = layer.activation == "logistic" and 2 or 6 end
    local bound = math.sqrt(factor / (layer.weight.shape[1] + layer.units))
    rng:fill_uniform(layer.weight, -bound, bound)
    rng:fill_uniform(layer.bias, -bound, bound)
  end
end

local function draw(net, rng, fill)
  net.params:fill_(0)
  for _, layer in ipairs(net.layers) do fill(layer.weight, { rng = rng }) end
end

-- -- Given values ---------------------------------------------------------------------------------

local given_rules = {
  coefs = { options.required, "table" },
  intercepts = { options.required, "table" },
}

local function check_given(value, like, where)
  Type.expect(value, where)
  local got, wanted = table.concat(value.shape, ", "), table.concat(like.shape, ", ")
  check.that(got == wanted, "%s: shape (%s) is expected, got (%s)", where, wanted, got)
end

local function copy(net, given, where)
  local o = options(given, given_rules, where)
  for name, list in pairs(o) do
    check.that(#list == #net.layers, "%s: %s has %d entries for %d layers", where, name, #list,
      #net.layers)
  end
  for i, layer in ipairs(net.layers) do
    check_given(o.coefs[i], layer.weight, ("%s: coefs[%d]"):format(where, i))
    check_given(o.intercepts[i], layer.bias, ("%s: intercepts[%d]"):format(where, i))
  end
  for i, layer in ipairs(net.layers) do
    layer.weight:copy_(o.coefs[i])
    layer.bias:copy_(o.intercepts[i])
  end
end

-- -- Which ----------------------------------------------------------------------------------------

--- Norms begin at weight 1 and bias 0, and their running statistics at mean 0 and variance 1.
local function begin_norms(net)
  for _, norm in ipairs(rawget(net, "norms") or {}) do
    norm.weight:fill_(1)
    norm.bias:fill_(0)
    if norm.running_mean then
      norm.running_mean:fill_(0)
      norm.running_var:fill_(1)
    end
  end
end

local function fill(net, rng, init, where, first)
  if type(init) == "table" then return copy(net, init, where .. ": init") end
  local name = options({ init = init }, { init = { "glorot_uniform", names } }, where).init
  if name == "glorot_uniform" then return glorot_uniform(net, rng, first) end
  if name == "zeros" then return net.params:fill_(0) end
  draw(net, rng, initial[name])
end

--- Gives the network new parameters.
---@param net network
---@param rng rng
---@param init string|table|nil   nil: glorot_uniform
---@param where string            for messages
---@param first any               the hidden layers' activation, for a network without any
local function initialize(net, rng, init, where, first)
  fill(net, rng, init, where, first)
  begin_norms(net)
end

--- What `init` may be, for the help.
local text = "initial weights: " .. table.concat(names, ", ") .. " (see mah.init; biases are 0 but "
  .. "with the first); or {coefs = {(inputs, units), ...}, intercepts = {(units), ...}}"

return called(initialize, { text = text })
