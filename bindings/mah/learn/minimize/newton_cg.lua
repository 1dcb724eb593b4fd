--- Newton's method with directions by conjugate gradients, which ask for products with the second
--- derivatives only (Nocedal, Wright: "Numerical Optimization", 2006, section 7.1, line search
--- Newton-CG; tolerances and the end as scipy's).
local descent = require "mah.learn.solver.descent"
local result = require "mah.learn.minimize.result"
local tensor = require "mah.tensor"

local is_finite = descent.is_finite
local WOLFE = { ftol = 1e-4, gtol = 0.9 }

local function sum_of_sizes(x) return x:abs():sum() end

--- The p with H p = -g, as far as it is worth it, or as far as H curves upwards. nil: it takes too
--- long.
local function direction_at(problem, w, g)
  local size = sum_of_sizes(g)
  local enough = math.min(0.5, math.sqrt(size)) * size
  local p, r = tensor.zeros_like(w), g:clone()
  local d = -g
  local squares = r:dot(r)
  for i = 1, 20 * #w do
    if sum_of_sizes(r) <= enough then return p end
    local Hd = problem:product(w, d, g)
    local curvature = d:dot(Hd)
    if not is_finite(curvature) then return nil end
    if curvature >= 0 and curvature <= 3 * descent.epsilon.float64 then return i > 1 and p or d end
    if curvature < 0 then return i > 1 and p or d * (squares / -curvature) end
    local share = squares / curvature
    p:axpy_(share, d)
    r:axpy_(share, Hd)
    local now = r:dot(r)
    d = d:mul_(now / squares):sub_(r)
    squares = now
  end
end

--- From w along p. Returns the point, the value there and the gradient, or nil.
local function search(problem, w, p, value, g)
  local slope = g:dot(p)
  if not (slope < 0) then return nil end
  local s = { name = "newton_cg", loss = value, point = tensor.empty_like(w), direction = p,
    n_evaluations = 0, max_line_search = 40 }
  local function evaluate(x) return problem:both(x) end
  local found, new_g = descent.search(s, evaluate, w, slope, 1, WOLFE)
  if found then return s.point, found.f, new_g end
end

---@param problem table
---@param w tensor       (n), moved
---@param o {xtol: number, max_iter: integer}
---@param after fun(w: tensor, value: number, nit: integer): boolean
---@return table outcome
return function(problem, w, o, after)
  local value, g = problem:both(w)
  g = g:clone()
  local outcome = { status = result.CONVERGED, fun = value, jac = g, nit = 0 }
  if not is_finite(value) or not is_finite(sum_of_sizes(g)) then
    outcome.status = result.NOT_FINITE
    outcome.message = ("the value at x0 is %g, or its gradient is not finite"):format(value)
    return outcome
  end
  local limit, is_over = o.xtol * #w, false
  repeat
    if sum_of_sizes(g) == 0 then
      outcome.message = "the gradient is 0"
      return outcome
    elseif outcome.nit >= o.max_iter then
      result.limit(outcome, "iterations", outcome.nit, o.max_iter)
      return outcome
    end
    local p = direction_at(problem, w, g)
    local point, new_value, new_g
    if p then point, new_value, new_g = search(problem, w, p, value, g) end
    if not point then
      outcome.status = p and result.STUCK or result.NOT_FINITE
      outcome.message = p and ("the line search finds no lower value than %g"):format(value)
        or "conjugate gradients find no direction: the second derivatives are not positive definite"
      return outcome
    end
    local moved = sum_of_sizes(point - w)
    w:copy_(point)
    g:copy_(new_g)
    value = new_value
    outcome.nit, outcome.fun = outcome.nit + 1, value
    if moved <= limit then
      outcome.message = ("x moved by %.3g, at most %g"):format(moved, limit)
      is_over = true
    end
    if after(w, value, outcome.nit) and not is_over then is_over = result.stopped(outcome) end
  until is_over
  return outcome
end
