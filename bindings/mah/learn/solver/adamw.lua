--- The solver adamw; the text at the end has its formulas.
local C = require "mah.base.library"
local rule = require "mah.learn.solver.rule"

local texts = rule.texts

local AdamW = rule.class("adamw", {
  lr = { 1e-3, "number", "(0, inf)", texts.lr },
  beta_1 = { 0.9, "number", "[0, 1)", texts.beta_1 },
  beta_2 = { 0.999, "number", "[0, 1)", texts.beta_2 },
  epsilon = { 1e-8, "number", "(0, inf)", texts.epsilon },
  weight_decay = { 1e-2, "number", "[0, inf)", texts.decoupled },
}, { "m", "v" }, "t")

function AdamW:rule(to, w)
  rule.moments(self, C.MAH_ADAMW, to, w)
  to.weight_decay = self.weight_decay
end

--- The AdamW solver, Adam with decoupled weight decay. Loshchilov, Hutter: "Decoupled weight decay
--- regularization", ICLR 2019, as PyTorch has it, at step t = 1, 2, ...:
---   w -= lr weight_decay w;  m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
---   w -= lr/(1-b1^t) m / (sqrt(v)/sqrt(1-b2^t) + epsilon)
--- epsilon comes after the bias correction, unlike in mah.solver.adam.
--- The decay pulls biases too.
---
---     local net = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local solver = mah.solver.adamw { lr = 0.01, weight_decay = 0.05 }
---     local run = mah.train(net, moons, { solver = solver, batch_size = 20, stop = 5, seed = 1 })
---     print(run.history.loss[run.n_iter] < run.history.loss[1])       --> true
---@param given {lr: number?, beta_1: number?, beta_2: number?, epsilon: number?,
---  weight_decay: number?}|nil
---@return solver
return function(given) return rule.new(AdamW, given) end
