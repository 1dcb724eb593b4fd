--- The normal distribution's cumulative probability and its inverse.
---
---     normal.cdf(1.96)      --> 0.9750021048517795      normal.ppf(0.975)
local C = require "mah.base.library"

local normal = {}

---@param x number
---@return number   in 0 ... 1
function normal.cdf(x)
  return C.mah_distribution_at(C.MAH_DISTRIBUTION_normal, C.MAH_CDF, x, 0, 1)
end

--- The x with cdf(x) = p; -inf and inf for 0 and 1.
---@param p number   in 0 ... 1
---@return number
function normal.ppf(p)
  return C.mah_distribution_at(C.MAH_DISTRIBUTION_normal, C.MAH_QUANTILE, p, 0, 1)
end

return normal
