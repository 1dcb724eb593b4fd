--- Which results are judged, whether large or small values of them are good, and which of them must
--- not be above 0.
---
---     objective.of({test = 0.9}, nil)     --> 0.9, "test"
---     objective.goal("val_loss")          --> "min"
---
--- Where several are judged, `of` is a list of names and `goal` a list of their goals.
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local options = require "mah.base.options"
local pareto = require "mah.sweep.pareto"
local statistics = require "mah.sweep.statistics"
local text_of = require "mah.base.text"

local objective = {}

-- -- What a study says ----------------------------------------------------------------------------

--- A list of different names, or an error.
local function check_names(list, what)
  check.that(#list > 0, "mah.sweep: %s: names of results are expected; the list is empty", what)
  local seen = {}
  for i, name in ipairs(list) do
    check.that(type(name) == "string", "mah.sweep: %s: name %d must be a string; got %s", what, i,
      check.show(name))
    check.that(not seen[name], "mah.sweep: %s: '%s' is there twice", what, name)
    seen[name] = true
  end
  return seen
end

local function check_goal(goal)
  check.that(goal == nil or goal == "max" or goal == "min",
    'mah.sweep: goal must be "max" or "min"; got %s', check.show(goal))
end

--- The goals of several results: of each what is given, or what its name says.
local function goals_of(names, given)
  check.that(given == nil or type(given) == "table",
    "mah.sweep: goal: with %d results in of, a goal for each is expected, {%s}; got %s", #names,
    ('"max", '):rep(#names - 1) .. '"min"', check.show(given))
  check.that(not given or #given == #names,
    "mah.sweep: goal: of names %d results, and goal has %s", #names,
    text_of.count(given and #given or 0, "goal"))
  local goals = {}
  for i, name in ipairs(names) do
    check_goal(given and given[i])
    goals[i] = objective.goal(name, given and given[i])
  end
  return goals
end

--- Brings the options of, goal and constraints of mah.sweep into one form: of and goal are lists
--- only where there are several, constraints is a list or nil.
---@param o table   changed
function objective.declare(o)
  if type(o.of) == "table" then
    check_names(o.of, "of")
    if #o.of > 1 then
      o.goal = goals_of(o.of, o.goal)
    else
      o.of, o.goal = o.of[1], type(o.goal) == "table" and o.goal[1] or o.goal
    end
  end
  check.that(type(o.of) == "table" or type(o.goal) ~= "table",
    "mah.sweep: goal: a list of goals goes together with a list of results, of = {...}")
  if type(o.goal) ~= "table" then check_goal(o.goal) end
  if type(o.constraints) == "string" then o.constraints = { o.constraints } end
  if o.constraints then check_names(o.constraints, "constraints") end
  check.that(not (type(o.of) == "table" and o.prune), "mah.sweep: prune judges one result by its "
    .. "curve, and of names %d; leave prune out", type(o.of) == "table" and #o.of or 0)
end

--- of, goal or constraints as one text, for the store.
---@param value string|string[]|nil
---@return string|nil
function objective.text(value)
  return type(value) == "table" and canonical.encode(value) or value
end

--- What such a text stands for: a list of names, or the one name that it is.
---@param text string|nil
---@return string|string[]|nil
function objective.parse(text)
  if type(text) ~= "string" or text:sub(1, 1) ~= "[" then return text end
  local ok, list = pcall(canonical.decode, text)
  if not ok or type(list) ~= "table" or #list == 0 then return text end
  for _, name in ipairs(list) do
    if type(name) ~= "string" then return text end
  end
  return list
end

--- What the row of a study says of its results.
---@param row table
---@return {of: string|string[]|nil, goal: string|string[]|nil, constraints: string[]|nil}
function objective.of_row(row)
  return { of = objective.parse(row.of), goal = objective.parse(row.goal),
    constraints = objective.parse(row.constraints) }
end

-- -- One result -----------------------------------------------------------------------------------

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

--- The finished rows with a finite number for a result, and these numbers by the rows.
---@param rows table[]
---@param of string|nil
---@return table[] list, table<table, number> values
function objective.finished(rows, of)
  local list, values = {}, {}
  for _, row in ipairs(rows) do
    local value = row.status == "done" and objective.of(row.result, of)
    if value and value - value == 0 then
      list[#list + 1], values[row] = row, value
    end
  end
  return list, values
end

--- The goal that a study has for a result; nil where it says none.
---@param judged {of: string|string[]|nil, goal: string|string[]|nil}
---@param name string|nil
---@return string|nil
function objective.goal_of(judged, name)
  if type(judged.of) ~= "table" then return name == judged.of and judged.goal or nil end
  for i, own in ipairs(judged.of) do
    if own == name then return judged.goal[i] end
  end
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

-- -- Constraints ----------------------------------------------------------------------------------

--- By how much a result breaks the constraints: the sum of what is above 0. A result that lacks one
--- breaks it without end.
---@param result table|nil
---@param constraints string[]|nil
---@return number   0: it keeps them
function objective.violation(result, constraints)
  local sum = 0
  for _, name in ipairs(constraints or {}) do
    local value = result and result[name]
    if type(value) ~= "number" then return math.huge end
    sum = sum + math.max(0, value)
  end
  return sum
end

--- What to say where no finished row keeps the constraints.
---@param constraints string[]
---@return string
function objective.infeasible(constraints)
  return ("no finished trial keeps the constraints: %s <= 0"):format(
    table.concat(constraints, ", "))
end

-- -- The best rows --------------------------------------------------------------------------------

--- The row with the best value, the first of equals; nil when no finished row has the value and
--- keeps the constraints.
---@param rows table[]   as from study:results()
---@param of string|nil
---@param goal string|nil
---@param constraints string[]|nil
---@return table|nil row, number|nil value, string|nil name
function objective.best(rows, of, goal, constraints)
  local best, best_value, best_name
  for _, row in ipairs(rows) do
    local value, name = objective.of(row.result, of)
    if row.status == "done" and value and objective.violation(row.result, constraints) == 0 then
      local sign = objective.goal(name, goal) == "min" and -1 or 1
      if not best or sign * value > sign * best_value then
        best, best_value, best_name = row, value, name
      end
    end
  end
  return best, best_value, best_name
end

--- The costs of a result, small is good: with several results a list; nil where one is missing.
---@param result table|nil
---@param judged {of: string|string[]|nil, goal: string|string[]|nil}
---@return number|number[]|nil
function objective.cost(result, judged)
  if type(judged.of) ~= "table" then
    local value, name = objective.of(result, judged.of)
    return value and (objective.goal(name, judged.goal) == "min" and value or -value)
  end
  local costs = {}
  for i, name in ipairs(judged.of) do
    local value = objective.of(result, name)
    if not value then return nil end
    costs[i] = judged.goal[i] == "min" and value or -value
  end
  return costs
end

--- The finished rows that keep the constraints and that none of these is better than in all, in
--- their order; and their costs. Rows with equal results are all there.
---@param rows table[]   as from study:results()
---@param judged {of: string[], goal: string[], constraints: string[]|nil}
---@return table[] rows, number[][] costs
function objective.front(rows, judged)
  local list, costs = {}, {}
  for _, row in ipairs(rows) do
    local own = row.status == "done" and objective.cost(row.result, judged)
    if own and objective.violation(row.result, judged.constraints) == 0 then
      list[#list + 1], costs[#costs + 1] = row, own
    end
  end
  local best, best_costs = {}, {}
  for k, i in ipairs(pareto.front(costs)) do best[k], best_costs[k] = list[i], costs[i] end
  return best, best_costs
end

--- What is best, for people: "test 0.97 at {"lr":0.1}", or how many are on the front.
---@param rows table[]   as from study:results()
---@param study table    its row in the store
---@return string|nil   nil: nothing yet
function objective.best_text(rows, study)
  local judged = objective.of_row(study)
  if type(judged.of) == "table" then
    local front = objective.front(rows, judged)
    return #front > 0 and ("%d on the Pareto front of %s"):format(#front,
      table.concat(judged.of, ", ")) or nil
  end
  local row, value, name = objective.best(rows, judged.of, judged.goal, judged.constraints)
  return row and ("%s %.6g at %s"):format(name, value, canonical.encode(row.params)) or nil
end

--- A trial as a search sees it: cost, or costs, and violation.
---@param trial {params: table, status: string, result: table|nil, last: number|nil}
---@param judged table
---@return {params: table, cost: number|nil, costs: number[]|nil, violation: number|nil}
function objective.seen(trial, judged)
  local seen = { params = trial.params }
  if type(judged.of) == "table" then
    seen.costs = objective.cost(trial.result, judged)
  elseif trial.status == "pruned" then -- its last report stands for the result
    local _, name = objective.of(nil, judged.of)
    seen.cost = trial.last == trial.last and objective.cost({ [name] = trial.last }, judged) or nil
  else
    seen.cost = objective.cost(trial.result, judged)
  end
  if judged.constraints and trial.status == "done" then
    seen.violation = objective.violation(trial.result, judged.constraints)
  end
  return seen
end

return objective
