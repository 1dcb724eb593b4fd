--- Trains a network, epoch by epoch, until a rule stops it.
---
---     local net = mah.mlp{2, {16, "tanh"}, {2, "softmax"}, seed = 1}
---     local run = mah.train(net, mah.data.make_moons{random_state = 1}, {stop = 5, seed = 1})
---     print(run.n_iter, run.stop_reason.rule, #run.history.loss)      --> 5 max_iter 5
local Task = require "mah.learn.task"
local called = require "mah.base.called"
local find_lr = require "mah.learn.find_lr"

--- Trains a network on {x = (N, inputs), y = (N) class numbers or (N, outputs) targets, weight =
--- (N)}. For networks of functions, mah.network, x and y are tensors of any number of dimensions,
--- rows first, or tables of such. Where x is bytes or integers, scale = 1 / 255 says what they
--- stand for (of networks of functions: bytes alone): images as bytes take a quarter of the memory,
--- and give the same results; the network keeps the scale, see net:scale_inputs.
---
--- Penalties, l1 and l2, are of the weights: of mah.network's parameters, those of two dimensions
--- and more. Solvers with a weight_decay of their own (adamw, lion ...) pull biases, too.
---
--- average: validation and the network in the end have averaged weights; the training goes on with
--- its own. restore_best then takes the averaged weights of the best epoch.
---
--- accumulate: with mah.mlp, which takes large batches in pieces, it is the same step as that of
--- the larger batch, bit for bit; in other networks each mini-batch has random numbers and batch
--- statistics of its own. Steps are what s.step, on_batch and schedules count. The last step of an
--- epoch may have fewer mini-batches.
---
--- groups: lr_scale is a factor of the solver's learning rate, and weight_decay stands in the place
--- of the solver's own, as in PyTorch's parameter groups; solvers that have none, as sgd and adam,
--- add weight_decay w to the gradient there. l2 is a part of the loss, for all. Parameters are
--- named as in net.names: "encoder" stands for encoder.W too, and 1 for 1.weight and 1.bias.
---
--- resume: 5 epochs, and then up to stop = 10, give what 10 give, bit for bit; the network knows
--- its last training, and its file holds it, too (net:save). `solver` left out is the one before,
--- and one of the same kind goes on with what that one remembers.
---
--- checkpoint: the file goes when the training has ended; one that is there and is something else
--- is an error. In a sweep, see mah.sweep's option.
---
--- distributed: all ranks run this script, each with the same network, data and seed (an error says
--- what is not), and come to the weights, losses and scores of one rank, bit for bit; callbacks run
--- on all, `score` on the first. On one node that one computes with the processors of all; ranks of
--- several nodes (one each is best) share each step.
---
--- Errors: shapes, class numbers outside of the outputs, NaN or infinity in the data, a loss that
--- is not finite (unless a rule such as mah.stop.diverged() takes it).
---
---     local moons = mah.data.make_moons{n_samples = 200, noise = 0.1, random_state = 1}
---     local net = mah.mlp{2, {16, "tanh"}, {2, "softmax"}, seed = 1}
---     local run = mah.train(net, moons, {
---       solver = mah.solver.adam{lr = 0.05}, batch_size = 32, stop = 30, validation = 0.2,
---       seed = 1,
---     })
---     print(run.n_iter, run.stop_reason.text)         --> 30 the limit of 30 epochs is reached
---     print(#run.history.loss, run.best_epoch <= 30)  --> 30 true
---     print(net:score(moons.x, moons.y) > 0.9)        --> true
---@param net network|TapedNetwork|StackedNetwork
---@param data {x: tensor|mah.Sparse|Shard|table, y: any, weight: tensor?, scale: number?}
---@param given table|nil
---@return run run
local function train(net, data, given)
  local task = Task.new(net, data, given)
  task:run()
  return task:result()
end

return called(train, { find_lr = find_lr })
