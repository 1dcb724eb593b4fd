--- Trains a network; what it takes is in task.lua, the loop in trainer.lua.
---
---     local run = mah.train(net, {x = x, y = y}, {
---       solver = mah.solver.adam{lr = 1e-3}, batch_size = 200, stop = mah.stop.max_iter(20),
---       validation = 0.1, seed = 1,
---     })
---     print(run.n_iter, run.stop_reason.rule, run.history.loss[run.n_iter])
---     print(mah.train.find_lr(net, {x = x, y = y}).suggestion)
local Task = require "mah.learn.task"
local called = require "mah.base.called"
local find_lr = require "mah.learn.find_lr"

--- Trains a network on {x = (N, inputs), y = (N) class numbers or (N, outputs) targets, weight =
--- (N)}. Where x is bytes or integers, scale = 1 / 255 says what they stand for: images as bytes
--- take a quarter of the memory, and give the same results (the network keeps it, see
--- net:scale_inputs). For networks of functions, mah.network, x and y are tensors of any number of
--- dimensions, rows first, or tables of such; of these, bytes alone are scaled.
---
--- Options:
---   solver         callable (evaluate, w) -> loss[, reason to stop]; default mah.solver.adam();
---                  the name of one of mah.solver's stands for it as it comes: "sgd"
---   batch_size     rows of a mini-batch, the last one may be shorter; default 200, all for lbfgs,
---                  cg and levenberg_marquardt
---   stop           a rule, or a number of epochs; default: 200 epochs, or no improvement of the
---                  loss by 1e-4 for 10 epochs (not for those three, which end by rules of theirs)
---   schedule       function (s) -> learning rate, before each epoch or step: see mah.schedule
---   validation     a share of the data held out (stratified by class), or a data set of its own
---   score          function (net, x, y, weight) -> number, larger is better; default net:score,
---                  in which rows count by their weight
---   restore_best   end with the parameters of the best validation score; default true
---   shuffle        a new order each epoch; default true
---   l1, l2         penalties: (l1 sum|W| + l2/2 sum W^2) / rows of the batch, of the weights: of
---                  mah.network's parameters, those of two dimensions and more. l2 is
---                  scikit-learn's alpha
---   average        mah.average.ema{decay = 0.999} or mah.average.swa{start = 15}: validation, the
---                  best epoch and the network in the end have averaged weights; the training goes
---                  on with its own. Default none
---   accumulate     mini-batches for one step: the gradient is the mean over all their rows, as if
---                  batch_size were that many times larger, with the memory of one. With mah.mlp,
---                  which takes large batches in pieces, it is the same step bit for bit; in other
---                  networks each has random numbers and batch statistics of its own. Steps are
---                  what s.step, on_batch and schedules count. The last step of an epoch may have
---                  fewer. Default 1
---   groups         a list of {params = {"W1", ...} or layers = {1, ...}, lr_scale = 0.1,
---                  weight_decay = 0}: parameters with a learning rate of so many times the
---                  solver's, and a weight decay in the place of the solver's own, as PyTorch's
---                  parameter groups. Solvers that have none of their own, as sgd and adam, add
---                  weight_decay w to the gradient there. l2 is a part of the loss, for all
---   freeze         names or layers that the training leaves as they are: a list, or one. Names
---                  are those of net.names; "encoder" stands for encoder.W too, and 1 for layer 1
---   clip_norm      cut the gradient back to this Euclidean norm
---   clip_value     cut each of its elements back to this size
---   resume         true: goes on with the network's last training, which it remembers, and which
---                  its file holds, too (net:save): 5 epochs, and then up to stop = 10, give what
---                  10 give, bit for bit. Data and options are to be given as before; `solver` left
---                  out is the one before, and one of the same kind goes on with what that one
---                  remembers. stop counts from the first epoch on
---   seed, rng      for the split, the orders and the dropout masks; default: a seed from the
---                  default generator, which run.seed tells
---   on_epoch       function (s), called after each epoch with the state that stopping rules see
---   on_batch       function (s), called after each mini-batch; s.batch, s.batch_loss
---   detect_anomaly
---                  true: the first number that is not finite is an error that says where: of a
---                  function in Lua the operation, its parameters and the script's line (the first
---                  NaN, forwards or backwards; a tail call, `return h:log()`, has the line of the
---                  call around it), of layers the layer. Slow. Default false
---   threads        of the core, for this training: default mah.threads(), all cores; a result has
---                  the same bits for any number
---   distributed    true: the ranks that mpirun or srun has started, all of which run this script,
---                  make the training together, each with the same network, data and seed (an error
---                  says what is not). All come to the weights, losses and scores of one rank, bit
---                  for bit; callbacks run on all, `score` on the first. On one node that one
---                  computes with the processors of all; ranks of several nodes (one each is best)
---                  share each step, and "ranks" asks for that on one node. Default false
---   verbose        progress on stderr
---   checkpoint     {path = "net.checkpoint", seconds = 60}: saves where the training stands; when
---                  the program was killed and runs again, it goes on from there, bit for bit.
---                  The file goes when the training has ended; one that is there and is something
---                  else is an error. In a sweep, see mah.sweep's option
---
--- Errors: shapes, class numbers outside of the outputs, NaN or infinity in the data, a loss that
--- is not finite (unless a rule such as mah.stop.diverged() takes it).
---@param net Network|TapedNetwork
---@param data {x: tensor|mah.Sparse|Shard|table, y: any, weight: tensor?, scale: number?}
---@param given table|nil
---@return table run   {n_iter, stop_reason, history = {loss, lr, seconds, val_loss, val_score},
---  seconds, seed, best_epoch}
local function train(net, data, given)
  local task = Task.new(net, data, given)
  task:run()
  return task:result()
end

return called(train, { find_lr = find_lr })
