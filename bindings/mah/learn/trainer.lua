--- The training loop: epochs of mini-batches, a solver, a schedule, a stopping rule, a validation
--- set. mah.train and the estimators run it.
---
---     local trainer = Trainer.new(net, {x = x, y = y}, settings)   -- settings: all of train.lua's
---     local reason = trainer:run()
local Around = require "mah.learn.around"
local C = require "mah.base.library"
local EpochsLine = require "mah.learn.epochs_line"
local accumulate = require "mah.learn.accumulate"
local averaging = require "mah.learn.averaging"
local batches = require "mah.learn.batches"
local check = require "mah.base.check"
local checkpoint = require "mah.learn.checkpoint"
local clip = require "mah.learn.clip"
local follow_schedule = require "mah.learn.follow_schedule"
local kind = require "mah.learn.kind"
local ranks = require "mah.learn.ranks"
local residuals = require "mah.learn.residuals"
local tensor = require "mah.tensor"
local threads = require "mah.base.threads"
local together = require "mah.learn.together"
require "mah.learn.feed" -- what trainings of layers in the core are their own in

local Trainer = {}
Trainer.__index = Trainer

local function is_finite(x) return x - x == 0 end

-- -- Making ---------------------------------------------------------------------------------------

--- evaluate(w) -> loss, gradient of the current batch at w. The gradient is overwritten by each
--- call. The batch points into the trainer's data, so the function holds the trainer.
local function new_evaluate(trainer)
  local net, batch, gradient = trainer.net, trainer.batch, trainer.gradient
  local clip_norm, clip_value = trainer.settings.clip_norm, trainer.settings.clip_value
  local look = trainer.settings.detect_anomaly and kind.of(net).look
  local function evaluate(one, w, to)
    local loss
    if trainer.ranks then
      loss = trainer.ranks:evaluate(net, one, w, to)
    else
      loss = net:evaluate(one, w, to)
    end
    if look then look(trainer, w, loss, to) end
    return loss
  end
  local sum = rawget(net, "is_taped") and (trainer.settings.accumulate or 1) > 1
    and accumulate.new(trainer, evaluate)
  return function(w)
    check.that(trainer.in_batch, "evaluate is called outside of the training that it belongs to")
    local loss = sum and sum(w) or evaluate(batch, w, gradient)
    trainer.around:hold(gradient)
    if clip_norm then clip.norm(gradient, clip_norm) end
    if clip_value then clip.value(gradient, clip_value) end
    return loss, gradient
  end
end

---@class mah.TrainerSettings
---@field solver any
---@field stop any
---@field batch_size integer
---@field shuffle boolean
---@field l1 number
---@field l2 number
---@field sums_outputs boolean|nil   see mah_batch
---@field detect_anomaly boolean|nil
---@field threads integer|nil
---@field distributed boolean|string|nil   see ranks.lua
---@field average table|nil   see average.lua
---@field accumulate integer|nil
---@field augment augmentation|nil
---@field groups table[]|nil   see groups.lua
---@field freeze table|string|integer|nil

--- order: int32 row numbers from 0 to train on. validation: {x =, y =} or nil. The settings are
--- kept by reference: on_epoch and rules may change them between epochs.
---@param net network
---@param data {x: tensor|mah.Sparse, y: tensor, weight: tensor?}
---@param settings mah.TrainerSettings
---@param order tensor
---@param validation table|nil
---@param rng rng
function Trainer.new(net, data, settings, order, validation, rng)
  local self = setmetatable({
    net = net, data = data, settings = settings, order = order, validation = validation, rng = rng,
    best = {}, history = { loss = {}, seconds = {}, lr = {} },
    epoch = 0, samples = 0, elapsed = 0, first_epoch = 1,
  }, Trainer)
  self.ranks = ranks.join(settings.distributed, net, data.x, settings.threads)
  kind.of(net).feed(self)
  self.batch.seed = C.mah_rng_u32(rng:clone().core)
  self.gradient = tensor.zeros_like(net.params)
  self.step_rows = settings.batch_size * (settings.accumulate or 1)
  self.around, self.average = Around.new(net, settings), averaging.new(net, settings)
  self.evaluate = residuals.are_wanted(settings.solver) and residuals.evaluate(self)
    or new_evaluate(self)
  return self
end

-- -- From one trainer to the next -----------------------------------------------------------------

--- What a trainer hands on besides its solver: how far it came, and the rows that it took (`rows`
--- of them, of which `held` are for validation; task.lua and the estimator set these two).
local progress_fields = {
  "history", "best", "epoch", "samples", "elapsed", "initial_lr", "first_epoch", "last_w",
  "last_buffers", "last_drop", "measured_from",
}
local row_fields = { "order", "held", "rows" }

local function copy_fields(to, from, names)
  for _, name in ipairs(names) do to[name] = from[name] end
end

