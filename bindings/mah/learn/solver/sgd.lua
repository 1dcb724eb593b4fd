--- The solver sgd; the text at the end has its formulas.
local C = require "mah.base.library"
local rule = require "mah.learn.solver.rule"
local tensor = require "mah.tensor"

local texts = rule.texts

local Sgd = rule.class("sgd", {
  lr = { 1e-3, "number", "(0, inf)", texts.lr },
  momentum = { 0.9, "number", "[0, 1]", "share of the last step that is made again; 0: none" },
  nesterov = { true, "boolean", nil, "the step looks ahead along the momentum (Nesterov's)" },
}, { "velocity" })

function Sgd:rule(to, w)
  self.velocity = self.velocity or tensor.zeros_like(w)
  to.solver, to.t, to.first, to.second_ = C.MAH_SGD, 0, self.velocity, nil
  to.lr, to.momentum, to.nesterov = self.lr, self.momentum, self.nesterov and 1 or 0
  to.weight_decay = 0 -- but in groups with their own
end

--- Stochastic gradient descent with momentum, or Nesterov's:
---   v = momentum v - lr g;  w += v,   with nesterov  w += momentum v - lr g
--- (Sutskever, Martens, Dahl, Hinton 2013). The velocity contains the learning rate, as in Keras
--- and scikit-learn and unlike PyTorch.
---
---     local net = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local solver = mah.solver.sgd { lr = 0.1, momentum = 0.9 }
---     local run = mah.train(net, moons, { solver = solver, batch_size = 20, stop = 5, seed = 1 })
---     print(run.history.loss[run.n_iter] < run.history.loss[1])       --> true
---@param given {lr: number?, momentum: number?, nesterov: boolean?}|nil
---@return solver
return function(given) return rule.new(Sgd, given) end
