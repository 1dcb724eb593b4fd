--- Stopping rules, which end trainings. Each is a function (s) -> false | reason, asked after every
--- epoch; `s`, the state of the training, has epoch, loss, val_loss, val_score, lr, seconds,
--- history (the curves), net, solver, and gradient, the flat gradient of the last mini-batch (see
--- training_state). The reason is a text, or a table {rule =, value =, best =, text =}. The rules
--- here look at s.history only, so they need no reset and go on correctly in a resumed run.
---
--- Patience, by its three names. mah.stop.no_improvement{patience = 5} ends a training at the 5th
--- epoch in a row without a gain, of mah.train and the estimators. The estimators' own
--- early_stopping_patience = 5 (patience, for short) ends a fit with early_stopping at the 5th,
--- too, but n_iter_no_change = 5, which is scikit-learn's, at the 6th.
---
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local net = mah.mlp { 2, { 16, "tanh" }, { 2, "softmax" }, seed = 1 }
---     local run = mah.train(net, moons, { seed = 1, stop = mah.stop.any {
---       mah.stop.max_iter(50),
---       function(s) return s.epoch >= 3 and s.loss < 10 and "the loss is small" end,
---     } })
---     print(run.n_iter, run.stop_reason.rule, run.stop_reason.text)
---     --> 3 custom the loss is small
local check = require "mah.base.check"
local check_state = require "mah.learn.training_state"
local epoch_limit = require "mah.learn.epoch_limit"
local options = require "mah.base.options"
local text = require "mah.base.text"

local stop = {}

local function curve(s, name, where)
  check_state(s, where)
  return s.history[name]
    or check.raise("%s: there is no '%s' to look at; give the training a validation set",
    where, name)
end

local function larger_is_better(name) return name:find "score" ~= nil end

local function positive_integer(n, where)
  check.that(options.matches(n, "integer") and n >= 1, "%s: an integer >= 1 is expected, got %s",
    where, check.show(n))
end

--- Stops after n epochs. In mah.train, stop = n does the same.
---
---     print(mah.stop.max_iter(20) { epoch = 20, history = {} }.text)
---     --> the limit of 20 epochs is reached
---@param n integer
---@return stopping_rule
function stop.max_iter(n)
  positive_integer(n, "mah.stop.max_iter")
  return epoch_limit.set(function(s)
    check_state(s, "mah.stop.max_iter")
    if s.epoch < n then return false end
    local limit = text.count(n, "epoch")
    return { rule = "max_iter", value = n, text = ("the limit of %s is reached"):format(limit) }
  end, n)
end

local curves = { "loss", "val_loss", "val_score" }
local CURVE = "the curve that is watched; val_loss and val_score want a validation set"

local no_improvement_rules = options.declare("mah.stop.no_improvement", {
  of = { "loss", curves, nil, CURVE },
  patience = { 10, "integer", "[1, inf)", "epochs in a row without an improvement; the training "
    .. "ends at the last one of them" },
  min_delta = { 1e-4, "number", "[0, inf)", "an improvement is more than this, compared with the "
    .. "best value so far" },
  relative = { false, "boolean", nil, "min_delta is a share of the best value's size" },
  min_epochs = { 0, "integer", "[0, inf)", "the training does not end before this epoch" },
})

