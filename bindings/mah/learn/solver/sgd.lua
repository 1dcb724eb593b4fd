--- Stochastic gradient descent with momentum, or Nesterov's:
---   v = momentum v - lr g;  w += v,   with nesterov  w += momentum v - lr g
--- (Sutskever, Martens, Dahl, Hinton 2013). The velocity contains the learning rate, as in Keras
--- and scikit-learn and unlike PyTorch.
local C = require "mah.base.library"
local ask = require "mah.learn.solver.ask"
local check = require "mah.base.check"
local class = require "mah.base.class"
local elsewhere = require "mah.learn.elsewhere"
local ffi = require "ffi"
local options = require "mah.base.options"
local tensor = require "mah.tensor"

local Sgd = class.new("the solver sgd", "solver", "full_batch velocity")
Sgd.name = "sgd"

local rules = options.declare("mah.solver.sgd", {
  lr = { 1e-3, "number", "(0, inf)" },
  momentum = { 0.9, "number", "[0, 1]" },
  nesterov = { true, "boolean" },
})
class.fields[Sgd] = rules

local settings = ffi.new "mah_step_settings"

function Sgd:reset()
  self.velocity = nil
end

function Sgd:__call(evaluate, w)
  local loss, g = ask(evaluate, w, "mah.solver.sgd")
  self.velocity = self.velocity or tensor.zeros_like(w)
  settings.lr, settings.momentum = self.lr, self.momentum
  settings.nesterov = self.nesterov and 1 or 0
  check.status(C.mah_step(C.MAH_SGD, w, self.velocity, nil, g, settings))
  return loss
end

--- The SGD solver.
---@param given {lr: number?, momentum: number?, nesterov: boolean?}|nil
---@return solver
return function(given)
  local solver = setmetatable(options(given, rules, "mah.solver.sgd", elsewhere.solver), Sgd)
  solver:reset()
  return solver
end
