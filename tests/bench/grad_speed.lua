--- Gradients by the tape, and trainings of networks with them, beside PyTorch's eager mode and
--- beside mah.mlp: microseconds of processor time for a step, one thread, medians of rounds.
---
---     build/mah tests/bench/grad_speed.lua
---     --> gradient  small     4-32-16-4, 32 rows        mah   12 us  torch  180 us  0.07
---     build/mah tests/bench/grad_speed.lua 11 train      -- eleven rounds, of these lines alone
---
--- gradient: a value and its gradient by mah.value_and_grad. train: epochs of mah.train with Adam,
--- a mah.network and rows picked in random order; of PyTorch the same loop with its Adam.
--- small has a loss of one's own, residual five residual connections, stack is beside mah.mlp, too.
local mah = require "mah"

local ROUNDS, ONLY = tonumber(arg[1]) or 7, arg[2]
local folder = arg[0]:match "^(.*/)" or "./"
mah.threads(1)

-- -- Gradients ------------------------------------------------------------------------------------

local function parameters(...)
  local p = {}
  for i, shape in ipairs { ... } do p[i] = mah.randn(shape) / math.sqrt(shape[1]) end
  return p
end

local function cross_entropy(scores, y)
  return (scores:logsumexp(2) - scores:gather(2, y):squeeze(2)):mean()
end

local function labels(rows, classes)
  return mah.randint(1, classes, { rows, 1 }, { dtype = "int32" })
end

local function plain(x, y, p)
  local f = mah.value_and_grad(function(q)
    local h = (x:matmul(q[1]) + q[2]):tanh()
    h = (h:matmul(q[3]) + q[4]):tanh()
    return cross_entropy(h:matmul(q[5]) + q[6], y)
  end)
  return function() return f(p) end
end

local function residual(x, y, p)
  local f = mah.value_and_grad(function(q)
    local h = (x:matmul(q[1]) + q[2]):tanh()
    for i = 3, 11, 2 do h = h + (h:matmul(q[i]) + q[i + 1]):tanh() end
    return cross_entropy(h:matmul(q[13]) + q[14], y)
  end)
  return function() return f(p) end
end

local wide = { { 784, 64 }, { 64 } }
for _ = 1, 5 do wide[#wide + 1], wide[#wide + 2] = { 64, 64 }, { 64 } end
wide[#wide + 1], wide[#wide + 2] = { 64, 10 }, { 10 }

-- -- Trainings ------------------------------------------------------------------------------------

--- A function that makes so many steps: epochs of all rows in mini-batches of `size`.
local function trained(net, x, y, size)
  return function(steps)
    mah.train(net, { x = x, y = y }, { solver = mah.solver.adam {}, batch_size = size,
      stop = math.max(1, steps * size / #x), seed = 1 })
  end
end

local function classes(rows, count)
  return mah.randint(0, count - 1, rows, { dtype = "int32" })
end

local function small_network()
  return mah.network {
    params = parameters({ 4, 32 }, { 32 }, { 32, 16 }, { 16 }, { 16, 4 }, { 4 }),
    forward = function(p, x)
      local h = (x:matmul(p[1]) + p[2]):tanh()
      h = (h:matmul(p[3]) + p[4]):tanh()
      return h:matmul(p[5]) + p[6]
    end,
    loss = cross_entropy,
  }
end

local function residual_network()
  return mah.network {
    params = parameters(unpack(wide)),
    forward = function(p, x)
      local h = (x:matmul(p[1]) + p[2]):tanh()
      for i = 3, 11, 2 do h = h + (h:matmul(p[i]) + p[i + 1]):tanh() end
      return h:matmul(p[13]) + p[14]
    end,
    loss = "cross_entropy",
  }
end

local function stack_network()
  return mah.network {
    params = { W1 = { 100, 512 }, b1 = { 512 }, W2 = { 512, 512 }, b2 = { 512 }, W3 = { 512, 10 },
      b3 = { 10 } },
    forward = function(p, x)
      local h = (x:matmul(p.W1) + p.b1):relu()
      h = (h:matmul(p.W2) + p.b2):relu()
      return h:matmul(p.W3) + p.b3
    end,
    loss = "cross_entropy", seed = 1,
  }
end

local function stack_layers()
  return mah.mlp { 100, { 512, "relu" }, { 512, "relu" }, { 10, "softmax" }, seed = 1 }
end

local x4, y4 = mah.randn(3200, 4), labels(3200, 4)
local x784, y784 = mah.rand(4000, 784), classes(4000, 10)
local x100, y100 = mah.randn(4000, 100), classes(4000, 10)

-- -- Rounds ---------------------------------------------------------------------------------------

local function times(step)
  return function(count)
    for _ = 1, count do step() end
  end
end

--- kind, name, description, steps of a round, mah's function, and that of mah.mlp.
local cases = {
  { "gradient", "small", "4-32-16-4, 32 rows", 2000, times(plain(mah.randn(32, 4), labels(32, 4),
    parameters({ 4, 32 }, { 32 }, { 32, 16 }, { 16 }, { 16, 4 }, { 4 }))) },
  { "gradient", "residual", "784-(64x6)-10, 200 rows", 50, times(residual(mah.rand(200, 784),
    labels(200, 10), parameters(unpack(wide)))) },
  { "gradient", "stack", "100-512-512-10, 200 rows", 20, times(plain(mah.rand(200, 100),
    labels(200, 10), parameters({ 100, 512 }, { 512 }, { 512, 512 }, { 512 }, { 512, 10 },
      { 10 }))) },
  { "train", "small", "4-32-16-4, 32 rows", 1000, trained(small_network(), x4, y4, 32) },
  { "train", "residual", "784-(64x6)-10, 200 rows", 40,
    trained(residual_network(), x784, y784, 200) },
  { "train", "stack", "100-512-512-10, 200 rows", 20, trained(stack_network(), x100, y100, 200),
    trained(stack_layers(), x100, y100, 200) },
}

local function microseconds(run, count)
  local start = os.clock()
  run(count)
  return (os.clock() - start) / count * 1e6
end

local function median(list)
  table.sort(list)
  return list[math.ceil(#list / 2)]
end

--- PyTorch's rounds, in one process.
local function torch_rounds(kind, name, count)
  local questions = ("%s %s %d\\n"):format(kind, name, count):rep(ROUNDS)
  local pipe = io.popen(("printf '%s' | /usr/bin/python3 %sgrad_torch.py 1"):format(questions,
    folder))
  local list = {}
  for line in pipe:lines() do list[#list + 1] = tonumber(line) end
  pipe:close()
  return list
end

--- Rounds of mah and of its rival in turns.
local function rounds(count, run, other_)
  local mine, other = {}, {}
  run(count) -- unmeasured: the compiler's work
  if other_ then other_(count) end
  for i = 1, ROUNDS do
    mine[i] = microseconds(run, count)
    if other_ then other[i] = microseconds(other_, count) end
  end
  return median(mine), other_ and median(other)
end

for _, case in ipairs(cases) do
  local kind, name, text, count, run, other_ = unpack(case, 1, 6)
  if not ONLY or ONLY == kind or ONLY == name then
    local mine, other = rounds(count, run, other_)
    local line = ("%-9s %-9s %-25s mah %7.1f us"):format(kind, name, text, mine)
    local torch = torch_rounds(kind, name, count)
    if #torch > 0 then
      local theirs = median(torch)
      line = line .. ("  torch %8.1f us  %.3f"):format(theirs, mine / theirs)
    end
    if other then line = line .. ("  mah.mlp %7.1f us  %.2f"):format(other, mine / other) end
    print(line)
  end
end
