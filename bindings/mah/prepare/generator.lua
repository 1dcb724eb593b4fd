--- The generator that a random_state means: a number seeds one with NumPy's draws, so that the same
--- number gives scikit-learn's choices; nil is the default generator; a generator is itself.
---
---     generator(1, "mah.model_selection.KFold"):permutation(10)
local random = require "mah.tensor.random"

---@param random_state integer|rng|nil
---@param where string
---@return rng
return function(random_state, where)
  if type(random_state) == "number" then return random.rng(random_state, "mt19937") end
  return random.generator(random_state, where)
end
