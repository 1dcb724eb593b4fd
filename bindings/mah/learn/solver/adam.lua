--- Adam (Kingma, Ba: "Adam: a method for stochastic optimization", ICLR 2015, the efficient form of
--- section 2, as scikit-learn has it):
---   m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
---   w -= lr sqrt(1-b2^t)/(1-b1^t) m / (sqrt(v) + eps)
local C = require "mah.base.library"
local rule = require "mah.learn.solver.rule"

local Adam = rule.class("adam", {
  lr = { 1e-3, "number", "(0, inf)" },
  beta_1 = { 0.9, "number", "[0, 1)" },
  beta_2 = { 0.999, "number", "[0, 1)" },
  epsilon = { 1e-8, "number", "(0, inf)" },
}, { "m", "v" }, "t")

function Adam:rule(to, w)
  rule.moments(self, C.MAH_ADAM, to, w)
  to.weight_decay = 0 -- but in groups with their own
end

--- The Adam solver.
---@param given {lr: number?, beta_1: number?, beta_2: number?, epsilon: number?}|nil
---@return solver
return function(given) return rule.new(Adam, given) end
