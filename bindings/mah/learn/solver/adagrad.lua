--- Adagrad (Duchi, Hazan, Singer: "Adaptive subgradient methods for online learning and stochastic
--- optimization", JMLR 12, 2011), as PyTorch has it, at step t = 1, 2, ...:
---   d = g + weight_decay w;  s += d^2;  w -= lr / (1 + (t-1) lr_decay) d / (sqrt(s) + epsilon)
local C = require "mah.base.library"
local rule = require "mah.learn.solver.rule"
local tensor = require "mah.tensor"

local Adagrad = rule.class("adagrad", {
  lr = { 1e-2, "number", "(0, inf)" },
  lr_decay = { 0, "number", "[0, inf)" },
  weight_decay = { 0, "number", "[0, inf)" },
  initial_accumulator_value = { 0, "number", "[0, inf)" },
  epsilon = { 1e-10, "number", "(0, inf)" },
}, { "sum" }, "t")

function Adagrad:rule(to, w)
  self.sum = self.sum or tensor.full_like(w, self.initial_accumulator_value)
  to.solver, to.t, to.first, to.second_ = C.MAH_ADAGRAD, self.t, self.sum, nil
  to.lr, to.lr_decay, to.epsilon = self.lr, self.lr_decay, self.epsilon
  to.weight_decay = self.weight_decay
end

--- The Adagrad solver. weight_decay pulls biases too, unlike the l2 of mah.train.
---@param given {lr: number?, lr_decay: number?, weight_decay: number?,
---  initial_accumulator_value: number?, epsilon: number?}|nil
---@return solver
return function(given) return rule.new(Adagrad, given) end
