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

local MOST, ROUNDS = 2, 25
local SLACK = { [16] = 0.2, [10000] = 1 }
local pattern = arg[1] or ""

local operations = {
  { "add", "a + b" }, { "add_", "a:add_(b)" }, { "mul scalar", "a * 2" }, { "exp", "a:exp()" },
  { "log", "b:log()" }, { "tanh", "b:tanh()" }, { "sin", "b:sin()" }, { "pow 2.5", "b ^ 2.5" },
  { "sqrt", "b:sqrt()" }, { "sigmoid", "b:sigmoid()" }, { "lt", "a:lt(b)" },
  { "where", "mah.where(m8, a, b)" }, { "sum", "a:sum()" }, { "max", "a:max()" },
  { "argmax", "a:argmax()" }, { "std", "a:std()" }, { "sum dim1", "A:sum(1)" },
  { "sum dim2", "A:sum(2)" }, { "logsumexp dim2", "A:logsumexp(2)" }, { "cumsum", "a:cumsum(1)" },
  { "sort", "b:sort()" }, { "argsort", "b:argsort()" }, { "topk 10", "b:topk(k10)" },
  { "median", "b:median()" }, { "quantile", "b:quantile(0.3)" }, { "unique", "i32:unique()" },
  { "bincount", "i32:bincount()" }, { "histogram", "b:histogram(50)" },
  { "index_select", "b:index_select(1, i32p)" }, { "masked_select", "b:masked_select(m8)" },
  { "nonzero", "m8:nonzero()" }, { "transpose copy", "A:t():contiguous()" },
  { "broadcast row", "A + A[1]" }, { "broadcast col", "A + A:narrow(2, 1, 1)" },
  { "cat", "mah.cat({ A, B }, 2)" }, { "matmul", "A:matmul(B)" }, { "matvec", "A:matmul(A[1])" },
  { "dot", "b:dot(b)" }, { "randn", "mah.randn(n)" }, { "rand", "mah.rand(n)" },
  { "randperm", "mah.randperm(n)" }, { "to double", "b:double()" }, { "clone", "b:clone()" },
  { "zeros, add_", "mah.zeros(n):add_(1)" }, { "solve", "A:solve(B)" }, { "svd", "A:svd()" },
  { "eigh", "S:eigh()" }, { "inv", "A:inv()" }, { "row, sum", "A[1 + i % 4]:sum()" },
  { "get element", "b[1 + i % 16]" }, { "narrow, sum", "A:narrow(1, 1 + i % 2, 2):sum()" },
  { "clamp", "b:clamp(0.2, 0.8)" },
}

local function operands(n)
  local m = math.floor(math.sqrt(n))
  local A, b = mah.rand(m, m), mah.rand(n)
  local i32 = mah.randint(0, n - 1, n):int()
  return { mah = mah, a = mah.zeros(n), b = b, A = A, B = mah.rand(m, m), S = A + A:t(), i32 = i32,
    i32p = i32 + 1, m8 = b:lt(0.5), n = n, k10 = math.min(10, n) }
end

local names = "mah, a, b, A, B, S, i32, i32p, m8, n, k10"
local unpacked = "local o = ...; local mah, a, b, A, B, S, i32, i32p, m8, n, k10 = "
  .. "o." .. names:gsub(", ", ", o.") .. "\n"

--- function(i), the operation once; and function(times), a loop around it.
local function compile(code, o)
  local once = loadstring(unpacked .. "return function(i) return " .. code .. " end")
  local loop = loadstring(unpacked .. "return function(times) local r for i = 1, times do r = "
    .. code .. " end return r end")
  return once(o), loop(o)
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

--- Microseconds a call of each of a list, the last of which does nothing.
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
  local clock = table.remove(least)
  for k = 1, #least do least[k] = math.max(least[k] - clock, 0) end
  return least
end

math.randomseed(1)
mah.manual_seed(1)
mah.threads(1)
local slow = 0
for _, n in ipairs { 16, 10000 } do
  local o, list, alone = operands(n), {}, {}
  for k, operation in ipairs(operations) do
    local loop
    list[k], loop = compile(operation[2], o)
    alone[k] = time_alone(loop)
  end
  list[#list + 1] = function() end
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
