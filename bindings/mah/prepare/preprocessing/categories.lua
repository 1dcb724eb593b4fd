--- The different values of columns, in order: numbers, strings, and last of all the missing one.
---
---     local list = categories.of(column)               --> { "female", "male" }
---     local code = categories.codes(list)              -- code "male" --> 2
local check = require "mah.base.check"
local frame = require "mah.prepare.frame"

local categories = {}

--- The rule of the parameter that says them.
categories.rule = { "auto", "string|table", nil,
  "a list of categories for each column, in their order; \"auto\": those of the data, sorted" }

local function less(a, b)
  if type(a) == type(b) then return a < b end
  return type(a) == "number"
end

--- The different values of a column, sorted; NaN, where some are missing, is the last.
---@param column tensor|any[]
---@return any[]
function categories.of(column)
  local seen, list, missing = {}, {}, false
  for i = 1, #column do
    local value = column[i]
    if frame.is_missing(value) then
      missing = true
    elseif seen[value] == nil then
      seen[value] = true
      list[#list + 1] = value
    end
  end
  table.sort(list, less)
  if missing then list[#list + 1] = frame.MISSING end
  return list
end

--- A function from values to their places in the list from 1; nil for others.
---@param list any[]
---@return fun(value: any): integer|nil
function categories.codes(list)
  local place, missing = {}, nil
  for i, value in ipairs(list) do
    if frame.is_missing(value) then missing = i else place[value] = i end
  end
  return function(value)
    if value ~= value then return missing end
    return place[value]
  end
end

--- A value in names of columns: whole numbers without a point.
---@return string
function categories.text(value)
  if frame.is_missing(value) then return "nan" end
  return tostring(value)
end

--- The categories of each column: those of the data, or the given lists, which must have all.
---@param self table     with categories and where
---@param f mah.Frame
---@param unknown_fails boolean
---@return any[][]
function categories.find(self, f, unknown_fails)
  local lists = {}
  for k, column in ipairs(f.columns) do
    if self.categories == "auto" then
      lists[k] = categories.of(column)
    else
      lists[k] = check.that(type(self.categories) == "table" and self.categories[k],
        "%s: categories has no list for column %s", self.where, f:label(k))
      check.that(type(lists[k]) == "table", "%s: categories: a list is expected for column %s, "
        .. "got %s", self.where, f:label(k), check.show(lists[k]))
      if unknown_fails then categories.encode(self, f, k, lists[k]) end
    end
  end
  return lists
end

local function complain(self, f, k, i, value, list)
  local shown = {}
  for j = 1, math.min(#list, 10) do shown[j] = categories.text(list[j]) end
  check.raise("%s: column %s: row %d holds %s, which is none of the categories %s%s", self.where,
    f:label(k), i, frame.is_missing(value) and "a missing value" or check.show(value),
    table.concat(shown, ", "), #list > 10 and " ..." or "")
end

--- The places of a column's values in the list. Values that are not in it are errors that name
--- them, or `unknown`.
---@param unknown integer|nil
---@return integer[]
function categories.encode(self, f, k, list, unknown)
  local code, column, out = categories.codes(list), f.columns[k], {}
  for i = 1, f.rows do
    local value = column[i]
    out[i] = code(value) or unknown or complain(self, f, k, i, value, list)
  end
  return out
end

return categories
