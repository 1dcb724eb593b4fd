--- x[i] = x[i] + 1 over a million elements: the least nanoseconds per element of as many rounds as
--- asked for. Run by elements.sh:   build/mah tests/bench/elements.lua [DTYPE [ROUNDS]]
local mah = require "mah"
local now = require("mah.base.progress").now

local N, dtype, rounds = 1000000, arg[1] or "float32", tonumber(arg[2]) or 100
local x, best = mah.zeros(N, { dtype = dtype }), math.huge

local function count_up(n)
  for i = 1, n do x[i] = x[i] + 1 end
end

for _ = 1, rounds do
  local start = now()
  count_up(N)
  best = math.min(best, (now() - start) / N * 1e9)
end
assert(x[N] == rounds)
print(("%.4f"):format(best))
