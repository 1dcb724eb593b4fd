--- Is the gradient of a function right? Compares it with central differences in float64, element
--- by element: mah.gradcheck of a function. (Of a network, see mah.learn.gradcheck.)
local functions = require "mah.grad.functions"
local make = require "mah.tensor.make"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
local random = require "mah.tensor.random"
local trees = require "mah.grad.trees"

local raw = operands.raw

--- x in float64, in memory of its own.
local function copied(x)
  return trees.map(x, function(leaf)
    return type(leaf) == "number" and make.tensor(leaf, { dtype = "float64" })
      or leaf:double():clone()
  end, "")
end

local function weights_like(x, rng)
  return rng:fill_uniform(make.empty(x.shape, { dtype = "float64" }), 0.5, 1.5)
end

--- Any result as one number: the sum of its elements' products with weights that are drawn once.
local function to_scalar(f, seed)
  local weights = {}
  return function(x)
    local sum
    trees.map(f(x), function(y, name)
      local plain = raw(y)
      if type(plain) == "number" then plain = make.tensor(plain, { dtype = "float64" }) end
      local w = weights[name]
      if not w then
        w = weights_like(plain, random.rng(seed))
        weights[name] = w
      end
      local term = o.sum(o.mul(y, w))
      sum = sum and sum + term or term
    end, "the result")
    return sum
  end
end

--- The products of f's gradient and of weights that are drawn once: its own gradient is checked.
local function slope_of(f, x, seed)
  local rng = random.rng(seed + 1)
  local v = trees.map(x, function(leaf)
    return weights_like(leaf, rng)
  end, "")
  return function(p)
    local sum
    local _, pull = functions.vjp(f, p)
    trees.map(pull(1), function(g, _, w)
      local term = o.sum(o.mul(g, w))
      sum = sum and sum + term or term
    end, "", v)
    return sum
  end
end

local function value_of(y)
  y = raw(y)
  return type(y) == "number" and y or y:item()
end

--- "[2][3]" of the place of an element, from 1.
local function place_name(leaf, place)
  local sizes, text = leaf.shape, ""
  for d = #sizes, 1, -1 do
    text = ("[%d]"):format((place - 1) % sizes[d] + 1) .. text
    place = math.floor((place - 1) / sizes[d]) + 1
  end
  return text
end

--- Compares the gradient of a function's result with central differences.
---@param f function   of a tensor or a table of tensors
---@param x any
---@param s {h: number, tolerance: number, twice: boolean, seed: integer}
---@return {ok: boolean, max_error: number, name: string, analytic: number, numeric: number}
return function(f, x, s)
  local at = copied(x)
  local scalar = to_scalar(f, s.seed)
  if s.twice then scalar = slope_of(scalar, at, s.seed) end
  scalar(at)
  local gradient = functions.quiet_grad(scalar, "mah.gradcheck")(at)
  local worst = { max_error = -1 }
  trees.map(at, function(leaf, name, g)
    local flat, slopes = leaf:reshape(-1), g:reshape(-1)
    for i = 1, #flat do
      local kept = flat[i]
      flat[i] = kept + s.h
      local above = value_of(scalar(at))
      flat[i] = kept - s.h
      local below = value_of(scalar(at))
      flat[i] = kept
      local analytic, numeric = slopes[i], (above - below) / (2 * s.h)
      local error = math.abs(analytic - numeric)
        / math.max(1, math.abs(analytic), math.abs(numeric))
      if error ~= error then error = math.huge end
      if error > worst.max_error then
        worst = { max_error = error, name = name .. place_name(leaf, i), analytic = analytic,
          numeric = numeric }
      end
    end
  end, "", gradient)
  worst.ok = worst.max_error <= s.tolerance
  return worst
end
