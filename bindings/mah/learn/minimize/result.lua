--- What mah.minimize gives: a table with scipy's names.
---
---     print(mah.minimize(function(x) return (x - 3):square():sum() end, mah.zeros(2)))
local class = require "mah.base.class"

local sorted_keys = require("mah.learn.minimize.argument").sorted_keys

local order = { "message", "success", "status", "fun", "cost", "x", "stderr", "cov", "jac", "nit",
  "nfev", "njev", "nhev", "names" }

local Result = class.new("a result of mah.minimize", "result", table.concat(order, " "))
class.fields[Result] = {}
for _, name in ipairs(order) do class.fields[Result][name] = true end

local result = {
  --- Of the field status.
  CONVERGED = 0, LIMIT = 1, STUCK = 2, NOT_FINITE = 3, STOPPED = 99,
}

--- It ends by a limit on iterations or evaluations.
---@return true
function result.limit(outcome, what, made, limit)
  outcome.status = result.LIMIT
  outcome.message = ("%d %s were made; the limit is %d"):format(made, what, limit)
  return true
end

--- It ends because a callback says so.
---@return true
function result.stopped(outcome)
  outcome.status, outcome.message = result.STOPPED, "the callback said stop"
  return true
end

local function indented(text) return (text:gsub("\n", "\n         ")) end

local function show(value)
  if type(value) == "number" then return ("%.12g"):format(value) end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for _, key in ipairs(sorted_keys(value)) do
    local name = type(key) == "number" and "" or key .. " = "
    parts[#parts + 1] = name .. show(value[key])
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

--- One line a field, as scipy's.
function Result:__tostring()
  local lines = {}
  for _, name in ipairs(order) do
    local value = rawget(self, name)
    if value ~= nil then
      lines[#lines + 1] = ("%7s: %s"):format(name, indented(show(value)))
    end
  end
  return table.concat(lines, "\n")
end

--- Of an outcome of a method.
---@param outcome table
---@return table
function result.new(outcome)
  outcome.success = outcome.status == result.CONVERGED
  return setmetatable(outcome, Result)
end

return result
