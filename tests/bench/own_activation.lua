--- A network with an activation in Lua on one thread and on two: 784-512-512-10, whole gradients
--- by turns; medians and the median of the ratios (above 1: two threads are faster), and the
--- fastest of each, which other programs disturb least. Then: do 1, 2 and 3 threads give the same
--- bits?
---
---     mah tests/bench/own_activation.lua [rows = 2048] [rounds = 15]
local mah = require "mah"
local ffi = require "ffi"

local folder = arg[0]:match "^(.*/)" or "./"
package.path = folder .. "?.lua;" .. package.path
local timing = require "timing"

ffi.cdef [[
typedef struct { long sec, nsec; } bench_time;
int clock_gettime(int clock, bench_time *now);
]]
local now_buffer = ffi.new "bench_time"
local function now()
  ffi.C.clock_gettime(1, now_buffer)
  return tonumber(now_buffer.sec) + tonumber(now_buffer.nsec) * 1e-9
end

local rows, rounds = tonumber(arg[1]) or 2048, tonumber(arg[2]) or 15

--- z where z > 0, and a hundredth of it elsewhere.
local own = {
  name = "own",
  forward = function(z) return z:maximum(z * 0.01) end,
  backward = function(_, dy, z) return dy * (z:gt(0):float():mul_(0.99):add_(0.01)) end,
}

local net = mah.mlp { 784, { 512, own }, { 512, own }, { 10, "softmax" }, seed = 1 }
local x, y = mah.randn(rows, 784, { rng = 1 }), mah.randint(0, 9, rows, { rng = 2 })

local function milliseconds(threads)
  mah.threads(threads)
  local begin = now()
  net:gradient(x, y)
  return (now() - begin) * 1000
end

milliseconds(1)
milliseconds(2)
local times, ratios = { {}, {} }, {}
for round = 1, rounds do
  local first = round % 2 + 1 -- each comes first in half of the rounds
  local pair = {}
  pair[first] = milliseconds(first)
  pair[3 - first] = milliseconds(3 - first)
  for threads = 1, 2 do times[threads][round] = pair[threads] end
  ratios[round] = pair[1] / pair[2]
end
print(("%s, %d rows, %d rounds"):format(tostring(net), rows, rounds))
for threads = 1, 2 do
  print(("%d thread%s median %7.1f ms, fastest %7.1f ms"):format(threads,
    threads == 1 and " " or "s", timing.median(times[threads]), math.min(unpack(times[threads]))))
end
print(("median ratio %.2f, of the fastest %.2f"):format(timing.median(ratios),
  math.min(unpack(times[1])) / math.min(unpack(times[2]))))

local loss, gradient
for threads = 1, 3 do
  mah.threads(threads)
  local its_loss, its_gradient = net:gradient(x, y)
  loss, gradient = loss or its_loss, gradient or its_gradient
  local same = its_loss == loss and its_gradient:equal(gradient)
  print(("%d threads: loss %.17g, %s"):format(threads, its_loss,
    same and "the same bits" or "OTHER BITS"))
end
