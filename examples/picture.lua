--- Draws picture.png of the README: digits with what a network says they are, a wrong one coloured;
--- what another says at every place of a plane; and how four solvers bring its loss down.
---
---     mah examples/picture.lua picture.png
local mah = require "mah"

local digits = mah.data.digits { n = 6000, seed = 1 }
local clf = mah.MLPClassifier { hidden_layer_sizes = { 100 }, early_stopping = true,
  random_state = 1 }
clf:fit(digits.train.x, digits.train.y)
local sheet = mah.image.digits(digits.test.x, { rows = 5, columns = 5, labels = digits.test.y,
  predicted = clf:predict(digits.test.x) })

local spirals = mah.data.make_spirals { n_samples = 300, n_classes = 3, turns = 1, noise = 0.02,
  random_state = 1 }
local function train(solver)
  local net = mah.mlp { 2, { 32, "tanh" }, { 32, "tanh" }, { 3, "softmax" }, seed = 1 }
  return net, mah.train(net, spirals, { solver = solver, batch_size = 32, stop = 120, seed = 1 })
end

local series, net = {}, nil
for _, name in ipairs { "sgd", "rmsprop", "lion", "adam" } do
  local run
  local lr = ({ sgd = 0.1, adam = 0.01 })[name] or 3e-3
  net, run = train(mah.solver[name] { lr = lr })
  series[#series + 1] = { y = run.history.loss, label = name }
end
local size = { width = 400, height = 410 }
local plane = mah.plot.boundary { model = net, x = spirals.x, y = spirals.y, legend = "none",
  width = size.width, height = size.height }
local losses = mah.plot.lines { series = series, x_label = "epoch", y_label = "loss", log_y = true,
  width = size.width, height = size.height }
mah.plot.panel({ figures = { sheet, plane, losses }, columns = 3 }):save(arg[1] or "picture.png")
