--- Stochastic gradient descent with momentum, or Nesterov's:
---   v = momentum v - lr g;  w += v,   with nesterov  w += momentum v - lr g
--- (Sutskever, Martens, Dahl, Hinton 2013). The velocity contains the learning rate, as in Keras
--- and scikit-learn and unlike PyTorch.
local C = require "mah.base.library"
local class = require "mah.base.class"
local elsewhere = require "mah.learn.elsewhere"
local options = require "mah.base.options"
local rule = require "mah.learn.solver.rule"
local tensor = require "mah.tensor"

local Sgd = class.new("the solver sgd", "solver", "full_batch velocity t")
Sgd.name = "sgd"

local rules = options.declare("mah.solver.sgd", {
  lr = { 1e-3, "number", "(0, inf)" },
  momentum = { 0.9, "number", "[0, 1]" },
  nesterov = { true, "boolean" },
})
class.fields[Sgd] = rules

function Sgd:reset()
  self.velocity = nil
end

function Sgd:rule(to, w)
  self.velocity = self.velocity or tensor.zeros_like(w)
  to.solver, to.t, to.first, to.second_ = C.MAH_SGD, 0, self.velocity, nil
  to.lr, to.momentum, to.nesterov = self.lr, self.momentum, self.nesterov and 1 or 0
  to.weight_decay = 0 -- but in groups with their own
end

rule.solver(Sgd, "mah.solver.sgd")

--- The SGD solver.
---@param given {lr: number?, momentum: number?, nesterov: boolean?}|nil
---@return solver
return function(given)
  local solver = setmetatable(options(given, rules, "mah.solver.sgd", elsewhere.solver), Sgd)
  solver:reset()
  return solver
end
