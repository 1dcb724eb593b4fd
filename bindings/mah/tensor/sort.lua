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

--- Sorted along a dimension, ascending unless told. Stable: equal elements keep their order.
---@param x tensor
---@param dim integer|nil        the last one
---@param descending boolean|nil
---@return tensor values, tensor places   places: int32, where each element came from
function sort.sort(x, dim, descending) return sorted(x, dim, descending, "sort", true) end

--- The places of sort alone.
---@param x tensor
---@param dim integer|nil        the last one
---@param descending boolean|nil
---@return tensor                int32
function sort.argsort(x, dim, descending)
  local _, places = sorted(x, dim, descending, "argsort", false)
  return places
end

--- The k greatest elements along a dimension, in descending order (the k smallest in ascending
--- order when `largest` is false), and their places.
---@param x tensor
---@param k integer
---@param dim integer|nil       the last one
---@param largest boolean|nil   true
---@return tensor values, tensor places
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
  local result = Type.make(core_function, t, d, fractions(q))
  if type(q) ~= "table" then
    if dim == nil then return result[1] end
    return keepdim and result or result:select(d + 1, 1)
  end
  if dim == nil then return result end
  local front = result:unsqueeze(1):transpose(1, d + 2) -- (q, ..., 1, ...)
  return (keepdim and front or front:squeeze(d + 2)):contiguous()
end

--- The q-quantile, by linear interpolation between the nearest two elements (NumPy's default), of
--- all elements (a number) or along a dimension (a tensor). A list of fractions gives a tensor with
--- one more dimension, the first. NaN where there is a NaN, and between -inf and inf; an infinity
--- between it and a number; no elements are an error.
---@param x tensor
---@param q number|number[]     0 ... 1
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   the dimension stays with size 1
---@return number|tensor        x's dtype, float64 for integers
function sort.quantile(x, q, dim, keepdim)
  return quantile(x, q, dim, keepdim, C.mah_quantile, "quantile")
end

--- The median: the mean of the middle two of an even number. Of all elements a number, along a
--- dimension a tensor.
---@param x tensor
---@param dim integer|nil
---@param keepdim boolean|nil
---@return number|tensor
function sort.median(x, dim, keepdim)
  return quantile(x, 0.5, dim, keepdim, C.mah_quantile, "median")
end

--- As quantile, of what is not NaN; NaN where all are.
---@param x tensor
---@param q number|number[]     0 ... 1
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   the dimension stays with size 1
---@return number|tensor        x's dtype, float64 for integers
function sort.nanquantile(x, q, dim, keepdim)
  return quantile(x, q, dim, keepdim, C.mah_nanquantile, "nanquantile")
end

--- As median, of what is not NaN; NaN where all are.
---@param x tensor
---@param dim integer|nil
---@param keepdim boolean|nil
---@return number|tensor
function sort.nanmedian(x, dim, keepdim)
  return quantile(x, 0.5, dim, keepdim, C.mah_nanquantile, "nanmedian")
end

-- -- Counting -------------------------------------------------------------------------------------

local unique_rules = options.declare("mah.unique", {
  counts = { false, "boolean" },
  inverse = { false, "boolean" },
})

--- The different elements in ascending order. In this order, as far as asked for: how often each
--- occurs, and for each element of x its place among them (int32).
---@param x tensor
---@param given {counts: boolean?, inverse: boolean?}|nil
---@return tensor values, tensor|nil counts_or_inverse, tensor|nil inverse
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
  weights = { nil, "tensor" },
  minlength = { 0, "integer", "[0, 2147483647]" },
})

--- How often each of 0, 1, 2 ... occurs: element v + 1 of the result belongs to v. With weights,
--- the sum of their elements' weights (float64).
---@param x tensor   of integers, none negative
---@param given {weights: tensor?, minlength: integer?}|nil   minlength: at least so many elements
---@return tensor    int32
function sort.bincount(x, given)
  expect(x, "bincount")
  local o = options(given, bincount_rules, "bincount")
  return Type.make(C.mah_bincount, x, o.weights, o.minlength)
end

local histogram_elsewhere = { range = "write low = 0, high = 1" }
local histogram_rules = options.declare("mah.histogram", {
  low = { nil, "number" }, high = { nil, "number" },
})

--- How many elements fall between each two edges; the last bin includes its right edge. Elements
--- outside of all bins are not counted.
---@param x tensor
---@param bins integer|number[]|tensor|nil   10 of equal width; or their edges
---@param given {low: number?, high: number?}|nil   the outer edges; the least and greatest element
---@return tensor counts, tensor edges   int32 (bins), float64 (bins + 1)
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
