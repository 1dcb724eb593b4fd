--- The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio, Kegl: "Algorithms for
--- hyper-parameter optimization", NIPS 2011): the trials so far are divided into a few good ones
--- and the rest; each parameter gets the value, among some drawn where the good ones are, at which
--- the density of the good ones is highest compared with that of the rest.
---
--- Multivariate, the densities are joint ones of the parameters that every trial has, so that what
--- is good together is found together (see mah.sweep.parzen).
local parzen = require "mah.sweep.parzen"
local ranking = require "mah.sweep.ranking"
local space = require "mah.sweep.space"

local tpe = {}

local CANDIDATES = 24
local MOST_GOOD = 25

-- -- Densities of numbers -------------------------------------------------------------------------

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
    local mass = parzen.mass(center, sigma, low, high)
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
  return parzen.draw(part.center, part.sigma, low, high, rng)
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

local function best_choice(name, distribution, good, rest, rng, text_of)
  local texts = {}
  for i, value in ipairs(distribution.values) do texts[i] = text_of(value) end
  local of_good, of_rest = shares(good, name, texts), shares(rest, name, texts)
  local best
  for _ = 1, CANDIDATES do
    local i = parzen.draw_one(of_good, rng)
    if not best or of_good[i] / of_rest[i] > of_good[best] / of_rest[best] then best = i end
  end
  return distribution.values[best]
end

-- -- Together -------------------------------------------------------------------------------------

--- Where a trial is, in the parameters that all have; nil when one of them is elsewhere (of an
--- earlier space).
local function point_of(trial, dimensions)
  local point = {}
  for d, dimension in ipairs(dimensions) do
    if dimension.texts then
      point[d] = dimension.places[trial.texts[dimension.name]]
    else
      point[d] = dimension.distribution:place(trial.params[dimension.name])
    end
    if not point[d] then return nil end
  end
  return point
end

local function joint_density(trials, dimensions)
  local points = {}
  for _, trial in ipairs(trials) do points[#points + 1] = point_of(trial, dimensions) end
  return parzen.joint(dimensions, points)
end

--- Values of these parameters, by name.
local function best_point(dimensions, good, rest, rng)
  local of_good, of_rest = joint_density(good, dimensions), joint_density(rest, dimensions)
  local best, most
  for _ = 1, CANDIDATES do
    local point = parzen.sample(of_good, rng)
    local ratio = parzen.log_density(of_good, point) - parzen.log_density(of_rest, point)
    if not best or ratio > most then best, most = point, ratio end
  end
  local values = {}
  for d, dimension in ipairs(dimensions) do
    local distribution = dimension.distribution
    if distribution.values then
      values[dimension.name] = distribution.values[best[d]]
    else
      values[dimension.name] = distribution:value(best[d])
    end
  end
  return values
end

--- The parameters that have a joint density: all that every trial has.
---@param given table|function   the space
---@param rng rng
---@param text_of fun(value): string
---@return table[] dimensions
function tpe.dimensions(given, rng, text_of)
  local list = space.always(given, rng)
  for _, dimension in ipairs(list) do
    if dimension.distribution.values then
      dimension.texts, dimension.places = {}, {}
      for i, value in ipairs(dimension.distribution.values) do
        dimension.texts[i] = text_of(value)
        dimension.places[dimension.texts[i]] = i
      end
    end
  end
  return list
end

-- -- The next trial -------------------------------------------------------------------------------

--- Parameters that promise to be good.
---@param given table|function   the space
---@param trials table[]    finished ones: params, texts (canonical), cost (small is good), or
---  costs; violation (see mah.sweep.ranking)
---@param rng rng
---@param settings {gamma: number, dimensions: table[]|nil}   dimensions: those with a joint density
---@param text_of fun(value): string
---@return table params
function tpe.propose(given, trials, rng, settings, text_of)
  local count = math.min(math.ceil(settings.gamma * #trials), MOST_GOOD)
  local good, rest = ranking.divide(trials, count)
  local together = settings.dimensions and best_point(settings.dimensions, good, rest, rng) or {}
  return space.walk(given, function(name, distribution)
    if together[name] ~= nil then return together[name] end
    if distribution.values then
      return best_choice(name, distribution, good, rest, rng, text_of)
    end
    return best_number(name, distribution, good, rest, rng)
  end)
end

return tpe
