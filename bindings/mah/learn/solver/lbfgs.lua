--- L-BFGS: a quasi-Newton method for the whole batch (Nocedal: "Updating quasi-Newton matrices with
--- limited storage", Mathematics of Computation 35, 1980; Liu, Nocedal: Mathematical Programming
--- 45, 1989). One call is one iteration: a direction from the last `history` steps, and a line
--- search along it that evaluates a few times. Choices and limits are those of L-BFGS-B (Byrd, Lu,
--- Nocedal, Zhu 1995; version 3.0) without bounds, as scipy calls it for scikit-learn: it makes the
--- same steps.
---
---     local solver, w, g = mah.solver.lbfgs(), mah.zeros(3), mah.zeros(3)
---     local function evaluate(x)                     -- f(x) = |x - 1|^2 / 2
---       g:copy_(x):sub_(1)
---       return g:dot(g) / 2, g
---     end
---     local loss, reason
---     repeat loss, reason = solver(evaluate, w) until reason
---     print(reason.rule, solver.n_iter, solver.n_evaluations, w[1])   --> gtol 2 3 1
---
--- The second result, when there is one, says that the solver is done: {rule =, value =, text =}
--- with
---   gtol          the largest element of the gradient is at most gtol: converged (also at the
---                 start)
---   ftol          the loss has all but stopped falling: f - f_new <= ftol max(|f|, |f_new|, 1)
---   max_fun       more than max_fun evaluations were made
---   line_search   no step along the direction, nor straight downhill, lowers the loss, or the loss
---                 at the start is not finite; w stays where it was
---
--- evaluate must be the same function in every call: the gradient of the last point is kept. So no
--- dropout, and no mini-batches: mah.train refuses both. Elsewhere, a function that changes between
--- calls gives poor steps and an end by line_search, never a crash.
---
--- float32 is enough for losses down to about 1e-7 of their scale. Below that, the loss cannot tell
--- steps apart, the slopes decide, and the run ends by ftol or line_search.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local ask = require "mah.learn.solver.ask"
local check = require "mah.base.check"
local class = require "mah.base.class"
local elsewhere = require "mah.learn.elsewhere"
local ffi = require "ffi"
local line_search = require "mah.learn.solver.line_search"
local number_in = require "mah.base.number_in"
local options = require "mah.base.options"
local tensor = require "mah.tensor"

local Lbfgs = class.new("the solver lbfgs", "solver", "lr loss g point direction")
Lbfgs.name = "lbfgs"
Lbfgs.full_batch = true

local rules = options.declare("mah.solver.lbfgs", {
  history = { 10, "integer", "[1, inf)" },
  gtol = { 1e-4, "number", "[0, inf)" },
  ftol = { 2.220446049250313e-9, "number", "[0, inf)" },
  max_fun = { 15000, "integer", "[1, inf)" },
  max_line_search = { 20, "integer", "[1, inf)" },
})
class.fields[Lbfgs] = rules

local function is_finite(x) return x - x == 0 end

local epsilon = { float32 = 2 ^ -23, float64 = 2 ^ -52 }

-- -- State: numbers, tensors and lists of them ----------------------------------------------------

function Lbfgs:reset()
  self.n_evaluations, self.n_iter = 0, 0
  self.loss, self.g, self.point, self.direction = nil, nil, nil, nil
  self.steps, self.changes, self.curvatures = {}, {}, {} -- rings of s, y and s'y
  self.newest, self.remembered, self.scale = 0, 0, 1
end

--- Starts anew with a w of another size or dtype.
local function make_room(self, w)
  if self.g and self.g.elem == w.elem and #self.g == #w then return end
  self:reset()
  self.g, self.point = tensor.zeros_like(w), tensor.zeros_like(w)
  self.direction = tensor.zeros_like(w)
end

local function forget_steps(self) self.newest, self.remembered, self.scale = 0, 0, 1 end

-- -- Vectors --------------------------------------------------------------------------------------

local out, out2, flag = ffi.new "double[1]", ffi.new "double[1]", ffi.new "int32_t[1]"

--- result = a x + b y; returns its product with z.
local function combine(result, a, x, b, y, z)
  check.status(C.mah_vector_combine(z and out or nil, result, a, x, b, y, z))
  return number_in(out)
end

--- x'y and the largest |x[i]|.
local function dot_and_max(x, y)
  check.status(C.mah_vector_dot_and_max(out, out2, x, y))
  return number_in(out), number_in(out2)
end

local function is_same(x, y)
  check.status(C.mah_vector_same(flag, x, y))
  return flag[0] ~= 0
end

