--- Images, each changed a little at random, so that a network never sees one twice.
---
---     local augment = mah.augment{ rotate = 15, scale = { 0.85, 1.15 }, shift = 2,
---       elastic = { alpha = 34, sigma = 4 } }
---     local x = mah.data.digits{ n = 20 }.train.x
---     print(augment:apply(x, { seed = 1 }).shape[2])     --> 784
local Augmentation = require "mah.data.augmentation"
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local options = require "mah.base.options"

local WHERE = "mah.augment"

-- -- Settings -------------------------------------------------------------------------------------

local rules = options.declare(WHERE, {
  rotate = { 0, "number|table", nil, "degrees: up to so many either way, or {from, to}; "
    .. "counter-clockwise" },
  scale = { 1, "number|table", nil, "factor {from, to} on both sides; above 1 enlarges" },
  shear = { 0, "number|table", "(-90, 90)", "degrees by which upright lines lean to the left: up "
    .. "to so many either way, or {from, to}" },
  shift = { 0, "number|table", nil, "pixels to the right and down: up to so many either way, "
    .. "{from, to}, or {x = ..., y = ...}" },
  elastic = { nil, "table", nil, "{alpha =, sigma =}, in pixels: random displacements smoothed by "
    .. "a Gaussian of deviation sigma, times alpha (Simard 2003: 34, 4)" },
  thickness = { 0, "number|table", nil, "pixels that bright strokes grow at each side, or shrink "
    .. "below 0: up to so many either way, or {from, to}" },
  noise = { 0, "number", "[0, inf)", "standard deviation of normal noise on each element" },
  erase = { nil, "number|table", nil, "how probably a rectangle becomes `fill`, or {chance =, area "
    .. "= {from, to}}, area a share of the image (0.02 to 0.2)" },
  mixup = { nil, "number", "(0, 1]", "each row becomes a mixture with another one, and so do its "
    .. "targets: shares are of Beta(mixup, mixup)" },
  fill = { 0, "number", "(-inf, inf)", "what lies outside of an image" },
  size = { nil, "integer|table", "[1, 16384]", "{height, width} in pixels, or both; nil: the "
    .. "tensor's (N, height, width), or the side of a square" },
  channels = { 1, "integer", "[1, 1024]", "elements of a pixel, which lie side by side" },
})

local function is_number(v) return type(v) == "number" and v - v == 0 end

--- {from, to} of a number or a pair. around: what a number's range has in its middle; nil: a number
--- is both ends.
local function range(name, given, around)
  if is_number(given) then
    if not around then return { given, given } end
    local reach = math.abs(given)
    return { around - reach, around + reach }
  end
  check.that(type(given) == "table" and is_number(given[1]) and is_number(given[2]) and #given == 2
    and given[1] <= given[2], "%s: %s must be a number or {from, to}; got %s", WHERE, name,
    check.show(given))
  return { given[1], given[2] }
end

local function shift_ranges(given)
  if type(given) ~= "table" or given[1] ~= nil then
    local both = range("shift", given, 0)
    return both, both
  end
  for name in pairs(given) do
    check.that(name == "x" or name == "y", "%s: shift: x and y are expected; got %s", WHERE,
      check.show(name))
  end
  return range("shift: x", given.x or 0, 0), range("shift: y", given.y or 0, 0)
end

local elastic_rules = {
  alpha = { options.required, "number", "(-inf, inf)" },
  sigma = { options.required, "number", "(0, 16384]" },
}

local erase_rules = {
  chance = { options.required, "number", "[0, 1]" },
  area = { { 0.02, 0.2 }, "table" },
}

--- The numbers of a mah_augment, but for the size.
local function settings_of(o)
  local s = ffi.new "mah_augment"
  local x, y = shift_ranges(o.shift)
  local ranges = {
    [C.MAH_AUGMENT_ROTATE] = range("rotate", o.rotate, 0),
    [C.MAH_AUGMENT_SCALE] = range("scale", o.scale),
    [C.MAH_AUGMENT_SHEAR] = range("shear", o.shear, 0),
    [C.MAH_AUGMENT_SHIFT_X] = x, [C.MAH_AUGMENT_SHIFT_Y] = y,
    [C.MAH_AUGMENT_THICKNESS] = range("thickness", o.thickness, 0),
  }
  for i, r in pairs(ranges) do s.low[i], s.high[i] = r[1], r[2] end
  if o.elastic then
    local elastic = options(o.elastic, elastic_rules, WHERE .. ": elastic")
    s.alpha, s.sigma = elastic.alpha, elastic.sigma
  end
  if o.erase then
    local given = type(o.erase) == "table" and o.erase or { chance = o.erase }
    local erase = options(given, erase_rules, WHERE .. ": erase")
    local area = range("erase: area", erase.area)
    s.erase, s.erase_low, s.erase_high = erase.chance, area[1], area[2]
  end
  s.noise, s.fill, s.channels, s.mixup = o.noise, o.fill, o.channels, o.mixup or 0
  return s
end

local function read_size(size)
  if size == nil then return nil end
  if type(size) == "number" then return { size, size } end
  check.that(#size == 2, "%s: size must be a number of pixels or {height, width}; got %s", WHERE,
    check.show(size))
  for i = 1, 2 do options.check("size", size[i], { nil, "integer", "[1, 16384]" }, WHERE) end
  return { size[1], size[2] }
end

-- -- Making ---------------------------------------------------------------------------------------

--- What changes images: apply does it, and mah.train and the estimators take it as `augment`.
--- Everything is drawn anew for each image, uniformly from its range.
---
--- elastic's alpha is that of Simard, Steinkraus and Platt (ICDAR 2003), in pixels. The
--- ElasticTransform of torchvision 0.14 moves half as far for the same alpha, and in images that
--- are not square by other amounts to the side than up and down.
---
---     local augment = mah.augment{ rotate = 15, shift = 2, noise = 0.1 }
---     print(augment:apply(mah.zeros(3, 28, 28)).shape[3])     --> 28
---@param given table|nil
---@return augmentation
return function(given)
  local o = options(given, rules, WHERE)
  return Augmentation.new(settings_of(o), read_size(o.size), options.copy(given or {}))
end
