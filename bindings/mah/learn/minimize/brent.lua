--- A minimum in one dimension without derivatives, by parabolas and golden sections (Brent:
--- "Algorithms for Minimization without Derivatives", 1973, chapter 5): in an interval, "bounded",
--- or in a bracket that is looked for, "Brent" (tolerances, bracketing and counts as in scipy's
--- minimize_scalar).
local check = require "mah.base.check"
local result = require "mah.learn.minimize.result"

local abs, max, min = math.abs, math.max, math.min

local GOLDEN = (1 + math.sqrt(5)) / 2
local SECTION = 2 - GOLDEN -- 0.382: the share of the shorter part
local ROOT_EPSILON = 2 ^ -26
local FARTHEST = 110 -- how much farther than the last bracket a parabola may lead
local TINY = 1e-21
local LEAST = 1e-11

local brent = {}

--- A value, in which NaN is worse than all others.
local function worst_if_nan(f) return f == f and f or math.huge end

-- -- Within an interval ---------------------------------------------------------------------------

--- The step from x to the minimum of the parabola through x, w and v, if that lies within (a, b)
--- and the steps shrink: less than half of the one before the last.
local function parabolic_step(s)
  local x, w, v = s.x, s.w, s.v
  local r = (x - w) * (s.fx - s.fv)
  local q = (x - v) * (s.fx - s.fw)
  local p = (x - v) * q - (x - w) * r
  q = 2 * (q - r)
  if q > 0 then p = -p end
  q = abs(q)
  local is_good = p > q * (s.a - x) and p < q * (s.b - x) and abs(p) < abs(0.5 * q * s.before)
  return is_good and p / q or nil
end

--- The next step from x, and how far it is to the end of the interval where it is a section.
local function next_step(s, middle, tol)
  local step
  if abs(s.before) > tol then
    step = parabolic_step(s)
    s.before = s.step
  end
  if step then
    local x = s.x + step
    if x - s.a < 2 * tol or s.b - x < 2 * tol then step = middle >= s.x and tol or -tol end
  else
    s.before = s.x >= middle and s.a - s.x or s.b - s.x
    step = SECTION * s.before
  end
  s.step = step
  return s.x + (step >= 0 and max(step, tol) or min(step, -tol))
end

--- Takes the value at u into the interval and the three best points.
local function take(s, u, fu)
  local is_better = fu <= s.fx
  if is_better then
    if u >= s.x then s.a = s.x else s.b = s.x end
    s.v, s.fv, s.w, s.fw, s.x, s.fx = s.w, s.fw, s.x, s.fx, u, fu
    return
  end
  if u < s.x then s.a = u else s.b = u end
  if fu <= s.fw or s.w == s.x then
    s.v, s.fv, s.w, s.fw = s.w, s.fw, u, fu
  elseif fu <= s.fv or s.v == s.x or s.v == s.w then
    s.v, s.fv = u, fu
  end
end

--- Goes on from a best point s.x within (s.a, s.b) until that is narrow.
---@param tolerance fun(x: number): number   the least step at x
local function narrow(problem, s, o, after, tolerance)
  local outcome, is_over = { status = result.CONVERGED, nit = 0 }
  s.w, s.fw, s.v, s.fv, s.step, s.before = s.x, s.fx, s.x, s.fx, 0, 0
  repeat
    local middle, tol = 0.5 * (s.a + s.b), tolerance(s.x)
    if abs(s.x - middle) <= 2 * tol - 0.5 * (s.b - s.a) then
      is_over, outcome.message = true, ("x is known to %.3g"):format(s.b - s.a)
    elseif outcome.nit >= o.max_iter then
      is_over = result.limit(outcome, "iterations", outcome.nit, o.max_iter)
    else
      local u = next_step(s, middle, tol)
      take(s, u, worst_if_nan(problem(u)))
      outcome.nit = outcome.nit + 1
      is_over = after(s.x, s.fx, outcome.nit) and result.stopped(outcome)
    end
  until is_over
  outcome.x, outcome.fun = s.x, s.fx
  if s.fx - s.fx ~= 0 and outcome.status == result.CONVERGED then
    outcome.status, outcome.message = result.NOT_FINITE, "no value that was found is finite"
  end
  return outcome
end

local function expect_pair(list, name, where, longest)
  local is_list = type(list) == "table" and #list >= 2 and #list <= longest
  for _, x in ipairs(is_list and list or {}) do
    is_list = is_list and type(x) == "number" and x - x == 0
  end
  check.that(is_list, "%s: %s: %s finite numbers is expected, {0, 1}; got %s", where, name,
    longest == 2 and "a pair of" or "a list of two or three", check.show(list))
end

