--- Matrices as coloured cells: confusion matrices and heat maps.
---
---     mah.plot.confusion(mah.metrics.confusion(y_true, y_pred)):save("confusion.png")
---     mah.plot.heatmap{z = {{1, 2}, {3, 4}}, x = {10, 20}, y = {"a", "b"}, label = "loss"}
local Axis = require "mah.draw.axis"
local Figure = require "mah.draw.figure"
local Frame = require "mah.draw.frame"
local Locale = require "mah.draw.locale"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local colorbar = require "mah.draw.colorbar"
local colors = require "mah.draw.colors"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local text = require "mah.draw.text"

local matrix = {}

-- -- Cells ----------------------------------------------------------------------------------------

--- The largest size of letters, up to `most`, with which every label fits in its cell, or nil.
local function letter_size(labels, width, height, most)
  local widest, lines = 1, 1
  for _, label in ipairs(labels) do
    local w, h = text.extents(label, 10)
    widest, lines = math.max(widest, w), math.max(lines, h / (10 * text.LINE))
  end
  local size = math.min(most, 10 * (width - 6) / widest, (height - 4) / (lines * text.LINE))
  return size >= 6.5 and math.floor(size * 2) / 2 or nil
end

local function draw_cell(chart, canvas, size, i, j)
  local spec, v = chart.spec, chart.z[i][j]
  local x, y = spec.x:place(j - 0.5), spec.y:place(i - 0.5)
  local width, height = spec.x:place(j + 0.5) - x, spec.y:place(i + 0.5) - y
  local style, color = { fill = "grid" }, "muted"
  if numbers.finite(v) then
    local t = chart.high > chart.low and (v - chart.low) / (chart.high - chart.low) or 0
    style, color = colorbar.fill(chart.map, math.max(0, math.min(1, t)))
    if chart.lines and v == 0 then color = "muted" end
  end
  canvas:rectangle(x, y, width, height, style)
  if chart.lines then canvas:rectangle(x, y, width, height, { color = "grid" }) end
  if size then
    canvas:text(x + width / 2, y + height / 2, chart.write(v, i, j),
      { size = size, anchor = "middle", valign = "middle", color = color })
  end
end

