--- Contours: lines of equal height, and the areas between them.
---
---     local function f(x, y) return x^2 - y^2 end
---     mah.plot.contour{f = f, x_range = {-1, 1}, y_range = {-1, 1}}
local Axis = require "mah.draw.axis"
local Locale = require "mah.draw.locale"
local chart = require "mah.draw.chart"
local check = require "mah.base.check"
local colorbar = require "mah.draw.colorbar"
local colors = require "mah.draw.colors"
local data = require "mah.draw.data"
local field = require "mah.draw.field"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local texts = require "mah.draw.texts"

local WHERE = "mah.plot.contour"

local rules = options.declare(WHERE, chart.rules {
  z = { nil, "table|tensor", nil, "(rows, columns): heights, the first row at the bottom; NaN is "
    .. "left out" },
  x = { nil, "table|tensor", nil, "(columns): where the columns of z are, growing; nil: 1, 2 ..." },
  y = { nil, "table|tensor", nil, "(rows): where the rows of z are, growing; nil: 1, 2 ..." },
  f = { nil, "callable", nil, "function(x, y) -> height, of numbers, over x_range and y_range; "
    .. "instead of z" },
  n = { 120, "integer", "[2, 1000]", "places each way at which f is asked" },
  levels = { 8, "integer|table|tensor", nil, "about how many round heights (1 ... 100), or a "
    .. "list" },
  filled = { true, "boolean", nil, "colour the areas between the levels" },
  lines = { true, "boolean", nil, "draw the lines" },
  color = { nil, "string|number", nil, "of the lines, as in mah.plot.lines; nil: white on areas, "
    .. "else by height" },
  label = { "", "string", nil, texts.bar_label },
  format = { nil, "string|callable", nil, texts.bar_format },
  map = { "viridis", colors.maps, nil, texts.map }, range = { nil, "table", nil, texts.range },
  color_bar = { true, "boolean", nil, texts.color_bar },
})

--- The field, from z or from f over the ranges of the axes.
local function read_field(o)
  check.that((o.z == nil) ~= (o.f == nil), "%s: give either z (and x, y), or f", WHERE)
  if o.z then return field.of_matrix(o.z, o.x, o.y, WHERE) end
  check.that(o.x_range and o.y_range, "%s: f needs x_range and y_range", WHERE)
  local axes = {}
  for i, name in ipairs { "x", "y" } do
    local range, log = o[name .. "_range"], o["log_" .. name]
    chart.check_range(WHERE, range, name .. "_range", log)
    axes[i] = field.steps(range[1], range[2], o.n, log)
  end
  return field.of_function(o.f, axes[1], axes[2])
end

--- Round numbers between low and high, or those that were given, sorted.
local function read_levels(o, low, high, locale)
  if type(o.levels) == "number" then
    check.that(o.levels > 0 and o.levels <= 100, "%s: levels must be 1 ... 100; got %d", WHERE,
      o.levels)
    local list = {}
    for _, tick in ipairs(Axis.new { low = low, high = high, most = o.levels,
      locale = locale }.ticks) do
      if tick.value > low and tick.value < high then list[#list + 1] = tick.value end
    end
    return list
  end
  local list = numbers.vector(o.levels, WHERE .. ": levels")
  for i, v in ipairs(list) do
    check.that(numbers.finite(v), "%s: levels[%d] is %g", WHERE, i, v)
  end
  table.sort(list)
  return list
end

--- The bands between the levels that lie in the range: their edges.
local function edges_of(levels, low, high)
  local edges = { low }
  for _, v in ipairs(levels) do
    if v > edges[#edges] and v < high then edges[#edges + 1] = v end
  end
  edges[#edges + 1] = high
  return edges
end

--- Each area covers what is higher, too: the next one is painted over it.
local function draw_bands(f, bar, canvas, x_axis, y_axis)
  for i = 1, #bar.edges - 1 do
    local level = i == 1 and -math.huge or bar.edges[i]
    local loops = field.region(f, math.max(level, -1.7976931348623157e308), x_axis, y_axis)
    if #loops > 0 then
      canvas:region(loops, (colorbar.fill(bar.map, colorbar.band(bar, i))))
    end
  end
end

local function draw_lines(f, levels, style_of, canvas, x_axis, y_axis)
  for _, level in ipairs(levels) do
    for _, points in ipairs(field.lines(f, level, x_axis, y_axis)) do
      if #points > 2 then canvas:polyline(points, style_of(level)) end
    end
  end
end

local function artist_of(o, f, locale)
  local low, high = Axis.opened(numbers.color_range(o, f.z, WHERE))
  local levels = read_levels(o, low, high, locale)
  local bar = { map = o.map, low = low, high = high, locale = locale, label = o.label,
    format = o.format, edges = o.filled and edges_of(levels, low, high) or nil }
  local color = o.color and colors.check(o.color, WHERE .. ": color")
  local function style_of(level)
    if color then return { color = color, width = 1.2 } end
    if o.filled then return { color = "#ffffff", width = 0.8, opacity = 0.6 } end
    return { color = colors.map(o.map, numbers.part(level, low, high)), width = 1.6 }
  end
  return {
    x = { { f.x[1], f.x[#f.x] } }, y = { { f.y[1], f.y[#f.y] } }, tight = o.filled,
    data = function() return data.of_grid(f.z, f.x, f.y) end,
    continuous = true, level = o.filled and 1 or 2,
    bar = o.color_bar and (o.filled or not color) and bar or nil,
    draw = function(canvas, x_axis, y_axis, area)
      canvas:clip(area.left, area.top, area.right - area.left, area.bottom - area.top, function()
        if o.filled then draw_bands(f, bar, canvas, x_axis, y_axis) end
        if o.lines then draw_lines(f, levels, style_of, canvas, x_axis, y_axis) end
      end)
    end,
  }
end

--- Lines of equal height of a matrix or of a function, and the areas between them; y grows upwards.
--- contour(z) is enough.
---
---     local function f(x, y) return x ^ 2 - y ^ 2 end
---     print(mah.plot.contour { f = f, x_range = { -1, 1 }, y_range = { -1, 1 }, n = 40 })
---     --> figure 640 x 400
---     print(mah.plot.contour(mah.tensor { { 1, 2 }, { 2, 4 } }, { levels = { 2, 3 } }))
---     --> figure 640 x 400
---@param given table|tensor   options, or the matrix z alone
---@param more table|nil   options, after the data
---@return figure
return function(given, more)
  local o = options(numbers.named_matrix(given, "z", more, WHERE), rules, WHERE)
  return chart.figure(WHERE, o, { artist_of(o, read_field(o), Locale.of(o.lang)) })
end
