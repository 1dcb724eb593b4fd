--- The derivatives of layer norm and batch norm: in one pass each where all is plain (core/grad/
--- norm.h), else by operations that have derivatives themselves.
---
---     o.layer_norm(x, weight, bias, eps)      -- the rows of x
---     o.batch_norm(x, weight, bias, eps, statistics)      -- the columns of x, (rows, columns)
---
--- weight and bias may be nil. statistics: {mean =, var =, momentum =}, which follow, or nil.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
require "mah.grad.methods"

local same, empty_like, is_float = operands.same, operands.empty_like, operands.is_float
local status = check.status
local methods = Type.methods
local is_contiguous = C.mah_tensor_is_contiguous

local ROWS, COLUMNS = 2, 3 -- how many numbers are kept of a row, and of a column

-- -- Forth ----------------------------------------------------------------------------------------

local function whole(t) return t and methods.contiguous(t) or nil end

--- Room for what is kept of each row, or column.
local function new_spread(x, kinds)
  local columns = x.ndim > 0 and x.extent[x.ndim - 1] or 1
  local n = kinds == COLUMNS and columns or columns > 0 and C.mah_tensor_count(x) / columns or 0
  return Type.new(C.MAH_FLOAT64, 2, ffi.new("int64_t[8]", { kinds, n }))
end

local function layer_forward(x, weight, bias, eps)
  x = whole(x)
  local y, spread = empty_like(x), new_spread(x, ROWS)
  status(C.mah_layer_norm(y, spread, x, whole(weight), whole(bias), eps))
  return y, spread
end

local function batch_forward(x, weight, bias, eps, statistics)
  x = whole(x)
  local y, spread = empty_like(x), new_spread(x, COLUMNS)
  status(C.mah_batch_norm(y, spread, x, whole(weight), whole(bias), eps))
  if statistics then
    status(C.mah_batch_norm_follow(statistics.mean, statistics.var, spread, statistics.momentum))
  end
  return y, spread
end

local function fits(room, x, weight, bias)
  return same(room, x) and is_contiguous(x) ~= 0 and (not weight or is_contiguous(weight) ~= 0)
    and (not bias or is_contiguous(bias) ~= 0)
end

local function layer_into(room, spread, x, weight, bias, eps)
  if not fits(room, x, weight, bias) then return nil end
  status(C.mah_layer_norm(room, spread, x, weight or nil, bias or nil, eps))
  return room
end

local function batch_into(room, spread, x, weight, bias, eps, statistics)
  if not fits(room, x, weight, bias) then return nil end
  status(C.mah_batch_norm(room, spread, x, weight or nil, bias or nil, eps))
  if statistics then
    status(C.mah_batch_norm_follow(statistics.mean, statistics.var, spread, statistics.momentum))
  end
  return room
end

-- -- Back, by operations --------------------------------------------------------------------------

--- x with mean 0 and variance 1 along a dimension, and 1 / sqrt(var + eps)
local function normalised(x, dim, eps)
  local centred = x - x:mean(dim, true)
  local scale = ((centred * centred):mean(dim, true) + eps) ^ -0.5
  return centred * scale, scale
end

local function slope_of_x(dim)
  return function(g, _, x, weight, _, eps)
    local h, scale = normalised(x, dim, eps)
    local d = weight and g * weight or g
    return (d - d:mean(dim, true) - h * (d * h):mean(dim, true)) * scale
  end
end

local function slope_of_weight(dim)
  return function(g, _, x, _, _, eps) return g * (normalised(x, dim, eps)) end
end

local function slope_of_bias(g) return g end

o.define_three("layer_norm", layer_forward, slope_of_x(-1), slope_of_weight(-1), slope_of_bias)
o.define_three("batch_norm", batch_forward, slope_of_x(1), slope_of_weight(1), slope_of_bias)

-- -- Back, in one pass ----------------------------------------------------------------------------

local function target(t, place, x, bit_of_add)
  if place == 0 then return nil, 0 end
  local out, add = t:target(place, x)
  return out, add * bit_of_add
end

local function back_by(f)
  return function(t, r, g)
    local x, weight, bias = r.a, r.b, r.c
    if not (is_float(x) and same(g, x)) or is_contiguous(g) == 0
      or not fits(r.value, x, weight, bias) then
      return false
    end
    local dx, add_x = target(t, r.pa, x, C.MAH_NORM_ADD_X)
    local dw, add_w = target(t, r.pb, weight, C.MAH_NORM_ADD_WEIGHT)
    local db, add_b = target(t, r.pc, bias, C.MAH_NORM_ADD_BIAS)
    status(f(dx, dw, db, g, x, r.kept, weight or nil, add_x + add_w + add_b))
    return true
  end
end

local rules = o.rules
rules.layer_norm.into, rules.batch_norm.into = layer_into, batch_into
rules.layer_norm.back = back_by(function(dx, dw, db, g, x, spread, weight, add)
  return C.mah_back_layer_norm(dx, dw, db, g, x, spread, weight, add)
end)
rules.batch_norm.back = back_by(function(dx, dw, db, g, x, spread, weight, add)
  return C.mah_back_batch_norm(dx, dw, db, g, x, spread, weight, add)
end)

return o
