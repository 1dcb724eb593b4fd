--- A training that somebody asks for: its data and options checked, and what becomes of it. One of
--- them is mah.train's; mah.train_many has many.
---
---     local task = Task.new(net, {x = x, y = y}, {stop = 20, seed = 1})
---     task:run()
---     return task:result()
local Augmentation = require "mah.data.augmentation"
local C = require "mah.base.library"
local Trainer = require "mah.learn.trainer"
local Type = require "mah.tensor.type"
local activations = require "mah.learn.activation"
local check = require "mah.base.check"
local checkpoint = require "mah.learn.checkpoint"
local common = require "mah.learn.training_rules"
local elsewhere = require "mah.learn.elsewhere"
local file = require "mah.base.file"
local holdout = require "mah.learn.holdout"
local kind = require "mah.learn.kind"
local named_solver = require "mah.learn.named_solver"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local resumption = require "mah.learn.resumption"
local rule = require "mah.learn.solver.rule"
local solvers = require "mah.learn.solver"
local stop = require "mah.learn.stop"

local Task = {}
Task.__index = Task

local rules = options.declare("mah.train mah.train_many", {
  solver = { nil, "callable|string", nil, "what changes the weights: one of mah.solver's, a name, "
    .. "which stands for it as it comes (" .. activations.list(solvers) .. "), or a function "
    .. "(evaluate, w) -> loss[, reason to stop]; nil: adam" },
  batch_size = common.batch_size,
  stop = { nil, "callable|integer", nil, "a number of epochs, a rule of mah.stop's, or a function "
    .. "(s) -> false | reason; nil: 200 epochs, or 10 in a row in which the loss falls by 1e-4 at "
    .. "most (with lbfgs, cg and levenberg_marquardt 200)" },
  schedule = { nil, "callable", nil, "the learning rate before each epoch or step: one of "
    .. "mah.schedule's, or a function (s) -> rate; nil: the solver's own, all along" },
  validation = { nil, "number|table", "(0, 1)", "a share of the rows that is held out, class by "
    .. "class, or a data set {x =, y =} of its own, for val_loss and val_score; nil: none" },
  score = { nil, "callable", nil, "function (net, x, y, weight) -> val_score, of which more is "
    .. "better; nil: net:score, accuracy or R2" },
  restore_best = { true, "boolean", nil, "end with the weights of the epoch with the best "
    .. "val_score; without validation, and if false, with the last ones" },
  shuffle = common.shuffle,
  clip_norm = common.clip_norm,
  clip_value = common.clip_value,
  average = common.average,
  accumulate = common.accumulate,
  augment = common.augment,
  groups = common.groups,
  freeze = common.freeze,
  l1 = common.l1,
  l2 = common.l2,
  detect_anomaly = { false, "boolean", nil, "the first number that is not finite is an error that "
    .. "names the layer, or of a function in Lua the operation and the script's line; slow" },
  resume = { false, "boolean", nil, "go on with the network's last training, which it and its file "
    .. "remember, bit for bit; data and options as before, stop counts from the first epoch" },
  seed = common.seed,
  rng = common.rng,
  on_epoch = common.on_epoch,
  on_batch = common.on_batch,
  threads = common.threads,
  distributed = common.distributed,
  verbose = { false, "boolean", nil, "progress on stderr" },
  checkpoint = { nil, "table", nil, "{path = \"net.checkpoint\", seconds = 60}: a file, written "
    .. "so often, and at Ctrl-C, from which the script goes on when it was killed and runs again" },
})

local checkpoint_rules = { path = { options.required, "string" },
  seconds = { 60, "number", "(0, inf)" } }

local function default_rule(full_batch)
  if full_batch then return stop.max_iter(200) end -- such solvers know when they are done
  return stop.any {
    stop.max_iter(200), stop.no_improvement { of = "loss", patience = 10, min_delta = 1e-4 },
  }
end

local set_fields = { x = true, y = true, weight = true, scale = true }

