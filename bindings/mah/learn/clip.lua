--- Cuts gradients that are too large back, in place: for solvers of one's own.
---
---     local function descent(evaluate, w)
---       local loss, g = evaluate(w)
---       mah.clip.norm(g, 1)
---       w:axpy_(-0.1, g)
---       return loss
---     end
---     local net = mah.mlp { 1, { 1, "identity" }, seed = 1 }
---     local data = { x = mah.ones(4, 1), y = mah.full({ 4, 1 }, 5) }
---     print(mah.train(net, data, { solver = descent, stop = 3 }).n_iter)              --> 3
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local number_in = require "mah.base.number_in"

local clip = {}

local norm_out = ffi.new "double[1]"

local function positive(value, where, name)
  check.that(type(value) == "number" and value > 0, "%s: %s must be a number > 0; got %s", where,
    name, check.show(value))
  return value
end

--- Scales g so that its Euclidean norm is at most max_norm (Pascanu, Mikolov, Bengio, ICML 2013). A
--- norm that is NaN or infinite changes nothing.
---
---     local g = mah.tensor { 3, 4 }
---     print(mah.clip.norm(g, 1), ("%.1f %.1f"):format(g[1], g[2]))     --> 5 0.6 0.8
---@param g tensor          (P), contiguous, float32 or float64; changed in place
---@param max_norm number   > 0
---@return number norm      before the clipping
function clip.norm(g, max_norm)
  Type.expect(g, "mah.clip.norm: g")
  check.status(C.mah_clip_norm(norm_out, g, positive(max_norm, "mah.clip.norm", "max_norm")))
  return number_in(norm_out)
end

--- Moves each element of g into [-limit, limit]; NaN stays.
---
---     print(mah.clip.value(mah.tensor { 3, -4, 0.5 }, 1):totable()[2])  --> -1
---@param g tensor       (P), contiguous, float32 or float64; changed in place
---@param limit number   > 0
---@return tensor g
function clip.value(g, limit)
  Type.expect(g, "mah.clip.value: g")
  check.status(C.mah_clip_value(g, positive(limit, "mah.clip.value", "limit")))
  return g
end

return clip
