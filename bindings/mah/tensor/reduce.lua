--- Sums, means, extremes ... of all elements, or along one dimension.
---
---     x:sum()  x:mean()  x:max()          -- over all elements: a number
---     x:sum(1)                            -- along dimension 1, which disappears
---     x:sum(-1, true)                     -- along the last one, which stays with size 1
---     local values, places = x:max(2)     -- places count from 1
---
--- Sums of floats are accumulated in double. Along a dimension they keep the dtype, as do mean,
--- prod, var, std, norm and logsumexp. Of integers and bools sum and prod are int64, added exactly
--- (modulo 2^64: they wrap around), the others float64. min and max keep the dtype, argmin and
--- argmax give int32, any and all bool. NaN makes min and max NaN.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local named = require "mah.base.named"
local number_in = require "mah.base.number_in"

local methods, expect = Type.methods, Type.expect
local result, integer = ffi.new "double[1]", ffi.new "int64_t[1]"

local reduce = {}

-- name -> the core's number
local ops = {}
for op, name in named(C.mah_reduce_name) do ops[name] = op end

local function over_all(x, name, parameter)
  check.status(C.mah_reduce_all(result, expect(x, name), ops[name], parameter or 0))
  return number_in(result)
end

local function along(x, name, dim, keep, parameter)
  expect(x, name)
  if keep ~= nil and type(keep) ~= "boolean" then
    check.raise("%s: keepdim must be true or false; got %s", name, check.show(keep))
  end
  local d = Type.dim(x, dim, name)
  return Type.make(C.mah_reduce, x, ops[name], d, keep and 1 or 0, parameter or 0)
end

local exact = {
  sum = true, prod = true, min = true, max = true,
  nansum = true, nanprod = true, nanmin = true, nanmax = true,
}

--- Over all elements: of integers an integer (an int64_t beyond 2^53), else a number.
local function total(x, name, parameter)
  if exact[name] and C.mah_dtype_is_integer(expect(x, name).elem) ~= 0 then
    check.status(C.mah_reduce_integers(integer, x, ops[name]))
    return Type.read_int64(integer)
  end
  return over_all(x, name, parameter)
end

local function either(x, name, dim, keep, parameter)
  if dim == nil then return total(x, name, parameter) end
  return along(x, name, dim, keep, parameter)
end

--- The sum of all elements, a number, or along one dimension, a tensor; 0 of no elements. Along a
--- dimension of x's dtype, of integers and bools int64.
---
---     local x = mah.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
---     print(x:sum())   --> 21
---     print(x:sum(1))
---     --> float32 3
---     --> {5.0, 7.0, 9.0}
---     print(x:sum(2, true))
---     --> float32 2x1
---     --> {{ 6.0},
---     -->  {15.0}}
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return number|tensor
function methods.sum(x, dim, keepdim) return either(x, "sum", dim, keepdim) end

--- The mean of all elements, a number, or along one dimension, a tensor; NaN of no elements. Along
--- a dimension of x's dtype, of integers and bools float64.
---
---     local x = mah.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
---     print(x:mean())   --> 3.5
---     print(x:mean(2))
---     --> float32 2
---     --> {2.0, 5.0}
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return number|tensor
function methods.mean(x, dim, keepdim) return either(x, "mean", dim, keepdim) end

--- The product of all elements, a number, or along one dimension, a tensor; 1 of no elements. Along
--- a dimension of x's dtype, of integers and bools int64.
---
---     local x = mah.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
---     print(x:prod())   --> 720
---     print(x:prod(1))
---     --> float32 3
---     --> { 4.0, 10.0, 18.0}
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return number|tensor
function methods.prod(x, dim, keepdim) return either(x, "prod", dim, keepdim) end

--- log(sum(exp(x))) over all elements or along a dimension, computed without overflow.
---
---     print(mah.tensor { { 0, 0 }, { 1000, 1000 } }:logsumexp(2))
---     --> float32 2
---     --> {   0.6931, 1000.6932}
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return number|tensor        of integers float64
function methods.logsumexp(x, dim, keepdim) return either(x, "logsumexp", dim, keepdim) end

