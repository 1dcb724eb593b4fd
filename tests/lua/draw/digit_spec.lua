-- Pictures of digits in MNIST's form.
local mah = require "mah"

local function is_near(a, b, limit) return (a - b):abs():max() <= limit end

--- A white field with a black stroke of `thick` pixels: a one.
local function drawn_one(height, width, top, left, length, thick)
  local image = mah.zeros(height, width, { dtype = "uint8" }):fill_(255)
  image:narrow(1, top, length):narrow(2, left, thick):fill_(0)
  return image
end

local function centre_of(x)
  local image, mass, row, column = x:view(28, 28), 0, 0, 0
  for i = 1, 28 do
    for j = 1, 28 do
      local v = image[i][j]
      mass, row, column = mass + v, row + i * v, column + j * v
    end
  end
  return row / mass, column / mass
end

describe("mah.image.digit", function()
  it("scales to 20 pixels, centres the mass, and inverts dark on light", function()
    local x = mah.image.digit(drawn_one(200, 300, 20, 30, 100, 10))
    assert.same({ 1, 784 }, x.shape)
    local row, column = centre_of(x)
    assert.near(15, row, 0.51)
    assert.near(15, column, 0.51)
    assert.near(1, x:max(), 1e-6)
    assert.equal(0, x:min())
    local rows = x:view(28, 28):sum(2):gt(0):float():sum()
    assert.equal(20, rows)
  end)

  it("leaves a centred digit of MNIST's form as it is", function()
    local x = mah.image.digit(drawn_one(28, 28, 5, 14, 20, 2))
    assert.is_true(is_near(x, mah.image.digit((x:view(28, 28) * 255):to "uint8"), 0.01))
  end)

  it("gives the same for light on dark, for colours and for transparency", function()
    local dark = drawn_one(60, 60, 10, 20, 40, 6)
    local light = (255 - dark:float()):to "uint8"
    local colours = mah.stack({ dark, dark, dark }, 3)
    local clear = mah.stack({ dark * 0, dark * 0, dark * 0, light }, 3) -- black where it is opaque
    local expected = mah.image.digit(dark)
    for name, image in pairs { light = light, colours = colours, clear = clear } do
      assert.is_true(is_near(expected, mah.image.digit(image), 1e-3), name)
    end
  end)

  it("finds ink that is dark on a dark field, and white ink on a transparent one", function()
    local mask = drawn_one(60, 60, 10, 20, 40, 6)
    local expected = mah.image.digit(mask)
    local dim = (mask:float() * (40 / 255) + 60):to "uint8" -- 60 on 100
    assert.is_true(is_near(expected, mah.image.digit(dim), 0.03))
    local light, white = (255 - mask:float()):to "uint8", mask * 0 + 255
    assert.is_true(is_near(expected, mah.image.digit(mah.stack({ white, white, white, light }, 3)),
      1e-3))
  end)

  it("takes the grain and the shadows of a background for no ink", function()
    local mask = drawn_one(60, 60, 10, 20, 40, 6):float()
    local expected, rng = mah.image.digit(mask:to "uint8"), mah.rng(1)
    local grain = mah.randn(60, 60, { rng = rng }) * 8
    local shadow = 1 - mah.linspace(0, 0.25, 60):view(1, 60)
    for name, image in pairs { grain = (mask * 0.7 + 40 + grain):clamp(0, 255),
      shadow = mask * shadow } do
      local x = mah.image.digit(image:to "uint8")
      local off = (x - expected):abs():mean()
      assert.is_true(off < 0.02, name .. ": " .. off)
    end
  end)

  it("keeps strokes that reach the edge", function()
    local cropped = drawn_one(40, 20, 1, 8, 40, 6)
    local whole = drawn_one(60, 40, 10, 16, 40, 6)
    assert.is_true(is_near(mah.image.digit(whole), mah.image.digit(cropped), 0.01))
  end)

  it("says when there is nothing", function()
    assert.error_matches(function()
      mah.image.digit(mah.zeros(10, 10, { dtype = "uint8" }):fill_(200))
    end, "mah.image.digit: there is nothing on this picture")
  end)
end)

describe("mah.image.digit of a file", function()
  it("reads it, and names it when it cannot", function()
    local path = os.tmpname()
    local pixels = drawn_one(40, 30, 5, 14, 20, 2)
    mah.image.save(path .. ".png", pixels)
    assert.is_true(is_near(mah.image.digit(path .. ".png"), mah.image.digit(pixels), 0))
    mah.image.save(path .. ".png", mah.zeros(3, 3))
    assert.error_matches(function() mah.image.digit(path .. ".png") end,
      path:gsub("%p", "%%%0") .. ".png: there is nothing on this picture")
    os.remove(path .. ".png")
    os.remove(path)
    assert.error_matches(function() mah.image.digit "/nowhere/a.png" end, "/nowhere/a.png")
    assert.error_matches(function() mah.image.digit(mah.zeros(3, 3)) end,
      "a path, or uint8 %(H,W%), .* is expected; got float32 3x3")
  end)
end)

describe("mah.image.digit on MNIST", function()
  local folder = os.getenv "MAH_MNIST"
  if not folder or folder == "" then return pending "MAH_MNIST is not set" end

  it("leaves its images as they are, but for faint edges", function()
    local set, unchanged = mah.data.mnist(folder).test, 0
    for i = 1, 100 do
      local x = mah.image.digit((set.x[i] * 255):view(28, 28):to "uint8")
      if is_near(x, set.x:narrow(1, i, 1), 0.02) then unchanged = unchanged + 1 end
    end
    assert.is_true(unchanged >= 75, unchanged .. " of 100 are unchanged")
  end)
end)
