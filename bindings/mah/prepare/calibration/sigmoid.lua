--- Platt's sigmoid: the probability 1 / (1 + exp(a f + b)) of a class, by a classifier's output f.
--- Targets are drawn in from 0 and 1 as he proposes (Probabilistic Outputs for Support Vector
--- Machines, section 2.2); a and b are where the likelihood is greatest, found by Newton's method.
---
---     local s = sigmoid.fit(f, is_class, weight)      s.a, s.b      sigmoid.apply(s, f)
local tensor = require "mah.tensor"

local sigmoid = {}

local MOST_STEPS, MOST_HALVINGS = 100, 40

--- log(1 + e^x) without overflow.
local function softplus(x) return x:relu() + (-x:abs()):exp():log1p() end

--- The negative log-likelihood.
local function loss_of(f, target, weight, a, b)
  local z = f * a + b
  return (weight * (softplus(z) - (1 - target) * z)):sum()
end

--- Gradient and Hessian of the loss at a, b.
local function derivatives(f, target, weight, a, b)
  local p = (-(f * a + b)):sigmoid()
  local slope, curve = weight * (target - p), weight * p * (1 - p)
  return (slope * f):sum(), slope:sum(), (curve * f * f):sum(), (curve * f):sum(), curve:sum()
end

---@param f tensor          (N) float64
---@param is_class tensor   (N) 1 for rows of the class, else 0
---@param weight tensor|nil (N)
---@return {a: number, b: number}
function sigmoid.fit(f, is_class, weight)
  local truth = is_class:double()
  weight = weight and weight:double() or tensor.ones(#f, { dtype = "float64" })
  local ours = (weight * truth):sum()
  local others = weight:sum() - ours
  local target = truth * ((ours + 1) / (ours + 2)) + (1 - truth) / (others + 2)
  local a, b = 0, math.log((others + 1) / (ours + 1))
  local loss = loss_of(f, target, weight, a, b)
  for _ = 1, MOST_STEPS do
    local ga, gb, haa, hab, hbb = derivatives(f, target, weight, a, b)
    haa, hbb = haa + 1e-12, hbb + 1e-12 -- a constant f leaves no curvature along a
    local det = haa * hbb - hab * hab
    local da, db = (hab * gb - hbb * ga) / det, (hab * ga - haa * gb) / det
    local step, new = 1, nil
    for _ = 1, MOST_HALVINGS do
      new = loss_of(f, target, weight, a + step * da, b + step * db)
      if new <= loss then break end
      step = step / 2
    end
    if not (new <= loss) then break end
    a, b = a + step * da, b + step * db
    if math.abs(da) + math.abs(db) < 1e-12 * (1 + math.abs(a) + math.abs(b)) then break end
    loss = new
  end
  return { a = a, b = b }
end

---@param f tensor   (N)
---@return tensor    probabilities
function sigmoid.apply(s, f) return (-(f * s.a + s.b)):sigmoid() end

return sigmoid
