--- Twelve networks at once: four learning rates with three seeds each. One that stops leaves, and
--- each has the bits of its run alone. Then they decide together.
---
--- Output:
---   lr 0.001: mean validation score 0.9..., ...
---   ...
---   lr 0.030: ...
---   alone the same bits: true
---   alone ~0.96, all together ~0.96
local mah = require "mah"

local train = mah.data.make_moons { n_samples = 600, noise = 0.2, random_state = 1 }
local test = mah.data.make_moons { n_samples = 2000, noise = 0.2, random_state = 2 }
local function new_net(seed)
  return mah.mlp { 2, { 32, "relu" }, { 16, "relu" }, { 2, "softmax" }, seed = seed }
end

local rates, nets = { 0.001, 0.003, 0.01, 0.03 }, {}
local settings = { batch_size = 32, validation = 0.2, stop = mah.stop.any { mah.stop.max_iter(60),
  mah.stop.no_improvement { of = "val_score", patience = 15, min_delta = 0 } } } -- for all
for i = 1, 12 do
  nets[i] = new_net(i)
  settings[i] = { solver = mah.solver.adam { lr = rates[(i - 1) % 4 + 1] }, seed = i }
end
local runs = mah.train_many(nets, train, settings)

for k, lr in ipairs(rates) do
  local sum = 0
  for i = k, 12, 4 do sum = sum + runs[i].history.val_score[runs[i].best_epoch] end
  print(("lr %.3f: mean validation score %.3f, %d, %d and %d epochs"):format(lr, sum / 3,
    runs[k].n_iter, runs[k + 4].n_iter, runs[k + 8].n_iter))
end

local alone = new_net(5)
mah.train(alone, train, { batch_size = 32, validation = 0.2, stop = settings.stop, seed = 5,
  solver = mah.solver.adam { lr = rates[1] } })
print("alone the same bits: " .. tostring(alone.params:equal(nets[5].params)))
print(("alone %.3f, all together %.3f"):format(alone:score(test.x, test.y),
  mah.ensemble(nets):score(test.x, test.y)))
