--- How long it takes to read 98.0 % of MNIST's test images, from the start of the process, on one
--- core; beside it how long scikit-learn's MLPClassifier takes, as it comes, to its own best.
--- THE TEST IMAGES ARE LOOKED AT AFTER EACH EPOCH: they say when to stop, so that what is reached
--- here is no estimate for other digits (scripts/record.lua gives one).
---
---     MAH_MNIST=DIR mah tests/bench/time_to_accuracy.lua [ROUNDS]
---
--- Each round runs both, by turns. Needs python3-sklearn.
local mah = require "mah"
local timing = dofile(arg[0]:match "^(.*/)" .. "timing.lua")

local GOAL = 0.98

-- -- One process of Mah's -------------------------------------------------------------------------

if arg[1] == "train" then
  mah.threads(1)
  local data = mah.data.mnist()
  local net = mah.mlp { 784, { 300, "relu" }, { 10, "softmax" }, seed = tonumber(arg[2]) }
  local best, epochs = 0, 0
  mah.train(net, data.train, {
    solver = mah.solver.adam { lr = 3e-3 }, batch_size = 100, seed = tonumber(arg[2]),
    schedule = mah.schedule.one_cycle { epochs = 5, max_lr = 3e-3 },
    stop = mah.stop.any { mah.stop.max_iter(5), function() return best >= GOAL and "98.0 %" end },
    on_epoch = function(s)
      epochs, best = s.epoch, math.max(best, net:score(data.test.x, data.test.y))
    end,
  })
  print(("%.4f %d"):format(best, epochs))
  return
end

-- -- Both, by turns -------------------------------------------------------------------------------

local rounds = tonumber(arg[1]) or 3
local own = ("OPENBLAS_NUM_THREADS=1 '%s' '%s' train %%d"):format(arg[-1], arg[0])
local peer = ("OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 %s '%s' %%d"):format(timing.python,
  (arg[0]:gsub("%.lua$", "_sklearn.py")))

local seconds, peer_seconds = {}, {}
for seed = 1, rounds do
  local before = mah.progress.now()
  local reached, epochs = timing.output_of(own:format(seed)):match "^(%S+) (%d+)"
  assert(reached, "the training of Mah's failed")
  seconds[seed] = mah.progress.now() - before
  print(("mah           seed %d: %.2f %% of the test images after %d epochs, %.2f s"):format(seed,
    100 * reached, epochs, seconds[seed]))
  if tonumber(reached) < GOAL then seconds[seed] = math.huge end
  local best, epoch, time = timing.output_of(peer:format(seed)):match "(%S+) (%S+) (%S+)"
  peer_seconds[seed] = tonumber(time) or error "scikit-learn's training failed"
  print(("scikit-learn  seed %d: %.2f %%, its best, after %d epochs, %.1f s"):format(seed,
    100 * best, epoch, time))
end
print(timing.machine())
print(("98.0 %% after %.2f s; scikit-learn's best after %.1f s: %.0f times as long"):format(
  timing.median(seconds), timing.median(peer_seconds),
  timing.median(peer_seconds) / timing.median(seconds)))
