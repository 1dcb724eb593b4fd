--- The solver rmsprop; the text at the end has its formulas.
local C = require "mah.base.library"
local rule = require "mah.learn.solver.rule"
local tensor = require "mah.tensor"

local texts = rule.texts

local Rmsprop = rule.class("rmsprop", {
  lr = { 1e-2, "number", "(0, inf)", texts.lr },
  alpha = { 0.99, "number", "[0, 1)", "share of the past in the mean of the "
    .. "squares, at each step" },
  epsilon = { 1e-8, "number", "(0, inf)", texts.epsilon },
  momentum = { 0, "number", "[0, 1]", "share of the last step that is made again; 0: none" },
  weight_decay = { 0, "number", "[0, inf)", texts.weight_decay },
}, { "v", "b" })

function Rmsprop:rule(to, w)
  self.v = self.v or tensor.zeros_like(w)
  if self.momentum > 0 then self.b = self.b or tensor.zeros_like(w) end
  to.solver, to.t, to.first, to.second_ = C.MAH_RMSPROP, 0, self.v, self.b
  to.lr, to.alpha, to.epsilon = self.lr, self.alpha, self.epsilon
  to.momentum, to.weight_decay = self.momentum, self.weight_decay
end

--- The RMSprop solver. Tieleman, Hinton: lecture 6.5 of "Neural networks for machine learning",
--- 2012, as PyTorch has it:
---   d = g + weight_decay w;  v = alpha v + (1-alpha) d^2;
---   b = momentum b + d / (sqrt(v) + epsilon);  w -= lr b
--- weight_decay pulls biases too, unlike the l2 of mah.train.
---
---     local net = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local solver = mah.solver.rmsprop { lr = 0.005 }
---     local run = mah.train(net, moons, { solver = solver, batch_size = 20, stop = 5, seed = 1 })
---     print(run.history.loss[run.n_iter] < run.history.loss[1])       --> true
---@param given {lr: number?, alpha: number?, epsilon: number?, momentum: number?,
---  weight_decay: number?}|nil
---@return solver
return function(given) return rule.new(Rmsprop, given) end
