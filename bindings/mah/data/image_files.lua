--- Files of pictures, PNG or JPEG: which of them it is, their first bytes say.
---
---     local pixels = image_files.read("photo.jpg", 3)    -- uint8 (H,W,3)
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local file = require "mah.base.file"
local jpeg = require "mah.data.jpeg"

local image_files = {}

local endings = { png = true, jpg = true, jpeg = true }

--- Does the name end like that of a picture?
function image_files.is_named(path)
  return endings[(path:match "%.(%w+)$" or ""):lower()] == true
end

local function beginning_of(path)
  local handle, message = io.open(path, "rb")
  if not handle then check.raise("cannot read '%s': %s", path, (message:gsub("^.*: ", ""))) end
  local bytes = handle:read(3)
  handle:close()
  return bytes or ""
end

--- uint8 (H,W,C): 1 or 3 channels when asked for, 0: as the file has them (1, 3, or 4 with
--- transparency). Errors name the file.
---@param path string
---@param channels integer
---@return tensor
function image_files.read(path, channels)
  if not jpeg.is(beginning_of(path)) then return Type.make(C.mah_png_read, path, channels) end
  local pixels = jpeg.decode(file.read(path), channels == 1, path)
  if channels ~= 3 or pixels.extent[2] == 3 then return pixels end
  local _, extent = Type.sizes("picture", pixels.extent[0], pixels.extent[1], 3)
  local colour = Type.new(Type.dtype "uint8", 3, extent)
  check.status(C.mah_tensor_copy(colour, pixels))
  return colour
end

return image_files
