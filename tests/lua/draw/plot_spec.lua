local C = require "mah.base.library"
local colors = require "mah.draw.colors"
local folder = debug.getinfo(1, "S").source:match "^@(.*/)"
local picture = dofile(folder .. "picture.lua")
local mah = require "mah"

local light = colors.themes.light
local nan = 0 / 0

--- Draws a figure on both canvases; the SVG is checked, no coordinate may be NaN or infinite.
local function draws(figure)
  picture.svg(figure)
  local svg = figure:svg()
  assert.is_nil(svg:find('"[^"]*%f[%w]nan%f[%W]'))
  assert.is_nil(svg:find('"[^"]*%f[%w]inf%f[%W]'))
  assert.equal(3, #figure:pixels({ scale = 1 }).shape)
  return figure
end

local function lines(options)
  options.series = options.series or { { y = { 1, 2, 3 }, label = "a" } }
  return draws(mah.plot.lines(options))
end

describe("a figure", function()
  local figure = lines { title = "A & B" }

  it("is saved as PNG or SVG", function()
    local png, svg = picture.path ".png", picture.path ".SVG"
    assert.equal(figure, figure:save(png, { scale = 1 }))
    local back = mah.image.load(png)
    assert.same({ 400, 640, 3 }, back.shape)
    local pixels = figure:pixels { scale = 1 }
    for y = 0, 399, 37 do
      for x = 0, 639, 11 do assert.equal(picture.at(pixels, x, y), picture.at(back, x, y)) end
    end
    figure:save(svg)
    local file = assert(io.open(svg))
    assert.matches("^<%?xml.*<title>A &amp; B</title>", file:read "*a")
    file:close()
    os.remove(png)
    os.remove(svg)
  end)

  it("is not saved as anything else", function()
    assert.error_matches(function() figure:save "a.pdf" end,
      "'a.pdf': the name must end in .png or .svg")
    assert.error_matches(function() figure:save "png" end, ".png or .svg")
    assert.error_matches(function() figure:save(3) end, "must be a string; got 3")
    assert.error_matches(function() figure:save "/nowhere/a.png" end,
      "/nowhere/a.png.*No such file")
    assert.error_matches(function() figure:save "/nowhere/a.svg" end,
      "/nowhere/a.svg.*No such file")
    assert.error_matches(function() figure:save("a.png", { them = "dark" }) end,
      "did you mean 'theme'")
    assert.error_matches(function() figure:save("a.png", { theme = "page" }) end,
      "theme must be one of")
  end)

  it("is half as large again as a PNG, unless scaled", function()
    assert.same({ 600, 960, 3 }, figure:pixels().shape)
    assert.same({ 800, 1280, 3 }, figure:pixels({ scale = 2 }).shape)
  end)

  it("has themes and transparent backgrounds", function()
    assert.equal(light.background, picture.at(figure:pixels { scale = 1 }, 2, 2))
    assert.equal(colors.themes.dark.background, picture.at(figure:pixels { scale = 1,
      theme = "dark" }, 2, 2))
    assert.equal("#abcdef", picture.at(figure:pixels { scale = 1, background = "#abcdef" }, 2, 2))
    assert.equal(4, figure:pixels({ background = "none" }).shape[3])
    assert.matches('fill="var%(%-%-mah%-ink,#1f2933%)"', figure:svg { theme = "page" })
    picture.svg(figure, { theme = "page" })
    assert.error_matches(function() figure:svg { background = "reddish" } end,
      "background: a colour is")
  end)

  it("is drawn the same every time", function()
    assert.equal(figure:svg(), figure:svg())
    assert.equal(figure:png(), figure:png())
  end)

  it("shows itself", function() assert.equal("figure 640 x 400: A & B", tostring(figure)) end)

  it("gives its memory back", function()
    figure:png()
    collectgarbage()
    collectgarbage()
    local before = C.mah_memory_live()
    for _ = 1, 5 do figure:png() end
    collectgarbage()
    collectgarbage()
    assert.equal(tonumber(before), tonumber(C.mah_memory_live()))
  end)
end)

describe("mah.plot.lines", function()
  it("draws from tensors as from tables", function()
    local x, y = mah.tensor { 1, 2, 3 }, mah.tensor({ 4, 5, 7 }, { dtype = "int32" })
    assert.equal(lines({ series = { { x = { 1, 2, 3 }, y = { 4, 5, 7 } } } }):svg(),
      lines({ series = { { x = x, y = y } } }):svg())
  end)

  it("leaves a gap at NaN", function()
    local function parts(y)
      local count = 0
      for _, element in ipairs(picture.svg(lines { series = { { y = y, marker = false } } })) do
        if element.tag == "polyline" and element.attributes.stroke == light.c1 then
          count = count + 1
        end
      end
      return count
    end
    assert.equal(1, parts { 1, 2, 3, 4, 5 })
    assert.equal(2, parts { 1, 2, nan, 4, 5 })
    assert.equal(2, parts { 1, 2, math.huge, 4, 5 })
  end)

  it("draws bands around their line", function()
    local elements = picture.svg(lines { series = { { y = { 1, 2 }, spread = { 0.1, 0.2 } } } })
    local found = 0
    for _, element in ipairs(elements) do
      if element.tag == "polygon" and element.attributes.opacity == "0.18" then
        found = found + 1
      end
    end
    assert.equal(1, found)
    assert.equal(lines({ series = { { y = { 1, 2 }, spread = { 0.5, 0.25 } } } }):svg(),
      lines({ series = { { y = { 1, 2 }, low = { 0.5, 1.75 }, high = { 1.5, 2.25 } } } }):svg())
  end)

  it("takes names for x", function()
    local figure = lines { series = { { x = { "sgd", "adam" }, y = { 1, 2 } },
      { x = { "adam", "lbfgs" }, y = { 3, 4 } } } }
    for _, name in ipairs { "sgd", "adam", "lbfgs" } do
      assert.is_true(picture.has_text(figure, name))
    end
    assert.is_true(picture.has_text(lines { x_ticks = { "one", "two", "three" } }, "two"))
    assert.is_true(picture.has_text(lines { x_ticks = { 1, 3 } }, "3"))
    assert.is_false(picture.has_text(lines { x_ticks = { 1, 3 } }, "2.0"))
  end)

  it("has a second axis", function()
    local figure = lines { y2_label = "iterations",
      series = { { y = { 0.9, 0.95 }, label = "test" }, { y = { 300, 200 }, axis = 2,
      label = "n" } } }
    assert.is_true(picture.has_text(figure, "iterations"))
    assert.is_true(picture.has_text(figure, "n (right)"))
    assert.is_true(picture.has_text(figure, "300"))
  end)

  it("speaks Persian", function()
    local figure = lines { lang = "fa", title = "تعداد لایه‌های مخفی",
      series = { { y = { 10, 20 }, label = "آموزش" } } }
    assert.is_true(picture.has_text(figure, "۲۰"))
    for _, element in ipairs(picture.svg(figure)) do
      if element.text == "تعداد لایه‌های مخفی" and element.tag == "text" then
        assert.equal("rtl", element.attributes.direction)
        assert.equal("630", element.attributes.x) -- at the right end
      end
    end
  end)

  it("puts the legend where there is room, and else above", function()
    local function legend_y(y)
      for _, element in ipairs(picture.svg(lines { series = { { y = y, label = "legend" } } })) do
        if element.text == "legend" then
          return tonumber(element.attributes.y), tonumber(element.attributes.x)
        end
      end
    end
    local y, x = legend_y { 1, 2, 3, 4 }
    assert.is_true(y > 300 and x > 500) -- bottom right
    y, x = legend_y { 4, 3, 2, 1 }
    assert.is_true(y < 60 and x > 500)
    local zigzag = {}
    for i = 1, 29 do zigzag[i] = i % 2 end
    y, x = legend_y(zigzag)
    assert.is_true(y < 30 and x < 60)
    assert.is_nil((lines { legend = "none" }):svg():find ">a<")
    for _, place in ipairs { "above", "below", "top left", "top right", "bottom left",
      "bottom right" } do
      assert.is_true(picture.has_text(lines { legend = place }, "a"))
    end
  end)

  it("draws what is hard to draw", function()
    lines { series = { { x = { 3 }, y = { 0.5 } } } }
    lines { series = { { y = { 5, 5, 5 } } } }
    lines { series = { { y = { 0, 0, 0 } } } }
    lines { series = { { y = { nan, 1, nan, 2 }, marker = false } } }
    lines { series = { { y = { nan, nan } }, { y = { 1, 2 } } } }
    lines { series = { { y = { 1e300, -1e300 } } } }
    lines { series = { { y = { 1e-300, 2e-300 } } } }
    lines { series = { { y = { 1e15, 1e15 + 1 } } } }
    lines { log_x = true, log_y = true, series = { { x = { 1e-30, 1, 1e30 }, y = { 1e-5, 0, 1e5 },
      spread = { 1, 1, 1 } } } }
    lines { log_y = true, series = { { y = { 2, 2.1, 2.2 } } } }
    lines { log_y = true, series = { { y = { 3 } } } }
    lines { width = 120, height = 100, title = "far too long for such a small figure",
      y_label = "a long label" }
    local names, y = {}, {}
    for i = 1, 50 do names[i], y[i] = "configuration " .. i, i end
    lines { x_ticks = names, series = { { y = y } } }
    lines { x_label = "<script>", title = "a\255\0b\nsecond line",
      series = { { y = { 1 }, label = "" } } }
    lines { guides = { { x = 2, label = "chosen" }, { y = 1.5 }, { x = 99 } } }
    lines { y_range = { 1.5, 2 } }
  end)

  it("refuses what it cannot draw", function()
    local function refuses(options, message)
      assert.error_matches(function() mah.plot.lines(options) end, message)
    end
    refuses({}, "give either y %(and x%), or series")
    refuses({ series = {} }, "series is empty")
    refuses({ series = { {} } }, "series%[1%]: y is missing")
    refuses({ series = { { y = {} } } }, "series%[1%].y is empty")
    refuses({ series = { { y = { 1, "2" } } } }, "series%[1%].y%[2%] must be a number")
    refuses({ series = { { x = { 1 }, y = { 1, 2 } } } }, "x has 1 values and y has 2")
    refuses({ series = { { y = { nan } } } }, "no finite value")
    refuses({ series = { { y = { -1 } } }, log_y = true }, "no finite value > 0")
    refuses({ series = { { y = { 1 }, low = { 1 } } } }, "both low and high")
    refuses({ series = { { y = { 1 }, spread = { 1, 2 } } } }, "y has 1 values and spread has 2")
    refuses({ series = { { y = { 1 }, color = "blueish" } } }, "series%[1%].color: a colour is")
    refuses({ series = { { y = { 1 }, marker = "star" } } }, "marker must be one of circle")
    refuses({ series = { { y = { 1 }, axis = 2 } } }, "at least one must be on the left")
    refuses({ series = { { y = { 1 }, lable = "a" } } }, "did you mean 'label'")
    refuses({ series = { { y = { 1 } } }, tilte = "a" },
      "unknown option \"tilte\"; did you mean 'title'")
    refuses({ series = { { y = { 1 } } }, y_range = { 2, 1 } }, "y_range must be {low, high}")
    refuses({ series = { { y = { 1 } } }, x_range = { 0, 1 }, log_x = true }, "x_range starts at 0")
    refuses({ series = { { y = { 1, 2, 3 } } }, x_ticks = { "a" } },
      "x reaches 3, and x_ticks has 1 names")
    refuses({ series = { { y = { 1 } } }, lang = "de" }, "lang must be one of en, fa")
    refuses({ series = { { y = { 1 } } }, y_format = "percentage" }, "y_format must be \"percent\"")
    refuses({ series = { { y = mah.zeros(2, 2) } } }, "a vector is expected")
    refuses({ series = { { y = { 1 } } }, guides = { { x = 1, y = 2 } } },
      "guides%[1%]: either x or y")
  end)
end)

describe("mah.plot.bars", function()
  it("draws bars of their colours, tall as their values", function()
    local pixels = draws(mah.plot.bars { labels = { "a", "b" }, values = false,
      series = { { y = { 1, 2 } }, { y = { 2, 1 }, color = "#ff00ff" } } }):pixels { scale = 1 }
    local first, box1 = picture.find(pixels, light.c1)
    local second, box2 = picture.find(pixels, "#ff00ff")
    assert.is_true(first > 1000 and math.abs(first / second - 1) < 0.02)
    assert.equal(box1[4], box2[4]) -- the common base
    assert.is_true(box1[1] < box2[1] and box1[3] < box2[3])
    assert.equal(light.c1, picture.at(pixels, box1[1] + 5, box1[4] - 5))
    assert.equal(light.background, picture.at(pixels, box1[1] + 5,
      box1[2] + 5)) -- the first is half as tall
  end)

  it("draws points and intervals on an axis that tells close values apart", function()
    local given = { labels = { "a", "b" }, y = { 0.96, 0.97 }, err = { 0, 0.002 }, values = false }
    local function area(points)
      given.points = points
      local count, box = picture.find(draws(mah.plot.bars(given)):pixels { scale = 1 }, light.c1)
      return count, box[4] - box[2]
    end
    local bars, points = { area(false) }, { area(true) }
    assert.is_true(points[1] < 0.02 * bars[1]) -- two dots and a whisker
    assert.is_true(points[2] > 250) -- which use the height of the picture
    given.horizontal = true
    assert.is_true(area(true) < 0.02 * bars[1])
    given.values, given.y = true, { -3, 2 }
    assert.is_true(picture.has_text(draws(mah.plot.bars(given)), "−3"))
  end)

  it("writes values with the decimals they need", function()
    local figure = draws(mah.plot.bars { labels = { "a", "b", "c" }, y = { 0.9794, 1, 0.5 } })
    for _, value in ipairs { "0.9794", "1.0000", "0.5000" } do
      assert.is_true(picture.has_text(figure, value))
    end
    assert.is_true(picture.has_text(draws(mah.plot.bars { labels = { "a" }, y = { 40 } }), "40"))
    assert.is_true(picture.has_text(draws(mah.plot.bars { labels = { "a" }, y = { 0.5 },
      y_format = "percent", lang = "fa" }),
      "۵۰٫۰٪"))
  end)

  it("draws what is hard to draw", function()
    draws(mah.plot.bars { labels = { "a" }, y = { 0 } })
    draws(mah.plot.bars { labels = { "a", "b" }, y = { -1, nan }, err = { 0, nan }, points = true })
    draws(mah.plot.bars { labels = { "a" }, y = { 0 }, points = true, horizontal = true })
    draws(mah.plot.bars { labels = { "a" }, y = { nan }, points = true })
    draws(mah.plot.bars { labels = { "a", "b" }, y = { -1, nan }, err = { 0.1, nan } })
    draws(mah.plot.bars { labels = { "a", "b" }, y = { 1e-12, 1e12 }, horizontal = true })
    draws(mah.plot.bars { labels = { 10, 20 }, y = { 0.95, 0.99 }, y_range = { 0.9, 0.97 } })
    draws(mah.plot.bars { labels = mah.arange(1, 60), y = mah.arange(1, 60) })
    draws(mah.plot.bars { labels = { "یک", "دو" }, y = { 1, -2 }, horizontal = true, lang = "fa" })
  end)

  it("refuses what it cannot draw", function()
    local function refuses(options, message)
      assert.error_matches(function() mah.plot.bars(options) end, message)
    end
    refuses({ y = { 1 } }, "labels is missing")
    refuses({ labels = {}, y = {} }, "labels is empty")
    refuses({ labels = { "a" } }, "give either series or y")
    refuses({ labels = { "a" }, y = { 1, 2 } }, "y has 2 values and there are 1 labels")
    refuses({ labels = { "a" }, y = { 1 }, err = { 1, 2 } }, "err has 2 values")
    refuses({ labels = { "a" }, series = {} }, "series is empty")
    refuses({ labels = { "a" }, y = { 1 }, valus = true }, "did you mean 'values'")
  end)
end)

describe("mah.plot.hist", function()
  it("counts every value", function()
    local figure = draws(mah.plot.hist { x = { 0, 0, 0, 1, 2, 2 }, title = "few integers" })
    local _, box = picture.find(figure:pixels { scale = 1 }, light.c1)
    assert.is_true(box[3] > box[1])
    assert.is_true(picture.has_text(figure, "count"))
  end)

  it("draws what is hard to draw", function()
    draws(mah.plot.hist { x = { 5 } })
    draws(mah.plot.hist { x = { 0.5, 0.5, nan } })
    draws(mah.plot.hist { x = mah.arange(0, 1000), bins = 10000, density = true, lang = "fa" })
    draws(mah.plot.hist { series = { { x = { 1, 2.5 }, label = "a" },
      { x = { -1e9 }, label = "b" } } })
  end)

  it("refuses what it cannot draw", function()
    assert.error_matches(function() mah.plot.hist {} end, "give either series or x")
    assert.error_matches(function() mah.plot.hist { x = { nan } } end, "has no finite value")
    assert.error_matches(function() mah.plot.hist { x = { 1 }, range = { 2, 3 } } end,
      "no value lies in the range 2 ... 3")
    assert.error_matches(function() mah.plot.hist { x = { 1 }, bins = 0 } end,
      "bins must be an integer")
  end)
end)

describe("mah.plot.confusion", function()
  local counts = { { 50, 2 }, { 8, 40 } }

  it("has true rows and predicted columns", function()
    local figure = draws(mah.plot.confusion(counts, { labels = { "cat", "dog" } }))
    local place = {}
    for _, element in ipairs(picture.svg(figure)) do
      if element.tag == "text" then
        place[element.text] = { tonumber(element.attributes.x), tonumber(element.attributes.y) }
      end
    end
    assert.is_true(place["2"][1] > place["50"][1] and place["2"][2] == place["50"][2])
    assert.is_true(place["8"][2] > place["50"][2] and place["8"][1] == place["50"][1])
    assert.is_true(place["true label"] ~= nil and place["predicted label"] ~= nil)
  end)

  it("writes light text on dark cells", function()
    for _, element in ipairs(picture.svg(mah.plot.confusion(counts))) do
      if element.text == "50" then assert.equal(light.on_accent, element.attributes.fill) end
      if element.text == "8" then assert.equal(light.ink, element.attributes.fill) end
    end
  end)

  it("normalises", function()
    assert.is_true(picture.has_text(draws(mah.plot.confusion(counts, { normalize = "true" })),
      "96.2%"))
    assert.is_true(picture.has_text(draws(mah.plot.confusion(counts, { normalize = "predicted" })),
      "86.2%"))
    assert.is_true(picture.has_text(draws(mah.plot.confusion(counts,
      { normalize = "all", lang = "fa" })), "۵۰٫۰٪"))
    assert.is_true(picture.has_text(draws(mah.plot.confusion(counts, { percentages = true })),
      "83.3%"))
    draws(mah.plot.confusion({ { 0, 0 }, { 0, 0 } }, { normalize = "true", color_bar = true }))
  end)

  it("refuses what it cannot draw", function()
    assert.error_matches(function() mah.plot.confusion { { 1, 2 } } end,
      "a square matrix is expected; got 1 x 2")
    assert.error_matches(function() mah.plot.confusion {} end, "the matrix is empty")
    assert.error_matches(function() mah.plot.heatmap(mah.ones(2 ^ 40, 0)) end,
      "the matrix is empty")
    assert.error_matches(function() mah.plot.confusion { { -1 } } end, "row 1, column 1 is %-1")
    assert.error_matches(function() mah.plot.confusion(counts, { labels = { "a" } }) end,
      "1 names for 2")
    assert.error_matches(function() mah.plot.confusion(3) end, "a matrix is expected")
  end)
end)

describe("mah.plot.heatmap and panel", function()
  it("draw what is hard to draw", function()
    draws(mah.plot.heatmap { z = { { 1, nan }, { 3, 4 } }, x = { 0.1, 0.2 }, y = { "a", "b" },
      label = "loss" })
    draws(mah.plot.heatmap { z = { { 7 } }, color_bar = false })
    draws(mah.plot.heatmap { z = mah.zeros(60, 80), width = 400, height = 300 })
    draws(mah.plot.heatmap { z = { { -1, 3 } }, map = "diverging", lang = "fa" })
    local small = mah.plot.lines { series = { { y = { 1, 2 } } }, width = 200, height = 150 }
    local panel = draws(mah.plot.panel { figures = { small, small, small }, title = "three",
      gap = 10 })
    assert.equal(410, panel.width)
    assert.is_true(panel.height > 310)
    assert.equal(310, mah.plot.panel({ figures = { small, small }, columns = 1, gap = 10 }).height)
  end)

  it("colour cells by value", function()
    local figure = mah.plot.heatmap { z = { { 0, 1 } }, color_bar = false, annotate = false }
    local pixels = figure:pixels { scale = 1 }
    local low, low_box = picture.find(pixels, "#440154")
    local high, high_box = picture.find(pixels, "#fde725")
    assert.is_true(low > 1000 and high > 1000 and low_box[3] < high_box[1])
  end)

  it("refuse what they cannot draw", function()
    assert.error_matches(function() mah.plot.heatmap { z = { { nan } } } end, "no finite value")
    assert.error_matches(function() mah.plot.heatmap { z = { { 1 }, { 1, 2 } } } end,
      "row 2 has 2 values and row 1 has 1")
    assert.error_matches(function() mah.plot.heatmap { z = { { 1 } }, map = "jet" } end,
      "map must be one of blues")
    assert.error_matches(function() mah.plot.panel { figures = {} } end, "figures is empty")
    assert.error_matches(function() mah.plot.panel { figures = { 1 } } end,
      "figures%[1%] must be a figure")
  end)
end)
