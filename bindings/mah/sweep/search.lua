--- What is tried when it is not everything: distributions of parameters, and searches over them.
---
---     local search = mah.search
---     local study = mah.sweep{
---       name = "a space", store = "runs.db",
---       space = {lr = search.log_uniform(1e-4, 1), hidden = {{50}, {100}}},
---       search = search.random{trials = 4, seed = 1},
---       trial = function(p) return p.lr * p.hidden[1] end,
---     }
---     study:run{jobs = 1, quiet = true}
---     print(#study:results())  --> 4
---
--- A search has `trials`, a number, and start(space), which returns a function (i, finished,
--- attempt) that gives the parameters of trial i, as another attempt where the first ones were
--- tried before. `parallel` says that trial i is proposed from the results of the trials 1 ... i -
--- parallel, so that at most so many run at once, and what is proposed does not depend on how many
--- do; nil: trials do not depend on results. `several`: it can judge several results.
---
--- `finished` is a list of {params =, cost =}; small costs are good, and a trial without a result
--- has none. Where several results are judged it is costs, a list; and violation, where there are
--- constraints, says how much the trial breaks them (0: not at all).
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local cmaes = require "mah.sweep.cmaes"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local sobol = require "mah.sweep.sobol"
local space = require "mah.sweep.space"
local tpe = require "mah.sweep.tpe"

--- What chooses trials of a space; one of one's own is such a table.
---@class search
---@field name string|nil what messages call it
---@field trials integer how many trials there are
---@field parallel integer|nil trial i is proposed from the results of the trials 1 ... i -
---  parallel; nil: trials do not depend on results
---@field several boolean|nil can it judge several results?
---@field start fun(space: table|function): function gives the function (i, finished, attempt) that
---  proposes the parameters of trial i

local search = {
  uniform = space.uniform, log_uniform = space.log_uniform, integer = space.integer,
  log_integer = space.log_integer, choice = space.choice,
}

local rules = options.declare("mah.search.random mah.search.sobol", {
  trials = { options.required, "integer", "[1, 1e6]", "how many trials there are" },
  seed = { 0, "integer", "[0, 4294967295]", "seed of the draws" },
})

--- A generator for each trial, whatever the others have drawn.
local function generator(seed, i, attempt)
  return random.rng(seed, "philox", i + 2 ^ 24 * (attempt - 1))
end

-- -- Random ---------------------------------------------------------------------------------------

local function propose_random(given, seed, i, attempt)
  local rng = generator(seed, i, attempt)
  return space.walk(given, function(_, distribution) return distribution:at(rng:random()) end)
end

--- Independent random trials.
---
---     local study = mah.sweep{name = "at random", store = "runs.db",
---       space = {a = mah.search.uniform(0, 1)}, search = mah.search.random{trials = 4, seed = 1},
---       trial = function(p) return p.a end}
---     study:run{jobs = 1, quiet = true}
---     print(#study:results(), study:best().params.a <= 1)  --> 4 true
---@param given {trials: integer, seed: integer?}
---@return search
function search.random(given)
  local o = options(given, rules, "mah.search.random")
  return { name = "random", trials = o.trials, start = function(where)
    return function(i, _, attempt) return propose_random(where, o.seed, i, attempt) end
  end }
end

-- -- Sobol ----------------------------------------------------------------------------------------

--- A shift of 32 bits for each dimension.
local function shift_of(seed, dimension) return random.rng(seed, "philox", dimension):u32() end

--- Trials that fill the space evenly, by Sobol's sequence with a random shift; at most 21
--- parameters.
---
---     local study = mah.sweep{name = "evenly", store = "runs.db",
---       space = {a = mah.search.uniform(0, 1)}, search = mah.search.sobol{trials = 4, seed = 1},
---       trial = function(p) return p.a end}
---     study:run{jobs = 1, quiet = true}
---     local quarters = {}
---     for _, row in ipairs(study:results()) do
---       quarters[math.floor(row.params.a * 4) + 1] = true
---     end
---     print(#quarters)  --> 4
---@param given {trials: integer, seed: integer?}
---@return search
function search.sobol(given)
  local o = options(given, rules, "mah.search.sobol")
  return { name = "sobol", trials = o.trials, start = function(where)
    local dimensions, count = {}, 0
    return function(i, _, attempt)
      return space.walk(where, function(name, distribution)
        if not dimensions[name] then
          count = count + 1
          check.that(count <= sobol.MOST, "mah.search.sobol: more than %d parameters", sobol.MOST)
          dimensions[name] = { number = count, shift = shift_of(o.seed, count) }
        end
        local d = dimensions[name]
        return distribution:at(sobol.number(i + (attempt - 1) * o.trials, d.number, d.shift))
      end)
    end
  end }
end

-- -- TPE ------------------------------------------------------------------------------------------

local tpe_rules = options.declare("mah.search.tpe", {
  trials = rules.trials, seed = rules.seed,
  startup = { 10, "integer", "[1, inf)", "random trials before the first that learns" },
  parallel = { 4, "integer", "[1, 1024]",
    "trial i knows the results of the trials 1 ... i - parallel; so many may run at once" },
  gamma = { 0.15, "number", "(0, 1)", "the share of the trials that counts as good" },
  multivariate = { false, "boolean", nil, "one density for all parameters together (Falkner, "
    .. "Klein, Hutter 2018) instead of one for each, so that what is good in combination is found; "
    .. "those that only some trials have keep one each" },
})

local function texts_of(params)
  local texts = {}
  for name, value in pairs(params) do texts[name] = canonical.encode(value) end
  return texts
end

--- Trials where the earlier ones were good (the tree-structured Parzen estimator, Bergstra and
--- others 2011), after `startup` random ones.
---
--- Of several results the good trials are those of the first Pareto fronts, and of the last of them
--- those that dominate most (Ozaki and others: "Multiobjective tree-structured Parzen estimator",
--- 2022). Trials that break constraints are the worst.
---
---     local search = mah.search
---     local study = mah.sweep{name = "tpe", store = "runs.db",
---       space = {lr = search.log_uniform(1e-4, 1), width = search.integer(8, 64)},
---       search = search.tpe{trials = 15, multivariate = true, seed = 1},
---       trial = function(p) return {test = -math.log(p.lr * p.width) ^ 2} end}
---     study:run{jobs = 1, quiet = true}
---     print(#study:results(), study:best().result.test > -5)  --> 15 true
---@param given {trials: integer, seed: integer?, startup: integer?, parallel: integer?,
---  gamma: number?, multivariate: boolean?}
---@return search
function search.tpe(given)
  local o = options(given, tpe_rules, "mah.search.tpe")
  return { name = "tpe", trials = o.trials, parallel = o.parallel, several = true,
    start = function(where)
      local settings = { gamma = o.gamma }
      return function(i, finished, attempt)
        if #finished < o.startup then return propose_random(where, o.seed, i, attempt) end
        for _, trial in ipairs(finished) do trial.texts = trial.texts or texts_of(trial.params) end
        if o.multivariate and not settings.dimensions then
          settings.dimensions = tpe.dimensions(where, generator(o.seed, 0, 1), canonical.encode)
        end
        return tpe.propose(where, finished, generator(o.seed, i, attempt), settings,
          canonical.encode)
      end
    end }
end

-- -- CMA-ES ---------------------------------------------------------------------------------------

local cmaes_rules = options.declare("mah.search.cmaes", {
  trials = rules.trials, seed = rules.seed,
  popsize = { nil, "integer", "[4, 1e4]", "trials of a generation; nil: 4 + 3 ln n for n numbers" },
  sigma0 = { 1 / 6, "number", "(0, 1]", "the first standard deviation, as a share of each range" },
  x0 = { nil, "table", nil,
    "where it starts, {name = value}; what is not named starts in the middle" },
  parallel = { 4, "integer", "[1, 1024]",
    "trial i knows the results of the trials 1 ... i - parallel; so many may run at once" },
})

--- The numbers that every trial has, and of each where it starts and how far it reaches at least.
local function numeric_dimensions(where, o)
  local list, mean, least = {}, {}, {}
  for _, dimension in ipairs(space.always(where, generator(o.seed, 0, 1))) do
    local d = dimension.distribution
    if not d.values then
      local low, high = d:interval()
      local at = o.x0 and o.x0[dimension.name]
      local place = at ~= nil and d:place(at) or (at == nil and (low + high) / 2)
      check.that(place, "mah.search.cmaes: x0: %s must be a number in %g ... %g; got %s",
        dimension.name, d.low, d.high, check.show(at))
      local step = not d.integer and 0 or d.log and math.log((d.high + 0.5) / (d.high - 0.5)) or 1
      list[#list + 1] = dimension
      mean[#list], least[#list] = (place - low) / (high - low), 0.3 * step / (high - low)
    end
  end
  return list, mean, least
end

local function check_names(given, dimensions)
  local known = {}
  for _, dimension in ipairs(dimensions) do known[dimension.name] = true end
  for name in pairs(given or {}) do
    check.that(known[name], "mah.search.cmaes: x0: '%s' is no number that every trial has",
      tostring(name))
  end
end

--- The evolution strategy with covariance matrix adaptation (Hansen, arXiv:1604.00772), for
--- numbers: good where they depend on one another and some hundreds of trials can be paid for.
--- Numbers on a logarithmic scale are searched there, whole ones are rounded. Choices, and numbers
--- that only some trials have, are drawn at random, independently, as Optuna does: where choices
--- matter, tpe is better. A space without numbers is an error. With parallel > 1 a generation's
--- first trials are drawn as those of the one before.
---
---     local search = mah.search
---     local study = mah.sweep{name = "cmaes", store = "runs.db", goal = "min",
---       space = {x = search.uniform(-5, 5), y = search.uniform(-5, 5)},
---       search = search.cmaes{trials = 24, seed = 1},
---       trial = function(p) return (1 - p.x) ^ 2 + (p.y - p.x) ^ 2 end}
---     study:run{jobs = 1, quiet = true}
---     print(#study:results(), study:best().result.value < 5)  --> 24 true
---@param given {trials: integer, seed: integer?, popsize: integer?, sigma0: number?, x0: table?,
---  parallel: integer?}
---@return search
function search.cmaes(given)
  local o = options(given, cmaes_rules, "mah.search.cmaes")
  return { name = "cmaes", trials = o.trials, parallel = o.parallel, start = function(where)
    local dimensions, mean, least = numeric_dimensions(where, o)
    check.that(#dimensions > 0, "mah.search.cmaes: the space has no number that every trial has; "
      .. "use mah.search.tpe or random")
    check_names(o.x0, dimensions)
    local strategy = cmaes.strategy(dimensions, { popsize = o.popsize, sigma0 = o.sigma0,
      parallel = o.parallel, mean = mean, least = least })
    return function(i, finished, attempt)
      local rng = generator(o.seed, i, attempt)
      local values = strategy(finished, rng)
      return space.walk(where, function(name, distribution)
        if values[name] ~= nil then return values[name] end
        return distribution:at(rng:random())
      end)
    end
  end }
end

return search
