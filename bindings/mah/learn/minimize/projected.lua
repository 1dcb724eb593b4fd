--- L-BFGS within bounds: directions among the elements that no bound holds, from what the last
--- steps say of these, and steps along them that are bent back into the bounds (Bertsekas:
--- "Projected Newton methods for optimization problems with simple constraints", SIAM J. Control
--- and Optimization 20, 1982). It ends as L-BFGS-B does (Byrd, Lu, Nocedal, Zhu 1995); its steps
--- are others.
local descent = require "mah.learn.solver.descent"
local result = require "mah.learn.minimize.result"
local steps = require "mah.learn.solver.steps"
local tensor = require "mah.tensor"

local ENOUGH = 1e-4 -- of the fall that the slope promises
local SHORTER, LEAST = 0.5, 0.1 -- the next trial as a share of this one
local MOST_TRIALS = 40

local is_finite = descent.is_finite

--- The steps' parts among free elements, as far as these curve upwards.
local function among(s, free)
  local masked = { history = s.history, direction = s.direction }
  steps.reset(masked)
  steps.each(s, function(step, change)
    local a, b = step * free, change * free
    local sy, yy = a:dot(b), b:dot(b)
    if not (sy > descent.epsilon.float64 * yy) then return end
    local k = masked.remembered + 1
    masked.steps[k], masked.changes[k], masked.curvatures[k] = a, b, sy
    masked.scale, masked.newest, masked.remembered = sy / yy, k, k
  end)
  return masked
end

--- From w along the direction; leaves the last trial in s.point. Returns the value there and the
--- gradient, or nil.
local function search(problem, bounds, s, w, value, first)
  local step = first
  for _ = 1, MOST_TRIALS do
    descent.combine(s.point, 1, w, step, s.direction)
    bounds:project_(s.point)
    local f, g = problem:both(s.point)
    local promised = (s.point - w):dot(s.g)
    if is_finite(f) and is_finite(g:dot(g)) and promised < 0 then
      if f <= value + ENOUGH * promised then return f, g end
      -- the parabola through both values with the slope at w
      local share = -promised / (2 * (f - value - promised))
      step = step * math.max(LEAST, math.min(SHORTER, share))
    else
      step = step * LEAST
    end
  end
end

--- One iteration. Returns the new value, or nil.
local function move(problem, bounds, s, w, value)
  local free = bounds:free(w, s.g)
  local downhill = s.g * free
  local masked = among(s, free)
  local slope = steps.direct(masked, downhill)
  s.direction:mul_(free)
  if not (slope < 0) then
    masked.remembered = 0
    s.direction:copy_(downhill):mul_(-1)
  end
  local first = masked.remembered > 0 and 1 or math.min(1, 1 / downhill:norm())
  local f, g = search(problem, bounds, s, w, value, first)
  if not f and masked.remembered > 0 then
    s.direction:copy_(downhill):mul_(-1)
    steps.forget(s)
    f, g = search(problem, bounds, s, w, value, math.min(1, 1 / downhill:norm()))
  end
  if f then steps.advance(s, w, g, 0) end
  return f
end

---@param problem table
---@param w tensor       (n), moved
---@param bounds table   Bounds
---@param o {gtol: number, ftol: number, history: integer, max_iter: integer, max_fun: integer}
---@param after fun(w: tensor, value: number, nit: integer): boolean
---@return table outcome
return function(problem, w, bounds, o, after)
  bounds:project_(w)
  local value, g = problem:both(w)
  local s = { history = o.history, g = g:clone(), point = tensor.zeros_like(w),
    direction = tensor.zeros_like(w) }
  steps.reset(s)
  local outcome, is_over = { status = result.CONVERGED, fun = value, jac = s.g, nit = 0 }
  if not is_finite(value) or not is_finite(g:dot(g)) then
    outcome.status = result.NOT_FINITE
    outcome.message = ("the value at x0 is %g, or its gradient is not finite"):format(value)
    return outcome
  end
  repeat
    local largest, before = bounds:steepest(w, s.g), value
    if largest <= o.gtol then
      outcome.message = ("the largest element of the projected gradient, %.3g, is at most %g")
        :format(largest, o.gtol)
      return outcome
    elseif outcome.nit >= o.max_iter then
      result.limit(outcome, "iterations", outcome.nit, o.max_iter)
      return outcome
    end
    value = move(problem, bounds, s, w, before)
    if not value then
      outcome.status = result.STUCK
      outcome.message = ("the line search finds no lower value than %g"):format(before)
      return outcome
    end
    outcome.fun, outcome.nit = value, outcome.nit + 1
    local fall = (before - value) / math.max(math.abs(before), math.abs(value), 1)
    if fall <= o.ftol then
      outcome.message = ("the value fell by %.3g of its size, at most %.3g"):format(fall, o.ftol)
      is_over = true
    elseif problem.nfev >= o.max_fun then
      is_over = result.limit(outcome, "evaluations", problem.nfev, o.max_fun)
    end
    if after(w, value, outcome.nit) and not is_over then is_over = result.stopped(outcome) end
  until is_over
  return outcome
end
