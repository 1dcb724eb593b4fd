--- A line search for the strong Wolfe conditions
---   f(t) <= f(0) + ftol t f'(0)   and   |f'(t)| <= gtol |f'(0)|
--- (Moré, Thuente: "Line search algorithms with guaranteed sufficient decrease", ACM TOMS 20, 1994;
--- section numbers below are the paper's). With the numbers of MINPACK-2 (dcsrch) it makes the same
--- trials.
---
---     local search = require "mah.learn.solver.line_search"
---     local point, trials = search(function(t) return (t - 3) ^ 2, 2 * (t - 3) end,
---       {step = 0, f = 9, slope = -6}, 1, {max_trials = 20, noise = 0})
---     print(point.step)                                      --> 3
---
--- Beyond the paper: a trial where f or its slope is not finite shortens the step. And where f
--- moves by no more than its own rounding errors (`noise`), it says nothing about the decrease, and
--- the slopes alone decide (the approximate Wolfe conditions of Hager, Zhang: SIAM J. Optim. 16,
--- 2005).

local FTOL, GTOL = 1e-3, 0.9
local XTOL = 0.1 -- a bracket that is narrower than this share of its upper end is used up
local LONGEST = 1e10
-- Of the bracket: how near its far end a trial may come, and how much it must shrink.
local TRUST = 0.66
-- Without a bracket: how much farther than this trial the next may be.
local NEXT_LOW, NEXT_HIGH = 1.1, 4

local abs, max, min, sqrt = math.abs, math.max, math.min, math.sqrt

local function is_finite(x) return x - x == 0 end

-- -- Models through two points (section 4) --------------------------------------------------------
--
-- Points are {step =, f =, slope =}. `tilt` is taken off the slope of what is modelled,
-- f(t) - tilt t.

--- The cubic with the values and slopes of a and b: its minimiser, as a share of the way from a to
--- b. And: does it have one, on the other side of a?
local function cubic(a, b, tilt)
  local slope_a, slope_b = a.slope - tilt, b.slope - tilt
  local length = b.step - a.step
  local theta = 3 * ((a.f - b.f) / length + tilt) + slope_a + slope_b
  local scale = max(abs(theta), abs(slope_a), abs(slope_b))
  local gamma = scale * sqrt(max(0, (theta / scale) ^ 2 - (slope_a / scale) * (slope_b / scale)))
  if length < 0 then gamma = -gamma end
  local share = (gamma - slope_a + theta) / (gamma - slope_a + gamma + slope_b)
  return share, share < 0 and gamma ~= 0
end

--- The parabola with both values and the slope of a.
local function parabola(a, b, tilt)
  local slope = a.slope - tilt
  return slope / ((a.f - b.f) / (b.step - a.step) + a.slope) / 2
end

--- The parabola with both slopes.
local function secant(a, b, tilt) return (a.slope - tilt) / (a.slope - b.slope) end

-- -- The next trial (section 4) -------------------------------------------------------------------

--- Case 1: t is higher than the best point, so a minimum lies between.
local function between_higher(s, t, tilt)
  local best, length = s.best, t.step - s.best.step
  local c, q = cubic(best, t, tilt), parabola(best, t, tilt)
  return best.step + length * (abs(c) < abs(q) and c or c + (q - c) / 2)
end

--- Case 2: t is lower, and its slope has the other sign: a minimum lies between.
local function between_slopes(s, t, tilt)
  local best = s.best
  local c, q = cubic(t, best, tilt), secant(t, best, tilt)
  return t.step + (best.step - t.step) * (abs(c) > abs(q) and c or q)
end

--- Case 3: t is lower, and flatter on the same side: onwards, to the nearer guess inside a bracket,
--- to the farther one without a bracket.
local function onwards_flatter(s, t, tilt)
  local best = s.best
  local back = best.step - t.step
  local share, beyond = cubic(t, best, tilt)
  local c = beyond and t.step + share * back or (back < 0 and s.high or s.low)
  local q = t.step + secant(t, best, tilt) * back
  if not s.bracketed then
    return max(s.low, min(s.high, abs(c - t.step) > abs(q - t.step) and c or q))
  end
  local step = abs(c - t.step) < abs(q - t.step) and c or q
  local farthest = t.step + TRUST * (s.other.step - t.step)
  return back < 0 and min(farthest, step) or max(farthest, step)
end

--- Case 4: t is lower, and as steep.
local function onwards_steep(s, t, tilt)
  if s.bracketed then return t.step + cubic(t, s.other, tilt) * (s.other.step - t.step) end
  return t.step > s.best.step and s.high or s.low
end

--- Takes the trial t into the interval (section 2) and returns the next step.
local function choose(s, t, tilt)
  local best = s.best
  local slope, best_slope = t.slope - tilt, best.slope - tilt
  local higher = t.f - best.f > tilt * (t.step - best.step)
  local turned = slope * best_slope < 0
  local step = higher and between_higher(s, t, tilt) or turned and between_slopes(s, t, tilt)
    or abs(slope) < abs(best_slope) and onwards_flatter(s, t, tilt) or onwards_steep(s, t, tilt)
  s.bracketed = s.bracketed or higher or turned
  if higher then
    s.other = t
  else
    if turned then s.other = best end
    s.best = t
  end
  return step
end

--- Is there nothing left to try in the bracket?
local function is_used_up(s, step)
  return s.bracketed and (step <= s.low or step >= s.high or s.high - s.low <= s.xtol * s.high)
end

--- Halves a bracket that does not shrink fast enough (section 4), and sets the bounds of the next
--- step. From a bracket that is used up it goes back to the best point.
local function keep_inside(s, step)
  local a, b = s.best.step, s.other.step
  if s.bracketed then
    if not is_finite(step) or abs(b - a) >= TRUST * s.width_before then step = a + (b - a) / 2 end
    s.width_before, s.width = s.width, abs(b - a)
    s.low, s.high = min(a, b), max(a, b)
  else
    s.low, s.high = step + NEXT_LOW * (step - a), step + NEXT_HIGH * (step - a)
  end
  step = max(0, min(s.longest, step))
  return is_used_up(s, step) and s.best.step or step
end

--- After a trial at `step` that was not finite: much nearer to the best point.
local function retreat(s, step)
  local a = s.best.step
  if step > a then s.longest = min(s.longest, a + 0.5 * (step - a)) end
  return a + 0.1 * (step - a)
end

-- -- The search -----------------------------------------------------------------------------------

--- Is t good enough, or as good as it gets?
local function accepts(s, t, start, noise)
  local decreases = t.f <= start.f + t.step * s.goal
  local indistinct = abs(t.f - start.f) < noise
  if abs(t.slope) <= -s.gtol * start.slope and (decreases or indistinct) then return true end
  if is_used_up(s, t.step) then return t.step > 0 and (t.f <= start.f or indistinct) end
  return t.step == s.longest and decreases and t.slope <= s.goal
end

--- The tilt of section 2's auxiliary function, which is followed while a trial is the lowest and
--- yet does not decrease enough. The paper's second stage begins with a trial that decreases enough
--- and slopes upwards; later ones lie before it, where this cannot happen any more.
local function tilt_for(s, t, start)
  local decreases = t.f <= start.f + t.step * s.goal
  return t.f <= s.best.f and not decreases and s.goal or 0
end

--- Searches along a direction of descent. The last trial is the one that is returned, if any.
---@param phi fun(step: number): number, number   f and its slope
---@param start {step: 0, f: number, slope: number}   slope < 0
---@param first number   the first step to try
---@param o {max_trials: integer, noise: number, ftol: number?, gtol: number?, xtol: number?}
---@return {step: number, f: number, slope: number}|nil point   nil: no step was good enough
---@return integer trials
return function(phi, start, first, o)
  local step = min(first, LONGEST)
  local s = {
    goal = (o.ftol or FTOL) * start.slope, gtol = o.gtol or GTOL, xtol = o.xtol or XTOL,
    best = start, other = start, bracketed = false, longest = LONGEST,
    low = 0, high = step + NEXT_HIGH * step, width = LONGEST, width_before = 2 * LONGEST,
  }
  for trial = 1, o.max_trials do
    local f, slope = phi(step)
    if is_finite(f) and is_finite(slope) then
      local t = { step = step, f = f, slope = slope }
      if accepts(s, t, start, o.noise) then return t, trial end
      if is_used_up(s, step) then return nil, trial end
      step = keep_inside(s, choose(s, t, tilt_for(s, t, start)))
    else
      step = retreat(s, step)
    end
    if not is_finite(step) then return nil, trial end
  end
  return nil, o.max_trials
end
