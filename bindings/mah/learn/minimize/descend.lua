--- Methods that are solvers of mah.solver, which do an iteration a call.
---
---     local reason, nit = descend(problem, w, mah.solver.lbfgs{}, o, after)
local result = require "mah.learn.minimize.result"

---@param problem table
---@param w tensor       (n), moved
---@param solver solver
---@param o {max_iter: integer}
---@param after fun(w: tensor, value: number, nit: integer): boolean   is it to stop?
---@return table outcome   {status, message, fun, jac, nit}
return function(problem, w, solver, o, after)
  local function evaluate(x) return problem:both(x) end
  local value, reason
  local outcome = { status = result.CONVERGED }
  if o.max_iter == 0 then
    outcome.fun, outcome.jac = problem:both(w)
    outcome.nit, reason = 0, result.limit(outcome, "iterations", 0)
  end
  while not reason do
    local before = solver.n_iter
    value, reason = solver(evaluate, w)
    outcome.fun, outcome.jac, outcome.nit = value, solver.g, solver.n_iter
    if reason then
      outcome.message = reason.text:gsub("loss", "value")
      if reason.rule == "max_fun" then outcome.status = result.LIMIT end
      if reason.rule == "line_search" then
        outcome.status = value - value == 0 and result.STUCK or result.NOT_FINITE
      end
    elseif solver.n_iter >= o.max_iter then
      reason = result.limit(outcome, "iterations", o.max_iter)
    end
    if solver.n_iter > before and after(w, value, solver.n_iter) and not reason then
      reason = result.stopped(outcome)
    end
  end
  return outcome
end
