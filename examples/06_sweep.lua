--- A sweep: 200 small trainings in parallel, results in a file, means over the seeds, a picture.
--- Run it again, and nothing is left to do; change the grid, and only what is new runs. With
--- `--jobs 4` four run at a time; the results are the same.
---
--- Output:
---   200 trials: 200 done, 0 failed
---     lr  of     n  mean  sd  low  high
---   0.01  test  40  ...
---   0.03  test  40  ...
---    0.1  test  40  ...
---    0.3  test  40  ...
---      1  test  40  ...
---   best: lr ..., batch_size ...
local mah = require "mah"

local digits = mah.data.digits { n = 400, seed = 1 }

local study = mah.sweep {
  name = "learning rate",
  store = "out/runs.db",
  grid = {
    lr = { 0.01, 0.03, 0.1, 0.3, 1 },
    batch_size = { 10, 20, 40, 80 },
    seed = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 },
  },
  trial = function(p, report)
    local net = mah.mlp { 784, { 10, "softmax" }, seed = p.seed }
    mah.train(net, digits.train, {
      solver = mah.solver.sgd { lr = p.lr, momentum = 0 },
      batch_size = p.batch_size, stop = 2, seed = p.seed,
      on_epoch = function(s) report(s.epoch, s.loss) end,
    })
    return { test = net:score(digits.test.x, digits.test.y) }
  end,
}

local count = study:run { jobs = "auto" }
print(("%d trials: %d done, %d failed"):format(count.total, count.done, count.failed))
print(study:summary { by = "lr", of = "test" })

local best = study:best "test"
print(("best: lr %g, batch_size %d"):format(best.params.lr, best.params.batch_size))
study:plot { x = "lr", y = "test", series = "batch_size", over = "seed" }:save "out/sweep.png"
