--- Activations that other tools have and Mah has not by itself, as mah.mlp takes them: tables
--- {forward, backward, name} on tensors (rows, units). Slopes are the true ones, also where the
--- tool trains with others.
---
---     { 100, activations.gaussian }
---     { 100, activations.threshold(0.5, 0) }               -- Torch7's: z > 0.5 and z or 0
---     { 3, activations.mixed { "tanh", "tanh", activations.elliot } }     -- one for each unit
local check = require "mah.base.check"
local elementwise = require "mah.tensor.elementwise"
local index = require "mah.tensor.index"
local make = require "mah.tensor.make"

local where = elementwise.where

---@class mah.Activation
---@field name string
---@field forward fun(z: tensor): tensor
---@field backward fun(y: tensor, dy: tensor, z: tensor): tensor

local activations = {}

--- Of y = f(z) and dy/dz = slope(z, y), element by element.
---@return mah.Activation
local function each(name, f, slope)
  return {
    name = name,
    forward = f,
    backward = function(y, dy, z) return dy * slope(z, y) end,
  }
end

-- -- Mah's own, for a layer that mixes them -------------------------------------------------------

local own = {
  identity = each("identity", function(z) return z end, function() return 1 end),
  relu = each("relu", function(z) return z:relu() end, function(z) return z:gt(0) end),
  logistic = each("logistic", function(z) return z:sigmoid() end,
    function(_, y) return (1 - y) * y end),
  tanh = each("tanh", function(z) return z:tanh() end, function(_, y) return 1 - y * y end),
}

-- -- Elementary functions -------------------------------------------------------------------------

activations.sin = each("sin", function(z) return z:sin() end, function(z) return z:cos() end)

activations.cos = each("cos", function(z) return z:cos() end, function(z) return -z:sin() end)

activations.exp = each("exp", function(z) return z:exp() end, function(_, y) return y end)

activations.log = each("log", function(z) return z:log() end,
  function(z) return 1 / z end)

activations.square = each("square", function(z) return z:square() end,
  function(z) return 2 * z end)

--- z cut to [low, high].
---@param low number
---@param high number
---@return mah.Activation
function activations.clip(low, high)
  return each("clip", function(z) return z:clamp(low, high) end,
    function(z) return z:gt(low) * z:lt(high) end)
end

--- z > threshold and z or value.
---@param threshold number
---@param value number
---@return mah.Activation
function activations.threshold(threshold, value)
  return each("threshold", function(z) return where(z:gt(threshold), z, value) end,
    function(z) return z:gt(threshold) end)
end

-- -- FANN's ---------------------------------------------------------------------------------------

--- z < 0 and low or 1; its slope is 0 everywhere, so nothing is learned through it.
local function step(name, low)
  return each(name, function(z) return where(z:lt(0), z * 0 + low, 1) end,
    function(z) return z * 0 end)
end

activations.step, activations.step_symmetric = step("step", 0), step("step_symmetric", -1)

activations.gaussian = each("gaussian", function(z) return (-z * z):exp() end,
  function(z, y) return -2 * z * y end)

activations.gaussian_symmetric = each("gaussian_symmetric",
  function(z) return 2 * (-z * z):exp() - 1 end, function(z, y) return -2 * z * (y + 1) end)

activations.elliot = each("elliot", function(z) return z / 2 / (1 + z:abs()) + 0.5 end,
  function(z) return 0.5 / (1 + z:abs()):square() end)

activations.elliot_symmetric = each("elliot_symmetric",
  function(z) return z / (1 + z:abs()) end, function(z) return 1 / (1 + z:abs()):square() end)

--- (sin(z) + 1) / 2
activations.sin_positive = each("sin_positive", function(z) return z:sin() / 2 + 0.5 end,
  function(z) return z:cos() / 2 end)

--- (cos(z) + 1) / 2
activations.cos_positive = each("cos_positive", function(z) return z:cos() / 2 + 0.5 end,
  function(z) return z:sin() / -2 end)

