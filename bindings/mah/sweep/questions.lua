--- What can be asked about the results of a study, whether it can run or was only opened:
---
---     study:table()   study:best "test"   study:summary{by = "lr"}   study:plot{x = "lr"}
---
--- A name that no trial has is an error that offers the nearest one.
local Table = require "mah.sweep.table"
local class = require "mah.base.class"
local objective = require "mah.sweep.objective"
local options = require "mah.base.options"
local plans = require "mah.sweep.plan"
local statistics = require "mah.sweep.statistics"

---@class study
local Questions = class.new("a study", "study")

--- All trials as a table: print(study:table()), study:table():save "trials.csv", :markdown(),
--- :csv().
---@return sweep_table
function Questions:table() return Table.of_trials(self:results()) end

--- The finished trial with the best value of a result; nil when none has finished. A result that
--- no finished trial has is an error.
---@param of string|nil     default: the judged one (the study's `of`, "test" or "value")
---@param goal "max"|"min"|nil   default: the study's; else "min" for losses, errors and times
---@return table|nil row   as from results()
function Questions:best(of, goal)
  local judged, rows = of == nil or of == self.o.of, self:results()
  of = of or self.o.of
  if of then objective.check({ of }, rows, "study:best") end
  local row = objective.best(rows, of, goal or judged and self.o.goal or nil)
  if not row then objective.check({ of or "value" }, rows, "study:best") end
  return row
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

local summary_rules = options.declare("Study:summary", {
  by = { nil, "string|table" }, of = { nil, "string|table" },
})

--- Mean, standard deviation and 95 % interval (Student's t) of results, over the finished trials
--- that agree in the parameters `by`. by: default all that vary, but for the seed; of: one or more
--- results, default all that are numbers.
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

-- -- Chart ----------------------------------------------------------------------------------------

--- A chart of the results, as mah.plot makes them; the options are in mah.sweep.chart.
---
---     study:plot{x = "batch_size", y = {"train", "test"}, over = "seed"}:save "batch.png"
---@param given table
---@return table figure
function Questions:plot(given)
  return require "mah.sweep.chart"(given, self:results(), plans.varying)
end

return Questions
