--- Tensors: makes them, and gathers the files that give them their methods.
---
---     local a = mah.tensor{{1, 2}, {3, 4}}      local b = mah.zeros(2, 3, {dtype = "int32"})
local C = require "mah.base.library"
local Type = require "mah.tensor.type"

local make = {}

function make.zeros(...)
  local ndim, extents = Type.sizes("zeros", ...)
  Type.collect_if_full()
  return Type.make(C.mah_tensor_zeros, 0, ndim, extents)
end

return make
