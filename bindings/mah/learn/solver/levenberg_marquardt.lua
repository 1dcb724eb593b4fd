--- The solver levenberg_marquardt; the text at the end has its formulas and limits.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local class = require "mah.base.class"
local elsewhere = require "mah.learn.elsewhere"
local options = require "mah.base.options"
local tensor = require "mah.tensor"
local trust_region = require "mah.learn.solver.trust_region"

local Marquardt = class.new("the solver levenberg_marquardt", "solver",
  "lr loss scale delta bounds")
Marquardt.name = "levenberg_marquardt"
Marquardt.full_batch = true
Marquardt.takes_residuals = true

local rules = options.declare("mah.solver.levenberg_marquardt", {
  gtol = { 1e-8, "number", "[0, inf)", "the solver is done when the residuals' largest cosine with "
    .. "a derivative is at most this" },
  ftol = { 1e-8, "number", "[0, inf)", "the solver is done when the sum of squares falls by at "
    .. "most this share" },
  xtol = { 1e-8, "number", "[0, inf)", "the solver is done when steps are at most this share of "
    .. "the parameters" },
  max_fun = { 15000, "integer", "[1, inf)", "most evaluations of the residuals" },
  factor = { 100, "number", "(0, inf)", "length of the first step at most, compared with the "
    .. "parameters" },
})
class.fields[Marquardt] = rules

local EPSILON = 2 ^ -52
local LEAST_RATIO = 1e-4 -- of actual and predicted fall, for a step to be made

local function is_finite(x) return x - x == 0 end

function Marquardt:reset()
  self.n_evaluations, self.n_jacobians, self.n_iter, self.mu = 0, 0, 0, 0
  self.loss, self.scale, self.delta = nil, nil, nil
end

local function reason(rule, value, text, ...)
  return { rule = rule, value = value, text = text:format(...) }
end

-- -- Residuals and their derivatives --------------------------------------------------------------

local function expect(t, name, ndim)
  if Type.is_tensor(t) and t.ndim == ndim then return t:double() end
  check.raise("mah.solver.levenberg_marquardt: evaluate must return the residuals, a vector, and "
    .. "their Jacobian, a matrix, where it is asked for it; the %s are %s", name,
    Type.is_tensor(t) and Type.describe(t) or check.show(t))
end

local function residuals_at(self, evaluate, w)
  self.n_evaluations = self.n_evaluations + 1
  return expect(evaluate(w, false), "residuals", 1)
end

