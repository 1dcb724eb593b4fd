--- Tensors of random numbers, from the default generator or another one.
---
---     local x = mah.rand(2, 3)                    -- uniform in [0, 1)
---     local w = mah.randn(100, 10, { dtype = "float64", rng = rng })
---     w:uniform_(-1, 1)
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local shape = require "mah.tensor.shape"

local expect, methods = Type.expect, Type.methods

local drawn = {}

local rules = options.declare("mah.rand mah.randn mah.randint mah.rand_like mah.randn_like "
  .. "mah.randint_like", {
    dtype = { nil, shape.dtype_rules.dtype[2], nil, "of the elements; nil: float32, of integers "
      .. "int32, of the _like functions the tensor's; the name alone may stand in the place of the "
      .. "options" },
    rng = { nil, "table|integer", nil, "a generator or a seed; nil: the default generator, which "
      .. "mah.manual_seed seeds" },
  })

local function make_new(where, dtype, ...)
  local o, ndim, extents = shape.read(where, rules, ...)
  return Type.new(shape.dtype_in(o, dtype), ndim, extents), random.generator(o.rng, where)
end

local function make_like(where, t, given)
  expect(t, where)
  local o = options(given, rules, where)
  return Type.new(shape.dtype_in(o, t.elem), t.ndim, t.extent), random.generator(o.rng, where)
end

--- A tensor of numbers drawn uniformly from [0, 1). The sizes are arguments or one list, and then a
--- dtype or options.
---
---     local x = mah.rand(2, 3, { rng = 1 })
---     print(x.shape[1], x.shape[2], x.dtype, x:min() >= 0, x:max() < 1)
---     --> 2 3 float32 true true
---@param ... integer|integer[]|string|{dtype: string?, rng: rng|integer|nil}
---@return tensor
function drawn.rand(...)
  local t, rng = make_new("rand", C.MAH_FLOAT32, ...)
  return rng:fill_uniform(t)
end

--- A tensor of numbers drawn from the normal distribution with mean 0 and standard deviation 1.
--- Sizes and options as for mah.rand.
---
---     print(mah.randn(3, { rng = 1 }))
---     --> float32 3
---     --> {1.2279, 1.2518, 0.2166}
---@param ... integer|integer[]|string|{dtype: string?, rng: rng|integer|nil}
---@return tensor
function drawn.randn(...)
  local t, rng = make_new("randn", C.MAH_FLOAT32, ...)
  return rng:fill_normal(t)
end

--- A tensor of integers drawn from low ... high, both included. Sizes and options as for mah.rand;
--- int32 unless told.
---
---     print(mah.randint(1, 6, 10, { rng = 1 })) -- ten dice
---     --> int32 10
---     --> {6, 6, 4, 5, 5, 6, 3, 4, 2, 4}
---@param low integer
---@param high integer   NumPy's and PyTorch's high is one more
---@param ... integer|integer[]|string|{dtype: string?, rng: rng|integer|nil}
---@return tensor
function drawn.randint(low, high, ...)
  Type.integer(low, "randint", "low")
  Type.integer(high, "randint", "high")
  local t, rng = make_new("randint", C.MAH_INT32, ...)
  return rng:fill_integers(t, low, high)
end

local randperm_rules = options.declare("mah.randperm", { rng = rules.rng })

--- The integers 1 ... n in random order.
---
---     print(mah.randperm(5, { rng = 1 }))
---     --> int32 5
---     --> {1, 3, 2, 4, 5}
---@param n integer
---@param given {rng: rng|integer|nil}|nil
---@return tensor   int32 (n)
function drawn.randperm(n, given)
  local o = options(given, randperm_rules, "randperm")
  return random.generator(o.rng, "randperm"):permutation(n)
end

--- Numbers drawn uniformly from [0, 1), in the shape of t, and in its dtype unless told.
---
---     local x = mah.rand_like(mah.zeros(2, 3, "float64"))
---     print(x.shape[1], x.shape[2], x.dtype)   --> 2 3 float64
---@param t tensor
---@param given string|{dtype: string?, rng: rng|integer|nil}|nil
---@return tensor
function drawn.rand_like(t, given)
  local result, rng = make_like("rand_like", t, given)
  return rng:fill_uniform(result)
end

--- Numbers drawn from the standard normal distribution, in the shape of t, and in its dtype unless
--- told.
---
---     print(mah.randn_like(mah.zeros(3), { rng = 1 }))
---     --> float32 3
---     --> {1.2279, 1.2518, 0.2166}
---@param t tensor
---@param given string|{dtype: string?, rng: rng|integer|nil}|nil
---@return tensor
function drawn.randn_like(t, given)
  local result, rng = make_like("randn_like", t, given)
  return rng:fill_normal(result)
end

--- Integers drawn from low ... high, both included, in the shape of t, and in its dtype unless
--- told.
---
---     print(mah.randint_like(mah.zeros(4), 1, 6, { rng = 1 }))
---     --> float32 4
---     --> {6.0, 6.0, 4.0, 5.0}
---@param t tensor
---@param low integer
---@param high integer
---@param given string|{dtype: string?, rng: rng|integer|nil}|nil
---@return tensor
function drawn.randint_like(t, low, high, given)
  Type.integer(low, "randint_like", "low")
  Type.integer(high, "randint_like", "high")
  local result, rng = make_like("randint_like", t, given)
  return rng:fill_integers(result, low, high)
end

--- Every element becomes a number drawn uniformly from [low, high), in place. Float dtypes.
---
---     local x = mah.empty(1000):uniform_(-1, 1)
---     print(x:min() >= -1, x:max() < 1)   --> true true
---@param low number|nil        0
---@param high number|nil       1
---@param rng rng|integer|nil   a generator or a seed; the default generator when left out
---@return tensor x
function methods.uniform_(t, low, high, rng)
  return random.generator(rng, "uniform_"):fill_uniform(t, low, high)
end

--- Every element becomes a number drawn from a normal distribution, in place. Float dtypes.
---
---     local x = mah.empty(10000):normal_(5, 2, 1)
---     print(("%.1f %.1f"):format(x:mean(), x:std()))   --> 5.0 2.0
---@param mean number|nil       0
---@param std number|nil        1, the standard deviation
---@param rng rng|integer|nil   a generator or a seed; the default generator when left out
---@return tensor x
function methods.normal_(t, mean, std, rng)
  return random.generator(rng, "normal_"):fill_normal(t, mean, std)
end

return drawn
