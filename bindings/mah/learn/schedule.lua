--- Learning rate schedules. A schedule is a function (s) -> lr that training asks before each
--- epoch; or, if it is a table with per_step = true, before each step (mini-batch). `s` holds
--- epoch, step, samples, lr (the first one), max_iter, batches, history and the last epoch's loss,
--- val_loss and val_score: see schedule_state.
---
--- Formulas and names are PyTorch's (torch.optim.lr_scheduler), with lr for the first learning
--- rate. Called once an epoch, k = epoch - 1 counts epochs; called at each step, k counts steps,
--- and `epochs` is turned into steps. None remembers anything, so that a resumed training goes on
--- with the same rates.
---
---     local moons = mah.data.make_moons { random_state = 1 }
---     local function rates(schedule)
---       local net = mah.mlp { 2, { 4, "tanh" }, { 2, "softmax" }, seed = 1 }
---       local run = mah.train(net, moons, { solver = mah.solver.sgd { lr = 0.1 }, stop = 3,
---         schedule = schedule })
---       return ("%.4f %.4f %.4f"):format(unpack(run.history.lr))
---     end
---     print(rates(mah.schedule.cosine()))                             --> 0.1000 0.0750 0.0250
---     print(rates(function(s) return s.lr / s.epoch end))             --> 0.1000 0.0500 0.0333
local check = require "mah.base.check"
local class = require "mah.base.class"
local elsewhere = require "mah.learn.elsewhere"
local options = require "mah.base.options"

local schedule = {}

--- What a schedule is told before an epoch or a step.
---@class schedule_state
---@field epoch integer           the epoch that is about to begin, or running, from 1
---@field first_epoch integer     the first epoch of this fit: not 1 after a warm start
---@field step integer            steps made so far, in all epochs
---@field samples integer         rows seen so far, in all epochs
---@field lr number               the solver's learning rate when the training began
---@field max_iter integer|nil    how many epochs there may be; nil where nobody has said
---@field batches integer         steps in an epoch
---@field history history         the curves so far
---@field loss number|nil         of the epoch that ended last; nil before the first one
---@field val_loss number|nil     of that epoch, with a validation set
---@field val_score number|nil    of that epoch, with a validation set
---@field measured_from integer|nil  earlier losses and scores are not comparable with later ones

--- A function (s: schedule_state) -> learning rate is one, too.
---@class schedule
---@field name string             "cosine" ...
---@field per_step boolean        is it asked before each step, and not before each epoch alone?
---@field rate fun(s: schedule_state): number   what is called

local Schedule = class.new("a schedule", "schedule")
function Schedule:__call(s)
  check.that(type(s) == "table" and type(s.epoch) == "number" and type(s.lr) == "number",
    "mah.schedule.%s: a schedule is asked with {epoch = 1, lr = 0.1, step = 0, ...}; got %s",
    self.name, check.show(s))
  return self.rate(s)
end
function Schedule:__tostring() return "schedule " .. self.name end

local function new(name, per_step, rate)
  return setmetatable({ name = name, per_step = per_step, rate = rate }, Schedule)
end

-- -- Where are we? --------------------------------------------------------------------------------

--- Epochs, or steps, that are over.
local function count(s, per_step) return per_step and s.step or s.epoch - 1 end

--- So many epochs, in steps where the schedule goes by the step.
local function in_steps(epochs, s, per_step, where)
  if not per_step then return epochs end
  check.that(s.batches, "%s: by the step it needs to know how many an epoch has (s.batches)", where)
  return epochs * s.batches
end

--- The length of the whole schedule: what its options say, or the training's limit.
local function total(epochs, s, per_step, where)
  epochs = epochs or s.max_iter
  check.that(epochs, "%s: tell it how many epochs there will be: %s{epochs = 50}", where, where)
  return in_steps(epochs, s, per_step, where)
end

-- -- The schedules --------------------------------------------------------------------------------

--- The same learning rate all along.
---
---     print(mah.schedule.constant() { epoch = 9, lr = 0.1 })          --> 0.1
---@return schedule
function schedule.constant()
  return new("constant", false, function(s) return s.lr end)
end

local step_rules = options.declare("mah.schedule.step", {
  step_size = { 30, "integer", "[1, inf)", "epochs at one rate" },
  gamma = { 0.1, "number", "(0, inf)", "factor from one rate to the next" },
})

