--- What a solver does first: asks for the loss and the gradient at w, and looks at what it gets,
--- since evaluate may be anybody's.
---
---     local loss, g = ask(evaluate, w, "mah.solver.sgd")
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local options = require "mah.base.options"

---@param evaluate fun(w: tensor): number, tensor
---@param w tensor
---@param name string   of the solver, for messages
---@return number loss, tensor gradient
return function(evaluate, w, name)
  check.that(options.matches(evaluate, "callable"),
    "%s: a solver is called with a function evaluate(w) and w; got %s", name, check.show(evaluate))
  Type.expect(w, name .. ": w")
  local loss, g = evaluate(w)
  check.that(type(loss) == "number" and Type.is_tensor(g),
    "%s: evaluate must return a number and the gradient, got %s, %s", name, check.show(loss),
    check.show(g))
  return loss, g
end
