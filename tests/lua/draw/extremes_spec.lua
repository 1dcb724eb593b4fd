local folder = debug.getinfo(1, "S").source:match "^@(.*/)"
local picture = dofile(folder .. "picture.lua")
local mah = require "mah"
local thin = require "mah.draw.thin"

local nan, inf = 0 / 0, math.huge

--- Every plot that has an axis of numbers, of a list of values.
local plots = {
  ["lines, y"] = function(v) return mah.plot.lines { y = v } end,
  ["lines, x"] = function(v)
    return mah.plot.lines { x = v, y = v, marker = true }
  end,
  ["lines, log"] = function(v) return mah.plot.lines { y = v, log_y = true } end,
  ["lines, spread"] = function(v)
    local ones = {}
    for i = 1, #v do ones[i] = 1 end
    return mah.plot.lines { y = ones, spread = v }
  end,
  ["lines, right"] = function(v)
    return mah.plot.lines { series = { { y = { 1, 2 } }, { y = v, axis = 2 } } }
  end,
  bars = function(v)
    local names = {}
    for i = 1, #v do names[i] = "n" .. i end
    return mah.plot.bars { labels = names, y = v, err = v }
  end,
  hist = function(v) return mah.plot.hist(v) end,
  ["hist, density"] = function(v) return mah.plot.hist { x = v, density = true, bins = 7 } end,
  heatmap = function(v) return mah.plot.heatmap { z = { v, v } } end,
  ["heatmap, diverging"] = function(v) return mah.plot.heatmap { z = { v }, map = "diverging" } end,
  ["heatmap, y"] = function(v)
    local z = {}
    for i = 1, #v do z[i] = { i } end
    return mah.plot.heatmap { z = z, y = v }
  end,
  ["scatter, x"] = function(v) return mah.plot.scatter { x = v, y = v } end,
  ["scatter, values"] = function(v)
    local ones = {}
    for i = 1, #v do ones[i] = i end
    return mah.plot.scatter { x = ones, y = ones, values = v }
  end,
  ["scatter, log"] = function(v) return mah.plot.scatter { x = v, y = v, log_x = true } end,
  contour = function(v) return mah.plot.contour { z = { v, v } } end,
  ["contour, x"] = function(v)
    local row = {}
    for i = 1, #v do row[i] = i end
    return mah.plot.contour { z = { row, row }, x = v }
  end,
  ["contour, f"] = function(v)
    return mah.plot.contour { f = function(x) return x end, x_range = v, y_range = { 0, 1 }, n = 9 }
  end,
  boundary = function(v)
    local rows = {}
    for i = 1, #v do rows[i] = { v[i], i } end
    return mah.plot.boundary { x = rows, n = 9,
      model = function(p) return p:select(2, 2):gt(1) end }
  end,
  box = function(v) return mah.plot.box { series = { { y = v } } } end,
  ["scatter matrix"] = function(v)
    local ones = {}
    for i = 1, #v do ones[i] = i end
    return mah.plot.scatter_matrix { data = { v = v, ones = ones } }
  end,
  residuals = function(v) return mah.plot.residuals { y_true = v, y_pred = v } end,
  ["learning curve"] = function(v)
    local rows = {}
    for i = 1, #v do rows[i] = { v[i], v[i] } end
    return mah.plot.learning_curve { train_sizes = v, train_scores = rows, test_scores = rows }
  end,
  importance = function(v) return mah.plot.importance { importances_mean = v } end,
  overlay = function(v)
    return mah.plot.overlay { figures = { mah.plot.scatter { x = v, y = v },
      mah.plot.box { series = { { y = v, label = "a" } } } } }
  end,
  weights = function(v) return mah.image.weights(mah.tensor({ v }, { dtype = "float64" }):t(),
    { height = #v, width = 1 }) end,
  grid = function(v) return mah.image.grid(mah.tensor({ v }, { dtype = "float64" }),
    { height = #v, width = 1 }) end,
}

local values = {
  { 0 }, { -0.0, -0.0 }, { 7 }, { 2 ^ 53 }, { 1e16, 1e16 }, { 1e20 }, { -1e20, -1e20 }, { 2.26e18 },
  { 2 ^ 53 - 1, 2 ^ 53, 2 ^ 53 + 2 }, { 1e16, 1e16 + 2 }, { 5e-324 }, { 5e-324, 1 },
  { 5e-324, 1e-323 },
  { 1e-310, 3e-310, 2e-309 }, { -5e-324, 5e-324 }, { 1e308 }, { 1e308, -1e308 },
  { 1.7e308, -1.7e308 },
  { 1.79e308 }, { 1, 1e308 }, { 1e-160, 1e150 }, { 1, nan, 3 }, { 1, inf, -inf, 2 }, { nan, inf },
  { 1, 1 + 2e-16 }, { 0.1, 0.1 + 1e-12 }, { 1.7e15 + 3, 1.7e15 + 6, 1.7e15 + 9 }, { 1e300, 1e301 },
  { -1e-5, 1e5 }, { 1e-300, 1e-299 }, { 1e9, 1e9 + 1e-6 }, { 0, 1e-17 }, {},
}

local function name_of(list)
  local words = {}
  for i, v in ipairs(list) do words[i] = ("%.17g"):format(v) end
  return "{" .. table.concat(words, ", ") .. "}"
end

--- The lengths that an SVG gives, all of them.
local function check_numbers(svg)
  for text in svg:gmatch '"([^"]*)"' do
    assert.is_nil(text:find "%f[%w]nan%f[%W]")
    assert.is_nil(text:find "%f[%w]inf%f[%W]")
    for digits in text:gmatch "%d+" do assert.is_true(#digits < 9, text:sub(1, 80)) end
  end
end

describe("axes over extreme values", function()
  for name, plot in pairs(plots) do
    for _, list in ipairs(values) do
      it(("%s of %s end soon, with finite numbers or a clear error"):format(name, name_of(list)),
        function()
          local start = os.clock()
          local ok, figure = pcall(plot, list)
          if ok then
            check_numbers((figure:svg():gsub("base64,[^\"]*", "")))
            picture.svg(figure)
            figure:png { scale = 1 }
          else
            assert.matches("mah%.[%w._]+: ", figure)
            assert.is_nil(figure:find "%[mah%]")
          end
          assert.is_true(os.clock() - start < 2)
        end)
    end
  end

  --- The labels of the y axis, which end at its left.
  local function labels(figure)
    local list, seen = {}, {}
    for _, element in ipairs(picture.svg(figure)) do
      if element.tag == "text" and element.attributes["text-anchor"] == "end" then
        assert.is_nil(seen[element.text], element.text)
        seen[element.text] = true
        list[#list + 1] = element.text
      end
    end
    return list
  end

  it("have labels that differ", function()
    for _, range in ipairs { { 1e16, 1e16 + 2 }, { 1, 1 + 1e-9 }, { -1e9, -1e9 + 1e-3 },
      { 1e-5, 1e5 }, { -1.7e308, 1.7e308 }, { 1e300, 1.0000001e300 }, { 0, 5e-324 },
      { 123456.7, 123456.70001 } } do
      local figure = mah.plot.lines { y = { 1, 2 }, y_range = range }
      assert.is_true(#labels(figure) >= 2, name_of(range))
    end
  end)

  it("show an offset once", function()
    local figure = mah.plot.lines { y = { 1e16, 1e16 + 8 }, y_range = { 1e16, 1e16 + 8 } }
    assert.is_true(picture.has_text(figure, "+1×10¹⁶"))
    assert.same({ "0", "2", "4", "6", "8" }, labels(figure))
    local x = mah.plot.lines { x = { 1.7e15 + 1, 1.7e15 + 9 }, y = { 1, 2 } }
    assert.is_true(picture.has_text(x, "+1.7×10¹⁵"))
    assert.is_true(picture.has_text(mah.plot.lines { y = { 1, 1 + 1e-9 } }, "+1"))
  end)

  it("tell ticks that were asked for apart", function()
    local figure = mah.plot.lines { x = { 1, 1.0001 }, y = { 1, 2 },
      x_ticks = { 1.00001, 1.00002 } }
    assert.is_true(picture.has_text(figure, "1.00002"))
  end)

  it("refuse ranges that are none", function()
    for _, range in ipairs { { 0, inf }, { nan, 1 }, { 2, 1 }, { 1 }, { "a", 2 } } do
      for name, plot in pairs {
        lines = function() mah.plot.lines { y = { 1 }, y_range = range } end,
        bars = function() mah.plot.bars { labels = { "a" }, y = { 1 }, y_range = range } end,
        hist = function() mah.plot.hist { x = { 1 }, range = range } end,
        heatmap = function() mah.plot.heatmap { z = { { 1 } }, range = range } end,
        grid = function() mah.image.grid(mah.zeros(1, 4), { range = range }) end,
      } do
        assert.error_matches(plot, "range must be {low, high}, finite numbers with low < high", nil,
          name)
      end
    end
  end)
end)

describe("long lines", function()
  local function noisy(n)
    local y = {}
    for i = 1, n do y[i] = math.sin(i / n * 9) + 0.2 * math.sin(i * i) end
    return y
  end

  it("take linear time, as PNG and as SVG, with bands, dashes, gaps and markers", function()
    local n = 100000
    local y, ones = noisy(n), {}
    for i = 1, n do ones[i] = 0.3 + 0.1 * math.sin(i) end
    local gaps = noisy(n)
    for i = 1, n, 1000 do gaps[i] = nan end
    for _, one in ipairs { { y = y }, { y = y, spread = ones }, { y = y, dash = true },
      { y = gaps }, { y = y, line = false } } do
      local start = os.clock()
      local figure = mah.plot.lines { series = { one } }
      assert.is_true(#figure:png() < 400000)
      local size = #figure:svg()
      assert.is_true(size < (one.line == false and 8e6 or 250000), size)
      assert.is_true(os.clock() - start < 8)
    end
  end)

  it("keep every peak", function()
    local y = noisy(50000)
    y[20001], y[33333] = 40, -30
    local points = {}
    for i, v in ipairs(y) do points[2 * i - 1], points[2 * i] = i / 100, v end
    local kept = thin.columns(points, 0.5)
    assert.is_true(#kept < 8100)
    local high, low = -inf, inf
    for i = 2, #kept, 2 do
      high, low = math.max(high, kept[i]), math.min(low, kept[i])
      assert.is_true(i == 2 or kept[i - 1] > kept[i - 3]) -- in order, each once
    end
    assert.same({ 40, -30 }, { high, low })
    assert.same({ points[1], points[#points] }, { kept[1], kept[#kept] })
  end)

  it("cover the pixels of the whole line", function()
    -- 3,000 points: thinned in the one picture, drawn by hand as one path in the other.
    local raster = require "mah.draw.raster"
    local points = {}
    for i = 1, 3000 do points[2 * i - 1], points[2 * i] = i / 10, 100 + 80 * math.sin(i * i) end
    local function pixels(list)
      local canvas = raster.new(300, 200)
      canvas:polyline(list, { color = "c1", width = 2 })
      return canvas:finish():int()
    end
    local difference = (pixels(points) - pixels(thin.columns(points, 0.5))):abs()
    assert.is_true(difference:mean() < 1)
  end)
end)

describe("a heat map with many rows", function()
  local z, x, y = {}, {}, {}
  for i = 1, 120 do x[i], y[i], z[i] = -1 + 3 * (i - 1) / 119, -1.5 + 3 * (i - 1) / 119, {} end
  for i = 1, 120 do
    for j = 1, 120 do z[i][j] = i end
  end

  local function place_of(figure, text)
    for _, element in ipairs(picture.svg(figure)) do
      local beside = element.attributes["text-anchor"] == "end" -- of the y axis
      if element.tag == "text" and element.text == text and beside then
        return tonumber(element.attributes.x), tonumber(element.attributes.y)
      end
    end
  end

  it("has round ticks, and y grows upwards", function()
    local figure = mah.plot.heatmap { z = z, x = x, y = y }
    local _, low = place_of(figure, "−0.5")
    local _, high = place_of(figure, "1.0")
    assert.is_true(high < low)
    assert.is_true(#picture.texts(figure) < 30)
    local pixels = figure:pixels { scale = 1 }
    local _, first = picture.find(pixels, "#440154")
    local _, last = picture.find(pixels, "#fde725")
    assert.is_true(first[4] > last[4] + 400)
  end)

  it("begins on top without numbers, or when asked", function()
    for _, given in ipairs { { z = z }, { z = z, y = y, origin = "upper" } } do
      local pixels = mah.plot.heatmap(given):pixels { scale = 1 }
      local _, first = picture.find(pixels, "#440154")
      local _, last = picture.find(pixels, "#fde725")
      assert.is_true(first[2] < last[4] - 400)
    end
    local few = mah.plot.heatmap { z = { { 1 }, { 2 } }, y = { 10, 20 } }
    assert.is_true(select(2, place_of(few, "10")) > select(2, place_of(few, "20")))
    local names = mah.plot.heatmap { z = { { 1 }, { 2 } }, y = { "10", "20" } }
    assert.is_true(select(2, place_of(names, "10")) < select(2, place_of(names, "20")))
  end)

  it("leaves out names that stand too close", function()
    local names = {}
    for i = 1, 120 do names[i] = "row " .. i end
    assert.is_true(#picture.texts(mah.plot.heatmap { z = z, y = names }) < 90)
  end)
end)

describe("a picture", function()
  it("of too many pixels is refused before it is drawn", function()
    local figure = mah.plot.lines { y = { 1, 2 }, width = 4000, height = 4000 }
    local start = os.clock()
    assert.error_matches(function() figure:png { scale = 8 } end,
      "a picture of 32000 x 32000 pixels is too large")
    assert.error_matches(function()
      mah.plot.lines({ y = { 1, 2 }, width = 9000 }):pixels { scale = 16 }
    end, "at most 32767 for a side")
    assert.is_true(os.clock() - start < 0.5)
  end)

  it("takes any text", function()
    for _, text in ipairs { "\0\1\27[31m", "\255\254", "a\205", "\237\160\128",
      ("long "):rep(20000),
      ("x"):rep(100000), "a\nb\r\nc", "<&>\"'", "\239\191\190" } do
      for _, figure in ipairs {
        mah.plot.lines { y = { 1, 2 }, title = text, x_label = text, y_label = text, label = text },
        mah.plot.lines { x = { text, "b" }, y = { 1, 2 } },
        mah.plot.bars { labels = { text, text }, y = { 1, 2 }, horizontal = true },
        mah.plot.bars { labels = { text, text }, y = { 1, 2 } },
        mah.plot.heatmap { z = { { 1, 2 } }, y = { text }, x = { text, text }, label = text },
        mah.plot.confusion({ { 1, 2 }, { 3, 4 } }, { labels = { text, text } }),
        mah.image.grid(mah.zeros(1, 4), { title = text, captions = { text } }),
        mah.plot.scatter { x = { 1, 2 }, y = { 1, 2 }, classes = { text, "b" }, title = text },
        mah.plot.scatter { x = { 1, 2 }, y = { 1, 2 }, values = { 1, 2 }, label = text },
        mah.plot.contour { z = { { 1, 2 }, { 3, 4 } }, label = text },
        mah.plot.box { series = { { y = { 1, 2 }, label = text } } },
        mah.plot.scatter_matrix { data = { [text] = { 1, 2 }, b = { 1, 2 } }, title = text },
        mah.plot.importance { importances_mean = { 1, 2 }, names = { text, "b" } },
        mah.plot.roc { fpr = { 0, 1 }, tpr = { 0, 1 }, label = text, guides = { { y = 1,
          label = text } } },
      } do
        picture.svg(figure)
        figure:png { scale = 0.5 }
      end
    end
  end)
end)

describe("plots of plain values", function()
  it("need no options", function()
    assert.equal(mah.plot.lines({ series = { { x = { 1, 2 }, y = { 3, 4 } } } }):svg(),
      mah.plot.lines({ x = { 1, 2 }, y = { 3, 4 } }):svg())
    assert.equal(mah.plot.lines({ y = { 3, 4 } }):svg(), mah.plot.lines({ 3, 4 }):svg())
    assert.equal(mah.plot.lines({ y = { 3, 4 } }):svg(), mah.plot.lines(mah.tensor { 3, 4 }):svg())
    assert.equal(mah.plot.hist({ x = { 3, 4 } }):svg(), mah.plot.hist(mah.tensor { 3, 4 }):svg())
    assert.equal(mah.plot.heatmap({ z = { { 3, 4 } } }):svg(),
      mah.plot.heatmap(mah.tensor { { 3, 4 } }):svg())
  end)

  it("are told what to write", function()
    assert.error_matches(function() mah.plot.lines { { 1, 2, 3 } } end, "series = {{y = {1, 2, 3}}")
    assert.error_matches(function() mah.plot.lines {} end, "give either y %(and x%), or series")
    assert.error_matches(function() mah.plot.lines { x = { 1 } } end, "give either y %(and x%)")
  end)
end)
