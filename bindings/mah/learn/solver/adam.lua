--- Adam (Kingma, Ba: "Adam: a method for stochastic optimization", ICLR 2015, the efficient form of
--- section 2, as scikit-learn has it):
---   m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
---   w -= lr sqrt(1-b2^t)/(1-b1^t) m / (sqrt(v) + eps)
local C = require "mah.base.library"
local ask = require "mah.learn.solver.ask"
local check = require "mah.base.check"
local class = require "mah.base.class"
local elsewhere = require "mah.learn.elsewhere"
local ffi = require "ffi"
local options = require "mah.base.options"
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

local settings = ffi.new "mah_step_settings"

function Adam:reset()
  self.t, self.m, self.v = 0, nil, nil
end

function Adam:__call(evaluate, w)
  local loss, g = ask(evaluate, w, "mah.solver.adam")
  if not self.m then self.m, self.v = tensor.zeros_like(w), tensor.zeros_like(w) end
  self.t = self.t + 1
  settings.lr = self.lr * math.sqrt(1 - self.beta_2 ^ self.t) / (1 - self.beta_1 ^ self.t)
  settings.beta1, settings.beta2, settings.epsilon = self.beta_1, self.beta_2, self.epsilon
  check.status(C.mah_step(C.MAH_ADAM, w, self.m, self.v, g, settings))
  return loss
end

--- The Adam solver.
---@param given {lr: number?, beta_1: number?, beta_2: number?, epsilon: number?}|nil
---@return solver
return function(given)
  local solver = setmetatable(options(given, rules, "mah.solver.adam", elsewhere.solver), Adam)
  solver:reset()
  return solver
end
