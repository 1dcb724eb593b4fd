--- Minima of any function of numbers and tensors, with SciPy's methods, names and results.
local Argument = require "mah.learn.minimize.argument"
local Bounds = require "mah.learn.minimize.bounds"
local Problem = require "mah.learn.minimize.problem"
local brent = require "mah.learn.minimize.brent"
local check = require "mah.base.check"
local descend = require "mah.learn.minimize.descend"
local least_squares = require "mah.learn.minimize.least_squares"
local nelder_mead = require "mah.learn.minimize.nelder_mead"
local newton_cg = require "mah.learn.minimize.newton_cg"
local options = require "mah.base.options"
local projected = require "mah.learn.minimize.projected"
local result = require "mah.learn.minimize.result"
local solvers = require "mah.learn.solver"

-- -- Options --------------------------------------------------------------------------------------

local METHODS = "L-BFGS, CG, Newton-CG, Nelder-Mead, Brent, bounded or LM"

local rules = options.declare("mah.minimize", {
  method = { nil, "string", nil, METHODS .. ", in any case; nil: Brent for a number, bounded for "
    .. "one with bounds, else L-BFGS" },
  gradient = { nil, "callable", nil, "function (x) -> the gradient, in the form of x; nil: the "
    .. "tape's. Of L-BFGS, CG and Newton-CG" },
  value_and_grad = { false, "boolean", nil, "f gives both: its value and the gradient. Of L-BFGS, "
    .. "CG and Newton-CG" },
  hessp = { nil, "callable", nil, "function (x, v) -> the second derivatives times v, of Newton-CG "
    .. "beside gradient or value_and_grad; nil: the tape's, or differences of given gradients" },
  jacobian = { nil, "callable", nil, "function (x) -> the residuals' derivatives (m, n), or a "
    .. "table of them, of LM; nil: the tape's" },
  tol = { nil, "number", "[0, inf)", "stands for the method's tolerances that are not given" },
  gtol = { nil, "number", "[0, inf)", "done when the gradient's largest element, in size, is at "
    .. "most this; nil: 1e-5. Of LM the largest cosine; nil: 1e-8" },
  ftol = { nil, "number", "[0, inf)", "done when the value falls by at most this share; nil: "
    .. "2.2e-9 of L-BFGS, 1e-8 of LM" },
  xtol = { nil, "number", "[0, inf)", "done when x moves by at most this share of itself; nil: "
    .. "1.48e-8 of Brent, 1e-8 of LM. Of Newton-CG: when its elements move by at most this in the "
    .. "mean; nil: 1e-5" },
  xatol = { nil, "number", "[0, inf)", "done when x is known up to this; nil: 1e-4 of Nelder-Mead, "
    .. "which wants fatol, too, 1e-5 of bounded" },
  fatol = { nil, "number", "[0, inf)", "done when the simplex' values differ by at most this; nil: "
    .. "1e-4. Of Nelder-Mead" },
  max_iter = { nil, "integer", "[0, inf)", "most iterations; nil: 15000 of L-BFGS, 200 n of CG, "
    .. "Newton-CG and Nelder-Mead, 500 of Brent and bounded, none of LM" },
  max_fun = { nil, "integer", "[1, inf)", "most evaluations of f; nil: 15000 of L-BFGS, 200 n of "
    .. "Nelder-Mead, 100 (n + 1) of LM, none of CG" },
  history = { nil, "integer", "[1, inf)", "steps that L-BFGS remembers; nil: 10" },
  adaptive = { false, "boolean", nil, "Nelder-Mead's factors fit the number of dimensions" },
  initial_simplex = { nil, "tensor", nil, "(n + 1, n): where Nelder-Mead begins; nil: around x0" },
  bracket = { nil, "table", nil, "{a, b}, from where Brent goes downhill, or {a, b, c} around a "
    .. "minimum; nil: from x0" },
  bounds = { nil, "table", nil, "{low, high}, for all of x0, or such pairs in its form; of L-BFGS, "
    .. "Nelder-Mead, LM and bounded; nil: none" },
  absolute_sigma = { false, "boolean", nil, "of LM: residuals are in standard deviations, so that "
    .. "cov does not take their size from themselves" },
  callback = { nil, "callable", nil, "function (s), called after each iteration with {x =, fun =, "
    .. "nit =, nfev =}; a true result ends it" },
})

