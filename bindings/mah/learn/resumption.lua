--- What a network remembers of its training, so that another call of mah.train goes on with it:
--- what the solver knows, the generator, the order of the rows, the curves, the best parameters.
---
---     resumption.keep(net, trainer, rng, seed)          -- net.trained
---     local known = resumption.of(net)                  -- or an error that says there is none
---     local solver, is_fresh = resumption.solver(known, given)
---     resumption.go_on(trainer, known)
---
--- run(5) and then resuming up to 10 give what run(10) gives, bit for bit.
local check = require "mah.base.check"
local class = require "mah.base.class"
local random = require "mah.tensor.random"

local resumption = {}

local function copy_of(t)
  local copy = {}
  for key, value in pairs(t) do copy[key] = value end
  return copy
end

--- Is it one of mah.solver's: all that it knows is in its fields?
local function fields_of(solver)
  return type(solver) == "table" and class.fields[getmetatable(solver)] or nil
end

--- The solver as it is now: another training that it makes later begins with tensors of its own.
local function as_it_is(solver)
  if not fields_of(solver) then return solver end
  return setmetatable(copy_of(solver), getmetatable(solver))
end

--- Keeps where a training stands in the network.
---@param net table
---@param trainer table
---@param rng rng
---@param seed integer|nil
function resumption.keep(net, trainer, rng, seed)
  net.trained = { trainer = trainer:state(), solver = as_it_is(trainer.settings.solver),
    rng = rng:state(), seed = seed }
end

--- What there is to go on with.
---@param net table
---@return table
function resumption.of(net)
  local known = rawget(net, "trained")
  return known or check.raise("mah.train: resume: there is no training to go on with: the network "
    .. "has not been trained, or came from a file or a copy without it")
end

--- The generator as it was left.
---@param known table
---@param seed integer|nil   of the options
---@return rng
function resumption.generator(known, seed)
  check.that(seed == nil or seed == known.seed, "mah.train: resume goes on with the random numbers "
    .. "of seed %s; got seed = %s", tostring(known.seed), tostring(seed))
  return random.rng(0, known.rng.kind):set_state(known.rng)
end

--- A solver of the same kind goes on with what the last one remembers, with settings of its own.
local function take_memory(solver, last)
  local settings = fields_of(solver)
  for name in pairs(copy_of(solver)) do
    if not settings[name] then solver[name] = nil end
  end
  for name, value in pairs(last) do
    if not settings[name] then solver[name] = value end
  end
end

--- The solver to go on with, and whether it begins anew.
---@param known table
---@param given any   of the options; nil: the one before
---@return any solver, boolean is_fresh
function resumption.solver(known, given)
  local last = known.solver
  if given == nil or given == last and not fields_of(given) then
    check.that(last, "mah.train: resume: the solver was one of your own, which no file holds; give "
      .. "it again, solver = ...")
    return last, false
  end
  local is_alike = fields_of(given) and getmetatable(given) == getmetatable(last)
  if is_alike then take_memory(given, last) end
  return given, not is_alike
end

--- Puts a trainer where the last one stood. has_rate: the solver was given again, with its rate.
---@param trainer table
---@param known table
---@param has_rate boolean
function resumption.go_on(trainer, known, has_rate)
  local state = copy_of(known.trainer)
  state.best, state.history = copy_of(state.best), {}
  for name, curve in pairs(known.trainer.history) do state.history[name] = copy_of(curve) end
  trainer:continue(state, false)
  if has_rate then trainer.initial_lr = nil end
end

return resumption
