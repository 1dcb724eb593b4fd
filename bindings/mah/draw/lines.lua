--- Line charts.  mah.plot.lines{series = {{x = , y = , label = } ...}, x_label = , y_label = }
local Locale = require "mah.draw.locale"
local chart = require "mah.draw.chart"
local check = require "mah.base.check"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local series = require "mah.draw.series"
local texts = require "mah.draw.texts"

local WHERE = "mah.plot.lines"

local formats = "string|callable"
local rules = options.declare(WHERE, chart.rules {
  series = { nil, "table", nil, "several lines, {{y =, x =, label = } ...}; each also has low and "
    .. "high or spread, marker, line, dash, color, width (2 pixels) and axis (2: the right one)" },
  x = { nil, "table|tensor", nil, "(n): numbers, or strings, which name the places; nil: 1, 2 "
    .. "..." },
  y = { nil, "table|tensor", nil, "(n): values of a single line; NaN leaves a gap" },
  label = { nil, "string|number", nil, "name of the line in the legend" },
  marker = { nil, "boolean|string", nil, "mark each point: true, or circle, square, triangle, "
    .. "diamond, down or plus; nil: up to 30 points" },
  line = { nil, "boolean", nil, "false: draw the points alone" },
  color = { nil, "string|number", nil, texts.color },
  dash = { nil, "boolean", nil, "a dashed line; nil: for the right axis, and from the 9th series "
    .. "on" },
  low = { nil, "table|tensor", nil, "(n): the lower edge of a band around the line, with high" },
  high = { nil, "table|tensor", nil, "(n): the upper edge of a band around the line, with low" },
  spread = { nil, "table|tensor", nil, "(n): a band of y +- spread, instead of low and high" },
  y2_label = { nil, "string", nil, "text beside the right axis" },
  log_y2 = { false, "boolean", nil, "a logarithmic right axis; values <= 0 are not drawn" },
  y2_range = { nil, "table", nil, "{low, high}: what the right axis shows; nil: what is drawn "
    .. "there" },
  y2_format = { nil, formats, nil, '"percent" or function(value) -> string, of the right axis' },
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

--- A chart of lines over a common x axis: lines{1, 3, 2}, lines{x = , y = } or several series.
--- Values that are NaN, or <= 0 on a logarithmic axis, leave a gap.
---
---     local figure = mah.plot.lines { x_label = "epoch", y_label = "loss", series = {
---       { y = { 1, 0.3, 0.1 }, label = "training" },
---       { y = { 1, 0.4, 0.3 }, spread = { 0.2, 0.1, 0.1 }, label = "validation" },
---     } }
---     figure:save "loss.png"
---     print(figure)   --> figure 640 x 400
---@param given table|tensor   options, or the values y alone
---@param more table|nil   options, after the data
---@return figure
return function(given, more)
  local o = options_of(given, more)
  return chart.figure(WHERE, o, series.artists(series_of(o), WHERE, Locale.of(o.lang)))
end
