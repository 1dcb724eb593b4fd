--- Every column against every other.
---
---     mah.plot.scatter_matrix{data = {age = ages, fare = fares}, classes = survived}
local Axis = require "mah.draw.axis"
local Figure = require "mah.draw.figure"
local Legend = require "mah.draw.legend"
local Locale = require "mah.draw.locale"
local check = require "mah.base.check"
local classes = require "mah.draw.classes"
local columns = require "mah.draw.columns"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local points = require "mah.draw.points"
local text = require "mah.draw.text"
local texts = require "mah.draw.texts"

local WHERE = "mah.plot.scatter_matrix"
local MOST = 15
local EDGE, GAP, TITLE, LABEL, TICK = 10, 6, 15, 11.5, 9.5
local BINS = 16

local rules = options.declare(WHERE, {
  data = { options.required, "any", nil, texts.data .. ", of 2 ... 15 columns" },
  columns = { nil, "table", nil, texts.columns },
  classes = { nil, "table|tensor", nil, "(rows): " .. texts.classes },
  class_names = { nil, "table", nil, texts.class_names },
  cell = { nil, "number", "[40, 1000]", texts.cell },
  size = { nil, "number", "(0, 50]", "radius of the points in pixels; nil: by their number" },
  opacity = { nil, "number", "(0, 1]", texts.opacity .. "; nil: 1" },
  title = { "", "string", nil, texts.title },
  lang = Locale.rule,
})

-- -- Reading --------------------------------------------------------------------------------------

local function axis_of(column, locale)
  local low, high = numbers.range { column.values }
  check.that(low, "%s: the column %s has no finite value", WHERE, tostring(column.name))
  low, high = Axis.padded(low, high, false, false)
  return { low = low, high = high, locale = locale, most = 3 }
end

