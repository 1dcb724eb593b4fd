--- A function to be minimised, as methods see it: of a flat vector, with its derivatives, by the
--- tape or as they are given, and how often each was asked for.
---
---     local problem = Problem.new(f, argument, { gradient = slope })
---     problem:value(w)                               --> f; counts nfev
---     problem:both(w)                                --> f, flat gradient; counts nfev and njev
---     problem:product(w, v)                          --> second derivatives times v; counts nhev
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local functions = require "mah.grad.functions"
local tensor = require "mah.tensor"
local traced = require "mah.tensor.traced"

local Problem = {}
Problem.__index = Problem

---@param f function
---@param argument table   Argument
---@param o {gradient: function?, value_and_grad: boolean?, hessp: function?}
---@return table problem
function Problem.new(f, argument, o)
  local self = setmetatable({
    f = f, argument = argument, where = argument.where, hessp = o.hessp, nfev = 0, njev = 0,
    nhev = 0, g = tensor.zeros(argument.n, { dtype = argument.dtype }),
  }, Problem)
  self.gives_both = o.value_and_grad or functions.gives_both(f)
  check.that(not (self.gives_both and o.gradient), "%s: f gives its gradient, and an option "
    .. "gradient is there too", self.where)
  self.gradient = o.gradient
  self.by_tape = not self.gives_both and not o.gradient
  if self.by_tape then self.traced = functions.with_gradient(f, self.where) end
  return self
end

--- f's result as a number.
local function number_of(self, y)
  if type(y) == "number" then return y end
  local plain = Type.is_tensor(y)
  check.that(plain and y:numel() == 1, "%s: f gives %s; a number is expected%s", self.where,
    plain and Type.describe(y) or traced.is(y) and "a traced tensor" or check.show(y),
    plain and ", x:sum() or x:mean()" or "")
  return y:reshape(1)[1]
end

---@param w tensor   (n)
---@return number
function Problem:value(w)
  self.nfev = self.nfev + 1
  return number_of(self, (self.f(self.argument:at(w))))
end

--- The gradient is overwritten by the next one.
---@param w tensor   (n)
---@return number, tensor
function Problem:both(w)
  self.nfev, self.njev = self.nfev + 1, self.njev + 1
  local x = self.argument:at(w)
  local value, g
  if self.by_tape then
    value, g = self.traced(x)
  else
    value, g = self.f(x)
    if self.gradient then g = self.gradient(self.argument:at(w)) end
  end
  check.that(self.by_tape or g ~= nil, "%s: %s gives no gradient", self.where,
    self.gradient and "the function gradient" or "f")
  self.argument:flatten(self.g, g, "the gradient")
  return number_of(self, value), self.g
end

--- The gradient alone, of a function that is given or by f.
local function gradient_at(self, w)
  if self.gradient then
    self.njev = self.njev + 1
    self.argument:flatten(self.g, self.gradient(self.argument:at(w)), "the gradient")
    return self.g
  end
  local _, g = self:both(w)
  return g
end

local STEP = 2 ^ -26 -- the root of float64's epsilon

--- By a difference of gradients, as scipy's: (g(w + h v) - g(w)) / h.
local function by_difference(self, w, v, g)
  local h = w.dtype == "float32" and 2 ^ -11 or STEP
  local moved = gradient_at(self, w + v * h)
  return (moved - g) / h
end

--- The product of the second derivatives at w and a flat v.
---@param w tensor   (n)
---@param v tensor   (n)
---@param g tensor   the gradient at w
---@return tensor    (n)
function Problem:product(w, v, g)
  self.nhev = self.nhev + 1
  local argument = self.argument
  if not (self.by_tape or self.hessp) then return by_difference(self, w, v, g) end
  local x, direction = argument:at(w), argument:form(v)
  local product
  if self.hessp then
    product = self.hessp(x, direction)
  else
    product = functions.hvp(self.f, x, direction)
  end
  local out = tensor.zeros_like(w)
  argument:flatten(out, product, "the product with the second derivatives")
  return out
end

return Problem
