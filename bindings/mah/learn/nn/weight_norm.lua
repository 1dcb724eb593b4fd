--- The parameters of a weight-normalised layer: v as a weight is drawn, and g the lengths of its
--- columns, so that the weight is v at first (as PyTorch's weight_norm begins).
---
---     local g, v = weight_norm.leaves { inputs = 8, outputs = 4 }
local weight_norm = {}

--- Both are filled one by one, in an order that is the network's: whoever comes second knows both.
---@param s {inputs: integer, outputs: integer, init: any, max_norm: number|nil}
---@return table g, table v   leaves of a tree of parameters
function weight_norm.leaves(s)
  local lengths, weight
  local function settle()
    if not (lengths and weight) then return end
    lengths:copy_(weight:norm(2, 1))
    lengths, weight = nil, nil
  end
  local g = { s.outputs, init = function(t)
    lengths = t
    settle()
  end }
  local v = { s.inputs, s.outputs, max_norm = s.max_norm, init = function(t, rng)
    local init = require "mah.learn.initial"
    if type(s.init) == "function" then
      s.init(t, rng)
    else
      init[s.init or "glorot_uniform"](t, { rng = rng })
    end
    weight = t
    settle()
  end }
  return g, v
end

return weight_norm
