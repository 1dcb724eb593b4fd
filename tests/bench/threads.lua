--- One thread against two:  build/mah tests/bench/threads.lua [ROUNDS]
--- Medians of alternating rounds, of what the caches hold and of 10,000,000 elements, beside a
--- plain copy: what two threads gain there is what the memory gives them. Wants a quiet machine.
package.path = arg[0]:gsub("[^/]*$", "") .. "?.lua;" .. package.path
local mah = require "mah"
local median = require("timing").median

local ROUNDS, LASTS = tonumber(arg[1]) or 15, 0.004
local now = mah.progress.now

-- Seconds of a call with 1 and with 2 threads.
local function measure(call)
  local seconds, calls = { {}, {} }, 1
  mah.threads(1)
  call()
  repeat
    local start = now()
    for _ = 1, calls do call() end
    local lasted = now() - start
    if lasted < LASTS then calls = calls * 2 end
  until lasted >= LASTS
  for round = 1, ROUNDS do
    for threads = 1, 2 do
      mah.threads(threads)
      call() -- the other threads wake up
      local start = now()
      for _ = 1, calls do call() end
      seconds[threads][round] = (now() - start) / calls
    end
  end
  return median(seconds[1]), median(seconds[2])
end

print(("%-26s %12s %12s %8s"):format("", "1 thread us", "2 threads us", "gain"))
local function row(name, call)
  local one, two = measure(call)
  print(("%-26s %12.1f %12.1f %8.2f"):format(name, one * 1e6, two * 1e6, one / two))
end

mah.manual_seed(1)
for _, n in ipairs { 100000, 250000, 10000000 } do
  local x, out = mah.randn(n), mah.zeros(n)
  row("copy_ " .. n, function() out:copy_(x) end)
  row("exp " .. n, function() return x:exp() end)
  row("add_ " .. n, function() out:add_(x) end)
  row("sum " .. n, function() return x:sum() end)
  row("sort " .. n, function() return x:sort() end)
end
for _, n in ipairs { 512, 1000, 3162 } do
  local a, b = mah.randn(n, n), mah.randn(n, n)
  row(("matmul %d x %d"):format(n, n), function() return a:matmul(b) end)
end
