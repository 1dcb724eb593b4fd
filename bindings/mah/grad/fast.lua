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

local function are_matrices(a, b) return a.ndim == 2 and b.ndim == 2 and a.elem == b.elem end

rules.matmul_.into = function(room, a, b)
  if not are_matrices(a, b) or room.elem ~= a.elem or not is_float(a) or room.ndim ~= 2
    or room.extent[0] ~= a.extent[0] or room.extent[1] ~= b.extent[1]
    or a.extent[1] ~= b.extent[0] then
    return nil
  end
  status(C.mah_tensor_mm(room, a, b, 1, 0))
  return room
end

rules.matmul_.back = function(t, r, g)
  local a, b = r.a, r.b
  if not are_matrices(a, b) or g.elem ~= a.elem or not is_float(a) then return false end
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

-- -- Sums and choices -----------------------------------------------------------------------------

--- The sum or mean of all elements: each gets g, or its part of it.
local function back_of_all(is_mean)
  return function(t, r, g)
    local x = r.a
    if r.b ~= nil or not is_float(x) then return false end
    local part = g:item()
    if is_mean then part = part / tonumber(C.mah_tensor_count(x)) end
    local out, add = t:target(r.pa, x)
    if add == 0 then
      status(C.mah_tensor_fill(out, part))
    else
      status(C.mah_binary(out, binary.add, out, nil, part))
    end
    return true
  end
end
rules.sum.back, rules.mean.back = back_of_all(false), back_of_all(true)

rules.logsumexp.back = function(t, r, g)
  local x, dim = r.a, r.b
  if x.ndim ~= 2 or dim ~= 2 and dim ~= -1 or g.ndim ~= 1 or not is_float(x) or g.elem ~= x.elem
    or is_contiguous(x) == 0 then
    return false
  end
  local out, add = t:target(r.pa, x)
  status(C.mah_back_logsumexp(out, g, x, r.value, add))
  return true
end

rules.gather.back = function(t, r, g)
  local x, dim, which = r.a, r.b, r.c
  if type(which) ~= "cdata" or dim < 1 or not is_float(x)
    or which.elem ~= C.MAH_INT32 and which.elem ~= C.MAH_INT64 then
    return false
  end
  local out, add = t:target(r.pa, x)
  if add == 0 then status(C.mah_tensor_fill(out, 0)) end
  status(C.mah_scatter_add(out, dim - 1, which, g, 1))
  return true
end

return rules
