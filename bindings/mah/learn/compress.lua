--- The inputs of a data set without their zeros, for the core's sparse products: 81 % of MNIST's
--- pixels are 0. The result is the same up to the order of additions.
---
---     batch.compressed_ = compress(net, x)       -- nil where x is better taken as it is
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"

local MOST = C.MAH_SPARSE_PERCENT / 100

---@param net Network
---@param x tensor                 (N, inputs)
---@return ffi.cdata*|nil          mah_compressed; holds no reference to x
return function(net, x)
  if net.custom then return nil end -- the stages take rows as they are
  local out = ffi.new "mah_compressed *[1]"
  check.status(C.mah_compressed_new(out, x, net.input_scale, Type.dtype(net.dtype), MOST))
  if out[0] == nil then return nil end
  return ffi.gc(out[0], C.mah_compressed_free)
end
