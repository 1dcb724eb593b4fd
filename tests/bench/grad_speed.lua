--- Gradients by the tape beside PyTorch's eager mode: microseconds for one value and gradient of a
--- network with a loss of one's own, one thread, processor time, medians.
---
---     build/mah tests/bench/grad_speed.lua
---     --> small     4-32-16-4, 32 rows             mah   31 us   torch  180 us   0.17
local mah = require "mah"

local ROUNDS = tonumber(arg[1]) or 7
local folder = arg[0]:match "^(.*/)" or "./"
mah.threads(1)

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

local cases = {
  { "small", "4-32-16-4, 32 rows", 1000, plain(mah.randn(32, 4), labels(32, 4),
    parameters({ 4, 32 }, { 32 }, { 32, 16 }, { 16 }, { 16, 4 }, { 4 })) },
  { "residual", "784-(64x6)-10, 200 rows", 50, residual(mah.rand(200, 784), labels(200, 10),
    parameters(unpack(wide))) },
  { "stack", "100-512-512-10, 200 rows", 20, plain(mah.rand(200, 100), labels(200, 10),
    parameters({ 100, 512 }, { 512 }, { 512, 512 }, { 512 }, { 512, 10 }, { 10 })) },
}

local function microseconds(step, count)
  for _ = 1, count / 4 do step() end
  local start = os.clock()
  for _ = 1, count do step() end
  return (os.clock() - start) / count * 1e6
end

local function median(list)
  table.sort(list)
  return list[math.ceil(#list / 2)]
end

--- PyTorch's rounds, in one process.
local function torch_rounds(name, count)
  local questions = (name .. " " .. count .. "\n"):rep(ROUNDS)
  local pipe = io.popen(("printf '%s' | /usr/bin/python3 %sgrad_torch.py 1"):format(
    questions:gsub("\n", "\\n"), folder))
  local list = {}
  for line in pipe:lines() do list[#list + 1] = tonumber(line) end
  pipe:close()
  return list
end

for _, case in ipairs(cases) do
  local name, text, count, step = unpack(case)
  local mine = {}
  for i = 1, ROUNDS do mine[i] = microseconds(step, count) end
  local torch = torch_rounds(name, count)
  if #torch == 0 then
    print(("%-9s %-26s mah %8.1f us   no PyTorch here"):format(name, text, median(mine)))
  else
    print(("%-9s %-26s mah %8.1f us   torch %8.1f us   %.2f"):format(name, text, median(mine),
      median(torch), median(mine) / median(torch)))
  end
end