--- The divisor's correction, from nil, true (n - 1), false (n) or a number (n - number).
local function correction(unbiased, name)
  if unbiased == nil or unbiased == true then return 1 end
  if unbiased == false then return 0 end
  if type(unbiased) == "number" then return unbiased end
  check.raise("%s: unbiased must be true, false or a number; got %s", name, check.show(unbiased))
end

--- x:var(), x:var(false), x:var(dim, unbiased, keepdim)
local function define_spread(name)
  methods[name] = function(x, dim, unbiased, keepdim)
    if type(dim) == "boolean" then
      check.that(unbiased == nil, "%s: the dimension comes first", name)
      dim, unbiased = nil, dim
    end
    return either(x, name, dim, keepdim, correction(unbiased, name))
  end
end

--- The variance: sum (x - mean)^2 / (n - 1); x:var(false) and x:var(dim, false) divide by n.
define_spread "var"
--- The square root of the variance; arguments as var.
define_spread "std"

--- x:min(): the smallest element (of bools: 0 or 1). x:min(dim): the smallest along dim, and where
--- it stands (int32, from 1).
local function define_extreme(name)
  local place = "arg" .. name
  methods[name] = function(x, dim, keepdim)
    if dim == nil then return total(x, name) end
    return along(x, name, dim, keepdim), methods[place](x, dim, keepdim)
  end
  methods[place] = function(x, dim, keepdim)
    if dim == nil then return over_all(x, place) + 1 end
    return along(x, place, dim, keepdim):add_(1)
  end
end
define_extreme "min"
define_extreme "max"

--- Is any element not 0? Over all elements true or false, along a dimension a bool tensor.
---
---     local x = mah.tensor { { 0, 0 }, { 0, 2 } }
---     print(x:any())   --> true
---     print(x:any(2))
---     --> bool 2
---     --> {false,  true}
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return boolean|tensor
function methods.any(x, dim, keepdim)
  if dim == nil then return over_all(x, "any") ~= 0 end
  return along(x, "any", dim, keepdim)
end

--- Are all elements not 0? Over all elements true or false, along a dimension a bool tensor.
---
---     local x = mah.tensor { { 1, 0 }, { 3, 2 } }
---     print(x:all())   --> false
---     print(x:all(2))
---     --> bool 2
---     --> {false,  true}
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return boolean|tensor
function methods.all(x, dim, keepdim)
  if dim == nil then return over_all(x, "all") ~= 0 end
  return along(x, "all", dim, keepdim)
end

