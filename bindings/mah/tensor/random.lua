--- Random generators: explicit objects over the core's two streams.
---
---     local rng = mah.rng(1)                       -- philox, fast
---     local old = mah.rng(1, "mt19937")            -- numpy.random.RandomState(1)'s numbers
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local options = require "mah.base.options"

local Rng = {}
Rng.__index = Rng

local kinds = { philox = C.MAH_RNG_PHILOX, mt19937 = C.MAH_RNG_MT19937 }

local random = {}

---@param seed integer
---@param kind "philox"|"mt19937"|nil
---@return rng
function random.rng(seed, kind)
  local self = setmetatable({ state = ffi.new "mah_rng", seed = seed }, Rng)
  C.mah_rng_seed(self.state, kinds[kind or "philox"], seed, 0)
  return self
end

local default = random.rng(0)

--- Seeds the default generator, which functions use that are given none.
---@param seed integer
function random.manual_seed(seed) default = random.rng(seed) end

--- The generator that `source` stands for: itself, a new one from a seed, the default one for nil.
---@param source rng|integer|nil
---@param where string   the function's name, for messages
---@return rng
function random.generator(source, where)
  if source == nil then return default end
  if getmetatable(source) == Rng then return source end
  check.that(options.matches(source, "integer"), "%s: a seed or a generator is expected, got %s", where,
    check.show(source))
  return random.rng(source)
end

--- Fills a floating-point tensor with numbers from U[low, high), drawn in double in row-major order.
---@param t tensor
function Rng:fill_uniform(t, low, high)
  Type.expect(t, "rng:fill_uniform")
  local flat, state = t:view(-1), self.state
  for i = 1, #flat do flat[i] = low + (high - low) * C.mah_rng_double(state) end
end

--- Shuffles a contiguous int32 vector in place.
---@param t tensor
function Rng:shuffle(t)
  Type.expect(t, "rng:shuffle")
  C.mah_rng_shuffle(self.state, ffi.cast("int32_t *", t.data), #t)
end

return random