local elsewhere = {
  jac = "write gradient = function(x) ... end, or jacobian for method = \"LM\"; without one it is "
    .. "taken by the tape",
  hess = "second derivatives are taken by the tape, or by hessp = function(x, v) ... end",
  grad = "write gradient = function(x) ... end", args = "write function(x) return f(x, a) end",
  options = "its fields stand beside method: {method = \"CG\", gtol = 1e-8}",
  maxiter = "write max_iter", max_nfev = "write max_fun", maxfev = "write max_fun",
  maxfun = "write max_fun", maxcor = "write history", m = "write history", xopt = "write x0",
  disp = "print what comes back", brack = "write bracket", return_all = "collect s.x in a callback",
  constraints = "there is no method with constraints; write the parameters so that they hold",
  eps = "gradients are exact: there are no differences",
  sigma = "divide the residuals by it",
}

--- Methods by their names in lower case without marks. `takes`: their options beside those that all
--- have; `tolerances`: what tol stands for; `limit`: the default of max_iter.
local methods = {
  lbfgs = { name = "L-BFGS", takes = "gradient value_and_grad gtol ftol max_fun history bounds",
    tolerances = "gtol ftol" },
  cg = { name = "CG", takes = "gradient value_and_grad gtol max_fun", tolerances = "gtol" },
  newtoncg = { name = "Newton-CG", takes = "gradient value_and_grad hessp xtol",
    tolerances = "xtol" },
  neldermead = { name = "Nelder-Mead", tolerances = "xatol fatol",
    takes = "xatol fatol max_fun adaptive initial_simplex bounds" },
  brent = { name = "Brent", takes = "xtol bracket", tolerances = "xtol" },
  bounded = { name = "bounded", takes = "xatol bounds", tolerances = "xatol" },
  lm = { name = "LM", takes = "jacobian gtol ftol xtol max_fun absolute_sigma bounds",
    tolerances = "gtol ftol xtol" },
}
local others = {
  lbfgsb = "lbfgs", levenbergmarquardt = "lm", ncg = "newtoncg", simplex = "neldermead",
}

local instead = {
  bfgs = "L-BFGS", powell = "Nelder-Mead", tnc = "L-BFGS", cobyla = "Nelder-Mead", slsqp = "L-BFGS",
  trustncg = "Newton-CG", trustkrylov = "Newton-CG", trustexact = "Newton-CG", dogleg = "Newton-CG",
  trustconstr = "L-BFGS", golden = "Brent", trf = "LM", dogbox = "LM", adam = "L-BFGS",
}

local NO_LIMIT = 2 ^ 31 - 1

local where = "mah.minimize"

local function simplified(name) return (name:lower():gsub("[%s_-]", "")) end

