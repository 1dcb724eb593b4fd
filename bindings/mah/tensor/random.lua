--- Random numbers from explicit generators.
---
---     local rng = mah.rng(1)                      -- philox: fast, endless independent streams
---     local x = rng:uniform(-1, 1, 2, 3)          -- a 2 x 3 tensor; without sizes: one number
---     local old = mah.rng(1, "mt19937")           -- numpy.random.RandomState(1)'s numbers
---     mah.manual_seed(7)                          -- the default generator's seed (0 at the start)
---
--- A seed gives the same numbers on every machine. Philox hands out 32-bit words (rng:u32()): a
--- float32 number is made of one, a float64 number and a single one (rng:random(), rng:normal()) of
--- two, an integer of one or, rarely, more. So x = rng:normal(0, 1, 5) and then
--- y = rng:normal(0, 1, 3) are the numbers of rng:normal(0, 1, 8). Normal numbers are quantiles of
--- uniform ones, to 1e-14 (5e-7 in float32), up to 8.3 (6.3) standard deviations. With mt19937 all
--- numbers are NumPy's, drawn in double and then rounded.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local class = require "mah.base.class"
local elsewhere = require "mah.tensor.elsewhere"
local options = require "mah.base.options"
local shape = require "mah.tensor.shape"
local traced = require "mah.tensor.traced"

local expect = Type.expect

--- A generator of random numbers, of mah.rng.
---@class rng
---@field kind "philox"|"mt19937"   whose numbers it gives: Philox's, or RandomState's
---@field seed integer              that it began with
---@field private core ffi.cdata*   the core's mah_rng
local Rng = class.names({}, "a generator", nil, elsewhere.rng)
local fill = {} -- fill_uniform ... for tensors that are new

local random = {}

local kinds = { philox = C.MAH_RNG_PHILOX, mt19937 = C.MAH_RNG_MT19937 }

-- -- Generators -----------------------------------------------------------------------------------

--- A generator of random numbers. The same seed gives the same numbers, on every machine. Philox
--- hands out 32-bit words: a float32 number is made of one, a float64 number and a single one of
--- two, an integer of one or, rarely, more. So rng:normal(0, 1, 5) and then rng:normal(0, 1, 3) are
--- the numbers of rng:normal(0, 1, 8). With mt19937 all numbers are those of
--- numpy.random.RandomState.
---
---     local rng = mah.rng(1)
---     print(rng:normal(0, 1, 3))
---     --> float32 3
---     --> {1.2279, 1.2518, 0.2166}
---     print(mah.rng(1, "mt19937"):uniform(0, 1, 3)) -- RandomState(1).uniform(0, 1, 3)
---     --> float32 3
---     --> {0.4170, 0.7203, 0.0001}
---@param seed integer   0 ... 2^52; 0 ... 2^32 - 1 for mt19937
---@param kind "philox"|"mt19937"|nil   philox when left out
---@param stream integer|nil   of philox: generators of one seed and different streams are
---     independent
---@return rng
function random.rng(seed, kind, stream)
  kind = kind or "philox"
  if not kinds[kind] then
    check.raise('rng: kind must be "philox" or "mt19937"; got %s', check.show(kind))
  end
  Type.integer(seed, "rng", "the seed")
  if seed < 0 or kind == "mt19937" and seed >= 2 ^ 32 then
    check.raise("rng: the seed must be in 0 ... %s; got %.0f",
      kind == "mt19937" and "2^32 - 1" or "2^52", seed)
  end
  if stream == nil then stream = 0 end
  if Type.integer(stream, "rng", "the stream") < 0 or stream > 0 and kind ~= "philox" then
    check.raise "rng: a stream must be >= 0, and of a philox generator"
  end
  local self = setmetatable({ kind = kind, seed = seed, core = ffi.new "mah_rng" }, Rng)
  C.mah_rng_seed(self.core, kinds[kind], seed, stream)
  return self
end

local rng_t = ffi.typeof "mah_rng"

--- The core's part of a generator; an error when `self` is none (rng.random() for rng:random()).
local function core_of(self, where)
  local core = type(self) == "table" and getmetatable(self) == Rng and rawget(self, "core")
  if not ffi.istype(rng_t, core) then
    check.raise("%s: a generator is expected, got %s; is it called with a colon?", where,
      check.show(self))
  end
  return core
end

local default = random.rng(0)

