--- Trains a network on MNIST, or on the digits that Mah draws itself when there is no MNIST, and
--- saves pictures of some digits and of the confusion matrix.
---
--- Output:
---   784 -> 100 relu -> 10 softmax, 79510 parameters
---   epoch 1: loss ...
---   epoch 2: loss ...
---   epoch 3: loss ...
---   epoch 4: loss ...
---   epoch 5: loss ...
---   test accuracy: ~0.9
local mah = require "mah"

local data = mah.data.default { quiet = true }
local net = mah.mlp { 784, { 100, "relu" }, { 10, "softmax" }, seed = 1 }
print(net)

mah.train(net, data.train, {
  solver = mah.solver.adam { lr = 1e-3 },
  batch_size = 200,
  stop = 5,
  seed = 1,
  on_epoch = function(s) print(("epoch %d: loss %.4f"):format(s.epoch, s.loss)) end,
})
print(("test accuracy: %.4f"):format(net:score(data.test.x, data.test.y)))

local out = arg[1] or "out"
mah.file.make_directory(out)
mah.image.digits(data.test.x, { rows = 5, columns = 10, labels = data.test.y })
  :save(out .. "/digits.png")
mah.plot.confusion(mah.metrics.confusion(data.test.y, net:predict(data.test.x)))
  :save(out .. "/confusion.png")
