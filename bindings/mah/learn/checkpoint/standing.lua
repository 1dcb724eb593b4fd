--- Where a guarded training stands, as plain values and tensors, and back.
---
---     local state = standing.of(trainer, remembered, session, s)
---     standing.take(trainer, remembered, session, state)   -- nil, or why it cannot be
local Remembered = require "mah.learn.checkpoint.remembered"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local class = require "mah.base.class"
local kind = require "mah.learn.kind"
local math_random = require "mah.base.math_random"
local random = require "mah.tensor.random"
local together = require "mah.learn.together"

local standing = {}

--- One of mah.solver's: all that it knows is in its fields.
local function is_ours(solver)
  return type(solver) == "table" and class.fields[getmetatable(solver)] ~= nil
end

-- -- Generators that all share --------------------------------------------------------------------

local function generators()
  return { default = random.generator(nil, "checkpoint"):state(),
    math_random = math_random.state() }
end

local function set_generators(states)
  random.generator(nil, "checkpoint"):set_state(states.default)
  math_random.set_state(states.math_random)
end

--- Their states now; nil where trainings go side by side, which must not draw from them.
local function drawn_since(remembered, session)
  local now, before = generators(), remembered.generators
  if not session.group then return now end
  check.that(now.math_random == before.math_random and now.default.block == before.default.block
    and now.default.position == before.default.position,
    "trainings side by side draw from one generator")
end

-- -- What callbacks remember ----------------------------------------------------------------------

local callbacks = { "stop", "schedule", "score", "on_epoch", "on_batch", "solver" }

--- The functions of the user that a training calls, and what is the trainer's own and not theirs.
--- (The data are not among that: a callback may augment them in place.)
local function roots_of(trainer)
  local settings, net, roots = trainer.settings, trainer.net, {}
  for _, name in ipairs(callbacks) do roots[name] = settings[name] end
  if is_ours(settings.solver) then roots.solver = nil end
  local functions, own = kind.of(net).callbacks(net)
  for name, f in pairs(functions) do roots[name] = f end
  local known = { trainer, net, settings, trainer.rng, trainer.history, trainer.best, net.params,
    trainer.gradient, trainer.order, trainer.around,
    is_ours(settings.solver) and settings.solver or net }
  if trainer.average then known[#known + 1] = trainer.average.w end
  for _, object in ipairs(own) do known[#known + 1] = object end
  return roots, known
end

--- Notes what the callbacks know when the training begins.
---@return table remembered
function standing.remember(trainer)
  local roots, known = roots_of(trainer)
  local remembered = Remembered.new(roots, known)
  remembered.generators = generators()
  return remembered
end

-- -- The state ------------------------------------------------------------------------------------

local function solver_state(solver)
  if not is_ours(solver) then return nil end
  local state = {}
  for name, value in pairs(solver) do
    if type(value) ~= "function" then state[name] = value end
  end
  return state
end

local kinds = { number = true, string = true, boolean = true }
local given = { history = true, net = true, solver = true, gradient = true, average = true }

--- What on_batch may have put into the state of the epoch.
local function plain_fields(s)
  local fields = {}
  for name, value in pairs(s) do
    if kinds[type(name)] and kinds[type(value)] then
      fields[name] = value
    elseif not given[name] then
      error(("on_batch left a %s in s.%s"):format(type(value), tostring(name)), 0)
    end
  end
  return fields
end

--- s: the state of the epoch, within one that this process has begun or gone on with. Errors say
--- what cannot be saved.
---@return table
function standing.of(trainer, remembered, session, s)
  local state = trainer:state()
  state.held, state.rows = nil, nil
  state.params, state.rng = trainer.net.params, trainer.rng:state()
  state.buffers = trainer.net.buffers
  state.solver = solver_state(trainer.settings.solver)
  state.remembered = remembered:changes()
  local changed = session.group and state.remembered.list[1]
  check.that(not changed, "%s has changed, which trainings side by side may have in common",
    changed and changed.at)
  state.drawn = drawn_since(remembered, session)
  state.notes = session:notes_of_this()
  state.within = trainer.within or s and { first = tonumber(trainer.batch.first),
    loss = trainer.training.loss, seconds = together.now() - trainer.began, s = plain_fields(s) }
  return state
end

local function like(t, other)
  if other == nil then return t == nil end
  return Type.is_tensor(t) and t.elem == other.elem and t:numel() == other:numel()
end

local function take_solver(solver, state)
  if not is_ours(solver) then return end
  for name, value in pairs(solver) do
    if state[name] == nil and type(value) ~= "function" then solver[name] = nil end
  end
  for name, value in pairs(state) do solver[name] = value end
end

--- Puts a training where it stood. Nothing is changed where that cannot be.
---@return string|nil problem
function standing.take(trainer, remembered, session, state)
  local net = trainer.net
  if not like(state.params, net.params) or not like(state.buffers, net.buffers)
    or not like(state.order, trainer.order)
    or is_ours(trainer.settings.solver) ~= (state.solver ~= nil) then
    return "it does not fit the training"
  end
  local problem = remembered:take(state.remembered)
  if problem then return problem end
  local order, batch = trainer.order, trainer.batch
  trainer:continue(state, false)
  trainer.epoch, trainer.order = state.epoch, order:copy_(state.order)
  net.params:copy_(state.params)
  if net.buffers then net.buffers:copy_(state.buffers) end
  trainer.rng:set_state(state.rng)
  take_solver(trainer.settings.solver, state.solver)
  if state.drawn then set_generators(state.drawn) end
  session:take_notes(state.notes)
  if state.within then
    batch.first, trainer.training.loss = state.within.first, state.within.loss
    trainer.within = state.within
  end
end

return standing