--- Straight lines between the points where the sigmoid 1 / (1 + exp(-2 z)) is one of `levels`,
--- and flat outside: FANN's stepwise functions, which jump at both ends. out(p) is what is given
--- for the sigmoid's p.
local function stepwise(name, out)
  local levels, x, y = { .005, .05, .25, .75, .95, .995 }, {}, {}
  for i, p in ipairs(levels) do x[i], y[i] = math.log(p / (1 - p)) / 2, out(p) end
  local function slope(i) return (y[i + 1] - y[i]) / (x[i + 1] - x[i]) end
  -- From the right to the left: what is below x[i + 1] is on line i, or further left.
  local function walk(z, right, line, left)
    local result = z * 0 + right
    for i = #x - 1, 1, -1 do result = where(z:lt(x[i + 1]), line(i), result) end
    return where(z:lt(x[1]), left, result)
  end
  return each(name, function(z)
    return walk(z, out(1), function(i) return (z - x[i]) * slope(i) + y[i] end, out(0))
  end, function(z) return walk(z, 0, slope, 0) end)
end

activations.sigmoid_stepwise = stepwise("sigmoid_stepwise", function(p) return p end)
activations.tanh_stepwise = stepwise("tanh_stepwise", function(p) return 2 * p - 1 end)

-- -- A row at a time ------------------------------------------------------------------------------

--- KANN's layer normalization: (z - mean) / standard deviation of the row, where that is not 0.
activations.stdnorm = {
  name = "stdnorm",
  forward = function(z)
    local centred = z - z:mean(2, true)
    local deviation = centred:square():mean(2, true):sqrt()
    return centred / where(deviation:eq(0), 1 + deviation, deviation)
  end,
  backward = function(y, dy, z)
    local deviation = (z - z:mean(2, true)):square():mean(2, true):sqrt()
    local rest = dy - dy:mean(2, true) - y * (dy * y):mean(2, true)
    return rest / where(deviation:eq(0), 1 + deviation, deviation)
  end,
}

-- -- Put together ---------------------------------------------------------------------------------

--- The activation of what is cut to [-limit, limit] before.
---@param inner mah.Activation|string
---@param limit number
---@return mah.Activation
function activations.limited(inner, limit)
  inner = own[inner] or inner
  return {
    name = ("%s cut at %g"):format(inner.name, limit),
    forward = function(z) return inner.forward(z:clamp(-limit, limit)) end,
    backward = function(y, dy, z)
      return inner.backward(y, dy, z:clamp(-limit, limit)) * z:abs():lt(limit)
    end,
  }
end

--- The units of each activation: {{activation, columns}, ...} in the order of their first units.
local function groups_of(list)
  local groups, of = {}, {}
  for unit, value in ipairs(list) do
    local activation = check.that(own[value] or type(value) == "table" and value,
      "mixed: unit %d: an activation of one's own, or one of identity, relu, logistic, tanh is "
        .. "expected; got %s", unit, check.show(value))
    if not of[activation] then
      of[activation] = { activation, {} }
      groups[#groups + 1] = of[activation]
    end
    table.insert(of[activation][2], unit)
  end
  for _, group in ipairs(groups) do group[2] = make.tensor(group[2], { dtype = "int32" }) end
  return groups
end

--- One activation for each unit of a layer; where all are the same one, that.
---@param list (string|mah.Activation)[]
---@return mah.Activation|string
function activations.mixed(list)
  local groups = groups_of(list)
  if #groups == 1 then return list[1] end
  local function columns(t, which) return index.index_select(t, 2, which) end
  local function put(like, part_of)
    local out = make.zeros_like(like)
    for _, group in ipairs(groups) do
      index.index_add_(out, 2, group[2], part_of(group[1], group[2]):to(like.dtype))
    end
    return out
  end
  return {
    name = "mixed",
    forward = function(z)
      return put(z, function(activation, which) return activation.forward(columns(z, which)) end)
    end,
    backward = function(y, dy, z)
      return put(z, function(activation, which)
        return activation.backward(columns(y, which), columns(dy, which), columns(z, which))
      end)
    end,
  }
end

return activations
