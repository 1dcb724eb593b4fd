--- A stopping rule of one's own: any function (s) -> false | "why", asked after every epoch. It
--- goes together with the built-in ones.
---
--- Output:
---   stopped after ... epochs by custom: the loss has halved twice
local mah = require "mah"

--- Stops when the loss is a quarter of the first epoch's.
local function halved_twice(s)
  return s.loss < s.history.loss[1] / 4 and "the loss has halved twice"
end

local data = mah.data.digits { n = 2000, seed = 1 }
local net = mah.mlp { 784, { 50, "relu" }, { 10, "softmax" }, seed = 1 }
local run = mah.train(net, data.train, {
  stop = mah.stop.any { halved_twice, mah.stop.max_iter(50), mah.stop.time_limit(60) },
  batch_size = 50,
  seed = 1,
})
print(("stopped after %d epochs by %s: %s"):format(
  run.n_iter, run.stop_reason.rule, run.stop_reason.text))
