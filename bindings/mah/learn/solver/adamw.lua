--- Adam with decoupled weight decay (Loshchilov, Hutter: "Decoupled weight decay regularization",
--- ICLR 2019), as PyTorch has it, at step t = 1, 2, ...:
---   w -= lr weight_decay w;  m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
---   w -= lr/(1-b1^t) m / (sqrt(v)/sqrt(1-b2^t) + epsilon)
--- epsilon comes after the bias correction, unlike in mah.solver.adam.
local C = require "mah.base.library"
local class = require "mah.base.class"
local elsewhere = require "mah.learn.elsewhere"
local options = require "mah.base.options"
local rule = require "mah.learn.solver.rule"
local tensor = require "mah.tensor"

local AdamW = class.new("the solver adamw", "solver", "full_batch m v")
AdamW.name = "adamw"

local rules = options.declare("mah.solver.adamw", {
  lr = { 1e-3, "number", "(0, inf)" },
  beta_1 = { 0.9, "number", "[0, 1)" },
  beta_2 = { 0.999, "number", "[0, 1)" },
  epsilon = { 1e-8, "number", "(0, inf)" },
  weight_decay = { 1e-2, "number", "[0, inf)" },
})
class.fields[AdamW] = rules

function AdamW:reset()
  self.t, self.m, self.v = 0, nil, nil
end

function AdamW:rule(to, w)
  if not self.m then self.m, self.v = tensor.zeros_like(w), tensor.zeros_like(w) end
  to.solver, to.t, to.first, to.second_ = C.MAH_ADAMW, self.t, self.m, self.v
  to.lr, to.beta_1, to.beta_2, to.epsilon = self.lr, self.beta_1, self.beta_2, self.epsilon
  to.weight_decay = self.weight_decay
end

rule.solver(AdamW, "mah.solver.adamw")

--- The AdamW solver. The decay pulls biases too.
---@param given {lr: number?, beta_1: number?, beta_2: number?, epsilon: number?,
---  weight_decay: number?}|nil
---@return solver
return function(given)
  local solver = setmetatable(options(given, rules, "mah.solver.adamw", elsewhere.solver), AdamW)
  solver:reset()
  return solver
end
