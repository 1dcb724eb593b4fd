--- First network: from a straight line to a curve, and how to tell whether it has learnt.
---
--- A network is a chain of the last chapter's arithmetic: multiply by a matrix, add a row, bend the
--- result a little, and again. Training turns the matrices until what comes out is what it should
--- be.
---
--- Output:
---   300 points, classes 0 ... 2
---   2 -> 3 softmax, 9 parameters
---   one layer: ~0.34 right, where guessing gives 0.33
---   2 -> 32 tanh -> 32 tanh -> 3 softmax, 1251 parameters
---   epoch   1  loss ~1.13  validation ...
---   epoch  50  loss ~0.58  validation ~0.9
---   epoch 100  loss ~0.10  validation ~0.98
---   ...
---   stopped: val_score did not improve on ... by more than 0.0001 for 40 epochs
---   three layers: ~0.95 right on points that it has never seen
---   at (0, 0.5) it says 0.0..., 0.0..., 0.9...
---   wrote spirals.png and spirals.safetensors
local mah = require "mah"

-- Three spirals wound around each other: x has two numbers for each point, y the number of its
-- spiral. The points of `test` are new ones. They take no part in the training, and say afterwards
-- what it is worth: a network can learn its points by heart, and know nothing.
local spirals = { n_samples = 300, n_classes = 3, turns = 1, noise = 0.02, random_state = 1 }
local train = mah.data.make_spirals(spirals)
spirals.random_state = 2
local test = mah.data.make_spirals(spirals)
print(("%d points, classes %d ... %d"):format(#train.x, train.y:min(), train.y:max()))

-- The smallest network: 2 inputs and a layer of 3 outputs, one for each class. "softmax" makes
-- probabilities of them, and the class with the largest is the answer. The seed is that of the
-- first weights, which are drawn at random.
local flat = mah.mlp { 2, { 3, "softmax" }, seed = 1 }
print(flat)
mah.train(flat, train, { stop = 200, batch_size = 32, seed = 1 })
print(("one layer: %.2f right, where guessing gives 0.33"):format(flat:score(test.x, test.y)))

-- One layer can only cut the plane with straight lines. Layers in between, which bend what they get
-- (here by tanh), make curves of them.
local net = mah.mlp { 2, { 32, "tanh" }, { 32, "tanh" }, { 3, "softmax" }, seed = 1 }
print(net)

-- Training goes in epochs. In each the network sees all of the points once, in mini-batches of 32,
-- and after each mini-batch the solver moves the weights a little: to where the loss, the mean of
-- -log(probability of the right class), is smaller. A fifth of the points is held out as well, to
-- see when it is enough: after 40 epochs without a better score it stops, and takes the best
-- weights.
local run = mah.train(net, train, {
  solver = mah.solver.adam { lr = 0.01 },
  batch_size = 32,
  validation = 0.2,
  stop = mah.stop.any { mah.stop.max_iter(300),
    mah.stop.no_improvement { of = "val_score", patience = 40 } },
  seed = 1,
  on_epoch = function(s)
    if s.epoch ~= 1 and s.epoch % 50 ~= 0 then return end
    print(("epoch %3d  loss %.2f  validation %.2f"):format(s.epoch, s.loss, s.val_score))
  end,
})
print("stopped: " .. run.stop_reason.text)
print(("three layers: %.2f right on points that it has never seen"):format(
  net:score(test.x, test.y)))

-- net:predict gives classes; net:forward, the probabilities, tells how sure it is.
local p = net:forward(mah.tensor { { 0, 0.5 } })[1]
print(("at (0, 0.5) it says %.2f, %.2f, %.2f"):format(unpack(p:totable())))

-- What it says everywhere, with the points of the test on top; and the network as a file, which
-- mah.load reads again. At the prompt, show(figure) draws in the terminal.
mah.plot.boundary({ model = net, x = test.x, y = test.y }):save "spirals.png"
net:save "spirals.safetensors"
assert(mah.load("spirals.safetensors"):predict(test.x):equal(net:predict(test.x)))
print "wrote spirals.png and spirals.safetensors"

-- mah.MLPClassifier is the same with scikit-learn's names, and with the loop around it. The next
-- chapter uses it, on a table with gaps and words, as data are.
