--- Box plots.  mah.plot.box{data = {before = {1, 2, 4}, after = {2, 3, 9}}}
local Locale = require "mah.draw.locale"
local chart = require "mah.draw.chart"
local check = require "mah.base.check"
local columns = require "mah.draw.columns"
local colors = require "mah.draw.colors"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local texts = require "mah.draw.texts"

local WHERE = "mah.plot.box"

local rules = options.declare(WHERE, chart.rules {
  series = { nil, "table", nil, "{{y = values, label =, color = } ...}: a box for each, instead of "
    .. "data" },
  data = { nil, "any", nil, texts.data .. ": a box for each column" },
  columns = { nil, "table", nil, texts.columns },
  whisker = { 1.5, "number", "[0, inf)", "whiskers reach to the furthest values within so many "
    .. "times the box's height" },
  outliers = { true, "boolean", nil, "draw what lies beyond the whiskers, as circles, and let the "
    .. "axis hold it" },
  legend = { "none", { "none" }, nil, "there is none: the boxes' names are below them" },
})
local series_rules = {
  y = { options.required, "table|tensor" },
  label = { nil, "string|number" },
  color = { nil, "string|number" },
}

-- -- Reading --------------------------------------------------------------------------------------

--- NumPy's quantile: linear between the two nearest.
local function quantile(sorted, q)
  local at = 1 + q * (#sorted - 1)
  local low = math.floor(at)
  local part = at - low
  return sorted[low] * (1 - part) + sorted[math.min(low + 1, #sorted)] * part
end

--- The five numbers of a box, and what lies beyond its whiskers (Tukey, "Exploratory data
--- analysis", 1977: the furthest values within `whisker` times the box's height).
local function summary(values, whisker)
  local sorted = {}
  for _, v in ipairs(values) do
    if numbers.finite(v) then sorted[#sorted + 1] = v end
  end
  if #sorted == 0 then return nil end
  table.sort(sorted)
  local s = { q1 = quantile(sorted, 0.25), median = quantile(sorted, 0.5),
    q3 = quantile(sorted, 0.75), beyond = {} }
  local reach = whisker * (s.q3 - s.q1)
  for _, v in ipairs(sorted) do
    if v < s.q1 - reach or v > s.q3 + reach then
      s.beyond[#s.beyond + 1] = v
    else
      s.low, s.high = s.low or v, v
    end
  end
  s.low, s.high = math.min(s.low or s.q1, s.q1), math.max(s.high or s.q3, s.q3)
  return s
end

local function read_series(o)
  check.that((o.series == nil) ~= (o.data == nil), "%s: give either data or series = {{y = } ...}",
    WHERE)
  local given = o.series
  if o.data then
    given = {}
    for i, column in ipairs(columns.read(o.data, o.columns, WHERE)) do
      given[i] = { y = column.values, label = column.name }
    end
  end
  check.that(#given > 0, "%s: series is empty; give at least one {y = }", WHERE)
  local list, any = {}, false
  for i, one in ipairs(given) do
    local where = ("%s: series[%d]"):format(WHERE, i)
    local s = options(one, series_rules, where)
    list[i] = { label = s.label or i, summary = summary(numbers.vector(s.y, where .. ".y"),
      o.whisker), color = s.color and colors.check(s.color, where .. ".color") or "c1" }
    any = any or list[i].summary
  end
  check.that(any, "%s: there is no finite value to draw", WHERE)
  return list
end

-- -- Drawing --------------------------------------------------------------------------------------

local function draw_beyond(s, canvas, x, y_axis, area, color)
  for _, v in ipairs(s.beyond) do
    local y = y_axis:place(v)
    if y >= area.top - 1 and y <= area.bottom + 1 then
      canvas:circle(x, y, 2.4, { color = color, width = 1 })
    end
  end
end

local function draw_box(one, i, canvas, x_axis, y_axis, with_outliers, area)
  local s = one.summary
  if not s then return end
  local x = x_axis:place(i)
  local half = math.min(0.3 * math.abs(x_axis:place(2) - x_axis:place(1)), 36)
  local function y(v) return y_axis:place(v) end
  local line = { color = "ink", width = 1.2 }
  canvas:line(x, y(s.high), x, y(s.q3), line)
  canvas:line(x, y(s.q1), x, y(s.low), line)
  for _, v in ipairs { s.low, s.high } do
    canvas:line(x - half / 2, y(v), x + half / 2, y(v), line)
  end
  local top, bottom = y(s.q3), y(s.q1)
  canvas:rectangle(x - half, top, 2 * half, bottom - top, { fill = "background" })
  canvas:rectangle(x - half, top, 2 * half, bottom - top, { fill = one.color, opacity = 0.35 })
  canvas:rectangle(x - half, top, 2 * half, bottom - top, { color = one.color, width = 1.4 })
  canvas:line(x - half, y(s.median), x + half, y(s.median), { color = "ink", width = 2 })
  if with_outliers then draw_beyond(s, canvas, x, y_axis, area, one.color) end
end

--- The five numbers of each box, and what lies beyond its whiskers.
local function data_of(list)
  local all = { columns = { "series", "low", "q1", "median", "q3", "high", "beyond" } }
  for _, one in ipairs(list) do
    local s = one.summary
    if s then
      all[#all + 1] = { series = one.label, low = s.low, q1 = s.q1, median = s.median, q3 = s.q3,
        high = s.high, beyond = table.concat(s.beyond, " ") }
    end
  end
  return all
end

local function artist_of(o, list)
  local values, names = {}, {}
  for i, one in ipairs(list) do
    local s = one.summary
    names[i] = one.label
    for _, v in ipairs(s and { s.low, s.high } or {}) do values[#values + 1] = v end
    for _, v in ipairs(s and o.outliers and s.beyond or {}) do values[#values + 1] = v end
  end
  return {
    x = { {} }, y = { values }, names = names, data = function() return data_of(list) end,
    draw = function(canvas, x_axis, y_axis, area)
      canvas:clip(area.left, area.top - 4, area.right - area.left, area.bottom - area.top + 8,
        function()
          for i, one in ipairs(list) do
            draw_box(one, i, canvas, x_axis, y_axis, o.outliers, area)
          end
        end)
    end,
  }
end

--- A box plot, a box for each list of values: the quartiles and the median, whiskers, and what lies
--- beyond them as circles. NaN is left out.
---
---     local figure = mah.plot.box { data = { before = { 1, 2, 4 }, after = { 2, 3, 9 } } }
---     print(figure)   --> figure 640 x 400
---     print(mah.plot.box(mah.tensor { { 1, 2 }, { 3, 5 }, { 4, 9 } }, { columns = { "a", "b" } }))
---     --> figure 640 x 400
---@param given table|tensor   options, or the data alone
---@param more table|nil   options, after a table or a matrix
---@return figure
return function(given, more)
  local o = options(columns.named(given, more, WHERE), rules, WHERE)
  local list = read_series(o)
  local locale = Locale.of(o.lang)
  for _, one in ipairs(list) do one.label = locale:label(one.label) end
  return chart.figure(WHERE, o, { artist_of(o, list) })
end
