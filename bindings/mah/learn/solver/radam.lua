--- The solver radam; the text at the end has its formulas.
local C = require "mah.base.library"
local rule = require "mah.learn.solver.rule"

local texts = rule.texts

local RAdam = rule.class("radam", {
  lr = { 1e-3, "number", "(0, inf)", texts.lr },
  beta_1 = { 0.9, "number", "[0, 1)", texts.beta_1 },
  beta_2 = { 0.999, "number", "[0, 1)", texts.beta_2 },
  epsilon = { 1e-8, "number", "(0, inf)", texts.epsilon },
  weight_decay = { 0, "number", "[0, inf)", texts.weight_decay },
}, { "m", "v" }, "t")

function RAdam:rule(to, w)
  rule.moments(self, C.MAH_RADAM, to, w)
  to.weight_decay = self.weight_decay
end

--- The RAdam solver, rectified Adam. Liu et al.: "On the variance of the adaptive learning rate and
--- beyond", ICLR 2020, as PyTorch has it, at step t = 1, 2, ...:
---   d = g + weight_decay w;  m = b1 m + (1-b1) d;  v = b2 v + (1-b2) d^2;
---   R = 2/(1-b2) - 1;  r = R - 2 t b2^t/(1-b2^t);
---   w -= lr/(1-b1^t) m,  and for r > 5 instead
---   w -= lr/(1-b1^t) m sqrt(1-b2^t)/(sqrt(v) + epsilon) sqrt((r-4)(r-2)R / ((R-4)(R-2)r))
--- The first steps (five, as it comes) are those of momentum alone: lr times the gradient.
--- weight_decay pulls biases too, unlike the l2 of mah.train.
---
---     local net = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local solver = mah.solver.radam { lr = 0.01 }
---     local run = mah.train(net, moons, { solver = solver, batch_size = 20, stop = 10, seed = 1 })
---     print(run.history.loss[run.n_iter] < run.history.loss[1])       --> true
---@param given {lr: number?, beta_1: number?, beta_2: number?, epsilon: number?,
---  weight_decay: number?}|nil
---@return solver
return function(given) return rule.new(RAdam, given) end