local function method_of(name)
  local key = simplified(name)
  local method = methods[others[key] or key]
  if method then return method end
  local names, known = {}, {}
  for other, m in pairs(methods) do
    names[#names + 1], known[other] = m.name, true
  end
  table.sort(names)
  local near = options.nearest(key, known)
  local hint = instead[key] or near and methods[near].name
  check.raise("%s: method must be one of %s; got %s%s", where, table.concat(names, ", "),
    check.show(name), hint and ("; use '%s'"):format(hint) or "")
end

--- The method that there is for what is given.
local function default_method(x0, o)
  local is_one = x0 == nil or type(x0) == "number"
  if is_one and o.bounds then return methods.bounded end
  if is_one and not (o.gradient or o.value_and_grad) or o.bracket then return methods.brent end
  return methods.lbfgs
end

local shared = { method = true, tol = true, max_iter = true, callback = true }

--- Complains of options that others have.
local function check_options(given, method)
  local takes = {}
  for name in method.takes:gmatch "%S+" do takes[name] = true end
  for name in pairs(given) do
    if rules[name] and not shared[name] and not takes[name] then
      local list = {}
      for _, other in pairs(methods) do
        if (" " .. other.takes .. " "):find(" " .. name .. " ", 1, true) then
          list[#list + 1] = other.name
        end
      end
      table.sort(list)
      check.raise("%s: %s has no option %s; of %s it is one", where, method.name, name,
        (table.concat(list, ", "):gsub(", ([^,]+)$", " and %1")))
    end
  end
end

local function with_tolerances(o, method, defaults)
  for name in method.tolerances:gmatch "%S+" do o[name] = o[name] or o.tol or defaults[name] end
  return o
end

local function bounds_of(problem, o) return o.bounds and Bounds.new(problem.argument, o.bounds) end

-- -- The methods ----------------------------------------------------------------------------------

--- By a solver that follows gradients.
local function solve(problem, w, solver, o, after)
  local function evaluate(x) return problem:both(x) end
  local outcome = descend(solver, evaluate, w, o, after)
  outcome.message = outcome.message:gsub("loss", "value")
  outcome.fun, outcome.jac = solver.loss, solver.g
  if not solver.loss then outcome.fun, outcome.jac = problem:both(w) end
  return outcome
end

function methods.lbfgs.run(problem, w, o, after)
  with_tolerances(o, methods.lbfgs, { gtol = 1e-5, ftol = 2.220446049250313e-9 })
  o.max_iter = o.max_iter or 15000
  if o.bounds then
    o.history, o.max_fun = o.history or 10, o.max_fun or 15000
    return projected(problem, w, bounds_of(problem, o), o, after)
  end
  return solve(problem, w, solvers.lbfgs { gtol = o.gtol, ftol = o.ftol, history = o.history,
    max_fun = o.max_fun }, o, after)
end

function methods.cg.run(problem, w, o, after)
  with_tolerances(o, methods.cg, { gtol = 1e-5 })
  o.max_iter = o.max_iter or 200 * #w
  local solver = solvers.cg { gtol = o.gtol, max_fun = o.max_fun or NO_LIMIT }
  solver.ftol = -math.huge
  return solve(problem, w, solver, o, after)
end

function methods.newtoncg.run(problem, w, o, after)
  with_tolerances(o, methods.newtoncg, { xtol = 1e-5 })
  o.max_iter = o.max_iter or 200 * #w
  return newton_cg(problem, w, o, after)
end

function methods.neldermead.run(problem, w, o, after)
  with_tolerances(o, methods.neldermead, { xatol = 1e-4, fatol = 1e-4 })
  local is_open = not o.max_iter and not o.max_fun
  o.max_iter = o.max_iter or is_open and 200 * #w or math.huge
  o.max_fun = o.max_fun or is_open and 200 * #w or math.huge
  return nelder_mead(problem, w, bounds_of(problem, o), o, after)
end

function methods.lm.run(problem, w, o, after)
  with_tolerances(o, methods.lm, { gtol = 1e-8, ftol = 1e-8, xtol = 1e-8 })
  o.max_iter, o.max_fun = o.max_iter or math.huge, o.max_fun or 100 * (#w + 1)
  return least_squares(problem, w, bounds_of(problem, o), o, after)
end

--- The methods of one dimension see f as a function of a number.
local function in_one_dimension(method, run)
  function method.run(problem, w, o, after)
    check.that(#w == 1, "%s: %s is for one dimension; x0 has %d elements", where, method.name, #w)
    local point = w:clone()
    local function f(u)
      point[1] = u
      return problem:value(point)
    end
    o.max_iter = o.max_iter or 500
    local outcome = run(f, w[1], o, function(u, value, nit)
      point[1] = u
      return after(point, value, nit)
    end)
    w[1] = outcome.x
    return outcome
  end
end

in_one_dimension(methods.brent, function(f, x0, o, after)
  return brent.brent(f, x0, with_tolerances(o, methods.brent, { xtol = 1.48e-8 }), after, where)
end)
in_one_dimension(methods.bounded, function(f, _, o, after)
  return brent.bounded(f, with_tolerances(o, methods.bounded, { xatol = 1e-5 }), after, where)
end)

-- -- Minimising -----------------------------------------------------------------------------------

--- The result where there is nothing to vary.
local function constant(problem, w, method)
  local outcome = { status = result.CONVERGED, message = "x0 has no elements", nit = 0 }
  if method == methods.lm then
    local r = problem.f(problem.argument:at(w))
    outcome.fun, outcome.cost = r, r:double():square():sum() / 2
  else
    outcome.fun = problem:value(w)
  end
  return outcome
end

local function new_after(argument, problem, callback)
  if not callback then return function() return false end end
  return function(w, value, nit)
    return callback { x = argument:form(w), fun = value, nit = nit, nfev = problem.nfev } and true
      or false
  end
end

--- Finds a minimum of f near x0.
---
--- f takes what x0 is: a number, a tensor of any shape, or a table of them by name or in a list. It
--- gives a number, or a tensor of one element, as x:sum(); with "LM" a tensor of residuals.
--- Gradients are taken by the tape, as mah.grad does it, so f is written with a tensor's methods
--- and operators, and mah's functions (numbers come as tensors without dimensions, then); methods
--- without a gradient call it with plain numbers and tensors. A function of mah.value_and_grad is
--- taken as it is. Errors in f come through.
---
--- Methods, by SciPy's names:
--- * L-BFGS: quasi-Newton, for any size, and within bounds (SciPy's L-BFGS-B);
--- * CG: conjugate gradients, with less memory;
--- * Newton-CG: with products of second derivatives;
--- * Nelder-Mead: values only, for few dimensions; within bounds, too;
--- * Brent: one dimension, values only, downhill from x0;
--- * bounded: one dimension, values only, within bounds = {a, b};
--- * LM: Levenberg-Marquardt, the least sum of squares of residuals; within bounds, too.
---
--- Bounds are a pair {low, high} for all of x0, or in its form: {g = {0, 20}}, where what lacks has
--- none; of a tensor of n elements also a list of n pairs. Ends are numbers, or tensors as x0's.
---
--- Not to come to a minimum is no error: success and status tell.
---
--- What has the dtype float32 is minimised in it; numbers count as float64. mah.tensor{1, 2} is
--- float32: for the last digits give mah.tensor({1, 2}, "float64"), or the table {1, 2}.
---
---     local function rosenbrock(x)
---       local a, b = x:narrow(1, 1, 9), x:narrow(1, 2, 9)
---       return ((b - a * a):square() * 100 + (1 - a):square()):sum()
---     end
---     local r = mah.minimize(rosenbrock, mah.zeros(10, { dtype = "float64" }))
---     print(r.success, r.fun < 1e-6, ("%.3f"):format(r.x[10]))         --> true true 1.000
---
---     local t = mah.linspace(0, 4, 50, { dtype = "float64" })
---     local y = (t * -0.7):exp() * 2.5 + mah.randn(50, { rng = 1, dtype = "float64" }) * 0.05
---     local fit = mah.minimize(function(p) return (p.rate * t * -1):exp() * p.size - y end,
---       { size = 1, rate = 1 }, { method = "LM" })
---     print(("%.2f +- %.2f"):format(fit.x.rate, fit.stderr.rate))      --> 0.71 +- 0.01
---@param f function
---@param x0 any            a number, a tensor, a table of them; nil beside bracket or bounds
---@param given table|nil
---@return minimum
return function(f, x0, given)
  if type(f) ~= "function" and not options.matches(f, "callable") then
    check.raise("%s: a function is expected, got %s", where, check.show(f))
  end
  local o = options(given, rules, where, elsewhere)
  local method = o.method and method_of(o.method) or default_method(x0, o)
  check_options(given or {}, method)
  if x0 == nil and (o.bracket or o.bounds) then x0 = 0 end
  check.that(x0 ~= nil, "%s: x0, where to begin, is missing", where)
  local argument = Argument.new(x0, where)
  local problem = Problem.new(f, argument, o)
  local w = argument.start
  local outcome
  if argument.n == 0 then
    outcome = constant(problem, w, method)
  else
    outcome = method.run(problem, w, o, new_after(argument, problem, o.callback))
  end
  outcome.x = argument:form(w)
  if outcome.jac and method ~= methods.lm then outcome.jac = argument:form(outcome.jac) end
  outcome.nfev = problem.nfev
  outcome.njev = problem.njev > 0 and problem.njev or nil
  outcome.nhev = problem.nhev > 0 and problem.nhev or nil
  return result.new(outcome)
end
