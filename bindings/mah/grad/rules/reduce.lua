--- Derivatives of sums, means, extremes ... of all elements, or along one dimension. Over all
--- elements they give a tensor without dimensions, where those of plain tensors give a number. Of
--- equal greatest elements each gets its share of the gradient of max(), as in PyTorch; of max(dim)
--- the one whose place is given gets it.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local elementwise = require "mah.tensor.elementwise"
local ffi = require "ffi"
local make = require "mah.tensor.make"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"

local methods = Type.methods
local extents_t = ffi.typeof "int64_t[8]"
local raw, shape, scalar = operands.raw, operands.shape, operands.scalar

-- -- Back to the shape before ---------------------------------------------------------------------

--- A result of x's reduction along `dim`, with the dimension back as one of size 1.
local function kept(t, x, dim, keepdim)
  if dim == nil or keepdim then return t end
  local d = Type.dim(raw(x), dim, "dim")
  return t:unsqueeze(d + 1)
end

--- The same, in x's shape.
local function spread(g, x, dim, keepdim) return kept(g, x, dim, keepdim):expand(shape(x)) end

--- How many elements go into one of the result.
local function count(x, dim)
  x = raw(x)
  return dim == nil and x:numel() or x:size(dim)
end

--- The method, which gives a tensor without dimensions instead of a number.
local function without_number(name)
  local f = methods[name]
  return function(x, b, c, d)
    local y = f(x, b, c, d)
    return type(y) == "number" and scalar(x, y) or y
  end
end

-- -- Sums -----------------------------------------------------------------------------------------

o.define_one("sum", without_number "sum",
  function(g, _, x, dim, keepdim) return spread(g, x, dim, keepdim) end, true)
o.define_one("mean", without_number "mean",
  function(g, _, x, dim, keepdim) return spread(g / count(x, dim), x, dim, keepdim) end, true)
o.define_one("logsumexp", without_number "logsumexp", function(g, y, x, dim, keepdim)
  return kept(g, x, dim, keepdim) * (x - kept(y, x, dim, keepdim)):exp()
end)

o.define_one("softmax", methods.softmax,
  function(g, y, _, dim) return y * (g - (g * y):sum(dim or -1, true)) end)
o.define_one("log_softmax", methods.log_softmax,
  function(g, y, _, dim) return g - y:exp() * g:sum(dim or -1, true) end)

--- Raises the core's message under the name that people know.
local function entropy_status(code)
  if code ~= 0 then check.status(code, "mah.loss." .. ffi.string(C.mah_error_message())) end
end

local function entropies(x, classes)
  local y = Type.new(x.elem, 1, ffi.new(extents_t, x.extent[0]))
  entropy_status(C.mah_class_entropy(y, methods.contiguous(x), classes))
  return y
end

