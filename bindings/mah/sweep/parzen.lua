--- Densities from examples: normal distributions around them, cut off at an interval's ends. The
--- joint density of several parameters is a mixture with a product of these for each example
--- (Falkner, Klein, Hutter: "BOHB: robust and efficient hyperparameter optimization at scale", ICML
--- 2018), and one over all that there may be; widths, and what is added to a choice's counts, are
--- Optuna's.
local C = require "mah.base.library"

local parzen = {}

-- -- One number, one choice -----------------------------------------------------------------------

--- The normal distribution function, by Abramowitz and Stegun, 7.1.26: to 1e-7.
local function normal_cdf(z)
  local x = math.abs(z) / math.sqrt(2)
  local t = 1 / (1 + 0.3275911 * x)
  local series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t
    + 0.254829592) * t
  local upper = 0.5 * series * math.exp(-x * x)
  return z > 0 and 1 - upper or upper
end

--- The share of a normal distribution that is in the interval.
function parzen.mass(center, sigma, low, high)
  return normal_cdf((high - center) / sigma) - normal_cdf((low - center) / sigma)
end

--- A normal number in the interval.
function parzen.draw(center, sigma, low, high, rng)
  for _ = 1, 100 do
    local place = center + sigma * C.mah_rng_normal(rng.core)
    if place >= low and place <= high then return place end
  end
  return low + (high - low) * rng:random()
end

--- One of the places 1 ... n, by their weights, whose sum is 1.
function parzen.draw_one(weights, rng)
  local u = rng:random()
  for i, weight in ipairs(weights) do
    u = u - weight
    if u < 0 then return i end
  end
  return #weights
end

-- -- Several parameters together ------------------------------------------------------------------

--- The kernel of an example of one parameter; the one over everything where there is none.
local function number_kernel(dimension, count, several, place)
  local low, high = dimension.distribution:interval()
  local width, kernel = high - low, { low = low, high = high }
  if place then
    local narrowest = width / math.min(100, 1 + count)
    kernel.center = place
    kernel.sigma = math.max(narrowest, 0.2 * count ^ (-1 / (several + 4)) * width)
  else
    kernel.center, kernel.sigma = (low + high) / 2, width
  end
  kernel.log_scale = -math.log(kernel.sigma * parzen.mass(kernel.center, kernel.sigma, low, high))
  return kernel
end

local function choice_kernel(dimension, count, place)
  local n, weights = #dimension.distribution.values, {}
  for i = 1, n do weights[i] = 1 / (count + 1) end
  if place then weights[place] = weights[place] + 1 end
  local total = n / (count + 1) + (place and 1 or 0)
  for i = 1, n do weights[i] = weights[i] / total end
  return { weights = weights }
end

--- A joint density.
---@param dimensions {distribution: distribution}[]
---@param examples number[][]   places in the intervals, and of choices their numbers
---@return table[][] components
function parzen.joint(dimensions, examples)
  local components, count = {}, #examples
  for k = 1, count + 1 do
    local component, example = {}, examples[k] or {}
    for d, dimension in ipairs(dimensions) do
      component[d] = dimension.distribution.values
        and choice_kernel(dimension, count, example[d])
        or number_kernel(dimension, count, #dimensions, example[d])
    end
    components[k] = component
  end
  return components
end

--- A point of the density.
---@return number[] places
function parzen.sample(components, rng)
  local component, point = components[math.floor(rng:random() * #components) + 1], {}
  for d, kernel in ipairs(component) do
    point[d] = kernel.weights and parzen.draw_one(kernel.weights, rng)
      or parzen.draw(kernel.center, kernel.sigma, kernel.low, kernel.high, rng)
  end
  return point
end

local function log_kernel(kernel, place)
  if kernel.weights then return math.log(kernel.weights[place]) end
  local z = (place - kernel.center) / kernel.sigma
  return kernel.log_scale - 0.5 * z * z
end

--- The logarithm of the density at a point, up to a constant.
---@return number
function parzen.log_density(components, point)
  local logs, most = {}, -math.huge
  for k, component in ipairs(components) do
    local sum = 0
    for d, kernel in ipairs(component) do sum = sum + log_kernel(kernel, point[d]) end
    logs[k], most = sum, math.max(most, sum)
  end
  local total = 0
  for _, v in ipairs(logs) do total = total + math.exp(v - most) end
  return most + math.log(total / #components)
end

return parzen
