--- The derivatives of the functions between layers that tensors have no method of:
--- o.leaky_relu(x), ..., by the core's kernels where all is plain (core/learn/activate.h).
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local activations = require "mah.learn.activation"
local check = require "mah.base.check"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
require "mah.grad.methods"
require "mah.grad.loss" -- softplus

local same, empty_like, is_float = operands.same, operands.empty_like, operands.is_float
local raw = operands.raw
local rules, status, methods = o.rules, check.status, Type.methods
local is_contiguous = C.mah_tensor_is_contiguous

--- The name of an activation as an operation: tensors have had these before.
local function operation_name(name) return name == "logistic" and "sigmoid" or name end

--- Slopes by operations, for gradients of gradients. Where a slope jumps, at 0, it is the left one.
local slopes = {
  leaky_relu = function(g, _, x) return o.where(raw(x):gt(0), g, g * 0.01) end,
  elu = function(g, y, x) return o.where(raw(x):gt(0), g, g * (y + 1)) end,
  softplus = function(g, _, x) return g * o.sigmoid(x) end,
  silu = function(g, _, x)
    local s = o.sigmoid(x)
    return g * s * (x * (1 - s) + 1)
  end,
  gelu = function(g, _, x) -- Phi(x) + x phi(x)
    local density = o.exp(x * x * -0.5) / math.sqrt(2 * math.pi)
    return g * (o.erfc(x * -math.sqrt(0.5)) / 2 + x * density)
  end,
}

local function unknown_slope(name)
  return function() check.raise("%s: its second derivative is not known", name) end
end

--- An operation by the core's kernels.
local function define(name, number)
  o.define_one(name, function(x)
    x = methods.contiguous(x)
    local y = empty_like(x)
    status(C.mah_activation_forward(y, number, x))
    return y
  end, slopes[name] or unknown_slope(name))
  local rule = rules[name]
  function rule.into(room, x)
    if not same(room, x) or not is_float(x) or is_contiguous(x) == 0 then return nil end
    status(C.mah_activation_forward(room, number, x))
    return room
  end
  function rule.back(t, r, g)
    local x, y = r.a, r.value
    if not (is_float(x) and same(g, x)) or is_contiguous(g) == 0 or is_contiguous(x) == 0 then
      return false
    end
    local out, add = t:target(r.pa, x)
    status(C.mah_activation_backward(out, number, g, x, y, add))
    return true
  end
end

local activation_rules = {}

for name, number in pairs(activations.hidden) do
  local own = operation_name(name)
  if name ~= "identity" then
    if not methods[own] then define(name, number) end
    activation_rules[name] = o[own]
  end
end

--- By the names of mah.mlp's activations; identity is not among them.
---@type table<string, function>
return activation_rules