--- lr gamma^floor(k / step_size), by the epoch.
---
---     local schedule = mah.schedule.step { step_size = 10, gamma = 0.5 }
---     print(schedule { epoch = 10, lr = 1 }, schedule { epoch = 11, lr = 1 })         --> 1 0.5
---@param given {step_size: integer?, gamma: number?}|nil
---@return schedule
function schedule.step(given)
  local o = options(given, step_rules, "mah.schedule.step")
  return new("step", false, function(s)
    return s.lr * o.gamma ^ math.floor((s.epoch - 1) / o.step_size)
  end)
end

local exponential_rules = options.declare("mah.schedule.exponential", {
  gamma = { 0.95, "number", "(0, inf)", "factor from one epoch's rate to the next" },
})

--- lr gamma^k, by the epoch.
---
---     print(mah.schedule.exponential { gamma = 0.5 } { epoch = 3, lr = 1 })   --> 0.25
---@param given {gamma: number?}|nil
---@return schedule
function schedule.exponential(given)
  local o = options(given, exponential_rules, "mah.schedule.exponential")
  return new("exponential", false, function(s) return s.lr * o.gamma ^ (s.epoch - 1) end)
end

local function cosine_between(from, to, share)
  return to + (from - to) * (1 + math.cos(math.pi * share)) / 2
end

local LENGTH = "length in epochs; nil: the training's, where stop is a number (of estimators "
  .. "max_iter)"
local positive_epochs = { nil, "number", "(0, inf)", LENGTH }
local MIN_LR = "the last, and least, learning rate"
local PER_STEP = "the rate is set before each step, and not before each epoch alone"
local with_epochs = { false, "boolean", nil, PER_STEP }
local with_steps = { true, "boolean", nil, PER_STEP }

local cosine_rules = options.declare("mah.schedule.cosine", {
  epochs = positive_epochs, min_lr = { 0, "number", "[0, inf)", MIN_LR }, per_step = with_epochs,
})

--- From lr to min_lr on half a cosine: min_lr + (lr - min_lr) (1 + cos(pi k / n)) / 2, n the number
--- of epochs (default: max_iter), min_lr from then on (Loshchilov, Hutter: "SGDR", ICLR 2017).
---
---     local schedule = mah.schedule.cosine { epochs = 10, min_lr = 0.1 }
---     print(schedule { epoch = 1, lr = 1 }, schedule { epoch = 11, lr = 1 })  --> 1 0.1
---@param given {epochs: number?, min_lr: number?, per_step: boolean?}|nil
---@return schedule
function schedule.cosine(given)
  local where = "mah.schedule.cosine"
  local o = options(given, cosine_rules, where, elsewhere.restarts)
  return new("cosine", o.per_step, function(s)
    local n = total(o.epochs, s, o.per_step, where)
    return cosine_between(s.lr, o.min_lr, math.min(count(s, o.per_step) / n, 1))
  end)
end

local one_cycle_rules = options.declare("mah.schedule.one_cycle", {
  epochs = positive_epochs,
  max_lr = { nil, "number", "(0, inf)", "the greatest learning rate; nil: the solver's" },
  pct_start = { 0.3, "number", "[0, 1]", "the share of the epochs in which the rate grows" },
  div_factor = { 25, "number", "(0, inf)", "max_lr divided by the first rate" },
  final_div_factor = { 1e4, "number", "(0, inf)", "the first rate divided by the last one" },
  per_step = with_steps,
})

--- Up from max_lr / div_factor to max_lr over the share pct_start of the epochs, and down to the
--- first value / final_div_factor, both on a cosine; by the step unless told (Smith, Topin:
--- "Super-convergence", 2018). max_lr defaults to lr, epochs to max_iter.
---
---     local schedule = mah.schedule.one_cycle { epochs = 10, max_lr = 0.5, per_step = false }
---     print(schedule { epoch = 1, lr = 0.1 }, schedule { epoch = 3, lr = 0.1 })       --> 0.02 0.5
---@param given {epochs: number?, max_lr: number?, pct_start: number?, div_factor: number?,
---  final_div_factor: number?, per_step: boolean?}|nil
---@return schedule
function schedule.one_cycle(given)
  local where = "mah.schedule.one_cycle"
  local o = options(given, one_cycle_rules, where)
  return new("one_cycle", o.per_step, function(s)
    local n, k = total(o.epochs, s, o.per_step, where), count(s, o.per_step)
    local top = o.max_lr or s.lr
    local start = top / o.div_factor
    local peak, last = o.pct_start * n - 1, n - 1
    if k <= peak then return cosine_between(start, top, peak > 0 and k / peak or 1) end
    local share = last > peak and math.min((k - peak) / (last - peak), 1) or 1
    return cosine_between(top, start / o.final_div_factor, share)
  end)
