--- The special functions that tests and intervals need: tails of the normal, chi-squared, Student's
--- t and the binomial distribution.
---
---     special.student_tails(2.5, 9)          --> 0.0338...
local ffi = require "ffi"
local foreign = require "mah.base.foreign"

foreign.declare [[
double erfc(double);
double lgamma(double);
]]
local C = ffi.C

local special = {}

-- -- The normal distribution ----------------------------------------------------------------------

--- P(Z > z).
---@param z number
---@return number
function special.normal_tail(z) return 0.5 * C.mah_erfc(z / math.sqrt(2)) end

--- The z with P(Z > z) = p: Newton's method on log P, which is concave, so that it comes from above
--- without a turn.
---@param p number   in (0, 0.5]
---@return number
function special.normal_quantile(p)
  if p == 0.5 then return 0 end
  local z = math.sqrt(-2 * math.log(p))
  for _ = 1, 60 do
    local tail = special.normal_tail(z)
    local density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    local step = math.log(tail / p) * tail / density
    z = z + step
    if math.abs(step) <= 1e-16 * math.abs(z) then break end
  end
  return z
end

--- P(X > x) of chi-squared with one degree of freedom.
---@param x number
---@return number
function special.chi2_tail(x) return C.mah_erfc(math.sqrt(x / 2)) end

-- -- The incomplete beta function -----------------------------------------------------------------

--- log gamma(x) minus Stirling's (x - 1/2) log x - x + log(2 pi) / 2.
local function stirling_rest(x)
  if x < 16 then
    return C.mah_lgamma(x) - ((x - 0.5) * math.log(x) - x + 0.5 * math.log(2 * math.pi))
  end
  local y = 1 / (x * x) -- DLMF 5.11.1
  return (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y / 1188)))) / x
end

--- x^a (1 - x)^b / B(a, b). The large terms of log B cancel before they are computed.
local function power_term(a, b, x)
  local n = a + b
  local exponent = a * math.log(n * x / a) + b * math.log(n * (1 - x) / b)
  local rest = stirling_rest(n) - stirling_rest(a) - stirling_rest(b)
  return math.sqrt(a * b / (2 * math.pi * n)) * math.exp(exponent + rest)
end

local function not_zero(v) return math.abs(v) < 1e-300 and 1e-300 or v end

--- The continued fraction DLMF 8.17.22, by Lentz's algorithm.
local function fraction(a, b, x)
  local c, d = 1, 1 / not_zero(1 - (a + b) * x / (a + 1))
  local f = d
  for m = 1, 10000 do
    for odd = 0, 1 do
      local t
      if odd == 0 then
        t = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      else
        t = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      end
      d, c = 1 / not_zero(1 + t * d), not_zero(1 + t / c)
      f = f * d * c
    end
    if math.abs(d * c - 1) < 1e-16 then break end
  end
  return f
end

--- The regularised incomplete beta function I_x(a, b), DLMF 8.17.
---@param a number   > 0
---@param b number   > 0
---@param x number   in [0, 1]
---@return number
function special.beta_inc(a, b, x)
  if x <= 0 or x >= 1 then return x <= 0 and 0 or 1 end
  if x > (a + 1) / (a + b + 2) then return 1 - special.beta_inc(b, a, 1 - x) end
  return power_term(a, b, x) * fraction(a, b, x) / a
end

--- P(|T| > |t|) of Student's t with `df` degrees of freedom.
---@param t number
---@param df number
---@return number
function special.student_tails(t, df)
  if t ~= t then return t end
  return special.beta_inc(df / 2, 0.5, df / (df + t * t))
end

--- The t with P(|T| > t) = p: bisection.
---@param p number   in (0, 1)
---@param df number
---@return number
function special.student_quantile(p, df)
  local low, high = 0, 1
  while special.student_tails(high, df) > p do high = high * 2 end
  for _ = 1, 200 do
    local middle = (low + high) / 2
    if middle == low or middle == high then break end
    if special.student_tails(middle, df) > p then low = middle else high = middle end
  end
  return (low + high) / 2
end

--- P(X <= k) of n fair coins.
---@param k integer   0 ... n
---@param n integer
---@return number
function special.coins(k, n)
  if k >= n then return 1 end
  return special.beta_inc(n - k, k + 1, 0.5)
end

return special
