--- How real are the synthetic digits? Trains one hidden layer of 100 units on 60,000 of them alone
--- and classifies MNIST's 10,000 test images.
---
---     MAH_MNIST=DIR build/mah tests/bench/digits_realism.lua
local mah = require "mah"

local start = os.clock()
local digits = mah.data.digits { n = 60000, seed = 1, test = 1 }
local drawn = os.clock() - start
local mnist = mah.data.mnist()

local net = mah.mlp { 784, { 100, "relu" }, { 10, "softmax" }, seed = 1 }
mah.train(net, digits.train,
  { solver = mah.solver.adam { lr = 1e-3 }, batch_size = 200, stop = 10, l2 = 1e-4, seed = 1 })

print(("60000 synthetic digits drawn in %.2f s (goal: under 2 s)"):format(drawn))
print(("trained on them alone, MNIST test accuracy %.4f (goal: at least 0.85)"):format(
  net:score(mnist.test.x, mnist.test.y)))
