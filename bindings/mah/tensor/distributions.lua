--- Probability distributions: densities, distribution functions, quantiles, moments and samples.
--- Parameters are in NumPy's order and meaning (scales, not rates); they may be tensors, which
--- broadcast with x. Everything is computed in double, tails with all their digits.
---
---     local d = mah.distributions.normal(100, 15) -- mean, standard deviation
---     print(("%.4f %.4f"):format(d:cdf(130), d:sf(130)))   --> 0.9772 0.0228
---     print(d:logpdf(mah.tensor { 85, 100 }))
---     --> float32 2
---     --> {-4.127, -3.627}
---     print(d:sample(2, { rng = mah.rng(1) }))
---     --> float32 2
---     --> {118.4186, 118.7775}
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local class = require "mah.base.class"
local elementwise = require "mah.tensor.elementwise"
local elsewhere = require "mah.tensor.elsewhere"
local ffi = require "ffi"
local named = require "mah.base.named"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local shape = require "mah.tensor.shape"

local is_tensor, expect = Type.is_tensor, Type.expect
local blank, own = Type.blank, Type.own

--- A probability distribution, of one of mah.distributions' functions.
---@class distribution
---@field name string                               "normal", "gamma" ...
---@field parameters table<string, number|tensor>   by name, as {mean = 0, std = 1}
---@field private number integer                    the core's number of it
local Distribution = class.names({}, "a distribution", nil, elsewhere.distribution)
class.fields[Distribution] = { name = true, parameters = true }

local distributions = {}

-- name -> the core's number
local numbers = {}
for number, name in named(C.mah_distribution_name) do numbers[name] = number end

local positive, any = "(0, inf)", "(-inf, inf)"
local counting = { binomial = true, poisson = true, geometric = true }

-- -- Making ---------------------------------------------------------------------------------------

--- A parameter: a number in the interval, or a tensor.
local function parameter(value, default, where, name, interval)
  if value == nil then value = default end
  if is_tensor(value) then return expect(value, where) end
  options.check(name, value, { nil, "number|tensor", interval }, where)
  return value
end

local function new(name, names, first, second)
  local self = { name = name, number = numbers[name], first, second }
  self.parameters = { [names[1]] = first, [names[2] or 1] = second }
  return setmetatable(self, Distribution)
end

--- The normal (Gaussian) distribution of a mean and a standard deviation.
---
---     local d = mah.distributions.normal(100, 15)
---     print(("%.4f %.4f %.2f"):format(d:cdf(130), d:pdf(100), d:quantile(0.975)))
---     --> 0.9772 0.0266 129.40
---@param mean number|tensor|nil   0
---@param std number|tensor|nil    1; the standard deviation, > 0
---@return distribution
function distributions.normal(mean, std)
  mean = parameter(mean, 0, "normal", "mean", any)
  return new("normal", { "mean", "std" }, mean, parameter(std, 1, "normal", "std", positive))
end

--- The lognormal distribution: that of e^x for a normal x.
---
---     local d = mah.distributions.lognormal(0, 0.5)
---     print(("%.4f %.4f"):format(d:cdf(1), d:mean()))   --> 0.5000 1.1331
---@param mean number|tensor|nil   0; of the logarithm
---@param std number|tensor|nil    1; of the logarithm, > 0
---@return distribution
function distributions.lognormal(mean, std)
  mean = parameter(mean, 0, "lognormal", "mean", any)
  return new("lognormal", { "mean", "std" }, mean, parameter(std, 1, "lognormal", "std", positive))
end

--- The uniform distribution between low and high.
---
---     local d = mah.distributions.uniform(-1, 3)
---     print(d:pdf(0), d:cdf(0), d:mean())   --> 0.25 0.25 1
---@param low number|tensor|nil    0
---@param high number|tensor|nil   1; > low
---@return distribution
function distributions.uniform(low, high)
  low = parameter(low, 0, "uniform", "low", any)
  high = parameter(high, 1, "uniform", "high", any)
  if type(low) == "number" and type(high) == "number" and low >= high then
    check.raise("uniform: low must be less than high; got %s and %s", tostring(low), tostring(high))
  end
  return new("uniform", { "low", "high" }, low, high)
end

--- The exponential distribution: waiting times of mean `scale`.
---
---     local d = mah.distributions.exponential(2)
---     print(("%.4f %g"):format(d:cdf(2), d:mean()))   --> 0.6321 2
---@param scale number|tensor|nil   1; 1 / rate, > 0
---@return distribution
function distributions.exponential(scale)
  return new("exponential", { "scale" }, parameter(scale, 1, "exponential", "scale", positive))
end

