--- Adam with Nesterov's look-ahead (Dozat: "Incorporating Nesterov momentum into Adam", ICLR
--- workshop 2016), as PyTorch documents it, at step t = 1, 2, ...:
---   d = g + weight_decay w;  m = b1 m + (1-b1) d;  v = b2 v + (1-b2) d^2;
---   mu_t = b1 (1 - 0.96^(t momentum_decay) / 2);
---   w -= lr (mu_t+1 m / (1 - mu_1 ... mu_t+1) + (1-mu_t) d / (1 - mu_1 ... mu_t))
---        / (sqrt(v)/sqrt(1-b2^t) + epsilon)
--- (PyTorch 1.13 without foreach=True takes mu_t twice into the first of the two products, unlike
--- its documentation and later versions: findings/pytorch_nadam.sh.)
local C = require "mah.base.library"
local class = require "mah.base.class"
local elsewhere = require "mah.learn.elsewhere"
local options = require "mah.base.options"
local rule = require "mah.learn.solver.rule"
local tensor = require "mah.tensor"

local NAdam = class.new("the solver nadam", "solver", "full_batch m v")
NAdam.name = "nadam"

local rules = options.declare("mah.solver.nadam", {
  lr = { 2e-3, "number", "(0, inf)" },
  beta_1 = { 0.9, "number", "[0, 1)" },
  beta_2 = { 0.999, "number", "[0, 1)" },
  epsilon = { 1e-8, "number", "(0, inf)" },
  weight_decay = { 0, "number", "[0, inf)" },
  momentum_decay = { 4e-3, "number", "[0, inf)" },
})
class.fields[NAdam] = rules

function NAdam:reset()
  self.t, self.m, self.v = 0, nil, nil
end

function NAdam:rule(to, w)
  if not self.m then self.m, self.v = tensor.zeros_like(w), tensor.zeros_like(w) end
  to.solver, to.t, to.first, to.second_ = C.MAH_NADAM, self.t, self.m, self.v
  to.lr, to.beta_1, to.beta_2, to.epsilon = self.lr, self.beta_1, self.beta_2, self.epsilon
  to.weight_decay, to.momentum_decay = self.weight_decay, self.momentum_decay
end

rule.solver(NAdam, "mah.solver.nadam")

--- The NAdam solver. weight_decay pulls biases too, unlike the l2 of mah.train.
---@param given {lr: number?, beta_1: number?, beta_2: number?, epsilon: number?,
---  weight_decay: number?, momentum_decay: number?}|nil
---@return solver
return function(given)
  local solver = setmetatable(options(given, rules, "mah.solver.nadam", elsewhere.solver), NAdam)
  solver:reset()
  return solver
end