local function both_at(self, evaluate, w)
  self.n_jacobians = self.n_jacobians + 1
  local r, J = evaluate(w, true)
  r, J = expect(r, "residuals", 1), expect(J, "derivatives", 2)
  check.that(J.shape[1] == #r and J.shape[2] == #w, "mah.solver.levenberg_marquardt: the Jacobian "
    .. "is (%d, %d); of %d residuals and %d parameters it is (%d, %d)", J.shape[1], J.shape[2], #r,
    #w, #r, #w)
  return r, J
end

-- -- One iteration --------------------------------------------------------------------------------

--- The scale of each parameter: the largest norm that its column has had. (It is kept in w's dtype,
--- as all that is saved.)
local function rescale(self, norms, dtype)
  if not self.scale or #self.scale ~= #norms then
    self.scale = norms:where(norms:gt(0), 1):to(dtype)
  else
    self.scale = self.scale:maximum(norms:to(dtype))
  end
  return self.scale:double()
end

--- Without the columns of parameters that bounds hold. (mah.minimize's: see there.)
local function held(self, w, r, norms, J)
  local free = self.bounds:free(w, J:t():matmul(r)):double()
  return norms * free, J * free
end

--- The largest cosine of the angle between the residuals and a column.
local function steepest(J, r, norms, length)
  if length == 0 or #norms == 0 then return 0 end
  local products = J:t():matmul(r):abs()
  return (products / norms:where(norms:gt(0), 1)):max() / length
end

--- Shrinks or widens the trust region after a trial of a step.
local function adapt(self, step, actual, ratio, is_far)
  if ratio <= 0.25 then
    local share = actual >= 0 and 0.5 or 0.5 * step.slope / (step.slope + 0.5 * actual)
    if is_far or not (share >= 0.1) then share = 0.1 end
    self.delta = share * math.min(self.delta, 10 * step.length)
    self.mu = step.mu / share
  elseif ratio >= 0.75 or step.mu == 0 then
    self.delta, self.mu = 2 * step.length, step.mu / 2
  else
    self.mu = step.mu
  end
end

--- Why the trial of a step was the last one, if it was.
local function done(self, actual, predicted, ratio, size)
  local fall = math.max(math.abs(actual), predicted)
  if fall <= self.ftol and ratio <= 2 then
    return reason("ftol", fall, "the sum of squares falls by %.3g of itself, at most %g", fall,
      self.ftol)
  end
  if self.delta <= self.xtol * size then
    return reason("xtol", self.delta, "the steps are %.3g of the parameters, at most %g",
      self.delta / size, self.xtol)
  end
  if self.n_evaluations >= self.max_fun then
    return reason("max_fun", self.n_evaluations, "%d evaluations were made; the limit is %d",
      self.n_evaluations, self.max_fun)
  end
  if fall <= EPSILON and ratio <= 2 or self.delta <= EPSILON * size then
    return reason("no_step", self.loss, "no step lowers the loss %g", self.loss)
  end
end

--- The step that is left of p within bounds, and what the residuals, as far as they are linear, say
--- of it (Kanzow, Yamashita, Fukushima: "Levenberg-Marquardt methods with strong local convergence
--- properties for solving nonlinear equations with convex constraints", J. Computational and
--- Applied Mathematics 172, 2004: the projected one).
local function bend(self, point, w, at, step)
  self.bounds:project_(point)
  local p = (point - w):double()
  local change = at.J:matmul(p)
  step.slope = change:dot(at.r) / at.squares
  step.predicted = -(2 * change:dot(at.r) + change:dot(change)) / at.squares
  step.length = (p * at.scale):norm()
end

--- Tries steps until one lowers the loss. Moves w then, and returns why it was the last one, if it
--- was. `at` is what is known of w: r, J, squares, scale.
local function move(self, evaluate, w, at)
  local point, squares, scale = tensor.empty_like(w), at.squares, at.scale
  local model = trust_region.new(at.J, at.r, scale)
  while true do
    local p, step = model:step(self.delta, self.mu)
    point:copy_(w:double() + p)
    if self.bounds then bend(self, point, w, at, step) end
    if self.n_iter == 0 then self.delta = math.min(self.delta, step.length) end
    local r = residuals_at(self, evaluate, point)
    local new_squares = r:dot(r)
    local is_far = not (new_squares < 100 * squares)
    local actual = is_far and -1 or 1 - new_squares / squares
    local ratio = step.predicted > 0 and actual / step.predicted or 0
    adapt(self, step, actual, ratio, is_far)
    local is_good = ratio >= LEAST_RATIO
    if is_good then
      w:copy_(point)
      self.loss, self.n_iter = new_squares / 2, self.n_iter + 1
    end
    local size = (w:double() * scale):norm()
    local why = done(self, actual, step.predicted, ratio, size)
    if is_good or why then return why end
  end
end

function Marquardt:__call(evaluate, w)
  if type(evaluate) ~= "function" and not options.matches(evaluate, "callable") then
    check.raise("mah.solver.levenberg_marquardt: a function evaluate(w, with_jacobian) and w are "
      .. "expected; got %s", check.show(evaluate))
  end
  Type.expect(w, "mah.solver.levenberg_marquardt: w")
  local r, derivatives = both_at(self, evaluate, w)
  local squares = r:dot(r)
  local norms, J = trust_region.columns(derivatives, w.dtype)
  if self.bounds then norms, J = held(self, w, r, norms, J) end
  self.loss = squares / 2
  if not is_finite(squares) then
    return self.loss, reason("no_step", self.loss, "the loss at the start is %g", self.loss)
  end
  local sum = norms:sum()
  if not is_finite(sum) then
    return self.loss, reason("no_step", sum, "a derivative is not finite where the loss is %g",
      self.loss)
  end
  local cosine = steepest(J, r, norms, math.sqrt(squares))
  if cosine <= self.gtol then
    return self.loss, reason("gtol", cosine, "the residuals' largest cosine with a derivative, "
      .. "%.3g, is at most %g", cosine, self.gtol)
  end
  local scale = rescale(self, norms, w.dtype)
  local size = (w:double() * scale):norm()
  self.delta = self.delta or (size > 0 and self.factor * size or self.factor)
  local why = move(self, evaluate, w, { r = r, J = J, squares = squares, scale = scale })
  return self.loss, why
end

--- Levenberg-Marquardt for small least squares. Its steps are between Gauss' and Newton's, which
--- solves the problem as if the residuals were linear, and straight downhill (Levenberg 1944,
--- Marquardt 1963; by a trust region in scaled parameters, as in Moré: "The Levenberg-
--- Marquardt algorithm: implementation and theory", 1978; choices and ends are those of MINPACK's
--- lmder, as in scipy's least_squares(method="lm")).
---
--- It needs the derivatives of all residuals with respect to all parameters, a matrix, and takes it
--- apart (n^3): it is for some hundreds of parameters, where it comes to losses in ten iterations
--- that gradients never come to. mah.train takes it for networks whose loss is squared_error; l2 is
--- welcome. Called by itself, it asks for more than a loss: evaluate(w, with_jacobian) gives the
--- residuals (m) and, where it is asked for it, their Jacobian (m, n); the loss is half the sum of
--- their squares.
---
--- The second result, when there is one, says that the solver is done: {rule =, value =, text =},
--- where rule is
--- * gtol: the residuals stand all but at right angles on the Jacobian's columns: the largest
---   cosine is at most gtol;
--- * ftol: the sum of squares falls, and is expected to fall, by at most that share;
--- * xtol: the trust region is as small as that, compared with the parameters;
--- * max_fun: max_fun evaluations of residuals were made;
--- * no_step: no step lowers the loss; or it, or a derivative, is not finite, as `value` is then.
---
---     local x = mah.linspace(-2, 2, 40, { dtype = "float64" }):reshape(40, 1)
---     local net = mah.mlp { 1, { 8, "tanh" }, { 1, "identity" }, dtype = "float64", seed = 1 }
---     mah.train(net, { x = x, y = x:sin() }, {
---       solver = mah.solver.levenberg_marquardt(), stop = 30,
---     })
---     print(net:loss(x, x:sin()) < 1e-6)              --> true
---
---     local t, y = mah.linspace(0, 1, 20), mah.linspace(0, 1, 20):mul(-2):exp() * 3
---     local function model(p) return (p[2] * t):exp() * p[1] - y end
---     local solver, w, reason = mah.solver.levenberg_marquardt(), mah.ones(2), nil
---     local slope = mah.jacobian(model)
---     repeat
---       local _
---       _, reason = solver(function(x, jacobian) return model(x), jacobian and slope(x) end, w)
---     until reason
---     print(("%.3f %.3f"):format(w[1], w[2]))        --> 3.000 -2.000
---@param given table|nil
---@return solver   with n_iter, n_evaluations (of residuals) and n_jacobians
return function(given)
  local solver = setmetatable(options(given, rules, "mah.solver.levenberg_marquardt",
    elsewhere.solver), Marquardt)
  solver:reset()
  return solver
end
