-- Solvers whose step is a rule that the core knows (core/learn/model/solver.h). Such a class has a
-- method rule(to, w), which writes settings and memory, made where there is none yet, to a
-- mah_rule; it makes one step by it when it is called, and the core can make an epoch's steps in
-- one call.
--
--     local Adam = rule.class("adam", { lr = { 1e-3, "number", "(0, inf)" } }, { "m", "v" }, "t")
--     function Adam:rule(to, w) ... end
--     local adam = rule.new(Adam, { lr = 1e-2 })
--     if rule.known(solver) then solver:rule(training.rule, w) end
local C = require "mah.base.library"
local ask = require "mah.learn.solver.ask"
local check = require "mah.base.check"
local class = require "mah.base.class"
local elsewhere = require "mah.learn.elsewhere"
local ffi = require "ffi"
local options = require "mah.base.options"
local tensor = require "mah.tensor"

local rule = {}

--- What settings mean that several solvers have.
rule.texts = {
  lr = "learning rate, which a schedule of the training may change",
  beta_1 = "share of the past in the mean of the gradients, at each step",
  beta_2 = "share of the past in the mean of their squares, at each step",
  epsilon = "what is added to the divisor of a step, so that it is not 0",
  weight_decay = "what is added to the gradient of each parameter: so many times the parameter",
  decoupled = "each step takes lr times this share off each parameter, biases included",
}

local classes = {} -- with their names, for messages
local without_rate = {}
local of_step = ffi.new "mah_rule"

--- A class whose objects are called as solvers. Its memory is nil until the first step, and again
--- after reset().
---@param name string        of mah.solver's: "adam"
---@param rules table        its options
---@param memory string[]    the fields with the vectors that it keeps
---@param counts string|nil  "t", where it counts its steps
---@return table class
function rule.class(name, rules, memory, counts)
  local may_lack = "full_batch " .. table.concat(memory, " ") .. (counts and "" or " t")
  local made = class.new("the solver " .. name, "solver", may_lack)
  made.name = name
  classes[made] = "mah.solver." .. name
  class.fields[made] = options.declare(classes[made], rules)

  function made:reset()
    for _, field in ipairs(memory) do self[field] = nil end
    if counts then self.t = 0 end
  end

  function made:__call(evaluate, w) return rule.step(self, evaluate, w, nil) end
  return made
end

--- A solver of that class.
---@param made table        of rule.class
---@param given table|nil   its options
---@return solver
function rule.new(made, given)
  local o = options(given, class.fields[made], classes[made], elsewhere.solver)
  local solver = setmetatable(o, made)
  solver:reset()
  return solver
end

--- The class' `lr` is only where it begins: no schedule can change it.
function rule.no_rate(made) without_rate[made] = true end

--- Writes what Adam and its kin have in common: the means of gradients and of their squares.
---@param solver table
---@param number integer   C.MAH_ADAM ...
---@param to ffi.cdata*    mah_rule
---@param w tensor
function rule.moments(solver, number, to, w)
  if not solver.m then solver.m, solver.v = tensor.zeros_like(w), tensor.zeros_like(w) end
  to.solver, to.t, to.first, to.second_ = number, solver.t, solver.m, solver.v
  to.lr, to.beta_1, to.beta_2 = solver.lr, solver.beta_1, solver.beta_2
  to.epsilon = solver.epsilon
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
