local Canvas = require "mah.draw.canvas"
local Raster = require "mah.draw.raster"
local Svg = require "mah.draw.svg"
local colors = require "mah.draw.colors"
local folder = debug.getinfo(1, "S").source:match "^@(.*/)"
local picture = dofile(folder .. "picture.lua")
local check_svg = dofile(folder .. "svg_checker.lua")
local text = require "mah.draw.text"
local mah = require "mah"

describe("text", function()
  it("has a width that grows with it", function()
    assert.is_true(text.width("a", 12) > 0)
    assert.is_true(text.width("aa", 12) > text.width("a", 12))
    assert.is_true(text.width("a", 24) > 1.8 * text.width("a", 12))
    assert.is_true(text.width("a", 12, true) > text.width("a", 12))
  end)

  it("has extents of all its lines", function()
    local w1, h1 = text.extents("long line", 10)
    local w2, h2 = text.extents("a\nlong line", 10)
    assert.equal(w1, w2)
    assert.equal(2 * h1, h2)
  end)

  it("joins Persian letters: their shape depends on their neighbours", function()
    local joined, apart = text.width("سلام", 20), 0
    for _, letter in ipairs { "س", "ل", "ا", "م" } do apart = apart + text.width(letter, 20) end
    assert.is_true(joined < 0.95 * apart)
  end)

  it("knows its direction", function()
    assert.is_true(text.is_rtl "تعداد لایه‌ها")
    assert.is_false(text.is_rtl "layers")
    assert.is_false(text.is_rtl "۱۲٫۵٪")
    assert.is_false(text.is_rtl "SGD تابع")
    assert.is_true(text.is_rtl("SGD تابع", true))
    assert.is_true(text.is_rtl "تابع SGD")
  end)

  it("is made valid", function()
    assert.equal("a\239\191\189b", text.clean "a\255b")
    assert.equal("\239\191\189", text.clean "\217")
    assert.equal("a b", text.clean "a\0b")
    assert.equal("سلام ×10⁻³", text.clean "سلام ×10⁻³")
    assert.equal("\239\191\189\239\191\189\239\191\189", text.clean "\237\160\128") -- a surrogate
  end)

  it("is wrapped and shortened to a width", function()
    local lines = text.wrap("the quick brown fox jumps over the lazy dog", 12, false, 100)
    assert.is_true(#lines > 2)
    for _, line in ipairs(lines) do assert.is_true(text.width(line, 12) <= 100) end
    assert.equal("the quick brown fox jumps over the lazy dog", table.concat(lines, " "))
    assert.equal(2, #text.wrap("the quick brown fox jumps over the lazy dog", 12, false, 100, 2))
    local short = text.shorten("تعداد لایه‌های مخفی", 12, false, 60)
    assert.matches("…$", short)
    assert.equal(short, text.clean(short))
    assert.is_true(text.width(short, 12) <= 60)
    assert.equal("fits", text.shorten("fits", 12, false, 100))
  end)
end)

describe("colors", function()
  it("have every role in every theme", function()
    for role in pairs(colors.themes.light) do assert.is_string(colors.themes.dark[role]) end
    for role in pairs(colors.themes.dark) do assert.is_string(colors.themes.light[role]) end
  end)

  it("map shares to colours", function()
    assert.equal("#440154", colors.map("viridis", 0))
    assert.equal("#fde725", colors.map("viridis", 1))
    assert.equal("#fde725", colors.map("viridis", 7))
    assert.equal("#808080", colors.map("grey", 0.5))
  end)

  it("define the page's variables", function()
    assert.matches("%-%-mah%-ink:#1f2933;", colors.css())
    assert.matches("%-%-mah%-on%-accent:", colors.css())
  end)
end)

--- Draws the same on both kinds of canvas.
local function sample(canvas)
  canvas:rectangle(10, 10, 20, 10, { fill = "c1" })
  canvas:polygon({ 40, 10, 60, 10, 60, 30, 40, 30 }, { fill = "#ff0000", opacity = 0.5 })
  canvas:circle(80, 20, 8, { fill = "c3" })
  canvas:line(0, 50, 100, 50, { color = "ink", width = 2 })
  canvas:at(0, 60, function()
    canvas:clip(0, 0, 10, 10, function() canvas:rectangle(0, 0, 100, 10, { fill = "c2" }) end)
  end)
  for i, kind in ipairs(Canvas.markers) do canvas:marker(kind, 20 * i, 85, 4, { fill = "c4" }) end
  canvas:text(50, 75, "<&>\"", { anchor = "middle" })
end

describe("the canvas of pixels", function()
  local canvas = Raster.new(110, 100, { scale = 1 })
  sample(canvas)
  local pixels = canvas:finish()

  it("has the size asked for", function()
    assert.same({ 100, 110, 3 }, pixels.shape)
    assert.equal("uint8", pixels.dtype)
    assert.same({ 150, 165, 3 }, Raster.new(110, 100, { scale = 1.5 }):finish().shape)
  end)

  it("fills shapes where they are", function()
    local blue = colors.themes.light.c1
    local count, box = picture.find(pixels, blue)
    assert.equal(200, count)
    assert.same({ 10, 10, 29, 19 }, box)
    assert.matches("^#ff[78][0f][78][0f]$", picture.at(pixels, 50, 20))
    assert.equal(colors.themes.light.c3, picture.at(pixels, 80, 20))
    assert.equal("#ffffff", picture.at(pixels, 73, 13))
  end)

  it("draws level lines without blur", function()
    assert.equal("#ffffff", picture.at(pixels, 5, 48))
    assert.equal(colors.themes.light.ink, picture.at(pixels, 5, 49))
    assert.equal(colors.themes.light.ink, picture.at(pixels, 5, 50))
    assert.equal("#ffffff", picture.at(pixels, 5, 51))
  end)

  it("clips and moves", function()
    local count, box = picture.find(pixels, colors.themes.light.c2)
    assert.equal(100, count)
    assert.same({ 0, 60, 9, 69 }, box)
  end)

  it("has four channels when it is transparent", function()
    local clear = Raster.new(4, 2, { scale = 1, background = "none" }):finish()
    assert.same({ 2, 4, 4 }, clear.shape)
    assert.equal(0, require("ffi").cast("uint8_t*", clear.data)[3])
  end)

  it("puts text where its anchor says", function()
    local function ink_box(style)
      local c = Raster.new(100, 40, { scale = 1 })
      c:text(50, 20, "HHH", style)
      local result = c:finish()
      local left, right, top, bottom = 100, -1, 40, -1
      for y = 0, 39 do
        for x = 0, 99 do
          if picture.at(result, x, y) ~= "#ffffff" then
            left, right = math.min(left, x), math.max(right, x)
            top, bottom = math.min(top, y), math.max(bottom, y)
          end
        end
      end
      return left, right, top, bottom
    end
    local left, right, top, bottom = ink_box { size = 12, anchor = "start" }
    assert.is_true(left >= 49 and right < 85 and top > 8 and bottom <= 20)
    left, right = ink_box { size = 12, anchor = "end" }
    assert.is_true(right <= 51 and left > 15)
    left, right, top, bottom = ink_box { size = 12, anchor = "middle", valign = "middle" }
    assert.is_true(math.abs(left + right - 100) <= 3 and math.abs(top + bottom - 40) <= 3)
    left, right, top, bottom = ink_box { size = 12, anchor = "middle", valign = "middle",
      rotation = -90 }
    assert.is_true(bottom - top > right - left)
  end)

  it("keeps a picture's pixels sharp and upright", function()
    local c = Raster.new(40, 40, { scale = 1 })
    c:image(10, 10, 20, 20, require("mah.draw.pictures").pixels(mah.tensor { { 0, 1 },
      { 0.2, 0.4 } }, "t"))
    local result = c:finish()
    local expected = { [10] = { [10] = "#000000", [20] = "#ffffff" },
      [20] = { [10] = "#333333", [20] = "#666666" } }
    for y, row in pairs(expected) do
      for x, color in pairs(row) do
        assert.equal(color, picture.at(result, x, y))
        assert.equal(color, picture.at(result, x + 9, y + 9))
      end
    end
  end)
end)

describe("without Cairo and Pango", function()
  local cairo = require "mah.draw.cairo"
  local find = cairo.find
  before_each(function() cairo.find = function() return nil, "no such library" end end)
  after_each(function() cairo.find = find end)

  it("says what to install", function()
    local figure = mah.plot.lines { series = { { y = { 1, 2 } } } }
    assert.error_matches(function() figure:pixels() end, "libpangocairo%-1.0%-0.*no such library")
  end)

  it("still draws SVG, with estimated widths", function()
    local figure = mah.plot.lines { series = { { y = { 1, 2 } } }, title = "never measured before" }
    assert.is_true(picture.has_text(figure, "never measured before"))
    assert.is_true(text.width("never measured either", 12) > 12 * 0.4 * 21)
    assert.is_true(text.width("never measured either", 12) < 12 * 0.8 * 21)
  end)
end)

describe("the canvas of SVG", function()
  local canvas = Svg.new(110, 100)
  sample(canvas)
  local elements = check_svg(canvas:finish())

  it("is well-formed and says its size", function()
    assert.equal("svg", elements[1].tag)
    assert.equal("110", elements[1].attributes.width)
    assert.equal("0 0 110 100", elements[1].attributes.viewBox)
  end)

  it("escapes text", function()
    for _, element in ipairs(elements) do
      if element.tag == "text" then assert.equal("&lt;&amp;&gt;&quot;", element.text) end
    end
  end)

  it("is refused by the checker when it is not well-formed", function()
    assert.error(function() check_svg "<svg><g></svg>" end)
    assert.error(function() check_svg "<svg a=1></svg>" end)
    assert.error(function() check_svg "<svg>a & b</svg>" end)
    assert.error(function() check_svg "<svg>" end)
  end)

  it("turns anchors of right-to-left text around, as SVG counts from where reading starts",
    function()
    local c = Svg.new(100, 100)
    c:text(50, 50, "سلام", { anchor = "start" })
    c:text(50, 50, "hello", { anchor = "start" })
    local found = check_svg(c:finish())
    local persian, english = found[#found - 1].attributes, found[#found].attributes
    assert.equal("rtl", persian.direction)
    assert.equal("end", persian["text-anchor"])
    assert.is_nil(english.direction)
    assert.equal("start", english["text-anchor"])
  end)

  it("embeds pictures as PNG", function()
    local c = Svg.new(40, 40)
    c:image(0, 0, 40, 40, require("mah.draw.pictures").pixels(mah.zeros(3, 3), "t"))
    local found = check_svg(c:finish())
    assert.matches("^data:image/png;base64,iVBORw0KGgo[%w+/]+=*$",
      found[#found].attributes["xlink:href"])
  end)
end)