--- The gamma distribution of a shape and a scale.
---
---     local d = mah.distributions.gamma(3, 2)
---     print(("%.4f"):format(d:cdf(6)), d:mean(), d:variance())   --> 0.5768 6 12
---@param concentration number|tensor   the shape a, > 0
---@param scale number|tensor|nil       1; 1 / rate, > 0
---@return distribution
function distributions.gamma(concentration, scale)
  concentration = parameter(concentration, nil, "gamma", "shape", positive)
  scale = parameter(scale, 1, "gamma", "scale", positive)
  return new("gamma", { "shape", "scale" }, concentration, scale)
end

--- The beta distribution on [0, 1].
---
---     local d = mah.distributions.beta(2, 3)
---     print(("%.4f %.2f"):format(d:cdf(0.5), d:mean()))   --> 0.6875 0.40
---@param a number|tensor   > 0
---@param b number|tensor   > 0
---@return distribution
function distributions.beta(a, b)
  a = parameter(a, nil, "beta", "a", positive)
  return new("beta", { "a", "b" }, a, parameter(b, nil, "beta", "b", positive))
end

--- The chi-squared distribution: that of the sum of df squares of standard normal numbers.
---
---     print(("%.3f"):format(mah.distributions.chi2(3):quantile(0.95)))   --> 7.815
---@param df number|tensor   degrees of freedom, > 0
---@return distribution
function distributions.chi2(df)
  return new("chi2", { "df" }, parameter(df, nil, "chi2", "df", positive))
end

--- Student's t distribution.
---
---     print(("%.3f"):format(mah.distributions.student_t(10):quantile(0.975)))   --> 2.228
---@param df number|tensor   degrees of freedom, > 0
---@return distribution
function distributions.student_t(df)
  return new("student_t", { "df" }, parameter(df, nil, "student_t", "df", positive))
end

--- Fisher's F distribution: that of the ratio of two chi-squared variables, each divided by its
--- degrees of freedom.
---
---     print(("%.4f"):format(mah.distributions.f(3, 10):sf(4)))   --> 0.0413
---@param dfn number|tensor   the numerator's degrees of freedom, > 0
---@param dfd number|tensor   the denominator's, > 0
---@return distribution
function distributions.f(dfn, dfd)
  dfn = parameter(dfn, nil, "f", "dfn", positive)
  return new("f", { "dfn", "dfd" }, dfn, parameter(dfd, nil, "f", "dfd", positive))
end

--- The binomial distribution: how many of n trials succeed.
---
---     local d = mah.distributions.binomial(10, 0.5)
---     print(("%.4f %g %g"):format(d:pmf(5), d:mean(), d:variance()))   --> 0.2461 5 2.5
---@param n integer|tensor   >= 0
---@param p number|tensor    the probability of a success, 0 ... 1
---@return distribution
function distributions.binomial(n, p)
  n = parameter(n, nil, "binomial", "n", "[0, inf)")
  if type(n) == "number" then Type.integer(n, "binomial", "n") end
  return new("binomial", { "n", "p" }, n, parameter(p, nil, "binomial", "p", "[0, 1]"))
end

--- The Poisson distribution: how many events happen where `rate` are expected.
---
---     print(("%.4f"):format(mah.distributions.poisson(2):pmf(0)))   --> 0.1353
---@param rate number|tensor   >= 0
---@return distribution
function distributions.poisson(rate)
  return new("poisson", { "rate" }, parameter(rate, nil, "poisson", "rate", "[0, inf)"))
end

--- The geometric distribution: how many trials it takes to the first success, 1 at least.
---
---     local d = mah.distributions.geometric(0.25)
---     print(d:pmf(2), d:mean())   --> 0.1875 4
---@param p number|tensor   the probability of a success, > 0 and at most 1
---@return distribution
function distributions.geometric(p)
  return new("geometric", { "p" }, parameter(p, nil, "geometric", "p", "(0, 1]"))
end

-- -- Functions ------------------------------------------------------------------------------------

local function self_of(self, where)
  if type(self) ~= "table" or getmetatable(self) ~= Distribution then
    check.raise("%s: a distribution is expected, got %s; is it called with a colon?", where,
      check.show(self))
  end
  return self
end

local scalar = ffi.new "int64_t[8]"

--- A parameter as the core wants it: the tensor, or nil and the number.
local function split(value)
  if is_tensor(value) then return value, 0 end
  return nil, value or 0
end

local function call(self, method, code, x)
  self_of(self, method)
  local p_, p = split(self[1])
  local q_, q = split(self[2])
  if type(x) == "number" then
    if not p_ and not q_ then return C.mah_distribution_at(self.number, code, x, p, q) end
    local t = Type.new(C.MAH_FLOAT32, 0, scalar) -- the parameters' dtype is the result's
    local wide = p_ and p_.elem == C.MAH_FLOAT64 or q_ and q_.elem == C.MAH_FLOAT64
    if wide or x ~= ffi.cast("float", x) then t = Type.new(C.MAH_FLOAT64, 0, scalar) end
    check.status(C.mah_tensor_fill(t, x))
    x = t
  end
  local out = blank()
  check.status(C.mah_distribution(out, self.number, code,
    expect(x, self.name .. ":" .. method), p_, q_, p, q))
  return own(out)
