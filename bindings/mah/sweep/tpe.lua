--- The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio, Kegl: "Algorithms for
--- hyper-parameter optimization", NIPS 2011): the trials so far are divided into a few good ones
--- and the rest; each parameter gets the value, among some drawn where the good ones are, at which
--- the density of the good ones is highest compared with that of the rest.
local C = require "mah.base.library"
local space = require "mah.sweep.space"

local tpe = {}

local CANDIDATES = 24
local MOST_GOOD = 25

-- -- Densities of numbers -------------------------------------------------------------------------

--- The normal distribution function, by Abramowitz and Stegun, 7.1.26: to 1e-7.
local function normal_cdf(z)
  local x = math.abs(z) / math.sqrt(2)
  local t = 1 / (1 + 0.3275911 * x)
  local series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t
    + 0.254829592) * t
  local upper = 0.5 * series * math.exp(-x * x)
  return z > 0 and 1 - upper or upper
end

--- A mixture of normal distributions cut off at the interval's ends: one around each place, as wide
--- as the gap to its neighbours, and one over the whole interval.
local function mixture_of(places, low, high)
  local width = high - low
  local centers = { (low + high) / 2 }
  for i, place in ipairs(places) do centers[i + 1] = place end
  table.sort(centers)
  local narrowest = width / math.min(100, 1 + #centers)
  local parts, prior_done = {}, false
  for i, center in ipairs(centers) do
    local gap = math.max(center - (centers[i - 1] or low), (centers[i + 1] or high) - center)
    local sigma = math.max(narrowest, math.min(width, gap))
    if center == (low + high) / 2 and not prior_done then sigma, prior_done = width, true end
    local mass = normal_cdf((high - center) / sigma) - normal_cdf((low - center) / sigma)
    parts[i] = { center = center, sigma = sigma, scale = 1 / (#centers * sigma * mass) }
  end
  return parts
end

local function density(parts, place)
  local sum = 0
  for _, part in ipairs(parts) do
    local z = (place - part.center) / part.sigma
    sum = sum + part.scale * math.exp(-0.5 * z * z)
  end
  return sum
end

local function draw(parts, low, high, rng)
  local part = parts[math.floor(rng:random() * #parts) + 1]
  for _ = 1, 100 do
    local place = part.center + part.sigma * C.mah_rng_normal(rng.core)
    if place >= low and place <= high then return place end
  end
  return low + (high - low) * rng:random()
end

local function places_of(trials, name, distribution)
  local places = {}
  for _, trial in ipairs(trials) do
    local v = trial.params[name]
    if type(v) == "number" then places[#places + 1] = distribution.log and math.log(v) or v end
  end
  return places
end

local function best_number(name, distribution, good, rest, rng)
  local low, high = distribution:interval()
  local of_good = mixture_of(places_of(good, name, distribution), low, high)
  local of_rest = mixture_of(places_of(rest, name, distribution), low, high)
  local best, best_ratio
  for _ = 1, CANDIDATES do
    local place = draw(of_good, low, high, rng)
    local ratio = density(of_good, place) / (density(of_rest, place) + 1e-300)
    if not best or ratio > best_ratio then best, best_ratio = place, ratio end
  end
  return distribution:value(best)
end

-- -- Densities of choices -------------------------------------------------------------------------

--- How often each of the values was taken, and one time shared by all; as shares.
local function shares(trials, name, texts)
  local counts, total = {}, 1
  for i = 1, #texts do counts[i] = 1 / #texts end
  for _, trial in ipairs(trials) do
    for i, text in ipairs(texts) do
      if trial.texts[name] == text then counts[i], total = counts[i] + 1, total + 1 end
    end
  end
  for i = 1, #texts do counts[i] = counts[i] / total end
  return counts
end

local function draw_one(weights, rng)
  local u = rng:random()
  for i, weight in ipairs(weights) do
    u = u - weight
    if u < 0 then return i end
  end
  return #weights
end

local function best_choice(name, distribution, good, rest, rng, text_of)
  local texts = {}
  for i, value in ipairs(distribution.values) do texts[i] = text_of(value) end
  local of_good, of_rest = shares(good, name, texts), shares(rest, name, texts)
  local best
  for _ = 1, CANDIDATES do
    local i = draw_one(of_good, rng)
    if not best or of_good[i] / of_rest[i] > of_good[best] / of_rest[best] then best = i end
  end
  return distribution.values[best]
end

-- -- The next trial -------------------------------------------------------------------------------

--- The few best trials and the rest. Trials without a value are among the rest.
local function divide(trials, gamma)
  local sorted = {}
  for i, trial in ipairs(trials) do
    sorted[i] = { trial = trial, cost = trial.cost or math.huge, place = i }
  end
  table.sort(sorted, function(a, b)
    if a.cost ~= b.cost then return a.cost < b.cost end
    return a.place < b.place
  end)
  local count = math.min(math.ceil(gamma * #sorted), MOST_GOOD)
  local good, rest = {}, {}
  for i, entry in ipairs(sorted) do
    local list = i <= count and good or rest
    list[#list + 1] = entry.trial
  end
  return good, rest
end

--- Parameters that promise to be good.
---@param given table|function   the space
---@param trials table[]    finished ones: params, texts (canonical), cost (small is good)
---@param rng rng
---@param settings {gamma: number}
---@param text_of fun(value): string
---@return table params
function tpe.propose(given, trials, rng, settings, text_of)
  local good, rest = divide(trials, settings.gamma)
  return space.walk(given, function(name, distribution)
    if distribution.values then
      return best_choice(name, distribution, good, rest, rng, text_of)
    end
    return best_number(name, distribution, good, rest, rng)
  end)
end

return tpe
