--- Images of bytes to the rows that networks read.
---
---     local x = pixels.to_rows(mah.load_idx "images.idx")     -- (n, 28, 28) to (n, 784)
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"

local pixels = {}

--- x = images / 255: uint8 (n, height, width) to float32 (n, height * width). The bytes are freed.
---@param images tensor
---@return tensor
function pixels.to_rows(images)
  local extents = ffi.new("int64_t[8]", images.extent[0], images.extent[1] * images.extent[2])
  local x = Type.new(Type.dtype "float32", 2, extents)
  check.status(C.mah_pixels_to_unit(x, images))
  Type.release(images)
  return x
end

--- The rule of the option that says what x is.
pixels.dtype_rule = { "float32", { "float32", "uint8" }, nil, "of x: float32 in [0, 1]; uint8: "
  .. "bytes, a quarter of the memory, with scale = 1 / 255 beside them, which mah.train takes" }

return pixels
