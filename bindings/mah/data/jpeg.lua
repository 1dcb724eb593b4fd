--- JPEG pictures, through libturbojpeg, which is loaded when the first one is read.
---
---     local pixels = jpeg.decode(file.read "photo.jpg", false, "photo.jpg")    -- (H,W,3)
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local foreign = require "mah.base.foreign"

foreign.declare [[
void *tjInitDecompress(void);
int tjDecompressHeader3(void *, const unsigned char *, unsigned long, int *, int *, int *, int *);
int tjDecompress2(void *, const unsigned char *, unsigned long, unsigned char *, int, int, int,
                  int, int);
char *tjGetErrorStr2(void *);
int tjDestroy(void *);
]]

local jpeg = {}

local RGB, GREY = 0, 6 -- TJPF_...
local IS_GREY = 2 -- TJCS_GRAY
local ACCURATE = 4096 -- TJFLAG_ACCURATEDCT: the same pixels on every machine
local MOST = 2 ^ 28 -- pixels, as core/draw/png.h

local library

local function load(path)
  library = library or foreign.load { "libturbojpeg.so.0", "turbojpeg" }
  return check.that(library,
    "%s: reading JPEG needs libturbojpeg: install the Debian package libturbojpeg0", path)
end

--- Is this the beginning of a JPEG file?
function jpeg.is(bytes) return bytes:sub(1, 3) == "\255\216\255" end

--- The width, height and colour space of the picture.
local function read_header(lib, handle, bytes, path)
  local out = ffi.new "int[4]"
  if lib.mah_tjDecompressHeader3(handle, bytes, #bytes, out, out + 1, out + 2, out + 3) ~= 0 then
    check.raise("%s: %s", path, ffi.string(lib.mah_tjGetErrorStr2(handle)))
  end
  check.that(out[0] * out[1] <= MOST, "%s: a picture of %d x %d pixels is too large", path, out[0],
    out[1])
  return out[0], out[1], out[3]
end

--- uint8 (H,W,1) when it is grey or is to be, else (H,W,3). A damaged file is an error; the
--- orientation that cameras note is not looked at.
---@param bytes string
---@param grey boolean
---@param path string   for messages
---@return tensor
function jpeg.decode(bytes, grey, path)
  local lib = load(path)
  local handle = ffi.gc(lib.mah_tjInitDecompress(), lib.mah_tjDestroy)
  local width, height, space = read_header(lib, handle, bytes, path)
  local channels = (grey or space == IS_GREY) and 1 or 3
  local _, extent = Type.sizes("picture", height, width, channels)
  local pixels = Type.new(Type.dtype "uint8", 3, extent)
  local status = lib.mah_tjDecompress2(handle, bytes, #bytes, pixels.data, width, 0, height,
    channels == 1 and GREY or RGB, ACCURATE)
  if status ~= 0 then check.raise("%s: %s", path, ffi.string(lib.mah_tjGetErrorStr2(handle))) end
  return pixels
end

return jpeg
