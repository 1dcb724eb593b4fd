--- What changes images at random: what mah.augment gives.
---
---     local augment = mah.augment { rotate = 15, size = 28 }
---     print(augment:apply(mah.zeros(3, 784), { seed = 1 }).shape[2])   --> 784
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local class = require "mah.base.class"
local ffi = require "ffi"
local make = require "mah.tensor.make"
local options = require "mah.base.options"

---@class augmentation
local Augmentation = class.new("an augmentation", "augment", "size")

--- settings: a mah_augment without a size; size: {height, width}, or nil: what the images say.
---@param settings ffi.cdata*
---@param size integer[]|nil
---@param given table   what it was made of, for print
---@return augmentation
function Augmentation.new(settings, size, given)
  return setmetatable({ settings = settings, size = size, given = given, made = {} }, Augmentation)
end

--- Complains unless it is one.
---@param value any
---@param name string   "mah.train: augment"
---@return augmentation
function Augmentation.expect(value, name)
  return check.that(type(value) == "table" and getmetatable(value) == Augmentation and value,
    "%s must be a mah.augment{...}; got %s", name, check.show(value))
end

-- -- For images of one size -----------------------------------------------------------------------

--- Height and width of an image.
local function size_in(self, shape, where)
  local size, channels = self.size, tonumber(self.settings.channels)
  if size then return size[1], size[2] end
  if #shape >= 3 then return shape[2], shape[3] end
  local columns = shape[2] or 1
  local side = math.floor(math.sqrt(columns / channels) + 0.5)
  check.that(side * side * channels == columns, "%s: %d columns are no square of %d channel(s); "
    .. "give mah.augment{size = {height, width}}", where, columns, channels)
  return side, side
end

--- The core's augmenter of images that lie as rows of x. It is kept.
---@param shape integer[]   x's, rows first
---@param where string      for messages
---@return ffi.cdata*
function Augmentation:augmenter(shape, where)
  local height, width = size_in(self, shape, where)
  local key = height .. " x " .. width
  if not self.made[key] then
    local out, settings = ffi.new "mah_augmenter *[1]", self.settings
    settings.height, settings.width = height, width
    check.status(C.mah_augmenter_new(out, settings))
    self.made[key] = ffi.gc(out[0], C.mah_augmenter_free)
  end
  return self.made[key]
end

-- -- Applying -------------------------------------------------------------------------------------

local rules = options.declare("augmentation:apply", {
  seed = { 0, "integer", "[0, 9007199254740991]", "with the epoch and an image's row, what becomes "
    .. "of it" },
  epoch = { 1, "integer", "[0, 16777215]", "another epoch is another change" },
  y = { nil, "tensor", nil, "targets (N) or (N, K), which mixup mixes, too; classes become "
    .. "probabilities" },
})

--- Does it mix rows, and their targets?
---@return boolean
function Augmentation:mixes() return self.settings.mixup > 0 end

--- Classes 0 ... K - 1, int32 (N), as probabilities (N, K), which can be mixed.
---@param y tensor
---@param classes integer   K
---@param dtype string
---@param name string   "mah.train: data.y"
---@return tensor
function Augmentation.probabilities(y, classes, dtype, name)
  local low, high = y:min(), y:max()
  check.that(low >= 0 and high < classes, "%s: classes 0 ... %d are expected; got %d", name,
    classes - 1, low < 0 and low or high)
  local numbers = make.arange(0, classes - 1, 1, { dtype = y.dtype })
  return y:unsqueeze(2):eq(numbers):to(dtype)
end

--- x and y as mixup has them.
local function mix(self, x, y, o)
  check.that(y ~= nil, "augment:apply: mixup mixes the targets, too; give them as y")
  local is_whole = C.mah_dtype_is_integer(y.elem) ~= 0
  if is_whole and y.ndim == 1 and #y > 0 then
    y = Augmentation.probabilities(y, math.max(y:max() + 1, 1), "float32", "augment:apply: y")
  else
    y = is_whole and y:float() or y:clone()
  end
  check.status(C.mah_augmenter_mix(x, y, self:augmenter(x.shape, "augment:apply"), o.seed, o.epoch))
  return x, y
end

--- The images of x, changed. The same seed and epoch give the same.
---
---     local augment = mah.augment{ shift = { x = { 1, 1 } } }
---     local x = mah.tensor{ { 1, 2, 3, 4 } }                 -- one image of 2 x 2 pixels
---     print(augment:apply(x):equal(mah.tensor{ { 0, 1, 0, 3 } }))     --> true
---@param x tensor   (N, height width channels), (N, height, width) or (N, height, width, channels):
---  float32, float64, or uint8, in which case results are rounded
---@param given {seed: integer?, epoch: integer?, y: tensor?}|nil
---@return tensor x   of x's shape and dtype
---@return tensor|nil y   with mixup: the targets, classes as probabilities (N, K)
function Augmentation:apply(x, given)
  local o = options(given, rules, "augment:apply")
  x = Type.expect(x, "augment:apply: x")
  local changed = Type.make(C.mah_augmenter_apply, x, self:augmenter(x.shape, "augment:apply"),
    o.seed, o.epoch)
  if self:mixes() then return mix(self, changed, o.y, o) end
  return changed, o.y
end

--- "elastic = {alpha = 34, sigma = 4}, rotate = 15"
local function spell(given)
  local words = {}
  for name, value in pairs(given) do
    local text = type(value) == "table" and "{" .. spell(value) .. "}"
      or type(value) == "number" and ("%.14g"):format(value) or tostring(value)
    words[#words + 1] = type(name) == "number" and text or name .. " = " .. text
  end
  if #given == 0 then table.sort(words) end
  return table.concat(words, ", ")
end

function Augmentation:__tostring() return ("augmentation {%s}"):format(spell(self.given)) end

return Augmentation
