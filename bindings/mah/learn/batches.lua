-- The mini-batches of an epoch. Where the solver steps by a rule that the core knows, and nobody
-- wants to see, or to change, the single steps, one call makes them all; otherwise Lua makes them
-- one by one. Both ways give the same bits.
--
--     local loss, reason = batches.run(trainer, s)
local averaging = require "mah.learn.averaging"
local check = require "mah.base.check"
local follow_schedule = require "mah.learn.follow_schedule"
local number_in = require "mah.base.number_in"
local rule = require "mah.learn.solver.rule"
local together = require "mah.learn.together"

local batches = {}

local function is_finite(x) return x - x == 0 end

-- -- One by one -----------------------------------------------------------------------------------

--- Runs the solver over all batches from batch.first on. Returns the epoch's mean loss (or the
--- first one that is not finite), and the solver's reason when it is done.
local function run_steps(trainer, s)
  local training, batch, settings = trainer.training, trainer.batch, trainer.settings
  local size, rows = trainer.step_rows, #trainer.order
  local first, reason = tonumber(batch.first), nil
  while first < rows do
    batch.first, batch.count = first, math.min(size, rows - first)
    local loss
    follow_schedule(trainer, true)
    trainer.in_batch = true
    loss, reason = trainer.around:step(trainer)
    trainer.in_batch = false
    check.that(type(loss) == "number", "the solver must return the loss; it returned %s",
      check.show(loss))
    batch.step = batch.step + 1
    if not is_finite(loss) then return loss, reason end
    training.loss = number_in(training, "loss") + loss * tonumber(batch.count)
    first = first + size
    if settings.on_batch then
      s.batch, s.batch_loss = (s.batch or 0) + 1, loss
      settings.on_batch(s)
    end
    if reason then break end
    batch.first = first
    if trainer.guard and first < rows then trainer.guard:between_steps(s) end
  end
  return number_in(training, "loss") / math.min(first, rows), reason
end

-- -- All in one call ------------------------------------------------------------------------------

--- Is there nothing to be done between two steps?
---@param trainer table
---@return boolean
function batches.is_plain(trainer)
  local settings, schedule = trainer.settings, trainer.settings.schedule
  return rule.known(settings.solver) and not trainer.net.in_lua and not settings.on_batch
    and not settings.clip_norm and not settings.clip_value and not settings.detect_anomaly
    and not (type(schedule) == "table" and schedule.per_step == true)
end

--- Points the trainer's mah_training at what is left of an epoch. Trainer, solver and network keep
--- alive what is in it.
---@param trainer table
---@return ffi.cdata* training
function batches.prepare(trainer)
  local training, net, settings = trainer.training, trainer.net, trainer.settings
  training.net, training.w, training.gradient = net.handle, net.params, trainer.gradient
  training.batch_size, training.rows = trainer.step_rows, #trainer.order
  training.deadline = trainer.guard and trainer.guard:deadline() or 0
  settings.solver:rule(training.rule, net.params)
  trainer.around:prepare(trainer)
  return training
end

--- Takes what an epoch has come to, however far it came.
---@return number loss   the mean over the rows, or the first one that is not finite
function batches.finish(trainer)
  local training = trainer.training
  rule.count(trainer.settings.solver, training.rule)
  averaging.finish(trainer)
  return number_in(training, "loss") / tonumber(training.batch.first)
end

--- Who guards the training may want to look at it between two steps.
local function run_epoch(trainer, s)
  local batch, rows = trainer.batch, #trainer.order
  while true do
    local status, message
    if trainer.ranks then
      status, message = trainer.ranks:run(batches.prepare(trainer))
    else
      status, message = together.step(batches.prepare, trainer)
    end
    local loss = batches.finish(trainer)
    check.status(status, message)
    if batch.first >= rows or not is_finite(loss) then return loss end
    trainer.guard:between_steps(s)
  end
end

---@param trainer table
---@param s table   the state of the epoch, which on_batch sees
---@return number loss, string|table|nil reason   of the solver, when it is done
function batches.run(trainer, s)
  if batches.is_plain(trainer) then return run_epoch(trainer, s) end
  return run_steps(trainer, s)
end

return batches
