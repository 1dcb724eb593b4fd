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

local WHERE = "mah.plot.scatter"

local rules = options.declare(WHERE, chart.rules {
  x = { options.required, "table|tensor" }, y = { nil, "table|tensor" },
  values = { nil, "table|tensor" }, classes = { nil, "table|tensor" },
  class_names = { nil, "table" },
  label = { nil, "string" },
  size = { nil, "number", "(0, 50]" }, opacity = { nil, "number", "(0, 1]" },
  color = { nil, "string|number" }, marker = { nil, "string" },
  map = { "viridis", colors.maps }, range = { nil, "table" }, format = { nil, "string|callable" },
  color_bar = { true, "boolean" },
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
--- Options:
---  x and y (vectors), or x alone: a matrix of two columns
---  values  numbers; NaN is grey;  label: of the colour bar;  map  viridis, blues, diverging
---          (around zero), grey;  range {low, high} of the colours;  format;  color_bar (true)
---  classes numbers or strings, a colour and a marker for each, in their order; class_names
---  label   in the legend, of points that are all alike;  color, marker as in mah.plot.lines
---  size    radius in pixels (less for many points);  opacity
---  title, x_label, y_label, log_x, log_y, x_range, y_range, x_format, y_format, x_ticks, guides,
---  legend, width, height, lang  as in mah.plot.lines
---
---     mah.plot.scatter { x = { 1, 2, 3 }, y = { 2, 1, 3 }, classes = { "a", "b", "a" } }
---@param given table|tensor
---@param more table|nil   options, after the data
---@return table figure   see mah.draw.figure
return function(given, more)
  local o = options(numbers.named_matrix(given, "x", more, WHERE), rules, WHERE)
  return chart.figure(WHERE, o, { artist_of(o, Locale.of(o.lang)) })
end
