--- Rectified Adam (Liu et al.: "On the variance of the adaptive learning rate and beyond", ICLR
--- 2020), as PyTorch has it, at step t = 1, 2, ...:
---   d = g + weight_decay w;  m = b1 m + (1-b1) d;  v = b2 v + (1-b2) d^2;
---   R = 2/(1-b2) - 1;  r = R - 2 t b2^t/(1-b2^t);
---   w -= lr/(1-b1^t) m,  and for r > 5 instead
---   w -= lr/(1-b1^t) m sqrt(1-b2^t)/(sqrt(v) + epsilon) sqrt((r-4)(r-2)R / ((R-4)(R-2)r))
--- The first steps (five, as it comes) are those of momentum alone: lr times the gradient.
local C = require "mah.base.library"
local class = require "mah.base.class"
local elsewhere = require "mah.learn.elsewhere"
local options = require "mah.base.options"
local rule = require "mah.learn.solver.rule"
local tensor = require "mah.tensor"

local RAdam = class.new("the solver radam", "solver", "full_batch m v")
RAdam.name = "radam"

local rules = options.declare("mah.solver.radam", {
  lr = { 1e-3, "number", "(0, inf)" },
  beta_1 = { 0.9, "number", "[0, 1)" },
  beta_2 = { 0.999, "number", "[0, 1)" },
  epsilon = { 1e-8, "number", "(0, inf)" },
  weight_decay = { 0, "number", "[0, inf)" },
})
class.fields[RAdam] = rules

function RAdam:reset()
  self.t, self.m, self.v = 0, nil, nil
end

function RAdam:rule(to, w)
  if not self.m then self.m, self.v = tensor.zeros_like(w), tensor.zeros_like(w) end
  to.solver, to.t, to.first, to.second_ = C.MAH_RADAM, self.t, self.m, self.v
  to.lr, to.beta_1, to.beta_2, to.epsilon = self.lr, self.beta_1, self.beta_2, self.epsilon
  to.weight_decay = self.weight_decay
end

rule.solver(RAdam, "mah.solver.radam")

--- The RAdam solver. weight_decay pulls biases too, unlike the l2 of mah.train.
---@param given {lr: number?, beta_1: number?, beta_2: number?, epsilon: number?,
---  weight_decay: number?}|nil
---@return solver
return function(given)
  local solver = setmetatable(options(given, rules, "mah.solver.radam", elsewhere.solver), RAdam)
  solver:reset()
  return solver
end
