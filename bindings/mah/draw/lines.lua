--- Line charts.  mah.plot.lines{series = {{x = , y = , label = } ...}, x_label = , y_label = }
local Axis = require "mah.draw.axis"
local Figure = require "mah.draw.figure"
local Frame = require "mah.draw.frame"
local Legend = require "mah.draw.legend"
local Locale = require "mah.draw.locale"
local check = require "mah.base.check"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local series = require "mah.draw.series"

local WHERE = "mah.plot.lines"

local formats = "string|callable"
local rules = options.declare(WHERE, {
  series = { nil, "table" },
  x = { nil, "table|tensor" }, y = { nil, "table|tensor" },
  label = { nil, "string|number" }, marker = { nil, "boolean|string" }, line = { nil, "boolean" },
  low = { nil, "table|tensor" }, high = { nil, "table|tensor" }, spread = { nil, "table|tensor" },
  title = { "", "string" },
  x_label = { "", "string" }, y_label = { "", "string" }, y2_label = { "", "string" },
  log_x = { false, "boolean" }, log_y = { false, "boolean" }, log_y2 = { false, "boolean" },
  x_range = { nil, "table" }, y_range = { nil, "table" }, y2_range = { nil, "table" },
  x_format = { nil, formats }, y_format = { nil, formats }, y2_format = { nil, formats },
  x_ticks = { nil, "table|tensor" },
  guides = { nil, "table" },
  legend = { "auto", { "auto", "none", "above", "below", "top left", "top right", "bottom left",
    "bottom right" } },
  width = { 640, "number", "[120, 10000]" }, height = { 400, "number", "[100, 10000]" },
  lang = Locale.rule,
})

-- -- Axes -----------------------------------------------------------------------------------------

local function check_range(range, name, log)
  if not range then return end
  local low = numbers.bounds(range, ("%s: %s"):format(WHERE, name))
  check.that(not log or low > 0, "%s: %s starts at %g; a logarithmic axis has values > 0", WHERE,
    name, low)
end

local function check_format(format, name)
  check.that(type(format) ~= "string" or format == "percent",
    "%s: %s must be \"percent\" or a function; got %s", WHERE, name, check.show(format))
end

--- Only integers, like the numbers of layers or epochs?
local function all_whole(lists)
  for _, list in ipairs(lists) do
    for _, v in ipairs(list) do
      if numbers.finite(v) and v % 1 ~= 0 then return false end
    end
  end
  return true
end

--- The axis over the values of some lists; `name` is x, y or y2.
local function make_axis(o, name, lists, locale, zero)
  local log, range = o["log_" .. name], o[name .. "_range"]
  check_range(range, name .. "_range", log)
  check_format(o[name .. "_format"], name .. "_format")
  local low, high = numbers.range(lists, log and function(v) return v > 0 end)
  check.that(low or range, "%s: there is no finite value%s to draw on the %s axis", WHERE,
    log and " > 0" or "", name)
  local whole = all_whole(lists)
  if range then
    low, high = range[1], range[2]
  elseif whole and low == high and not log and math.abs(low) < 2 ^ 52 then
    low, high = low - 1, high + 1
  else
    low, high = Axis.padded(low, high, log, zero)
  end
  return Axis.new { low = low, high = high, log = log, locale = locale,
    format = o[name .. "_format"],
    whole = whole and high - low >= 1 }
end

