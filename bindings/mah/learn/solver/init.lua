--- Solvers. A solver is a function (evaluate, w) -> loss: evaluate(w) gives the loss of the current
--- mini-batch and the flat gradient; the solver changes w and returns the loss. Anything callable
--- will do; the built-in ones are callable tables with a name, a learning rate `lr` that schedules
--- may change between epochs, and `reset()`, which forgets what they learned about the last run.
---
--- A second result ends the training: a text, or {rule =, value =, text =}, which becomes the run's
--- stop_reason. A solver with `full_batch = true` (lbfgs, cg and levenberg_marquardt, which have no
--- lr) gets all rows at once; levenberg_marquardt asks for residuals, see there.
---
---     solver = mah.solver.adam{lr = 1e-3}
---     solver = function(evaluate, w)
---       local loss, g = evaluate(w)
---       w:axpy_(-0.1, g)
---       return loss
---     end
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
