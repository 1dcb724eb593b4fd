--- Which result is judged, and whether large or small values of it are good.
---
---     objective.of({test = 0.9}, nil)     --> 0.9, "test"
---     objective.goal("val_loss")          --> "min"
local check = require "mah.base.check"

local objective = {}

--- The judged value of a result: of = its name; by default "test", where it has one, or "value",
--- which is what a trial that returns a plain number has.
---@param result table|nil
---@param of string|nil
---@return number|nil value, string name
function objective.of(result, of)
  local name = of or (result and result.test ~= nil and "test") or "value"
  local value = result and result[name]
  return type(value) == "number" and value or nil, name
end

local small_is_good = { "loss", "error", "seconds", "time" }

--- "max" or "min": as given, or by the name; losses, errors and times should be small.
---@param name string
---@param given string|nil
---@return "max"|"min"
function objective.goal(name, given)
  if given then
    check.that(given == "max" or given == "min", 'the goal must be "max" or "min"; got %s',
      check.show(given))
    return given
  end
  for _, word in ipairs(small_is_good) do
    if name:lower():find(word, 1, true) then return "min" end
  end
  return "max"
end

--- The row with the best value, the first of equals; nil when no finished row has the value.
---@param rows table[]   as from study:results()
---@param of string|nil
---@param goal string|nil
---@return table|nil row, number|nil value, string|nil name
function objective.best(rows, of, goal)
  local best, best_value, best_name
  for _, row in ipairs(rows) do
    local value, name = objective.of(row.result, of)
    if row.status == "done" and value then
      local sign = objective.goal(name, goal) == "min" and -1 or 1
      if not best or sign * value > sign * best_value then
        best, best_value, best_name = row, value, name
      end
    end
  end
  return best, best_value, best_name
end

return objective
