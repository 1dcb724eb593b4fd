--- The learning rate range test (Smith: "Cyclical learning rates for training neural networks",
--- WACV 2017): some steps of training, each at a larger rate than the last one, until the loss
--- grows. It comes as mah.train.find_lr.
local RangeTest = require "mah.learn.range_test"
local Task = require "mah.learn.task"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local common = require "mah.learn.training_rules"
local elsewhere = require "mah.learn.elsewhere"
local kind = require "mah.learn.kind"
local objects = require "mah.learn.objects"
local named_solver = require "mah.learn.named_solver"
local options = require "mah.base.options"
local rule = require "mah.learn.solver.rule"
local solvers = require "mah.learn.solver"

local WHERE = "mah.train.find_lr"

local rules = options.declare(WHERE, {
  from = { 1e-7, "number", "(0, inf)", "learning rate of the first step" },
  to = { 10, "number", "(0, inf)", "learning rate of the last step; larger than from" },
  steps = { 100, "integer", "[2, inf)", "steps of the test, each at a rate that is larger by the "
    .. "same factor; over several epochs where one has fewer mini-batches" },
  solver = { nil, "callable|string", nil, "one with a learning rate, or its name, of which a copy "
    .. "makes the steps from its beginning; nil: mah.solver.adam()" },
  batch_size = common.batch_size,
  smoothing = { 0.9, "number", "[0, 1)", "the share of the past in the smoothed loss at each step; "
    .. "0: none" },
  early_stop_threshold = { 4, "number", "(1, inf]", "the test ends when the smoothed loss is more "
    .. "than so many times its lowest; inf: never" },
  shuffle = common.shuffle,
  clip_norm = common.clip_norm,
  clip_value = common.clip_value,
  accumulate = common.accumulate,
  freeze = common.freeze,
  l1 = common.l1,
  l2 = common.l2,
  seed = common.seed,
  rng = common.rng,
  threads = common.threads,
})

local of_the_training = { "batch_size", "shuffle", "clip_norm", "clip_value", "accumulate",
  "freeze", "l1", "l2", "seed", "rng", "threads" }

-- -- The solver -----------------------------------------------------------------------------------

--- A solver like the one that was given, which knows nothing of its steps: that one keeps all.
local function own_solver(solver)
  solver = named_solver(solver, WHERE, "an object with a learning rate `lr`") or solvers.adam()
  check.that(rule.has_rate(solver), "%s: the solver has no learning rate `lr` that could be tried",
    WHERE)
  local copy = {}
  for name, value in pairs(solver) do
    copy[name] = Type.is_tensor(value) and value:clone() or value
  end
  setmetatable(copy, getmetatable(solver))
  if copy.reset then copy:reset() end
  return copy
end

--- The rates' ratio is the same from step to step.
local function rate(o, i) return o.from * (o.to / o.from) ^ ((i - 1) / (o.steps - 1)) end

--- The mean of the losses so far in which the last ones count most, as Adam corrects the bias of
--- its beginning: m = s m + (1-s) loss, m / (1 - s^i).
---@param smoothing number   s
---@return fun(loss: number): number
local function smoother(smoothing)
  local m, power = 0, 1
  return function(loss)
    m, power = smoothing * m + (1 - smoothing) * loss, smoothing * power
    return m / (1 - power)
  end
end

--- A solver that takes each step at its rate, and ends the test with the last one, or when the loss
--- is not finite, or has grown too much.
---@return fun(evaluate: function, w: tensor): number, string|nil
---@return table lr, table loss, table smoothed   of the steps so far
local function new_tester(solver, o)
  local lr, losses, smoothed, best = {}, {}, {}, math.huge
  local smooth = smoother(o.smoothing)
  return function(evaluate, w)
    local i = #lr + 1
    solver.lr = rate(o, i)
    local loss = solver(evaluate, w)
    if not (type(loss) == "number" and loss - loss == 0) then return loss, "it is not finite" end
    lr[i], losses[i], smoothed[i] = solver.lr, loss, smooth(loss)
    best = math.min(best, smoothed[i])
    local has_grown = smoothed[i] > o.early_stop_threshold * best
    return loss, i == o.steps and "the last step" or has_grown and "it has grown" or nil
  end, lr, losses, smoothed
end

-- -- The network ----------------------------------------------------------------------------------

--- What a training changes of a network, for `restore`; nil of what is none.
local function state_of(net)
  if type(net) ~= "table" or not objects.is_network(net) then return nil end
  local buffers = kind.buffers(net)
  return { scale = rawget(net, "input_scale"), params = net.params:clone(),
    buffers = buffers and buffers:clone() }
end

local function restore(net, state)
  if not state then return end
  net.params:copy_(state.params)
  if state.buffers then net.buffers:copy_(state.buffers) end
  if rawget(net, "input_scale") ~= state.scale then net:scale_inputs(state.scale) end
end

local function never() return false end

--- Epochs until the tester has a reason to end.
local function run(net, data, o, tester)
  local given = { solver = tester, stop = never }
  for _, name in ipairs(of_the_training) do given[name] = o[name] end
  local trainer, reason = Task.new(net, data, given).trainer, false
  while not reason do reason = select(2, trainer:run_epoch()) end
end

--- Looks for a learning rate: trains for some mini-batches, at rates from `from` to `to`, each
--- larger than the last one by the same factor, and keeps the losses. Network and solver are left
--- as they were. `suggestion` is the rate at which the smoothed loss falls fastest; that of the
--- lowest loss is too large already.
---
--- Errors: those of mah.train; a solver without a learning rate; a loss that is not finite at the
--- first step.
---
---     local data = mah.data.digits{n = 200, seed = 1}.train
---     local net = mah.mlp{784, {20, "relu"}, {10, "softmax"}, seed = 1}
---     local found = mah.train.find_lr(net, data, { batch_size = 20, steps = 50, seed = 1 })
---     print(#found.lr == #found.loss, found.suggestion > 1e-4)          --> true true
---     found:plot():save "learning_rate.png"
---@param net network|TapedNetwork|StackedNetwork
---@param data {x: tensor|mah.Sparse, y: tensor, weight: tensor?, scale: number?}
---@param given table|nil
---@return find_lr found
return function(net, data, given)
  local o = options(given, rules, WHERE, elsewhere.find_lr)
  check.that(o.from < o.to, "%s: from = %g must be less than to = %g", WHERE, o.from, o.to)
  local tester, lr, losses, smoothed = new_tester(own_solver(o.solver), o)
  local state = state_of(net)
  local ok, problem = pcall(run, net, data, o, tester)
  restore(net, state)
  if not ok then error(problem, 0) end
  check.that(#lr > 0, "%s: the loss of the first step, before any rate was tried, is not finite",
    WHERE)
  return RangeTest.new(lr, losses, smoothed, o.steps)
end
