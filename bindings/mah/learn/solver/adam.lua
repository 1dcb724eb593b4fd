--- The solver adam; the text at the end has its formulas.
local C = require "mah.base.library"
local rule = require "mah.learn.solver.rule"

local texts = rule.texts

local Adam = rule.class("adam", {
  lr = { 1e-3, "number", "(0, inf)", texts.lr },
  beta_1 = { 0.9, "number", "[0, 1)", texts.beta_1 },
  beta_2 = { 0.999, "number", "[0, 1)", texts.beta_2 },
  epsilon = { 1e-8, "number", "(0, inf)", texts.epsilon },
}, { "m", "v" }, "t")

function Adam:rule(to, w)
  rule.moments(self, C.MAH_ADAM, to, w)
  to.weight_decay = 0 -- but in groups with their own
end

--- The Adam solver. Kingma, Ba: "Adam: a method for stochastic optimization", ICLR 2015, the
--- efficient form of section 2, as scikit-learn has it:
---   m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
---   w -= lr sqrt(1-b2^t)/(1-b1^t) m / (sqrt(v) + eps)
---
---     local net = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local solver = mah.solver.adam { lr = 0.01 }
---     local run = mah.train(net, moons, { solver = solver, batch_size = 20, stop = 5, seed = 1 })
---     print(run.history.loss[run.n_iter] < run.history.loss[1])       --> true
---     print(solver.t)                                 --> 25
---@param given {lr: number?, beta_1: number?, beta_2: number?, epsilon: number?}|nil
---@return solver
return function(given) return rule.new(Adam, given) end
