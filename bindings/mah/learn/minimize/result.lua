--- What mah.minimize gives: a table with scipy's names.
---
---     print(minimum)                                 -- one line a field
local class = require "mah.base.class"

local sorted_keys = require("mah.learn.minimize.argument").sorted_keys

local order = { "message", "success", "status", "fun", "cost", "x", "stderr", "cov", "jac", "nit",
  "nfev", "njev", "nhev", "names" }

--- What mah.minimize found; printed, it is a table.
---@class minimum
---@field x any                 where it is, in the form of x0
---@field fun number|tensor     the value there; with LM the residuals (m)
---@field success boolean       is it a minimum to the tolerances?
---@field status integer        0: it is; 1: a limit was reached; 2: no lower value was found; 3:
---  values or gradients are not finite; 99: the callback stopped it
---@field message string        the same in words
---@field jac any               the gradient in the form of x0, of methods that have one; with LM
---  the Jacobian (m, n)
---@field nit integer           iterations
---@field nfev integer          evaluations of f
---@field njev integer|nil      of gradients, where any were made
---@field nhev integer|nil      of second derivatives times a vector, where any were made
---@field cost number|nil       of LM: half the sum of squares
---@field cov tensor|nil        of LM: the parameters' covariance matrix (n, n), from the residuals'
---  own size unless absolute_sigma; infinite where they do not say it
---@field stderr any            of LM: the parameters' standard errors, in the form of x0
---@field names string[]|nil    of LM: what cov's rows belong to, where x0 is a table
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
