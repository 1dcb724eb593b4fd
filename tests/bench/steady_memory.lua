--- Does memory grow from step to step? Runs the examples of networks and gradients of one's own,
--- each for so many steps as are told, and compares what is in use after the first half of them
--- with what is in use at the end. Exit status 1 where it grew. Resident memory, which
--- holds what waits for the collector, needs some thousand steps to come to its height: before, it
--- is not judged.
---
---     build/mah tests/bench/steady_memory.lua [steps = 10000] [example.lua ...]
---
--- What an example does stays as it is, but mah.train goes on until there were enough steps, and
--- what mah.value_and_grad and mah.minimize give is called again and again.
local mah = require "mah"

local here = arg[0]:match "^(.*/)" or "./"
local steps = tonumber(arg[1]) or 10000
local examples = { unpack(arg, 2) }
if #examples == 0 then
  for _, name in ipairs { "15_gradients", "16_residual", "17_quantiles", "18_autoencoder",
    "19_fit" } do
    local path = here .. "../../examples/" .. name .. ".lua"
    if mah.file.exists(path) then examples[#examples + 1] = path end
  end
end

-- -- What is in use -------------------------------------------------------------------------------

-- bytes more at the end
local allowed = { tensors = 0, lua = 1e6, resident = steps < 8000 and math.huge or 8e6 }

local function in_use()
  jit.flush() -- compiled traces hold on to tensors, too
  collectgarbage()
  collectgarbage()
  local status = mah.file.read "/proc/self/status"
  return {
    tensors = (mah.memory()), lua = collectgarbage "count" * 1024,
    resident = tonumber(status:match "VmRSS:%s*(%d+)") * 1024,
  }
end

local example, has_grown = nil, false

--- Takes the steps of one computation as they come, and says at the end what became of the memory.
local function watch(what)
  local self = { count = 0 }
  function self.take(n)
    self.count = self.count + n
    if not self.first and self.count >= steps / 2 then self.first = in_use() end
    return self.count >= steps
  end
  function self.report()
    local words, last = {}, in_use()
    for _, kind in ipairs { "tensors", "lua", "resident" } do
      local before, after = self.first[kind], last[kind]
      has_grown = has_grown or after > before + allowed[kind]
      words[#words + 1] = ("%s %.2f -> %.2f MB"):format(kind, before / 1e6, after / 1e6)
    end
    print(("%s, %s: %d steps, %s"):format(example, what, self.count, table.concat(words, ", ")))
  end
  return self
end

-- -- The same, longer -----------------------------------------------------------------------------

local train, value_and_grad, minimize = mah.train, mah.value_and_grad, mah.minimize

local function train_longer(net, data, given)
  local watched, o = watch "mah.train", {}
  for name, value in pairs(given) do o[name] = value end
  local per_epoch = math.ceil(#data.x / given.batch_size)
  function o.stop() return watched.take(per_epoch) and "enough" end
  local run = train(net, data, o)
  watched.report()
  return run
end

--- The first call is made again and again; later ones are not.
local function value_and_grad_longer(f)
  local step, watched = value_and_grad(f), watch "mah.value_and_grad"
  return function(...)
    if watched.count == 0 then
      repeat step(...) until watched.take(1)
      watched.report()
    end
    return step(...)
  end
end

local function minimize_longer(...)
  local watched = watch "mah.minimize"
  repeat local result = minimize(...) until watched.take(result.nfev)
  watched.report()
  return minimize(...)
end

rawset(mah, "value_and_grad", value_and_grad_longer)
rawset(mah, "minimize", minimize_longer)
rawset(mah, "train", train_longer)

-- -- All of them ----------------------------------------------------------------------------------

for _, path in ipairs(examples) do
  example = path:match "([^/]+)%.lua$" or path
  local quiet = setmetatable({ print = function() end, arg = {} }, { __index = _G })
  setfenv(assert(loadfile(path)), quiet)()
end
os.exit(has_grown and 1 or 0)