--- In the interval o.bounds.
---@param problem fun(x: number): number
---@param o {bounds: number[], xatol: number, max_iter: integer}
---@param after fun(x: number, value: number, nit: integer): boolean
---@return table outcome
function brent.bounded(problem, o, after, where)
  check.that(o.bounds ~= nil, "%s: bounds is missing, as {0, 1}", where)
  expect_pair(o.bounds, "bounds", where, 2)
  local a, b = o.bounds[1], o.bounds[2]
  check.that(a <= b, "%s: bounds: the lower one, %g, is greater than the upper one, %g", where, a,
    b)
  local x = a + SECTION * (b - a)
  return narrow(problem, { a = a, b = b, x = x, fx = worst_if_nan(problem(x)) }, o, after,
    function(at) return ROOT_EPSILON * abs(at) + o.xatol / 3 end)
end

-- -- A bracket ------------------------------------------------------------------------------------

--- How far it is worth to go beyond c: to the minimum of the parabola through a, b and c, or to the
--- golden section.
local function beyond(a, fa, b, fb, c, fc)
  local r, q = (b - a) * (fb - fc), (b - c) * (fb - fa)
  local difference = q - r
  local twice = 2 * (abs(difference) < TINY and TINY or difference)
  return b - ((b - c) * q - (b - a) * r) / twice, c + GOLDEN * (c - b)
end

--- Points a, b, c in a row with f(b) below f(a) and f(c), downhill from two given ones; where there
--- are none, the last three.
local function bracket(problem, a, b, limit)
  local function at(x) return worst_if_nan(problem(x)) end
  local fa, fb = at(a), at(b)
  if fa < fb then a, fa, b, fb = b, fb, a, fa end
  local c = b + GOLDEN * (b - a)
  local fc, is_found = at(c), false
  for _ = 1, limit do
    if not (fc < fb) or c - c ~= 0 then
      is_found = not (fc < fb) and fb - fb == 0
      break
    end
    local u, section = beyond(a, fa, b, fb, c, fc)
    local last = b + FARTHEST * (c - b)
    local fu
    if (u - c) * (b - u) > 0 then -- between b and c
      fu = at(u)
      if fu < fc then return b, u, c, fu, true end
      if fu > fb then return a, b, u, fb, true end
      u = section
      fu = at(u)
    elseif (u - c) * (last - u) > 0 then -- beyond c, not too far
      fu = at(u)
      if fu < fc then
        b, fb, c, fc = c, fc, u, fu
        u = c + GOLDEN * (c - b)
        fu = at(u)
      end
    else
      u = (u - last) * (last - c) >= 0 and last or section
      fu = at(u)
    end
    a, fa, b, fb, c, fc = b, fb, c, fc, u, fu
  end
  return a, b, c, fb, is_found
end

--- The bracket of three given points.
local function given_bracket(problem, list, where)
  local a, b, c = min(list[1], list[3]), list[2], max(list[1], list[3])
  check.that(a < b and b < c, "%s: bracket: %g is not between %g and %g", where, b, a, c)
  local fa, fb, fc = problem(a), problem(b), problem(c)
  check.that(fb < fa and fb < fc, "%s: bracket: the value in the middle, %g, must be less than %g "
    .. "and %g", where, fb, fa, fc)
  return a, b, c, fb, true
end

--- From x0, or within o.bracket.
---@param problem fun(x: number): number
---@param x0 number|nil
---@param o {bracket: number[]?, xtol: number, max_iter: integer}
---@param after fun(x: number, value: number, nit: integer): boolean
---@return table outcome
function brent.brent(problem, x0, o, after, where)
  if o.bracket then expect_pair(o.bracket, "bracket", where, 3) end
  local a, b, c, fb, is_found
  if o.bracket and #o.bracket == 3 then
    a, b, c, fb, is_found = given_bracket(problem, o.bracket, where)
  else
    local first, second = x0 or 0, (x0 or 0) + 1
    if o.bracket then first, second = o.bracket[1], o.bracket[2] end
    check.that(first ~= second, "%s: %s", where, o.bracket
      and ("bracket: both numbers are %g"):format(first)
      or ("x0 = %g is so large that x0 + 1 is the same; write bracket = {a, b}"):format(first))
    a, b, c, fb, is_found = bracket(problem, first, second, 1000)
  end
  if not is_found then
    return { status = result.NOT_FINITE, nit = 0, x = b, fun = fb,
      message = ("no bracket is found: the value at %g is %g"):format(b, fb) }
  end
  return narrow(problem, { a = min(a, c), b = max(a, c), x = b, fx = fb }, o, after,
    function(at) return o.xtol * abs(at) + LEAST end)
end

return brent
