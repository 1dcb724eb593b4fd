-- Lets a training's schedule set the solver's learning rate for what comes next: before each epoch,
-- or before each step if it says so.
local check = require "mah.base.check"

--- A curve's value of the epoch that ended last, if there is one.
local function last(trainer, name)
  local curve = trainer.history[name]
  return curve and curve[trainer.epoch - 1]
end

---@param trainer table
---@param before_step boolean   or is an epoch to come?
return function(trainer, before_step)
  local settings = trainer.settings
  local schedule, solver = settings.schedule, settings.solver
  if not schedule then return end
  local per_step = type(schedule) == "table" and schedule.per_step == true
  if per_step ~= before_step then return end
  trainer.initial_lr = trainer.initial_lr or solver.lr
  local lr = schedule {
    epoch = trainer.epoch, first_epoch = trainer.first_epoch, step = tonumber(trainer.batch.step),
    samples = trainer.samples, lr = trainer.initial_lr, max_iter = settings.max_iter,
    batches = math.ceil(#trainer.order / trainer.step_rows),
    history = trainer.history, measured_from = trainer.measured_from,
    loss = last(trainer, "loss"), val_loss = last(trainer, "val_loss"),
    val_score = last(trainer, "val_score"),
  }
  check.that(type(lr) == "number" and lr >= 0,
    "the schedule must return a learning rate >= 0; it returned %s", check.show(lr))
  solver.lr = lr
end
