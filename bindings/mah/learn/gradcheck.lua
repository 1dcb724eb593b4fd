--- Is the gradient right? Compares it with central differences, parameter by parameter, in float64.
local check = require "mah.base.check"
local common = require "mah.learn.training_rules"
local kind = require "mah.learn.kind"
local options = require "mah.base.options"
local tensor = require "mah.tensor"
require "mah.learn.feed"

local rules = options.declare("mah.gradcheck", {
  h = { 1e-5, "number", "(0, inf)", "step of the differences, to either side" },
  tolerance = { 1e-6, "number", "(0, inf)", "the largest max_error that is ok" },
  l1 = common.l1,
  l2 = common.l2,
  weight = common.weight,
  dropout = { false, "boolean", nil, "of a network: with dropout masks and noise, the same for "
    .. "every evaluation" },
  seed = { 0, "integer", "[0, 4294967295]", "of the masks, or of the weights that make one number "
    .. "of a function's result" },
  twice = { false, "boolean", nil, "of a function: the gradient of the gradient" },
})

local of_networks = { l1 = true, l2 = true, weight = true, dropout = true }

--- Of a function: mah.gradcheck(f, x, options).
local function check_function(f, x, given)
  for name in pairs(given or {}) do
    check.that(not of_networks[name], "mah.gradcheck: %s is for networks", name)
  end
  return require "mah.grad.check"(f, x, options(given, rules, "mah.gradcheck"))
end

--- The element of a tensor with these sizes at a place from 1: "W[3][1]".
local function element_of(name, sizes, place)
  local indices, rest = "", place - 1
  for d = #sizes, 1, -1 do
    indices = ("[%d]"):format(rest % sizes[d] + 1) .. indices
    rest = math.floor(rest / sizes[d])
  end
  return name .. indices
end

--- "layers[2].weight[3][1]" for a place in the flat vector, from 1.
local function name_of(net, place)
  if rawget(net, "is_taped") then
    for _, one in ipairs(net.names) do
      if place < one.first + one.count then
        return element_of(one.name, one.sizes, place - one.first + 1)
      end
    end
  end
  for i, layer in ipairs(net.layers) do
    local weights = layer.weight:numel()
    if place <= weights then
      return element_of(("layers[%d].weight"):format(i), layer.weight.shape, place)
    end
    place = place - weights
    if place <= layer.units then return ("layers[%d].bias[%d]"):format(i, place) end
    place = place - layer.units
  end
end

--- (L(w + h e_i) - L(w - h e_i)) / 2h
local function central_difference(net, batch, i, h)
  local w, kept = net.params, net.params[i]
  w[i] = kept + h
  local above = net:evaluate(batch, w, nil)
  w[i] = kept - h
  local below = net:evaluate(batch, w, nil)
  w[i] = kept
  return (above - below) / (2 * h)
end

--- Compares the gradient of the loss with respect to every parameter with central differences. A
--- float32 network is checked as a float64 copy; the network itself is left alone. Two passes over
--- x for each parameter: give it few rows.
---
--- Or of a function of tensors: mah.gradcheck(f, x, options), the gradient that mah.grad takes of
--- it with respect to a tensor, a number or a table of tensors; any result will do, as a sum of its
--- elements with weights.
---
--- Kinks (relu, leaky_relu, absolute_error, l1) give wrong alarms where a difference steps over
--- one.
---
---     local net = mah.mlp { 5, { 4, "tanh", dropout = 0.5 }, { 3, "softmax" }, seed = 1 }
---     local x, y = mah.randn(6, 5, { rng = 1 }), mah.tensor({ 0, 1, 2, 0, 1, 2 }, "int32")
---     local r = mah.gradcheck(net, x, y, { l2 = 0.1, dropout = true })
---     print(r.ok, r.max_error < 1e-6)                                  --> true true
---     print(mah.gradcheck(function(p) return (p.W:tanh() * p.b):sum(2) end,
---       { W = mah.rand(3, 4), b = mah.rand(4) }, { twice = true }).ok) --> true
---@param net network|TapedNetwork|StackedNetwork|function
---@param x tensor|table      (N, inputs); the function's argument, a tensor or a table of tensors
---@param y tensor|table|nil  as for net:loss; the options of a function
---@param given table|nil
---@return {ok: boolean, max_error: number, parameter: integer, name: string, analytic: number,
---  numeric: number}   max_error: the largest |analytic - numeric| / max(1, |analytic|, |numeric|);
---  the others say where it is; ok: is it at most `tolerance`? A NaN counts as infinite.
return function(net, x, y, given)
  if type(net) == "function" then return check_function(net, x, y) end
  check.that(kind.of(net), "mah.gradcheck: a network is expected, got %s", check.show(net))
  local o = options(given, rules, "mah.gradcheck")
  local copy = net:clone { dtype = "float64" }
  local batch = kind.of(net).whole_batch(copy, x, y, o)
  local gradient = tensor.zeros_like(copy.params)
  copy:evaluate(batch, copy.params, gradient)
  local worst = { max_error = -1 }
  for i = 1, #gradient do
    local analytic, numeric = gradient[i], central_difference(copy, batch, i, o.h)
    local error = math.abs(analytic - numeric) / math.max(1, math.abs(analytic), math.abs(numeric))
    if error ~= error then error = math.huge end
    if error > worst.max_error then
      worst = { max_error = error, parameter = i, analytic = analytic, numeric = numeric }
    end
  end
  worst.name, worst.ok = name_of(copy, worst.parameter), worst.max_error <= o.tolerance
  return worst
end