local function read_columns(o, locale)
  local list = columns.read(o.data, o.columns, WHERE)
  check.that(#list > 1, "%s: at least two columns are needed", WHERE)
  check.that(#list <= MOST, "%s: %d columns; at most %d can be seen (columns = chooses)", WHERE,
    #list, MOST)
  for _, column in ipairs(list) do
    check.that(#column.values == #list[1].values, "%s: column %s has %d values and %s has %d",
      WHERE, tostring(column.name), #column.values, tostring(list[1].name), #list[1].values)
    column.axis = axis_of(column, locale)
    column.label = locale:label(column.name)
  end
  return list
end

--- The columns, and the class of each row.
local function data_of(list, given)
  local all = { columns = {} }
  local labels = given and classes.labels(given, WHERE .. ": classes")
  for _, column in ipairs(list) do
    local name = tostring(column.name)
    all.columns[#all.columns + 1] = name
    for i, value in ipairs(column.values) do
      all[i] = all[i] or { class = labels and labels[i] }
      all[i][name] = value
    end
  end
  if labels then all.columns[#all.columns + 1] = "class" end
  return all
end

local plain = { { fill = "c1", marker = "circle" } }

--- The styles, which of them each point has, and the legend.
local function read_classes(o, n, locale)
  if not o.classes then return plain, function() return 1 end, nil end
  local labels = classes.labels(o.classes, WHERE .. ": classes")
  check.that(#labels == n, "%s: classes has %d values and there are %d rows", WHERE, #labels, n)
  local list, places = classes.of(labels, WHERE .. ": classes")
  local styles, entries = classes.styles(classes.names(list, o.class_names, WHERE), nil, locale)
  return styles, function(i) return places[labels[i]] end, entries
end

-- -- Drawing --------------------------------------------------------------------------------------

--- Counts of the values of each style in equal bins of the axis.
local function counts_of(self, column)
  local counts, highest = {}, 1
  for k = 1, #self.styles do counts[k] = {} end
  for i, v in ipairs(column.values) do
    local k = self.style_of(i)
    if numbers.finite(v) and k then
      local b = math.min(BINS, math.floor(numbers.part(v, column.axis.low, column.axis.high) * BINS)
        + 1)
      counts[k][b] = (counts[k][b] or 0) + 1
      highest = math.max(highest, counts[k][b])
    end
  end
  return counts, highest
end

local function draw_hist(self, canvas, column, x, y)
  local counts, highest = counts_of(self, column)
  local step = self.cell / BINS
  for k, bins in ipairs(counts) do
    for b = 1, BINS do
      if bins[b] then
        local height = bins[b] / highest * (self.cell - 12)
        canvas:rectangle(x + (b - 1) * step, y + self.cell - height, step, height,
          { fill = self.styles[k].fill, opacity = #counts > 1 and 0.55 or 1 })
      end
    end
  end
end

--- The axis of a column across a cell.
local function placed(column, from, to)
  local axis = {}
  for name, value in pairs(column.axis) do axis[name] = value end
  axis = Axis.new(axis)
  axis:between(from, to)
  return axis
end

local function draw_cell(self, canvas, row, column, x, y)
  canvas:rectangle(x, y, self.cell, self.cell, { color = "grid" })
  if row == column then return draw_hist(self, canvas, self.list[row], x, y) end
  local area = { left = x, right = x + self.cell, top = y, bottom = y + self.cell }
  self.draw_cloud(canvas, self.list[column].values, self.list[row].values,
    placed(self.list[column], x, x + self.cell), placed(self.list[row], y + self.cell, y), area)
end

--- Ticks and names, at the left and below.
local function draw_edges(self, canvas, i, x, y)
  local column = self.list[i]
  local bottom = self.top + #self.list * (self.cell + GAP) - GAP
  local style = { size = TICK, color = "muted", anchor = "middle", valign = "top" }
  local level, taken = placed(column, x, x + self.cell), x
  for _, tick in ipairs(level.ticks) do
    local place, half = level:place(tick.value), text.width(tick.label, TICK) / 2
    if place - half >= taken and place + half <= x + self.cell then
      canvas:text(place, bottom + 4, tick.label, style)
      taken = place + half + GAP
    end
  end
  local upright = { size = TICK, color = "muted", anchor = "end", valign = "middle" }
  local axis = placed(column, y + self.cell, y)
  for _, tick in ipairs(axis.ticks) do
    canvas:text(self.left - 5, axis:place(tick.value), tick.label, upright)
  end
  local name = column.label .. (level.offset and (" (%s)"):format(level.offset) or "")
  name = text.shorten(name, LABEL, false, self.cell)
  canvas:text(x + self.cell / 2, bottom + 6 + TICK * text.LINE, name,
    { size = LABEL, anchor = "middle", valign = "top" })
  canvas:text(EDGE + LABEL / 2, y + self.cell / 2, name,
    { size = LABEL, anchor = "middle", valign = "middle", rotation = -90 })
end

local function draw(self, canvas)
  local rtl = self.locale.rtl
  canvas:text(rtl and self.width - EDGE or EDGE, EDGE, table.concat(self.title_lines, "\n"),
    { size = TITLE, bold = true, valign = "top", anchor = rtl and "end" or "start" })
  if self.flow then
    Legend.draw_flow(canvas, self.flow, EDGE, self.legend_top, self.width - 2 * EDGE, rtl)
  end
  for i in ipairs(self.list) do
    local y = self.top + (i - 1) * (self.cell + GAP)
    for j in ipairs(self.list) do
      draw_cell(self, canvas, i, j, self.left + (j - 1) * (self.cell + GAP), y)
    end
    draw_edges(self, canvas, i, self.left + (i - 1) * (self.cell + GAP), y)
  end
end

-- -- Layout ---------------------------------------------------------------------------------------

local function widest_tick(self)
  local width = 0
  for _, column in ipairs(self.list) do
    for _, tick in ipairs(placed(column, 0, self.cell).ticks) do
      width = math.max(width, text.width(tick.label, TICK))
    end
  end
  return width
end

local function lay_out(self, o, entries)
  local n = #self.list
  self.cell = o.cell or math.max(60, math.min(190, 720 / n))
  self.left = EDGE + LABEL * text.LINE + widest_tick(self) + 9
  self.width = math.ceil(self.left + n * (self.cell + GAP) - GAP + EDGE)
  self.title_lines = o.title ~= "" and text.wrap(o.title, TITLE, true, self.width - 2 * EDGE, 3)
    or {}
  self.legend_top = EDGE + #self.title_lines * TITLE * text.LINE
    + (#self.title_lines > 0 and 6 or 0)
  self.flow = entries and Legend.flow(entries, self.width - 2 * EDGE) or nil
  self.top = self.legend_top + (self.flow and self.flow.height + 6 or 0)
  self.height = math.ceil(self.top + n * (self.cell + GAP) - GAP + 6 + TICK * text.LINE
    + LABEL * text.LINE + EDGE)
end

--- A square of small scatter plots, each column against each other, with a histogram of each on the
--- diagonal.
---
---     local data = { age = { 30, 41, 25 }, fare = { 7, 8, 30 } }
---     local figure = mah.plot.scatter_matrix { data = data, classes = { "yes", "no", "no" } }
---     figure:save "matrix.png"
---     print(figure.width > 300)   --> true
---@param given table|tensor   options, or the data alone
---@param more table|nil   options, after a table or a matrix
---@return figure
return function(given, more)
  local o = options(columns.named(given, more, WHERE), rules, WHERE)
  local locale = Locale.of(o.lang)
  local self = { list = read_columns(o, locale), locale = locale }
  local n = #self.list[1].values
  local entries
  self.styles, self.style_of, entries = read_classes(o, n, locale)
  lay_out(self, o, entries)
  function self.draw_cloud(canvas, x, y, x_axis, y_axis, area)
    points.draw({ x = x, y = y, size = o.size or math.max(1.2, math.min(3, 40 / math.sqrt(n))),
      opacity = o.opacity, style_of = function(i) return self.styles[self.style_of(i)] end },
      canvas, x_axis, y_axis, area)
  end
  return Figure.new { width = self.width, height = self.height, title = o.title, rtl = locale.rtl,
    data = function() return data_of(self.list, o.classes) end,
    render = function(canvas) draw(self, canvas) end }
end
