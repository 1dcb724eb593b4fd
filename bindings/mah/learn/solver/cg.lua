--- The solver cg; the text at the end has its formulas and limits.
local class = require "mah.base.class"
local descent = require "mah.learn.solver.descent"
local elsewhere = require "mah.learn.elsewhere"
local options = require "mah.base.options"

local combine, dot_and_max = descent.combine, descent.dot_and_max

local Cg = class.new("the solver cg", "solver", "lr loss g point direction before takes_residuals")
Cg.name = "cg"
Cg.full_batch = true

local rules = options.declare("mah.solver.cg", descent.rules)
class.fields[Cg] = rules

-- Of the strong Wolfe conditions, as scipy's; and how much of a gradient's square a direction has
-- to fall by.
local WOLFE, DESCENT = { ftol = 1e-4, gtol = 0.4 }, 0.01

function Cg:reset()
  descent.reset(self)
  self.remembered, self.before = 0, nil
end

local function forget(self) self.remembered, self.before = 0, nil end

--- Straight downhill. Returns the slope.
local function downhill(self, g)
  self.remembered = 0
  return combine(self.direction, -1, g, 0, g, g)
end

--- The direction that follows a step to where the gradient is g.
local function turn(self, g)
  local old, direction = self.g, self.direction
  local squares_before = dot_and_max(old, old)
  local squares = dot_and_max(g, g)
  local factor = math.max(0, (squares - dot_and_max(g, old)) / squares_before)
  local slope = combine(direction, -1, g, factor, direction, g)
  self.remembered = factor > 0 and self.remembered + 1 or 0
  if not (slope <= -DESCENT * squares) then downhill(self, g) end
end

--- The first step to try: to where a parabola would fall by as much as the last step did.
local function first_step(self, slope)
  local before = self.before or self.loss + math.sqrt(-slope) / 2
  local step = 2.02 * (self.loss - before) / slope
  return step > 0 and math.min(step, 1) or 1
end

--- Searches along the direction, and finds the next one.
local function move(self, evaluate, w)
  local slope = self.before and dot_and_max(self.g, self.direction) or downhill(self, self.g)
  if not (slope < 0) then return nil end
  local found, g, largest = descent.search(self, evaluate, w, slope, first_step(self, slope), WOLFE)
  if not found then return nil end
  turn(self, g)
  self.g:copy_(g)
  w:copy_(self.point)
  self.before, self.loss = self.loss, found.f
  return largest, self.before
end

function Cg:__call(evaluate, w) return descent.iterate(self, evaluate, w, move, forget) end

--- Nonlinear conjugate gradients for the whole batch. With the factor of Polak and Ribière, at
--- least 0, and a start anew where a direction does not descend enough (Gilbert, Nocedal: "Global
--- convergence properties of conjugate gradient methods for optimization", SIAM J. Optimization 2,
--- 1992):
---   b = max(0, g_new'(g_new - g) / g'g);  d_new = -g_new + b d
--- One call is one iteration, which evaluates a few times along d: the line search is exacter than
--- L-BFGS' (the slope falls to 0.4 of itself), and nothing is kept but three vectors, so it is for
--- networks of which L-BFGS' history has no room. First steps as scipy's minimize(method="CG").
---
--- Its second result, and what it asks of evaluate, are those of mah.solver.lbfgs.
---
---     local net = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local solver = mah.solver.cg { gtol = 1e-3 }
---     mah.train(net, moons, { solver = solver, stop = 50 })
---     print(net:score(moons.x, moons.y) > 0.8, solver.n_iter <= 50)   --> true true
---
---     local solver, w, g = mah.solver.cg(), mah.zeros(3), mah.zeros(3)
---     local function evaluate(x)                     -- f(x) = |x - 1|^2 / 2
---       g:copy_(x):sub_(1)
---       return g:dot(g) / 2, g
---     end
---     local loss, reason
---     repeat loss, reason = solver(evaluate, w) until reason
---     print(reason.rule, solver.n_iter, ("%.4f"):format(w[1]))         --> gtol 1 1.0000
---@param given {gtol: number?, ftol: number?, max_fun: integer?, max_line_search: integer?}|nil
---@return solver   with n_iter and n_evaluations
return function(given)
  local solver = setmetatable(options(given, rules, "mah.solver.cg", elsewhere.solver), Cg)
  solver:reset()
  return solver
end
