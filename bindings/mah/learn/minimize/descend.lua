--- Methods that are solvers of mah.solver, which do an iteration a call.
---
---     local outcome = descend(mah.solver.lbfgs(), evaluate, w, { max_iter = 100 }, after)
local result = require "mah.learn.minimize.result"

--- What a solver's reason to end is worth.
local function status_of(reason)
  if reason.rule == "max_fun" then return result.LIMIT end
  if reason.rule ~= "line_search" and reason.rule ~= "no_step" then return result.CONVERGED end
  return reason.value - reason.value == 0 and result.STUCK or result.NOT_FINITE
end

---@param solver solver
---@param evaluate function   as the solver asks it
---@param w tensor            (n), moved
---@param o {max_iter: integer}
---@param after fun(w: tensor, value: number, nit: integer): boolean   is it to stop?
---@return table outcome      {status, message, nit}
return function(solver, evaluate, w, o, after)
  local outcome, is_over = { status = result.CONVERGED, nit = 0 }, false
  if o.max_iter == 0 then is_over = result.limit(outcome, "iterations", 0, 0) end
  while not is_over do
    local value, reason = solver(evaluate, w)
    local has_moved = solver.n_iter > outcome.nit
    outcome.nit = solver.n_iter
    if reason then
      outcome.status, outcome.message, is_over = status_of(reason), reason.text, true
    elseif outcome.nit >= o.max_iter then
      is_over = result.limit(outcome, "iterations", outcome.nit, o.max_iter)
    end
    if has_moved and after(w, value, outcome.nit) and not is_over then
      is_over = result.stopped(outcome)
    end
  end
  return outcome
end
