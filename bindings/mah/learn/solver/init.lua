--- Solvers, which change the weights. Each is a function (evaluate, w) -> loss: evaluate(w) gives
--- the loss of the current mini-batch and the flat gradient; the solver changes w and returns the
--- loss. Anything callable will do; the built-in ones are callable tables with a name, a learning
--- rate `lr` that schedules may change between epochs, and `reset()`, which forgets what they
--- learned about the last run.
---
--- A second result ends the training: a text, or {rule =, value =, text =}, which becomes the run's
--- stop_reason. A solver with `full_batch = true` (lbfgs, cg and levenberg_marquardt, which have no
--- lr) gets all rows at once; levenberg_marquardt asks for residuals, see there.
---
---     local function descent(evaluate, w)             -- a solver of one's own
---       local loss, g = evaluate(w)
---       w:axpy_(-0.5, g)
---       return loss
---     end
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     for _, solver in ipairs { descent, mah.solver.adam { lr = 0.02 } } do
---       local net = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
---       mah.train(net, moons, { solver = solver, batch_size = 20, stop = 20, seed = 1 })
---       print(net:score(moons.x, moons.y) > 0.8)
---     end
---     --> true
---     --> true

--- A solver of mah.solver: called with (evaluate, w) it makes one step, and gives the loss.
---@class solver
---@field name string               "adam" ...
---@field lr number|nil             learning rate; schedules and callbacks may change it. nil of
---  lbfgs, cg and levenberg_marquardt. The other settings are fields of their names, too
---@field full_batch boolean|nil    true: it takes all rows at once
---@field takes_residuals boolean|nil  true of levenberg_marquardt: evaluate gives residuals
---@field t integer|nil             steps made, of adam and others that count them
---@field n_iter integer|nil        iterations made, of those that take all rows
---@field n_evaluations integer|nil of the loss, or of the residuals, by these
---@field n_jacobians integer|nil   of derivatives, by levenberg_marquardt
---@field reset fun(self: solver)   forgets what was learned in the last run

return {
  adagrad = require "mah.learn.solver.adagrad",
  adam = require "mah.learn.solver.adam",
  adamw = require "mah.learn.solver.adamw",
  cg = require "mah.learn.solver.cg",
  lbfgs = require "mah.learn.solver.lbfgs",
  levenberg_marquardt = require "mah.learn.solver.levenberg_marquardt",
  lion = require "mah.learn.solver.lion",
  nadam = require "mah.learn.solver.nadam",
  radam = require "mah.learn.solver.radam",
  rmsprop = require "mah.learn.solver.rmsprop",
  rprop = require "mah.learn.solver.rprop",
  sgd = require "mah.learn.solver.sgd",
}
