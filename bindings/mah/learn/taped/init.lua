--- Networks of a function in Lua, which the tape differentiates.
local check = require "mah.base.check"
local losses = require "mah.learn.taped.losses"
local network = require "mah.learn.taped.network"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local tree = require "mah.learn.taped.tree"
require "mah.learn.taped.training"

local rules = options.declare("mah.network", {
  params = { nil, "table|tensor", nil, "what is trained: sizes, tensors and layers by name, or in "
    .. "lists, within one another; nil: those of the layer that forward is" },
  forward = { options.required, "callable", nil, "function (p, x, training) -> scores, rows first; "
    .. "or a layer of mah.nn" },
  loss = { options.required, "string|function", nil, losses.list() .. "; or a function (scores, y, "
    .. "weight) -> one number, weight nil without any" },
  output = { nil, "string", nil, "what net:forward makes of the scores: softmax, logistic, exp or "
    .. "identity; nil: they are given as they are" },
  init = { "glorot_uniform", "string|callable", nil, "initial values of parameters with two "
    .. "dimensions and more: a name of mah.init's, or a function (t, rng) that fills t; others are "
    .. "0" },
  inputs = { nil, "integer", "[1, inf)", "columns of x, to be checked; nil: any" },
  dtype = { "float32", { "float32", "float64" }, nil, "type of parameters and outputs" },
  seed = { nil, "integer|table", "[0, 4294967295]", "of the initial values, or a generator "
    .. "(mah.rng); nil: the default generator (mah.manual_seed)" },
})

local elsewhere = {
  parameters = "write params = {W = {784, 10}, b = {10}}", loss_fn = "write loss = ...",
  criterion = "write loss = ...", model = "write forward = ...", layers = "write forward = a layer "
    .. "of mah.nn", random_state = "write seed = 1", rng = "write seed = a generator",
}

--- A network of a function of one's own. mah.train and what stands on it take it as they take
--- mah.mlp's; net:forward, predict, score, loss, gradient, init, clone and save are there, too.
---
--- params, at the ends of its tables, holds
--- * {784, 64}: sizes; the values come from `init`, or are 0 for one dimension;
--- * {784, 64, init = "he_normal", max_norm = 3}: sizes with settings: init, a name of mah.init's
---   or a function (t, rng); max_norm, the longest column that a step of mah.train leaves; buffer =
---   true is not trained, but kept: a running mean;
--- * a tensor, whose values are copied;
--- * a layer of mah.nn, whose parameters stand there.
---
--- forward is called with p, which has the form of params, and x, a mini-batch of the data's x; for
--- a loss of one's own it may give a table of tensors. `training` is false in evaluation, else {rng
--- = generator, step =, epoch =}, from which noise is to be drawn.
---
--- Losses by name are mah.loss', of scores that no output activation has seen; those that mah.mlp
--- has, too, are as it has them: squared_error with its 1/2, binary_cross_entropy and poisson as a
--- row's sum.
---
---     local net = mah.network {
---       params = { W1 = { 1, 20 }, b1 = { 20 }, W2 = { 20, 3 }, b2 = { 3 } }, seed = 1,
---       forward = function(p, x) return (x:matmul(p.W1) + p.b1):tanh():matmul(p.W2) + p.b2 end,
---       loss = function(scores, y) return mah.loss.quantile(scores, y, { q = { 0.1, 0.5, 0.9 } })
---       end,
---     }
---     local x = mah.rand(100, 1, { rng = 1 })
---     mah.train(net, { x = x, y = x:square():reshape(100) }, { stop = 5, seed = 1 })
---     print(#net.params, net(x).shape[2], net.parameters.W2.shape[1])         --> 103 3 20
---@param given table
---@return TapedNetwork
return function(given)
  local where = "mah.network"
  local o = options(given, rules, where, elsewhere)
  local params = o.params
  if params == nil then
    check.that(tree.is_layer(o.forward), "%s: params is missing: the parameters that forward is "
      .. "given, params = {W = {784, 10}, b = {10}}", where)
    params = o.forward
  end
  local net = network.new {
    tree = tree.read(params, where .. ": params"), apply = o.forward,
    loss = losses.read(o.loss, where), output = o.output, inputs = o.inputs, dtype = o.dtype,
    init = tree.expect_init(o.init, where),
  }
  return net:init(random.generator(o.seed, where .. ": seed"))
end
