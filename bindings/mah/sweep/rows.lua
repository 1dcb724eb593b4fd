--- Rows of a store as the user sees them. A file that was damaged may hold anything: what is wrong
--- is named, and the other rows are read.
---
---     local trial, column = rows.trial(row)     -- nil and "result" when the result is damaged
local canonical = require "mah.sweep.canonical"
local domain = require "mah.sweep.domain"
local objective = require "mah.sweep.objective"

local rows = {}

-- -- What the columns hold ------------------------------------------------------------------------

local function is_text(v) return type(v) == "string" and canonical.clean(v) == v end
local function is_number(v) return type(v) == "number" end
local function is_whole(v) return is_number(v) and v % 1 == 0 end
local function maybe(test) return function(v) return v == nil or test(v) end end

local statuses = { waiting = true, running = true, done = true, failed = true, pruned = true,
  interrupted = true }
local function is_status(v) return statuses[v] == true end
local function is_goal(v)
  local goals = objective.parse(v)
  for _, goal in ipairs(type(goals) == "table" and goals or { goals }) do
    if goal ~= "max" and goal ~= "min" then return false end
  end
  return goals ~= nil
end
local function is_list(v) return type(objective.parse(v)) == "table" end
local function is_space(v) return domain.read(v) ~= nil end

local study_columns = { id = is_whole, name = is_text, code = is_text, of = maybe(is_text),
  goal = maybe(is_goal), constraints = maybe(is_list), space = maybe(is_space),
  view = maybe(is_text), owner = maybe(is_text) }

local trial_columns = { identity = is_text, code = is_text, number = is_whole, seed = is_number,
  status = is_status, reason = maybe(is_text), error = maybe(is_text), seconds = maybe(is_number),
  cpu_seconds = maybe(is_number), peak_memory = maybe(is_number), worker = maybe(is_whole),
  attempts = is_whole, started = maybe(is_text), finished = maybe(is_text) }

--- The first column, by name, that does not hold what it should; nil when all do.
local function damaged(row, columns)
  local worst
  for name, test in pairs(columns) do
    if not test(row[name]) and (not worst or name < worst) then worst = name end
  end
  return worst
end

--- JSON that begins as an object or a list should, and holds what can be written again (no NaN, for
--- one); nil where it does not.
local function decoded(text, first)
  if not is_text(text) or text:sub(1, 1) ~= first then return nil end
  local ok, value = pcall(canonical.decode, text)
  return ok and type(value) == "table" and canonical.encode(value) and value or nil
end

-- -- Studies and trials ---------------------------------------------------------------------------

--- The name of the damaged column of a study's row, or nil.
---@param row table
---@return string|nil
function rows.damage_of_study(row)
  local wrong = damaged(row, study_columns)
  if wrong then return wrong end
  local judged = objective.of_row(row)
  if type(judged.of) ~= "table" then return type(judged.goal) == "table" and "goal" or nil end
  local fits = type(judged.goal) == "table" and #judged.goal == #judged.of
  return not fits and "goal" or nil
end

local json = { params = "{", result = "{", warnings = "[" }

--- A trial as the user sees it; or nil and the name of the damaged column.
---@param row table
---@return {number: integer, params: table, result: table|nil, status: string, reason: string|nil,
---  error: string|nil, seconds: number|nil, seed: integer, warnings: string[]|nil}|nil
---@return string|nil column
function rows.trial(row)
  local wrong = damaged(row, trial_columns)
  if wrong then return nil, wrong end
  local trial = {}
  for name in pairs(trial_columns) do trial[name] = row[name] end
  for _, name in ipairs { "params", "result", "warnings" } do
    trial[name] = decoded(row[name], json[name])
    if row[name] ~= nil and not trial[name] or name == "params" and row[name] == nil then
      return nil, name
    end
  end
  return trial
end

return rows
