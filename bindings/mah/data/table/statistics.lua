--- Statistics of columns, of the values that are there.
local C = require "mah.base.library"
local Column = require "mah.data.table.column"
local check = require "mah.base.check"
local ffi = require "ffi"
local kinds = require "mah.data.table.kinds"
local make = require "mah.tensor.make"

local expect, methods = Column.expect, Column.methods

--- The numbers that are there.
local function present(self, where)
  if expect(self, where).kind == "text" or self.kind == "category" then
    check.raise("%s: column '%s' holds %s, not numbers", where, self.name, self.kind)
  end
  if self.kind == "integer" and self:count_missing() == 0 then return self.values end
  local numbers = self:tensor()
  return numbers:masked_select(numbers:isnan():eq(0))
end

local NAN = tonumber "nan"
local function statistic(self, name)
  local x = present(self, name)
  if #x == 0 and name ~= "sum" then return NAN end
  return x[name](x)
end

--- The sum; 0 of no values.
---
---     local t = mah.data.table{age = {30, 0 / 0, 20}}
---     print(t.age:sum())  --> 50
---@param self mah.Column
---@return number
function methods.sum(self) return statistic(self, "sum") end

--- The mean; NaN of no values.
---
---     local t = mah.data.table{age = {30, 0 / 0, 20}}
---     print(t.age:mean())  --> 25
---@param self mah.Column
---@return number
function methods.mean(self) return statistic(self, "mean") end

--- The median; NaN of no values.
---
---     local t = mah.data.table{age = {30, 0 / 0, 20}}
---     print(t.age:median())  --> 25
---@param self mah.Column
---@return number
function methods.median(self) return statistic(self, "median") end

--- The standard deviation, with n - 1.
---
---     local t = mah.data.table{age = {30, 0 / 0, 20}}
---     print(("%.4f"):format(t.age:std()))  --> 7.0711
---@param self mah.Column
---@return number
function methods.std(self) return statistic(self, "std") end

--- The variance, with n - 1.
---
---     local t = mah.data.table{age = {30, 0 / 0, 20}}
---     print(t.age:var())  --> 50
---@param self mah.Column
---@return number
function methods.var(self) return statistic(self, "var") end

--- The numbers' quantile, as tensor:quantile.
---
---     local t = mah.data.table{age = {10, 20, 30, 40, 50}}
---     print(t.age:quantile(0.25), t.age:quantile({0.5, 1})[2])  --> 20 50
---@param self mah.Column
---@param q number|number[]
---@return number|tensor
function methods.quantile(self, q)
  local x = present(self, "quantile")
  if #x == 0 then return type(q) == "number" and NAN or make.full(#q, NAN) end
  return x:quantile(q)
end

local function extreme(self, name)
  if self.kind ~= "date" then
    local x = present(self, name)
    return #x > 0 and x[name](x) or NAN
  end
  local x = self.values:masked_select(self:missing():eq(0))
  if #x == 0 then return nil end
  local place = x["arg" .. name](x)
  return kinds.read.date({ values = x }, place - 1)
end

--- The smallest value; of dates a date.
---
---     local t = mah.data.table({age = {30, 20}, day = {"2026-11-28", "2025-01-01"}},
---       {types = {day = "date"}})
---     print(t.age:min(), t.day:min())  --> 20 2025-01-01
---@param self mah.Column
---@return number|string
function methods.min(self) return extreme(expect(self, "min"), "min") end

--- The largest value; of dates a date.
---
---     local t = mah.data.table({age = {30, 20}, day = {"2026-11-28", "2025-01-01"}},
---       {types = {day = "date"}})
---     print(t.age:max(), t.day:max())  --> 30 2026-11-28
---@param self mah.Column
---@return number|string
function methods.max(self) return extreme(expect(self, "max"), "max") end

--- What is equal, as a key of a Lua table too, where the values are: each int64_t is an object.
local function identity(value) return type(value) == "cdata" and tostring(value) or value end

--- The different values, sorted, and how often each occurs.
---
---     local t = mah.data.table{port = {"S", "C", "S"}}
---     local values, counts = t.port:unique()
---     print(table.concat(values, " "), table.concat(counts, " "))  --> C S 1 2
---@param self mah.Column
---@return any[] values, integer[] counts
function methods.unique(self)
  local count, values, counts = {}, {}, {}
  local value_at = Column.reader(expect(self, "unique"))
  for i = 1, #self do
    local value = value_at(i)
    if value ~= nil then
      local key = identity(value)
      if not count[key] then values[#values + 1] = value end
      count[key] = (count[key] or 0) + 1
    end
  end
  table.sort(values, function(a, b)
    if type(a) == "boolean" then return not a and b end
    return a < b
  end)
  for i, value in ipairs(values) do counts[i] = count[identity(value)] end
  return values, counts
end

--- A part of dates: year, month, day, hour, minute, second or weekday (1 Monday ... 7 Sunday).
---
---     local t = mah.data.table({day = {"2026-11-28T21:37"}}, {types = {day = "date"}})
---     print(t.day:part("year")[1], t.day:part("hour")[1], t.day:part("weekday")[1])  --> 2026 21 6
---@param self mah.Column
---@param part string
---@return mah.Column   integers
function methods.part(self, part)
  if expect(self, "part").kind ~= "date" then
    check.raise("part: column '%s' holds %s, not dates", self.name, self.kind)
  end
  local names = { year = 0, month = 1, day = 2, hour = 3, minute = 4, second = 5, weekday = 6 }
  local which = names[part] or check.raise("part: year, month, day, hour, minute, second or "
    .. "weekday is expected, got %s", check.show(part))
  local out, parts = self.values:clone(), ffi.new "int32_t[7]"
  local to = ffi.cast("int64_t *", out.data)
  for i = 0, #self - 1 do
    if to[i] ~= kinds.MISSING then
      C.mah_date_parts(parts, to[i])
      to[i] = parts[which]
    end
  end
  return Column.new(part, { kind = "integer", values = out })
end
