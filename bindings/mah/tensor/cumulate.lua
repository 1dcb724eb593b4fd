--- Running sums, products and extremes along a dimension, and the differences of neighbours.
---
---     x:cumsum()   x:cumprod(2)   x:diff()
---     local values, places = x:cummax(1)      -- the largest so far, and where it stands
---
--- Sums and products keep float dtypes, and are computed in double; of integers and bools they are
--- int64 (and wrap around beyond). A vector's dimension need not be named. Places count from 1.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"

local methods, expect = Type.methods, Type.expect

local cumulate = {}

--- The dimension asked for; a vector's only one when it is left out.
local function along(x, dim, where)
  if dim == nil and expect(x, where).ndim ~= 1 then
    check.raise("%s: along which dimension of %s?", where, Type.describe(x))
  end
  return Type.dim(expect(x, where), dim or 1, where)
end

--- Running sums along a dimension, which a vector need not name. Floats keep their dtype, integers
--- and bools give int64.
---
---     print(mah.cumsum(mah.tensor { 1, 2, 3 }))
---     --> float32 3
---     --> {1.0, 3.0, 6.0}
---     print(mah.tensor { { 1, 2 }, { 3, 4 } }:cumsum(1))
---     --> float32 2x2
---     --> {{1.0, 2.0},
---     -->  {4.0, 6.0}}
---@param x tensor
---@param dim integer|nil   a vector's need not be named
---@return tensor           of x's shape
function cumulate.cumsum(x, dim) return Type.make(C.mah_cumsum, x, along(x, dim, "cumsum")) end

--- Running products along a dimension, which a vector need not name. Floats keep their dtype,
--- integers and bools give int64.
---
---     print(mah.cumprod(mah.tensor { 1, 2, 3, 4 }))
---     --> float32 4
---     --> { 1.0,  2.0,  6.0, 24.0}
---@param x tensor
---@param dim integer|nil   a vector's need not be named
---@return tensor           of x's shape
function cumulate.cumprod(x, dim) return Type.make(C.mah_cumprod, x, along(x, dim, "cumprod")) end

local function extremes(x, dim, largest, where)
  local d, values, places = along(x, dim, where), Type.blank(), Type.blank()
  check.status(C.mah_cumulate_extreme(values, places, x, d, largest, 1))
  return Type.own(values), Type.own(places)
end

--- The largest element so far along a dimension, and where the last such one stands. From the first
--- NaN on all are NaN.
---
---     local values, places = mah.cummax(mah.tensor { 1, 3, 2, 3, 5 })
---     print(values)
---     --> float32 5
---     --> {1.0, 3.0, 3.0, 3.0, 5.0}
---     print(places)
---     --> int32 5
---     --> {1, 2, 2, 4, 5}
---@param x tensor
---@param dim integer|nil   a vector's need not be named
---@return tensor values    of x's shape and dtype
---@return tensor places    of x's shape, int32, from 1
function cumulate.cummax(x, dim) return extremes(x, dim, 1, "cummax") end

--- The smallest element so far along a dimension, and where the last such one stands. From the
--- first NaN on all are NaN.
---
---     local values, places = mah.cummin(mah.tensor { 4, 3, 5, 1 })
---     print(values)
---     --> float32 4
---     --> {4.0, 3.0, 3.0, 1.0}
---     print(places)
---     --> int32 4
---     --> {1, 2, 2, 4}
---@param x tensor
---@param dim integer|nil   a vector's need not be named
---@return tensor values    of x's shape and dtype
---@return tensor places    of x's shape, int32, from 1
function cumulate.cummin(x, dim) return extremes(x, dim, 0, "cummin") end

--- What each element has more than the one before, along a dimension, which becomes shorter by one;
--- n times over. The dtype stays, so uint8 wraps around; of bools, whether they differ.
---
---     print(mah.diff(mah.tensor { 1, 4, 9, 16 }))
---     --> float32 3
---     --> {3.0, 5.0, 7.0}
---     print(mah.diff(mah.tensor { 1, 4, 9, 16 }, 2))
---     --> float32 2
---     --> {2.0, 2.0}
---@param x tensor
---@param n integer|nil     how often: 1
---@param dim integer|nil   the last one
---@return tensor           n positions shorter along dim
function cumulate.diff(x, n, dim)
  local d = Type.dim(expect(x, "diff"), dim or -1, "diff")
  n = n == nil and 1 or Type.integer(n, "diff", "n")
  check.that(n >= 0, "diff: n must not be negative; got %d", n)
  if n == 0 then return methods.clone(x) end
  local out = Type.make(C.mah_diff, x, d)
  for _ = 2, math.min(n, tonumber(x.extent[d])) do
    out = Type.replace(out, Type.make(C.mah_diff, out, d))
  end
  return out
end

for name, f in pairs(cumulate) do methods[name] = f end

return cumulate
