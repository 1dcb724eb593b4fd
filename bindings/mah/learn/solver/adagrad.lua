--- Adagrad (Duchi, Hazan, Singer: "Adaptive subgradient methods for online learning and stochastic
--- optimization", JMLR 12, 2011), as PyTorch has it, at step t = 1, 2, ...:
---   d = g + weight_decay w;  s += d^2;  w -= lr / (1 + (t-1) lr_decay) d / (sqrt(s) + epsilon)
local C = require "mah.base.library"
local ask = require "mah.learn.solver.ask"
local check = require "mah.base.check"
local class = require "mah.base.class"
local elsewhere = require "mah.learn.elsewhere"
local ffi = require "ffi"
local options = require "mah.base.options"
local tensor = require "mah.tensor"

local Adagrad = class.new("the solver adagrad", "solver", "full_batch sum")
Adagrad.name = "adagrad"

local rules = options.declare("mah.solver.adagrad", {
  lr = { 1e-2, "number", "(0, inf)" },
  lr_decay = { 0, "number", "[0, inf)" },
  weight_decay = { 0, "number", "[0, inf)" },
  initial_accumulator_value = { 0, "number", "[0, inf)" },
  epsilon = { 1e-10, "number", "(0, inf)" },
})
class.fields[Adagrad] = rules

local settings = ffi.new "mah_step_settings"

function Adagrad:reset()
  self.t, self.sum = 0, nil
end

function Adagrad:__call(evaluate, w)
  local loss, g = ask(evaluate, w, "mah.solver.adagrad")
  self.sum = self.sum or tensor.full_like(w, self.initial_accumulator_value)
  settings.lr = self.lr / (1 + self.t * self.lr_decay)
  settings.epsilon, settings.decay = self.epsilon, self.weight_decay
  self.t = self.t + 1
  check.status(C.mah_step(C.MAH_ADAGRAD, w, self.sum, nil, g, settings))
  return loss
end

--- The Adagrad solver. weight_decay pulls biases too, unlike the l2 of mah.train.
---@param given {lr: number?, lr_decay: number?, weight_decay: number?,
---  initial_accumulator_value: number?, epsilon: number?}|nil
---@return solver
return function(given)
  local o = options(given, rules, "mah.solver.adagrad", elsewhere.solver)
  local solver = setmetatable(o, Adagrad)
  solver:reset()
  return solver
end
