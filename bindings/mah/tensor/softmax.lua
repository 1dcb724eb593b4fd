--- Scores as probabilities, computed without overflow.
---
---     x:softmax(2)         -- rows that add up to 1
---     x:log_softmax(2)     -- their logarithms
local Type = require "mah.tensor.ctype"

local methods, expect = Type.methods, Type.expect

local softmax = {}

--- The logarithms of softmax: x - logsumexp(x), along a dimension.
---@param x tensor
---@param dim integer|nil   the last one
---@return tensor
function softmax.log_softmax(x, dim)
  return expect(x, "log_softmax") - methods.logsumexp(x, dim or -1, true)
end

--- exp(x) divided by its sum along a dimension.
---@param x tensor
---@param dim integer|nil   the last one
---@return tensor
function softmax.softmax(x, dim)
  return methods.exp(expect(x, "softmax") - methods.logsumexp(x, dim or -1, true))
end

for name, f in pairs(softmax) do methods[name] = f end

return softmax
