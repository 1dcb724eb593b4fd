--- Adam with decoupled weight decay (Loshchilov, Hutter: "Decoupled weight decay regularization",
--- ICLR 2019), as PyTorch has it, at step t = 1, 2, ...:
---   w -= lr weight_decay w;  m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
---   w -= lr/(1-b1^t) m / (sqrt(v)/sqrt(1-b2^t) + epsilon)
--- epsilon comes after the bias correction, unlike in mah.solver.adam.
local C = require "mah.base.library"
local rule = require "mah.learn.solver.rule"

local AdamW = rule.class("adamw", {
  lr = { 1e-3, "number", "(0, inf)" },
  beta_1 = { 0.9, "number", "[0, 1)" },
  beta_2 = { 0.999, "number", "[0, 1)" },
  epsilon = { 1e-8, "number", "(0, inf)" },
  weight_decay = { 1e-2, "number", "[0, inf)" },
}, { "m", "v" }, "t")

function AdamW:rule(to, w)
  rule.moments(self, C.MAH_ADAMW, to, w)
  to.weight_decay = self.weight_decay
end

--- The AdamW solver. The decay pulls biases too.
---@param given {lr: number?, beta_1: number?, beta_2: number?, epsilon: number?,
---  weight_decay: number?}|nil
---@return solver
return function(given) return rule.new(AdamW, given) end
