--- Networks of a function in Lua: any computation of parameters and rows, with the tape's gradient
--- (mah.grad) on one flat parameter vector, for the same solvers, rules and files as mah.mlp's.
---
---     local net = mah.network {
---       params = { W1 = { 4, 16 }, b1 = { 16 }, W2 = { 16, 3 }, b2 = { 3 } },
---       forward = function(p, x)
---         return (x:matmul(p.W1) + p.b1):tanh():matmul(p.W2) + p.b2
---       end,
---       loss = "cross_entropy", seed = 1,
---     }
---     local x, y = mah.randn(20, 4), mah.randint(0, 2, 20)
---     mah.train(net, { x = x, y = y }, { stop = 3 })
---     print(net:score(x, y) <= 1, net.parameters.W1.shape[1])          --> true 4
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local class = require "mah.base.class"
local common = require "mah.learn.training_rules"
local elsewhere = require "mah.learn.elsewhere"
local file = require "mah.learn.taped.file"
local losses = require "mah.learn.taped.losses"
local options = require "mah.base.options"
local outputs = require "mah.learn.taped.outputs"
local pass = require "mah.learn.taped.pass"
local random = require "mah.tensor.random"
local rows = require "mah.learn.taped.rows"
local saving = require "mah.learn.estimator.save"
local tensor = require "mah.tensor"
local tree = require "mah.learn.taped.tree"
local trees = require "mah.grad.trees"

---@class TapedNetwork
---@field params tensor            what is trained, (P); `parameters` and `names` have views of it
---@field buffers tensor           what is not trained but kept, as running means, (B)
---@field parameters any           views of both in the form of `params` in mah.network
---@field names table[]            the parameters in the order of params: {name = "W1", first = its
---  first place, from 1, count =, sizes =, weight = view, max_norm =}
---@field dtype string             "float32" or "float64"
---@field inputs integer|nil       columns of x, where they were told
---@field loss_function string     its name; "custom" of a function
---@field input_scale number       what bytes in x are multiplied by: net:scale_inputs
---@field is_taped boolean         true: the tape makes the gradient
---@field in_lua boolean           true: Lua has a hand in each step
---@field forward_function function|nil   (p, x, training) -> scores
---@field model Layer|nil          the layer in the place of a function
---@field output string|nil        what makes outputs of the scores
---@field private tree table
---@field private apply function|Layer
---@field private loss_rule table
---@field private usual_init string|function
---@field private output_function function|nil
---@field private trained table|nil
local Taped = class.new("a network", "net", "inputs forward_function model output output_function "
  .. "has_warned trained", nil, elsewhere.network)

class.fields[Taped] = { params = true, buffers = true, parameters = true, names = true,
  dtype = true, loss_function = true, input_scale = true }

-- -- Making ---------------------------------------------------------------------------------------

local function described(net)
  local names = {}
  for i, leaf in ipairs(net.tree.parameters) do
    names[i] = { name = leaf.name, first = leaf.first, count = leaf.count, sizes = leaf.sizes,
      weight = tree.view(leaf, net.params), max_norm = leaf.max_norm }
  end
  return names
end

--- A network with all parameters 0.
---@param o {tree: table, apply: any, loss: table, output: string|nil, init: any, inputs:
---  integer|nil, dtype: string}
---@return TapedNetwork
local function new(o)
  local net = setmetatable({
    tree = o.tree, apply = o.apply, loss_rule = o.loss, loss_function = o.loss.name,
    output = o.output, output_function = outputs(o.output, "mah.network"), usual_init = o.init,
    inputs = o.inputs, dtype = o.dtype, input_scale = 1, is_taped = true, in_lua = true,
    params = tensor.zeros(o.tree.size, { dtype = o.dtype }),
    buffers = tensor.zeros(o.tree.buffer_size, { dtype = o.dtype }),
  }, Taped)
  if type(o.apply) == "function" then net.forward_function = o.apply else net.model = o.apply end
  net.parameters = tree.of_views(o.tree, net.params, net.buffers)
  net.names = described(net)
  return net
