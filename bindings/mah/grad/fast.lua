--- The operations that networks are made of, without new tensors: their results are written to the
--- tensors of the tape before, and their gradients in one pass each (core/grad/backward.h). What is
--- not plain, not float, of other shapes or has gaps takes the way of the rules.
---
---     rule.into(room, a, b)     -- the result in `room`, or nil; of one operand: and its settings
---     rule.back(t, r, g)        -- the gradients of the record's operands on tape t; did it do so?
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local named = require "mah.base.named"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"

local rules, same = o.rules, operands.same
local status = check.status

local function names_to_numbers(name_of)
  local numbers = {}
  for number, name in named(name_of) do numbers[name] = number end
  return numbers
end

local unary, binary = names_to_numbers(C.mah_unary_name), names_to_numbers(C.mah_binary_name)
local maps = names_to_numbers(C.mah_back_name)
local is_contiguous = C.mah_tensor_is_contiguous

local is_float = operands.is_float

-- -- One operand ----------------------------------------------------------------------------------

for _, name in ipairs { "neg", "abs", "square", "relu", "sqrt", "exp", "log", "tanh", "sigmoid" } do
  local op = unary[name]
  rules[name].into = function(room, x)
    if not same(room, x) or not is_float(x) then return nil end
    status(C.mah_unary(room, op, x))
    return room
  end
end

for name, op in pairs(maps) do
  local is_of_y = C.mah_back_is_of_y(op) ~= 0
  rules[name].back = function(t, r, g)
    local of = is_of_y and r.value or r.a
    if not (is_float(of) and same(g, of)) or is_contiguous(g) == 0 or is_contiguous(of) == 0 then
      return false
    end
    local out, add = t:target(r.pa, r.a)
    status(C.mah_back_map(out, op, g, of, add))
    return true
  end
end

--- Does the view `room` show x's elements still, in an order that it can have?
local function shows(room, x)
  return room.store == x.store and room.data == x.data and room.elem == x.elem
    and C.mah_tensor_count(room) == C.mah_tensor_count(x) and is_contiguous(x) ~= 0
end

rules.squeeze.into = function(room, x, dim)
  local d = operands.dim_of(x, dim)
  return d and shows(room, x) and x.extent[d] == 1 and operands.is_reduced(room, x, d) and room
    or nil
end

--- Another shape of the same elements: that of the operand.
local function back_shape(t, r, g)
  if is_contiguous(g) == 0 then return false end
  t:pass(r, r.pa, Type.view(C.mah_tensor_view, g, r.a.ndim, r.a.extent))
  return true
end
for _, name in ipairs { "reshape", "view", "flatten", "ravel", "squeeze", "unsqueeze" } do
  rules[name].back = back_shape
end

-- -- Two operands ---------------------------------------------------------------------------------

--- Does b broadcast to the shape of t? Vectors, numbers and tensors of t's shape are looked at.
local function broadcasts(b, t)
  if b.ndim == t.ndim then return same(b, t) end
  return b.ndim == 0 or b.ndim == 1 and t.ndim > 0 and b.extent[0] == t.extent[t.ndim - 1]
end

for _, name in ipairs { "add", "sub", "mul", "div" } do
  local op = binary[name]
  rules[name].into = function(room, a, b)
    if not is_float(room) then return nil end
    if type(b) == "number" then
      if not same(room, a) then return nil end
      status(C.mah_binary(room, op, a, nil, b))
    elseif type(a) == "number" then
      if not same(room, b) then return nil end
      status(C.mah_binary(room, op, nil, b, a))
    else
      local fits = same(room, a) and b.elem == a.elem and broadcasts(b, room)
        or same(room, b) and a.elem == b.elem and broadcasts(a, room)
      if not fits then return nil end
      status(C.mah_binary(room, op, a, b, 0))
    end
    return room
  end
end

--- out = g times a number, added to what is there or not.
local function scale_to(out, add, g, number)
  if add == 0 then
    status(C.mah_binary(out, binary.mul, g, nil, number))
  else
    status(C.mah_add_scaled(out, out, g, number))
  end
end

--- Is t, beside g, what a product in one pass takes: a number, or of the same form without gaps?
local function goes_with(t, g)
  return type(t) == "number" or same(t, g) and is_contiguous(t) ~= 0
end

local function back_factor(t, place, x, g, other)
  local out, add = t:target(place, x)
  if type(other) == "number" then return scale_to(out, add, g, other) end
  status(C.mah_back_product(out, g, other, add))
end

rules.mul.back = function(t, r, g)
  local a, b = r.a, r.b
  if not is_float(g) or is_contiguous(g) == 0 or not (goes_with(a, g) and goes_with(b, g)) then
    return false
  end
  if r.pa > 0 then back_factor(t, r.pa, a, g, b) end
  if r.pb > 0 then back_factor(t, r.pb, b, g, a) end
  return true
end

rules.div.back = function(t, r, g)
  if type(r.b) ~= "number" or not is_float(g) or not same(r.a, g) then return false end
  local out, add = t:target(r.pa, r.a)
  if add == 0 then
    status(C.mah_binary(out, binary.div, g, nil, r.b))
  else
    status(C.mah_add_scaled(out, out, g, 1 / r.b))
  end
  return true
end

--- Can the gradient g of a sum with x be passed on, or added up by rows?
local function takes(x, g)
  if same(x, g) then return true end
  return x.ndim == 1 and g.ndim == 2 and x.elem == g.elem and x.extent[0] == g.extent[1]
    and is_contiguous(g) ~= 0
end

local function pass_sum(t, r, place, x, g)
  if same(x, g) then return t:pass(r, place, g) end
  local out, add = t:target(place, x)
  status(C.mah_back_rows(out, g, add))
end

rules.add.back = function(t, r, g)
  local a, b, pa, pb = r.a, r.b, r.pa, r.pb
  if not is_float(g) or pa > 0 and not takes(a, g) or pb > 0 and not takes(b, g) then
    return false
  end
  if pa > 0 then pass_sum(t, r, pa, a, g) end
  if pb > 0 then pass_sum(t, r, pb, b, g) end
  return true
end

rules.sub.back = function(t, r, g)
  local a, b, pa, pb = r.a, r.b, r.pa, r.pb
  if not is_float(g) or pa > 0 and not same(a, g) or pb > 0 and not same(b, g) then return false end
  if pa > 0 then t:pass(r, pa, g) end
  if pb > 0 then
    local out, add = t:target(pb, b)
    if add == 0 then
      status(C.mah_unary(out, unary.neg, g))
    else
      status(C.mah_add_scaled(out, out, g, -1))
    end
  end
  return true
end

return rules
