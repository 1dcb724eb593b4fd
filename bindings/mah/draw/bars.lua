--- Bar charts.  mah.plot.bars{labels = {"SGD", "Adam"}, y = {.96, .98}, y_label = "accuracy"}
local Axis = require "mah.draw.axis"
local Figure = require "mah.draw.figure"
local Frame = require "mah.draw.frame"
local Locale = require "mah.draw.locale"
local check = require "mah.base.check"
local colors = require "mah.draw.colors"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local text = require "mah.draw.text"
local texts = require "mah.draw.texts"

local WHERE = "mah.plot.bars"
local SIZE = 10.5 -- of the letters of values

local rules = options.declare(WHERE, {
  labels = { options.required, "table|tensor", nil, "names of the bars, or of their groups" },
  series = { nil, "table", nil, "{{y =, err =, label =, color = } ...}: a bar of each in every "
    .. "group" },
  y = { nil, "table|tensor", nil, "values of one series, as many as labels; NaN leaves no bar" },
  err = { nil, "table|tensor", nil, "whiskers of one series, as far up as down: +- err" },
  values = { true, "boolean", nil, "write each value at its bar, where there is room" },
  value_format = { nil, "string|callable", nil, '"percent" or function(value) -> string, of the '
    .. "values at the bars; nil: y_format, or as many digits as tell them apart" },
  horizontal = { false, "boolean", nil, "bars to the right, names beside them" },
  points = { false, "boolean", nil, "points with their whiskers in the place of bars; the axis of "
    .. "values shows what there is, and need not begin at 0" },
  title = { "", "string", nil, texts.title },
  x_label = { "", "string", nil, "text at the axis of names" },
  y_label = { "", "string", nil, "text at the axis of values" },
  y_range = { nil, "table", nil, "{low, high}: what the axis of values shows; nil: from 0 to the "
    .. "longest bar" },
  y_format = { nil, "string|callable", nil, texts.y_format },
  legend = { "auto", { "auto", "none", "above", "below" }, nil, "where the names of series stand; "
    .. "auto: above, when there are several" },
  width = { 640, "number", "[120, 10000]", texts.width },
  height = { nil, "number", "[100, 10000]", texts.height .. "; nil: 400, or by the number of "
    .. "horizontal bars" },
  lang = Locale.rule,
})
local series_rules = {
  y = { options.required, "table|tensor" },
  err = { nil, "table|tensor" },
  label = { nil, "string|number" },
  color = { nil, "string|number" },
}

-- -- Reading --------------------------------------------------------------------------------------

