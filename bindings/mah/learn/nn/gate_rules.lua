--- The derivatives of what lets elements pass, or a part of them: dropout, gated units, noise that
--- is added, and rows that are picked. In one pass each where all is plain (core/grad/gate.h).
---
---     o.dropout(x, rate, high, low)      -- high, low: the 32-bit words of the mask's key
---     o.gaussian_noise(x, std, rng)
---     o.glu(x, gate)                     -- C.MAH_GATE_SIGMOID ...
---     o.embedding(W, codes)              -- codes (N), from 0
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
require "mah.grad.methods"

local same, empty_like, is_float = operands.same, operands.empty_like, operands.is_float
local raw = operands.raw
local rules, status, methods = o.rules, check.status, Type.methods
local is_contiguous = C.mah_tensor_is_contiguous

-- -- Dropout: the gradient's mask is the same -----------------------------------------------------

local function drop(out, x, rate, high, low, add)
  status(C.mah_drop(out, x, rate, high, low, add))
  return out
end

o.define_one("dropout", function(x, rate, high, low)
  x = methods.contiguous(x)
  return drop(empty_like(x), x, rate, high, low, 0)
end, function(g, _, _, rate, high, low) return o.dropout(g, rate, high, low) end, true)

function rules.dropout.into(room, x, rate, high, low)
  return same(room, x) and is_contiguous(x) ~= 0 and drop(room, x, rate, high, low, 0) or nil
end

function rules.dropout.back(t, r, g)
  if not same(g, r.a) or is_contiguous(g) == 0 then return false end
  local out, add = t:target(r.pa, r.a)
  drop(out, g, r.b, r.c, r.d, add)
  return true
end

-- -- Noise ----------------------------------------------------------------------------------------

local function add_noise(room, x, std, rng)
  status(C.mah_fill_normal(room, rng.core, 0, std))
  status(C.mah_add_scaled(room, room, x, 1))
  return room
end

o.define_one("gaussian_noise", function(x, std, rng)
  x = methods.contiguous(x)
  return add_noise(empty_like(x), x, std, rng)
end, function(g) return g end, true)

function rules.gaussian_noise.into(room, x, std, rng)
  return same(room, x) and is_contiguous(x) ~= 0 and add_noise(room, x, std, rng) or nil
end

function rules.gaussian_noise.back(t, r, g)
  if not same(g, r.a) then return false end
  t:pass(r, r.pa, g)
  return true
end

-- -- Gated units ----------------------------------------------------------------------------------

--- A tensor like x with half of its columns.
local function half_of(x)
  local extent = ffi.new "int64_t[8]"
  for d = 0, x.ndim - 1 do extent[d] = x.extent[d] end
  if x.ndim > 0 then extent[x.ndim - 1] = extent[x.ndim - 1] / 2 end
  return Type.new(x.elem, x.ndim, extent)
end

local function slope_of_gated(g, _, x, gate)
  local last = raw(x).ndim
  local n = raw(x):size(last) / 2
  local a, b = o.narrow(x, last, 1, n), o.narrow(x, last, n + 1, n)
  local s = o.sigmoid(b)
  if gate == C.MAH_GATE_SIGMOID then return o.cat({ g * s, g * a * s * (1 - s) }, last) end
  return o.cat({ g * b * s, g * a * s * (b * (1 - s) + 1) }, last)
end

o.define_one("glu", function(x, gate)
  x = methods.contiguous(x)
  local y = half_of(x)
  status(C.mah_glu(y, x, gate))
  return y
end, slope_of_gated)

local function is_half(room, x)
  if room.elem ~= x.elem or room.ndim ~= x.ndim then return false end
  for d = 0, x.ndim - 2 do
    if room.extent[d] ~= x.extent[d] then return false end
  end
  return 2 * room.extent[x.ndim - 1] == x.extent[x.ndim - 1]
end

function rules.glu.into(room, x, gate)
  if not is_half(room, x) or is_contiguous(x) == 0 then return nil end
  status(C.mah_glu(room, x, gate))
  return room
end

function rules.glu.back(t, r, g)
  if not (is_float(r.a) and same(g, r.value)) or is_contiguous(g) == 0
    or is_contiguous(r.a) == 0 then
    return false
  end
  local out, add = t:target(r.pa, r.a)
  status(C.mah_back_glu(out, g, r.a, r.b, add))
  return true
end

-- -- Rows of a table ------------------------------------------------------------------------------

o.define_one("embedding", function(W, codes)
  return Type.make(C.mah_index_select, W, 0, codes, 0)
end, function(g, _, W, codes) return o.unembed(g, codes, raw(W).shape) end, true)

o.define_one("unembed", function(g, codes, sizes)
  local W = operands.zeros(g, sizes)
  status(C.mah_index_add(W, 0, codes, g, 0))
  return W
end, function(gg, _, _, codes) return o.embedding(gg, codes) end, true)

function rules.embedding.into(room, W, codes)
  if room.elem ~= W.elem or room.ndim ~= 2 or W.ndim ~= 2 or room.extent[1] ~= W.extent[1]
    or room.extent[0] ~= codes.extent[0] then
    return nil
  end
  status(C.mah_index_select(room, W, 0, codes, 0))
  return room
end

function rules.embedding.back(t, r, g)
  if not is_float(r.a) or not same(g, r.value) or is_contiguous(g) == 0 then return false end
  local out, add = t:target(r.pa, r.a)
  status(C.mah_back_embedding(out, g, r.b, add))
  return true
end

return o
