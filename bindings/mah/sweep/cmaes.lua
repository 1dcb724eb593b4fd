--- CMA-ES, the evolution strategy that adapts its covariance matrix (Hansen: "The CMA evolution
--- strategy: a tutorial", arXiv:1604.00772, with the negative weights of its equations 49 to 53):
--- points are drawn from a normal distribution; each generation's best move its mean, and its shape
--- follows the steps that were good.
---
---     local cma = cmaes.new(2, {sigma0 = 0.3})
---     local x = cmaes.sample(cma, rng)               -- popsize times, then, the best first:
---     cmaes.update(cma, {x1, x2 ...}, 5)
---
--- Equation numbers are the tutorial's.
local C = require "mah.base.library"
local linalg = require "mah.tensor.linalg"
local ranking = require "mah.sweep.ranking"
local tensor = require "mah.tensor"

local cmaes = {}

local MOST_DRAWS = 100 -- for a point inside the bounds

-- -- Vectors and matrices, as lists ---------------------------------------------------------------

local function zeros(n)
  local v = {}
  for i = 1, n do v[i] = 0 end
  return v
end

local function identity(n)
  local m = {}
  for i = 1, n do
    m[i] = zeros(n)
    m[i][i] = 1
  end
  return m
end

local function apply(m, v)
  local out = {}
  for i = 1, #v do
    local sum = 0
    for j = 1, #v do sum = sum + m[i][j] * v[j] end
    out[i] = sum
  end
  return out
end

local function norm(v)
  local sum = 0
  for i = 1, #v do sum = sum + v[i] * v[i] end
  return math.sqrt(sum)
end

--- The symmetric square root of a covariance matrix, and that of its inverse.
local function roots(covariance)
  local n = #covariance
  local w, v = linalg.eigh(tensor.tensor(covariance, { dtype = "float64" }))
  w, v = w:totable(), v:totable()
  local root, inverse = identity(n), identity(n)
  for k = 1, n do w[k] = math.sqrt(math.max(w[k], 1e-14 * w[n])) end
  for i = 1, n do
    for j = 1, n do
      local a, b = 0, 0
      for k = 1, n do
        local vv = v[i][k] * v[j][k]
        a, b = a + vv * w[k], b + vv / w[k]
      end
      root[i][j], inverse[i][j] = a, b
    end
  end
  return root, inverse
end

-- -- The strategy's constants ---------------------------------------------------------------------

--- Weights by rank (49 to 53), and the mass of the positive ones and of the negative ones.
local function weights_of(n, popsize)
  local mu, w = math.floor(popsize / 2), {}
  local sums = { plus = 0, plus2 = 0, minus = 0, minus2 = 0 }
  for i = 1, popsize do
    w[i] = math.log((popsize + 1) / 2) - math.log(i)
    local side = i <= mu and "plus" or "minus"
    sums[side], sums[side .. 2] = sums[side] + w[i], sums[side .. 2] + w[i] ^ 2
  end
  local mass = sums.plus ^ 2 / sums.plus2
  local c1 = 2 / ((n + 1.3) ^ 2 + mass)
  local cmu = math.min(1 - c1 - 1e-8,
    2 * (mass - 2 + 1 / mass) / ((n + 2) ^ 2 + mass))
  local alpha = math.min(1 + c1 / cmu, 1 + 2 * (sums.minus ^ 2 / sums.minus2) / (mass + 2),
    (1 - c1 - cmu) / (n * cmu))
  local total = 0
  for i = 1, popsize do total = total + (w[i] < 0 and -w[i] or 0) end
  for i = 1, popsize do w[i] = w[i] >= 0 and w[i] / sums.plus or alpha * w[i] / total end
  return w, mu, mass, c1, cmu
end

--- A strategy at its start: in the middle of the unit cube.
---@param n integer   dimensions
---@param o {popsize: integer|nil, sigma0: number, mean: number[]|nil, least: number[]|nil}
---  least: deviations that are not gone below in each dimension, 0 where there is none
---@return table cma
function cmaes.new(n, o)
  local cma = { n = n, popsize = o.popsize or 4 + math.floor(3 * math.log(n)), sigma = o.sigma0,
    mean = {}, covariance = identity(n), p_sigma = zeros(n), p_c = zeros(n), generation = 0,
    least = o.least or zeros(n) }
  for i = 1, n do cma.mean[i] = o.mean and o.mean[i] or 0.5 end
  cma.weights, cma.mu, cma.mass, cma.c1, cma.cmu = weights_of(n, cma.popsize)
  cma.c_sigma = (cma.mass + 2) / (n + cma.mass + 5)                                     -- (55)
  cma.d_sigma = 1 + 2 * math.max(0, math.sqrt((cma.mass - 1) / (n + 1)) - 1) + cma.c_sigma
  cma.c_c = (4 + cma.mass / n) / (n + 4 + 2 * cma.mass / n)                             -- (56)
  cma.length = math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n ^ 2)) -- of a normal vector
  cma.root, cma.inverse = identity(n), identity(n)
  return cma
