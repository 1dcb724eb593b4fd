--- Mah's side of tensors.lua: a JSON list of [expression, n] on standard input; prints the list of
--- microseconds a call, or of messages where an expression fails.
local mah = require "mah"
local json = require "mah.base.json"
local now = require("mah.base.progress").now
local median = require("timing").median
local operands = require "tensor_operands"

mah.threads(1)
mah.manual_seed(1)

local LASTS, TIMES = 0.03, 5 -- seconds of a measurement, and how many

--- A function (repetitions, ...) with the expression in a loop of its own.
local function loop_of(expression)
  return assert(loadstring(([[
    return function(count, %s)
      local result
      for i = 1, count do result = %s end
      return result
    end]]):format(operands.names, expression)))()
end

local function measure(expression, n)
  local loop, given = loop_of(expression), { operands.of(n) }
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