end

--- The density at x; of distributions over integers the probability of x.
---
---     local d = mah.distributions.normal()
---     print(d:pdf(mah.tensor { 0, 1 }))
---     --> float32 2
---     --> {0.3989, 0.2420}
---@param x number|tensor
---@return number|tensor   of the broadcast shape of x and the parameters
function Distribution:pdf(x) return call(self, "pdf", C.MAH_PDF, x) end

--- The logarithm of the density at x, finite far out where the density itself is 0.
---
---     print(("%.2f"):format(mah.distributions.normal():logpdf(100)))   --> -5000.92
---@param x number|tensor
---@return number|tensor   of the broadcast shape of x and the parameters
function Distribution:logpdf(x) return call(self, "logpdf", C.MAH_LOGPDF, x) end

--- The distribution function P(X <= x).
---
---     print(mah.distributions.normal():cdf(mah.tensor { -1, 0, 1 }))
---     --> float32 3
---     --> {0.1587, 0.5000, 0.8413}
---@param x number|tensor
---@return number|tensor   of the broadcast shape of x and the parameters
function Distribution:cdf(x) return call(self, "cdf", C.MAH_CDF, x) end

--- The survival function P(X > x) = 1 - cdf(x), with all digits where it is small.
---
---     print(("%.4g"):format(mah.distributions.normal():sf(10)))   --> 7.62e-24
---@param x number|tensor
---@return number|tensor   of the broadcast shape of x and the parameters
function Distribution:sf(x) return call(self, "sf", C.MAH_SF, x) end

--- The inverse of cdf, the x with P(X <= x) = p; of integers the least with at least as much.
---
---     print(("%.4f"):format(mah.distributions.normal():quantile(0.975)))   --> 1.9600
---@param p number|tensor   0 ... 1
---@return number|tensor    of the broadcast shape of p and the parameters
function Distribution:quantile(p) return call(self, "quantile", C.MAH_QUANTILE, p) end

--- The inverse of sf, the x with P(X > x) = p, with all digits where p is small.
---
---     print(("%.4f"):format(mah.distributions.normal():isf(0.025)))   --> 1.9600
---@param p number|tensor   0 ... 1
---@return number|tensor    of the broadcast shape of p and the parameters
function Distribution:isf(p) return call(self, "isf", C.MAH_ISF, p) end

--- The probability of x: pdf, under the name that distributions over integers have for it.
---
---     print(mah.distributions.binomial(4, 0.5):pmf(mah.tensor { 0, 1, 2 }))
---     --> float32 3
---     --> {0.0625, 0.2500, 0.3750}
---@param x number|tensor
---@return number|tensor   of the broadcast shape of x and the parameters
function Distribution:pmf(x) return call(self, "pmf", C.MAH_PDF, x) end

--- The logarithm of the probability of x: logpdf, for distributions over integers.
---
---     print(("%.4f"):format(mah.distributions.poisson(2):logpmf(3)))   --> -1.7123
---@param x number|tensor
---@return number|tensor   of the broadcast shape of x and the parameters
function Distribution:logpmf(x) return call(self, "logpmf", C.MAH_LOGPDF, x) end

--- The inverse of cdf: quantile, under SciPy's name.
---
---     print(("%.4f"):format(mah.distributions.normal(100, 15):ppf(0.5)))   --> 100.0000
---@param p number|tensor   0 ... 1
---@return number|tensor    of the broadcast shape of p and the parameters
function Distribution:ppf(p) return call(self, "ppf", C.MAH_QUANTILE, p) end

-- -- Moments --------------------------------------------------------------------------------------

--- Of t and f: `value` where df > least, else `other`. Numbers only.
local function above(self, df, least, value, other)
  if is_tensor(df) then
    check.raise("%s: its moments want numbers as parameters, got a tensor", self.name)
  end
  return df > least and value(df) or other
end

local exp = elementwise.exp

local means = {
  normal = function(mean) return mean end,
  lognormal = function(mean, std) return exp(mean + std * std / 2) end,
  uniform = function(low, high) return (low + high) / 2 end,
  exponential = function(scale) return scale end,
  gamma = function(a, scale) return a * scale end,
  beta = function(a, b) return a / (a + b) end,
  chi2 = function(df) return df end,
  student_t = function(df, _, self)
    return above(self, df, 1, function() return 0 end, 0 / 0)
  end,
  f = function(_, dfd, self)
    return above(self, dfd, 2, function(d) return d / (d - 2) end, math.huge)
  end,
  binomial = function(n, p) return n * p end,
  poisson = function(rate) return rate end,
  geometric = function(p) return 1 / p end,
}

