--- The training loop: epochs of mini-batches, a solver, stopping rules, a validation set.
---
---     local run = mah.train(net, {x = x, y = y}, {
---       solver = mah.solver.adam{lr = 1e-3}, batch_size = 200, stop = mah.stop.max_iter(20),
---       validation = 0.1, seed = 1,
---     })
---     print(run.n_iter, run.stop_reason.rule, run.history.loss[run.n_iter])
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local holdout = require "mah.learn.holdout"
local options = require "mah.base.options"
local progress = require "mah.base.progress"
local random = require "mah.tensor.random"
local solvers = require "mah.learn.solver"
local stop = require "mah.learn.stop"
local tensor = require "mah.tensor"

local rules = {
  solver = { nil, "callable" },
  batch_size = { 200, "integer", "[1, inf)" },
  stop = { nil, "callable|integer" },
  validation = { nil, "number|table", "(0, 1)" },
  restore_best = { nil, "boolean" },
  shuffle = { true, "boolean" },
  l1 = { 0, "number", "[0, inf)" },
  l2 = { 0, "number", "[0, inf)" },
  seed = { nil, "integer", "[0, 4294967295]" },
  rng = { nil, "table" },
  on_epoch = { nil, "callable" },
  verbose = { false, "boolean" },
}

local function default_rule()
  return stop.any { stop.max_iter(200), stop.no_improvement { of = "loss", patience = 10, min_delta = 1e-4 } }
end

-- -- What is trained on ----------------------------------------------------------------------------

