--- What lbfgs and cg share, methods for the whole batch that go along directions of descent: the
--- loss and the gradient of the point where they stand, the search along a direction, and why they
--- end.
---
---     function Cg:__call(evaluate, w) return descent.iterate(self, evaluate, w, move, forget) end
---
--- A solver of theirs has n_iter and n_evaluations, loss and g (those of w), point (the last trial)
--- and direction; and the settings gtol, ftol, max_fun and max_line_search.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local ask = require "mah.learn.solver.ask"
local check = require "mah.base.check"
local ffi = require "ffi"
local line_search = require "mah.learn.solver.line_search"
local number_in = require "mah.base.number_in"
local tensor = require "mah.tensor"

local descent = {}

function descent.is_finite(x) return x - x == 0 end
local is_finite = descent.is_finite

--- Settings that both have.
descent.rules = {
  gtol = { 1e-4, "number", "[0, inf)", "the solver is done when the gradient's largest element, in "
    .. "size, is at most this" },
  ftol = { 2.220446049250313e-9, "number", "[0, inf)", "the solver is done when the loss falls by "
    .. "at most this share of its size, or of 1 if it is smaller" },
  max_fun = { 15000, "integer", "[1, inf)", "the solver ends after more evaluations of the loss" },
  max_line_search = { 20, "integer", "[1, inf)", "most evaluations along one direction" },
}

descent.epsilon = { float32 = 2 ^ -23, float64 = 2 ^ -52 }

-- -- Vectors --------------------------------------------------------------------------------------

local out, out2, flag = ffi.new "double[1]", ffi.new "double[1]", ffi.new "int32_t[1]"

--- result = a x + b y; returns its product with z.
---@param result tensor
---@param z tensor|nil
---@return number
function descent.combine(result, a, x, b, y, z)
  check.status(C.mah_vector_combine(z and out or nil, result, a, x, b, y, z))
  return number_in(out)
end
local combine = descent.combine

--- x'y and the largest |x[i]|.
---@return number, number
function descent.dot_and_max(x, y)
  check.status(C.mah_vector_dot_and_max(out, out2, x, y))
  return number_in(out), number_in(out2)
end
local dot_and_max = descent.dot_and_max

--- Do both hold the same bits?
function descent.is_same(x, y)
  check.status(C.mah_vector_same(flag, x, y))
  return flag[0] ~= 0
end

-- -- Where it stands ------------------------------------------------------------------------------

--- Nothing is known of the loss.
function descent.reset(self)
  self.n_evaluations, self.n_iter = 0, 0
  self.loss, self.g, self.point, self.direction = nil, nil, nil, nil
end

--- Starts anew with a w of another size or dtype.
local function make_room(self, w)
  if self.g and self.g.elem == w.elem and w.ndim == 1 and #self.g == #w then return end
  check.that(w.ndim == 1 and w.elem <= C.MAH_FLOAT64, "mah.solver.%s: w: a vector of float32 or "
    .. "float64 is expected, got %s", self.name, Type.describe(w))
  self:reset()
  self.g, self.point = tensor.zeros_like(w), tensor.zeros_like(w)
  self.direction = tensor.zeros_like(w)
end

local function count_and_evaluate(self, evaluate, w)
  self.n_evaluations = self.n_evaluations + 1
  local loss, g = ask(evaluate, w, "mah.solver." .. self.name)
  if g.ndim ~= 1 or g.extent[0] ~= w.extent[0] or g.elem ~= w.elem then
    check.raise("mah.solver.%s: the gradient: a vector like w (%s) is expected, got %s", self.name,
      Type.describe(w), Type.describe(g))
  end
  return loss, g
end

--- Loss and gradient at w, where no step has led. Returns the gradient's largest element.
local function begin(self, evaluate, w)
  local loss, g = count_and_evaluate(self, evaluate, w)
  self.loss = loss
  self.g:copy_(g)
  self.point:copy_(w)
  local squares, largest = dot_and_max(self.g, self.g)
  return is_finite(squares) and largest or math.huge