local function check_data(set, name)
  local has = type(set) == "table" and (set.x == nil and "one without x" or set.y == nil
    and "one without y" or "all") or check.show(set)
  check.that(has == "all", "mah.train: %s must be a table {x = tensor, y = tensor}, got %s", name,
    has)
end

--- Checks a data set {x =, y =, weight =, scale =} against the network: names, shapes, and that all
--- numbers are finite. Gives it with y as the network takes it.
local function check_set(set, net, name)
  check_data(set, name)
  for field in pairs(set) do
    if not set_fields[field] then
      check.raise("mah.train: %s has an unknown field %s%s", name, check.show(field),
        options.did_you_mean(field, set_fields))
    end
  end
  if set.weight ~= nil then Type.expect(set.weight, "mah.train: " .. name .. ".weight") end
  check.that(set.scale == nil or type(set.scale) == "number",
    "mah.train: %s.scale must be a number; got %s", name, check.show(set.scale))
  return kind.of(net).check_set(net, set, name)
end

--- The rows to train on, and those that are held out, as the training before had them.
local function rows_again(known, data, share)
  local last = known.trainer
  check.that(data.rows == last.rows, "mah.train: resume: data has %d rows, and the training before "
    .. "had %d", data.rows, last.rows or 0)
  local wanted = share and math.ceil(share * data.rows) or 0
  check.that(wanted == (last.held and #last.held or 0), "mah.train: resume: validation = %s holds "
    .. "out %d rows, and the training before held out %d", tostring(share), wanted,
    last.held and #last.held or 0)
  return last.order:clone(), last.held
end

--- Checks the data, and divides them: the data set, the rows of it to train on (int32, from 0), the
--- validation set, if there is one, and which rows it was made of.
local function divide(net, data, o, rng, known)
  data = check_set(data, net, "data")
  if data.scale then net:scale_inputs(data.scale) end
  local share = type(o.validation) == "number" and o.validation or nil
  local apart = o.validation and not share and check_set(o.validation, net, "validation")
  local kept, held
  if known then
    kept, held = rows_again(known, data, share)
  else
    local labels = share and kind.of(net).classes(net, data)
    kept, held = holdout.split(data.rows, share, rng, labels)
  end
  local set = held and holdout.pick(data, held) or apart
  if not set then return data, kept end
  return data, kept, { x = set.x, y = set.y, weight = set.weight, score_weight = set.weight }, held
end

--- The generator of the run. A seed gets a stream of its own, so that a network that was drawn with
--- the same seed does not share its random numbers with the shuffling.
local function generator_of(o, known)
  check.that(not (o.rng and o.seed), "mah.train: either seed or rng, not both")
  if known then
    check.that(not o.rng, "mah.train: resume goes on with the generator of before; leave rng out")
    local rng = resumption.generator(known, o.seed)
    o.seed = known.seed
    return rng
  end
  if o.rng then return random.generator(o.rng, "mah.train") end
  o.seed = o.seed or random.generator(nil, "mah.train"):u32()
  return random.rng(o.seed, "philox", 1)
end

--- Fills in what depends on other options.
local function complete_options(o, rows)
  o.solver = o.solver or solvers.adam()
  local full_batch = type(o.solver) == "table" and o.solver.full_batch
  o.stop = o.stop or default_rule(full_batch)
  if type(o.stop) == "number" then
    o.max_iter = o.stop -- for schedules
    o.stop = stop.max_iter(o.stop)
  end
  check.that(not full_batch or not o.batch_size or o.batch_size >= rows,
    "mah.train: the solver %s takes all %d rows at once; batch_size = %s does not go with it",
    full_batch and o.solver.name, rows, tostring(o.batch_size))
  check.that(not full_batch or o.accumulate == 1, "mah.train: the solver %s takes all rows at "
    .. "once; accumulate = %d does not go with it", full_batch and o.solver.name, o.accumulate)
  o.batch_size = full_batch and rows or o.batch_size or 200
  o.shuffle = o.shuffle and not full_batch
  check.that(not o.schedule or rule.has_rate(o.solver),
    "mah.train: a schedule needs a solver with a learning rate `lr`%s",
    type(o.solver) == "table" and o.solver.lr and "; rprop's is only where its steps begin" or "")
end

--- The user's own checkpoint: one file, which goes when the training has ended.
local function read_checkpoint(given)
  if not given then return nil end
  local o = options(given, checkpoint_rules, "mah.train: checkpoint")
  file.path(o.path, "mah.train: checkpoint.path")
  check.that(checkpoint.may_have(o.path), "mah.train: checkpoint.path: %s is there, and is no "
    .. "checkpoint; the training would remove it", o.path)
  local is_outermost = not checkpoint.session() -- and not a sweep's trial
  return checkpoint.new {
    seconds = o.seconds, single = true, path = function() return o.path end,
    on_begin = is_outermost and function() C.mah_pause_first(1) end,
    on_end = is_outermost and function()
      C.mah_pause_first(0)
      C.mah_pause_clear()
    end,
    on_pause = is_outermost and function() check.raise "interrupted" end,
  }
end

--- Complains where the training is over before it goes on.
local function check_limit(o, known)
  local last = #known.trainer.history.loss
  check.that(not o.max_iter or o.max_iter > last, "mah.train: resume: stop = %s, counted from the "
    .. "first epoch on, has been reached: the network has been trained for %d epochs",
    tostring(o.max_iter), last)
end

--- Checks everything, draws the seed and divides the rows; nothing is trained yet.
---@param net network
---@param data table
---@param given table|nil   options of mah.train
---@return table task   {trainer, o}
function Task.new(net, data, given)
  check.that(kind.of(net), "mah.train: a network is expected, got %s", check.show(net))
  check_data(data, "data")
  local o = options(given, rules, "mah.train", elsewhere.train)
  local known = o.resume and resumption.of(net) or nil
  o.checkpoint = read_checkpoint(o.checkpoint)
  if o.augment then Augmentation.expect(o.augment, "mah.train: augment") end
  local rng, has_solver = generator_of(o, known), o.solver ~= nil
  local set, order, validation, held = divide(net, data, o, rng, known)
  o.solver = named_solver(o.solver, "mah.train", "a function")
  local goes_on = false
  if known then
    local is_fresh
    o.solver, is_fresh = resumption.solver(known, o.solver)
    goes_on = not is_fresh
  end
  complete_options(o, #order)
  if known then check_limit(o, known) end
  local trainer = Trainer.new(net, set, o, order, validation, rng)
  trainer.rows, trainer.held = set.rows, held
  if known then resumption.go_on(trainer, known, has_solver) end
  return setmetatable({ o = o, trainer = trainer, rng = rng, goes_on = goes_on }, Task)
end

--- Trains until the rule or the solver ends it. Unless it goes on, the solver begins anew here:
--- until now others may have used it. However it ends, it can be resumed.
function Task:run()
  local solver, trainer = self.o.solver, self.trainer
  if not self.goes_on and type(solver) == "table" and solver.reset then solver:reset() end
  local ok, reason = pcall(trainer.run, trainer)
  if ok then trainer:finish(self.o.restore_best) end
  resumption.keep(trainer.net, trainer, self.rng, self.o.seed)
  if not ok then error(reason, 0) end
  self.stop_reason = reason
end

--- What a training gives: how it went, and why it ended.
---@class run
---@field n_iter integer          epochs that were made, since the first training with `resume`
---@field stop_reason stop_reason why it ended: {rule =, text =, epoch =, value =, best =}
---@field history history         the curves, a value for each epoch: loss, lr, seconds, and with
---  validation val_loss, val_score
---@field seconds number          time in epochs, validation included
---@field seed integer|nil        of the run; nil where it was given a generator
---@field best_epoch integer|nil  with the best val_score; nil without validation

--- What mah.train returns.
---@return run
function Task:result()
  local trainer = self.trainer
  return {
    n_iter = trainer.epoch, stop_reason = self.stop_reason, history = trainer.history,
    seconds = trainer.elapsed, seed = self.o.seed, best_epoch = trainer.best.epoch,
  }
end

return Task
