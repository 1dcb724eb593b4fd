--- The least sum of squares of residuals, by mah.solver.levenberg_marquardt, and how well it is
--- known.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local descend = require "mah.learn.minimize.descend"
local jacobian_of = require "mah.grad.derivatives"
local result = require "mah.learn.minimize.result"
local solvers = require "mah.learn.solver"
local tensor = require "mah.tensor"
local trust_region = require "mah.learn.solver.trust_region"
local warn = require "mah.base.warn"

local MOST_ELEMENTS = 2 ^ 26 -- of the Jacobian: half a GiB in float64

-- -- The residuals of a flat vector ---------------------------------------------------------------

--- What f gives, as a vector.
local function vector_of(y, where)
  if type(y) == "number" then return tensor.tensor({ y }, "float64") end
  check.that(Type.is_tensor(y), "%s: f gives %s; a tensor of residuals is expected", where,
    check.show(y))
  return y:reshape(y:numel())
end

--- A Jacobian as it was given, (m, n) or in the form of x0 with the residuals first.
local function matrix_of(argument, J, m)
  if Type.is_tensor(J) and J.ndim == 2 and J.shape[1] == m and J.shape[2] == argument.n then
    return J
  end
  local out = tensor.zeros(m, argument.n, { dtype = argument.dtype })
  for _, leaf in ipairs(argument.leaves) do
    local part = J
    for _, key in ipairs(leaf.path) do part = type(part) == "table" and part[key] or nil end
    check.that(Type.is_tensor(part) and part:numel() == m * leaf.count, "%s: the Jacobian%s is %s; "
      .. "of %d residuals and %d elements it is (%d, %d)", argument.where,
      leaf.name == "" and "" or " of " .. leaf.name,
      Type.is_tensor(part) and Type.describe(part) or check.show(part), m, leaf.count, m,
      leaf.count)
    out:narrow(2, leaf.first, leaf.count):copy_(part:reshape(m, leaf.count))
  end
  return out
end

--- evaluate(w, with_jacobian) of the solver. What it found of the last w is kept.
local function new_evaluate(problem, jacobian)
  local argument, f, where = problem.argument, problem.f, problem.where
  local paths, last_w = {}, tensor.zeros_like(argument.start)
  local r, J
  for i, leaf in ipairs(argument.leaves) do paths[i] = leaf.path end
  local function find_residuals(w)
    if r and last_w:equal(w) then return end
    problem.nfev = problem.nfev + 1
    r, J = vector_of(f(argument:at(w, not jacobian)), where):clone(), nil
    check.that(#r > 0, "%s: f gives no residuals", where)
    last_w:copy_(w)
  end
  local function find_jacobian(w)
    if J then return end
    check.that(#r * argument.n <= MOST_ELEMENTS, "%s: LM keeps the derivatives of %d residuals "
      .. "with respect to %d elements, %.0f numbers; the limit is %.0f", where, #r, argument.n,
      #r * argument.n, MOST_ELEMENTS)
    problem.njev = problem.njev + 1
    local _
    if jacobian then
      J = matrix_of(argument, jacobian(argument:at(w)), #r)
    else
      _, J = jacobian_of(f, argument:at(w), paths, argument.n, where)
    end
  end
  return function(w, with_jacobian)
    find_residuals(w)
    if with_jacobian then find_jacobian(w) end
    return r, with_jacobian and J or nil
  end
end

-- -- How well it is known -------------------------------------------------------------------------

--- The covariance matrix of the parameters, and their standard errors, into the outcome. It is
--- infinite where there are no more residuals than parameters, which say nothing of their own size.
local function describe(outcome, argument, r, derivatives, absolute_sigma)
  local m, n = #r, argument.n
  local norms, J = trust_region.columns(derivatives, argument.dtype)
  local inverse = trust_region.new(J, r, norms:where(norms:gt(0), 1)):inverse()
  local scale = absolute_sigma and 1 or m > n and r:dot(r) / (m - n) or nil
  if inverse and scale then
    outcome.cov = inverse * scale
  else
    if m > n then
      warn("%s: the residuals do not determine all parameters: the covariance is infinite",
        argument.where)
    end
    outcome.cov = tensor.full({ n, n }, math.huge, { dtype = "float64" })
  end
  outcome.stderr = argument:form(outcome.cov:diagonal():sqrt())
  if #argument.leaves > 1 then
    outcome.names = {}
    for i = 1, n do outcome.names[i] = argument:name_of(i, "") end
  end
end

---@param problem table
---@param w tensor       (n), moved
---@param bounds table|nil   Bounds
---@param o {ftol: number, xtol: number, gtol: number, max_iter: integer, max_fun: integer,
---  absolute_sigma: boolean, jacobian: function?}
---@param after fun(w: tensor, value: number, nit: integer): boolean
---@return table outcome   as of the other methods; and cost, cov, stderr, names
return function(problem, w, bounds, o, after)
  local solver = solvers.levenberg_marquardt { ftol = o.ftol, xtol = o.xtol, gtol = o.gtol,
    max_fun = o.max_fun }
  solver.bounds = bounds
  if bounds then bounds:project_(w) end
  local evaluate = new_evaluate(problem, o.jacobian)
  local outcome = descend(solver, evaluate, w, o, after)
  outcome.fun, outcome.jac = evaluate(w, true)
  local r, J = outcome.fun:double(), outcome.jac:double()
  outcome.cost = r:dot(r) / 2
  if outcome.status ~= result.NOT_FINITE then
    describe(outcome, problem.argument, r, J, o.absolute_sigma)
  end
  return outcome
end
