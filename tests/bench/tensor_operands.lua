--- What the names of tensor_rows.lua stand for, on Mah's side.
local mah = require "mah"

local operands = {}

operands.names = "mah, n, k10, q, a, b, A, B, S, i32, i32p, m8, s1, s100, a3, b3"

--- The values of these names, for n elements.
function operands.of(n)
  local m = math.floor(math.sqrt(n))
  local a, b, A = mah.rand(n), mah.rand(n), mah.rand(m, m)
  local i32, s1 = mah.randint(0, n - 1, n), a:sort()
  return mah, n, math.min(10, n), math.floor(math.sqrt(m)), a, b, A, mah.rand(m, m), A + A:t(), i32,
    i32 + 1, a:lt(0.5), s1, mah.linspace(0, 1, 100), a:view(-1, 4, 4), b:view(-1, 4, 4)
end

return operands