end

local restarts_rules = options.declare("mah.schedule.cosine_warm_restarts", {
  epochs = { options.required, "number", "(0, inf)", "epochs until the first restart" },
  epochs_mult = { 1, "integer", "[1, inf)", "each time is so many times longer than the last one" },
  min_lr = { 0, "number", "[0, inf)", "the learning rate before a restart" },
  per_step = with_epochs,
})

--- From lr to min_lr on half a cosine over so many epochs, then at once back to lr, and again over
--- epochs_mult times as many (Loshchilov, Hutter: "SGDR", ICLR 2017). PyTorch's
--- CosineAnnealingWarmRestarts: epochs is its T_0, epochs_mult its T_mult.
---
---     local schedule = mah.schedule.cosine_warm_restarts { epochs = 4 }
---     print(("%.2f"):format(schedule { epoch = 4, lr = 1 }), schedule { epoch = 5, lr = 1 })
---     --> 0.15 1
---@param given {epochs: number, epochs_mult: integer?, min_lr: number?, per_step: boolean?}
---@return schedule
function schedule.cosine_warm_restarts(given)
  local where = "mah.schedule.cosine_warm_restarts"
  local o = options(given, restarts_rules, where, elsewhere.restarts)
  return new("cosine_warm_restarts", o.per_step, function(s)
    local n, k = in_steps(o.epochs, s, o.per_step, where), count(s, o.per_step)
    if o.epochs_mult == 1 then k = k % n end
    while k >= n do k, n = k - n, n * o.epochs_mult end
    return cosine_between(s.lr, o.min_lr, k / n)
  end)
end

local polynomial_rules = options.declare("mah.schedule.polynomial", {
  epochs = positive_epochs,
  power = { 1, "number", "(0, inf)", "exponent; 1 is a straight line" },
  per_step = with_epochs,
})

--- lr (1 - k / n)^power, n the number of epochs (default: max_iter), 0 from then on: PyTorch's
--- PolynomialLR, whose total_iters is n.
---
---     print(mah.schedule.polynomial { epochs = 10, power = 2 } { epoch = 6, lr = 1 }) --> 0.25
---@param given {epochs: number?, power: number?, per_step: boolean?}|nil
---@return schedule
function schedule.polynomial(given)
  local where = "mah.schedule.polynomial"
  local o = options(given, polynomial_rules, where, elsewhere.restarts)
  return new("polynomial", o.per_step, function(s)
    local n = total(o.epochs, s, o.per_step, where)
    return s.lr * (1 - math.min(count(s, o.per_step) / n, 1)) ^ o.power
  end)
end

local cyclic_rules = options.declare("mah.schedule.cyclic", {
  max_lr = { options.required, "number", "(0, inf)", "the rate at the top of a cycle" },
  step_size_up = { 2000, "integer", "[1, inf)", "steps from the solver's rate up to max_lr" },
  step_size_down = { nil, "integer", "[1, inf)", "steps down again; nil: as many as up" },
  mode = { "triangular", { "triangular", "triangular2", "exp_range" }, nil,
    "triangular: the height of cycles stays; triangular2: it is halved with each; exp_range: it "
      .. "shrinks by gamma^k" },
  gamma = { 1, "number", "(0, 1]", "factor of the height from step to step, of exp_range" },
  per_step = { true, "boolean", nil, "false: step_size_up and step_size_down count epochs" },
})

--- Up from lr to max_lr on a line in step_size_up steps, down again in step_size_down (default: as
--- many), and so on; mode = "triangular2" halves the height with each cycle, and "exp_range"
--- multiplies it by gamma^k (Smith: "Cyclical learning rates for training neural networks", WACV
--- 2017). PyTorch's CyclicLR; per_step = false counts epochs in the place of steps.
---
---     local schedule = mah.schedule.cyclic { max_lr = 0.5, step_size_up = 4 }
---     print(schedule { epoch = 1, step = 2, lr = 0.1 })               --> 0.3
---     print(schedule { epoch = 1, step = 4, lr = 0.1 })               --> 0.5
---@param given {max_lr: number, step_size_up: integer?, step_size_down: integer?,
---  mode: "triangular"|"triangular2"|"exp_range"|nil, gamma: number?, per_step: boolean?}
---@return schedule
function schedule.cyclic(given)
  local o = options(given, cyclic_rules, "mah.schedule.cyclic", elsewhere.restarts)
  local up, down = o.step_size_up, o.step_size_down or o.step_size_up
  return new("cyclic", o.per_step, function(s)
    local k = count(s, o.per_step)
    local cycle, at = math.floor(k / (up + down)), k % (up + down)
    local height = (o.max_lr - s.lr) * (at <= up and at / up or (up + down - at) / down)
    if o.mode == "triangular2" then height = height / 2 ^ cycle end
    if o.mode == "exp_range" then height = height * o.gamma ^ k end
    return s.lr + height
  end)
