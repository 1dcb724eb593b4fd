--- What is tried when it is not everything: distributions of parameters, and searches over them.
---
---     local search = require("mah").search
---     mah.sweep{
---       space = {lr = search.log_uniform(1e-4, 1), hidden = {{50}, {100}}},
---       search = search.tpe{trials = 50}, ...
---     }
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
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local sobol = require "mah.sweep.sobol"
local space = require "mah.sweep.space"
local tpe = require "mah.sweep.tpe"

local search = {
  uniform = space.uniform, log_uniform = space.log_uniform, integer = space.integer,
  log_integer = space.log_integer, choice = space.choice,
}

local rules = options.declare("mah.search.random mah.search.sobol", {
  trials = { options.required, "integer", "[1, 1e6]" }, seed = { 0, "integer", "[0, 4294967295]" },
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
---@param given {trials: integer, seed: integer?}
function search.random(given)
  local o = options(given, rules, "mah.search.random")
  return { name = "random", trials = o.trials, start = function(where)
    return function(i, _, attempt) return propose_random(where, o.seed, i, attempt) end
  end }
end

-- -- Sobol ----------------------------------------------------------------------------------------

--- A shift of 32 bits for each dimension.
local function shift_of(seed, dimension) return random.rng(seed, "philox", dimension):u32() end

--- Trials that fill the space evenly. At most sobol.MOST parameters.
---@param given {trials: integer, seed: integer?}
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
  startup = { 10, "integer", "[1, inf)" },
  parallel = { 4, "integer", "[1, 1024]" },
  gamma = { 0.15, "number", "(0, 1)" },
  multivariate = { false, "boolean" },
})

local function texts_of(params)
  local texts = {}
  for name, value in pairs(params) do texts[name] = canonical.encode(value) end
  return texts
end

--- Trials where the earlier ones were good (the tree-structured Parzen estimator, Bergstra and
--- others 2011), after `startup` random ones. gamma: the share that counts as good. parallel: trial
--- i knows the results of the trials 1 ... i - parallel. multivariate: one density for all
--- parameters together (Falkner, Klein, Hutter 2018) instead of one for each, so that what is good
--- in combination is found; parameters that only some trials have keep one each.
---
--- Of several results the good trials are those of the first Pareto fronts, and of the last of them
--- those that dominate most (Ozaki and others: "Multiobjective tree-structured Parzen estimator",
--- 2022). Trials that break constraints are the worst.
---
---     local search = mah.search
---     mah.sweep{name = "tpe",
---       space = {lr = search.log_uniform(1e-4, 1), width = search.integer(8, 64)},
---       search = search.tpe{trials = 50, multivariate = true, seed = 1},
---       trial = function(p) return {test = -math.log(p.lr * p.width) ^ 2} end}
---@param given {trials: integer, seed: integer?, startup: integer?, parallel: integer?,
---  gamma: number?, multivariate: boolean?}
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

return search
