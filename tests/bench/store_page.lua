--- The page of a sweep of 10,000 trials: how large it is, how fast Chromium opens and filters it.
---
---     mah tests/bench/store_page.lua [TRIALS]
---
--- At most 3 MB are wanted, each step within a second, and nothing in the console. Needed are
--- chromium, chromium-driver and python3.
local mah = require "mah"

local count = tonumber(arg[1]) or 10000
local folder = arg[0]:match "^(.*)/[^/]*$" or "."
local name = os.tmpname()
local store, page = name .. ".db", name .. ".html"

local function shell(format, ...)
  local ok = os.execute(format:format(...))
  return ok == true or ok == 0
end

mah.sweep {
  name = "ten thousand", store = store, seed = 1, of = "test",
  random = {
    lr = mah.search.log_uniform(1e-4, 1), width = mah.search.integer(8, 64),
    dropout = mah.search.uniform(0, 0.5), momentum = mah.search.uniform(0.5, 0.99),
    solver = mah.search.choice { "sgd", "adam", "rmsprop" },
    batch_size = mah.search.choice { 16, 32, 64, 128 },
  },
  n = count,
  trial = function(p, report)
    if p.width == 13 then error "out of memory" end
    local best = math.exp(-(math.log(p.lr) / math.log(10) + 2) ^ 2) * (0.9 + p.width / 640)
    for epoch = 1, 20 do
      report(epoch, best * (1 - math.exp(-epoch / 5)) + 0.01 * math.random())
    end
    return { test = best, loss = 1 - best, weights = 100 * p.width }
  end,
}:run { jobs = 2, arguments = false }

assert(shell("'%s' results '%s' --html '%s'", arg[-1], store, page))
local good = shell("/usr/bin/env python3 '%s/store_page.py' '%s'", folder, page)
for _, ending in ipairs { "", ".db", ".html", ".trials.csv", ".curves.csv" } do
  os.remove(name .. ending)
end
os.exit(good and 0 or 1)
