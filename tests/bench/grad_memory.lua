--- Does a training with the tape grow? Tensors' live bytes, Lua's memory and the process' resident
--- set (Linux) in the course of 10,000 steps of a small mah.network.
---
---     build/mah tests/bench/grad_memory.lua
---     --> step  2500   live    43 KiB   Lua  1421 KiB   resident  31.2 MiB
local mah = require "mah"

local STEPS, PER_EPOCH = tonumber(arg[1]) or 10000, 10
mah.threads(1)

local function resident()
  local file = io.open "/proc/self/status"
  local text = file and file:read "*a" or ""
  if file then file:close() end
  return tonumber(text:match "VmRSS:%s*(%d+)" or 0) / 1024
end

local net = mah.network {
  params = { W1 = { 4, 32 }, b1 = { 32 }, W2 = { 32, 16 }, b2 = { 16 }, W3 = { 16, 4 },
    b3 = { 4 } },
  forward = function(p, x)
    local h = (x:matmul(p.W1) + p.b1):tanh()
    return ((h:matmul(p.W2) + p.b2):tanh()):matmul(p.W3) + p.b3
  end,
  loss = function(scores, y)
    return (scores:logsumexp(2) - scores:gather(2, y:unsqueeze(2) + 1):squeeze(2)):mean()
  end,
  seed = 1,
}

local x = mah.randn(320, 4, { rng = 1 })
local y = mah.randint(0, 3, { 320 }, { dtype = "int32", rng = 2 })
local epochs = STEPS / PER_EPOCH
mah.train(net, { x = x, y = y }, { solver = mah.solver.adam {}, batch_size = 320 / PER_EPOCH,
  seed = 1, stop = epochs, on_epoch = function(s)
    if s.epoch % math.floor(epochs / 4) ~= 0 and s.epoch ~= math.floor(epochs / 10) then return end
    collectgarbage()
    collectgarbage()
    print(("step %6d   live %5.0f KiB   Lua %5.0f KiB   resident %5.1f MiB"):format(
      s.epoch * PER_EPOCH, mah.memory() / 1024, collectgarbage "count", resident()))
  end })