--- Seeds the default generator, which functions use that are given none. It begins with the seed 0.
---
---     mah.manual_seed(7)
---     local a = mah.rand(3)
---     mah.manual_seed(7)
---     print(a:equal(mah.rand(3)))   --> true
---@param seed integer
function random.manual_seed(seed) default = random.rng(seed) end

--- Makes another generator the default one.
---@param rng rng
---@return rng before
function random.use_default(rng)
  local before = default
  default = rng
  return before
end

--- The generator that `source` stands for: itself, a new one from a seed, the default one for nil.
---@param source rng|integer|nil
---@param where string   the function's name, for messages
---@return rng
function random.generator(source, where)
  if source == nil then return default end
  if getmetatable(source) == Rng then return source end
  check.that(options.matches(source, "integer"), "%s: a seed or a generator is expected, got %s",
    where, check.show(source))
  return random.rng(source)
end

function Rng:__tostring() return ("rng(%.0f, %q)"):format(self.seed, self.kind) end

--- A second generator that gives the numbers that this one would give from here on.
---
---     local rng = mah.rng(1)
---     local twin = rng:clone()
---     print(rng:random() == twin:random())   --> true
---@return rng
function Rng:clone()
  local core = ffi.new("mah_rng", core_of(self, "rng:clone"))
  return setmetatable({ kind = self.kind, seed = self.seed, core = core }, Rng)
end

-- -- State ----------------------------------------------------------------------------------------

--- 64 bits as 16 digits, which pass through JSON unharmed, and back.
local function from_hex(text)
  local high, low = tostring(text):match "^(%x%x%x%x%x%x%x%x)(%x%x%x%x%x%x%x%x)$"
  if not high then
    check.raise("set_state: 16 hexadecimal digits are expected, got %s", check.show(text))
  end
  return ffi.new("uint64_t", tonumber(high, 16)) * 2 ^ 32 + tonumber(low, 16)
end

--- Where the generator stands, as a plain table of numbers and strings: for checkpoints and JSON.
---
---     local rng = mah.rng(1)
---     local state = rng:state()
---     print(state.kind, state.position)   --> philox 4
---@return table
function Rng:state()
  local core, words = core_of(self, "rng:state"), {}
  local is_mt = self.kind == "mt19937"
  local used = is_mt and 0 or core.position -- what these were depends on the number of threads
  for i = 0, is_mt and 623 or 3 do words[i + 1] = i < used and 0 or core.word[i] end
  return {
    kind = self.kind,
    seed = bit.tohex(core.seed),
    stream = bit.tohex(core.stream),
    block = bit.tohex(core.block),
    position = core.position,
    words = words,
    next_normal = core.has_normal ~= 0 and ("%.17g"):format(core.next_normal) or nil,
  }
end

--- Goes on where the generator with this state() was; its kind is taken over, too.
---
---     local rng = mah.rng(1)
---     local state = rng:state()
---     local first = rng:random()
---     print(mah.rng(2):set_state(state):random() == first)   --> true
---@param state table   of rng:state()
---@return rng self
function Rng:set_state(state)
  core_of(self, "rng:set_state")
  local core = ffi.new "mah_rng"
  local words = type(state) == "table" and kinds[state.kind] and type(state.words) == "table"
    and state.words
  local count = words and (state.kind == "mt19937" and 624 or 4)
  if not words or #words ~= count then
    check.raise "set_state: a table from rng:state() is expected"
  end
  core.kind = kinds[state.kind]
  core.seed, core.stream = from_hex(state.seed), from_hex(state.stream)
  core.block = from_hex(state.block)
  local position = Type.integer(state.position, "set_state", "position")
  if position < 0 or position > count then
    check.raise("set_state: position %.0f is outside of 0 ... %d", position, count)
  end
  core.position = position
  for i, word in ipairs(words) do core.word[i - 1] = Type.integer(word, "set_state", "a word") end
  if state.next_normal and state.kind == "mt19937" then
    local next_normal = Type.number(tonumber(state.next_normal), "set_state", "next_normal")
    core.has_normal, core.next_normal = 1, next_normal
  end
  self.core, self.kind, self.seed = core, state.kind, tonumber(core.seed)
  return self
end

-- -- Numbers --------------------------------------------------------------------------------------

