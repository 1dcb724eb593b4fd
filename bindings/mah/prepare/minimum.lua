--- The place of a minimum of a function of one number: a bracket is searched from two points, then
--- Brent's method (Algorithms for Minimization without Derivatives, chapter 5): parabolas where
--- they help, golden sections where not.
---
---     minimum(function(x) return (x - 3) ^ 2 end, -2, 2)      --> 3
local GOLDEN = (math.sqrt(5) - 1) / 2
local TOLERANCE = 1.48e-8 -- about sqrt(2^-52): a minimum is flat to more digits

--- Three points, the middle one the lowest, by steps that grow downhill.
local function bracket(f, a, b)
  local fb = f(b)
  if f(a) < fb then a, b, fb = b, a, f(a) end
  local c = b + (b - a) / GOLDEN
  local fc = f(c)
  local steps = 0
  while fc < fb and steps < 1000 do
    a, b, fb = b, c, fc
    c = b + (b - a) / GOLDEN
    fc = f(c)
    steps = steps + 1
  end
  return math.min(a, c), b, math.max(a, c), fb
end

--- The step to the lowest point of the parabola through three points, or nil where there is none.
local function parabola(x, w, v, fx, fw, fv)
  local r, q = (x - w) * (fx - fv), (x - v) * (fx - fw)
  local p = (x - v) * q - (x - w) * r
  q = 2 * (q - r)
  if q == 0 then return nil end
  return -p / q
end

---@param f fun(x: number): number
---@param first number
---@param second number
---@return number
return function(f, first, second)
  local low, x, high, fx = bracket(f, first, second)
  local w, v, fw, fv = x, x, fx, fx
  local step, before = 0, 0
  for _ = 1, 500 do
    local middle, least = (low + high) / 2, TOLERANCE * math.abs(x) + 1e-11
    if math.abs(x - middle) <= 2 * least - (high - low) / 2 then break end
    local move = math.abs(before) > least and parabola(x, w, v, fx, fw, fv)
    local fits = move and math.abs(move) < math.abs(before / 2) and x + move > low
      and x + move < high
    if fits then
      before, step = step, move
    else
      before = x < middle and high - x or low - x
      step = (1 - GOLDEN) * before
    end
    local u = x + (math.abs(step) >= least and step or step > 0 and least or -least)
    local fu = f(u)
    if fu <= fx then
      if u < x then high = x else low = x end
      v, fv, w, fw, x, fx = w, fw, x, fx, u, fu
    else
      if u < x then low = u else high = u end
      if fu <= fw or w == x then
        v, fv, w, fw = w, fw, u, fu
      elseif fu <= fv or v == x or v == w then
        v, fv = u, fu
      end
    end
  end
  return x
end
