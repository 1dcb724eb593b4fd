--- The solver nadam; the text at the end has its formulas.
local C = require "mah.base.library"
local rule = require "mah.learn.solver.rule"

local texts = rule.texts

local NAdam = rule.class("nadam", {
  lr = { 2e-3, "number", "(0, inf)", texts.lr },
  beta_1 = { 0.9, "number", "[0, 1)", texts.beta_1 },
  beta_2 = { 0.999, "number", "[0, 1)", texts.beta_2 },
  epsilon = { 1e-8, "number", "(0, inf)", texts.epsilon },
  weight_decay = { 0, "number", "[0, inf)", texts.weight_decay },
  momentum_decay = { 4e-3, "number", "[0, inf)", "how fast the look-ahead's share grows "
    .. "with the steps, as mu_t says" },
}, { "m", "v" }, "t")

function NAdam:rule(to, w)
  rule.moments(self, C.MAH_NADAM, to, w)
  to.weight_decay, to.momentum_decay = self.weight_decay, self.momentum_decay
end

--- The NAdam solver, Adam with Nesterov's look-ahead. Dozat: "Incorporating Nesterov momentum into
--- Adam", ICLR workshop 2016, as PyTorch documents it, at step t = 1, 2, ...:
---   d = g + weight_decay w;  m = b1 m + (1-b1) d;  v = b2 v + (1-b2) d^2;
---   mu_t = b1 (1 - 0.96^(t momentum_decay) / 2);
---   n = mu_t+1 m / (1 - mu_1 ... mu_t+1) + (1-mu_t) d / (1 - mu_1 ... mu_t);
---   w -= lr n / (sqrt(v)/sqrt(1-b2^t) + epsilon)
--- (PyTorch 1.13 without foreach=True takes mu_t twice into the first of the two products, unlike
--- its documentation and later versions: findings/pytorch_nadam.sh.)
--- weight_decay pulls biases too, unlike the l2 of mah.train.
---
---     local net = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local solver = mah.solver.nadam { lr = 0.01 }
---     local run = mah.train(net, moons, { solver = solver, batch_size = 20, stop = 5, seed = 1 })
---     print(run.history.loss[run.n_iter] < run.history.loss[1])       --> true
---@param given {lr: number?, beta_1: number?, beta_2: number?, epsilon: number?,
---  weight_decay: number?, momentum_decay: number?}|nil
---@return solver
return function(given) return rule.new(NAdam, given) end
