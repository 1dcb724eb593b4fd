--- Digits in MNIST's form that the program draws itself: no download, as many as you like.
---
---     local digits = mah.data.digits { n = 1000, seed = 1 }
---     print(digits.train.x.shape[1], digits.test.x.shape[1])     --> 1000   166
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local options = require "mah.base.options"
local pixels = require "mah.data.pixels"

local SIDE = 28 -- pixels

-- The endless sequence of a seed is cut here: training images come before, test images after, so
-- that the test set stays the same whatever the number of training images.
local TEST_BEGINS = 2 ^ 40

local function draw(first, n, seed)
  local images = Type.new(Type.dtype "uint8", 3, ffi.new("int64_t[8]", n, SIDE, SIDE))
  local y = Type.new(Type.dtype "int32", 1, ffi.new("int64_t[8]", n))
  check.status(C.mah_digits_draw(images.data, y.data, first, n, seed))
  return { x = pixels.to_rows(images), y = y }
end

local rules = options.declare("mah.data.digits", {
  n = { 10000, "integer", "[0, 1e9]", "training images" },
  seed = { 1, "integer", "[0, inf)", "the same one draws the same images" },
  test = { nil, "integer", "[0, 1e9]", "test images, which do not depend on n; nil: n / 6" },
})

--- Draws digits in MNIST's form, without a download: x float32 (n, 784) in [0, 1], y int32 (n) in 0
--- ... 9. The same seed gives the same images; a larger n begins with the images of a smaller one.
---
---     local digits = mah.data.digits { n = 60 }
---     print(digits.train.x.shape[1], digits.train.x.shape[2], digits.test.x.shape[1])
---     --> 60 784 10
---@param given {n: integer?, seed: integer?, test: integer?}|nil
---@return Dataset
local function digits(given)
  local o = options(given, rules, "mah.data.digits")
  return {
    train = draw(0, o.n, o.seed),
    test = draw(TEST_BEGINS, o.test or math.floor(o.n / 6), o.seed),
    name = "synthetic digits",
    source = "seed " .. o.seed,
  }
end

return digits
