--- Order, quantiles, and how often what occurs.
---
---     local values, places = x:sort(1, true)        -- along dimension 1, the greatest first
---     x:topk(5)   x:median()   x:quantile { 0.25, 0.75 }
---     local labels, counts = mah.unique(y, { counts = true })
---
--- NaN counts as greater than every number. Places count from 1.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local make = require "mah.tensor.make"
local options = require "mah.base.options"

local methods, expect = Type.methods, Type.expect

local sort = {}

-- -- Order ----------------------------------------------------------------------------------------

local function sorted(x, dim, descending, where, want_values)
  local d = Type.dim(expect(x, where), dim or -1, where)
  if descending ~= nil and type(descending) ~= "boolean" then
    check.raise("%s: descending must be true or false; got %s", where, check.show(descending))
  end
  local values, places = want_values and Type.blank() or nil, Type.blank()
  check.status(C.mah_sort(values, places, x, d, descending and 1 or 0, 1))
  return values and Type.own(values), Type.own(places)
end

--- The elements sorted along a dimension, ascending unless told, and where each came from. Stable:
--- equal elements keep their order; NaN counts as the greatest.
---
---     local values, places = mah.sort(mah.tensor { 30, 10, 20 })
---     print(values)
---     --> float32 3
---     --> {10.0, 20.0, 30.0}
---     print(places)
---     --> int32 3
---     --> {2, 3, 1}
---@param x tensor
---@param dim integer|nil          the last one
---@param descending boolean|nil   false
---@return tensor values           of x's shape and dtype
---@return tensor places           of x's shape, int32, from 1
function sort.sort(x, dim, descending) return sorted(x, dim, descending, "sort", true) end

--- The places that sort takes the elements from, without the values.
---
---     print(mah.argsort(mah.tensor { 30, 10, 20 }, 1, true))
---     --> int32 3
---     --> {1, 3, 2}
---@param x tensor
---@param dim integer|nil          the last one
---@param descending boolean|nil   false
---@return tensor                  of x's shape, int32, from 1
function sort.argsort(x, dim, descending)
  local _, places = sorted(x, dim, descending, "argsort", false)
  return places
end

--- The k greatest elements along a dimension, in descending order, and their places; the k smallest
--- in ascending order when `largest` is false.
---
---     local values, places = mah.topk(mah.tensor { 3, 9, 5, 7 }, 2)
---     print(values)
---     --> float32 2
---     --> {9.0, 7.0}
---     print(places)
---     --> int32 2
---     --> {2, 4}
---@param x tensor
---@param k integer
---@param dim integer|nil       the last one
---@param largest boolean|nil   true
---@return tensor values        k positions along dim
---@return tensor places        int32, from 1
function sort.topk(x, k, dim, largest)
  local d = Type.dim(expect(x, "topk"), dim or -1, "topk")
  Type.integer(k, "topk", "k")
  if k < 0 or k > tonumber(x.extent[d]) then
    check.raise("topk: k = %d is outside of 0 ... %d", k, tonumber(x.extent[d]))
  end
  local values, places = Type.blank(), Type.blank()
  check.status(C.mah_topk(values, places, x, d, k, largest ~= false and 1 or 0, 1))
  return Type.own(values), Type.own(places)
end

-- -- Quantiles ------------------------------------------------------------------------------------

--- The whole tensor as one vector, or the tensor and the dimension asked for.
local function along(x, dim, where)
  if dim ~= nil then return x, Type.dim(x, dim, where) end
  if x.ndim == 1 then return x, 0 end
  return x:reshape(-1), 0
end

local double_p, extents_t = ffi.typeof "double *", ffi.typeof "int64_t[8]"

local function put_fraction(data, i, fraction)
  if type(fraction) ~= "number" then
    check.raise("quantile: q must be numbers; got %s", check.show(fraction))
  end
  data[i - 1] = fraction
end