end

local inverse_scaling_rules = options.declare("mah.schedule.inverse_scaling", {
  power = { 0.5, "number", "[0, inf)", "exponent" },
  of = { "step", { "step", "samples", "epoch" }, nil, "what k counts; samples are rows" },
})

--- lr / (k + 1)^power, where k counts steps, samples or epochs that are over. scikit-learn's
--- `invscaling` counts samples.
---
---     local schedule = mah.schedule.inverse_scaling { of = "epoch" }
---     print(schedule { epoch = 1, lr = 1 }, schedule { epoch = 4, lr = 1 })   --> 1 0.5
---@param given {power: number?, of: "step"|"samples"|"epoch"|nil}|nil
---@return schedule
function schedule.inverse_scaling(given)
  local o = options(given, inverse_scaling_rules, "mah.schedule.inverse_scaling")
  return new("inverse_scaling", false, function(s)
    local k = o.of == "epoch" and s.epoch - 1 or s[o.of]
    check.that(k, "mah.schedule.inverse_scaling: the training does not count %s", o.of)
    return s.lr / (k + 1) ^ o.power
  end)
end

-- -- Rates that look at the curves ----------------------------------------------------------------

local plateau_rules = options.declare("mah.schedule.reduce_on_plateau", {
  of = { "val_loss", { "val_loss", "loss", "val_score" }, nil,
    "the curve that is watched; val_loss and val_score want a validation set" },
  factor = { 0.1, "number", "(0, 1)", "what the rate is multiplied by" },
  patience = { 10, "integer", "[0, inf)", "epochs in a row that may pass without a gain; the rate "
    .. "falls after one more" },
  threshold = { 1e-4, "number", "[0, inf)", "the least gain that counts" },
  threshold_mode = { "rel", { "rel", "abs" }, nil, "rel: threshold is a share of the "
    .. "best value; abs: a difference from it" },
  cooldown = { 0, "integer", "[0, inf)", "epochs after a fall that do not count" },
  min_lr = { 0, "number", "[0, inf)", "the rate does not fall below this" },
  epsilon = { 1e-8, "number", "[0, inf)", "the least fall that is made" },
})

--- A loss below `best`, or a score above it, by more than the threshold; NaN never is.
local function is_better(value, best, o)
  local sign = o.of == "val_score" and 1 or -1
  if o.threshold_mode == "rel" then return sign * value > sign * best * (1 + sign * o.threshold) end
  return sign * value > sign * (best + sign * o.threshold)
end

--- What is left of `lr` after the values of the epochs first ... last, of which some may be nil;
--- none from before `anew` is compared with later ones.
local function rate_after(values, first, last, lr, o, anew)
  local worst = o.of == "val_score" and -math.huge or math.huge
  local best, misses, cooldown = worst, 0, 0
  for epoch = first, last do
    local value = values[epoch]
    if epoch == anew then best = worst end
    if value then
      if is_better(value, best, o) then best, misses = value, 0 else misses = misses + 1 end
      if cooldown > 0 then cooldown, misses = cooldown - 1, 0 end
      if misses > o.patience then
        local reduced = math.max(lr * o.factor, o.min_lr)
        if lr - reduced > o.epsilon then lr = reduced end
        cooldown, misses = o.cooldown, 0
      end
    end
  end
  return lr
end

