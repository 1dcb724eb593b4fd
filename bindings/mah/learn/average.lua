--- Averages of the weights that a training passes through, which often generalise better than the
--- last ones: for mah.train's option `average`, and the estimators'.
---
---     local average = mah.average.ema{decay = 0.999}
---     local average = mah.average.swa{start = 15}       -- with a constant or cyclic learning rate
---     mah.train(net, data, {average = average, stop = 20, validation = 0.1})
---
--- The training goes on with its own weights; validation, the best epoch that is restored and the
--- network that is left behind have the averaged ones. on_epoch sees the training's own, and
--- s.average, the averaged vector. The buffers of batch norm (net.buffers) are averaged as the
--- weights are, as PyTorch's AveragedModel(use_buffers = true) does; no pass over the data is made
--- in the end. Frozen parameters are their own average.
local options = require "mah.base.options"

local average = {}

---@class average

local ema_rules = options.declare("mah.average.ema", {
  decay = { 0.999, "number", "[0, 1)" },
  warmup = { false, "boolean" },
})

--- The exponential moving average, after each step:
---   average += (1 - decay) (w - average)
--- The first weights are copied, as by PyTorch's AveragedModel. With `warmup` step t = 1, 2, ...
--- has the decay min(decay, t / (9 + t)) (TensorFlow's, of the number of updates before), so that a
--- short training does not end with its first weights.
--- (Polyak, Juditsky: "Acceleration of stochastic approximation by averaging", SIAM J. Control and
--- Optimization 30, 1992.)
---@param given {decay: number?, warmup: boolean?}|nil
---@return average   a plain table of settings
function average.ema(given)
  local o = options(given, ema_rules, "mah.average.ema")
  return { name = "ema", decay = o.decay, warmup = o.warmup }
end

local swa_rules = options.declare("mah.average.swa", {
  start = { options.required, "integer", "[1, inf)" },
  every = { 1, "integer", "[1, inf)" },
})

--- Stochastic weight averaging: the mean, with equal shares, of the weights at the end of the
--- epochs start, start + every, start + 2 every, ... Until `start` there is no average, and the
--- training's own weights are what is validated. With a cyclic learning rate `every` is the length
--- of a cycle.
--- (Izmailov, Podoprikhin, Garipov, Vetrov, Wilson: "Averaging weights leads to wider optima and
--- better generalization", UAI 2018.)
---@param given {start: integer, every: integer?}
---@return average   a plain table of settings
function average.swa(given)
  local o = options(given, swa_rules, "mah.average.swa")
  return { name = "swa", start = o.start, every = o.every }
end

return average