local variances = {
  normal = function(_, std) return std * std end,
  lognormal = function(mean, std)
    local square = std * std
    return elementwise.expm1(square) * exp(2 * mean + square)
  end,
  uniform = function(low, high) return (high - low) ^ 2 / 12 end,
  exponential = function(scale) return scale * scale end,
  gamma = function(a, scale) return a * scale * scale end,
  beta = function(a, b) return a * b / ((a + b) ^ 2 * (a + b + 1)) end,
  chi2 = function(df) return 2 * df end,
  student_t = function(df, _, self)
    local little = above(self, df, 1, function() return math.huge end, 0 / 0)
    return above(self, df, 2, function(d) return d / (d - 2) end, little)
  end,
  f = function(dfn, dfd, self)
    above(self, dfn, 0, function() return 1 end)
    return above(self, dfd, 4, function(d)
      return 2 * d ^ 2 * (dfn + d - 2) / (dfn * (d - 2) ^ 2 * (d - 4))
    end, above(self, dfd, 2, function() return math.huge end, 0 / 0))
  end,
  binomial = function(n, p) return n * p * (1 - p) end,
  poisson = function(rate) return rate end,
  geometric = function(p) return (1 - p) / (p * p) end,
}

--- The mean of the distribution; NaN or infinite where there is none.
---
---     print(mah.distributions.gamma(3, 2):mean())   --> 6
---@return number|tensor   of the parameters' shape
function Distribution:mean()
  self_of(self, "mean")
  return means[self.name](self[1], self[2], self)
end

--- The variance of the distribution; NaN or infinite where there is none.
---
---     print(mah.distributions.gamma(3, 2):variance())   --> 12
---@return number|tensor   of the parameters' shape
function Distribution:variance()
  self_of(self, "variance")
  return variances[self.name](self[1], self[2], self)
end

--- The standard deviation of the distribution: the square root of its variance.
---
---     print(mah.distributions.binomial(16, 0.5):std())   --> 2
---@return number|tensor   of the parameters' shape
function Distribution:std() return self_of(self, "std"):variance() ^ 0.5 end

-- -- Samples --------------------------------------------------------------------------------------

local sample_rules = options.declare("distribution:sample", {
  dtype = shape.dtype_rules.dtype,
  rng = { nil, "table|integer", nil, "a generator or a seed; nil: the default generator" },
})

--- The dtype of samples that are integers: one that holds them all.
local function whole(self)
  local most = self:mean() + 40 * self:std()
  if most < 2 ^ 31 then return C.MAH_INT32 end
  return most < 2 ^ 53 and C.MAH_INT64 or C.MAH_FLOAT64
end

--- Samples of the distribution: a tensor when sizes are given, else one number. Of distributions
--- over integers they are int32 unless told, or int64 or float64 where they may be too large for
--- that; else float32. The parameters must be numbers.
---
---     local d = mah.distributions.normal(100, 15)
---     print(d:sample(3, { rng = 1 }))
---     --> float32 3
---     --> {118.4186, 118.7775, 103.2485}
---     print(mah.distributions.poisson(2):sample(4, { rng = 1 }))
---     --> int32 4
---     --> {1, 2, 3, 1}
---@param ... integer|integer[]|string|{dtype: string?, rng: rng|integer|nil}
---@return tensor|number
function Distribution:sample(...)
  self_of(self, "sample")
  local o, ndim, extents, shaped = shape.read("sample", sample_rules, ...)
  if is_tensor(self[1]) or is_tensor(self[2]) then
    check.raise("%s:sample wants numbers as parameters, got a tensor", self.name)
  end
  local rng = random.generator(o.rng, "sample")
  local usual = not shaped and C.MAH_FLOAT64 or counting[self.name] and whole(self) or nil
  local t = Type.new(shape.dtype_in(o, usual), ndim, extents)
  if self.name == "normal" and t.elem <= 1 then
    rng:fill_normal(t, self[1], self[2])
  elseif self.name == "uniform" and t.elem <= 1 then
    rng:fill_uniform(t, self[1], self[2])
  else
    check.status(C.mah_fill_distribution(t, rng.core, self.number, self[1], self[2] or 0))
  end
  return shaped and t or t:item()
end

--- "normal(0, 1)"
function Distribution:__tostring()
  local list = {}
  for i = 1, 2 do list[i] = self[i] ~= nil and check.show(self[i]) or nil end
  return ("%s(%s)"):format(self.name, table.concat(list, ", "))
end

Distribution.__describe = tostring

return distributions