--- The names as they are shown, and as they were given.
local function read_labels(given, locale)
  local list = given
  if type(given) ~= "table" or type(given[1]) == "number" then
    list = numbers.vector(given, WHERE .. ": labels")
  end
  check.that(#list > 0, "%s: labels is empty", WHERE)
  local labels = {}
  for i, label in ipairs(list) do labels[i] = locale:label(label) end
  return labels, list
end

local function read_one(given, i, count)
  local where = ("%s: series[%d]"):format(WHERE, i)
  local o = options(given, series_rules, where)
  local s = { y = numbers.vector(o.y, where .. ".y"), label = o.label and tostring(o.label) }
  check.that(#s.y == count, "%s: y has %d values and there are %d labels", where, #s.y, count)
  if o.err then
    s.err = numbers.vector(o.err, where .. ".err")
    check.that(#s.err == count, "%s: err has %d values and there are %d labels", where, #s.err,
      count)
  end
  s.color = o.color and colors.check(o.color, where .. ".color") or colors.series(i)
  return s
end

local function read_series(o, count)
  check.that((o.series == nil) ~= (o.y == nil), "%s: give either series or y", WHERE)
  check.that(not (o.series and o.err), "%s: with series, err belongs in each of them", WHERE)
  local given = o.series or { { y = o.y, err = o.err } }
  check.that(#given > 0, "%s: series is empty; give at least one {y = }", WHERE)
  local list = {}
  for i, one in ipairs(given) do list[i] = read_one(one, i, count) end
  return list
end

--- What a bar and its whisker reach, from zero; or a point and its interval.
local function reach(list, points)
  local low, high = points and math.huge or 0, points and -math.huge or 0
  for _, s in ipairs(list) do
    for i, y in ipairs(s.y) do
      local err = s.err and numbers.finite(s.err[i]) and s.err[i] or 0
      if numbers.finite(y) then low, high = math.min(low, y - err), math.max(high, y + err) end
    end
  end
  if low > high then return 0, 1 end
  return numbers.bounded(low), numbers.bounded(high)
end

-- -- The values' text -----------------------------------------------------------------------------

--- As many decimals as tell the values apart, up to four significant digits.
local function decimals_for(list, largest)
  if largest == 0 then return 0 end
  local decimals = math.max(0, 3 - math.floor(math.log10(largest) - 1e-9))
  local function needed(d)
    for _, s in ipairs(list) do
      for _, y in ipairs(s.y) do
        local unit = 10 ^ -(d - 1)
        local rest = math.abs(y / unit - math.floor(y / unit + 0.5))
        if numbers.finite(y) and rest > 0.5 * 10 ^ -(decimals - d + 1) then return true end
      end
    end
  end
  while decimals > 0 and not needed(decimals) do decimals = decimals - 1 end
  return decimals
end

local function largest_of(list)
  local largest = 0
  for _, s in ipairs(list) do
    for _, y in ipairs(s.y) do
      if numbers.finite(y) then largest = math.max(largest, math.abs(y)) end
    end
  end
  return largest
end

local function value_writer(o, list, locale)
  local format = o.value_format or o.y_format
  check.that(type(format) ~= "string" or format == "percent",
    "%s: a format must be \"percent\" or a function; got %s", WHERE, check.show(format))
  if type(format) == "function" then return function(v) return tostring(format(v)) end end
  if format == "percent" then return function(v) return locale:percent(v, 1) end end
  local largest = largest_of(list)
  if largest >= 1e7 or largest > 0 and largest < 1e-3 then
    return function(v) return locale:number(v) end
  end
  local decimals = decimals_for(list, largest)
  return function(v) return locale:number(v, decimals) end
end

local function widest_value(list, write)
  local width = 0
  for _, s in ipairs(list) do
    for _, y in ipairs(s.y) do width = math.max(width, text.width(write(y), SIZE)) end
  end
  return width
end

-- -- Layout ---------------------------------------------------------------------------------------

--- The axis of values. That of bars leaves room for the values' text at its end; behind the end of
--- others there is such room (make_spec).
local function value_axis(chart, locale)
  local o, low, high = chart.o, reach(chart.list, chart.o.points)
  if not o.points and Axis.opened(low, high) ~= low then low, high = 0, 1 end
  if o.y_range then
    low, high = numbers.bounds(o.y_range, WHERE .. ": y_range")
  elseif o.points then
    low, high = Axis.padded(low, high)
  else
    local length = o.horizontal and o.width - 160 or chart.height - 120
    local room = o.values and chart.text_room or 8
    local share = room / math.max(40, length - room)
    local pad = high * share - low * share
    low = low < 0 and numbers.bounded(low - pad) or 0
    high = high > 0 and numbers.bounded(high + pad) or 0
  end
  return Axis.new { low = low, high = high, locale = locale, format = o.y_format }
end

--- Names beside horizontal bars take at most a third of the width.
local function name_axis(chart, locale)
  local names = {}
  for i, label in ipairs(chart.labels) do
    names[i] = chart.o.horizontal
      and table.concat(text.wrap(label, 11, false, chart.o.width / 3, 2), "\n") or label
  end
  return Axis.new { low = 0.5, high = #names + 0.5, names = names, locale = locale }
end

local function entries_of(list, locale)
  local entries = {}
  for _, s in ipairs(list) do
    if s.label then entries[#entries + 1] = { label = locale:label(s.label), fill = s.color } end
  end
  return entries
end

local function make_spec(chart, locale)
  local o = chart.o
  local names, values = name_axis(chart, locale), value_axis(chart, locale)
  local entries = entries_of(chart.list, locale)
  local place = o.legend == "auto" and "above" or o.legend
  local past_end = o.values and (o.y_range or o.points)
  local shown = place ~= "none" and #entries > (o.legend == "auto" and #chart.list == 1 and 1 or 0)
  return {
    width = o.width, height = chart.height, locale = locale, title = o.title, legend = entries,
    legend_place = shown and place or nil, grid_x = o.horizontal,
    -- Bars may reach the end of a range that was asked for, and their values stand past it.
    head = past_end and not o.horizontal and chart.text_room or 0,
    reserve_right = past_end and o.horizontal and chart.text_room or 0,
    x = o.horizontal and values or names, y = o.horizontal and names or values,
    x_label = o.horizontal and o.y_label or o.x_label,
    y_label = o.horizontal and o.x_label or o.y_label,
  }
end

-- -- Drawing --------------------------------------------------------------------------------------

--- Where a bar lies across the axis of names: its middle and its breadth.
local function slot(chart, names, i, k)
  local breadth = math.min(0.8 * math.abs(names:place(2) - names:place(1)) / #chart.list, 64)
  return names:place(i) + (k - (#chart.list + 1) / 2) * breadth, breadth
end

local function draw_whisker(line, s, i, middle, value)
  local err = s.err and s.err[i]
  if not err or not numbers.finite(err) or err <= 0 then return end
  local low, high = value(s.y[i] - err), value(s.y[i] + err)
  line(middle, low, middle, high)
  line(middle - 4, low, middle + 4, low)
  line(middle - 4, high, middle + 4, high)
end

local POINT = 5 -- its radius

--- A point in the place of a bar's tip.
local function draw_point(chart, canvas, s, middle, tip)
  local x, y = middle, tip
  if chart.o.horizontal then x, y = y, x end
  canvas:marker("circle", x, y, POINT, { fill = s.color, color = "background", width = 1 })
end

local function draw_rectangle(chart, canvas, s, middle, breadth, base, tip)
  local from, to, half = math.min(base, tip), math.max(base, tip),
    breadth / 2 - math.min(1.5, breadth * 0.1)
  if chart.o.horizontal then
    canvas:rectangle(from, middle - half, to - from, 2 * half, { fill = s.color })
  else
    canvas:rectangle(middle - half, from, 2 * half, to - from, { fill = s.color })
  end
end

--- The value at the bar's end, past the whisker.
local function draw_value(chart, canvas, s, i, middle, values)
  local y, horizontal = s.y[i], chart.o.horizontal
  local up = y >= 0 or chart.o.points
  local edge = y + (s.err and numbers.finite(s.err[i]) and (up and s.err[i] or -s.err[i]) or 0)
  local place = values:place(math.max(values.low, math.min(values.high, edge)))
  if chart.o.points then -- past the point, where it hides its interval
    local clear = values:place(y) + (horizontal and POINT or -POINT)
    place = horizontal and math.max(place, clear) or math.min(place, clear)
  end
  local style = { size = SIZE, valign = "middle", anchor = up and "start" or "end" }
  if horizontal then
    canvas:text(place + (up and 5 or -5), middle, chart.write(y), style)
  elseif chart.upright then
    style.rotation = -90
    canvas:text(middle, place - (up and 5 or -5), chart.write(y), style)
  else
    style.anchor, style.valign = "middle", up and "bottom" or "top"
    canvas:text(middle, place + (up and -1 or 1), chart.write(y), style)
  end
end

local function draw_bar(chart, canvas, s, i, k, names, values)
  local y = s.y[i]
  if not numbers.finite(y) then return end
  local middle, breadth = slot(chart, names, i, k)
  local function value(v) return values:place(math.max(values.low, math.min(values.high, v))) end
  local is_point = chart.o.points
  local function line(x1, y1, x2, y2)
    if chart.o.horizontal then x1, y1, x2, y2 = y1, x1, y2, x2 end
    canvas:line(x1, y1, x2, y2, { color = is_point and s.color or "ink",
      width = is_point and 2 or 1.2 })
  end
  if not is_point then draw_rectangle(chart, canvas, s, middle, breadth, value(0), value(y)) end
  draw_whisker(line, s, i, middle, value)
  if is_point and y >= values.low and y <= values.high then
    draw_point(chart, canvas, s, middle, value(y))
  end
  if chart.o.values and (not chart.upright or breadth >= 9) then
    draw_value(chart, canvas, s, i, middle, values)
  end
end

--- Everything inside of the axes, whose area is `frame`.
local function draw_bars(chart, canvas, x, y, frame)
  local names, values = x, y
  if chart.o.horizontal then names, values = values, names end
  for i = 1, #chart.labels do
    for k, s in ipairs(chart.list) do draw_bar(chart, canvas, s, i, k, names, values) end
  end
  if values.low < 0 and values.high > 0 and not chart.o.points then
    local zero = values:place(0)
    if chart.o.horizontal then
      canvas:line(zero, frame.top, zero, frame.bottom, { color = "muted" })
    else
      canvas:line(frame.left, zero, frame.right, zero, { color = "muted" })
    end
  end
end

local function draw(chart, spec, canvas)
  local frame = Frame.new(spec)
  frame:draw(canvas)
  draw_bars(chart, canvas, spec.x, spec.y, frame)
end

--- Places along each bar, for the legend to keep away from.
local function trace(chart, x, y, out)
  local horizontal = chart.o.horizontal
  local names, values = horizontal and y or x, horizontal and x or y
  for k, s in ipairs(chart.list) do
    for i, v in ipairs(s.y) do
      local middle = slot(chart, names, i, k)
      for part = chart.o.points and 1 or 0, numbers.finite(v) and 1 or -1, 1 / 8 do
        local place = values:place(v * part)
        out[#out + 1] = horizontal and place or middle
        out[#out + 1] = horizontal and middle or place
      end
    end
  end
end

--- Each bar's value. Series need a column where there are several.
local function data_of(chart)
  local several, any_err = #chart.list > 1, false
  local all = { columns = {} }
  for k, s in ipairs(chart.list) do
    any_err = any_err or s.err ~= nil
    for i, y in ipairs(s.y) do
      all[#all + 1] = { series = several and (s.label or k) or nil, label = chart.given[i],
        value = y, err = s.err and s.err[i] }
    end
  end
  for _, name in ipairs { several and "series", "label", "value", any_err and "err" } do
    if name then all.columns[#all.columns + 1] = name end
  end
  return all
end

--- What can be laid over others (mah.draw.chart).
local function chart_of(chart, spec)
  local o = chart.o
  local names, values = o.horizontal and spec.y or spec.x, o.horizontal and spec.x or spec.y
  local along, across = { {} }, { { values.low, values.high } }
  local artist = { x = o.horizontal and across or along, y = o.horizontal and along or across,
    names = not o.horizontal and names.names or nil, y_names = o.horizontal and names.names or nil,
    continuous = true, entries = spec.legend_place and spec.legend or nil,
    data = function() return data_of(chart) end,
    trace = function(x, y, out) trace(chart, x, y, out) end,
    draw = function(canvas, x, y, area) draw_bars(chart, canvas, x, y, area) end }
  local formats = { [o.horizontal and "x_format" or "y_format"] = o.y_format }
  return { artists = { artist }, o = { title = o.title, x_label = spec.x_label,
    y_label = spec.y_label, x_format = formats.x_format, y_format = formats.y_format,
    width = o.width, height = chart.height, lang = o.lang } }
end

--- A bar chart, grouped when there are several series. Bars start at zero, or at the range's end
--- that is nearer to it; points (points = true) on an axis that shows what there is.
---
---     local figure = mah.plot.bars { labels = { "SGD", "Adam" }, y = { 0.96, 0.98 },
---       err = { 0.01, 0.005 }, y_format = "percent", y_label = "accuracy" }
---     figure:save "accuracy.png"
---     print(figure)   --> figure 640 x 400
---@param given table
---@return figure
return function(given)
  local o = options(given, rules, WHERE)
  local locale = Locale.of(o.lang)
  local chart = { o = o }
  chart.labels, chart.given = read_labels(o.labels, locale)
  chart.list = read_series(o, #chart.labels)
  local bars = #chart.labels * #chart.list
  chart.height = o.height or (o.horizontal and math.max(160, 110 + 22 * bars + 10 * #chart.labels)
    or 400)
  chart.write = value_writer(o, chart.list, locale)
  local width = widest_value(chart.list, chart.write)
  chart.upright = not o.horizontal and width > math.max(0.8, #chart.list == 1 and 1 or 0)
    * (o.width - 80) / bars - 2
  chart.text_room = (o.horizontal or chart.upright) and width + 10 or SIZE * text.LINE + 4
  local spec = make_spec(chart, locale)
  return Figure.new { width = o.width, height = chart.height, title = o.title, rtl = locale.rtl,
    chart = chart_of(chart, spec), data = function() return data_of(chart) end,
    render = function(canvas) draw(chart, spec, canvas) end,
    parts = { spec = spec, bars = o.horizontal and "beside" or "upright",
      draw = function(canvas, area) draw_bars(chart, canvas, spec.x, spec.y, area) end } }
end
