--- The parameters of a weight-normalised layer: v as a weight is drawn, and g the lengths of its
--- columns, so that the weight is v at first (as PyTorch's weight_norm begins).
---
---     local g, v = weight_norm.leaves { inputs = 8, outputs = 4 }
local check = require "mah.base.check"
local tree = require "mah.learn.taped.tree"

local weight_norm = {}

--- Both are filled one by one, in an order that is the network's: whoever comes second knows both.
---@param s {inputs: integer, outputs: integer, init: any, max_norm: nil}
---@return table g, table v   leaves of a tree of parameters
function weight_norm.leaves(s)
  local where = "mah.nn.Linear"
  check.that(not s.max_norm, "%s: max_norm does not go with weight_norm: the columns' lengths are "
    .. "weight_g", where)
  tree.expect_init(s.init, where)
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
  local v = { s.inputs, s.outputs, init = function(t, rng, usual)
    tree.draw(s.init or usual, t, rng, where, usual)
    weight = t
    settle()
  end }
  return g, v
end

return weight_norm