--- The p-norm (sum |x|^p)^(1/p) of all elements or along a dimension: Euclid's unless told. Of a
--- matrix without a dimension it is that of its elements (Frobenius's for p = 2).
---
---     local x = mah.tensor { { 3, -4 }, { 6, 8 } }
---     print(x:norm(2, 2))
---     --> float32 2
---     --> { 5.0, 10.0}
---     print(x:norm(1), x:norm(math.huge))   --> 21 8
---@param p number|nil          2; > 0, math.huge is the largest magnitude
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return number|tensor
function methods.norm(x, p, dim, keepdim)
  p = p or 2
  check.that(type(p) == "number" and p > 0, "norm: p must be positive; got %s", check.show(p))
  if p == 2 then return either(x, "norm", dim, keepdim) end
  local is_integer = C.mah_dtype_is_integer(expect(x, "norm").elem) ~= 0
  local size = (is_integer and x:double() or Type.wide(x)):abs() -- -2^31 has none in int32
  if C.mah_dtype_is_half(x.elem) ~= 0 and dim ~= nil then
    return methods.norm(size, p, dim, keepdim):to(x.dtype)
  end
  if p == 1 then return size:sum(dim, keepdim) end
  if p == math.huge then return (size:max(dim, keepdim)) end
  return size:pow(p):sum(dim, keepdim) ^ (1 / p)
end

--- How many elements are not 0, over all or along a dimension. NaN counts.
---
---     local x = mah.tensor { { 0, 1 }, { 2, 3 } }
---     print(x:count_nonzero())   --> 3
---     print(x:count_nonzero(1))
---     --> int32 2
---     --> {1, 2}
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return integer|tensor       along a dimension int32
function methods.count_nonzero(x, dim, keepdim) return either(x, "count_nonzero", dim, keepdim) end

-- -- Without NaN ----------------------------------------------------------------------------------

--- The sum of the elements that are not NaN, over all or along a dimension; 0 of nothing.
---
---     local x = mah.tensor { { 1, 0 / 0 }, { 3, 4 } }
---     print(x:nansum())   --> 8
---     print(x:nansum(1))
---     --> float32 2
---     --> {4.0, 4.0}
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return number|tensor
function methods.nansum(x, dim, keepdim) return either(x, "nansum", dim, keepdim) end

--- The mean of the elements that are not NaN, over all or along a dimension; NaN of nothing.
---
---     local x = mah.tensor { { 1, 0 / 0 }, { 3, 4 } }
---     print(x:nanmean(2))
---     --> float32 2
---     --> {1.0, 3.5}
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return number|tensor
function methods.nanmean(x, dim, keepdim) return either(x, "nanmean", dim, keepdim) end

--- The product of the elements that are not NaN, over all or along a dimension; 1 of nothing.
---
---     print(mah.tensor { 2, 0 / 0, 4 }:nanprod())   --> 8
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return number|tensor
function methods.nanprod(x, dim, keepdim) return either(x, "nanprod", dim, keepdim) end

--- The variance of what is not NaN: sum (x - mean)^2 / (n - 1), where n counts the numbers;
--- arguments as var.
define_spread "nanvar"
--- The square root of nanvar.
define_spread "nanstd"

--- The smallest element that is not NaN, over all or along a dimension; NaN where all are.
---
---     print(mah.tensor { 2, 0 / 0, 4 }:nanmin())   --> 2
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return number|tensor        without the places, unlike min
function methods.nanmin(x, dim, keepdim) return either(x, "nanmin", dim, keepdim) end

--- The largest element that is not NaN, over all or along a dimension; NaN where all are.
---
---     print(mah.tensor { 2, 0 / 0, 4 }:nanmax())   --> 4
---@param dim integer|nil       over all elements when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return number|tensor        without the places, unlike max
function methods.nanmax(x, dim, keepdim) return either(x, "nanmax", dim, keepdim) end

local function place_of_number(x, name, dim, keepdim)
  if dim == nil then return over_all(x, name) + 1 end
  return along(x, name, dim, keepdim):add_(1)
end

--- Where the smallest element stands that is not NaN, counted from 1. An error where all are NaN.
---
---     print(mah.tensor { 0 / 0, 4, 2 }:nanargmin())   --> 3
---@param dim integer|nil       over all elements, counted row by row, when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return integer|tensor       int32
function methods.nanargmin(x, dim, keepdim) return place_of_number(x, "nanargmin", dim, keepdim) end

--- Where the largest element stands that is not NaN, counted from 1. An error where all are NaN.
---
---     print(mah.tensor { 0 / 0, 4, 2 }:nanargmax())   --> 2
---@param dim integer|nil       over all elements, counted row by row, when left out
---@param keepdim boolean|nil   true: the dimension stays, with size 1
---@return integer|tensor       int32
function methods.nanargmax(x, dim, keepdim) return place_of_number(x, "nanargmax", dim, keepdim) end

for _, name in ipairs {
  "nansum", "nanmean", "nanprod", "nanvar", "nanstd", "nanmin", "nanmax", "nanargmin", "nanargmax",
  "sum", "mean", "prod", "logsumexp", "var", "std", "min", "max", "argmin", "argmax", "any", "all",
  "norm", "count_nonzero",
} do
  reduce[name] = methods[name]
end

return reduce
