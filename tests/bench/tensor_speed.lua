--- One measurement of tensors for train_speed.lua:  mah tensor_speed.lua TASK THREADS
--- Prints the median seconds of a call, over a third of a second.
local mah = require "mah"
local median = require("timing").median

mah.threads(tonumber(arg[2]))
mah.manual_seed(1)

local LASTS = 0.33

local tasks = {}

function tasks.add()
  local x, y = mah.randn(1e6), mah.randn(1e6)
  return function() return x + y end
end

function tasks.matmul()
  local x, y = mah.randn(512, 512), mah.randn(512, 512)
  return function() return x:matmul(y) end
end

function tasks.sum()
  local x = mah.randn(1000, 1000)
  return function() return x:sum(1) end
end

function tasks.sort()
  local x = mah.randn(1e5)
  return function() return x:sort() end
end

function tasks.small_tensors()
  local x, y = mah.randn(3), mah.randn(3)
  return function()
    local z = x
    for _ = 1, 1000 do z = z * 0.5 + y end
    return z
  end
end

local now, call, seconds = mah.progress.now, tasks[arg[1]](), {}
for _ = 1, 3 do call() end
local start = now()
repeat
  local before = now()
  call()
  seconds[#seconds + 1] = now() - before
until now() - start > LASTS
print(("%.6g"):format(median(seconds)))
