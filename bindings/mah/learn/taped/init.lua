--- mah.network: see taped/network.lua.
local check = require "mah.base.check"
local losses = require "mah.learn.taped.losses"
local network = require "mah.learn.taped.network"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local tree = require "mah.learn.taped.tree"
require "mah.learn.taped.training"

local rules = options.declare("mah.network", {
  params = { nil, "table|tensor" },
  forward = { options.required, "callable" },
  loss = { options.required, "string|function" },
  output = { nil, "string" },
  init = { "glorot_uniform", "string|callable" },
  inputs = { nil, "integer", "[1, inf)" },
  dtype = { "float32", { "float32", "float64" } },
  seed = { nil, "integer|table", "[0, 4294967295]" },
})

local elsewhere = {
  parameters = "write params = {W = {784, 10}, b = {10}}", loss_fn = "write loss = ...",
  criterion = "write loss = ...", model = "write forward = ...", layers = "write forward = a layer "
    .. "of mah.nn", random_state = "write seed = 1", rng = "write seed = a generator",
}

--- A network of a function of one's own. mah.train and what stands on it take it as they take
--- mah.mlp's; net:forward, predict, score, loss, gradient, init, clone and save are there, too.
---
---   params    what is trained: tables by name, or lists, within one another, and at their ends
---               {784, 64}        sizes: from `init`, or 0 for one dimension
---               {784, 64, init = "he_normal", max_norm = 3}
---                                with settings: init, a name of mah.init's or function (t, rng);
---                                max_norm, the longest column that a step of mah.train leaves;
---                                buffer = true is not trained, but kept: a running mean
---               a tensor         these values, copied
---               a layer of mah.nn, whose parameters stand there
---             not needed where `forward` is a layer
---   forward   function (p, x, training) -> scores: a tensor with the rows first, or a table of
---             tensors for a loss of one's own. p has the form of params; x is a mini-batch of the
---             data's x. training is false in evaluation, else {rng = generator, step =, epoch =},
---             from which noise is to be drawn. Or a layer of mah.nn
---   loss      function (scores, y, weight) -> one number; weight is nil without any. Or a name:
---               {{mah.learn.taped.losses.list}}.
---             They are mah.loss', of scores that no output activation has seen; those that mah.mlp
---             has, too, are as it has them: squared_error with its 1/2, binary_cross_entropy and
---             poisson as a row's sum
---   output    "softmax", "logistic", "exp" or "identity": what net:forward makes of the scores;
---             default: they are given as they are
---   init      of parameters with two dimensions and more: a name of mah.init's, or function (t,
---             rng); default "glorot_uniform"
---   inputs    columns of x, to be checked
---   dtype     "float32" (default) or "float64"
---   seed      of the initial values, or a generator (the default one when absent)
---
---     local quantiles = mah.network {
---       params = { W1 = { 1, 20 }, b1 = { 20 }, W2 = { 20, 3 }, b2 = { 3 } },
---       forward = function(p, x) return (x:matmul(p.W1) + p.b1):tanh():matmul(p.W2) + p.b2 end,
---       loss = function(scores, y) return mah.loss.quantile(scores, y, { q = { 0.1, 0.5, 0.9 } })
---       end,
---     }
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
