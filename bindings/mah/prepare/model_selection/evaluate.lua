--- A clone of an estimator, fitted to some rows and judged by others: what cross-validation and
--- curves do again and again.
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local options = require "mah.base.options"
local rows = require "mah.prepare.rows"
local scoring = require "mah.learn.metrics.scoring"
local shared = require "mah.prepare.rules"
local target = require "mah.prepare.target"

local evaluate = {}

--- The options that all of these functions have.
function evaluate.rules(more)
  local rules = {
    cv = shared.cv, groups = shared.groups, sample_weight = shared.sample_weight,
    scoring = { nil, "string|table|callable", nil, shared.scoring[4] },
  }
  for name, rule in pairs(more or {}) do rules[name] = rule end
  return rules
end

--- Checks the estimator; x as it wants it, and y, which may have been a name.
function evaluate.data(estimator, x, y, where)
  check.that(base.is_estimator(estimator), "%s: an estimator is expected, got %s", where,
    check.show(estimator))
  x, y = target(x, y, where)
  return base.for_estimator(estimator, x), y
end

local function own_score(estimator, x, y, weight) return estimator:score(x, y, weight) end

--- The function (estimator, x, y, weight) -> number that `scoring` means; nil is the estimator's
--- own score.
function evaluate.scorer(given, where)
  if given == nil then return own_score end
  if type(given) == "string" or options.matches(given, "callable") then
    return scoring.get_scorer(given)
  end
  check.raise("%s: scoring must be a name or a function here; got %s", where, check.show(given))
end

--- A clone, fitted to these rows.
---@param train tensor
function evaluate.fit(estimator, x, y, train, weight)
  local clone = base.clone(estimator)
  clone:fit(rows.take(x, train), rows.take(y, train), rows.take(weight, train))
  return clone
end

--- The score of a fitted estimator on these rows.
---@param test tensor
---@return number
function evaluate.score(scorer, estimator, x, y, test, weight)
  local value = scorer(estimator, rows.take(x, test), rows.take(y, test), rows.take(weight, test))
  check.that(type(value) == "number", "scoring must give a number; got %s", check.show(value))
  return value
end

return evaluate
