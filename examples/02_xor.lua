--- XOR: the smallest problem that needs a hidden layer.
---
--- Output:
---   0 xor 0 = 0
---   0 xor 1 = 1
---   1 xor 0 = 1
---   1 xor 1 = 0
local mah = require "mah"

local x = mah.tensor { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } }
local y = mah.tensor({ 0, 1, 1, 0 }, { dtype = "int32" })

local net = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
mah.train(net, { x = x, y = y },
  { solver = mah.solver.adam { lr = 0.05 }, batch_size = 4, stop = 300, seed = 1 })

local answer = net:predict(x)
for i = 1, #x do print(("%d xor %d = %d"):format(x[i][1], x[i][2], answer[i])) end
