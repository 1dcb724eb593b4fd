-- What a solver does first: asks for the loss and the gradient at w, and looks at what it gets,
-- since evaluate may be anybody's. Runs once a batch: messages are made only when they are wanted.
--
--     local loss, g = ask(evaluate, w, "mah.solver.sgd")
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local options = require "mah.base.options"

---@param evaluate fun(w: tensor): number, tensor
---@param w tensor
---@param name string   of the solver, for messages
---@return number loss, tensor gradient
return function(evaluate, w, name)
  if type(evaluate) ~= "function" and not options.matches(evaluate, "callable") then
    check.raise("%s: a solver is called with a function evaluate(w) and w; got %s", name,
      check.show(evaluate))
  end
  if not Type.is_tensor(w) then Type.expect(w, name .. ": w") end
  local loss, g = evaluate(w)
  if type(loss) ~= "number" or not Type.is_tensor(g) then
    check.raise("%s: evaluate must return a number and the gradient, got %s, %s", name,
      check.show(loss), check.show(g))
  end
  return loss, g
end
