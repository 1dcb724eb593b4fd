--- The weights of samples, as fits, scores and metrics take them.
---
---     local weight = sample_weight(given, 100, "mah.metrics.f1_score: sample_weight")
local C = require "mah.base.library"
local check = require "mah.base.check"
local numbers = require "mah.learn.numbers"

--- A vector tensor of n finite numbers >= 0 (a column is flattened); nil when none are given.
---@param weight tensor|number[]|nil
---@param n integer
---@param name string   for messages
---@return tensor|nil
return function(weight, n, name)
  if weight == nil then return nil end
  check.that(type(weight) ~= "string", "%s: numbers are expected, got the string %s; a table's "
    .. "column is t.name", name, check.show(weight))
  check.that(type(weight) ~= "table" or next(weight) == nil or #weight > 0, "%s: a list of %d "
    .. "numbers is expected, got a table with names; the weights stand alone: "
    .. "fit(x, y, weights)", name, n)
  weight = numbers(weight, name)
  if weight.ndim == 2 and weight.shape[2] == 1 then weight = weight:select(2, 1) end
  check.that(weight.ndim == 1 and #weight == n,
    "%s: a vector of %d numbers is expected, got shape (%s)", name, n,
    table.concat(weight.shape, ", "))
  check.status(C.mah_batch_check_finite(weight, name))
  local least = n > 0 and weight:min() or 0
  check.that(least >= 0, "%s: a weight is negative: %s", name, tostring(least))
  return weight
end