--- One number, uniform in [0, 1), with 53 random bits.
---
---     print(("%.4f"):format(mah.rng(1):random()))   --> 0.8903
---@return number
function Rng:random() return C.mah_rng_double(core_of(self, "rng:random")) end

--- One integer of 32 bits, uniform in 0 ... 2^32 - 1.
---
---     print(mah.rng(1):u32())   --> 3823634032
---@return integer
function Rng:u32() return C.mah_rng_u32(core_of(self, "rng:u32")) end

options.declare("rng:uniform rng:normal rng:integers", shape.dtype_rules)

--- A new tensor for a method of a generator, or nil when no shape was given.
local function new_for(where, dtype, ...)
  local o, ndim, extents, shaped = shape.read(where, shape.dtype_rules, ...)
  return shaped and Type.new(shape.dtype_in(o, dtype), ndim, extents)
end

--- Numbers drawn uniformly from [low, high): a tensor when sizes are given, float32 unless told,
--- else one number.
---
---     print(mah.rng(1):uniform(-1, 1, 3))
---     --> float32 3
---     --> {0.7805, 0.7894, 0.1715}
---     print(("%.4f"):format(mah.rng(1):uniform(-1, 1)))   --> 0.7805
---@param low number|nil    0
---@param high number|nil   1
---@param ... integer|integer[]|string|{dtype: string?}
---@return tensor|number
function Rng:uniform(low, high, ...)
  local core = core_of(self, "rng:uniform")
  local t = new_for("rng:uniform", C.MAH_FLOAT32, ...)
  if t then return fill.uniform(self, t, low, high) end
  low = Type.number(low or 0, "rng:uniform", "low")
  high = Type.number(high or 1, "rng:uniform", "high")
  check.status(C.mah_uniform_check(low, high))
  return low + (high - low) * C.mah_rng_double(core)
end

--- Normally distributed numbers: a tensor when sizes are given, float32 unless told, else one
--- number. They are quantiles of uniform ones, to 1e-14 (5e-7 in float32), up to 8.3 (6.3) standard
--- deviations.
---
---     print(mah.rng(1):normal(100, 15, 3))
---     --> float32 3
---     --> {118.4186, 118.7775, 103.2485}
---     print(("%.2f"):format(mah.rng(1):normal()))   --> 1.23
---@param mean number|nil   0
---@param std number|nil    1, the standard deviation
---@param ... integer|integer[]|string|{dtype: string?}
---@return tensor|number
function Rng:normal(mean, std, ...)
  local core = core_of(self, "rng:normal")
  local t = new_for("rng:normal", C.MAH_FLOAT32, ...)
  if t then return fill.normal(self, t, mean, std) end
  mean = Type.number(mean or 0, "rng:normal", "mean")
  std = Type.number(std or 1, "rng:normal", "std")
  check.status(C.mah_normal_check(mean, std))
  return mean + std * C.mah_rng_normal(core)
end

--- Integers drawn from low ... high, both included: a tensor when sizes are given, int32 unless
--- told, else one number.
---
---     print(mah.rng(1):integers(1, 6, 5))
---     --> int32 5
---     --> {6, 6, 4, 5, 5}
---@param low integer
---@param high integer
---@param ... integer|integer[]|string|{dtype: string?}
---@return tensor|integer
function Rng:integers(low, high, ...)
  core_of(self, "rng:integers")
  local t = new_for("rng:integers", C.MAH_INT32, ...)
  if t then return fill.integers(self, t, low, high) end
  return fill.integers(self, Type.new(C.MAH_INT32, 1, ffi.new("int64_t[8]", 1)), low, high)[1]
end

-- -- Into tensors that are there ------------------------------------------------------------------

--- Fills a tensor, row by row, with numbers drawn uniformly from [low, high). Float dtypes; float16
--- and bfloat16 are drawn as float32 and rounded, to `high` too.
---
---     local x = mah.empty(3)
---     mah.rng(1):fill_uniform(x, -1, 1)
---     print(x)
---     --> float32 3
---     --> {0.7805, 0.7894, 0.1715}
---@param t tensor
---@param low number|nil    0
---@param high number|nil   1
---@return tensor t
function Rng:fill_uniform(t, low, high)
  local core = core_of(self, "rng:fill_uniform")
  low = Type.number(low or 0, "rng:fill_uniform", "low")
  high = Type.number(high or 1, "rng:fill_uniform", "high")
  local wide = Type.wide(expect(t, "rng:fill_uniform"))
  check.status(C.mah_fill_uniform(wide, core, low, high))
  return wide == t and t or t:copy_(wide)
