local colors = require "mah.draw.colors"
local folder = debug.getinfo(1, "S").source:match "^@(.*/)"
local picture = dofile(folder .. "picture.lua")
local isolines = require "mah.draw.isolines"
local mah = require "mah"
local widths = require "mah.draw.text"

local light = colors.themes.light
local nan, inf = 0 / 0, math.huge

local function matrix(rows)
  rows.rows, rows.columns = #rows, #rows[1]
  return rows
end

--- Is a place inside an odd number of loops?
local function inside(loops, x, y)
  local odd = false
  for _, p in ipairs(loops) do
    for i = 1, #p, 2 do
      local j = i + 2 > #p and 1 or i + 2
      local x1, y1, x2, y2 = p[i], p[i + 1], p[j], p[j + 1]
      if (y1 > y) ~= (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1) then odd = not odd end
    end
  end
  return odd
end

describe("isolines", function()
  it("cross where the field does", function()
    assert.same({ { 1, 1.5, 2, 1.5 } }, isolines.trace(matrix { { 0, 0 }, { 1, 1 } }, 0.5))
    assert.same({ { 1.25, 1, 1.25, 2 } }, isolines.trace(matrix { { 0, 4 }, { 0, 4 } }, 1))
    assert.same({}, isolines.trace(matrix { { 0, 4 }, { 0, 4 } }, 9))
  end)

  it("lie on the level, in one closed line around a hill", function()
    local rows = {}
    for r = 1, 41 do
      rows[r] = {}
      for c = 1, 41 do rows[r][c] = 900 - (r - 21) ^ 2 - (c - 21) ^ 2 end
    end
    local lines = isolines.trace(matrix(rows), 900 - 144)
    assert.equal(1, #lines)
    local line = lines[1]
    assert.same({ line[1], line[2] }, { line[#line - 1], line[#line] })
    for i = 1, #line, 2 do
      local radius = math.sqrt((line[i] - 21) ^ 2 + (line[i + 1] - 21) ^ 2)
      assert.is_true(math.abs(radius - 12) < 0.05, radius)
    end
  end)

  it("join alternating corners as their mean says", function()
    local z = matrix { { 1, 0 }, { 0, 1 } }
    assert.equal(1, #isolines.loops(z, 0.4))
    assert.equal(2, #isolines.loops(z, 0.6))
    z = matrix { { 0, 1 }, { 1, 0 } }
    assert.equal(1, #isolines.loops(z, 0.4))
    assert.equal(2, #isolines.loops(z, 0.6))
  end)

  it("enclose exactly the places above the level, on random fields with holes", function()
    local rng = mah.rng(3)
    for size = 2, 9 do
      local rows = {}
      for r = 1, size do
        rows[r] = {}
        for c = 1, size + 1 do
          local v = rng:normal()
          rows[r][c] = v > 1.6 and inf or v < -1.6 and -inf or rng:random() < 0.1 and nan or v
        end
      end
      local loops = isolines.loops(matrix(rows), 0.2)
      for r = 1, size do
        for c = 1, size + 1 do
          -- just inside of the border, where loops run along it
          local x = math.max(1 + 1e-6, math.min(size + 1 - 1e-6, c))
          local y = math.max(1 + 1.1e-6, math.min(size - 1.1e-6, r))
          assert.equal(rows[r][c] >= 0.2, inside(loops, x, y), ("%d, %d"):format(r, c))
        end
      end
    end
  end)
end)

describe("mah.plot.contour", function()
  local function f(x, y) return x + 10 * y end

  it("draws a function, y upwards, in the colours of the bar", function()
    local figure = mah.plot.contour { f = f, x_range = { 0, 1 }, y_range = { 0, 1 }, n = 20,
      label = "height", levels = { 5 }, range = { 0, 10 } }
    local pixels = mah.plot.contour({ f = f, x_range = { 0, 1 }, y_range = { 0, 1 }, n = 20,
      levels = { 5 }, range = { 0, 10 }, color_bar = false }):pixels { scale = 1 }
    local _, low = picture.find(pixels, colors.map("viridis", 0.25))
    local _, high = picture.find(pixels, colors.map("viridis", 0.75))
    assert.is_true(high[2] < low[2] and high[4] < low[4])
    assert.is_true(picture.has_text(figure, "height"))
    assert.is_true(picture.has_text(figure, "0.2") and picture.has_text(figure, "1.0"))
  end)

  it("draws a matrix over its x and y as the function", function()
    local z, x, y = {}, {}, {}
    for i = 1, 21 do
      x[i], y[i], z[i] = (i - 1) / 20, (i - 1) / 20, {}
      for j = 1, 21 do z[i][j] = f((j - 1) / 20, (i - 1) / 20) end
    end
    local of_f = mah.plot.contour { f = f, x_range = { 0, 1 }, y_range = { 0, 1 }, n = 21 }
    assert.equal(of_f:svg(), mah.plot.contour({ z = z, x = x, y = y }):svg())
    picture.svg(mah.plot.contour(mah.tensor(z)))
  end)

  it("leaves out what has no value", function()
    local figure = mah.plot.contour { z = { { 1, 1, nan }, { 1, 1, nan }, { 1, 1, nan } },
      color_bar = false }
    local pixels = figure:pixels { scale = 1 }
    assert.not_equal(light.background, picture.at(pixels, 400, 100))
    assert.equal(light.background, picture.at(pixels, 560, 100))
  end)

  it("draws lines alone, in one colour or in many", function()
    local many = mah.plot.contour { f = f, x_range = { 0, 1 }, y_range = { 0, 1 }, filled = false }
    local one = mah.plot.contour { f = f, x_range = { 0, 1 }, y_range = { 0, 1 }, filled = false,
      color = "ink", label = "height" }
    assert.is_nil(many:svg():find "<path")
    assert.is_true(select(2, one:svg():gsub('stroke="#1f2933" stroke%-width="1.2"', "")) >= 5)
    assert.is_false(picture.has_text(one, "height"))
    picture.svg(mah.plot.contour { f = f, x_range = { 1, 100 }, y_range = { 0, 1 }, log_x = true })
  end)

  it("refuses what it cannot draw", function()
    local function refuses(options, message)
      assert.error_matches(function() mah.plot.contour(options) end, message)
    end
    refuses({}, "either z %(and x, y%), or f")
    refuses({ f = f }, "f needs x_range and y_range")
    refuses({ z = { { 1, 2 } } }, "z has 1 x 2 values; at least 2 x 2")
    refuses({ z = { { 1, 2 }, { 3, 4 } }, x = { 1, 2, 3 } }, "x has 3 values for 2")
    refuses({ z = { { 1, 2 }, { 3, 4 } }, y = { 2, 1 } }, "y must be finite numbers that grow")
    refuses({ z = { { nan, nan }, { nan, nan } } }, "z has no finite value")
    refuses({ z = { { 1, 2 }, { 3, 4 } }, levels = { nan } }, "levels%[1%] is")
    refuses({ z = { { 1, 2 }, { 3, 4 } }, levels = 0 }, "levels must be 1 ... 100; got 0")
  end)
end)

describe("mah.plot.boundary", function()
  local x = { { 0, 0 }, { 1, 1 }, { 0, 1 }, { 1, 0 } }
  local y = { "below", "above", "above", "below" }

  --- Labels by the second column.
  local function halves(points)
    local labels = {}
    for i = 1, points.shape[1] do labels[i] = points[i][2] > 0.5 and "above" or "below" end
    return labels
  end

  --- From where to where the regions of the first two classes reach, from the top.
  local function reaches(figure)
    local reach = {}
    for _, element in ipairs(picture.svg(figure)) do
      if element.tag == "path" then
        local low, high = inf, -inf
        for at in element.attributes.d:gmatch ",([%d.]+)" do
          low, high = math.min(low, tonumber(at)), math.max(high, tonumber(at))
        end
        reach[element.attributes.fill] = { low, high }
      end
    end
    return reach[light.c1], reach[light.c2]
  end

  it("draws the regions, y upwards, and the points on them", function()
    local figure = mah.plot.boundary { model = halves, x = x, y = y, n = 40 }
    local top, bottom = reaches(figure)
    assert.is_true(top[2] <= bottom[1] + 0.01) -- "above" is the first class of the two
    assert.is_true(math.abs((top[2] - top[1]) - (bottom[2] - bottom[1])) < 12)
    assert.is_true(picture.has_text(figure, "above") and picture.has_text(figure, "below"))
  end)

  it("gives each place to the class of the largest score, with a border where two are alike",
    function()
      local function scores(p) return mah.stack({ p:select(2, 2), 1 - p:select(2, 2) }, 2) end
      local top, bottom = reaches(mah.plot.boundary { model = scores, x_range = { 0, 1 },
        y_range = { 0, 2 }, n = 7 })
      assert.is_true(math.abs(top[2] - bottom[1]) < 0.02)
      assert.is_true(math.abs((top[2] - top[1]) / (bottom[2] - bottom[1]) - 3) < 0.02)
    end)

  it("takes models, scores and labels of any kind", function()
    local clf = mah.MLPClassifier { hidden_layer_sizes = { 4 }, max_iter = 2, random_state = 1 }
    mah.warnings(false)
    clf:fit(mah.tensor(x), y)
    mah.warnings(true)
    picture.svg(mah.plot.boundary { model = clf, x = x, y = y, n = 10 })
    local function scores(p) return mah.stack({ p:select(2, 1), p:select(2, 2) }, 2) end
    picture.svg(mah.plot.boundary { model = scores, x = x, y = y, n = 10 })
    local named = mah.plot.boundary { model = scores, n = 10, y = y,
      x = mah.data.table(mah.tensor(x), { names = { "weight", "power" } }) }
    assert.is_true(picture.has_text(named, "weight") and picture.has_text(named, "power"))
    local figure = mah.plot.boundary { model = scores, x_range = { 0, 1 }, y_range = { 0, 1 },
      n = 10, class_names = { "نخست", "دوم" }, lang = "fa" }
    assert.is_true(picture.has_text(figure, "دوم"))
    local function column(p) return p:narrow(2, 1, 1) end
    picture.svg(mah.plot.boundary { model = column, x = x, n = 10 })
  end)

  it("refuses what it cannot draw", function()
    local function refuses(options, message)
      assert.error_matches(function() mah.plot.boundary(options) end, message)
    end
    refuses({ model = halves }, "give x, points with finite values, or x_range and y_range")
    refuses({ model = {}, x = x }, "neither predict_proba nor predict")
    refuses({ model = halves, x = x, y = { 1 } }, "y has 1 labels and there are 4 points")
    refuses({ model = function() return { 1, 2 } end, x = x, n = 3 }, "2 answers for 9 points")
    refuses({ model = function() return "a" end, x = x, n = 3 }, 'labels or scores; got "a"')
    local known = { classes_ = { "a", "b" }, predict_proba = function(_, p) return p end }
    refuses({ model = known, x = x, y = y, n = 3 }, 'y has the class "below", which the model does')
  end)
end)

describe("mah.plot.overlay", function()
  local area = mah.plot.contour { z = { { 1, 2 }, { 3, 4 } }, x = { 0, 10 }, y = { 0, 10 },
    title = "area", label = "height" }
  local cloud = mah.plot.scatter { x = { 2, 4 }, y = { 3, 5 }, classes = { "a", "b" },
    x_label = "width" }
  local line = mah.plot.lines { x = { 1, 9 }, y = { 1, 9 }, label = "path", guides = { { y = 4,
    label = "goal" } } }

  it("puts artists of any charts on common axes", function()
    local figure = mah.plot.overlay { figures = { line, cloud, area }, y_label = "depth" }
    for _, text in ipairs { "area", "height", "width", "depth", "path", "a", "b", "goal", "10" } do
      assert.is_true(picture.has_text(figure, text), text)
    end
    local places = {}
    for i, element in ipairs(picture.svg(figure)) do
      local kind = element.tag == "path" and "area" or element.tag == "circle" and "point"
        or element.attributes.stroke == light.c1 and "line"
      if kind then places[kind] = i end
    end
    assert.is_true(places.area < places.line) -- though it was given last
  end)

  it("keeps the figures that it is made of", function()
    local before = line:svg()
    mah.plot.overlay({ figures = { line, area } }):svg()
    assert.equal(before, line:svg())
  end)

  it("shares the names of boxes, and logarithmic axes", function()
    local box = mah.plot.box { series = { { y = { 1, 2, 3 }, label = "first" } } }
    local dots = mah.plot.scatter { x = { 1, 1, 1 }, y = { 1, 2, 3 } }
    assert.is_true(picture.has_text(mah.plot.overlay { figures = { dots, box } }, "first"))
    local log = mah.plot.lines { y = { 1, 1000 }, log_y = true }
    local figure = mah.plot.overlay { figures = { log, dots } }
    assert.is_true(picture.has_text(figure, "100"))
    assert.is_false(picture.has_text(mah.plot.overlay { figures = { log, dots }, log_y = false },
      "100"))
  end)

  it("takes heat maps over numbers, and histograms", function()
    local z, x = {}, {}
    for i = 1, 30 do
      x[i], z[i] = i, {}
      for j = 1, 30 do z[i][j] = i end
    end
    local heat = mah.plot.heatmap { z = z, x = x, y = x, color_bar = false }
    local dot = mah.plot.scatter { x = { 15 }, y = { 25 }, color = "#ff00ff" }
    local pixels = mah.plot.overlay({ figures = { heat, dot } }):pixels { scale = 1 }
    local _, mark = picture.find(pixels, "#ff00ff")
    local below = picture.at(pixels, mark[1] - 20, mark[4])
    local _, row = picture.find(pixels, below)
    assert.is_true(row[2] <= mark[4] and row[4] >= mark[2])
    assert.equal(colors.map("viridis", 24 / 29):sub(1, 3), below:sub(1, 3))
    local upper = mah.plot.heatmap { z = z, x = x, y = x, origin = "upper" }
    assert.error_matches(function() mah.plot.overlay { figures = { upper, dot } } end,
      "has no axes to share")
    local bell = mah.plot.lines { x = { -1, 0, 1 }, y = { 0, 5, 0 }, label = "bell" }
    local figure = mah.plot.overlay { figures = { bell, mah.plot.hist { x = { -1, 0, 0.5, 1 },
      bins = 4 } } }
    assert.is_true(picture.has_text(figure, "bell") and picture.has_text(figure, "count"))
  end)

  it("refuses what has no axes to share", function()
    local function refuses(figures, message)
      assert.error_matches(function() mah.plot.overlay { figures = figures } end, message)
    end
    refuses({}, "figures is empty")
    refuses({ line, 3 }, "figures%[2%] must be a figure; got 3")
    local pairs_ = mah.plot.scatter_matrix { data = { a = { 1, 2 }, b = { 2, 1 } } }
    refuses({ line, pairs_ }, "figures%[2%] has no axes to share; mah.plot.panel")
    assert.equal(2 * pairs_.width,
      mah.plot.panel({ figures = { pairs_, pairs_ }, gap = 0 }).width)
  end)

  it("lays bars, importances and cells with names under others", function()
    local dot = { x = { 2 }, y = { 2 }, color = "#ff00ff" }
    local bars = mah.plot.bars { labels = { "p", "q" }, y = { 1, 4 } }
    local importance = mah.plot.importance { importances_mean = { 0.1, 3 }, names = { "q", "p" } }
    local heat = mah.plot.heatmap { z = { { 1, 2 }, { 3, 4 } }, x = { "u", "v" },
      y = { "p", "q" } }
    for _, figure in ipairs { bars, importance, heat } do
      local both = mah.plot.overlay { figures = { figure, mah.plot.scatter(dot) } }
      assert.is_true(picture.has_text(both, "p") and picture.has_text(both, "q"))
      local _, mark = picture.find(both:pixels { scale = 1 }, "#ff00ff")
      assert.is_true(figure == bars or mark[2] > both.height / 2) -- the second name from the top
    end
  end)

  it("refuses places with two names", function()
    local figures = { mah.plot.bars { labels = { "a", "b" }, y = { 1, 2 } },
      mah.plot.box { data = { a = { 1 }, c = { 2 } } } }
    assert.error_matches(function() mah.plot.overlay { figures = figures } end,
      'place 2 of the x axis has two names, "b" and "c"')
  end)
end)

describe("a colour bar", function()
  --- The end of the widest tick's label, and the start of the bar's label, in pixels.
  local function places(figure)
    local right, left = 0, nil
    for _, element in ipairs(picture.svg(figure)) do
      local a = element.attributes
      if element.tag == "text" and a.transform and a.transform:find "rotate%(90%)" then
        left = tonumber(a.transform:match "translate%(([%d.]+)") - 6
      elseif element.tag == "text" and (element.text or ""):find "000,000$" then
        right = math.max(right, tonumber(a.x) + widths.width(element.text, 10.5))
      end
    end
    return right, left
  end

  it("has room for wide numbers beside its label", function()
    local values = { 0, 5e8, 1e9 / 2.5 }
    local right, left = places(mah.plot.scatter { x = { 1, 2, 3 }, y = { 1, 2, 3 },
      values = values, label = "income",
      format = function(v) return ("%d,000,000"):format(v / 1e6) end })
    assert.is_true(right > 0 and left ~= nil)
    assert.is_true(right < left, ("%g, %g"):format(right, left or -1))
  end)
end)
