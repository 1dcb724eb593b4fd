--- The solver rprop; the text at the end has its formulas.
local C = require "mah.base.library"
local check = require "mah.base.check"
local rule = require "mah.learn.solver.rule"
local tensor = require "mah.tensor"

local Rprop = rule.class("rprop", {
  lr = { 1e-2, "number", "(0, inf)", "step size of each weight at the beginning" },
  eta_minus = { 0.5, "number", "(0, 1)", "factor of a size where the gradient's sign changed" },
  eta_plus = { 1.2, "number", "(1, inf)", "factor of a size where the gradient's sign stayed" },
  step_size_min = { 1e-6, "number", "[0, inf)", "least step size" },
  step_size_max = { 50, "number", "(0, inf)", "greatest step size" },
}, { "previous", "step_size" })

function Rprop:rule(to, w)
  if not self.previous then
    self.previous, self.step_size = tensor.zeros_like(w), tensor.full_like(w, self.lr)
  end
  to.solver, to.t, to.first, to.second_ = C.MAH_RPROP, 0, self.previous, self.step_size
  to.eta_minus, to.eta_plus = self.eta_minus, self.eta_plus
  to.step_size_min, to.step_size_max = self.step_size_min, self.step_size_max
end

rule.no_rate(Rprop)

--- The Rprop solver, resilient back-propagation. Riedmiller, Braun: "A direct adaptive method for
--- faster backpropagation learning: the RPROP algorithm", ICNN 1993, as PyTorch has it. Each weight
--- has a step size of its own, at first lr, which follows the signs of its gradient alone:
---   the sign stayed:  size = min(eta_plus size, step_size_max)
---   it changed:       size = max(eta_minus size, step_size_min), and this once there is no step
---   w -= size sign(g)
--- Signs of a few rows' gradient change by chance: give mah.train batch_size = #x. lr is read when
--- a training begins; a schedule is refused.
---
---     local net = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local solver = mah.solver.rprop { lr = 0.01 }
---     local run = mah.train(net, moons, { solver = solver, batch_size = 100, stop = 10 })
---     print(run.history.loss[run.n_iter] < run.history.loss[1])       --> true
---@param given {lr: number?, eta_minus: number?, eta_plus: number?, step_size_min: number?,
---  step_size_max: number?}|nil
---@return solver
return function(given)
  local solver = rule.new(Rprop, given)
  check.that(solver.step_size_min <= solver.step_size_max,
    "mah.solver.rprop: step_size_min = %g is larger than step_size_max = %g", solver.step_size_min,
    solver.step_size_max)
  return solver
end
