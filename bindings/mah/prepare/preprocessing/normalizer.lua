--- Divides each row by its norm; a row of zeros stays.
---
---     local normalizer = mah.preprocessing.Normalizer{norm = "l1"}:fit({{1, 3}})
---     local z = normalizer:transform({{1, 3}, {0, 0}})
---     print(z[1][1], z[1][2], z[2][1])  --> 0.25 0.75 0
local base = require "mah.prepare.base"

---@class Normalizer : mah.Prepared
local Normalizer = {}

local norms = {
  l1 = function(x) return x:abs():sum(2, true) end,
  l2 = function(x) return x:square():sum(2, true):sqrt() end,
  max = function(x) return (x:abs():max(2, true)) end,
}

---@param x tensor|table
---@return table self
function Normalizer:fit(x)
  base.matrix(self, x, { fitting = true })
  return self
end

---@param x tensor|table
---@return tensor
function Normalizer:transform(x)
  local numbers = base.matrix(self, x, {})
  local size = norms[self.norm](numbers)
  return base.like(numbers:div_(size + size:eq(0):double()), x)
end

return base.define("mah.preprocessing.Normalizer", {
  norm = { "l2", { "l1", "l2", "max" }, nil,
    "\"l1\": the sum of |x|; \"l2\": the root of the sum of x^2; \"max\": the greatest x" },
}, Normalizer)
