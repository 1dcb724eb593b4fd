--- Averages of the weights that a training passes through, which often generalise better than the
--- last ones: for mah.train's option `average`, and the estimators'.
---
--- The training goes on with its own weights; validation, the best epoch that is restored and the
--- network that is left behind have the averaged ones. on_epoch sees the training's own, and
--- s.average, the averaged vector. The buffers of batch norm (net.buffers) are averaged as the
--- weights are, as PyTorch's AveragedModel(use_buffers = true) does; no pass over the data is made
--- in the end. Frozen parameters are their own average.
---
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local net = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
---     local last
---     mah.train(net, moons, {
---       average = mah.average.ema { decay = 0.9 }, batch_size = 20, stop = 5,
---       on_epoch = function(s) last = s.average:clone() end,
---     })
---     print(net.params:equal(last))                                    --> true
local options = require "mah.base.options"

local average = {}

--- Settings, as mah.train's option takes them.
---@class average
---@field name string         "ema" or "swa"
---@field decay number|nil    of ema
---@field warmup boolean|nil  of ema
---@field start integer|nil   of swa
---@field every integer|nil   of swa

local ema_rules = options.declare("mah.average.ema", {
  decay = { 0.999, "number", "[0, 1)", "share of the past in the average, at each step" },
  warmup = { false, "boolean", nil, "the decay grows from 0.1 with the steps, for short "
    .. "trainings" },
})

--- The exponential moving average, after each step:
---   average += (1 - decay) (w - average)
--- The first weights are copied, as by PyTorch's AveragedModel. With `warmup` step t = 1, 2, ...
--- has the decay min(decay, t / (9 + t)) (TensorFlow's, of the number of updates before), so that a
--- short training does not end with its first weights.
--- (Polyak, Juditsky: "Acceleration of stochastic approximation by averaging", SIAM J. Control and
--- Optimization 30, 1992.)
---
---     local average = mah.average.ema { decay = 0.99, warmup = true }
---     print(average.name, average.decay)                               --> ema 0.99
---@param given {decay: number?, warmup: boolean?}|nil
---@return average
function average.ema(given)
  local o = options(given, ema_rules, "mah.average.ema")
  return { name = "ema", decay = o.decay, warmup = o.warmup }
end

local swa_rules = options.declare("mah.average.swa", {
  start = { options.required, "integer", "[1, inf)", "the first epoch whose weights count" },
  every = { 1, "integer", "[1, inf)", "epochs from one that counts to the next; with a cyclic "
    .. "learning rate the length of a cycle" },
})

--- Stochastic weight averaging: the mean, with equal shares, of the weights at the end of the
--- epochs start, start + every, start + 2 every, ... Until `start` there is no average, and the
--- training's own weights are what is validated. With a cyclic learning rate `every` is the length
--- of a cycle.
--- (Izmailov, Podoprikhin, Garipov, Vetrov, Wilson: "Averaging weights leads to wider optima and
--- better generalization", UAI 2018.)
---
---     local average = mah.average.swa { start = 15 }
---     print(average.name, average.start, average.every)                --> swa 15 1
---@param given {start: integer, every: integer?}
---@return average
function average.swa(given)
  local o = options(given, swa_rules, "mah.average.swa")
  return { name = "swa", start = o.start, every = o.every }
end

return average
