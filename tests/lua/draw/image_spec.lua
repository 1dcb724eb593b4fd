local C = require "mah.base.library"
local folder = debug.getinfo(1, "S").source:match "^@(.*/)"
local picture = dofile(folder .. "picture.lua")
local mah = require "mah"

local nan = 0 / 0

local function round_trip(tensor, options)
  local path = picture.path ".png"
  mah.image.save(path, tensor)
  local back = mah.image.load(path, options)
  os.remove(path)
  return back
end

--- All elements, row by row.
local function values(t)
  local list, data = {}, require("ffi").cast("uint8_t*", t.data)
  for i = 1, tonumber(C.mah_tensor_count(t)) do list[i] = data[i - 1] end
  return list
end

local function bytes(list) return mah.tensor(list, { dtype = "uint8" }) end

describe("mah.image.save and load", function()
  it("keep bytes", function()
    local grey = round_trip(bytes { { 0, 1, 2 }, { 253, 254, 255 } })
    assert.same({ 2, 3 }, grey.shape)
    assert.equal("uint8", grey.dtype)
    assert.same({ 0, 1, 2, 253, 254, 255 }, values(grey))
    local color = round_trip(bytes { { { 1, 2, 3 }, { 4, 5, 6 } } })
    assert.same({ 1, 2, 3 }, color.shape)
    assert.same({ 1, 2, 3, 4, 5, 6 }, values(color))
    assert.same({ 1, 1, 4 }, round_trip(bytes { { { 1, 2, 3, 200 } } }).shape)
  end)

  it("take floats from 0 to 1, clamped", function()
    assert.same({ 0, 0, 128, 255, 255, 0 }, values(round_trip(mah.tensor { { -1, 0, 0.5, 1, 7,
      nan } })))
    assert.same({ 0, 7, 255 }, values(round_trip(mah.tensor({ { -5, 7, 300 } },
      { dtype = "int32" }))))
  end)

  it("take views", function()
    local t = bytes { { 1, 2, 3 }, { 4, 5, 6 } }
    assert.same({ 1, 4, 2, 5, 3, 6 }, values(round_trip(t:t())))
    assert.same({ 2, 3, 5, 6 }, values(round_trip(t:narrow(2, 2, 2))))
  end)

  it("convert to grey", function()
    local grey = round_trip(bytes { { { 9, 9, 9 }, { 255, 255, 255 } } }, { grey = true })
    assert.same({ 1, 2 }, grey.shape)
    assert.same({ 9, 255 }, values(grey))
  end)

  it("say what is wrong", function()
    assert.error_matches(function() mah.image.save("a.jpg", mah.zeros(2, 2)) end,
      "'a.jpg': the name must end in .png")
    assert.error_matches(function() mah.image.save("a.png", mah.zeros(2)) end, "%(H,W%)")
    assert.error_matches(function() mah.image.save("a.png", mah.zeros(2, 2, 2)) end,
      "got 2 x 2 x 2")
    assert.error_matches(function() mah.image.save("a.png", mah.zeros(0, 2)) end, "empty")
    assert.error_matches(function() mah.image.save("/nowhere/a.png", mah.zeros(2, 2)) end,
      "/nowhere/a.png")
    assert.error_matches(function() mah.image.save("a.png", 3) end, "a tensor is expected, got 3")
    assert.error_matches(function() mah.image.load "/nowhere/a.png" end,
      "/nowhere/a.png.*No such file")
    assert.error_matches(function() mah.image.load "/dev/null" end, "/dev/null")
    assert.error_matches(function() mah.image.load() end, "the path must be a string")
    local path = picture.path ".png"
    local file = assert(io.open(path, "wb"))
    file:write "GIF89a"
    file:close()
    assert.error_matches(function() mah.image.load(path) end, "cannot be read as a PNG")
    -- the header of a picture that would need 3.6 GB
    file = assert(io.open(path, "wb"))
    file:write("\137PNG\13\10\26\10",
      "\0\0\0\13IHDR\0\0\234\96\0\0\234\96\8\0\0\0\0\165\185\42\158",
      "\0\0\0\0IDAT\53\175\6\30")
    file:close()
    assert.error_matches(function() mah.image.load(path) end,
      path:gsub("%p", "%%%0") .. ": a picture of 60000 x 60000 pixels")
    os.remove(path)
  end)

  it("give their memory back", function()
    round_trip(mah.zeros(8, 8))
    collectgarbage()
    collectgarbage()
    local before = tonumber(C.mah_memory_live())
    for _ = 1, 5 do round_trip(mah.zeros(8, 8), { grey = true }) end
    collectgarbage()
    collectgarbage()
    assert.equal(before, tonumber(C.mah_memory_live()))
  end)
end)

