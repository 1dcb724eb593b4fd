--- Piecewise linear functions, as numpy.interp.
---
---     interpolate(2.5, { 1, 2, 3 }, { 0, 10, 30 })      --> 20
--- The greatest i with knots[i] <= x, by bisection; knots ascend, and knots[1] <= x.
local function place(x, knots, n)
  local low, high = 1, n
  while high > low do
    local middle = math.floor((low + high + 1) / 2)
    if knots[middle] <= x then low = middle else high = middle - 1 end
  end
  return low
end

--- The value at x of the line through (knots[i], values[i]); the outer values beyond the ends.
---@param x number
---@param knots number[]   ascending; from 1
---@param values number[]
---@param n integer|nil   how many
---@return number
return function(x, knots, values, n)
  n = n or #knots
  if x ~= x then return x end
  if x > knots[n] then return values[n] end
  if x < knots[1] then return values[1] end
  local i = place(x, knots, n)
  if i == n or knots[i] == x then return values[i] end
  local slope = (values[i + 1] - values[i]) / (knots[i + 1] - knots[i])
  return slope * (x - knots[i]) + values[i]
end
