--- What a trial has to itself even where it shares its process with others: the default generator,
--- math.random, and its warnings, all as a process of its own would have them.
---
---     local state = trial_state.new(job.seed, function(where, text) ... end)
---     state:enter()      -- ... the trial's turn ...
---     state:leave()
local math_random = require "mah.base.math_random"
local random = require "mah.tensor.random"
local warn = require "mah.base.warn"

local State = {}
State.__index = State

local function exchange(state)
  local numbers = math_random.state()
  math_random.set_state(state.numbers)
  state.numbers = numbers
  state.rng = random.use_default(state.rng)
  state.on, warn.on = warn.on, state.on
  state.said, warn.said = warn.said, state.said
  state.to, warn.to = warn.to, state.to
end

--- A trial's turn begins, and ends.
function State:enter() exchange(self) end
function State:leave() exchange(self) end

local trial_state = {}

--- As it is before a trial's first turn.
---@param seed integer
---@param to fun(where: string, text: string)   takes its warnings
function trial_state.new(seed, to)
  local outside = math_random.state()
  math.randomseed(seed)
  local inside = math_random.state()
  math_random.set_state(outside)
  return setmetatable({ rng = random.rng(seed), on = warn.on, said = {}, to = to,
    numbers = inside }, State)
end

return trial_state
