--- Points, coloured by value or by class.
---
---     mah.plot.scatter{x = {1, 2, 3}, y = {2, 1, 3}, classes = {"a", "b", "a"}}
---     mah.plot.scatter{x = set.x, values = error, label = "error"}       -- x of two columns
local Axis = require "mah.draw.axis"
local Locale = require "mah.draw.locale"
local chart = require "mah.draw.chart"
local check = require "mah.base.check"
local classes = require "mah.draw.classes"
local colorbar = require "mah.draw.colorbar"
local colors = require "mah.draw.colors"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local points = require "mah.draw.points"
local texts = require "mah.draw.texts"

local WHERE = "mah.plot.scatter"

local rules = options.declare(WHERE, chart.rules {
  x = { options.required, "table|tensor", nil, "(n); or without y (n, 2), a point in each row" },
  y = { nil, "table|tensor", nil, "(n)" },
  values = { nil, "table|tensor", nil, "(n): numbers that become colours; NaN is grey" },
  classes = { nil, "table|tensor", nil, "(n): " .. texts.classes },
  class_names = { nil, "table", nil, texts.class_names },
  label = { nil, "string", nil, "text of the colour bar; without values, of the points in the "
    .. "legend" },
  size = { nil, "number", "(0, 50]", texts.size },
  opacity = { nil, "number", "(0, 1]", texts.opacity .. "; nil: 1" },
  color = { nil, "string|number", nil, "of points that are all alike: " .. texts.color },
  marker = { nil, "string", nil, "of all points: " .. texts.marker .. "; nil: circle, or one for "
    .. "each class" },
  map = { "viridis", colors.maps, nil, texts.map }, range = { nil, "table", nil, texts.range },
  format = { nil, "string|callable", nil, texts.bar_format },
  color_bar = { true, "boolean", nil, texts.color_bar },
})

local function same_length(list, n, name)
  check.that(#list == n, "%s: %s has %d values and there are %d points", WHERE, name, #list, n)
  return list
end

--- x and y: two vectors, or the columns of x.
local function read_points(o)
  if o.y then
    local x, y = numbers.vector(o.x, WHERE .. ": x"), numbers.vector(o.y, WHERE .. ": y")
    check.that(#x == #y, "%s: x has %d values and y has %d", WHERE, #x, #y)
    check.that(#x > 0, "%s: x is empty", WHERE)
    return x, y
  end
  return points.columns(o.x, WHERE .. ": x")
end

-- -- By class -------------------------------------------------------------------------------------

local function by_class(o, x, locale)
  local labels = same_length(classes.labels(o.classes, WHERE .. ": classes"), #x, "classes")
  local list, places = classes.of(labels, WHERE .. ": classes")
  local names = classes.names(list, o.class_names, WHERE)
  local styles, entries = classes.styles(names, o.marker, locale)
  return function(i) return styles[places[labels[i]]] end, entries, labels
end

-- -- By value -------------------------------------------------------------------------------------

local function by_value(o, x, locale)
  local values = same_length(numbers.vector(o.values, WHERE .. ": values"), #x, "values")
  local low, high = numbers.range { values }
  check.that(low, "%s: values has no finite value", WHERE)
  if o.range then
    low, high = numbers.bounds(o.range, WHERE .. ": range")
  elseif o.map == "diverging" then
    high = math.max(math.abs(low), math.abs(high))
    low = -high
  end
  low, high = Axis.opened(low, high)
  local function style_of(i)
    if not numbers.finite(values[i]) then return nil end
    return { fill = colorbar.fill(o.map, numbers.part(values[i], low, high)).fill,
      marker = o.marker or "circle" }
  end
  return style_of, values, { map = o.map, low = low, high = high, locale = locale, label = o.label,
    format = o.format }
end

-- -- The artist -----------------------------------------------------------------------------------

local function artist_of(o, locale)
  local x, y = read_points(o)
  check.that(not (o.values and o.classes), "%s: either values or classes", WHERE)
  if o.marker then points.check_marker(o.marker, WHERE .. ": marker") end
  local color = o.color and colors.check(o.color, WHERE .. ": color") or "c1"
  local plain = { fill = color, marker = o.marker or "circle" }
  local style_of, entries, bar, more = function() return plain end, nil, nil, nil
  if o.classes then
    more = { name = "class" }
    style_of, entries, more.values = by_class(o, x, locale)
  elseif o.values then
    more = { name = "value" }
    style_of, more.values, bar = by_value(o, x, locale)
  elseif o.label then
    entries = { { label = locale:label(o.label), color = color, marker = plain.marker,
      line = false } }
  end
  local cloud = { x = x, y = y, style_of = style_of, size = o.size, opacity = o.opacity,
    more = more }
  return points.artist(cloud, entries, o.color_bar and bar or nil)
end

--- Points, all alike, or coloured by value (with a colour bar) or by class (with a legend).
---
---     local figure = mah.plot.scatter { x = { 1, 2 }, y = { 2, 1 }, classes = { "a", "b" } }
---     figure:save "points.png"
---     print(mah.plot.scatter(mah.tensor { { 1, 2 }, { 2, 1 } }, { values = { 0.1, 0.9 } }))
---     --> figure 640 x 400
---@param given table|tensor   options, or x alone: a point in each row
---@param more table|nil   options, after the data
---@return figure
return function(given, more)
  local o = options(numbers.named_matrix(given, "x", more, WHERE), rules, WHERE)
  return chart.figure(WHERE, o, { artist_of(o, Locale.of(o.lang)) })
end