local function fractions(q)
  local n = type(q) == "table" and #q or 1
  local t = Type.new(C.MAH_FLOAT64, 1, extents_t(n))
  local data = ffi.cast(double_p, t.data)
  if type(q) ~= "table" then
    put_fraction(data, 1, q)
  else
    for i = 1, n do put_fraction(data, i, q[i]) end
  end
  return t
end

local function quantile(x, q, dim, keepdim, core_function, where)
  local t, d = along(expect(x, where), dim, where)
  if t.extent[d] == 0 then check.raise("%s: %s has no elements", where, Type.describe(x)) end
  local result = Type.make(core_function, t, d, fractions(q))
  if type(q) ~= "table" then
    if dim == nil then return result[1] end
    return keepdim and result or result:select(d + 1, 1)
  end
  if dim == nil then return result end
  local front = result:unsqueeze(1):transpose(1, d + 2) -- (q, ..., 1, ...)
  return (keepdim and front or front:squeeze(d + 2)):contiguous()
end

--- The q-quantile of all elements, a number, or along a dimension, a tensor, by linear
--- interpolation between the nearest two elements (NumPy's default). A list of fractions gives a
--- tensor with one more dimension, the first. NaN where there is a NaN, and between -inf and inf;
--- an infinity between it and a number; no elements are an error.
---
---     print(mah.quantile(mah.tensor { 1, 2, 3, 4 }, 0.25))   --> 1.75
---     print(mah.arange(6):reshape(2, 3):quantile({ 0, 0.5, 1 }, 2))
---     --> float32 3x2
---     --> {{1.0, 4.0},
---     -->  {2.0, 5.0},
---     -->  {3.0, 6.0}}
---@param x tensor
---@param q number|number[]     fractions, 0 ... 1
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return number|tensor        x's dtype, float64 for integers
function sort.quantile(x, q, dim, keepdim)
  return quantile(x, q, dim, keepdim, C.mah_quantile, "quantile")
end

--- The median of all elements, a number, or along a dimension, a tensor: the mean of the middle two
--- of an even number, as NumPy's.
---
---     print(mah.median(mah.tensor { 4, 1, 3, 2 }))   --> 2.5
---@param x tensor
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return number|tensor        x's dtype, float64 for integers
function sort.median(x, dim, keepdim)
  return quantile(x, 0.5, dim, keepdim, C.mah_quantile, "median")
end

--- The q-quantile of the elements that are not NaN, as quantile; NaN where all are.
---
---     print(mah.nanquantile(mah.tensor { 1, 0 / 0, 2, 3 }, 0.5))   --> 2
---@param x tensor
---@param q number|number[]     fractions, 0 ... 1
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return number|tensor        x's dtype, float64 for integers
function sort.nanquantile(x, q, dim, keepdim)
  return quantile(x, q, dim, keepdim, C.mah_nanquantile, "nanquantile")
end

--- The median of the elements that are not NaN, as median; NaN where all are.
---
---     print(mah.nanmedian(mah.tensor { 1, 0 / 0, 2, 3 }))   --> 2
---@param x tensor
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return number|tensor        x's dtype, float64 for integers
function sort.nanmedian(x, dim, keepdim)
  return quantile(x, 0.5, dim, keepdim, C.mah_nanquantile, "nanmedian")
end

-- -- Counting -------------------------------------------------------------------------------------

local unique_rules = options.declare("mah.unique", {
  counts = { false, "boolean", nil, "also how often each element occurs" },
  inverse = { false, "boolean", nil, "also where each element of x stands among the values, from "
    .. "1" },
})

--- The different elements in ascending order, and as far as asked for, in this order: how often
--- each occurs, and for each element of x its place among them.
---
---     local values, counts = mah.unique(mah.tensor { 3, 1, 3 }, { counts = true })
---     print(values)
---     --> float32 2
---     --> {1.0, 3.0}
---     print(counts)
---     --> int32 2
---     --> {1, 2}
---@param x tensor
---@param given {counts: boolean?, inverse: boolean?}|nil
---@return tensor values   (n)
---@return tensor|nil counts_or_inverse   int32: counts (n), or inverse when those are not asked for
---@return tensor|nil inverse             int32 of x's shape, from 1
function sort.unique(x, given)
  expect(x, "unique")
  local o = options(given, unique_rules, "unique")
  local values = Type.blank()
  local counts, inverse = o.counts and Type.blank() or nil, o.inverse and Type.blank() or nil
  check.status(C.mah_unique(values, counts, inverse, x, 1))
  Type.own(values)
  inverse = inverse and Type.own(inverse)
  if counts then return values, Type.own(counts), inverse end
  return values, inverse
end

local bincount_rules = options.declare("mah.bincount", {
  weights = { nil, "tensor", nil, "of x's shape: each element counts so much; nil: 1" },
  minlength = { 0, "integer", "[0, 2147483647]", "the result has so many elements at least" },
})

--- How often each of 0, 1, 2 ... occurs: element v + 1 of the result belongs to v. With the option
--- weights it is the sum of their weights.
---
---     print(mah.bincount(mah.tensor({ 0, 2, 2 }, "int32")))
---     --> int32 3
---     --> {1, 0, 2}
---@param x tensor   of integers, none negative
---@param given {weights: tensor?, minlength: integer?}|nil
---@return tensor    (greatest + 1), int32; with weights float64
function sort.bincount(x, given)
  expect(x, "bincount")
  local o = options(given, bincount_rules, "bincount")
  return Type.make(C.mah_bincount, x, o.weights, o.minlength)
end

local histogram_elsewhere = { range = "write low = 0, high = 1" }
local histogram_rules = options.declare("mah.histogram", {
  low = { nil, "number", nil, "the lowest edge of bins of equal width; nil: the least element" },
  high = { nil, "number", nil, "the highest edge; nil: the greatest element" },
})

--- How many elements fall between each two edges; the last bin includes its right edge. Elements
--- outside of all bins are not counted.
---
---     local counts, edges = mah.histogram(mah.tensor { 1, 2, 2, 5 }, 2)
---     print(counts)
---     --> int32 2
---     --> {3, 1}
---     print(edges)
---     --> float64 3
---     --> {1.0, 3.0, 5.0}
---@param x tensor
---@param bins integer|number[]|tensor|nil   10 of equal width; or their edges, ascending
---@param given {low: number?, high: number?}|nil
---@return tensor counts   (bins) int32
---@return tensor edges    (bins + 1) float64
function sort.histogram(x, bins, given)
  expect(x, "histogram")
  local o = options(given, histogram_rules, "histogram", histogram_elsewhere)
  if type(bins) == "table" and bins[1] == nil and next(bins) ~= nil then
    check.raise "histogram: options stand behind the bins: x:histogram(10, {low = 0, high = 1})"
  end
  if type(bins) == "table" then bins = make.tensor(bins, { dtype = "float64" }) end
  local edges
  if Type.is_tensor(bins) then
    edges = bins:double():contiguous()
  else
    if Type.integer(bins or 10, "histogram", "bins") < 1 then
      check.raise("histogram: %d bins", bins)
    end
    local empty = x:numel() == 0
    local low, high = o.low or (empty and 0 or x:min()), o.high or (empty and 1 or x:max())
    if not (low <= high and high - low < math.huge) then
      check.raise("histogram: a finite range is expected, got %s ... %s", tostring(low),
        tostring(high))
    end
    if low == high then low, high = low - 0.5, high + 0.5 end
    edges = make.linspace(low, high, (bins or 10) + 1, { dtype = "float64" })
  end
  return Type.make(C.mah_histogram, x, edges), edges
end

for name, f in pairs(sort) do methods[name] = f end

return sort
