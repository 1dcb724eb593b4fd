--- Does an operation take longer in a script that calls many different ones from one loop than in a
--- loop of its own? LuaJIT compiles the two in different ways.
---
---     build/mah tests/bench/mixed_loop.lua [PATTERN]
---
--- Each operation runs in a loop of its own, and then all of them through one loop over a list of
--- closures, in random order, at 16 and at 10,000 elements. PATTERN (a Lua pattern) names those
--- that are shown; the others run all the same. Microseconds a call, the least of rounds; the
--- clock's own time is taken off. Exit status 1 when one is more than twice as slow, and not by .2
--- us only (1 us for 10,000 elements): so much it takes that the processor guesses less well what
--- comes next, and that the operands have left its first two levels of cache.
local mah = require "mah"
local now = require("mah.base.progress").now
local operands = require "tensor_operands"

local MOST, ROUNDS, NOTHINGS = 2, 25, 10
local SLACK = { [16] = 0.2, [10000] = 1 }
local pattern = arg[1] or ""

local operations = {}
for _, group in ipairs(require "tensor_rows") do
  for _, row in ipairs(group) do
    local code = row[2]
    if not code:find "^a:%a+_%(" then -- it would change what the others are given
      operations[#operations + 1] = { row[1], code }
    end
  end
end

--- function(i), the operation once; and function(times), a loop around it.
local function compile(code, given)
  local head = ("local %s = ...\n"):format(operands.names)
  local once = loadstring(head .. "return function(i) return " .. code .. " end")
  local loop = loadstring(head .. "return function(times) local r for i = 1, times do r = "
    .. code .. " end return r end")
  return once(unpack(given)), loop(unpack(given))
end

--- Microseconds a call in a loop of its own.
local function time_alone(loop)
  local function took(times)
    local start = now()
    loop(times)
    return now() - start
  end
  local times = 1
  while took(times) < 2e-3 do times = 2 * times end
  local least = math.huge
  for _ = 1, ROUNDS do
    least = math.min(least, took(times) / times * 1e6)
  end
  return least
end

local function shuffled(count, repeats)
  local order = {}
  for k = 1, count do
    for _ = 1, repeats do order[#order + 1] = k end
  end
  for i = #order, 2, -1 do
    local j = math.random(i)
    order[i], order[j] = order[j], order[i]
  end
  return order
end

--- The one loop: adds to spent[k] what calls of list[k] took.
local function run_mixed(list, order, spent)
  for i = 1, #order do
    local k = order[i]
    local f = list[k]
    local start = now()
    f(i)
    spent[k] = spent[k] + (now() - start)
  end
end

--- Microseconds a call of each of a list, the last of which do nothing: what the most expensive of
--- these takes, which depends on how LuaJIT happens to compile the loop, is the clock's.
local function time_mixed(list, repeats)
  local least = {}
  for k = 1, #list do least[k] = math.huge end
  for r = 1, ROUNDS + 3 do -- the first are for the compiler
    local spent = {}
    for k = 1, #list do spent[k] = 0 end
    run_mixed(list, shuffled(#list, repeats), spent)
    for k = 1, #list do
      if r > 3 then least[k] = math.min(least[k], spent[k] / repeats * 1e6) end
    end
  end
  local clock = 0
  for _ = 1, NOTHINGS do clock = math.max(clock, table.remove(least)) end
  for k = 1, #least do least[k] = math.max(least[k] - clock, 0) end
  return least
end

math.randomseed(1)
mah.manual_seed(1)
mah.threads(1)
local slow = 0
for _, n in ipairs { 16, 10000 } do
  local given, list, alone = { operands.of(n) }, {}, {}
  for k, operation in ipairs(operations) do
    local loop
    list[k], loop = compile(operation[2], given)
    alone[k] = time_alone(loop)
  end
  for _ = 1, NOTHINGS do list[#list + 1] = loadstring "return function(i) return i end" () end
  local mixed = time_mixed(list, n < 100 and 200 or 10)
  for k, operation in ipairs(operations) do
    local ratio = mixed[k] / alone[k]
    if operation[1]:find(pattern) then
      local too_slow = ratio > MOST and mixed[k] - alone[k] > SLACK[n]
      if too_slow then slow = slow + 1 end
      print(("%-16s %6d  alone %9.3f us   mixed %9.3f us   %5.2f%s"):format(operation[1], n,
        alone[k], mixed[k], ratio, too_slow and "   <-- slower" or ""))
    end
  end
end
print(("%d more than %g times slower in one loop with others than alone"):format(slow, MOST))
os.exit(slow == 0 and 0 or 1, true)
