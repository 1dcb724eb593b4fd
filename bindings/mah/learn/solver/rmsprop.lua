--- RMSprop (Tieleman, Hinton: lecture 6.5 of "Neural networks for machine learning", 2012), as
--- PyTorch has it:
---   d = g + weight_decay w;  v = alpha v + (1-alpha) d^2;
---   b = momentum b + d / (sqrt(v) + epsilon);  w -= lr b
local C = require "mah.base.library"
local rule = require "mah.learn.solver.rule"
local tensor = require "mah.tensor"

local Rmsprop = rule.class("rmsprop", {
  lr = { 1e-2, "number", "(0, inf)" },
  alpha = { 0.99, "number", "[0, 1)" },
  epsilon = { 1e-8, "number", "(0, inf)" },
  momentum = { 0, "number", "[0, 1]" },
  weight_decay = { 0, "number", "[0, inf)" },
}, { "v", "b" })

function Rmsprop:rule(to, w)
  self.v = self.v or tensor.zeros_like(w)
  if self.momentum > 0 then self.b = self.b or tensor.zeros_like(w) end
  to.solver, to.t, to.first, to.second_ = C.MAH_RMSPROP, 0, self.v, self.b
  to.lr, to.alpha, to.epsilon = self.lr, self.alpha, self.epsilon
  to.momentum, to.weight_decay = self.momentum, self.weight_decay
end

--- The RMSprop solver. weight_decay pulls biases too, unlike the l2 of mah.train.
---@param given {lr: number?, alpha: number?, epsilon: number?, momentum: number?,
---  weight_decay: number?}|nil
---@return solver
return function(given) return rule.new(Rmsprop, given) end
