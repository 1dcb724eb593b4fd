--- Mah's side of tensors.lua: a JSON list of [expression, n] on standard input; prints the list of
--- microseconds a call, or of messages where an expression fails.
local mah = require "mah"
local json = require "mah.base.json"
local now = require("mah.base.progress").now
local median = require("timing").median

mah.threads(1)
mah.manual_seed(1)

local LASTS, TIMES = 0.03, 5 -- seconds of a measurement, and how many

local NAMES = "mah, n, k10, a, b, A, B, S, i32, i32p, m8"
local function values(n)
  local m = math.floor(math.sqrt(n))
  local a, A = mah.rand(n), mah.rand(m, m)
  local i32 = mah.randint(0, n - 1, n)
  return mah, n, math.min(10, n), a, mah.rand(n), A, mah.rand(m, m), A + A:t(), i32, i32 + 1,
    a:lt(0.5)
end

--- A function (repetitions, ...) with the expression in a loop of its own.
local function loop_of(expression)
  return assert(loadstring(([[
    return function(count, %s)
      local result
      for i = 1, count do result = %s end
      return result
    end]]):format(NAMES, expression)))()
end

local function measure(expression, n)
  local loop, given = loop_of(expression), { values(n) }
  local function seconds(count)
    local start = now()
    loop(count, unpack(given))
    return now() - start
  end
  local count, once = 1, seconds(1)
  while once < LASTS do
    count = count * (once < LASTS / 10 and 10 or 3)
    once = seconds(count)
  end
  local all = {}
  for i = 1, TIMES do all[i] = seconds(count) / count * 1e6 end
  return median(all)
end

local result = {}
for i, row in ipairs(json.decode(io.read "*a")) do
  local ok, us = pcall(measure, unpack(row))
  result[i] = ok and us or tostring(us)
end
print(json.encode(result))