local function draw(chart, canvas)
  local frame, spec = Frame.new(chart.spec), chart.spec
  frame:draw(canvas)
  local size
  if chart.annotate ~= false then
    local labels = {}
    for i = 1, chart.z.rows do
      for j = 1, chart.z.columns do labels[#labels + 1] = chart.write(chart.z[i][j], i, j) end
    end
    size = letter_size(labels, (frame.right - frame.left) / chart.z.columns,
      (frame.bottom - frame.top) / chart.z.rows, 12)
  end
  for i = 1, chart.z.rows do
    for j = 1, chart.z.columns do draw_cell(chart, canvas, size, i, j) end
  end
  if chart.bar then
    colorbar.draw(canvas, chart.bar, spec.width - colorbar.ROOM, frame.top, frame.bottom)
  end
end

local function name_axis(names, locale)
  return Axis.new { low = 0.5, high = #names + 0.5, names = names, locale = locale }
end

--- A figure whose cells have a given size, or that has a given size.
---@param chart table   z, map, low, high, write, locale, x_names, y_names, cell, width, height,
---  color_bar
local function figure_of(chart)
  local names = {}
  for i, name in ipairs(chart.y_names) do
    names[i] = text.shorten(chart.locale:label(name), 11, false, 150)
  end
  local spec = { locale = chart.locale, title = chart.title,
    x_label = chart.x_label, y_label = chart.y_label,
    x = name_axis(chart.x_names, chart.locale), y = name_axis(names, chart.locale), bare = true,
    reserve_right = chart.color_bar and colorbar.ROOM or 0 }
  chart.spec = spec
  -- The margins depend on the names below, which depend on the width of cells: from a first guess.
  spec.width = chart.width or 90 + chart.cell * chart.z.columns + spec.reserve_right
  spec.height = chart.height or 90 + chart.cell * chart.z.rows
  local guess = Frame.new(spec)
  spec.width = chart.width or spec.width - (guess.right - guess.left) + chart.cell * chart.z.columns
  spec.height = chart.height or spec.height - (guess.bottom - guess.top) + chart.cell * chart.z.rows
  if chart.color_bar then
    chart.bar = { map = chart.map, low = chart.low, high = chart.high, locale = chart.locale,
      format = chart.bar_format, label = chart.bar_label }
    chart.bar.high = chart.high > chart.low and chart.high or chart.low + 1
  end
  return Figure.new { width = math.ceil(spec.width), height = math.ceil(spec.height),
    title = chart.title,
    rtl = chart.locale.rtl, render = function(canvas) draw(chart, canvas) end }
end

-- -- Confusion matrices ---------------------------------------------------------------------------

local confusion_rules = options.declare("mah.plot.confusion", {
  labels = { nil, "table|tensor" },
  normalize = { nil, { "true", "predicted", "all" } },
  percentages = { false, "boolean" },
  title = { "", "string" },
  x_label = { nil, "string" }, y_label = { nil, "string" },
  color_bar = { false, "boolean" },
  cell = { nil, "number", "[4, 400]" },
  lang = Locale.rule,
})

local function sums(m)
  local rows, columns, all = {}, {}, 0
  for i = 1, m.rows do
    for j = 1, m.columns do
      rows[i], columns[j] = (rows[i] or 0) + m[i][j], (columns[j] or 0) + m[i][j]
      all = all + m[i][j]
    end
  end
  return rows, columns, all
end

--- Shares of the row, of the column or of everything; 0 where there is nothing.
local function normalized(m, how)
  local rows, columns, all = sums(m)
  local result = { rows = m.rows, columns = m.columns }
  for i = 1, m.rows do
    result[i] = {}
    for j = 1, m.columns do
      local total = how == "true" and rows[i] or how == "predicted" and columns[j] or all
      result[i][j] = total > 0 and m[i][j] / total or 0
    end
  end
  return result
end

local function check_confusion(m, where)
  check.that(m.rows == m.columns, "%s: a square matrix is expected; got %d x %d", where, m.rows,
    m.columns)
  for i = 1, m.rows do
    for j = 1, m.columns do
      check.that(numbers.finite(m[i][j]) and m[i][j] >= 0,
        "%s: the count at row %d, column %d is %g", where,
        i, j, m[i][j])
    end
  end
end

local function names_or(given, count, from, where)
  local names = {}
  if given == nil then
    for i = 1, count do names[i] = tostring(from + i - 1) end
    return names
  end
  local list = given
  if Type.is_tensor(given) or type(given[1]) == "number" then
    list = numbers.vector(given, where)
  end
  check.that(#list == count, "%s: %d names for %d rows or columns", where, #list, count)
  for i, name in ipairs(list) do names[i] = type(name) == "number" and name or tostring(name) end
  return names
end

local function confusion_writer(o, m, locale)
  if o.normalize then
    return function(v) return v == 0 and locale:percent(0) or locale:percent(v, 1) end
  end
  if not o.percentages then return function(v) return locale:number(v) end end
  local share = normalized(m, "true")
  return function(v, i, j)
    return locale:number(v) .. "\n" .. locale:percent(share[i][j], share[i][j] > 0 and 1 or 0)
  end
end

--- A confusion matrix: rows are true classes, columns predicted ones.
---@param m tensor|table       square; counts
---@param given table|nil      labels = names of the classes (0, 1 ...); normalize = "true" (shares
---  of each row), "predicted" (of each column), "all"; percentages = true adds each row's shares;
---  title, x_label, y_label; color_bar (false); cell = pixels of a cell's side; lang = en or fa
---@return table figure        see mah.draw.figure
function matrix.confusion(m, given)
  local where = "mah.plot.confusion"
  local o = options(given, confusion_rules, where)
  local locale, counts = Locale.of(o.lang), numbers.matrix(m, where .. ": matrix")
  check_confusion(counts, where)
  local z = o.normalize and normalized(counts, o.normalize) or counts
  local low, high = numbers.range(z)
  local names = names_or(o.labels, z.rows, 0, where .. ": labels")
  local cell = o.cell or math.max(18, math.min(o.percentages and 58 or 46, 640 / z.rows))
  return figure_of {
    z = z, low = low, high = high, map = "accent", lines = true, locale = locale, cell = cell,
    write = confusion_writer(o, counts, locale), x_names = names, y_names = names, title = o.title,
    x_label = o.x_label or locale.words.predicted, y_label = o.y_label or locale.words.truth,
    color_bar = o.color_bar, bar_format = o.normalize and "percent" or nil,
  }
end

-- -- Heat maps ------------------------------------------------------------------------------------

local heatmap_rules = options.declare("mah.plot.heatmap", {
  z = { options.required, "table|tensor" },
  x = { nil, "table|tensor" }, y = { nil, "table|tensor" },
  title = { "", "string" }, x_label = { "", "string" }, y_label = { "", "string" },
  label = { "", "string" },
  map = { "viridis", colors.maps },
  range = { nil, "table" },
  annotate = { nil, "boolean" },
  format = { nil, "string|callable" },
  color_bar = { true, "boolean" },
  cell = { nil, "number", "[1, 400]" },
  width = { nil, "number", "[120, 10000]" }, height = { nil, "number", "[100, 10000]" },
  lang = Locale.rule,
})

local function heatmap_range(o, z, where)
  local low, high = numbers.range(z)
  if o.range then
    low, high = o.range[1], o.range[2]
    check.that(type(low) == "number" and type(high) == "number" and low < high,
      "%s: range must be {low, high} with low < high", where)
  end
  check.that(low, "%s: z has no finite value", where)
  if o.map == "diverging" and not o.range then
    high = math.max(math.abs(low), math.abs(high))
    low = -high
  end
  return low, high
end

local function heatmap_writer(o, locale, where)
  local format = o.format
  check.that(type(format) ~= "string" or format == "percent",
    "%s: format must be \"percent\" or a function; got %s", where, check.show(format))
  if format == "percent" then return function(v) return locale:percent(v, 1) end end
  if format then return function(v) return tostring(format(v)) end end
  return function(v) return locale:number(v) end
end

--- A table of numbers as colours, first row on top; for sweeps over two parameters. Options:
---  z (a matrix; NaN is grey), x and y: values or names of its columns and rows; label: what z is
---  title, x_label, y_label;  map  viridis, blues, diverging (around zero), grey
---  range {low, high} of the colours;  format  "percent" or function(v)
---  annotate  write the values (where they fit; nil: up to 150 cells)
---  color_bar (true);  cell, pixels of a cell's side, or width and height;  lang  en or fa
---@param given table
---@return table figure   see mah.draw.figure
function matrix.heatmap(given)
  local where = "mah.plot.heatmap"
  local o = options(given, heatmap_rules, where)
  local locale, z = Locale.of(o.lang), numbers.matrix(o.z, where .. ": z")
  local low, high = heatmap_range(o, z, where)
  local annotate = o.annotate
  if annotate == nil then annotate = z.rows * z.columns <= 150 end
  return figure_of {
    z = z, low = low, high = high, map = o.map, locale = locale, annotate = annotate,
    title = o.title,
    cell = o.cell or math.max(4, math.min(54, 480 / math.max(z.rows, z.columns))),
    width = o.width, height = o.height, write = heatmap_writer(o, locale, where),
    x_names = names_or(o.x, z.columns, 1, where .. ": x"),
    y_names = names_or(o.y, z.rows, 1, where .. ": y"),
    x_label = o.x_label, y_label = o.y_label, color_bar = o.color_bar, bar_format = o.format,
    bar_label = o.label,
  }
end

return matrix
