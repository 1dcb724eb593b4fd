--- Any picture of a digit in the form of MNIST's: light on dark, 20 pixels high or wide in a field
--- of 28 x 28, its centre of mass in the middle (LeCun, Cortes, Burges: yann.lecun.com/exdb/mnist).
---
---     local x = mah.image.digit "seven.png"      -- (1, 784), 0 ... 1
---     print(classifier:predict(x)[1])
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local file = require "mah.base.file"
local image_files = require "mah.data.image_files"
local join = require "mah.tensor.join"
local make = require "mah.tensor.make"

local WHERE = "mah.image.digit"
local FIELD, BOX = 28, 20
local INK = 0.1        -- of the contrast: more is ink
local CONTRAST = 0.05  -- less is an empty picture
local GRAIN = 4        -- what differs from the background by so many times its grain may be ink

--- uint8 (H,W), (H,W,3) or (H,W,4) as grey values 0 ... 1; what is transparent has the value
--- `behind`.
local function to_grey(pixels, behind)
  local image = pixels:float() / 255
  if pixels.ndim == 2 then return image end
  local function channel(c) return image:select(3, c) end
  -- ITU-R BT.601
  local grey = channel(1) * 0.299 + channel(2) * 0.587 + channel(3) * 0.114
  if pixels.shape[3] < 4 then return grey end
  return grey * channel(4) + (1 - channel(4)) * behind
end

--- The outermost pixels are background, but for strokes that end there: what most of them are, and
--- how far they are from it.
local function background_of(image)
  local border = join.cat { image:select(1, 1), image:select(1, image.shape[1]),
    image:select(2, 1), image:select(2, image.shape[2]) }
  local value = border:median()
  return value, (border - value):abs():quantile(0.75)
end

--- Light on dark, background 0, the strongest ink 1; nil when there is nothing to see.
local function to_ink(image)
  local background, grain = background_of(image)
  local lightest, darkest = image:max(), image:min()
  if background - darkest > lightest - background then
    image, background, lightest = 1 - image, 1 - background, 1 - darkest
  end
  local contrast = lightest - background
  if contrast < CONTRAST then return nil end
  local faint = math.min(GRAIN * grain, contrast / 2)
  return ((image - background - faint) / (contrast - faint)):clamp(0, 1)
end

--- First and last index of a vector whose value is above zero.
local function extent_of(counts)
  local first, last
  for i = 1, #counts do
    if counts[i] > 0 then first, last = first or i, i end
  end
  return first, last
end

--- The smallest part that holds all ink.
local function crop(image)
  local ink = image:gt(INK):float()
  local top, bottom = extent_of(ink:sum(2))
  local left, right = extent_of(ink:sum(1))
  return image:narrow(1, top, bottom - top + 1):narrow(2, left, right - left + 1)
end

--- The picture with its longer side BOX pixels long.
local function fit_box(image)
  local h, w = image.shape[1], image.shape[2]
  local longest = math.max(h, w)
  if longest == BOX then return image end
  local function scaled(n) return math.max(1, math.floor(n * BOX / longest + 0.5)) end
  return Type.make(C.mah_resize, image:unsqueeze(3), scaled(h), scaled(w), C.MAH_RESIZE_AREA)
    :squeeze(3)
end

--- The index that the centre of mass along a dimension has, counted from 1.
local function centre(image, dimension)
  local profile, sum, moment = image:sum(3 - dimension), 0, 0
  for i = 1, #profile do
    sum, moment = sum + profile[i], moment + i * profile[i]
  end
  return moment / sum
end

--- Where a part of n pixels begins, so that its centre of mass is at pixel 15, as in MNIST.
local function place(image, dimension)
  local first = math.floor(FIELD / 2 + 1 - centre(image, dimension) + 1 + 0.5)
  return math.max(1, math.min(FIELD - image.shape[dimension] + 1, first))
end

local function read(picture)
  if type(picture) == "string" then return image_files.read(file.path(picture, WHERE), 0) end
  Type.expect(picture, WHERE)
  local is_picture = picture.ndim == 2 or picture.ndim == 3
    and (picture.shape[3] == 3 or picture.shape[3] == 4)
  check.that(is_picture and picture.dtype == "uint8" and picture:numel() > 0,
    "%s: a path, or uint8 (H,W), (H,W,3) or (H,W,4) is expected; got %s", WHERE,
    Type.describe(picture))
  return picture
end

--- A picture of one digit, of any size, dark on light or light on dark, in the form of MNIST's: its
--- ink 20 pixels high or wide in a field of 28 x 28, the centre of mass in the middle. An error
--- when there is nothing on it.
---
---     local page = mah.ones(60, 50)
---     page[{ { 10, 50 }, { 24, 27 } }] = 0 -- a "1" on white paper
---     mah.image.save("one.png", page)
---     local x = mah.image.digit "one.png"
---     print(x.shape[1], x.shape[2], x:max())   --> 1 784 1
---@param picture string|tensor   the path of a PNG or JPEG; or uint8 (H,W), (H,W,3) or (H,W,4)
---@return tensor                 float32 (1, 784), 0 ... 1
return function(picture)
  local pixels = read(picture)
  if pixels.ndim == 3 and pixels.shape[3] == 1 then pixels = pixels:squeeze(3) end
  local ink = to_ink(to_grey(pixels, 1)) or to_ink(to_grey(pixels, 0))
  check.that(ink, "%s: there is nothing on this picture",
    type(picture) == "string" and picture or WHERE)
  local image = fit_box(crop(ink))
  local field = make.zeros(FIELD, FIELD)
  field:narrow(1, place(image, 1), image.shape[1]):narrow(2, place(image, 2), image.shape[2])
    :copy_(image)
  return field:view(1, FIELD * FIELD)
end
