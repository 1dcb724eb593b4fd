--- Who writes which class of estimators as operations, and the ways to ask for it. The other files
--- of this folder fill the tables, by class name.
---
---     steps.transformers.Normalizer = function(estimator, b) return b:like(...) end
---     b = steps.transform(step, b)
local check = require "mah.base.check"

local steps = {
  transformers = {}, -- function(estimator, block) -> block
  inverses = {}, -- the same, for inverse_transform
  predictors = {}, -- function(estimator, block) -> result, as program.lua tells
}

local function writer_of(known, estimator, what)
  local class = type(estimator) == "table" and rawget(estimator, "class")
  return check.that(known[class], "cannot write %s%s: only what mah itself has can leave as a "
    .. "program", class and what .. class or "an estimator of your own", class
    and (steps.transformers[class] or steps.predictors[class]) and ", used in this way" or "")
end

---@return mah.Block
function steps.transform(estimator, b)
  return writer_of(steps.transformers, estimator, "")(estimator, b)
end

---@return mah.Block
function steps.inverse(estimator, b)
  return writer_of(steps.inverses, estimator, "the inverse of ")(estimator, b)
end

---@return table result
function steps.predict(estimator, b)
  return writer_of(steps.predictors, estimator, "")(estimator, b)
end

--- What a fitted estimator found; complains before fit.
function steps.fitted(estimator, name)
  return check.that(rawget(estimator, name), "cannot write %s: it is not fitted yet; call fit "
    .. "first", estimator.class)
end

return steps
