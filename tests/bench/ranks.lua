-- One training of ranks.sh, by HOW ROWS EPOCHS; prints the seconds of mah.train. HOW: threads (two,
-- and no other ranks), node or ranks: as distributed = true, = "ranks".
local mah = require "mah"
local how, rows, epochs = arg[1], tonumber(arg[2]), tonumber(arg[3])
local distributed = how == "node" or how == "ranks" and "ranks"
local set = (rows > 10000 and mah.data.mnist() or mah.data.default()).train
local x, y = set.x:narrow(1, 1, rows), set.y:narrow(1, 1, rows)

local function train(n, stop)
  local net = mah.mlp { 784, { 512, "relu" }, { 512, "relu" }, { 10, "softmax" }, seed = 1 }
  local start = mah.progress.now()
  mah.train(net, { x = x:narrow(1, 1, n), y = y:narrow(1, 1, n) }, { stop = stop, seed = 1,
    batch_size = 200, threads = not distributed and 2 or nil, distributed = distributed })
  return mah.progress.now() - start, net.params:double():sum()
end

train(1000, 1) -- the launcher's part, and the processor's clock
print(("%.4f %.17g"):format(train(rows, epochs)))
