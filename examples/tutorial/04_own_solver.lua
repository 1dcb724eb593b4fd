--- Own solver, own rule: the two questions of every training, answered by functions.
---
--- How shall the weights move? And when is it enough? In Mah both answers are plain Lua functions.
--- The built-in ones are, too; so yours is no plug-in, but one more of them.
---
--- Output:
---   82 numbers to find, loss 0.57
---   after a step downhill the loss is smaller: true
---   loss after 50 epochs: own 0.27..., mah.solver.sgd 0.27...
---   momentum       ... epochs, loss ~0.02, because it falls less than 0.1 % an epoch
---   with restarts  ... epochs, loss 0.00..., because it falls less than 0.1 % an epoch
---   classifier     ... epochs, stopped by custom
local mah = require "mah"

local moons = mah.data.make_moons { n_samples = 400, noise = 0.15, random_state = 1 }
local function new_net() return mah.mlp { 2, { 16, "tanh" }, { 2, "softmax" }, seed = 1 } end

-- All of a network's weights stand one after another in one vector, net.params, and so does the
-- gradient, which points to where the loss grows. Here is a step against it, made by hand.
local net = new_net()
local before, gradient = net:gradient(moons.x, moons.y)
print(("%d numbers to find, loss %.2f"):format(#net.params, before))
net.params:axpy_(-0.1, gradient) -- in place: params = params - 0.1 gradient
print("after a step downhill the loss is smaller:", net:loss(moons.x, moons.y) < before)

-- A solver does that over and over: function (evaluate, w) -> loss. evaluate(w) takes the next
-- mini-batch, and gives its loss and its gradient. What the solver remembers from one step to the
-- next is a variable of its own: here v, the speed, of which nine tenths are kept (Polyak 1964).
local function momentum(lr)
  local v
  return function(evaluate, w)
    local loss, g = evaluate(w)
    v = v or mah.zeros_like(w)
    v:mul_(0.9):axpy_(-lr, g)
    w:add_(v)
    return loss
  end
end

-- Mah has it already, and so it is a good first exercise: do both walk the same way?
local function train(solver, stop)
  return mah.train(new_net(), moons, { solver = solver, stop = stop, batch_size = 400, seed = 1 })
end
local own = train(momentum(0.1), 50)
local sgd = train(mah.solver.sgd { lr = 0.1, momentum = 0.9, nesterov = false }, 50)
print(("loss after 50 epochs: own %.4f, mah.solver.sgd %.4f"):format(own.history.loss[50],
  sgd.history.loss[50]))

-- Now one that is not in the box. Speed is good until one runs past the valley; there the gradient
-- points back, against v. This solver then stands still and starts anew (O'Donoghue, Candes 2015).
local function with_restarts(lr)
  local v
  return function(evaluate, w)
    local loss, g = evaluate(w)
    v = v or mah.zeros_like(w)
    if v:dot(g) > 0 then v:zero_() end
    v:mul_(0.97):axpy_(-lr, g)
    w:add_(v)
    return loss
  end
end

-- A stopping rule is function (s) -> false, or the reason as a text. It is asked after each epoch,
-- and s.history has the curves so far. This one lays a straight line through the logarithms of the
-- last losses, as chapter 1 did with the temperatures, and stops when it is nearly level.
local function level(last, below)
  local columns = mah.stack({ mah.ones(last), mah.arange(1, last):float() }, 2)
  return function(s)
    if s.epoch < last then return false end
    local losses = mah.tensor(s.history.loss)[{ { -last, -1 } }]
    local slope = -mah.linalg.lstsq(columns, losses:log())[2]
    return slope < below and ("it falls less than %g %% an epoch"):format(100 * below)
  end
end

local function compare(name, solver)
  local run = train(solver, mah.stop.any { level(50, 1e-3), mah.stop.max_iter(5000) })
  print(("%-13s  %d epochs, loss %.3f, because %s"):format(name, run.n_iter,
    run.history.loss[run.n_iter], run.stop_reason.text))
end
compare("momentum", momentum(0.3))
compare("with restarts", with_restarts(0.3))

-- The estimators take both under the same names. Their own rule, n_iter_no_change, stands beside
-- yours, so it is told to wait.
local clf = mah.MLPClassifier { hidden_layer_sizes = { 16 }, activation = "tanh", random_state = 1,
  solver = with_restarts(0.3), batch_size = 400, stop = level(50, 1e-3), max_iter = 5000,
  n_iter_no_change = math.huge }
clf:fit(moons.x, moons.y)
print(("classifier     %d epochs, stopped by %s"):format(clf.n_iter_, clf.stop_reason_.rule))

-- Which is better, and with which learning rate? One run each tells little. Next: a sweep.
