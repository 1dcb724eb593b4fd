--- Fills missing values with what is usual in their column.
---
---     local nan = 0 / 0
---     local imputer = mah.preprocessing.SimpleImputer{strategy = "median", add_indicator = true}
---     imputer:fit({age = {20, nan, 30, 61}})
---     print(imputer.statistics_[1], table.concat(imputer:feature_names_out(), " "))
---     --> 30 age missingindicator_age
---     local filled = imputer:transform({age = {nan, 44}})
---     print(filled[1][1], filled[1][2], filled[2][1])  --> 30 1 44
---
--- A column without any value is left out, with a warning, unless keep_empty_features is set.
local Type = require "mah.tensor.type"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local frame = require "mah.prepare.frame"
local tensor = require "mah.tensor"
local warn = require "mah.base.warn"

---@class SimpleImputer : mah.Prepared
---@field statistics_ any[] what fills each column; NaN where the column is left out
---@field with_missing_ integer[] the columns, from 1, that had missing values in fit
local SimpleImputer = {}

-- -- What is missing ------------------------------------------------------------------------------

local function is_missing(self, value)
  return value ~= value or value == self.missing_values
end

--- What is there of a column, as a list, and whether something is missing.
local function present(self, column)
  local list, missing = {}, false
  for i = 1, #column do
    local value = column[i]
    if is_missing(self, value) then missing = true else list[#list + 1] = value end
  end
  return list, missing
end

-- -- What takes its place -------------------------------------------------------------------------

local function less(a, b)
  if type(a) == type(b) then return a < b end
  return type(a) == "number"
end

local function most_frequent(list)
  local count, best = {}, nil
  for _, value in ipairs(list) do count[value] = (count[value] or 0) + 1 end
  for value, n in pairs(count) do
    local better = best == nil or n > count[best] or n == count[best] and less(value, best)
    if better then best = value end
  end
  return best
end

local statistics = {
  mean = function(list) return tensor.tensor(list, { dtype = "float64" }):mean() end,
  median = function(list) return tensor.tensor(list, { dtype = "float64" }):median() end,
  most_frequent = most_frequent,
}

local function check_numbers(self, f, k)
  if self.strategy ~= "mean" and self.strategy ~= "median" then return end
  for i = 1, f.rows do
    local value = f.columns[k][i]
    check.that(type(value) ~= "string", '%s: column %s holds the string %s in row %d, of which '
      .. 'there is no %s; strategy = "most_frequent" takes strings', self.where, f:label(k),
      check.show(value), i, self.strategy)
  end
end

local function constant(self, column)
  local strings = type(column) == "table"
  local value = self.fill_value
  if value == nil then value = strings and "missing_value" or 0 end
  check.that(strings or type(value) == "number",
    "%s: fill_value is %s, and the column holds numbers", self.where, check.show(value))
  return value
end

--- What fills column k; NaN when nothing does.
local function statistic(self, f, k, list)
  if self.strategy == "constant" then return constant(self, f.columns[k]) end
  check_numbers(self, f, k)
  if #list > 0 then return statistics[self.strategy](list) end
  if self.keep_empty_features then return type(f.columns[k]) == "table" and "" or 0 end
  warn("%s: all values of column %s are missing; it is left out", self.where, f:label(k))
  return frame.MISSING
end

---@param x tensor|table
---@return table self
function SimpleImputer:fit(x)
  local f = base.frame(self, x, true)
  self.statistics_, self.with_missing_ = {}, {}
  for k, column in ipairs(f.columns) do
    local list, missing = present(self, column)
    self.statistics_[k] = statistic(self, f, k, list)
    if missing then self.with_missing_[#self.with_missing_ + 1] = k end
  end
  return self
end

-- -- Filling --------------------------------------------------------------------------------------

local function filled(self, column, value)
  local list = {}
  for i = 1, #column do list[i] = is_missing(self, column[i]) and value or column[i] end
  return list
end

local function indicator(self, column)
  local list = {}
  for i = 1, #column do list[i] = is_missing(self, column[i]) and 1 or 0 end
  return list
end

--- The places of the columns that stay.
local function kept(self)
  local places = {}
  for k, value in ipairs(self.statistics_) do
    if not frame.is_missing(value) then places[#places + 1] = k end
  end
  return places
end

--- A matrix when all columns are numbers.
---@param x tensor|table
---@return tensor|mah.Table
function SimpleImputer:transform(x)
  local f, columns = base.frame(self, x), {}
  for _, k in ipairs(kept(self)) do
    columns[#columns + 1] = filled(self, f.columns[k], self.statistics_[k])
  end
  for _, k in ipairs(self.add_indicator and self.with_missing_ or {}) do
    columns[#columns + 1] = indicator(self, f.columns[k])
  end
  check.that(#columns > 0, "%s: all columns are without any value", self.where)
  local result = frame.result(columns, f.names and self:feature_names_out(), f.rows)
  return Type.is_tensor(result) and base.like(result, x) or result
end

---@param given string[]|nil
---@return string[]
function SimpleImputer:feature_names_out(given)
  local all, names = base.names_in(self, given), {}
  for _, k in ipairs(kept(self)) do names[#names + 1] = all[k] end
  for _, k in ipairs(self.add_indicator and self.with_missing_ or {}) do
    names[#names + 1] = "missingindicator_" .. all[k]
  end
  return names
end

return base.define("mah.preprocessing.SimpleImputer", {
  missing_values = { frame.MISSING, "number|string", nil, "what counts as missing beside NaN" },
  strategy = { "mean", { "mean", "median", "most_frequent", "constant" }, nil,
    "what fills a column; \"most_frequent\" (the least of several) and \"constant\", fill_value, "
    .. "are for strings too" },
  fill_value = { nil, "number|string", nil,
    "the constant; nil: 0 for numbers and \"missing_value\" for strings" },
  add_indicator = { false, "boolean", nil,
    "one more column for each that had missing values in fit, 1 where one is missing" },
  keep_empty_features = { false, "boolean", nil,
    "columns without any value stay, filled with 0, or \"\" for strings" },
}, SimpleImputer)