--- Where the training stands: numbers, curves and tensors, for `continue` and for files.
---@return table
function Trainer:state()
  local state = { mask_seed = tonumber(self.batch.seed), mask_step = tonumber(self.batch.step) }
  copy_fields(state, self, progress_fields)
  copy_fields(state, self, row_fields)
  state.average = self.average
  return state
end

local function take_progress(trainer, state)
  copy_fields(trainer, state, progress_fields)
  trainer.batch.seed, trainer.batch.step = state.mask_seed, state.mask_step
end

--- Goes on where another trainer left off: curves, counts, best parameters and masks, with the rows
--- that this one was made with. anew: as a fit of its own, and not as the same one.
---@param state table   of Trainer:state
---@param anew boolean
function Trainer:continue(state, anew)
  take_progress(self, state)
  self.epoch = #state.history.loss -- an epoch that Ctrl-C ended is begun again
  if anew then
    self.first_epoch, self.last_w, self.last_buffers = state.epoch + 1, nil, nil
  else
    self.last_average, self.average = state.average, averaging.continue(self, state.average)
  end
end

--- From here on losses or scores are not what they were: none of before is a best one.
function Trainer:measure_anew() self.measured_from = self.epoch + 1 end

--- A trainer that only hands on what it was given, as one from a file does; it cannot train.
---@param state table   of Trainer:state
---@param solver solver|nil
function Trainer.from_state(state, solver)
  local self = setmetatable({ settings = { solver = solver }, batch = {} }, Trainer)
  take_progress(self, state)
  copy_fields(self, state, row_fields)
  self.average = state.average
  return self
end

-- -- One epoch ------------------------------------------------------------------------------------

local function learning_rate(trainer)
  local solver = trainer.settings.solver
  return type(solver) == "table" and solver.lr or nil
end

--- Into the state of the epoch, which callbacks may change, and the history.
local function note(trainer, s, name, value)
  local history = trainer.history
  s[name] = value
  history[name] = history[name] or {}
  history[name][trainer.epoch] = value
end

--- Keeps a copy of the parameters of the epoch with the best validation score.
local function keep_best(trainer, s)
  local best, w, buffers = trainer.best, trainer.net.params, kind.buffers(trainer.net)
  local is_comparable = best.score and (best.epoch or 1) >= (trainer.measured_from or 1)
  if is_comparable and best.score == best.score and not (s.val_score > best.score) then return end
  best.score, best.epoch = s.val_score, trainer.epoch
  best.w = best.w or tensor.empty_like(w)
  best.w:copy_(w)
  if buffers then best.buffers = (best.buffers or tensor.empty_like(buffers)):copy_(buffers) end
end

--- Loss and score of the validation set.
local function measure(trainer)
  local set, score = trainer.validation, trainer.settings.score
  local loss, value = kind.of(trainer.net).measure(trainer.net, set)
  if score then value = score(trainer.net, set.x, set.y, set.score_weight) end
  check.that(type(value) == "number", "the score must be a number, got %s", check.show(value))
  return loss, value
end

--- The averaged weights, where the training has such.
local function validate(trainer, s)
  local loss, value
  if trainer.ranks then
    loss, value = trainer.ranks:ask(measure, trainer)
  else
    loss, value = measure(trainer)
  end
  note(trainer, s, "val_loss", loss)
  note(trainer, s, "val_score", value)
  keep_best(trainer, s)
end

local function new_state(self)
  return {
    epoch = self.epoch, history = self.history, net = self.net, solver = self.settings.solver,
    step = tonumber(self.batch.step), samples = self.samples, gradient = self.gradient,
    first_epoch = self.first_epoch, last_drop = self.last_drop, measured_from = self.measured_from,
    average = self.average and self.average.w,
  }
end

--- Begins an epoch: learning rate, order. Returns its state.
local function begin_epoch(self)
  self.epoch = self.epoch + 1
  local s = new_state(self)
  follow_schedule(self, false)
  note(self, s, "lr", learning_rate(self))
  if self.settings.shuffle then check.status(C.mah_fill_shuffle(self.order, self.rng.core)) end
  self.batch.first, self.training.loss, self.began = 0, 0, together.now()
  return s
end

--- The state of an epoch that another process has begun.
local function take_up_epoch(self)
  local s, within = new_state(self), self.within
  for name, value in pairs(within.s) do s[name] = value end
  self.within, self.began = nil, together.now() - within.seconds
  return s
end

--- Shuffle, batches, validation.
local function run_epoch(self)
  local settings, s = self.settings, self.within and take_up_epoch(self) or begin_epoch(self)
  self.batch.epoch = self.epoch
  local loss, reason = batches.run(self, s)
  self.samples = self.samples + #self.order
  s.samples, s.step = self.samples, tonumber(self.batch.step)
  note(self, s, "loss", loss)
  averaging.after_epoch(self)
  if self.validation then averaging.with(self, validate, self, s) end
  self.elapsed = self.elapsed + together.now() - self.began
  if self.ranks then self.elapsed = self.ranks:number(self.elapsed) end
  note(self, s, "seconds", self.elapsed)
  if settings.on_epoch then
    if self.line then self.line:hide() end
    settings.on_epoch(s)
  end
  return s, reason
