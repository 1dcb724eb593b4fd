--- What sweeps cost and gain.
---
---     mah tests/bench/sweep.lua                     -- overhead, speed with two jobs
---     MAH_MNIST=folder mah tests/bench/sweep.lua asha
---
--- overhead  1,000 empty trials, alone and beside 190 MB of data; less than 5 ms each is wanted
--- speed     40 equal trainings with one job and with two; on two idle processors at least 1.85
--- times
---           as fast is wanted
--- ranks     empty trials a second under mpirun (tests/bench/sweep_ranks.sh)
--- asha      40 trials on MNIST (or on the digits that mah draws) without and with successive
--- halving;
---           at most half the time and a best test accuracy within 0.003 are wanted
local mah = require "mah"

local store = os.tmpname()

--- A study in a store of its own, run once; seconds and the study.
local function run(o, jobs, with_ranks)
  os.remove(store)
  o.store = store
  local study = mah.sweep(o)
  local count = study:run { jobs = jobs, quiet = true, arguments = with_ranks or false }
  assert(count.failed == 0, "trials failed")
  return count.seconds, study
end

local benches = {}

function benches.overhead()
  local numbers = {}
  for i = 1, 1000 do numbers[i] = i end
  local function empty()
    return run({ name = "empty", grid = { i = numbers }, trial = function() end }, 1)
  end
  local alone = empty()
  local data = mah.ones(60000, 784)
  print(("overhead: %.2f ms per trial; %.2f ms beside %d MB of data"):format(alone, empty(),
    #data * 784 * 4 / 1e6))
end

function benches.ranks()
  local numbers = {}
  for i = 1, 2000 do numbers[i] = i end
  local o = { name = "empty", grid = { i = numbers }, trial = function() end }
  print(("%.0f empty trials a second"):format(2000 / run(o, "auto", true)))
end

function benches.speed()
  local data, seeds = mah.data.digits { n = 4000, seed = 1 }, {}
  for i = 1, 40 do seeds[i] = i end
  local function trial(p)
    local net = mah.mlp { 784, { 50, "relu" }, { 10, "softmax" }, seed = p.seed }
    mah.train(net, data.train, { stop = 6, batch_size = 100, seed = p.seed })
    return net:score(data.test.x, data.test.y)
  end
  local one, two = math.huge, math.huge -- the best of five, in turns
  for _ = 1, 5 do
    one = math.min(one, (run({ name = "speed", grid = { seed = seeds }, trial = trial }, 1)))
    two = math.min(two, (run({ name = "speed", grid = { seed = seeds }, trial = trial }, 2)))
  end
  print(("speed: 40 trainings take %.2f s with one job and %.2f s with two, %.2f times as "
    .. "fast"):format(one,
    two, one / two))
end

function benches.asha()
  local data = mah.data.default { quiet = true }
  local train, test = data.train, data.test
  if #train.x > 10000 then
    train = { x = train.x:narrow(1, 1, 10000), y = train.y:narrow(1, 1, 10000) }
  end
  local function trial(p, report)
    local net = mah.mlp { 784, { p.hidden, "relu" }, { 10, "softmax" }, seed = p.seed }
    mah.train(net, train, {
      solver = mah.solver.adam { lr = p.lr }, batch_size = p.batch_size, stop = 20, seed = p.seed,
      on_epoch = function(s) report(s.epoch, net:score(test.x, test.y)) end,
    })
    return { test = net:score(test.x, test.y) }
  end
  local space = {
    lr = mah.search.log_uniform(1e-5, 1e-1), hidden = { 20, 50, 100 }, batch_size = { 50, 100, 200,
      400 },
  }
  local function sweep(prune)
    local seconds, study = run({ name = "asha", random = space, n = 40, trial = trial,
      prune = prune }, "auto")
    local best = study:best "test"
    return seconds, best.result.test
  end
  local full, best = sweep()
  local pruned, best_pruned = sweep(mah.prune.asha { min = 1, factor = 3 })
  print(("asha on %s: %.1f s and a best test accuracy of %.4f in full; %.1f s (%.2f of it) and "
    .. "%.4f (%+.4f)")
    :format(data.name, full, best, pruned, pruned / full, best_pruned, best_pruned - best))
end

local wanted = #arg > 0 and arg or { "overhead", "speed" }
for _, name in ipairs(wanted) do
  if not benches[name] then error("there is no bench " .. name) end
  benches[name]()
end
os.remove(store)
