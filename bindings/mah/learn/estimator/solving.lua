--- The solver, the schedule and the stopping rules that an estimator's parameters stand for.
local check = require "mah.base.check"
local parameters = require "mah.learn.estimator.parameters"
local rule = require "mah.learn.solver.rule"
local schedules = require "mah.learn.schedule"
local solvers = require "mah.learn.solver"
local stop = require "mah.learn.stop"
local stopping = require "mah.learn.estimator.stopping"

local solving = {}

--- A solver's options by the parameters that give them; all others have a learning rate.
local of_adam = { lr = "learning_rate_init", beta_1 = "beta_1", beta_2 = "beta_2",
  epsilon = "epsilon" }
local options_of = {
  sgd = { lr = "learning_rate_init", momentum = "momentum", nesterov = "nesterovs_momentum" },
  adam = of_adam, adamw = of_adam, nadam = of_adam, radam = of_adam,
  lbfgs = { gtol = "tol", max_fun = "max_fun" },
  cg = { gtol = "tol", max_fun = "max_fun" },
  levenberg_marquardt = { max_fun = "max_fun" },
}
local others = { lr = "learning_rate_init" }

--- A new solver; an object of the user's starts anew.
function solving.new_solver(estimator)
  local solver = estimator.solver
  if type(solver) ~= "string" then
    if type(solver) == "table" and solver.reset then solver:reset() end
    return solver
  end
  local given = {}
  for option, name in pairs(options_of[solver] or others) do given[option] = estimator[name] end
  return solvers[solver](given)
end

--- The solver that goes on, with the parameters that have been changed since it was made; a new one
--- in the place of another kind.
---@param solver solver|nil   nil: it could not be saved
---@param changed table<string, boolean>
---@return solver solver, boolean has_new_rate
function solving.renew_solver(estimator, solver, changed)
  if not solver or changed.solver then return solving.new_solver(estimator), true end
  if type(estimator.solver) ~= "string" then return solver, false end
  for option, name in pairs(options_of[estimator.solver] or others) do
    if changed[name] then solver[option] = estimator[name] end
  end
  return solver, changed.learning_rate_init or false
end

---@return boolean
function solving.is_full_batch(solver)
  return type(solver) == "table" and solver.full_batch == true
end

--- Does this fit hold rows out, or watch validation data? scikit-learn's L-BFGS ignores the option.
---@return boolean
function solving.stops_early(estimator)
  return estimator.early_stopping
    and not (estimator.compat == "sklearn" and estimator.solver == "lbfgs")
end

--- The rules of the parameters, in scikit-learn's order: no improvement comes before max_iter.
---@param first integer   epochs before this fit
function solving.new_rule(estimator, solver, first)
  local list = { stop.diverged(), estimator.stop }
  local early = solving.stops_early(estimator)
  local patience = parameters.patience(estimator)
  if early and patience then
    list[#list + 1] = stopping.patience(patience, estimator.tol)
  elseif early or not solving.is_full_batch(solver) then
    list[#list + 1] = stopping.no_change {
      of = early and "val_score" or "loss", tol = estimator.tol,
      n_iter_no_change = estimator.n_iter_no_change,
      adaptive = estimator.solver == "sgd" and estimator.learning_rate == "adaptive",
    }
  end
  list[#list + 1] = stopping.max_iter(estimator.max_iter, first)
  return stop.any(list)
end

--- scikit-learn's inverse scaling: lr_init / (t + 1)^power_t, t the samples seen so far (not
--- epochs); the first epoch of a fit runs at lr_init.
local function invscaling(power_t)
  local scaled = schedules.inverse_scaling { power = power_t, of = "samples" }
  return function(s) return s.epoch == s.first_epoch and s.lr or scaled(s) end
end

---@return schedule|nil
function solving.new_schedule(estimator, solver)
  if estimator.schedule then
    check.that(rule.has_rate(solver) and not solving.is_full_batch(solver),
      "mah.%s: a schedule needs a stochastic solver with a learning rate", estimator.class)
    return estimator.schedule
  end
  if estimator.solver == "sgd" and estimator.learning_rate == "invscaling" then
    return invscaling(estimator.power_t)
  end
end

return solving
