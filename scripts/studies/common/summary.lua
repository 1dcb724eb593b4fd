--- Trials summed up by setting: mean and spread over the seeds.
---
---     local s = Summary.new(rows, "dropout")
---     for _, setting in ipairs(s) do print(setting.x, setting.test.mean, setting.test.sd) end
---     print(s:best("test").x, s:nearest(0.5).test.mean, #s:between(0.2, 0.5))
local mah = require "mah"

local Summary = {}
Summary.__index = Summary

--- What mah.sweep.describe says of the values, and the mean's standard error. The deviation of a
--- single value is 0.
---@param values number[]
---@return {mean: number, sd: number, n: integer, error: number}
function Summary.spread(values)
  local s = mah.sweep.describe(values)
  s.sd = s.sd or 0
  s.error = s.sd / math.sqrt(s.n)
  return s
end

--- Every number of the results becomes a field of the setting.
local function add_measures(setting)
  local lists = {}
  for _, row in ipairs(setting.rows) do
    for name, value in pairs(row.result) do
      if type(value) == "number" then
        lists[name] = lists[name] or {}
        table.insert(lists[name], value)
      end
    end
  end
  for name, values in pairs(lists) do setting[name] = Summary.spread(values) end
end

--- One entry for each setting, in the order of the rows: {name, x, params, rows, train = {mean, sd,
--- n, error}, test = ...}. Settings without a finished trial are not among them; s.failed lists the
--- rows that failed.
---@param rows table[]      {name =, params =, result = table|nil, error = string|nil}
---@param x string|nil      the parameter that is swept: each setting's x
---@return table
function Summary.new(rows, x)
  local order, by_name, list = {}, {}, { failed = {} }
  for _, row in ipairs(rows) do
    local setting = by_name[row.name]
    if not setting then
      setting = { name = row.name, params = row.params, rows = {}, x = x and row.params[x] }
      by_name[row.name] = setting
      order[#order + 1] = setting
    end
    table.insert(row.result and setting.rows or list.failed, row)
  end
  for _, setting in ipairs(order) do
    if #setting.rows > 0 then
      add_measures(setting)
      list[#list + 1] = setting
    end
  end
  return setmetatable(list, Summary)
end

-- -- Looking things up ----------------------------------------------------------------------------

--- The setting with the largest (sign = -1: smallest) mean; the first of equals.
local function extreme(s, measure, sign)
  local found
  for _, setting in ipairs(s) do
    if not found or sign * setting[measure].mean > sign * found[measure].mean then
      found = setting
    end
  end
  return found
end

function Summary:best(measure) return extreme(self, measure, 1) end
function Summary:least(measure) return extreme(self, measure, -1) end

--- The settings for which keep(setting) is true.
function Summary:where(keep)
  local list = { failed = {} }
  for _, setting in ipairs(self) do
    if keep(setting) then list[#list + 1] = setting end
  end
  return setmetatable(list, Summary)
end

--- The settings with low <= x <= high.
function Summary:between(low, high)
  return self:where(function(setting) return setting.x >= low and setting.x <= high end)
end

--- The setting whose x is nearest.
function Summary:nearest(x)
  local found
  for _, setting in ipairs(self) do
    if not found or math.abs(setting.x - x) < math.abs(found.x - x) then found = setting end
  end
  return found
end

--- The setting with this x.
function Summary:at(x)
  for _, setting in ipairs(self) do
    if setting.x == x then return setting end
  end
end

--- The mean of the settings' means.
function Summary:mean(measure)
  local sum = 0
  for _, setting in ipairs(self) do sum = sum + setting[measure].mean end
  return sum / #self
end

--- A column of means, standard deviations ("sd") or x ("x").
function Summary:column(measure, field)
  local values = {}
  for i, setting in ipairs(self) do
    values[i] = measure == "x" and setting.x or setting[measure][field or "mean"]
  end
  return values
end

-- -- Choosing -------------------------------------------------------------------------------------

--- Breiman's rule of one standard error: of the settings whose validation accuracy is within one
--- standard error of the best, the one with the least of `prefer` ("n_iter"), or the first one.
---@param prefer string|nil
---@return table setting
function Summary:choose(prefer)
  local best = self:best "validation"
  local near = self:where(function(setting)
    return setting.validation.mean >= best.validation.mean - best.validation.error
  end)
  return prefer and near:least(prefer) or near[1]
end

return Summary