--- Multiplies the rate by `factor` whenever a curve has not got better for more than `patience`
--- epochs in a row: the loss below its best (1 - threshold), a score above its best
--- (1 + threshold), or by threshold_mode = "abs" by the threshold itself. For `cooldown` epochs
--- after that none counts. The rate does not go below min_lr, and no step of it is less than
--- epsilon. All as PyTorch's ReduceLROnPlateau, from the training's curves alone. An epoch without
--- a value, from before there was a validation set, does not count. "val_loss" and "val_score" want
--- a validation set: else an error, after the first epoch.
---
---     local schedule = mah.schedule.reduce_on_plateau { of = "loss", factor = 0.5, patience = 2 }
---     local s = { epoch = 5, lr = 0.1, history = { loss = { 3, 2, 2, 2 } } }
---     print(schedule(s))                              --> 0.1
---     s.epoch, s.history.loss[5] = 6, 2
---     print(schedule(s))                              --> 0.05
---@param given {of: "val_loss"|"loss"|"val_score"|nil, factor: number?, patience: integer?,
---  threshold: number?, threshold_mode: "rel"|"abs"|nil, cooldown: integer?, min_lr: number?,
---  epsilon: number?}|nil
---@return schedule
function schedule.reduce_on_plateau(given)
  local o = options(given, plateau_rules, "mah.schedule.reduce_on_plateau", elsewhere.plateau)
  return new("reduce_on_plateau", false, function(s)
    local first = s.first_epoch or 1
    if s.epoch <= first then return s.lr end
    check.that(type(s.history) == "table" and type(s.history[o.of]) == "table",
      "mah.schedule.reduce_on_plateau: there is no '%s' to look at; %s", o.of,
      o.of == "loss" and "a training has s.history.loss"
        or "give the training a validation set, or write of = \"loss\"")
    return rate_after(s.history[o.of], first, s.epoch - 1, s.lr, o, s.measured_from)
  end)
end

-- -- Schedules of schedules -----------------------------------------------------------------------

local function check_inner(inner, where)
  check.that(options.matches(inner, "callable"), "%s: a schedule is expected, got %s", where,
    check.show(inner))
end

--- The curves without their first `epochs` values, each made when it is asked for.
local function later_curves(history, epochs, last)
  return setmetatable({}, { __index = function(curves, name)
    local values = history[name]
    if values == nil then return nil end
    local later = {}
    for epoch = epochs + 1, last do later[epoch - epochs] = values[epoch] end
    curves[name] = later
    return later
  end })
end

local warm_up_rules = options.declare("mah.schedule.warm_up", {
  epochs = { 5, "integer", "[1, inf)", "epochs until the full rate" },
  start_factor = { 1 / 3, "number", "(0, 1]", "share of the rate at the beginning" },
  per_step = { nil, "boolean", nil, "the rate grows with each step; nil: where `inner` goes by "
    .. "the step" },
})

--- A straight line from start_factor times the first rate of `inner` up to it, over so many epochs;
--- then `inner`, for which the training, and so its curves, begin there. By the step where `inner`
--- goes by the step, or as told.
---
---     local schedule = mah.schedule.warm_up(nil, { epochs = 4, start_factor = 0.2 })
---     print(schedule { epoch = 1, lr = 1 }, schedule { epoch = 5, lr = 1 })   --> 0.2 1
---@param inner schedule|function|nil   default: constant
---@param given {epochs: number?, start_factor: number?, per_step: boolean?}|nil
---@return schedule
function schedule.warm_up(inner, given)
  local where = "mah.schedule.warm_up"
  inner = inner or schedule.constant()
  check_inner(inner, where)
  local o = options(given, warm_up_rules, where)
  local by_step = type(inner) == "table" and inner.per_step or false
  if o.per_step ~= nil then by_step = by_step or o.per_step end

  --- The training as `inner` sees it, with `epochs` less of it.
  local function shifted(s)
    local later = {}
    for k, v in pairs(s) do later[k] = v end
    for _, name in ipairs { "epoch", "first_epoch", "measured_from" } do
      later[name] = s[name] and math.max(s[name] - o.epochs, 1)
    end
    later.max_iter = s.max_iter and s.max_iter - o.epochs
    if s.batches then later.step = math.max(s.step - o.epochs * s.batches, 0) end
    if later.epoch == 1 then later.loss, later.val_loss, later.val_score = nil, nil, nil end
    later.history = s.history and later_curves(s.history, o.epochs, s.epoch)
    return later
  end

  return new("warm_up", by_step, function(s)
    local share = math.min(count(s, by_step) / in_steps(o.epochs, s, by_step, where), 1)
    return inner(shifted(s)) * (o.start_factor + (1 - o.start_factor) * share)
  end)
end

--- A function (s) -> lr of one's own, to be asked before each step and not only before each epoch.
---
---     local schedule = mah.schedule.per_step(function(s) return s.lr / (1 + s.step / 100) end)
---     print(schedule { epoch = 2, step = 100, lr = 1 })               --> 0.5
---@param rate fun(s: schedule_state): number
---@return schedule
function schedule.per_step(rate)
  check_inner(rate, "mah.schedule.per_step")
  return new("per_step", true, rate)
end

return schedule