end

local clone_rules = options.declare("TapedNetwork:clone", {
  dtype = { nil, { "float32", "float64" }, nil, "type of the copy; nil: this network's" },
})

--- A network of the same function with a copy of parameters and buffers.
---
---     local net = mah.network { forward = mah.nn.Linear { 2, 3 }, loss = "cross_entropy" }
---     local copy = net:clone { dtype = "float64" }
---     copy.params:zero_()
---     print(copy.dtype, net.params:abs():sum() > 0)                    --> float64 true
---@param given {dtype: string?}|nil   dtype: another one than this network's
---@return TapedNetwork
function Taped:clone(given)
  local copy = new { tree = self.tree, apply = self.apply, loss = self.loss_rule,
    output = self.output, init = self.usual_init, inputs = self.inputs,
    dtype = options(given, clone_rules, "net:clone").dtype or self.dtype }
  copy.params:copy_(self.params)
  copy.buffers:copy_(self.buffers)
  return copy:scale_inputs(self.input_scale)
end

-- -- Initial values -------------------------------------------------------------------------------

local function fill(leaf, flat, rng, usual)
  local t = tree.view(leaf, flat)
  if leaf.value then
    t:copy_(leaf.value)
    return
  end
  local init = leaf.init or not leaf.buffer and #leaf.sizes >= 2 and usual or "zeros"
  tree.draw(init, t, rng, "mah.network: params." .. leaf.name, usual)
end

--- Draws new parameters, in their order, and puts the buffers back to what they were at first.
---
---     local net = mah.network { forward = mah.nn.Linear { 2, 3 }, loss = "cross_entropy" }
---     local first = net:init(1).params:clone()
---     print(net:init(2).params:equal(first))                           --> false
---     print(net:init(1).params:equal(first))                           --> true
---@param source integer|rng|nil     a seed, a generator, or nil for the default generator
---@param init string|function|nil   of the parameters of two dimensions and more without one of
---  their own: a name of mah.init's or function (t, rng); default: what the network was made with
---@return TapedNetwork self
function Taped:init(source, init)
  local rng = random.generator(source, "net:init")
  init = tree.expect_init(init, "net:init") or self.usual_init
  for _, leaf in ipairs(self.tree.parameters) do fill(leaf, self.params, rng, init) end
  for _, leaf in ipairs(self.tree.buffers) do fill(leaf, self.buffers, rng, init) end
  return self
end

--- Inputs that are bytes are multiplied by `scale` from now on, in training and afterwards: 1 / 255
--- for images. Other integers are taken as they are, for they may be codes.
---
---     local net = mah.network { forward = mah.nn.Linear { 1, 1 }, loss = "squared_error" }
---     net:scale_inputs(1 / 255)
---     local bytes = mah.tensor({ { 0 }, { 255 } }, "uint8")
---     print(net(bytes):equal(net(mah.tensor { { 0 }, { 1 } })))        --> true
---@param scale number    not 0
---@return TapedNetwork self
function Taped:scale_inputs(scale)
  check.that(type(scale) == "number" and scale ~= 0 and scale - scale == 0,
    "net:scale_inputs: a number other than 0 is expected, got %s", check.show(scale))
  self.input_scale = scale
  return self
end

-- -- Outputs --------------------------------------------------------------------------------------

--- Complains unless x has rows, and the network's columns.
local function expect_x(net, x, name)
  local count = rows.check(x, name)
  if net.inputs and Type.is_tensor(x) then
    check.that(x.ndim == 2 and x.shape[2] == net.inputs,
      "%s: a matrix (rows, %d) is expected, got %s", name, net.inputs, Type.describe(x))
  end
  return count
end

--- The scores as the function gives them in evaluation.
local function scores_of(net, x)
  expect_x(net, x, "x")
  return pass.scores(net, net.parameters, rows.all(x, net), false)