--- Stops at the patience-th epoch in a row without an improvement of more than min_delta over the
--- best value so far (of that value's size, if relative). The best moves on such improvements only.
---
---     local rule = mah.stop.no_improvement { of = "val_score", patience = 2 }
---     local s = { epoch = 3, history = { val_score = { 0.8, 0.79, 0.8 } } }
---     print(rule(s).text)
---     --> val_score did not improve on 0.8 by more than 0.0001 for 2 epochs
---@param given table|nil
---@return stopping_rule
function stop.no_improvement(given)
  local o = options(given, no_improvement_rules, "mah.stop.no_improvement")
  local sign = larger_is_better(o.of) and 1 or -1

  local function misses_and_best(values, epochs)
    local best, misses = nil, 0
    for i = 1, epochs do
      local value = values[i] -- nil before there was a validation set
      local delta = best and o.relative and o.min_delta * math.abs(best) or o.min_delta
      if value and (not best or best ~= best or sign * (value - best) > delta) then
        best, misses = value, 0
      elseif value then
        misses = misses + 1
      end
    end
    return misses, best
  end

  return function(s)
    local values = curve(s, o.of, "mah.stop.no_improvement")
    local misses, best = misses_and_best(values, s.epoch)
    if misses < o.patience or s.epoch < o.min_epochs then return false end
    return {
      rule = "no_improvement", value = values[s.epoch], best = best,
      text = ("%s did not improve on %g by more than %g for %s"):format(o.of, best, o.min_delta,
        text.count(misses, "epoch")),
    }
  end
end

local target_rules = options.declare("mah.stop.target", {
  of = { "val_score", curves, nil, CURVE },
  value = { options.required, "number", nil, "what a score is to reach from below, or a loss "
    .. "from above" },
})

--- Stops when a curve reaches a value: a score from below, a loss from above.
---
---     local rule = mah.stop.target { value = 0.95 }
---     print(rule { epoch = 2, history = { val_score = { 0.9, 0.96 } } }.text)
---     --> val_score reached 0.95
---@param given {of: string?, value: number}
---@return stopping_rule
function stop.target(given)
  local o = options(given, target_rules, "mah.stop.target")
  local sign = larger_is_better(o.of) and 1 or -1
  return function(s)
    local values = curve(s, o.of, "mah.stop.target")
    local value = values[s.epoch]
    if not value or not (sign * (value - o.value) >= 0) then return false end
    return { rule = "target", value = value, text = ("%s reached %g"):format(o.of, o.value) }
  end
end

--- Stops after so many seconds, at the end of an epoch.
---
---     local rule = mah.stop.time_limit(60)
---     print(rule { epoch = 9, seconds = 55, history = {} })           --> false
---     print(rule { epoch = 10, seconds = 61, history = {} }.text)     --> 60 seconds have passed
---@param seconds number
---@return stopping_rule
function stop.time_limit(seconds)
  check.that(type(seconds) == "number" and seconds > 0,
    "mah.stop.time_limit: seconds > 0 are expected, got %s", check.show(seconds))
  return function(s)
    check_state(s, "mah.stop.time_limit")
    if s.seconds < seconds then return false end
    return { rule = "time_limit", value = s.seconds,
      text = ("%g %s passed"):format(seconds, text.plural(seconds, "second has", "seconds have")) }
  end
end

local diverged_rules = options.declare("mah.stop.diverged", {
  above = { math.huge, "number", nil, "the largest loss that is taken; inf: any number" },
})

--- Stops when the loss is NaN or infinite, or larger than `above`. Without this rule such a loss is
--- an error.
---
---     local rule = mah.stop.diverged { above = 1e3 }
---     print(rule { epoch = 7, loss = 2e4, history = {} }.text)        --> the loss is 20000
---@param given {above: number?}|nil
---@return stopping_rule
function stop.diverged(given)
  local o = options(given, diverged_rules, "mah.stop.diverged")
  return function(s)
    check_state(s, "mah.stop.diverged")
    check.that(type(s.loss) == "number", "mah.stop.diverged: s.loss is %s", check.show(s.loss))
    if s.loss <= o.above and s.loss - s.loss == 0 then return false end
    return { rule = "diverged", value = s.loss, text = ("the loss is %g"):format(s.loss) }
  end
end

--- Stops when the largest component of the last mini-batch's gradient is at most `below` in size.
--- Meant for full batches, where that gradient is the loss's.
---
---     local rule = mah.stop.grad_norm(1e-3)
---     local s = { epoch = 1, history = {}, gradient = mah.tensor { 1e-4, -5e-4 } }
---     print(rule(s).text)        --> the gradient's largest component is 0.0005
---@param below number
---@return stopping_rule
function stop.grad_norm(below)
  check.that(type(below) == "number" and below > 0,
    "mah.stop.grad_norm: a number > 0 is expected, got %s", check.show(below))
  return function(s)
    check_state(s, "mah.stop.grad_norm")
    local value = s.gradient:abs():max()
    if not (value <= below) then return false end
    return { rule = "grad_norm", value = value,
      text = ("the gradient's largest component is %g"):format(value) }
  end
end

local function check_rules(rules, where)
  check.that(type(rules) == "table" and #rules > 0,
    "%s: a list of stopping rules is expected, got %s", where, check.show(rules))
  for i, rule in ipairs(rules) do
    check.that(options.matches(rule, "callable"), "%s: rule %d must be a function, got %s",
      where, i, check.show(rule))
  end
end

--- Stops as soon as one of the rules does, with its reason.
---
---     local rule = mah.stop.any { mah.stop.max_iter(50), mah.stop.time_limit(60) }
---     print(rule { epoch = 50, seconds = 10, history = {} }.rule)     --> max_iter
---@param rules stopping_rule[]
---@return stopping_rule
function stop.any(rules)
  check_rules(rules, "mah.stop.any")
  return epoch_limit.set(function(s)
    for _, rule in ipairs(rules) do
      local reason = rule(s)
      if reason then return reason end
    end
    return false
  end, epoch_limit.least(rules))
end

--- Stops when all of the rules want to at the same epoch.
---
---     local rule = mah.stop.all { mah.stop.max_iter(5), mah.stop.target { value = 0.9 } }
---     print(rule { epoch = 5, history = { val_score = { 0, 0, 0, 0, 0.85 } } })       --> false
---     print(rule { epoch = 6, history = { val_score = { 0, 0, 0, 0, 0, 0.9 } } }.rule) --> all
---@param rules stopping_rule[]
---@return stopping_rule
function stop.all(rules)
  check_rules(rules, "mah.stop.all")
  return epoch_limit.set(function(s)
    local texts = {}
    for i, rule in ipairs(rules) do
      local reason = rule(s)
      if not reason then return false end
      texts[i] = type(reason) == "table" and reason.text or tostring(reason)
    end
    return { rule = "all", text = table.concat(texts, " and ") }
  end, epoch_limit.largest(rules))
end

return stop