-- -- The direction --------------------------------------------------------------------------------

--- The ring's place of the step that was made `age` steps before the newest.
local function place(self, age) return (self.newest - age - 1) % self.history + 1 end

local shares = {}

--- direction = -H g by the two-loop recursion (Nocedal 1980), with H0 = s'y / y'y of the newest
--- step. Each pass over the direction gives the product that the next one needs. Returns the slope
--- along it.
local function find_direction(self)
  local d, n, g = self.direction, self.remembered, self.g
  local S, Y = self.steps, self.changes
  local product = combine(d, -1, g, 0, g, n > 0 and S[place(self, 0)] or g)
  for age = 0, n - 1 do
    local i, older = place(self, age), place(self, age + 1)
    shares[age] = product / self.curvatures[i]
    product = combine(d, 1, d, -shares[age], Y[i], age < n - 1 and S[older] or Y[i])
  end
  local scale = self.scale
  product = product * scale
  for age = n - 1, 0, -1 do
    local i, newer = place(self, age), place(self, age - 1)
    local share = shares[age] - product / self.curvatures[i]
    product = combine(d, scale, d, share, S[i], age > 0 and Y[newer] or g)
    scale = 1
  end
  return product
end

--- Remembers the step to self.point, where the gradient is g: w and self.g move there. A step
--- without positive curvature is not remembered.
local function advance(self, w, g, taken, slope)
  local i = place(self, -1)
  local s, y = self.steps[i], self.changes[i]
  if not s then
    s, y = tensor.empty_like(w), tensor.empty_like(w)
    self.steps[i], self.changes[i] = s, y
  end
  check.status(C.mah_vector_advance(out, out2, w, self.g, s, y, self.point, g))
  local sy, yy = out[0], out2[0]
  if not (sy > epsilon.float64 * -slope * taken and yy < math.huge) then return end
  self.curvatures[i], self.scale = sy, sy / yy
  self.newest, self.remembered = i, math.min(self.remembered + 1, self.history)
end

-- -- One iteration --------------------------------------------------------------------------------

local function count_and_evaluate(self, evaluate, w)
  self.n_evaluations = self.n_evaluations + 1
  return ask(evaluate, w, "mah.solver.lbfgs")
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

--- Searches along a new direction; moves w on success, and returns the largest element of the
--- gradient there and the loss before.
local function move(self, evaluate, w)
  local point, direction, slope = self.point, self.direction, find_direction(self)
  if not (slope < 0) then return nil end
  local g, largest
  local function along(step)
    combine(point, 1, w, step, direction)
    local loss
    loss, g = count_and_evaluate(self, evaluate, point)
    local new_slope
    new_slope, largest = dot_and_max(g, direction)
    return loss, new_slope
  end
  local first = self.remembered > 0 and 1 or 1 / math.sqrt(-slope)
  if self.n_iter > 0 then first = math.min(first, 1) end
  local found = line_search(along, { step = 0, f = self.loss, slope = slope }, first, {
    max_trials = self.max_line_search,
    noise = epsilon[w.dtype] * math.max(1, math.abs(self.loss)),
  })
  if not found then return nil end
  advance(self, w, g, found.step, slope)
  local before = self.loss
  self.loss = found.f
  return largest, before
end

--- Once more, from the start and straight downhill.
local function move_downhill(self, evaluate, w)
  forget_steps(self)
  local largest = begin(self, evaluate, w)
  if not is_finite(self.loss) or largest == 0 then return nil end
  return move(self, evaluate, w)
end

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

function Lbfgs:__call(evaluate, w)
  make_room(self, Type.expect(w, "mah.solver.lbfgs: w"))
  if not (self.loss and is_same(self.point, w)) then
    local largest = begin(self, evaluate, w)
    if not is_finite(self.loss) then return self.loss, given_up(self) end
    if largest <= self.gtol then return self.loss, converged(self, largest) end
  end
  local largest, before = move(self, evaluate, w)
  if not largest and self.remembered > 0 then largest, before = move_downhill(self, evaluate, w) end
  if not largest then return self.loss, given_up(self) end
  self.n_iter = self.n_iter + 1
  return self.loss, done(self, largest, before)
end

---@class lbfgs_options
---@field history integer|nil
---@field gtol number|nil
---@field ftol number|nil
---@field max_fun integer|nil
---@field max_line_search integer|nil

--- The L-BFGS solver.
---@param given lbfgs_options|nil
---@return solver   with n_iter and n_evaluations
return function(given)
  local solver = setmetatable(options(given, rules, "mah.solver.lbfgs", elsewhere.solver), Lbfgs)
  solver:reset()
  return solver
end
