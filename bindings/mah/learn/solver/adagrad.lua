--- The solver adagrad; the text at the end has its formulas.
local C = require "mah.base.library"
local rule = require "mah.learn.solver.rule"
local tensor = require "mah.tensor"

local texts = rule.texts

local Adagrad = rule.class("adagrad", {
  lr = { 1e-2, "number", "(0, inf)", texts.lr },
  lr_decay = { 0, "number", "[0, inf)", "the rate at step t is lr / (1 + (t-1) lr_decay)" },
  weight_decay = { 0, "number", "[0, inf)", texts.weight_decay },
  initial_accumulator_value = { 0, "number", "[0, inf)", "where the sums of the squares begin" },
  epsilon = { 1e-10, "number", "(0, inf)", texts.epsilon },
}, { "sum" }, "t")

function Adagrad:rule(to, w)
  self.sum = self.sum or tensor.full_like(w, self.initial_accumulator_value)
  to.solver, to.t, to.first, to.second_ = C.MAH_ADAGRAD, self.t, self.sum, nil
  to.lr, to.lr_decay, to.epsilon = self.lr, self.lr_decay, self.epsilon
  to.weight_decay = self.weight_decay
end

--- The Adagrad solver. Duchi, Hazan, Singer: "Adaptive subgradient methods for online learning and
--- stochastic optimization", JMLR 12, 2011, as PyTorch has it, at step t = 1, 2, ...:
---   d = g + weight_decay w;  s += d^2;  w -= lr / (1 + (t-1) lr_decay) d / (sqrt(s) + epsilon)
--- weight_decay pulls biases too, unlike the l2 of mah.train.
---
---     local net = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local solver = mah.solver.adagrad { lr = 0.05 }
---     local run = mah.train(net, moons, { solver = solver, batch_size = 20, stop = 5, seed = 1 })
---     print(run.history.loss[run.n_iter] < run.history.loss[1])       --> true
---@param given {lr: number?, lr_decay: number?, weight_decay: number?,
---  initial_accumulator_value: number?, epsilon: number?}|nil
---@return solver
return function(given) return rule.new(Adagrad, given) end
