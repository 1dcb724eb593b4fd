--- Numbers as fits, scores and metrics take them: tensors, lists, a table's column.
---
---     local y = numbers({ 1, 2.5 }, "mah.MLPRegressor: y")     -- float64
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local tensor = require "mah.tensor"
local vector = require "mah.base.vector"

--- A list of numbers, or of lists of them, or a table's column, as a float64 tensor; tensors as
--- they are.
---@param values any
---@param name string   for messages
---@return tensor
return function(values, name)
  values = vector(values, "numbers")
  if type(values) ~= "table" then return Type.expect(values, name) end
  for i, value in ipairs(values) do
    check.that(type(value) == "number" or type(value) == "table",
      "%s: numbers are expected; entry %d is %s", name, i, check.show(value))
  end
  return tensor.tensor(values, { dtype = "float64" })
end
