--- A sweep: many trainings, side by side, and an answer that is more than luck.
---
--- Which solver, which learning rate? Write down the values to try, and a function that makes one
--- trial. A sweep runs all of them, each in a process of its own, as many at a time as there are
--- cores, and keeps what comes out in a file.
---
--- Output:
---   27 trials: 18 done, 9 failed
---   a failed one says: ... mah.solver has no 'rmsprob'; did you mean 'rmsprop'?
---   27 trials: 27 done, 0 failed, 18 of them from before
---   solver   lr     of        n  mean  sd   low  high
---   adam     0.001  accuracy  3  ~0.89 ...
---   ...
---   rmsprop  0.1    accuracy  3  ~0.96 ...
---   wrote sweep.png
---   of        parameter   importance  trials
---   accuracy  lr          0...        30
---   ...
---   chosen: ...
---   on points that had no say: ~0.97
local mah = require "mah"

local function moons(n, seed)
  return mah.data.make_moons { n_samples = n, noise = 0.2, random_state = seed }
end
local train, judge, test = moons(300, 1), moons(1000, 2), moons(1000, 3)

-- A trial gets one combination of the values, p, and returns what is to be known of it. `report`
-- leaves a curve in the file, and is what rules look at that end hopeless trials early (mah.prune).
local function trial(p, report)
  local net = mah.mlp { 2, { p.units or 16, "relu" }, { 2, "softmax" }, seed = p.seed }
  mah.train(net, train, { solver = mah.solver[p.solver] { lr = p.lr }, batch_size = 20, stop = 60,
    seed = p.seed, on_epoch = function(s) report(s.epoch, s.loss) end })
  return { accuracy = net:score(judge.x, judge.y) }
end

-- A grid is every combination of its lists. One run of each would be luck, so there are three
-- seeds.
local function solvers(names)
  local study = mah.sweep { name = "solvers", store = "sweep.db", of = "accuracy", trial = trial,
    grid = { solver = names, lr = { 1e-3, 1e-2, 1e-1 }, seed = { 1, 2, 3 } } }
  return study, study:run { quiet = true } -- without quiet, a line tells how far it is
end

-- One of these names is a slip. It costs its own trials, and no others.
local study, count = solvers { "adam", "sgd", "rmsprob" }
print(("%d trials: %d done, %d failed"):format(count.total, count.done, count.failed))
for _, row in ipairs(study:results()) do
  if row.status == "failed" then
    print("a failed one says: " .. row.error:match "[^\n]*")
    break
  end
end

-- Put it right, and run the same again. What was done counts, if you have not changed the trial; so
-- a sweep that was interrupted goes on, too.
study, count = solvers { "adam", "sgd", "rmsprop" }
print(("%d trials: %d done, %d failed, %d of them from before"):format(count.total, count.done,
  count.failed, count.skipped))

-- Means over the seeds, with the interval (95 %) in which the mean of more seeds would lie.
print(study:summary { by = { "solver", "lr" } })
study:plot({ x = "lr", y = "accuracy", series = "solver", over = "seed" }):save "sweep.png"
print "wrote sweep.png"

-- Grids grow fast. A search looks at what it has seen, and tries more where that was good: here 30
-- trials over a range of learning rates and sizes. The same file holds both studies.
local search = mah.sweep { name = "search", store = "sweep.db", of = "accuracy", trial = trial,
  space = { solver = { "adam", "sgd", "rmsprop" }, lr = mah.search.log_uniform(1e-4, 1),
    units = mah.search.log_integer(2, 64) },
  search = mah.search.tpe { trials = 30, seed = 1 } }
search:run { quiet = true }
print(search:importances())

-- The best of many was lucky, too: it was chosen because `judge` liked it. So the judge's points
-- become points to learn from, and `test`, which had no say, judges once.
local best = search:best().params
best.seed = 1
print(("chosen: %s, lr %.2g, %d units"):format(best.solver, best.lr, best.units))
train.x, train.y = mah.cat { train.x, judge.x }, mah.cat { train.y, judge.y }
judge = test
print(("on points that had no say: %.2f"):format(trial(best, function() end).accuracy))

-- In the shell, `mah results sweep.db solvers` shows all of this again, `--html page.html` makes a
-- page of it to sort and filter, and `mah watch sweep.db` looks on while a sweep runs. Next, a page
-- for others to read.