end

local function run_epoch_at_work(self)
  if not self.ranks then return run_epoch(self) end
  return self.ranks:at_work(run_epoch, self)
end

--- One epoch, on settings.threads threads. Returns the state that rules and on_epoch see, and the
--- solver's reason to stop, if it has one.
---@return table s, table|nil reason
function Trainer:run_epoch()
  local wanted, before = self.settings.threads, threads()
  if not wanted then return run_epoch_at_work(self) end
  threads(wanted)
  local ok, s, reason = pcall(run_epoch_at_work, self)
  threads(before)
  if not ok then error(s, 0) end
  return s, reason
end

-- -- Until a rule says stop -----------------------------------------------------------------------

--- A rule's or a solver's answer as {rule =, epoch =, value =, best =, text =}, or nil.
local function as_reason(answer, epoch)
  if not answer then return nil end
  local reason = type(answer) == "table" and answer or { text = tostring(answer) }
  reason.rule = reason.rule or "custom"
  reason.text = reason.text or reason.rule
  reason.epoch = epoch
  return reason
end

local function latest(trainer, name)
  local list = trainer.history[name]
  return list and list[trainer.epoch]
end

local function complain_about_divergence(trainer)
  local solver = trainer.settings.solver
  check.raise("mah.train: the training diverged: the loss is %g in epoch %d (solver %s, "
    .. "learning rate %s); try a smaller learning rate or scale the inputs",
    latest(trainer, "loss"), trainer.epoch, type(solver) == "table" and solver.name
      or "of your own", tostring(latest(trainer, "lr") or "unknown"))
end

--- Asks the stopping rule about an epoch. A rule that lowers the learning rate instead sets
--- s.last_drop.
---@return any   the rule's answer
function Trainer:ask(s)
  local answer = self.settings.stop(s)
  self.last_drop = s.last_drop
  return answer
end

--- Puts the last epoch's parameters back in the place of the averaged ones that `finish` has put
--- there, or of the best ones where `leaves_best`, unless somebody has changed these since.
local function take_last(self, leaves_best)
  local function has(w) return self.last_w and w ~= nil and self.net.params:equal(w) end
  local has_best, average = has(self.best.w), self.last_average or self.average
  if has_best and leaves_best or not has_best and has(average and average.w) then
    self.net.params:copy_(self.last_w)
    if self.last_buffers then self.net.buffers:copy_(self.last_buffers) end
  end
  self.last_w, self.last_buffers, self.last_average = nil, nil, nil
end

--- With other ranks: sees to it that all are about to train the same.
local function meet(self)
  if self.ranks then self.ranks:compare(self, "mah.train") end
end

local function run(self)
  local line, reason = self.line
  repeat
    local s, solver_reason = self:run_epoch()
    if line then line:show() end
    local rule_reason, finite = self:ask(s), is_finite(latest(self, "loss"))
    if not finite and not rule_reason then complain_about_divergence(self) end
    reason = as_reason(finite and solver_reason or rule_reason, self.epoch)
    if self.ranks then self.ranks:agree(reason and 1 or 0, "is the training over?") end
    if self.guard and not reason then self.guard:after_epoch() end
  until reason
  if line then line:done(reason) end
  if self.initial_lr then self.settings.solver.lr = self.initial_lr end -- for its next run
  return reason
end

--- Trains with a line of progress, which does not outlast an error.
local function run_in_sight(self)
  local ok, reason = pcall(checkpoint.guard, self, run)
  local line = self.line
  self.line = nil
  if ok then return reason end
  line:close()
  error(reason, 0)
end

--- Trains until the stopping rule or the solver ends it.
---@return table reason   {rule =, epoch =, value =, best =, text =}
function Trainer:run()
  take_last(self, true)
  meet(self)
  self.line = self.line or EpochsLine.new(self)
  if self.line then return run_in_sight(self) end
  return checkpoint.guard(self, run)
end

local function run_one(self)
  self:ask(self:run_epoch()) -- the rule may lower the adaptive learning rate
end

--- One epoch as a training of its own.
function Trainer:run_one()
  take_last(self, false)
  meet(self)
  checkpoint.guard(self, run_one)
end

--- Gives the network the parameters of the best validation score, if there are any and they are
--- wanted, or else the averaged ones; those of the last epoch are kept for whoever goes on with the
--- same fit.
---@param restores_best boolean
function Trainer:finish(restores_best)
  local net, from = self.net, restores_best and self.best.w and self.best or averaging.of(self)
  if not from then return end
  local last = averaging.copy(net)
  self.last_w, self.last_buffers = last.w, last.buffers
  averaging.put(net, from)
end

return Trainer
