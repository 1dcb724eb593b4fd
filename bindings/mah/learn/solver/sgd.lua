--- Stochastic gradient descent with momentum, or Nesterov's:
---   v = momentum v - lr g;  w += v,   with nesterov  w += momentum v - lr g
--- (Sutskever, Martens, Dahl, Hinton 2013). The velocity contains the learning rate, as in Keras
--- and scikit-learn and unlike PyTorch.
local C = require "mah.base.library"
local rule = require "mah.learn.solver.rule"
local tensor = require "mah.tensor"

local Sgd = rule.class("sgd", {
  lr = { 1e-3, "number", "(0, inf)" },
  momentum = { 0.9, "number", "[0, 1]" },
  nesterov = { true, "boolean" },
}, { "velocity" })

function Sgd:rule(to, w)
  self.velocity = self.velocity or tensor.zeros_like(w)
  to.solver, to.t, to.first, to.second_ = C.MAH_SGD, 0, self.velocity, nil
  to.lr, to.momentum, to.nesterov = self.lr, self.momentum, self.nesterov and 1 or 0
  to.weight_decay = 0 -- but in groups with their own
end

--- The SGD solver.
---@param given {lr: number?, momentum: number?, nesterov: boolean?}|nil
---@return solver
return function(given) return rule.new(Sgd, given) end
