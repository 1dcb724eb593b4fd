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
  .. "mah.randint_like", { dtype = shape.dtype_rules.dtype, rng = { nil, "table|integer" } })

local function make_new(where, dtype, ...)
  local o, ndim, extents = shape.read(where, rules, ...)
  return Type.new(shape.dtype_in(o, dtype), ndim, extents), random.generator(o.rng, where)
end

local function make_like(where, t, given)
  expect(t, where)
  local o = options(given, rules, where)
  return Type.new(shape.dtype_in(o, t.elem), t.ndim, t.extent), random.generator(o.rng, where)
end

--- Uniform in [0, 1): mah.rand(2, 3), mah.rand({2, 3}, {dtype = "float64", rng = rng}).
---@param ... integer|integer[]|string|{dtype: string?, rng: rng|integer|nil}
---@return tensor
function drawn.rand(...)
  local t, rng = make_new("rand", C.MAH_FLOAT32, ...)
  return rng:fill_uniform(t)
end

--- Standard normal: mah.randn(2, 3).
---@param ... integer|integer[]|string|{dtype: string?, rng: rng|integer|nil}
---@return tensor
function drawn.randn(...)
  local t, rng = make_new("randn", C.MAH_FLOAT32, ...)
  return rng:fill_normal(t)
end

--- Integers from low ... high, both included: mah.randint(1, 6, 10) throws ten dice. int32 unless
--- told.
---@param low integer
---@param high integer
---@param ... integer|integer[]|string|{dtype: string?, rng: rng|integer|nil}
---@return tensor
function drawn.randint(low, high, ...)
  Type.integer(low, "randint", "low")
  Type.integer(high, "randint", "high")
  local t, rng = make_new("randint", C.MAH_INT32, ...)
  return rng:fill_integers(t, low, high)
end

local randperm_rules = options.declare("mah.randperm", { rng = rules.rng })

--- 1 ... n in random order, as an int32 vector.
---@param n integer
---@param given {rng: rng|integer|nil}|nil
---@return tensor
function drawn.randperm(n, given)
  local o = options(given, randperm_rules, "randperm")
  return random.generator(o.rng, "randperm"):permutation(n)
end

--- As mah.rand, in the shape and dtype of `t`.
---@param t tensor
---@param given string|{dtype: string?, rng: rng|integer|nil}|nil
---@return tensor
function drawn.rand_like(t, given)
  local result, rng = make_like("rand_like", t, given)
  return rng:fill_uniform(result)
end

--- As mah.randn, in the shape and dtype of `t`.
---@param t tensor
---@param given string|{dtype: string?, rng: rng|integer|nil}|nil
---@return tensor
function drawn.randn_like(t, given)
  local result, rng = make_like("randn_like", t, given)
  return rng:fill_normal(result)
end

--- As mah.randint, in the shape and dtype of `t`.
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

--- In place: numbers from [low, high).
---@param low number|nil   0
---@param high number|nil  1
---@param rng rng|integer|nil
---@return tensor self
function methods.uniform_(t, low, high, rng)
  return random.generator(rng, "uniform_"):fill_uniform(t, low, high)
end

--- In place: normally distributed numbers.
---@param mean number|nil  0
---@param std number|nil   1
---@param rng rng|integer|nil
---@return tensor self
function methods.normal_(t, mean, std, rng)
  return random.generator(rng, "normal_"):fill_normal(t, mean, std)
end

return drawn
