--- Compromises: which networks are good for their size? Two results are judged, so there is no best
--- trial but a front of those that none beats in both; a constraint leaves out what is too large.
--- TPE looks for them, and the importances tell what each result depends on.
---
--- In the shell: `mah results out/runs.db compromises --pareto`, and for Optuna's plots
--- `mah results out/runs.db compromises --optuna study.db`.
---
--- Output:
---   60 trials, ... on the front, from ... to ... weights
---   of       parameter   importance  trials
---   test     width       ...             60
---   ...
---   weights  width       ...             60
---   ...
local mah = require "mah"

local digits = mah.data.digits { n = 300, seed = 1 }

local study = mah.sweep {
  name = "compromises",
  store = "out/runs.db",
  of = { "test", "weights" }, goal = { "max", "min" },
  constraints = { "over" }, -- results that must not be above 0
  space = {
    lr = mah.search.log_uniform(1e-3, 1),
    width = mah.search.log_integer(1, 64),
    activation = { "relu", "tanh" },
  },
  search = mah.search.tpe { trials = 60, multivariate = true, seed = 1 },
  trial = function(p)
    local net = mah.mlp { 784, { p.width, p.activation }, { 10, "softmax" }, seed = 1 }
    mah.train(net, digits.train, { solver = mah.solver.sgd { lr = p.lr }, batch_size = 20, stop = 4,
      seed = 1 })
    local weights = 784 * p.width + p.width * 10
    return { test = net:score(digits.test.x, digits.test.y), weights = weights,
      over = weights - 20000 }
  end,
}

study:run()
local front = study:pareto_front()
table.sort(front, function(a, b) return a.result.weights < b.result.weights end)
print(("60 trials, %d on the front, from %d to %d weights"):format(#front, front[1].result.weights,
  front[#front].result.weights))
print(study:importances())
