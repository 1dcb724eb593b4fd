--- Means over repetitions and how far to trust them.
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local options = require "mah.base.options"
local special = require "mah.learn.metrics.special"

local statistics = {}

--- What mah.sweep.describe says of a list of numbers.
---@class described
---@field n integer how many there are
---@field mean number their mean
---@field sd number|nil their standard deviation, with n - 1; nil for a single one
---@field low number|nil the lower end of the 95 % interval of the mean, by Student's t
---@field high number|nil its upper end
---@field min number the least
---@field max number the greatest

-- -- One list -------------------------------------------------------------------------------------

--- n, mean, standard deviation (with n - 1), and the 95 % interval of the mean by Student's t; no
--- deviation and no interval for a single value.
---
---     local s = mah.sweep.describe({0.96, 0.97, 0.95})
---     print(("%d, %.3f, %.3f, %.3f to %.3f"):format(s.n, s.mean, s.sd, s.low, s.high))
---     --> 3, 0.960, 0.010, 0.935 to 0.985
---@param values number[]
---@return described
function statistics.describe(values)
  check.that(type(values) == "table", "mah.sweep.describe: a list of numbers is expected, got %s",
    check.show(values))
  for i, v in ipairs(values) do
    check.that(type(v) == "number", "mah.sweep.describe: value %d is %s; numbers are expected", i,
      check.show(v))
  end
  local n, sum, min, max = #values, 0, math.huge, -math.huge
  for _, v in ipairs(values) do sum, min, max = sum + v, math.min(min, v), math.max(max, v) end
  local mean, squares = min == max and min or sum / n, 0 -- sum / n of equal values may be off
  for _, v in ipairs(values) do squares = squares + (v - mean) ^ 2 end
  local result = { n = n, mean = mean, min = min, max = max }
  if n > 1 then
    result.sd = math.sqrt(squares / (n - 1))
    local half = special.student_quantile(0.05, n - 1) * result.sd / math.sqrt(n)
    result.low, result.high = mean - half, mean + half
  end
  return result
end

-- -- Groups ---------------------------------------------------------------------------------------

--- Do all groups have numbers there? Then they are put in order.
local function sort_by_number(groups, name)
  for i, group in ipairs(groups) do
    if type(group.key[name]) ~= "number" then return end
    group.place = i
  end
  table.sort(groups, function(a, b)
    if a.key[name] ~= b.key[name] then return a.key[name] < b.key[name] end
    return a.place < b.place
  end)
end

--- Rows with the same values of the parameters `by`, in the order of the numbers of the first one,
--- or else of appearance.
---@param rows {params: table}[]
---@param by string[]
---@return {key: table, rows: table[]}[]
function statistics.groups(rows, by)
  local groups, places = {}, {}
  for _, row in ipairs(rows) do
    local parts, key = {}, {}
    for i, name in ipairs(by) do
      key[name] = row.params[name]
      parts[i] = key[name] == nil and "-" or canonical.encode(key[name])
    end
    local id = table.concat(parts, "\0")
    if not places[id] then
      places[id] = #groups + 1
      groups[places[id]] = { key = key, rows = {} }
    end
    table.insert(groups[places[id]].rows, row)
  end
  if by[1] then sort_by_number(groups, by[1]) end
  return groups
end

--- The finite values of a result.
---@param rows table[]
---@param name string
---@return number[]
function statistics.values(rows, name)
  local values = {}
  for _, row in ipairs(rows) do
    local v = row.status == "done" and row.result and row.result[name]
    if type(v) == "number" and v - v == 0 then values[#values + 1] = v end
  end
  return values
end

--- The names of results that are numbers, in order.
---@param rows table[]
---@return string[]
function statistics.numeric_results(rows)
  local seen, names = {}, {}
  for _, row in ipairs(rows) do
    for name, v in pairs(row.status == "done" and row.result or {}) do
      if type(v) == "number" and not seen[name] then
        seen[name] = true
        names[#names + 1] = name
      end
    end
  end
  table.sort(names)
  return names
end

--- A list of names from one name, a list, or nothing.
---@param given string|string[]|nil
---@param default string[]
---@param where string
function statistics.names(given, default, where)
  if given == nil then return default end
  local list = type(given) == "table" and given or { given }
  for i, name in ipairs(list) do
    check.that(type(name) == "string", "%s: name %d must be a string, got %s", where, i,
      check.show(name))
  end
  return list
end

--- Complains about names that are no parameters of any trial.
---@param names string[]
---@param trials {params: table}[]
---@param where string
function statistics.check_parameters(names, trials, where)
  local known, list = {}, {}
  for _, trial in ipairs(trials) do
    for name in pairs(trial.params) do
      if not known[name] then list[#list + 1] = name end
      known[name] = true
    end
  end
  table.sort(list)
  for _, name in ipairs(#list > 0 and names or {}) do
    if not known[name] then
      local hint = options.nearest(name, known)
      check.raise("%s: there is no parameter '%s'; %s", where, name, hint
        and ("did you mean '%s'?"):format(hint) or "there are: " .. table.concat(list, ", "))
    end
  end
end

return statistics