--- Checks a data set {x =, y =, weight =} against the network: dtypes, shapes, finite numbers.
local function check_set(set, net, name)
  check.that(type(set) == "table" and set.x ~= nil and set.y ~= nil,
    "mah.train: %s must be a table {x = tensor, y = tensor}, got %s", name, check.show(set))
  local x, y = Type.expect(set.x, name .. ".x"), Type.expect(set.y, name .. ".y")
  check.that(x.ndim == 2 and x.shape[2] == net.inputs, "mah.train: %s.x has shape (%s); the network has %d inputs", name,
    table.concat(x.shape, ", "), net.inputs)
  check.that(y.ndim >= 1 and #x == #y, "mah.train: %s.x has %d rows and %s.y has %d", name, #x, name, #y)
  check.that(#x > 0, "mah.train: %s has no rows", name)
  check.status(C.mah_batch_check_finite(x, name .. ".x"))
  if y.ndim <= 2 then check.status(C.mah_batch_check_finite(y, name .. ".y")) end
end

--- The rows to train on (int32, from 0) and the validation set, if there is one.
local function divide(net, data, o, rng)
  check_set(data, net, "data")
  local rows = #data.x
  if type(o.validation) == "number" then
    return holdout(data, o.validation, rng, net.loss_function == "cross_entropy" and data.y.ndim == 1)
  end
  if o.validation then check_set(o.validation, net, "validation") end
  return tensor.arange(0, rows - 1, { dtype = "int32" }), o.validation
end

--- The batch that evaluate() looks at, with everything that stays the same during the run.
local function new_batch(data, order, o, seed)
  local batch = ffi.new "mah_batch"
  batch.x, batch.y, batch.weight_, batch.order_ = data.x, data.y, data.weight, order
  batch.l1, batch.l2, batch.training, batch.seed = o.l1, o.l2, 1, seed
  return batch
end

--- The generator of the run. A seed gets a stream of its own, so that a network that was drawn with the
--- same seed does not share its random numbers with the shuffling.
local function generator_of(o)
  if o.rng or not o.seed then return random.generator(o.rng, "mah.train") end
  local rng = random.rng(o.seed)
  C.mah_rng_seed(rng.state, C.MAH_RNG_PHILOX, o.seed, 1)
  return rng
end

-- -- One epoch -------------------------------------------------------------------------------------

local loss_out = ffi.new "double[1]"

--- evaluate(w) -> loss, gradient of the current batch at w. The gradient is overwritten by each call.
local function new_evaluate(net, batch)
  local gradient = tensor.zeros_like(net.params)
  return function(w)
    check.status(C.mah_mlp_gradient(net.handle, loss_out, gradient, w, batch))
    return loss_out[0], gradient
  end
end

--- Runs the solver over all batches; returns the mean loss, or the first one that is not finite.
local function run_epoch(batch, rows, batch_size, solver, evaluate, w)
  local sum, first = 0, 0
  while first < rows do
    local count = math.min(batch_size, rows - first)
    batch.first, batch.count = first, count
    local loss = solver(evaluate, w)
    batch.step = batch.step + 1
    if not (loss - loss == 0) then return loss end
    sum = sum + loss * count
    first = first + count
  end
  return sum / rows
end

-- -- After an epoch --------------------------------------------------------------------------------

local function note(s, history, name, value)
  s[name] = value
  history[name] = history[name] or {}
  history[name][s.epoch] = value
end

--- Keeps a copy of the parameters of the best epoch, judged on the validation score.
local function keep_best(s, best, w)
  if best.score and not (s.val_score > best.score) then return end
  best.score, best.epoch = s.val_score, s.epoch
  best.w = best.w or tensor.empty_like(w)
  best.w:copy_(w)
end

--- The rule's answer as {rule =, epoch =, value =, best =, text =}, or nil.
local function ask(rule, s)
  local answer = rule(s)
  if not answer then return nil end
  local reason = type(answer) == "table" and answer or { rule = "custom", text = tostring(answer) }
  reason.epoch = s.epoch
  return reason
end

local function describe(s)
  local text = ("epoch %d, loss %.4f"):format(s.epoch, s.loss)
  if s.val_score then text = text .. (", validation %.4f"):format(s.val_score) end
  return text
end

local function complain_about_divergence(s)
  check.raise("mah.train: the training diverged: the loss is %g in epoch %d (solver %s, learning rate %s); "
    .. "try a smaller learning rate or scale the inputs", s.loss, s.epoch,
    type(s.solver) == "table" and s.solver.name or "of your own", tostring(s.lr or "unknown"))
end

-- -- The loop --------------------------------------------------------------------------------------

--- Trains a network on {x = (N, inputs), y = (N) classes or (N, outputs) targets, weight = (N)}.
---
--- Options:
---   solver         callable (evaluate, w) -> loss; default mah.solver.adam()
---   batch_size     rows of a mini-batch, the last one may be shorter; default 200
---   stop           a rule, or a number of epochs; default: 200 epochs, or no improvement of the loss by
---                  1e-4 for 10 epochs
---   validation     a share of the data held out (stratified by class), or a data set of its own
---   restore_best   end with the parameters of the best validation score; default: with validation
---   shuffle        a new order each epoch; default true
---   l1, l2         penalties: (l1 sum|W| + l2/2 sum W^2) / rows of the batch; l2 is scikit-learn's alpha
---   seed, rng      for the split, the orders and the dropout masks; default: the default generator
---   on_epoch       function(s), called after each epoch with the state that stopping rules see
---   verbose        progress on stderr
---
--- Errors: shapes, class numbers outside of the outputs, NaN or infinity in the data, a loss that is not
--- finite (unless a rule such as mah.stop.diverged() takes it).
---@param net Network
---@param data {x: tensor, y: tensor, weight: tensor?}
---@param given table|nil
---@return table run   {n_iter, stop_reason, history = {loss, val_loss, val_score, seconds}, seconds, seed, best_epoch}
local function train(net, data, given)
  check.that(type(net) == "table" and net.handle, "mah.train: a network is expected, got %s", check.show(net))
  local o = options(given, rules, "mah.train")
  local solver, rule = o.solver or solvers.adam(), o.stop or default_rule()
  if type(rule) == "number" then rule = stop.max_iter(rule) end
  local rng = generator_of(o)
  local order, validation = divide(net, data, o, rng)
  local rows, w = #order, net.params
  local batch = new_batch(data, order, o, C.mah_rng_u32(rng.state))
  local evaluate = new_evaluate(net, batch)
  if type(solver) == "table" and solver.reset then solver:reset() end

  local history = { loss = {}, seconds = {} }
  local s = { epoch = 0, history = history, net = net, solver = solver }
  local best, line = {}, o.verbose and progress.new "training" or nil
  local start, reason = progress.now(), nil
  repeat
    s.epoch = s.epoch + 1
    if o.shuffle then rng:shuffle(order) end
    note(s, history, "loss", run_epoch(batch, rows, o.batch_size, solver, evaluate, w))
    if validation then
      note(s, history, "val_loss", net:loss(validation.x, validation.y))
      note(s, history, "val_score", net:score(validation.x, validation.y))
      keep_best(s, best, w)
    end
    note(s, history, "seconds", progress.now() - start)
    s.lr = type(solver) == "table" and solver.lr or nil
    if o.on_epoch then o.on_epoch(s) end
    if line then line:update(describe(s)) end
    reason = ask(rule, s)
    if not reason and not (s.loss - s.loss == 0) then complain_about_divergence(s) end
  until reason
  if best.w and o.restore_best ~= false then w:copy_(best.w) end
  if line then line:done(("%s; %s"):format(describe(s), reason.text)) end
  return {
    n_iter = s.epoch, stop_reason = reason, history = history, seconds = s.seconds, seed = o.seed,
    best_epoch = best.epoch,
  }
end

return train
