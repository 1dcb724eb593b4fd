--- Which result is judged, and whether large or small values of it are good.
---
---     objective.of({test = 0.9}, nil)     --> 0.9, "test"
---     objective.goal("val_loss")          --> "min"
local check = require "mah.base.check"
local options = require "mah.base.options"
local statistics = require "mah.sweep.statistics"

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

--- What to say of a name that no finished row has a number for: the nearest one, and which there
--- are.
---@param name string
---@param rows table[]
---@return string
function objective.complaint(name, rows)
  local names, set = statistics.numeric_results(rows), {}
  for _, known in ipairs(names) do set[known] = true end
  local hint = options.nearest(name, set)
  return ("no finished trial has a number '%s' in its result; %s"):format(name, hint
    and ("did you mean '%s'?"):format(hint)
    or #names > 0 and "there are: " .. table.concat(names, ", ") or "there is none at all")
end

--- Complains about names that no finished row has a number for. Nothing can be said of a study that
--- has finished nothing yet.
---@param names string[]
---@param rows table[]
---@param where string
function objective.check(names, rows, where)
  local done, known = false, {}
  for _, row in ipairs(rows) do done = done or row.status == "done" end
  for _, name in ipairs(statistics.numeric_results(rows)) do known[name] = true end
  for _, name in ipairs(done and names or {}) do
    if not known[name] then check.raise("%s: %s", where, objective.complaint(name, rows)) end
  end
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
