--- The solver lbfgs; the text at the end has its formulas and limits.
local class = require "mah.base.class"
local descent = require "mah.learn.solver.descent"
local elsewhere = require "mah.learn.elsewhere"
local options = require "mah.base.options"
local steps = require "mah.learn.solver.steps"

local common = descent.rules

local Lbfgs = class.new("the solver lbfgs", "solver",
  "lr loss g point direction takes_residuals")
Lbfgs.name = "lbfgs"
Lbfgs.full_batch = true

local rules = options.declare("mah.solver.lbfgs", {
  history = { 10, "integer", "[1, inf)", "steps that are remembered, two vectors each" },
  gtol = common.gtol,
  ftol = common.ftol,
  max_fun = common.max_fun,
  max_line_search = common.max_line_search,
})
class.fields[Lbfgs] = rules

function Lbfgs:reset()
  descent.reset(self)
  steps.reset(self)
end

--- Searches along a new direction.
local function move(self, evaluate, w)
  local slope = steps.direct(self, self.g)
  if not (slope < 0) then return nil end
  local first = self.remembered > 0 and 1 or 1 / math.sqrt(-slope)
  if self.n_iter > 0 then first = math.min(first, 1) end
  local found, g, largest = descent.search(self, evaluate, w, slope, first)
  if not found then return nil end
  steps.advance(self, w, g, descent.epsilon.float64 * -slope * found.step)
  local before = self.loss
  self.loss = found.f
  return largest, before
end

function Lbfgs:__call(evaluate, w)
  return descent.iterate(self, evaluate, w, move, steps.forget)
end

--- L-BFGS, a quasi-Newton method for the whole batch. Nocedal: "Updating quasi-Newton matrices with
--- limited storage", Mathematics of Computation 35, 1980; Liu, Nocedal: Mathematical Programming
--- 45, 1989. One call is one iteration: a direction from the last `history` steps, and a line
--- search along it that evaluates a few times. Choices and limits are those of L-BFGS-B (Byrd, Lu,
--- Nocedal, Zhu 1995; version 3.0) without bounds, as scipy calls it for scikit-learn: it makes the
--- same steps.
---
--- The second result, when there is one, says that the solver is done: {rule =, value =, text =},
--- where rule is
--- * gtol: the largest element of the gradient is at most gtol: converged (also at the start);
--- * ftol: the loss has all but stopped falling: f - f_new <= ftol max(|f|, |f_new|, 1);
--- * max_fun: more than max_fun evaluations were made;
--- * line_search: no step along the direction, nor straight downhill, lowers the loss, or the loss
---   or the gradient at the start is not finite, as `value` is then; w stays where it was.
---
--- evaluate must be the same function in every call: the gradient of the last point is kept. So no
--- dropout, and no mini-batches: mah.train refuses both. Elsewhere, a function that changes between
--- calls gives poor steps and an end by line_search, never a crash.
---
--- float32 is enough for losses down to about 1e-7 of their scale. Below that, the loss cannot tell
--- steps apart, the slopes decide, and the run ends by ftol or line_search.
---
---     local net = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local run = mah.train(net, moons, { solver = mah.solver.lbfgs(), l2 = 0.01, stop = 200 })
---     print(net:score(moons.x, moons.y) > 0.95, run.n_iter < 200)     --> true true
---
---     local solver, w, g = mah.solver.lbfgs(), mah.zeros(3), mah.zeros(3)
---     local function evaluate(x)                     -- f(x) = |x - 1|^2 / 2
---       g:copy_(x):sub_(1)
---       return g:dot(g) / 2, g
---     end
---     local loss, reason
---     repeat loss, reason = solver(evaluate, w) until reason
---     print(reason.rule, solver.n_iter, solver.n_evaluations, w[1])   --> gtol 2 3 1
---@param given table|nil
---@return solver   with n_iter and n_evaluations
return function(given)
  local solver = setmetatable(options(given, rules, "mah.solver.lbfgs", elsewhere.solver), Lbfgs)
  solver:reset()
  return solver
end
