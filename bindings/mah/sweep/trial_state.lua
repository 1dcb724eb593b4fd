--- What a trial has to itself even where it shares its process with others: the default generator,
--- math.random, and its warnings, all as a process of its own would have them.
---
---     local state = trial_state.new(job.seed, function(where, text) ... end)
---     state:enter()      -- ... the trial's turn ...
---     state:leave()
local ffi = require "ffi"
local random = require "mah.tensor.random"
local warn = require "mah.base.warn"

local State = {}
State.__index = State

local BYTES = 32 -- LuaJIT's lj_prng.c: four words of 64 bits

--- Where LuaJIT keeps the state of math.random: in the userdata that is its upvalue.
local _, kept = debug.getupvalue(math.random, 1)
assert(type(kept) == "userdata", "math.random is not LuaJIT's")
local numbers = ffi.cast("char *", kept)

local function exchange(state)
  ffi.copy(state.spare, numbers, BYTES)
  ffi.copy(numbers, state.numbers, BYTES)
  state.numbers, state.spare = state.spare, state.numbers
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
  local state = setmetatable({ rng = random.rng(seed), on = warn.on, said = {}, to = to,
    numbers = ffi.new("char[?]", BYTES), spare = ffi.new("char[?]", BYTES) }, State)
  ffi.copy(state.spare, numbers, BYTES)
  math.randomseed(seed)
  ffi.copy(state.numbers, numbers, BYTES)
  ffi.copy(numbers, state.spare, BYTES)
  return state
end

return trial_state
