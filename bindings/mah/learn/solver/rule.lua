-- Solvers whose step is a rule that the core knows (core/learn/model/solver.h). Such a class has a
-- method rule(to, w), which writes settings and memory, made where there is none yet, to a
-- mah_rule; it makes one step by it when it is called, and the core can make an epoch's steps in
-- one call.
--
--     rule.solver(Adam, "mah.solver.adam")
--     if rule.known(solver) then solver:rule(training.rule, w) end
local C = require "mah.base.library"
local ask = require "mah.learn.solver.ask"
local check = require "mah.base.check"
local ffi = require "ffi"

local rule = {}

local classes, without_rate = {}, {} -- each with its name for messages
local of_step = ffi.new "mah_rule"

--- Makes the class' objects callable as solvers.
---@param class table
---@param where string   "mah.solver.adam", for messages
---@param given {has_rate: boolean}|nil   false: its `lr` is only where it begins
function rule.solver(class, where, given)
  classes[class], without_rate[class] = where, given and given.has_rate == false or nil
  function class:__call(evaluate, w) return rule.step(self, evaluate, w, nil) end
end

--- One step of a solver that is known.
---@param groups table|nil   of mah.learn.groups: ranges with settings of their own
---@return number loss
function rule.step(solver, evaluate, w, groups)
  local loss, g = ask(evaluate, w, classes[getmetatable(solver)])
  solver:rule(of_step, w)
  of_step.ranges_, of_step.n_ranges = groups and groups.c or nil, groups and #groups.ranges or 0
  check.status(C.mah_step(of_step, w, g))
  rule.count(solver, of_step)
  return loss
end

--- Does the solver step by a rule, and by nothing else?
---@param solver any
---@return boolean
function rule.known(solver) return classes[getmetatable(solver)] ~= nil end

--- Has the solver a learning rate that a schedule can change?
---@param solver any
---@return boolean
function rule.has_rate(solver)
  return type(solver) == "table" and solver.lr ~= nil and not without_rate[getmetatable(solver)]
end

--- Takes the number of the steps made back into the solver, if it wants it.
function rule.count(solver, from)
  if solver.t then solver.t = tonumber(from.t) end
end

return rule
