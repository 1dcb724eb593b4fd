--- Histograms.  mah.plot.hist{x = weights, x_label = "weight"}
local Axis = require "mah.draw.axis"
local Figure = require "mah.draw.figure"
local Frame = require "mah.draw.frame"
local Locale = require "mah.draw.locale"
local check = require "mah.base.check"
local colors = require "mah.draw.colors"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local texts = require "mah.draw.texts"

local WHERE = "mah.plot.hist"

local rules = options.declare(WHERE, {
  x = { nil, "table|tensor", nil, "(n): the values; what is not finite is left out" },
  series = { nil, "table", nil, "{{x = values, label =, color = } ...}: several, drawn over each "
    .. "other, instead of x" },
  bins = { nil, "integer", "[1, 10000]", "how many; nil: Freedman and Diaconis's rule, 5 ... 100; "
    .. "few integers get a bin each" },
  range = { nil, "table", nil, "{low, high}: where the bins begin and end; what lies outside is "
    .. "left out" },
  density = { false, "boolean", nil, "shares per unit of x instead of counts: the area is 1" },
  title = { "", "string", nil, texts.title }, x_label = { "", "string", nil, texts.x_label },
  y_label = { nil, "string", nil, texts.y_label .. '; nil: "count" or "density"' },
  legend = { "above", { "above", "below", "none" }, nil, "where the names of series stand" },
  width = { 640, "number", "[120, 10000]", texts.width },
  height = { 400, "number", "[100, 10000]", texts.height },
  lang = Locale.rule,
})
local series_rules = {
  x = { options.required, "table|tensor" },
  label = { nil, "string|number" },
  color = { nil, "string|number" },
}

-- -- Reading --------------------------------------------------------------------------------------

