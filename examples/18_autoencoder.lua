--- An autoencoder with tied weights: pictures of 784 pixels go through 32 numbers and come back by
--- the same matrices, transposed. Each matrix is used twice, and has one gradient.
---
--- Output:
---   210224 parameters
---   squared error of a pixel: ~0.017, of the mean picture: ~0.069
---   wrote out/autoencoder.png
local mah = require "mah"

local PIXELS, HIDDEN, CODE = 784, 256, 32

local function encode(p, x) return (x:matmul(p.W) + p.b):tanh():matmul(p.V) + p.c end
local function decode(p, code) return (code:matmul(p.V:t()) + p.d):tanh():matmul(p.W:t()) + p.e end

local net = mah.network {
  params = {
    W = { PIXELS, HIDDEN }, V = { HIDDEN, CODE },
    b = { HIDDEN }, c = { CODE }, d = { HIDDEN }, e = { PIXELS },
  },
  forward = function(p, x) return decode(p, encode(p, x)) end,
  loss = "binary_cross_entropy", output = "logistic", seed = 1,
}
print(#net.params .. " parameters")

local data = mah.data.default { quiet = true }
local x = mah.data.take(data.train, 10000).x
mah.train(net, { x = x, y = x }, { solver = mah.solver.adam { lr = 5e-3 }, batch_size = 100,
  stop = 8, schedule = mah.schedule.cosine { epochs = 8 }, seed = 1 })

local again = net:forward(data.test.x)
print(("squared error of a pixel: %.4f, of the mean picture: %.4f"):format(
  (again - data.test.x):square():mean(), (x:mean(1, true) - data.test.x):square():mean()))

mah.file.make_directory "out"
mah.image.digits(mah.cat { data.test.x:narrow(1, 1, 10), again:narrow(1, 1, 10) },
  { rows = 2, columns = 10 }):save "out/autoencoder.png"
print "wrote out/autoencoder.png"