describe("mah.image.digits", function()
  --- Two pictures of 4 x 4: ink at the top left corner, and at the bottom right one.
  local function corners()
    local x = mah.zeros(2, 16)
    local data = require("ffi").cast("float*", x.data)
    data[0], data[16 + 15] = 1, 1
    return x
  end

  it("stand upright, with square pixels", function()
    local figure = mah.image.digits(corners(), { columns = 2, scale = 10 })
    local count, box = picture.find(figure:pixels { scale = 1 }, "#000000")
    assert.is_true(count >= 2 * 9 * 9 and count <= 2 * 10 * 10) -- less the frame
    local left, top = box[1], box[2]
    local pixels = figure:pixels { scale = 1 }
    assert.equal("#000000", picture.at(pixels, left + 4, top + 4))
    assert.equal("#ffffff", picture.at(pixels, left + 14, top + 4))
    assert.equal("#ffffff", picture.at(pixels, left + 4, top + 14))
    assert.equal("#000000", picture.at(pixels, box[3] - 4, box[4] - 4))
  end)

  it("are light on dark when asked", function()
    local count = picture.find(mah.image.digits(corners(), { ink = "light" }):pixels { scale = 1 },
      "#000000")
    assert.is_true(count > 1000)
  end)

  it("have captions, and wrong predictions stand out", function()
    local function captions(options) return picture.texts(mah.image.digits(corners(), options)) end
    assert.same({ "3", "7" }, captions { labels = { 3, 7 } })
    assert.same({ "3", "7 → 1" }, captions { labels = { 3, 7 }, predicted = { 3, 1 } })
    assert.same({ "3\194\160 50%", "7 → 1\194\160 87%" },
      captions { labels = mah.tensor { 3, 7 }, predicted = mah.tensor { 3, 1 },
      confidence = { 0.5, 0.87 } })
    assert.same({ "3", "1" }, captions { predicted = { 3, 1 } })
    assert.same({ "۷ ← ۱", "۳" }, captions { labels = { 7, 3 }, predicted = { 1, 3 }, lang = "fa" })
    assert.same({ "first" }, captions { captions = { "first" } })
    assert.same({ "T", "a", "b" }, captions { title = "T", labels = { "a", "b" } })
  end)

  it("leave room for any confidence, so that sheets are alike", function()
    local function width(confidence)
      return mah.image.digits(corners(), { labels = { 3, 7 }, predicted = { 3, 1 },
        confidence = confidence }).width
    end
    assert.equal(width { 1, 1 }, width { 0.5, 0.97 })
  end)

  it("show as many as fit", function()
    local function count(x, options)
      local n = 0
      for _, element in ipairs(picture.svg(mah.image.digits(x, options))) do
        if element.tag == "image" then n = n + 1 end
      end
      return n
    end
    local x = mah.zeros(300, 16)
    assert.equal(100, count(x))
    assert.equal(6, count(x, { rows = 2, columns = 3 }))
    assert.equal(20, count(x, { rows = 2 }))
    assert.equal(2, count(corners(), { rows = 5, columns = 5 }))
    assert.equal(1, count(mah.zeros(16)))
    assert.equal(3, count(mah.zeros(3, 2, 5)))
    assert.equal(3, count(mah.zeros(3, 10), { height = 2, width = 5 }))
  end)

  it("refuse what is no picture", function()
    local function refuses(x, options, message)
      assert.error_matches(function() mah.image.digits(x, options) end, message)
    end
    refuses(mah.zeros(3, 10), {}, "10 pixels in a row are no square; give height and width")
    refuses(mah.zeros(3, 10), { height = 3 }, "10 pixels in a row are not 3 x")
    refuses(mah.zeros(0, 16), {}, "there is no picture")
    refuses(corners(), { labels = { 1 } }, "labels has 1 values for 2 pictures")
    refuses(corners(), { label = { 1 } }, "did you mean 'labels'")
    refuses(corners(), { confidence = { 1, 1 } }, "confidence needs labels or predicted")
    refuses(corners(), { rows = 0 }, "rows must be an integer")
    refuses(nil, {}, "a tensor is expected, got nil")
  end)
end)

describe("mah.image.grid and weights", function()
  it("take pictures in colour and tables of pictures", function()
    local red = bytes { { { 255, 0, 0 } } }
    local figure = mah.image.grid({ red, red }, { scale = 20 })
    assert.is_true(picture.find(figure:pixels { scale = 1 }, "#ff0000") > 600)
    local blue = mah.image.grid(bytes { { { { 0, 0, 255 } } } },
      { scale = 26 }):pixels { scale = 1 }
    assert.is_true(picture.find(blue, "#0000ff") > 500)
    assert.error_matches(function() mah.image.grid { red, mah.zeros(2, 2) } end,
      "x%[2%] has 2 x 2 pixels")
    assert.error_matches(function() mah.image.grid {} end, "empty")
  end)

  it("show weights in two colours", function()
    local w = mah.tensor { { 2, -2 }, { 0, 0 }, { 0, 0 }, { 0, 0 } } -- 2 x 2 pixels, two units
    local pixels = mah.image.weights(w, { scale = 20, color_bar = false }):pixels { scale = 1 }
    local red, red_box = picture.find(pixels, "#b2182b")
    local blue, blue_box = picture.find(pixels, "#2166ac")
    assert.is_true(red > 300 and blue > 300 and red_box[3] < blue_box[1])
    picture.svg(mah.image.weights(w, { title = "weights", lang = "fa" }))
    for lang, word in pairs { en = "weight", fa = "وزن" } do
      local figure, label = mah.image.weights(mah.zeros(4, 3), { lang = lang }), nil
      for _, element in ipairs(picture.svg(figure)) do
        if element.tag == "text" and element.text == word then label = element.attributes end
      end
      local x = tonumber(label.x or label.transform:match "translate%(([%d.]+)")
      assert.is_true(x <= figure.width - 8, "the bar's label is cut")
    end
    assert.error_matches(function() mah.image.weights(mah.zeros(4)) end,
      "a matrix %(inputs, units%) is expected")
    assert.error_matches(function() mah.image.weights(mah.zeros(5, 2)) end,
      "5 pixels in a row are no square")
  end)
end)
