--- The normal distribution's cumulative probability and its inverse.
---
---     normal.cdf(1.96)      --> 0.9750021048517795      normal.ppf(0.975)
local ffi = require "ffi"

ffi.cdef "double erfc(double x);" -- of the C library

local normal = {}

---@param x number
---@return number   in 0 ... 1
function normal.cdf(x) return 0.5 * ffi.C.erfc(-x * math.sqrt(0.5)) end

local function density(x) return math.exp(-x * x / 2) / math.sqrt(2 * math.pi) end

--- Abramowitz and Stegun, 26.2.23: within 4.5e-4, for p <= 1/2.
local function first_guess(p)
  local t = math.sqrt(-2 * math.log(p))
  return (2.515517 + 0.802853 * t + 0.010328 * t * t)
    / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ^ 3) - t
end

--- The x with cdf(x) = p; -inf and inf for 0 and 1. Halley's steps double the digits and more.
---@param p number   in 0 ... 1
---@return number
function normal.ppf(p)
  if not (p > 0 and p < 1) then
    return p == 0 and -math.huge or p == 1 and math.huge or 0 / 0
  end
  if p > 0.5 then return -normal.ppf(1 - p) end
  local x = first_guess(p)
  for _ = 1, 3 do
    local step = (normal.cdf(x) - p) / density(x)
    x = x - step / (1 + x * step / 2)
  end
  return x
end

return normal
