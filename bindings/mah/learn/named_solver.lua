--- The name of a solver stands for it as it comes: "adam" is mah.solver.adam().
---
---     o.solver = named_solver(o.solver, "mah.train", "a function")
local check = require "mah.base.check"
local options = require "mah.base.options"
local solvers = require "mah.learn.solver"

---@param solver any      a name; anything else is left as it is
---@param where string    for messages
---@param others string   what else there may be, for messages
---@return any solver
return function(solver, where, others)
  if type(solver) ~= "string" then return solver end
  check.that(rawget(solvers, solver), "%s: solver must be one of mah.solver's or %s; got %s%s",
    where, others, check.show(solver), options.did_you_mean(solver, solvers))
  return solvers[solver]()
end