end

local function with_output(net, scores)
  if not net.output_function then return scores end
  return trees.replace(scores, net.output_function)
end

--- What the network gives for the rows, without noise: what its function returns with `training`
--- false, under `output`, if there is one. net(x) is the same.
---
---     local net = mah.network { forward = mah.nn.Linear { 2, 3 }, loss = "cross_entropy",
---       output = "softmax", seed = 1 }
---     print(("%.4f"):format(net:forward(mah.ones(4, 2))[1]:sum()))     --> 1.0000
---@param x tensor|table   rows first
---@return tensor|table
function Taped:forward(x) return with_output(self, scores_of(self, x)) end

--- net(x) is net:forward(x), as in PyTorch.
function Taped:__call(x)
  return self:forward(x)
end

--- What the network says of each row, by its loss: with cross_entropy and kl the class, counted
--- from 0; with binary_cross_entropy logits > 0, a class with one score and a label each with
--- several; with hinge and focal a class of several scores, or a label of one; otherwise what
--- net:forward gives, (N) where that is (N, 1).
---
---     local net = mah.network { forward = mah.nn.Linear { 2, 3 }, loss = "cross_entropy" }
---     print(net:predict(mah.ones(4, 2)).dtype)                         --> int32
---@param x tensor|table   rows first
---@return tensor|table    classes, labels: int32
function Taped:predict(x)
  local scores, loss = scores_of(self, x), self.loss_rule
  if loss.is_of_numbers then return loss.predict(with_output(self, scores)) end
  return loss.predict(losses.expect_tensor(scores))
end

--- Accuracy for classes; for several labels the share of rows with all of them right; R2 for
--- numbers (of rates e^scores with poisson); with quantile, cosine and a function of one's own the
--- negative loss.
---
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local net = mah.network { loss = "cross_entropy", seed = 1, forward = mah.nn.Sequential {
---       mah.nn.Linear { 2, 16 }, mah.nn.Tanh {}, mah.nn.Linear { 16, 2 },
---     } }
---     mah.train(net, moons, { solver = "lbfgs", stop = 100 })
---     print(net:score(moons.x, moons.y) > 0.9)                         --> true
---@param x tensor|table
---@param y tensor|table
---@param weight tensor|nil     (N): what a row counts
---@return number
function Taped:score(x, y, weight)
  local loss = self.loss_rule
  if not loss.score then return -self:loss(x, y, { weight = weight }) end
  Type.expect(y, "net:score: y")
  return loss.score(losses.expect_tensor(scores_of(self, x)), y, weight)
end

-- -- Loss and gradient ----------------------------------------------------------------------------

--- The loss of a batch at w with its penalties, and its gradient. What the training loop calls;
--- net:loss and net:gradient take data as it is.
---@param batch table             of taped/pass.lua
---@param w tensor                (P)
---@param gradient tensor|nil     (P), overwritten; nil: the loss only
---@return number loss
function Taped:evaluate(batch, w, gradient) return pass.evaluate(self, batch, w, gradient) end

local penalty_rules = options.declare("TapedNetwork:loss TapedNetwork:gradient "
  .. "StackedNetwork:loss StackedNetwork:gradient", {
  l1 = common.l1,
  l2 = common.l2,
  weight = common.weight,
})

--- All rows as a batch of taped/pass.lua.
---@param net table
---@param x tensor|table
---@param y tensor|table
---@param o {l1: number, l2: number, weight: tensor?, is_training: boolean?}
---@param where string   for messages
---@return table
local function whole(net, x, y, o, where)
  local count, has = expect_x(net, x, where .. ": x"), rows.check(y, where .. ": y")
  check.that(count == has, "%s: x has %d rows and y has %d", where, count, has)
  check.that(count > 0, "%s: there are no rows", where)
  check.that(not o.weight or o.weight.ndim == 1 and #o.weight == count,
    "%s: weight: one for each of the %d rows is expected", where, count)
  local batch = pass.batch(net,
    { x = x, y = losses.targets(net.loss_rule, y, where .. ": y"), weight = o.weight }, o)
  batch.count = count
  return batch
