--- The solver lion; the text at the end has its formulas.
local C = require "mah.base.library"
local rule = require "mah.learn.solver.rule"
local tensor = require "mah.tensor"

local texts = rule.texts

local Lion = rule.class("lion", {
  lr = { 1e-4, "number", "(0, inf)", texts.lr },
  beta_1 = { 0.9, "number", "[0, 1)", "share of the past in the mean whose sign is taken" },
  beta_2 = { 0.99, "number", "[0, 1)", "share of the past in the mean that is kept" },
  weight_decay = { 0, "number", "[0, inf)", texts.decoupled },
}, { "m" })

function Lion:rule(to, w)
  self.m = self.m or tensor.zeros_like(w)
  to.solver, to.t, to.first, to.second_ = C.MAH_LION, 0, self.m, nil
  to.lr, to.beta_1, to.beta_2 = self.lr, self.beta_1, self.beta_2
  to.weight_decay = self.weight_decay
end

--- The Lion solver, sign descent along two averages of the gradient. Chen et al.: "Symbolic
--- discovery of optimization algorithms", NeurIPS 2023, algorithm 2:
---   w -= lr weight_decay w;  w -= lr sign(b1 m + (1-b1) g);  m = b2 m + (1-b2) g
--- Each weight moves by lr, whatever the gradient's size: the paper takes a third to a tenth of
--- Adam's lr, and a weight_decay larger by as much. It keeps one vector, where Adam has two.
--- The decay pulls biases too.
---
---     local net = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local solver = mah.solver.lion { lr = 0.002 }
---     local run = mah.train(net, moons, { solver = solver, batch_size = 20, stop = 5, seed = 1 })
---     print(run.history.loss[run.n_iter] < run.history.loss[1])       --> true
---@param given {lr: number?, beta_1: number?, beta_2: number?, weight_decay: number?}|nil
---@return solver
return function(given) return rule.new(Lion, given) end