--- Ticks by name, from x_ticks or from series whose x are strings.
local function named_axis(o, list, names, locale)
  local count = #names
  for _, s in ipairs(list) do
    for _, x in ipairs(s.x) do count = math.max(count, numbers.finite(x) and x or 0) end
  end
  check.that(count <= #names, "%s: x reaches %g, and x_ticks has %d names", WHERE, count, #names)
  check.that(not o.log_x, "%s: an axis of names cannot be logarithmic", WHERE)
  return Axis.new { low = 0.5, high = #names + 0.5, names = names, locale = locale }
end

local function x_axis_of(o, list, names, locale)
  local ticks = o.x_ticks
  if type(ticks) == "table" and type(ticks[1]) == "string" then names = ticks end
  if names then return named_axis(o, list, names, locale) end
  local xs = {}
  for i, s in ipairs(list) do xs[i] = s.x end
  local axis = make_axis(o, "x", xs, locale, false)
  axis.values = ticks and numbers.vector(ticks, WHERE .. ": x_ticks") or nil
  return axis
end

--- The values that belong to the left (1) or right (2) axis; nil when there are none.
local function values_on(list, side)
  local lists = {}
  for _, s in ipairs(list) do
    if s.axis == side then
      for _, field in ipairs { "y", "low", "high" } do lists[#lists + 1] = s[field] end
    end
  end
  return #lists > 0 and lists or nil
end

-- -- Legend and guides ----------------------------------------------------------------------------

local function entries_of(list, locale)
  local entries, right = {}, false
  for _, s in ipairs(list) do right = right or s.axis == 2 end
  for _, s in ipairs(list) do
    if s.label then
      local suffix = right and s.axis == 2 and " " .. locale.words.right or ""
      entries[#entries + 1] = { label = locale:label(s.label) .. suffix, color = s.color,
        dash = s.dash,
        marker = s.marker or nil, band = s.low ~= nil, line = s.line }
    end
  end
  return entries
end

local guide_rules = { x = { nil, "number" }, y = { nil, "number" }, label = { "", "string" } }

local function read_guides(given)
  local guides = {}
  for i, guide in ipairs(given or {}) do
    local where = ("%s: guides[%d]"):format(WHERE, i)
    guides[i] = options(guide, guide_rules, where)
    check.that((guides[i].x == nil) ~= (guides[i].y == nil), "%s: either x or y", where)
  end
  return guides
end

--- A dashed line across the axes, at a value worth seeing.
local function draw_guide(guide, canvas, frame, spec)
  local style = { color = "muted", dash = { 4, 3 } }
  local words = { size = 10.5, color = "muted" }
  if guide.x and spec.x:has(guide.x) then
    local x = spec.x:place(guide.x)
    local right = x > (frame.left + frame.right) / 2
    canvas:line(x, frame.top, x, frame.bottom, style)
    words.anchor, words.valign = right and "end" or "start", "top"
    canvas:text(right and x - 4 or x + 4, frame.top, guide.label, words)
  elseif guide.y and spec.y:has(guide.y) then
    local y = spec.y:place(guide.y)
    canvas:line(frame.left, y, frame.right, y, style)
    words.valign = "bottom"
    canvas:text(frame.left + 4, y - 1, guide.label, words)
  end
end

-- -- The chart ------------------------------------------------------------------------------------

--- Lays the chart out. A legend on "auto" takes a corner that is free, or stands above.
local function arrange(o, list, spec)
  local place = #spec.legend > 0 and o.legend or "none"
  spec.legend_place = (place == "above" or place == "below") and place or nil
  local frame = Frame.new(spec)
  if place == "none" or spec.legend_place then return frame end
  if place ~= "auto" then return frame, Legend.corner(spec.legend, place, frame) end
  local points = {}
  for _, s in ipairs(list) do series.trace(s, spec.x, s.axis == 2 and spec.y2 or spec.y, points) end
  local box = Legend.free_corner(spec.legend, frame, points)
  if box then return frame, box end
  spec.legend_place = "above"
  return Frame.new(spec)
end

local function draw(o, list, guides, spec, canvas)
  local frame, box = arrange(o, list, spec)
  frame:draw(canvas)
  for _, guide in ipairs(guides) do draw_guide(guide, canvas, frame, spec) end
  for _, s in ipairs(list) do
    series.draw(s, canvas, spec.x, s.axis == 2 and spec.y2 or spec.y, frame)
  end
  if box then Legend.draw_box(canvas, spec.legend, box, spec.locale.rtl) end
end

--- One y axis's colour is that of its series, when it is the only one.
local function color_of_right(list)
  local color
  for _, s in ipairs(list) do
    if s.axis == 2 then
      if color then return nil end
      color = s.color
    end
  end
  return color
end

local of_a_series = { "x", "y", "label", "marker", "line", "low", "high", "spread" }

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
local function options_of(given)
  given = numbers.named(given, "y")
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
---            axis = 2 is the right one. Of a single series x, y, label, marker, line, low,
---            high and spread may be given without series
---  title, x_label, y_label, y2_label;  log_x, log_y, log_y2
---  x_range, y_range, y2_range     {low, high}
---  x_format, y_format, y2_format  "percent" or function(v)
---  x_ticks   values, or names of 1, 2 ...
---  guides    {{x = or y = , label = } ...}: dashed lines
---  legend    auto (a free corner, or above), none, above, below, top left, top right ...
---  width, height  in pixels before scaling;  lang  en or fa
---@param given table|tensor
---@return table figure   see mah.draw.figure
return function(given)
  local o = options_of(given)
  local locale = Locale.of(o.lang)
  local list, names = series.read(series_of(o), WHERE)
  local guides = read_guides(o.guides)
  local left, right = values_on(list, 1), values_on(list, 2)
  check.that(left, "%s: every series has axis = 2; at least one must be on the left axis", WHERE)
  local spec = {
    width = o.width, height = o.height, locale = locale, title = o.title, grid_x = true,
    x_label = o.x_label, y_label = o.y_label, y2_label = o.y2_label,
    x = x_axis_of(o, list, names, locale), y = make_axis(o, "y", left, locale, true),
    y2 = right and make_axis(o, "y2", right, locale, true), y2_color = color_of_right(list),
    legend = entries_of(list, locale),
  }
  return Figure.new { width = o.width, height = o.height, title = o.title, rtl = locale.rtl,
    render = function(canvas) draw(o, list, guides, spec, canvas) end }
end