end

-- -- Asking ---------------------------------------------------------------------------------------

local function draw(cma, rng)
  local z, x = {}, {}
  for i = 1, cma.n do z[i] = C.mah_rng_normal(rng.core) end
  local y = apply(cma.root, z)
  for i = 1, cma.n do x[i] = cma.mean[i] + cma.sigma * y[i] end
  return x
end

local function is_inside(x)
  for i = 1, #x do
    if x[i] < 0 or x[i] > 1 then return false end
  end
  return true
end

--- A point of the unit cube.
---@param cma table
---@param rng rng
---@return number[]
function cmaes.sample(cma, rng)
  local x
  for _ = 1, MOST_DRAWS do
    x = draw(cma, rng)
    if is_inside(x) then return x end
  end
  for i = 1, #x do x[i] = math.max(0, math.min(1, x[i])) end
  return x
end

-- -- Telling --------------------------------------------------------------------------------------

--- The points as steps, (x - mean) / sigma. One that was not drawn from this generation's
--- distribution is no longer than those usually are (Hansen: "Injecting external solutions into
--- CMA-ES", arXiv:1110.4181).
local function steps_of(cma, points)
  local most = math.sqrt(cma.n) + 2 * cma.n / (cma.n + 2)
  local steps, lengths = {}, {}
  for k, x in ipairs(points) do
    local y = {}
    for i = 1, cma.n do y[i] = (x[i] - cma.mean[i]) / cma.sigma end
    local length = norm(apply(cma.inverse, y))
    if x.is_foreign and length > most then
      for i = 1, cma.n do y[i] = y[i] * most / length end
      length = most
    end
    steps[k], lengths[k] = y, length
  end
  return steps, lengths
end

--- The weights when only some of a generation's points have a value.
local function weights_for(cma, valued)
  if valued >= cma.mu then return cma.weights end
  local weights, sum = { unpack(cma.weights) }, 0
  for k = 1, valued do sum = sum + weights[k] end
  for k = 1, cma.mu do weights[k] = k <= valued and weights[k] / sum or 0 end
  return weights
end

--- The two paths (43, 45) with the mean's step; is the longer one stalled?
local function update_paths(cma, step)
  local whitened = apply(cma.inverse, step)
  local keep, take = 1 - cma.c_sigma, math.sqrt(cma.c_sigma * (2 - cma.c_sigma) * cma.mass)
  for i = 1, cma.n do cma.p_sigma[i] = keep * cma.p_sigma[i] + take * whitened[i] end
  local length = norm(cma.p_sigma)
  local is_steady = length / math.sqrt(1 - keep ^ (2 * (cma.generation + 1)))
    < (1.4 + 2 / (cma.n + 1)) * cma.length
  take = is_steady and math.sqrt(cma.c_c * (2 - cma.c_c) * cma.mass) or 0
  for i = 1, cma.n do cma.p_c[i] = (1 - cma.c_c) * cma.p_c[i] + take * step[i] end
  return length, is_steady
end

--- The covariance matrix (46, 47).
local function update_covariance(cma, steps, lengths, weights, is_steady)
  local n, scaled, sum = cma.n, {}, 0
  for k, w in ipairs(weights) do
    scaled[k] = w >= 0 and w or w * n / (lengths[k] ^ 2 + 1e-8)
    sum = sum + w
  end
  local stalled = is_steady and 0 or cma.c_c * (2 - cma.c_c)
  local keep = 1 + cma.c1 * stalled - cma.c1 - cma.cmu * sum
  for i = 1, n do
    for j = 1, i do
      local v = keep * cma.covariance[i][j] + cma.c1 * cma.p_c[i] * cma.p_c[j]
      for k, y in ipairs(steps) do v = v + cma.cmu * scaled[k] * y[i] * y[j] end
      cma.covariance[i][j], cma.covariance[j][i] = v, v
    end
  end
end

--- Whole numbers keep a deviation that reaches the next one now and then.
local function keep_least(cma)
  for i = 1, cma.n do
    local least = (cma.least[i] / cma.sigma) ^ 2
    cma.covariance[i][i] = math.max(cma.covariance[i][i], least)
  end
end

--- Learns from a generation.
---@param cma table
---@param points number[][]   popsize of them, the best first; is_foreign: it was drawn from an
---  earlier generation's distribution
---@param valued integer      how many have a value; those that have none come last
function cmaes.update(cma, points, valued)
  cma.generation = cma.generation + 1
  if valued == 0 then return end
  local steps, lengths = steps_of(cma, points)
  local weights, step = weights_for(cma, valued), zeros(cma.n)
  for k = 1, cma.mu do
    for i = 1, cma.n do step[i] = step[i] + weights[k] * steps[k][i] end
  end
  for i = 1, cma.n do cma.mean[i] = cma.mean[i] + cma.sigma * step[i] end               -- (42)
  local length, is_steady = update_paths(cma, step)
  update_covariance(cma, steps, lengths, weights, is_steady)
  local factor = cma.c_sigma / cma.d_sigma * (length / cma.length - 1)                  -- (44)
  cma.sigma = cma.sigma * math.exp(math.min(1, factor))
  keep_least(cma)
  cma.root, cma.inverse = roots(cma.covariance)
end

-- -- A search -------------------------------------------------------------------------------------

--- Where a trial is in the unit cube; the mean's coordinate where a parameter is missing.
local function point_of(trial, dimensions, cma)
  local x = {}
  for d, dimension in ipairs(dimensions) do
    local low, high = dimension.distribution:interval()
    local place = dimension.distribution:place(trial.params[dimension.name])
    x[d] = place and (place - low) / (high - low) or cma.mean[d]
  end
  return x
end

--- Takes in the next generation of finished trials.
local function learn(cma, finished, dimensions, parallel)
  local from, trials, points = cma.generation * cma.popsize, {}, {}
  for k = 1, cma.popsize do trials[k] = finished[from + k] end
  local valued = 0
  for place, k in ipairs(ranking.order(trials)) do
    points[place] = point_of(trials[k], dimensions, cma)
    local known = trials[k].known or from + k - parallel -- results that it was proposed from
    points[place].is_foreign = math.floor(known / cma.popsize) < cma.generation
    if trials[k].cost or trials[k].violation then valued = valued + 1 end
  end
  cmaes.update(cma, points, valued)
end

--- What a trial's parameters are, of those that the strategy has: a function (finished, rng), to be
--- called with no fewer finished trials than before, or it begins anew.
---@param dimensions {name: string, distribution: distribution}[]
---@param o {popsize: integer|nil, sigma0: number, parallel: integer, mean: number[],
---  least: number[]}
---@return fun(finished: table[], rng: rng): table<string, number>
function cmaes.strategy(dimensions, o)
  local cma = cmaes.new(#dimensions, o)
  return function(finished, rng)
    local generations = math.floor(#finished / cma.popsize)
    if generations < cma.generation then cma = cmaes.new(#dimensions, o) end
    while cma.generation < generations do learn(cma, finished, dimensions, o.parallel) end
    local values = {}
    for d, place in ipairs(cmaes.sample(cma, rng)) do
      local distribution = dimensions[d].distribution
      local low, high = distribution:interval()
      values[dimensions[d].name] = distribution:value(low + place * (high - low))
    end
    return values
  end
end

return cmaes