end

--- Searches along self.direction from w; leaves the last trial in self.point.
---@param slope number   along the direction, < 0
---@param first number   the first step to try
---@param o {ftol: number?, gtol: number?}|nil   of the strong Wolfe conditions
---@return {step: number, f: number, slope: number}|nil found
---@return tensor g         of the last trial
---@return number largest   of its elements
function descent.search(self, evaluate, w, slope, first, o)
  local point, direction, g, largest = self.point, self.direction, nil, nil
  local function along(step)
    combine(point, 1, w, step, direction)
    local loss
    loss, g = count_and_evaluate(self, evaluate, point)
    local new_slope
    new_slope, largest = dot_and_max(g, direction)
    return loss, new_slope
  end
  local found = line_search(along, { step = 0, f = self.loss, slope = slope }, first, {
    max_trials = self.max_line_search, ftol = o and o.ftol, gtol = o and o.gtol,
    noise = descent.epsilon[w.dtype] * math.max(1, math.abs(self.loss)),
  })
  return found, g, largest
end

-- -- One iteration --------------------------------------------------------------------------------

local function reason(rule, value, text, ...)
  return { rule = rule, value = value, text = text:format(...) }
end

local function converged(self, largest)
  return reason("gtol", largest, "the largest element of the gradient, %.3g, is at most %g",
    largest, self.gtol)
end

local function given_up(self)
  if not is_finite(self.loss) then
    return reason("line_search", self.loss, "the loss at the start is %g", self.loss)
  end
  local squares = dot_and_max(self.g, self.g)
  if not is_finite(squares) then
    return reason("line_search", squares, "the gradient is not finite where the loss is %g",
      self.loss)
  end
  return reason("line_search", self.loss, "the line search finds no lower loss than %g", self.loss)
end

--- Why this was the last iteration, if it was.
local function done(self, largest, before)
  local fall = (before - self.loss) / math.max(math.abs(before), math.abs(self.loss), 1)
  if largest <= self.gtol then return converged(self, largest) end
  if fall <= self.ftol then
    return reason("ftol", fall, "the loss fell by %.3g of its size, at most %.3g", fall, self.ftol)
  end
  if self.n_evaluations > self.max_fun then
    return reason("max_fun", self.n_evaluations, "%d evaluations were made; the limit is %d",
      self.n_evaluations, self.max_fun)
  end
end

--- Once more, from the start and straight downhill.
local function move_downhill(self, evaluate, w, move, forget)
  forget(self)
  local largest = begin(self, evaluate, w)
  if not is_finite(self.loss) or largest == 0 then return nil end
  return move(self, evaluate, w)
end

--- A call of the solver: one iteration, and one more chance straight downhill where it fails.
---@param self solver
---@param evaluate fun(w: tensor): number, tensor
---@param w tensor
---@param move function     (self, evaluate, w): moves w on success, and returns the largest element
---  of the gradient there and the loss before; else nil
---@param forget function   (self): forgets the steps so far, self.remembered of them
---@return number loss, table|nil reason
function descent.iterate(self, evaluate, w, move, forget)
  make_room(self, Type.expect(w, ("mah.solver.%s: w"):format(self.name)))
  if not (self.loss and descent.is_same(self.point, w)) then
    local largest = begin(self, evaluate, w)
    if not is_finite(self.loss) then return self.loss, given_up(self) end
    if largest <= self.gtol then return self.loss, converged(self, largest) end
  end
  local largest, before = move(self, evaluate, w)
  if not largest and self.remembered > 0 then
    largest, before = move_downhill(self, evaluate, w, move, forget)
  end
  if not largest then return self.loss, given_up(self) end
  self.n_iter = self.n_iter + 1
  return self.loss, done(self, largest, before)
end

return descent
