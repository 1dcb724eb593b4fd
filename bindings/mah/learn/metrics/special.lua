--- What tests and intervals need of the core's distributions.
---
---     special.student_tails(2.5, 9)          --> 0.0338...
local C = require "mah.base.library"

local special = {}

--- P(Z > z) of the standard normal distribution.
---@param z number
---@return number
function special.normal_tail(z)
  return C.mah_distribution_at(C.MAH_DISTRIBUTION_normal, C.MAH_SF, z, 0, 1)
end

--- The z with P(Z > z) = p.
---@param p number   in (0, 1)
---@return number
function special.normal_quantile(p)
  return C.mah_distribution_at(C.MAH_DISTRIBUTION_normal, C.MAH_ISF, p, 0, 1)
end

--- P(X > x) of chi-squared with one degree of freedom.
---@param x number
---@return number
function special.chi2_tail(x)
  return C.mah_distribution_at(C.MAH_DISTRIBUTION_chi2, C.MAH_SF, x, 1, 0)
end

--- P(|T| > |t|) of Student's t with `df` degrees of freedom.
---@param t number
---@param df number
---@return number
function special.student_tails(t, df)
  return 2 * C.mah_distribution_at(C.MAH_DISTRIBUTION_student_t, C.MAH_SF, math.abs(t), df, 0)
end

--- The t with P(|T| > t) = p.
---@param p number   in (0, 1)
---@param df number
---@return number
function special.student_quantile(p, df)
  return C.mah_distribution_at(C.MAH_DISTRIBUTION_student_t, C.MAH_ISF, p / 2, df, 0)
end

--- P(X <= k) of n fair coins.
---@param k integer   0 ... n
---@param n integer
---@return number
function special.coins(k, n)
  return C.mah_distribution_at(C.MAH_DISTRIBUTION_binomial, C.MAH_CDF, k, n, 0.5)
end

return special
