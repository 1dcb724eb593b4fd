--- What can be asked about the results of a study, whether it can run or was only opened:
---
--- A name that no trial has is an error that offers the nearest one.
local Store = require "mah.sweep.store"
local Table = require "mah.sweep.table"
local chart = require "mah.sweep.chart"
local check = require "mah.base.check"
local class = require "mah.base.class"
local domain = require "mah.sweep.domain"
local file = require "mah.base.file"
local importance = require "mah.sweep.importance"
local objective = require "mah.sweep.objective"
local options = require "mah.base.options"
local pareto = require "mah.sweep.pareto"
local plans = require "mah.sweep.plan"
local statistics = require "mah.sweep.statistics"

local Questions = class.new("a study", "study")

--- Rows, and one of them, as people see them: numbers, parameters and results.
local Front = { __tostring = function(rows) return tostring(Table.of_trials(rows, {})) end }
local Best = { __tostring = function(row) return tostring(Table.of_trials({ row }, {})) end }

--- All trials as a table, a row for each: number, parameters, results, status, seconds, reason,
--- error.
---
---     local study = mah.sweep{name = "listed", store = "runs.db", of = "test",
---       grid = {width = {1, 2, 4}, seed = {1, 2}},
---       trial = function(p) return {test = 1 - 1 / p.width + p.seed / 100} end}
---     study:run{jobs = 1, quiet = true}
---     local t = study:table()
---     print(table.concat(t.columns, " "))  --> number seed width test status seconds reason error
---     t:save("trials.csv")
---     print(#t, t[1].width, (t:csv():match "^number,"), (t:markdown():match "^| number"))
---     --> 6 1 number, | number
---@return sweep_table
function Questions:table() return Table.of_trials(self:results()) end

--- The finished trial with the best value of a result; nil when none has finished. A result that no
--- finished trial has is an error, and so are constraints that none keeps. Where the study judges
--- several results, one must be named; study:pareto_front() has their compromises. Printed, the row
--- is a table.
---
---     local study = mah.sweep{name = "the best", store = "runs.db", of = "test",
---       grid = {width = {1, 2, 4}, seed = {1, 2}},
---       trial = function(p) return {test = 1 - 1 / p.width + p.seed / 100} end}
---     study:run{jobs = 1, quiet = true}
---     local row = study:best()
---     print(row.number, row.params.width, row.params.seed, row.result.test)  --> 6 4 2 0.77
---     print(study:best("test", "min").params.width)  --> 1
---@param of string|nil     default: the judged one (the study's `of`, "test" or "value")
---@param goal "max"|"min"|nil   default: the study's; else "min" for losses, errors and times
---@return trial|nil
function Questions:best(of, goal)
  local own, constraints, rows = self.o.of, self.o.constraints, self:results()
  check.that(of ~= nil or type(own) ~= "table", "study:best: the study judges several results; "
    .. "study:pareto_front() has the trials that none is better than in all, and study:best \"%s\" "
    .. "the best of one", type(own) == "table" and own[1] or "")
  check.that(of == nil or type(of) == "string", "study:best: the name of a result is expected; got "
    .. "%s", check.show(of))
  goal = goal or objective.goal_of(self.o, of or own)
  of = of or own
  if of then objective.check({ of }, rows, "study:best") end
  local row = objective.best(rows, of, goal, constraints)
  if row then return setmetatable(row, Best) end
  check.that(not objective.best(rows, of, goal), "study:best: %s",
    objective.infeasible(constraints or {}))
  objective.check({ of or "value" }, rows, "study:best")
end

-- -- Several results ------------------------------------------------------------------------------

--- The results that are judged, or an error when it is one.
local function several(study, where)
  local judged = study.o
  check.that(type(judged.of) == "table", "%s: the study judges one result%s; study:best() has the "
    .. "best trial, and of = {\"test\", \"seconds\"} in mah.sweep judges several", where,
    judged.of and (", '%s'"):format(tostring(judged.of)) or "")
  local rows = study:results()
  objective.check(judged.of, rows, where)
  return judged, rows
end

--- Of a study that judges several results (of = {"test", "seconds"}): the finished trials that none
--- is better than in all of them, in their order; only those that keep the constraints. Trials with
--- equal results are all there. Printed, the list is a table.
---
---     local study = mah.sweep{name = "pareto", store = "runs.db", of = {"test", "seconds"},
---       grid = {width = {1, 2, 4}},
---       trial = function(p) return {test = 3 - math.abs(p.width - 2), seconds = p.width} end}
---     study:run{jobs = 1, quiet = true}
---     for _, row in ipairs(study:pareto_front()) do print(row.params.width, row.result.test) end
---     --> 1 2
---     --> 2 3
---@return trial[]
function Questions:pareto_front()
  local judged, rows = several(self, "study:pareto_front")
  return setmetatable((objective.front(rows, judged)), Front)
end

--- Of a study that judges several results: the volume of what its Pareto front is better than, up
--- to a reference that is as bad as can be borne (Zitzler and Thiele 1998). The larger, the better
--- is the front.
---
---     local study = mah.sweep{name = "volume", store = "runs.db", of = {"test", "seconds"},
---       grid = {width = {1, 2, 4}},
---       trial = function(p) return {test = 1 - 1 / p.width, seconds = p.width} end}
---     study:run{jobs = 1, quiet = true}
---     print(study:hypervolume{test = 0, seconds = 10})  --> 5.5
---@param reference table<string, number>   for each judged result
---@return number
function Questions:hypervolume(reference)
  local judged, rows = several(self, "study:hypervolume")
  check.that(type(reference) == "table", "study:hypervolume: a table with a reference for each "
    .. "result is expected, {%s = ...}; got %s", judged.of[1], check.show(reference))
  local point, known = {}, {}
  for i, name in ipairs(judged.of) do
    local value = reference[name]
    check.that(type(value) == "number" and value - value == 0,
      "study:hypervolume: the reference of '%s' must be a number; got %s", name, check.show(value))
    point[i], known[name] = judged.goal[i] == "min" and value or -value, true
  end
  for name in pairs(reference) do
    check.that(known[name], "study:hypervolume: '%s' is none of the judged results, %s",
      tostring(name), table.concat(judged.of, ", "))
  end
  local _, costs = objective.front(rows, judged)
  return pareto.hypervolume(costs, point)
end

-- -- Summary --------------------------------------------------------------------------------------

local function varying_without_seed(rows)
  local names = {}
  for _, name in ipairs(plans.varying(rows)) do
    if name ~= "seed" then names[#names + 1] = name end
  end
  return names
end

--- The trials that a name of a parameter may be of: those that are stored, and those that are only
--- planned.
local function all_trials(study, rows)
  local list = { unpack(rows) }
  for _, trial in ipairs(study.plan and study.plan.list or {}) do list[#list + 1] = trial end
  return list
end

local estimates = { mean = true, low = true, high = true }

--- A cell of a summary: as many digits as the spread leaves a meaning, which has three itself.
local function show(name, value, row)
  local sd = row.sd
  if type(value) ~= "number" or not sd or not (sd > 0 and sd < math.huge) then return nil end
  if name == "sd" then return ("%.3g"):format(value) end
  local decimals = 2 - math.floor(math.log10(sd))
  if not estimates[name] or decimals < 0 or decimals > 12 then return nil end
  return ("%." .. decimals .. "f"):format(value)
end

local summary_rules = options.declare("study:summary", {
  by = { nil, "string|table", nil, "one or more parameters; nil: all that vary, but for the seed" },
  of = { nil, "string|table", nil, "one or more results; nil: all that are numbers" },
})

--- Mean, standard deviation and 95 % interval (Student's t) of results, over the finished trials
--- that agree in the parameters `by`.
---
---     local study = mah.sweep{name = "summed up", store = "runs.db", of = "test",
---       grid = {width = {1, 2, 4}, seed = {1, 2}},
---       trial = function(p) return {test = 1 - 1 / p.width + p.seed / 100} end}
---     study:run{jobs = 1, quiet = true}
---     local summary = study:summary{by = "width"}
---     print(#summary, summary[2].width, summary[2].n, summary[2].mean)  --> 3 2 2 0.515
---@param given {by: string|string[]|nil, of: string|string[]|nil}|nil
---@return sweep_table   columns: those of `by`, of, n, mean, sd, low, high
function Questions:summary(given)
  local o, rows = options(given, summary_rules, "study:summary"), self:results()
  local by = statistics.names(o.by, varying_without_seed(rows), "study:summary: by")
  local of = statistics.names(o.of, statistics.numeric_results(rows), "study:summary: of")
  statistics.check_parameters(by, all_trials(self, rows), "study:summary: by")
  objective.check(of, rows, "study:summary: of")
  local columns, list = { unpack(by) }, {}
  for _, name in ipairs { "of", "n", "mean", "sd", "low", "high" } do
    columns[#columns + 1] = name
  end
  for _, group in ipairs(statistics.groups(rows, by)) do
    for _, name in ipairs(of) do
      local values = statistics.values(group.rows, name)
      local line = #values > 0 and statistics.describe(values) or { n = 0 }
      for _, parameter in ipairs(by) do line[parameter] = group.key[parameter] end
      line.of = name
      list[#list + 1] = line
    end
  end
  return Table.new(columns, list, show)
end

-- -- Importances ----------------------------------------------------------------------------------

local function stored_spaces(study)
  local received = rawget(study, "received")
  if received then return received.space and domain.read(received.space) or {} end
  if not file.exists(study.store) then return {} end
  return Store.with(study.store, "read", function(store)
    local row = store:find(study.name)
    return row and domain.read(row.space) or {}
  end)
end

local function importances_of(rows, of, spaces)
  local list, values = objective.finished(rows, of)
  local found, parameters = importance.of(list, values, spaces)
  local _, name = objective.of(list[1] and list[1].result, of)
  if #list == 0 then objective.check({ name }, rows, "study:importances") end
  check.that(#list > 1, "study:importances: two finished trials with a number '%s' are needed at "
    .. "least; there are %d", name, #list)
  check.that(#found > 0, "study:importances: no parameter differs between the finished trials")
  check.that(parameters == 0 or #list >= importance.needed(parameters),
    "study:importances: %d finished trials with a number '%s' are too few for the parameters "
      .. "that vary, %d; %d are needed", #list, name, parameters, importance.needed(parameters))
  for _, line in ipairs(found) do line.of = name end
  return found
end

local importance_rules = options.declare("study:importances", {
  of = { nil, "string|table", nil, "one or more results; nil: the judged ones" },
})

local function show_importance(name, value)
  return name == "importance" and value and ("%.3f"):format(value) or nil
end

--- Which parameters a result depends on: of each the share of the result's variance over the space
--- that it explains by itself, and what is explained only by several together, by functional ANOVA
--- over 64 regression trees (Hutter, Hoos, Leyton-Brown, ICML 2014). Numbers count evenly between
--- the bounds of the space, on its scale; the values of grids count the same each. A parameter that
--- only some trials have is judged among these (`trials` says how many). Failed and pruned trials
--- are left out; too few trials are an error. The same trials give the same numbers.
---
---     local study = mah.sweep{name = "what counts", store = "runs.db",
---       random = {lr = mah.search.log_uniform(1e-4, 1), width = mah.search.integer(8, 64)},
---       n = 20, trial = function(p) return {test = -math.log(p.lr) ^ 2 - p.width / 100} end}
---     study:run{jobs = 1, quiet = true}
---     local first = study:importances()[1]
---     print(first.parameter, first.importance > 0.5, first.trials)  --> lr true 20
---@param given {of: string|string[]|nil}|nil
---@return sweep_table   columns: of, parameter, importance, trials
function Questions:importances(given)
  local o, rows = options(given, importance_rules, "study:importances"), self:results()
  local own = self.o.of
  local of = statistics.names(o.of, type(own) == "table" and own or { own },
    "study:importances: of")
  objective.check(of, rows, "study:importances")
  local spaces, list = stored_spaces(self), {}
  for k = 1, math.max(1, #of) do
    for _, line in ipairs(importances_of(rows, of[k], spaces)) do list[#list + 1] = line end
  end
  return Table.new({ "of", "parameter", "importance", "trials" }, list, show_importance)
end

-- -- Chart ----------------------------------------------------------------------------------------

--- A chart of the results of finished trials: lines over numbers, bars over anything else, a heat
--- map over two parameters.
---
---     local study = mah.sweep{name = "drawn", store = "runs.db", of = "test",
---       grid = {width = {1, 2, 4}, seed = {1, 2}},
---       trial = function(p) return {test = 1 - 1 / p.width + p.seed / 100} end}
---     study:run{jobs = 1, quiet = true}
---     local figure = study:plot{x = "width", y = "test", over = "seed"}
---     figure:save("width.png")
---     print(figure)  --> figure 640 x 400
---@param given table
---@return figure
function Questions:plot(given)
  return chart(given, self:results(), plans.varying)
end

return Questions