end

--- The loss of all rows, without noise; with l1, l2 it includes the penalties (l1 sum|W| + l2/2
--- sum W^2) / N of the parameters of two dimensions and more.
---
---     local net = mah.network { forward = mah.nn.Linear { 2, 4, init = "zeros" },
---       loss = "cross_entropy" }
---     local loss = net:loss(mah.randn(6, 2), mah.zeros(6, { dtype = "int32" }))
---     print(("%.4f %.4f"):format(loss, math.log(4)))                   --> 1.3863 1.3863
---@param x tensor|table
---@param y tensor|table
---@param given table|nil
---@return number
function Taped:loss(x, y, given)
  local where = "net:loss"
  local batch = whole(self, x, y, options(given, penalty_rules, where), where)
  return self:evaluate(batch, self.params, nil)
end

--- The loss as net:loss gives it, and its gradient with respect to net.params.
---
---     local net = mah.network { forward = mah.nn.Linear { 2, 1 }, loss = "squared_error" }
---     local x, y = mah.randn(6, 2), mah.zeros(6, 1)
---     local before, g = net:gradient(x, y)
---     net.params:axpy_(-0.1, g)                                        -- a step downhill
---     print(net:loss(x, y) < before)                                   --> true
---@param x tensor|table
---@param y tensor|table
---@param given table|nil
---@return number loss, tensor gradient   (P)
function Taped:gradient(x, y, given)
  local where = "net:gradient"
  local batch = whole(self, x, y, options(given, penalty_rules, where), where)
  local gradient = tensor.zeros_like(self.params)
  return self:evaluate(batch, self.params, gradient), gradient
end

-- -- Files ----------------------------------------------------------------------------------------

--- Writes parameters and buffers to a safetensors file under their names, bit for bit, with loss,
--- type and input scale, and, unless state = false, with what mah.train{resume = true} goes on
--- from; or to the kind of file that the path's ending names, as .onnx.
---
--- Of a network of layers (mah.nn) mah.load makes another one. A function is in no file: make the
--- network in the script, and read the parameters into it by net:load.
---
---     local net = mah.network { forward = mah.nn.Linear { 2, 3 }, loss = "cross_entropy" }
---     net:save "layers.safetensors"
---     print(mah.load("layers.safetensors").params:equal(net.params))   --> true
---@param path string
---@param given table|nil   options of the kind of file
---@return TapedNetwork self
function Taped:save(path, given) return saving.save_network(self, path, given, file) end

--- Reads parameters and buffers of a file that net:save wrote, or of another safetensors file that
--- has tensors of the same names and shapes, and none besides; and what mah.train{resume = true}
--- goes on from, where it is there. Errors name the tensor that does not fit; nothing is changed
--- then.
---
---     local function new(seed)
---       return mah.network { params = { W = { 2, 3 }, b = { 3 } }, loss = "cross_entropy",
---         forward = function(p, x) return x:matmul(p.W) + p.b end, seed = seed }
---     end
---     local net = new(1)
---     net:save "own.safetensors"
---     print(new(2):load("own.safetensors").params:equal(net.params))   --> true
---@param path string
---@return TapedNetwork self
function Taped:load(path)
  file.load(self, path)
  return self
end

-- -- Showing --------------------------------------------------------------------------------------

--- "W1 (784, 64), b1 (64), ...: 50816 parameters, cross_entropy"
function Taped:__tostring()
  local parts = {}
  for i, one in ipairs(self.names) do
    parts[i] = ("%s (%s)"):format(one.name, table.concat(one.sizes, ", "))
  end
  return ("%s: %d parameters, %s"):format(table.concat(parts, ", "), #self.params,
    self.loss_function)
end

return { new = new, class = Taped, expect_x = expect_x, whole = whole }
