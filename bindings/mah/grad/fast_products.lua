--- Products of matrices without new tensors, and with their bias in one pass: see mah.grad.fast.
---
--- A product waits until somebody asks for its value. Where the first who does so adds a vector to
--- it, x:matmul(W) + b, that is what is computed and recorded, as of mah.nn.linear(x, W, b).
local C = require "mah.base.library"
local check = require "mah.base.check"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
local tape = require "mah.grad.tape"

local rules, raw, is, tape_of = o.rules, operands.raw, operands.is_traced, operands.tape_of
local status = check.status
local is_contiguous = C.mah_tensor_is_contiguous

local function are_matrices(a, b)
  return a.ndim == 2 and b.ndim == 2 and a.elem == b.elem and a.elem <= C.MAH_FLOAT64
end

local function takes_product(room, a, b)
  return are_matrices(a, b) and room.elem == a.elem and room.ndim == 2
    and room.extent[0] == a.extent[0] and room.extent[1] == b.extent[1]
    and a.extent[1] == b.extent[0]
end

rules.matmul_.into = function(room, a, b)
  if not takes_product(room, a, b) then return nil end
  status(C.mah_tensor_affine(room, a, b, nil, 0))
  return room
end

rules.linear_.into = function(room, _, x, W, b)
  if not takes_product(room, x, W) then return nil end
  status(C.mah_tensor_affine(room, x, W, b, 0))
  return room
end

local function back_product(t, r, g)
  local a, b = r.a, r.b
  if not are_matrices(a, b) or g.elem ~= a.elem then return false end
  if r.pa > 0 then
    local out, add = t:target(r.pa, a)
    status(C.mah_back_matmul(out, g, b, 2, add))
  end
  if r.pb > 0 then
    local out, add = t:target(r.pb, b)
    status(C.mah_back_matmul(out, a, g, 1, add))
  end
  return true
end
rules.matmul_.back = back_product

rules.linear_.back = function(t, r, g)
  if is_contiguous(g) == 0 or not back_product(t, r, g) then return false end
  if r.pc > 0 then
    local out, add = t:target(r.pc, r.c)
    status(C.mah_back_rows(out, g, add))
  end
  return true
end

-- -- x:matmul(W) + b ------------------------------------------------------------------------------

rules.matmul_.waits = function(a, b)
  return are_matrices(a, b) and a.extent[1] == b.extent[0]
end

--- The operand at a place of t, or the plain one that stands there.
local function operand(t, place, x) return place > 0 and t:at(place) or x end

--- The product and b, where the product waits and b goes with it; else nil.
local function with_bias(product, b)
  local r = tape.waiting(product)
  if not r or is(b) and b.tape ~= product.tape or type(b) ~= "cdata" then return nil end
  local bias, W, t = raw(b), r.b, tape_of(product)
  if bias.ndim ~= 1 or bias.elem ~= W.elem or bias.extent[0] ~= W.extent[1] then return nil end
  return o.linear_(operand(t, r.pa, r.a), operand(t, r.pb, W), b)
end

local add = o.add
function o.add(a, b)
  local y
  if is(a) then y = with_bias(a, b) end
  if y == nil and is(b) then y = with_bias(b, a) end
  if y ~= nil then return y end
  return add(a, b)
end

return rules
