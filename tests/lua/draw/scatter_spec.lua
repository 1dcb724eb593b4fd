local colors = require "mah.draw.colors"
local folder = debug.getinfo(1, "S").source:match "^@(.*/)"
local picture = dofile(folder .. "picture.lua")
local mah = require "mah"

local light = colors.themes.light

--- The marks of a colour: their places, as {x, y}.
local function circles(figure, color)
  local list = {}
  for _, element in ipairs(picture.svg(figure)) do
    if element.tag == "circle" and element.attributes.fill == color then
      list[#list + 1] = { tonumber(element.attributes.cx), tonumber(element.attributes.cy) }
    end
  end
  return list
end

describe("mah.plot.scatter", function()
  it("puts points at their places, y upwards", function()
    local places = circles(mah.plot.scatter { x = { 1, 2, 3 }, y = { 5, 9, 7 } }, light.c1)
    assert.equal(3, #places)
    assert.is_true(places[1][1] < places[2][1] and places[2][1] < places[3][1])
    assert.is_true(places[1][2] > places[3][2] and places[3][2] > places[2][2])
    local middle = (places[1][1] + places[3][1]) / 2
    assert.is_true(math.abs(places[2][1] - middle) < 0.02)
  end)

  it("takes a matrix of two columns", function()
    local x = mah.tensor { { 1, 5 }, { 2, 9 } }
    local expected = mah.plot.scatter({ x = { 1, 2 }, y = { 5, 9 } }):svg()
    assert.equal(expected, mah.plot.scatter(x):svg())
    assert.equal(expected, mah.plot.scatter({ x = { { 1, 5 }, { 2, 9 } } }):svg())
  end)

  it("colours by value, with a bar; NaN is grey", function()
    local figure = mah.plot.scatter { x = { 1, 2, 3 }, y = { 1, 2, 3 }, values = { 0, 10, 0 / 0 },
      label = "error" }
    assert.equal(1, #circles(figure, colors.map("viridis", 0)))
    assert.equal(1, #circles(figure, colors.map("viridis", 1)))
    assert.equal(1, #circles(figure, light.muted))
    assert.is_true(picture.has_text(figure, "error") and picture.has_text(figure, "10"))
    local plain = mah.plot.scatter { x = { 1, 2 }, y = { 1, 2 }, values = { 0, 10 },
      label = "error", color_bar = false }
    assert.is_false(picture.has_text(plain, "error"))
  end)

  it("gives each class a colour, a marker and an entry", function()
    local figure = mah.plot.scatter { x = { 1, 2, 3 }, y = { 1, 2, 3 },
      classes = { "late", "early", "late" } }
    assert.equal(2, #circles(figure, light.c1)) -- early: the point and its entry
    local squares = 0
    for _, element in ipairs(picture.svg(figure)) do
      local is_mark = element.tag == "polygon" and element.attributes.fill == light.c2
      squares = squares + (is_mark and 1 or 0)
    end
    assert.equal(3, squares)
    assert.is_true(picture.has_text(figure, "late") and picture.has_text(figure, "early"))
    local named = mah.plot.scatter { x = { 1, 2 }, y = { 1, 2 }, lang = "fa",
      classes = mah.tensor({ 0, 1 }, { dtype = "int32" }), class_names = { "نه", "بله" } }
    assert.is_true(picture.has_text(named, "بله"))
  end)

  it("draws many points in less ink", function()
    local figure = mah.plot.scatter(mah.randn(50000, 2, { rng = mah.rng(1) }))
    assert.is_true(#figure:svg() < 12e6)
  end)

  it("refuses what it cannot draw", function()
    local function refuses(options, message)
      assert.error_matches(function() mah.plot.scatter(options) end, message)
    end
    refuses({}, "x is missing")
    refuses({ x = { 1, 2 }, y = { 1 } }, "x has 2 values and y has 1")
    refuses({ x = { { 1, 2, 3 } } }, "a matrix of two columns is expected %(or x and y%); got 3")
    refuses({ x = { 1 }, y = { 1 }, classes = { 1, 2 } }, "classes has 2 values and there are 1")
    refuses({ x = { 1 }, y = { 1 }, values = { 1, 2 } }, "values has 2 values and there are 1")
    refuses({ x = { 1 }, y = { 1 }, values = { 1 }, classes = { 1 } }, "either values or classes")
    refuses({ x = { 1 }, y = { 1 }, classes = { 1 }, class_names = { "a", "b" } },
      "2 class_names for 1 classes")
    refuses({ x = { 1 }, y = { 1 }, marker = "star" }, "marker must be one of circle")
    refuses({ x = { 0 / 0 }, y = { 1 } }, "no finite value to draw on the x axis")
    refuses({ x = mah.arange(1, 200), y = mah.arange(1, 200), classes = mah.arange(1, 200) },
      "more than 100 classes; numbers are shown by values")
    refuses({ x = { 1 }, y = { 1 }, clases = { 1 } }, "did you mean 'classes'")
  end)
end)

describe("options behind data", function()
  local t = mah.data.table { { "age", { 1, 2, 3, 4 } }, { "fare", { 4, 2, 8, 1 } } }

  it("are read, and unknown ones refused", function()
    for name, data in pairs { box = t, scatter_matrix = t, hist = t.age, lines = t.age,
      heatmap = mah.eye(3), contour = mah.eye(3), scatter = mah.rand(9, 2) } do
      local draw = mah.plot[name]
      assert.is_true(picture.has_text(draw(data, { title = "Passengers" }), "Passengers"), name)
      assert.error_matches(function() draw(data, { titel = "" }) end,
        ("mah.plot.%s: unknown option \"titel\"; did you mean 'title'"):format(name))
      assert.error_matches(function() draw({ title = "a" }, {}) end,
        ("mah.plot.%s: one table of options is expected, or data and one"):format(name))
    end
  end)
end)

describe("mah.plot.scatter_matrix", function()
  local data = { age = { 1, 2, 3, 4 }, fare = { 4, 2, 8, 1 }, height = { 1, 1, 2, 2 } }

  it("has every column against every other, in the order asked for", function()
    local figure = mah.plot.scatter_matrix { data = data }
    assert.equal(4 * 6, #circles(figure, light.c1))
    local function order(f)
      local names = {}
      for _, text in ipairs(picture.texts(f)) do
        if data[text] then names[#names + 1] = text end
      end
      return names
    end
    assert.same({ "age", "age", "fare", "fare", "height", "height" }, order(figure))
    assert.same({ "height", "height", "age", "age" },
      order(mah.plot.scatter_matrix { data = data, columns = { "height", "age" } }))
  end)

  it("takes matrices, classes, Persian and many rows", function()
    picture.svg(mah.plot.scatter_matrix(mah.randn(50, 3)))
    local figure = mah.plot.scatter_matrix { data = mah.randn(30, 2), columns = { "یک", "دو" },
      classes = mah.arange(1, 30):gt(15), lang = "fa", title = "همه", cell = 60 }
    assert.is_true(picture.has_text(figure, "دو"))
    mah.plot.scatter_matrix(mah.randn(5000, 4)):png { scale = 1 }
  end)

  it("refuses what it cannot draw", function()
    local function refuses(options, message)
      assert.error_matches(function() mah.plot.scatter_matrix(options) end, message)
    end
    refuses({ data = { a = { 1 } } }, "at least two columns")
    refuses({ data = data, columns = { "age", "fair" } }, 'no column "fair"; did you mean .fare')
    refuses({ data = { a = { 1, 2 }, b = { 1 } } }, "column b has 1 values and a has 2")
    refuses({ data = mah.zeros(2, 16) }, "16 columns; at most 15")
    refuses({ data = data, classes = { 1 } }, "classes has 1 values and there are 4 rows")
    refuses({ data = { a = { 1 }, b = { 0 / 0 } } }, "the column b has no finite value")
  end)
end)

describe("mah.plot.box", function()
  --- The upright places of level lines of this width, from the top.
  local function levels(figure, width)
    local list = {}
    for _, element in ipairs(picture.svg(figure)) do
      local a = element.attributes
      local y1, y2 = (a.points or ""):match "^[%d.]+,([%d.]+) [%d.]+,([%d.]+)$"
      if element.tag == "polyline" and y1 == y2 and y1 and a["stroke-width"] == width then
        list[#list + 1] = tonumber(y1)
      end
    end
    table.sort(list)
    return list
  end

  it("has NumPy's quartiles, whiskers within 1.5 boxes, and what is beyond", function()
    -- numpy.percentile([1, 2, 3, 4, 20], [25, 50, 75]): 2, 3, 4; 20 lies beyond 4 + 3
    local figure = mah.plot.box { series = { { y = { 20, 3, 1, 4, 2 }, label = "a" } },
      y_range = { 0, 20 } }
    local beyond = circles(figure, "none")
    assert.equal(1, #beyond)
    local median, ends = levels(figure, "2"), levels(figure, "1.2")
    local unit = (median[1] - beyond[1][2]) / 17
    local low = median[1] + 2 * unit
    assert.is_true(math.abs(ends[#ends] - low) < 0.1)
    assert.is_true(math.abs(ends[1] - (median[1] - unit)) < 0.1)
    for _, element in ipairs(picture.svg(figure)) do
      if element.tag == "rect" and element.attributes.opacity then
        assert.is_true(math.abs(tonumber(element.attributes.height) - 2 * unit) < 0.1)
      end
    end
  end)

  it("takes columns by name and matrices, and leaves a gap for what is empty", function()
    local figure = mah.plot.box { data = { b = { 1, 2 }, a = { 3, 4 } } }
    assert.is_true(picture.has_text(figure, "a") and picture.has_text(figure, "b"))
    assert.equal(mah.plot.box({ data = { { 1, 2 }, { 3, 4 } } }):svg(),
      mah.plot.box(mah.tensor { { 1, 2 }, { 3, 4 } }):svg())
    picture.svg(mah.plot.box { series = { { y = { 1 } }, { y = { 0 / 0 } }, { y = {} } } })
    picture.svg(mah.plot.box { series = { { y = { 1, 2 } } }, log_y = true, lang = "fa" })
  end)

  it("refuses what it cannot draw", function()
    assert.error_matches(function() mah.plot.box {} end, "either data or series")
    assert.error_matches(function() mah.plot.box { series = {} } end, "series is empty")
    assert.error_matches(function() mah.plot.box { series = { { y = {} } } } end, "no finite value")
  end)
end)