local function finite_only(list)
  local kept = {}
  for _, v in ipairs(list) do
    if numbers.finite(v) then kept[#kept + 1] = v end
  end
  return kept
end

local function read_series(o)
  check.that((o.series == nil) ~= (o.x == nil), "%s: give either series or x", WHERE)
  local given = o.series or { { x = o.x } }
  check.that(#given > 0, "%s: series is empty; give at least one {x = }", WHERE)
  local list = {}
  for i, one in ipairs(given) do
    local where = ("%s: series[%d]"):format(WHERE, i)
    local s = options(one, series_rules, where)
    list[i] = { x = finite_only(numbers.vector(s.x, where .. ".x")),
      label = s.label and tostring(s.label),
      color = s.color and colors.check(s.color, where .. ".color") or colors.series(i) }
    check.that(#list[i].x > 0, "%s.x has no finite value", where)
  end
  return list
end

-- -- Bins -----------------------------------------------------------------------------------------

local function all_whole(list)
  for _, s in ipairs(list) do
    for _, v in ipairs(s.x) do
      if v % 1 ~= 0 then return false end
    end
  end
  return true
end

--- Freedman and Diaconis (1981): bins of 2 IQR / n^(1/3); Sturges's rule where the quartiles agree.
local function bins_for(list, low, high)
  local most = 5
  for _, s in ipairs(list) do
    local sorted = {}
    for i, v in ipairs(s.x) do sorted[i] = v end
    table.sort(sorted)
    local n = #sorted
    local iqr = numbers.bounded(sorted[math.ceil(0.75 * n)] - sorted[math.ceil(0.25 * n)])
    local bins = math.ceil(math.log(n) / math.log(2)) + 1
    if iqr > 0 then bins = math.ceil((high / 2 - low / 2) / iqr * n ^ (1 / 3)) end
    most = math.max(most, bins == bins and bins or most)
  end
  return math.min(most, 100)
end

--- low, high and the number of bins. Few integers get a bin each.
local function choose_bins(o, list)
  local lists = {}
  for i, s in ipairs(list) do lists[i] = s.x end
  local low, high = numbers.range(lists)
  if o.range then
    low, high = numbers.bounds(o.range, WHERE .. ": range")
    return low, high, o.bins or bins_for(list, low, high)
  end
  if not o.bins and high - low <= 60 and all_whole(list)
    and math.max(math.abs(low), math.abs(high)) < 2 ^ 51 then
    return low - 0.5, high + 0.5, high - low + 1
  end
  low, high = Axis.opened(low, high)
  return low, high, o.bins or bins_for(list, low, high)
end

--- Counts, or densities: shares of all the values divided by the width of a bin.
local function count(s, low, high, bins, density)
  local counts = {}
  for b = 1, bins do counts[b] = 0 end
  for _, v in ipairs(s.x) do
    if v >= low and v <= high then
      local b = math.min(bins, math.floor(numbers.part(v, low, high) * bins) + 1)
      counts[b] = counts[b] + 1
    end
  end
  local width = high / bins - low / bins
  for b = 1, density and bins or 0 do counts[b] = counts[b] / #s.x / width end
  return counts
end

-- -- Drawing --------------------------------------------------------------------------------------

--- Draws the bins of a series between bins.low and bins.high.
local function draw_series(s, canvas, x, y, bins, several)
  local base, outline = y:place(0), {}
  local function edge(b)
    local part = b / #s.counts
    return x:place(bins.low * (1 - part) + bins.high * part)
  end
  for b, n in ipairs(s.counts) do
    local from, to, top = edge(b - 1), edge(b), y:place(n)
    local gap = not several and to - from > 4 and 1 or 0
    if n > 0 then
      canvas:rectangle(from + gap / 2, top, to - from - gap, base - top,
        { fill = s.color, opacity = several and 0.5 or 1 })
    end
    if b == 1 then outline[1], outline[2] = from, base end
    for _, v in ipairs { from, top, to, top } do outline[#outline + 1] = v end
  end
  outline[#outline + 1], outline[#outline + 2] = edge(#s.counts), base
  if several then canvas:polyline(outline, { color = s.color, width = 1.5 }) end
end

--- Each bin, and how much of each series lies in it.
local function data_of(list, bins)
  local all = { columns = { "series", "low", "high", "count" } }
  for i, s in ipairs(list) do
    for b, n in ipairs(s.counts) do
      local function edge(k) return bins.low + (bins.high - bins.low) * k / #s.counts end
      all[#all + 1] = { series = s.label or i, low = edge(b - 1), high = edge(b), count = n }
    end
  end
  return all
end

--- What can be laid over others (mah.draw.chart).
local function artist_of(list, bins, highest, entries)
  return { x = { { bins.low, bins.high } }, y = { { 0, highest } }, continuous = true, level = 1,
    entries = entries, data = function() return data_of(list, bins) end,
    draw = function(canvas, x, y)
      for _, s in ipairs(list) do draw_series(s, canvas, x, y, bins, #list > 1) end
    end }
end

--- A histogram of one list of values, hist(x), or of several, drawn over each other.
---
---     local weights = mah.rng(1):normal(0, 1, 500)
---     mah.plot.hist(weights, { bins = 20, x_label = "weight" }):save "weights.png"
---     local a, b = { x = { 1, 2, 2 }, label = "a" }, { x = { 2, 3 }, label = "b" }
---     print(mah.plot.hist { series = { a, b } })   --> figure 640 x 400
---@param given table|tensor   options, or the values x alone
---@param more table|nil   options, after the data
---@return figure
return function(given, more)
  local o = options(numbers.named(given, "x", more, WHERE), rules, WHERE)
  local locale, list = Locale.of(o.lang), read_series(o)
  local low, high, bins = choose_bins(o, list)
  local highest, entries = 0, {}
  for _, s in ipairs(list) do
    s.counts = count(s, low, high, bins, o.density)
    highest = math.max(highest, (select(2, numbers.range { s.counts })))
    if s.label then entries[#entries + 1] = { label = locale:label(s.label), fill = s.color } end
  end
  check.that(highest > 0, "%s: no value lies in the range %g ... %g", WHERE, low, high)
  local spec = {
    width = o.width, height = o.height, locale = locale, title = o.title, x_label = o.x_label,
    y_label = o.y_label or locale.words[o.density and "density" or "count"],
    legend = entries, legend_place = o.legend ~= "none" and #entries > 0 and o.legend or nil,
    x = Axis.new { low = low, high = high, locale = locale, whole = all_whole(list) },
    y = Axis.new { low = 0, high = numbers.bounded(highest * 1.05), locale = locale,
      whole = not o.density },
  }
  local artist = artist_of(list, { low = low, high = high }, highest, entries)
  local shared = { title = o.title, x_label = o.x_label, y_label = spec.y_label, width = o.width,
    height = o.height, lang = o.lang }
  return Figure.new { width = o.width, height = o.height, title = o.title, rtl = locale.rtl,
    chart = { artists = { artist }, o = shared }, data = artist.data, render = function(canvas)
      local frame = Frame.new(spec)
      frame:draw(canvas)
      artist.draw(canvas, spec.x, spec.y)
    end,
    parts = { spec = spec, bars = "upright",
      draw = function(canvas) artist.draw(canvas, spec.x, spec.y) end } }
end
