--- The simplex of Nelder and Mead ("A simplex method for function minimization", Computer Journal
--- 7, 1965), which asks for values only: the corner with the highest value is reflected, expanded
--- or contracted, or all shrink towards the best one (the steps as in Lagarias et al., SIAM J.
--- Optimization 9, 1998; first simplex and end as scipy's).
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local result = require "mah.learn.minimize.result"
local tensor = require "mah.tensor"

local MOST_ELEMENTS = 2 ^ 26 -- of all corners: half a GiB in float64
local AWAY, AWAY_FROM_ZERO = 0.05, 0.00025 -- of the first corners, by their share or by so much

--- Reflection, expansion, contraction, shrinkage; those that depend on n are of Gao and Han,
--- "Implementing the Nelder-Mead simplex algorithm with adaptive parameters", 2012.
local function factors(n, adaptive)
  if not adaptive then return 1, 2, 0.5, 0.5 end
  return 1, 1 + 2 / n, 0.75 - 1 / (2 * n), 1 - 1 / n
end

--- A corner {x =, f =}, within the bounds. NaN is worse than all other values.
local function new_evaluate(problem, bounds)
  return function(x)
    if bounds then bounds:project_(x) end
    local f = problem:value(x)
    return { x = x, f = f == f and f or math.huge }
  end
end

--- Into the bounds, and not onto them, where all corners would lie in one plane.
local function reflect_(x, bounds)
  local high = bounds.high
  return x:copy_((high * 2 - x):where(x:gt(high), x))
end

--- The first corners as a list of flat tensors.
local function first_corners(w, given, where)
  local corners, n = {}, #w
  if given then
    check.that(Type.is_tensor(given) and given.ndim == 2 and given.shape[1] == n + 1
      and given.shape[2] == n, "%s: initial_simplex: a matrix (%d, %d) is expected, got %s", where,
      n + 1, n, Type.is_tensor(given) and Type.describe(given) or check.show(given))
    for i = 1, n + 1 do corners[i] = given:select(1, i):to(w.dtype):clone() end
    return corners
  end
  corners[1] = w:clone()
  for i = 1, n do
    local corner = w:clone()
    corner[i] = w[i] ~= 0 and (1 + AWAY) * w[i] or AWAY_FROM_ZERO
    corners[i + 1] = corner
  end
  return corners
end

local function by_value(a, b)
  if a.f ~= b.f then return a.f < b.f end
  return a.age < b.age
end

--- Sorts corners {x =, f =} by value; equal ones stay in their order.
local function sort(corners)
  for i, corner in ipairs(corners) do corner.age = i end
  table.sort(corners, by_value)
end

--- How far the corners are from the best one, and their values from its value.
local function spread(corners)
  local best, far, high = corners[1], 0, 0
  for i = 2, #corners do
    far = math.max(far, (corners[i].x - best.x):abs():max())
    local off = math.abs(corners[i].f - best.f)
    high = math.max(high, off == off and off or math.huge)
  end
  return far, high
end

--- The mean of all corners but the worst.
local function center_of(corners)
  local center = tensor.zeros_like(corners[1].x)
  for i = 1, #corners - 1 do center:add_(corners[i].x) end
  return center:div_(#corners - 1)
end

local function shrink(evaluate, corners, sigma)
  local best = corners[1].x
  for i = 2, #corners do corners[i] = evaluate(best + (corners[i].x - best) * sigma) end
end

--- One iteration on sorted corners.
local function iterate(evaluate, corners, rho, chi, psi, sigma)
  local n = #corners - 1
  local worst, center = corners[n + 1], center_of(corners)
  --- The point on the line from the worst corner through the center, `t` beyond it.
  local function try(t)
    return evaluate(center * (1 + t) - worst.x * t)
  end
  local reflected = try(rho)
  if reflected.f < corners[1].f then
    local expanded = try(rho * chi)
    corners[n + 1] = expanded.f < reflected.f and expanded or reflected
  elseif n > 1 and reflected.f < corners[n].f then
    corners[n + 1] = reflected
  else
    local is_outside = reflected.f < worst.f
    local contracted = try(is_outside and psi * rho or -psi)
    local is_good = is_outside and contracted.f <= reflected.f
      or not is_outside and contracted.f < worst.f
    if is_good then corners[n + 1] = contracted else shrink(evaluate, corners, sigma) end
  end
  sort(corners)
end

---@param problem table
---@param w tensor       (n), moved
---@param bounds table|nil   Bounds
---@param o {xatol: number, fatol: number, max_iter: integer, max_fun: integer, adaptive: boolean,
---  initial_simplex: tensor?}
---@param after fun(w: tensor, value: number, nit: integer): boolean
---@return table outcome
return function(problem, w, bounds, o, after)
  check.that(#w * (#w + 1) <= MOST_ELEMENTS, "%s: Nelder-Mead is for few dimensions, and x0 has %d "
    .. "elements; use 'L-BFGS' or 'CG'", problem.where, #w)
  local rho, chi, psi, sigma = factors(#w, o.adaptive)
  local corners, evaluate = {}, new_evaluate(problem, bounds)
  if bounds then bounds:project_(w) end
  for i, x in ipairs(first_corners(w, o.initial_simplex, problem.where)) do
    corners[i] = evaluate(bounds and reflect_(x, bounds) or x)
  end
  sort(corners)
  local outcome, is_over = { status = result.CONVERGED, nit = 0 }
  repeat
    local far, high = spread(corners)
    if corners[1].f == math.huge then
      outcome.status, is_over = result.NOT_FINITE, true
      outcome.message = "no value at the first corners is finite"
    elseif far <= o.xatol and high <= o.fatol then
      outcome.message = ("the corners are within %.3g, their values within %.3g"):format(far, high)
      is_over = true
    elseif problem.nfev >= o.max_fun then
      is_over = result.limit(outcome, "evaluations", problem.nfev, o.max_fun)
    elseif outcome.nit >= o.max_iter then
      is_over = result.limit(outcome, "iterations", outcome.nit, o.max_iter)
    else
      iterate(evaluate, corners, rho, chi, psi, sigma)
      outcome.nit = outcome.nit + 1
      is_over = after(corners[1].x, corners[1].f, outcome.nit) and result.stopped(outcome)
    end
  until is_over
  w:copy_(corners[1].x)
  outcome.fun = corners[1].f
  return outcome
end
