--- mah.preprocessing.Normalizer: each row divided by its norm. A row of zeros stays.
---
---     mah.preprocessing.Normalizer{norm = "l1"}:transform(x)
local base = require "mah.prepare.base"

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
  norm = { "l2", { "l1", "l2", "max" } },
}, Normalizer)
