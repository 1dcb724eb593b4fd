--- What a network remembers of its training (resumption.lua) as plain values and tensors, for its
--- file, and back.
---
---     local state = trained.state_of(net)          -- nil where there is nothing to go on with
---     trained.restore(net, state)                  -- checked; net.trained
local check = require "mah.base.check"
local kind = require "mah.learn.kind"
local saved = require "mah.learn.estimator.saved"
local solvers = require "mah.learn.solver"

local trained = {}

--- A solver of ours as a plain table; nil for one of somebody's own.
---@param solver any
---@return table|nil
function trained.solver_state(solver)
  if type(solver) ~= "table" or not solver.name then return nil end
  local state = { name = solver.name }
  for name, value in pairs(solver) do
    if type(value) ~= "function" then state[name] = value end
  end
  return state
end

--- The built-in solver as it was; nil for one of somebody's own, which is made anew when needed.
---@param state any
---@param network table   {dtype =, parameters = how many}
---@return table|nil
function trained.solver(state, network)
  local make = type(state) == "table" and rawget(solvers, state.name)
  if not make then return nil end
  saved.check_solver(state, make, network)
  local solver = make()
  for name, value in pairs(state) do solver[name] = value end
  return solver
end

---@param net table
---@return table|nil
function trained.state_of(net)
  local known = rawget(net, "trained")
  if not known then return nil end
  return { trainer = known.trainer, solver = trained.solver_state(known.solver), rng = known.rng,
    seed = known.seed }
end

--- Makes a network remember the training of a state, which is checked before.
---@param net table
---@param state table|nil
function trained.restore(net, state)
  if state == nil then
    net.trained = nil
    return
  end
  local buffers = kind.buffers(net)
  local network = { dtype = net.dtype, parameters = #net.params, buffers = buffers and #buffers }
  saved.check_training(state, network)
  check.that(state.seed == nil or type(state.seed) == "number", "seed is %s",
    check.show(state.seed))
  net.trained = { trainer = state.trainer, solver = trained.solver(state.solver, network),
    rng = state.rng, seed = state.seed }
end

return trained