end

--- Fills a tensor, row by row, with normally distributed numbers. Float dtypes.
---
---     local x = mah.empty(3)
---     mah.rng(1):fill_normal(x, 0, 0.1)
---     print(x)
---     --> float32 3
---     --> {0.1228, 0.1252, 0.0217}
---@param t tensor
---@param mean number|nil   0
---@param std number|nil    1, the standard deviation
---@return tensor t
function Rng:fill_normal(t, mean, std)
  local core = core_of(self, "rng:fill_normal")
  mean = Type.number(mean or 0, "rng:fill_normal", "mean")
  std = Type.number(std or 1, "rng:fill_normal", "std")
  local wide = Type.wide(expect(t, "rng:fill_normal"))
  check.status(C.mah_fill_normal(wide, core, mean, std))
  return wide == t and t or t:copy_(wide)
end

--- Fills a tensor, row by row, with integers drawn from low ... high, both included. Any dtype.
---
---     local x = mah.empty(5, "int32")
---     mah.rng(1):fill_integers(x, 1, 6)
---     print(x)
---     --> int32 5
---     --> {6, 6, 4, 5, 5}
---@param t tensor
---@param low integer
---@param high integer
---@return tensor t
function Rng:fill_integers(t, low, high)
  local core = core_of(self, "rng:fill_integers")
  Type.integer(low, "rng:integers", "low")
  Type.integer(high, "rng:integers", "high")
  check.status(C.mah_fill_integers(expect(t, "rng:fill_integers"), core, low, high))
  return t
end

--- Fills a tensor with 1, each with probability p, and else 0. Any dtype.
---
---     local mask = mah.empty(6, "bool")
---     mah.rng(1):fill_bernoulli(mask, 0.5)
---     print(mask)
---     --> bool 6
---     --> {false, false, false,  true,  true, false}
---@param t tensor
---@param p number   0 ... 1
---@return tensor t
function Rng:fill_bernoulli(t, p)
  local core = core_of(self, "rng:fill_bernoulli")
  Type.number(p, "rng:fill_bernoulli", "p")
  check.status(C.mah_fill_bernoulli(expect(t, "rng:fill_bernoulli"), core, p))
  return t
end

-- A gradient may need what is there; new tensors are of no concern to it.
for name in ("uniform normal integers bernoulli"):gmatch "%a+" do
  local f, full_name = Rng["fill_" .. name], "rng:fill_" .. name
  local function changes(self, t, a, b)
    if traced.is_open then traced.before_change(expect(t, full_name), full_name) end
    return f(self, t, a, b)
  end
  fill[name], Rng["fill_" .. name], class.original[changes] = f, changes, f
end

-- -- Orders ---------------------------------------------------------------------------------------

--- Puts the rows of a tensor (the elements of a vector or of a Lua list) in random order, in place.
---
---     local x = mah.tensor { { 1, 1 }, { 2, 2 }, { 3, 3 } }
---     mah.rng(2):shuffle(x)
---     print(x)
---     --> float32 3x2
---     --> {{3.0, 3.0},
---     -->  {1.0, 1.0},
---     -->  {2.0, 2.0}}
---@param t tensor|table
---@return tensor|table t
function Rng:shuffle(t)
  local core = core_of(self, "rng:shuffle")
  if type(t) == "table" then
    for i = #t, 2, -1 do
      local j = C.mah_rng_below(core, i) + 1
      t[i], t[j] = t[j], t[i]
    end
    return t
  end
  expect(t, "rng:shuffle")
  if traced.is_open then traced.before_change(t, "rng:shuffle") end
  check.status(C.mah_fill_shuffle(t, core))
  return t
end

--- The integers 1 ... n in random order.
---
---     print(mah.rng(1):permutation(5))
---     --> int32 5
---     --> {1, 3, 2, 4, 5}
---@param n integer
---@return tensor   int32 (n)
function Rng:permutation(n)
  local core = core_of(self, "rng:permutation")
  local ndim, extents = Type.sizes("rng:permutation", Type.integer(n, "rng:permutation", "n"))
  local t = Type.new(C.MAH_INT32, ndim, extents)
  check.status(C.mah_fill_permutation(t, core, 1))
  return t
end

return random
