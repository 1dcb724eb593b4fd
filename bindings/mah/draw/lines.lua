--- Line charts.  mah.plot.lines{series = {{x = , y = , label = } ...}, x_label = , y_label = }
local Locale = require "mah.draw.locale"
local chart = require "mah.draw.chart"
local check = require "mah.base.check"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local series = require "mah.draw.series"

local WHERE = "mah.plot.lines"

local formats = "string|callable"
local rules = options.declare(WHERE, chart.rules {
  series = { nil, "table" },
  x = { nil, "table|tensor" }, y = { nil, "table|tensor" },
  label = { nil, "string|number" }, marker = { nil, "boolean|string" }, line = { nil, "boolean" },
  color = { nil, "string|number" }, dash = { nil, "boolean" },
  low = { nil, "table|tensor" }, high = { nil, "table|tensor" }, spread = { nil, "table|tensor" },
  y2_label = { nil, "string" }, log_y2 = { false, "boolean" }, y2_range = { nil, "table" },
  y2_format = { nil, formats },
})

local of_a_series = { "x", "y", "label", "marker", "line", "color", "dash", "low", "high",
  "spread" }

--- The series that were given; of a single one the fields may stand among the options.
local function series_of(o)
  local one
  for _, field in ipairs(of_a_series) do
    if o[field] ~= nil then
      one = one or {}
      one[field] = o[field]
    end
  end
  check.that((one == nil) ~= (o.series == nil) and (not one or one.y ~= nil),
    "%s: give either y (and x), or series = {{x = , y = } ...}", WHERE)
  return o.series or { one }
end

--- lines{1, 2, 3}, and so on: values alone are y; lists of them are told what they should be.
local function options_of(given, more)
  given = numbers.named(given, "y", more, WHERE)
  if type(given) == "table" and (type(given[1]) == "table" or type(given[1]) == "cdata") then
    check.raise("%s: lists are given as series = {{y = {1, 2, 3}}, {y = ...}}, or one as "
      .. "y = {1, 2, 3}", WHERE)
  end
  return options(given, rules, WHERE)
end

--- A chart of lines over a common x axis: lines{1, 3, 2}, lines{x = , y = }, or with options:
---  series    {{x = , y = , label = , low = , high = , spread = , marker = , line = , dash = ,
---            color = , width = , axis = } ...}: x, y are tensors or tables (x left out: 1, 2 ...;
---            x of strings: names); low and high, or spread (+-), are a band; NaN, and values <= 0
---            on a logarithmic axis, leave a gap; marker = true, false, circle, square, triangle,
---            diamond, down or plus (nil: up to 30 points); line = false draws points only;
---            axis = 2 is the right one. Of a single series x, y, label, marker, line,
---            color, dash, low, high and spread may be given without series
---  title, x_label, y_label, y2_label;  log_x, log_y, log_y2
---  x_range, y_range, y2_range     {low, high}
---  x_format, y_format, y2_format  "percent" or function(v)
---  x_ticks   values, or names of 1, 2 ...
---  guides    {{x = or y = or slope = , intercept = , label = } ...}: dashed lines
---  legend    auto (a free corner, or above), none, above, below, top left, top right ...
---  width, height  in pixels before scaling;  lang  en or fa
---@param given table|tensor
---@param more table|nil   options, after the data
---@return table figure   see mah.draw.figure
return function(given, more)
  local o = options_of(given, more)
  return chart.figure(WHERE, o, series.artists(series_of(o), WHERE, Locale.of(o.lang)))
end
