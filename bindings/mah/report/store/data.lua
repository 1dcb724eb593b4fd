--- What a page knows of studies: their trials by columns, their curves, what is judged, and which
--- parameters that depends on.
local Table = require "mah.sweep.table"
local canonical = require "mah.sweep.canonical"
local compact = require "mah.report.store.compact"
local curves = require "mah.report.store.curves"
local domain = require "mah.sweep.domain"
local importance = require "mah.sweep.importance"
local objective = require "mah.sweep.objective"

local data = {}

local LONGEST_TEXT = 4000 -- bytes of an error on the page; the CSV has all
local MOST_FOR_IMPORTANCES = 2000 -- trials; 64 trees of more would take long
local NEWS = 1.25 -- by how much trials must grow until importances are found anew

local fixed = { number = true, status = true, seconds = true, reason = true, error = true }

-- -- Columns --------------------------------------------------------------------------------------

local function parameter_names(rows)
  local names = {}
  for _, row in ipairs(rows) do
    for name in pairs(row.params) do names[name], names["params." .. name] = true, true end
  end
  return names
end

local function text_of(value)
  local text = type(value) == "string" and value or canonical.encode(value) or tostring(value)
  return #text > LONGEST_TEXT and text:sub(1, LONGEST_TEXT) .. " ..." or text
end

--- Texts, each once, and for each row the place of its text (from 0).
local function column_of_texts(column, rows)
  local places, texts, values = {}, {}, {}
  for i, row in ipairs(rows) do
    local value = row[column.name]
    local text = value ~= nil and text_of(value)
    if text and not places[text] then
      places[text], texts[#texts + 1] = #texts, text
    end
    values[i] = text and places[text] or compact.NONE
  end
  column.texts, column.values = texts, values
  return column
end

local function column_of_numbers(column, rows)
  local values = {}
  for i, row in ipairs(rows) do
    local value = row[column.name]
    values[i] = value == nil and compact.NONE or value
  end
  column.values = values
  return column
end

--- Is anything there, and is it numbers?
local function kind_of(name, rows)
  local kind
  for _, row in ipairs(rows) do
    local value = row[name]
    if value ~= nil and type(value) ~= "number" then return "text" end
    kind = kind or value ~= nil and "number" or nil
  end
  return kind
end

local function columns_of(rows, spaces)
  local t, parameters, columns = Table.of_trials(rows), parameter_names(rows), {}
  for _, name in ipairs(t.columns) do
    local kind = kind_of(name, t)
    local is_parameter = not fixed[name] and parameters[name]
    local space = is_parameter and spaces[name:gsub("^params%.", "")] or {}
    local column = { name = name, log = space.log or nil,
      group = fixed[name] and "trial" or is_parameter and "parameter" or "result" }
    if kind then
      columns[#columns + 1] = (kind == "text" and column_of_texts or column_of_numbers)(column, t)
    end
  end
  return columns
end

-- -- What is judged -------------------------------------------------------------------------------

--- Names and goals of the judged results, as lists.
local function judged_of(judged, rows)
  if type(judged.of) == "table" then return judged.of, judged.goal end
  local _, _, name = objective.best(rows, judged.of, judged.goal)
  name = name or judged.of or "value"
  return { name }, { objective.goal(name, judged.goal) }
end

--- Places (from 0) of the best trial, or of those that none is better than in all.
local function best_of(judged, rows)
  local places, list = {}, {}
  for i, row in ipairs(rows) do places[row] = i - 1 end
  if type(judged.of) == "table" then
    for i, row in ipairs((objective.front(rows, judged))) do list[i] = places[row] end
  else
    list[1] = places[objective.best(rows, judged.of, judged.goal, judged.constraints) or {}]
  end
  return list
end

-- -- Importances ----------------------------------------------------------------------------------

--- Finished trials with a finite number, evenly taken where there are very many.
local function sample(rows, name)
  local list, values = objective.finished(rows, name)
  local few = {}
  local n = math.min(#list, MOST_FOR_IMPORTANCES)
  for i = 1, n do few[i] = list[math.floor((i - 1) * #list / n) + 1] end
  return few, values, #list
end

local function importances_of(rows, names, spaces, name_of_study, kept)
  local found = {}
  for _, name in ipairs(names) do
    local few, values, total = sample(rows, name)
    local key = name_of_study .. "\0" .. name
    local known = kept[key]
    if not known or total > NEWS * known.total then
      known = { total = total, list = #few > 1 and importance.of(few, values, spaces) or {} }
      kept[key] = known
    end
    for _, line in ipairs(known.list) do
      found[#found + 1] = { of = name, parameter = line.parameter, trials = line.trials,
        importance = line.importance or compact.NONE }
    end
  end
  return found
end

-- -- Studies --------------------------------------------------------------------------------------

local function study_of(study, kept)
  local rows, judged = study.rows, objective.of_row(study.row)
  local spaces = domain.read(study.row.space) or {}
  local of, goal = judged_of(judged, rows)
  return {
    name = study.row.name, of = of, goal = goal, constraints = judged.constraints or {},
    best = best_of(judged, rows), columns = columns_of(rows, spaces), trials = #rows,
    curves = curves.of(rows),
    importances = importances_of(rows, of, spaces, study.row.name, kept),
  }
end

--- The studies as JSON.
---@param studies {row: table, rows: table[]}[]   of the store, and their trials with curves
---@param kept table|nil   importances of an earlier call; changed
---@return string
function data.of(studies, kept)
  local list = {}
  for i, study in ipairs(studies) do list[i] = study_of(study, kept or {}) end
  return compact.encode(list)
end

return data
