--- Adam with Nesterov's look-ahead (Dozat: "Incorporating Nesterov momentum into Adam", ICLR
--- workshop 2016), as PyTorch documents it, at step t = 1, 2, ...:
---   d = g + weight_decay w;  m = b1 m + (1-b1) d;  v = b2 v + (1-b2) d^2;
---   mu_t = b1 (1 - 0.96^(t momentum_decay) / 2);
---   w -= lr (mu_t+1 m / (1 - mu_1 ... mu_t+1) + (1-mu_t) d / (1 - mu_1 ... mu_t))
---        / (sqrt(v)/sqrt(1-b2^t) + epsilon)
--- (PyTorch 1.13 without foreach=True takes mu_t twice into the first of the two products, unlike
--- its documentation and later versions: findings/pytorch_nadam.sh.)
local C = require "mah.base.library"
local rule = require "mah.learn.solver.rule"

local NAdam = rule.class("nadam", {
  lr = { 2e-3, "number", "(0, inf)" },
  beta_1 = { 0.9, "number", "[0, 1)" },
  beta_2 = { 0.999, "number", "[0, 1)" },
  epsilon = { 1e-8, "number", "(0, inf)" },
  weight_decay = { 0, "number", "[0, inf)" },
  momentum_decay = { 4e-3, "number", "[0, inf)" },
}, { "m", "v" }, "t")

function NAdam:rule(to, w)
  rule.moments(self, C.MAH_NADAM, to, w)
  to.weight_decay, to.momentum_decay = self.weight_decay, self.momentum_decay
end

--- The NAdam solver. weight_decay pulls biases too, unlike the l2 of mah.train.
---@param given {lr: number?, beta_1: number?, beta_2: number?, epsilon: number?,
---  weight_decay: number?, momentum_decay: number?}|nil
---@return solver
return function(given) return rule.new(NAdam, given) end
