--- The leaves of a tape: traced tensors in the places of an argument's tensors.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local make = require "mah.tensor.make"
local new_table = require "table.new"
local operands = require "mah.grad.operands"
local trees = require "mah.grad.trees"

local raw = operands.raw
local FEW = 8 -- named parameters that there is room for at once

local leaves = {}

--- An empty table with room for about as much as there is in x.
function leaves.room_like(x) return new_table(#x, #x == 0 and FEW or 0) end

--- A leaf of the tape for a tensor or a number.
local function lift(t, value, where, name)
  if type(value) == "number" then value = make.tensor(value, { dtype = "float64" }) end
  local plain = Type.expect(raw(value), where)
  if C.mah_dtype_is_integer(plain.elem) ~= 0 then
    check.raise("%s: %s is %s; gradients are of float32 and float64", where,
      name == "" and "the argument" or name, Type.describe(plain))
  end
  return t:leaf(value)
end

--- x in leaves of a tape.
function leaves.lifted(t, x, where)
  check.that(x ~= nil, "%s: a tensor, or a table of tensors is expected, got nil", where)
  return trees.map(x, function(value, name) return lift(t, value, where, name) end, "")
end

--- The same for a table that holds the tensors of the last time, `known`; nil for others.
function leaves.lifted_again(t, x, known)
  if type(x) ~= "table" or getmetatable(x) then return nil end
  local mine = leaves.room_like(x)
  for key, value in next, x do
    if not rawequal(known[key], value) or type(value) ~= "cdata" then
      t.count = 0
      return nil
    end
    mine[key] = t:leaf(value)
  end
  return mine
end

--- Keeps in `known` what is in the table x, all of which has been looked at.
function leaves.remember(known, x)
  for old in next, known do known[old] = nil end
  if type(x) ~= "table" then return end
  for key, value in next, x do known[key] = value end
end

return leaves
