--- Pixels as PNG, in memory.
---
---     io.write(kitty.text(png.encode(figure:pixels())))
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local ffi = require "ffi"

local png = {}

--- The bytes of a PNG file.
---@param pixels tensor   uint8 (height, width, channels), contiguous
---@return string
function png.encode(pixels)
  local extent = pixels.extent
  local bytes = Type.make(C.mah_png_encode, pixels.data, extent[1], extent[0], extent[2])
  local result = ffi.string(bytes.data, tonumber(bytes.extent[0]))
  Type.release(bytes)
  return result
end

return png
