--- Scores as probabilities, computed without overflow.
---
---     x:softmax(2)         -- rows that add up to 1
---     x:log_softmax(2)     -- their logarithms
local Type = require "mah.tensor.ctype"

local methods, expect = Type.methods, Type.expect

local softmax = {}

--- The logarithms of softmax, x - logsumexp(x) along a dimension, computed without overflow.
---
---     print(mah.log_softmax(mah.tensor { 0, 0, 1000 }))
---     --> float32 3
---     --> {-1000.0, -1000.0,     0.0}
---@param x tensor
---@param dim integer|nil   the last one
---@return tensor           of x's shape
function softmax.log_softmax(x, dim)
  return expect(x, "log_softmax") - methods.logsumexp(x, dim or -1, true)
end

--- exp(x) divided by its sum along a dimension, computed without overflow: scores become
--- probabilities.
---
---     print(mah.softmax(mah.tensor { { 0, 0 }, { 0, math.log(3) } }))
---     --> float32 2x2
---     --> {{0.50, 0.50},
---     -->  {0.25, 0.75}}
---@param x tensor
---@param dim integer|nil   the last one
---@return tensor           of x's shape; the sums along dim are 1
function softmax.softmax(x, dim)
  return methods.exp(expect(x, "softmax") - methods.logsumexp(x, dim or -1, true))
end

for name, f in pairs(softmax) do methods[name] = f end

return softmax