--- Ones in the columns of the classes.
local function one_hot(x, classes)
  local places = (classes + 1):unsqueeze(2)
  return operands.zeros(x):scatter_add_(2, places, operands.zeros(x, { #classes, 1 }) + 1)
end

-- y[i] = logsumexp(x[i]) - x[i][class[i]], classes: int32, from 0.
o.define_one("class_entropy_", entropies, function(g, _, x, classes)
  return g:unsqueeze(2) * (x:softmax(2) - one_hot(x, classes))
end)

--- Each element's product of the others along a dimension, where there are zeros: the product over
--- a new dimension, in which the element itself is 1. n times the memory.
local function product_of_others(x, dim)
  local d = Type.dim(raw(x), dim, "prod") + 1
  local n = raw(x):size(d)
  local last = x:transpose(d, -1):unsqueeze(-2) -- (..., 1, n)
  local wide = shape(last)
  wide[#wide - 1] = n
  local others = o.where(make.eye(n, n, { dtype = "float32" }), 1, last:expand(wide))
  return o.prod(others, -1):transpose(d, -1)
end

o.define_one("prod", without_number "prod", function(g, y, x, dim, keepdim)
  if not raw(x):eq(0):any() then
    return kept(g, x, dim, keepdim) * kept(y, x, dim, keepdim) / x
  end
  if dim ~= nil then return kept(g, x, dim, keepdim) * product_of_others(x, dim) end
  return g * product_of_others(x:reshape(-1), 1):reshape(shape(x))
end)

--- g / y, and 0 where y is 0: with derivatives there that are 0, too, and not 0 times infinity.
local function quotient(g, y)
  local zero = raw(y):eq(0)
  return o.where(zero, 0, g / o.where(zero, 1, y))
end

-- -- Spread ---------------------------------------------------------------------------------------

local function divisor(n, unbiased)
  if unbiased == nil or unbiased == true then return n - 1 end
  return unbiased == false and n or n - unbiased
end

--- x:var(), x:var(false), x:var(dim, unbiased, keepdim)
local function spread_settings(dim, unbiased, keepdim)
  if type(dim) == "boolean" then return nil, dim, nil end
  return dim, unbiased, keepdim
end

local function centred(x, dim) return dim == nil and x - o.mean(x) or x - x:mean(dim, true) end

o.define_one("var", without_number "var", function(g, _, x, dim, unbiased, keepdim)
  dim, unbiased, keepdim = spread_settings(dim, unbiased, keepdim)
  return kept(g, x, dim, keepdim) * centred(x, dim) * (2 / divisor(count(x, dim), unbiased))
end)

o.define_one("std", without_number "std", function(g, y, x, dim, unbiased, keepdim)
  dim, unbiased, keepdim = spread_settings(dim, unbiased, keepdim)
  return kept(quotient(g, y), x, dim, keepdim) * centred(x, dim) / divisor(count(x, dim), unbiased)
end)

-- -- Norms ----------------------------------------------------------------------------------------

--- x |x|^(p - 2), which is 0 at 0.
local function signed_power(x, p)
  if p >= 2 then return x * o.abs(x):pow(p - 2) end
  local zero = raw(x):eq(0)
  return raw(x):sign() * o.where(zero, 1, o.abs(x)):pow(p - 1)
end

o.define_one("norm", without_number "norm", function(g, y, x, p, dim, keepdim)
  p = p or 2
  g, y = kept(g, x, dim, keepdim), kept(y, x, dim, keepdim)
  if p == 1 then return g * raw(x):sign() end
  if p == math.huge then
    local is_one = raw(x):abs():eq(raw(y)):to(raw(x).dtype)
    return g * (raw(x):sign() * is_one / o.sum(is_one, dim, dim ~= nil))
  end
  if p == 2 then return x * quotient(g, y) end
  return signed_power(x, p) * quotient(g, y:pow(p - 1))
end)

-- -- Extremes -------------------------------------------------------------------------------------

--- Of all elements; along a dimension the element is gathered, and its place is the second result.
local function define_extreme(name)
  local all, place = name .. "_of_all", "arg" .. name
  o.define_one(all, without_number(name), function(g, y, x)
    local is_one = raw(x):eq(raw(y)):to(raw(x).dtype)
    return g * (is_one / is_one:sum())
  end)
  o[name] = function(x, dim, keepdim)
    if dim == nil then return o[all](x) end
    local places = methods[place](raw(x), dim, true)
    local y = o.gather(x, dim, places)
    if keepdim then return y, places end
    local d = Type.dim(raw(x), dim, name) + 1
    return y:squeeze(d), places:squeeze(d)
  end
end
define_extreme "min"
define_extreme "max"

-- -- Without NaN ----------------------------------------------------------------------------------

local function numbers_only(x, instead) return o.where(raw(x):isnan(), instead, x) end

function o.nansum(x, dim, keepdim) return o.sum(numbers_only(x, 0), dim, keepdim) end

function o.nanprod(x, dim, keepdim) return o.prod(numbers_only(x, 1), dim, keepdim) end

function o.nanmean(x, dim, keepdim)
  local there = elementwise.logical_not(raw(x):isnan()):to(raw(x).dtype)
  return o.nansum(x, dim, keepdim) / o.sum(there, dim, keepdim)
end

-- -- Running sums and products --------------------------------------------------------------------

local function dim_of(x, dim) return dim or Type.dim(raw(x), 1, "dim") + 1 end

--- Sums from each element to the end.
local function sums_behind(g, dim) return g:flip(dim):cumsum(dim):flip(dim) end

o.define_one("cumsum", methods.cumsum,
  function(g, _, x, dim) return sums_behind(g, dim_of(x, dim)) end, true)

o.define_one("cumprod_", methods.cumprod, function(g, y, x, dim)
  return sums_behind(g * y, dim_of(x, dim)) / x
end)

--- Where there are zeros, by products of the elements so far: n times the memory.
function o.cumprod(x, dim)
  local zeros = raw(x):eq(0)
  if not zeros:any() or not operands.is_traced(x) then return o.cumprod_(x, dim) end
  local d = Type.dim(raw(x), dim_of(x, dim), "cumprod") + 1
  local last = x:transpose(d, -1):unsqueeze(-2)
  local wide = shape(last)
  local n = wide[#wide]
  wide[#wide - 1] = n
  local so_far = o.where(make.ones(n, n):tril(), last:expand(wide), 1)
  return o.prod(so_far, -1):transpose(d, -1)
end

return o
