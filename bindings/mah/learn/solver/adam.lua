--- Adam (Kingma, Ba: "Adam: a method for stochastic optimization", ICLR 2015, the efficient form of
--- section 2, as scikit-learn has it):
---   m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
---   w -= lr sqrt(1-b2^t)/(1-b1^t) m / (sqrt(v) + eps)
local C = require "mah.base.library"
local class = require "mah.base.class"
local elsewhere = require "mah.learn.elsewhere"
local options = require "mah.base.options"
local rule = require "mah.learn.solver.rule"
local tensor = require "mah.tensor"

local Adam = class.new("the solver adam", "solver", "full_batch m v")
Adam.name = "adam"

local rules = options.declare("mah.solver.adam", {
  lr = { 1e-3, "number", "(0, inf)" },
  beta_1 = { 0.9, "number", "[0, 1)" },
  beta_2 = { 0.999, "number", "[0, 1)" },
  epsilon = { 1e-8, "number", "(0, inf)" },
})
class.fields[Adam] = rules

function Adam:reset()
  self.t, self.m, self.v = 0, nil, nil
end

function Adam:rule(to, w)
  if not self.m then self.m, self.v = tensor.zeros_like(w), tensor.zeros_like(w) end
  to.solver, to.t, to.first, to.second_ = C.MAH_ADAM, self.t, self.m, self.v
  to.lr, to.beta_1, to.beta_2, to.epsilon = self.lr, self.beta_1, self.beta_2, self.epsilon
  to.weight_decay = 0 -- but in groups with their own
end

rule.solver(Adam, "mah.solver.adam")

--- The Adam solver.
---@param given {lr: number?, beta_1: number?, beta_2: number?, epsilon: number?}|nil
---@return solver
return function(given)
  local solver = setmetatable(options(given, rules, "mah.solver.adam", elsewhere.solver), Adam)
  solver:reset()
  return solver
end
