--- Matrices as coloured cells, for confusion matrices and heat maps.
local Axis = require "mah.draw.axis"
local Figure = require "mah.draw.figure"
local Frame = require "mah.draw.frame"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local colorbar = require "mah.draw.colorbar"
local colors = require "mah.draw.colors"
local data = require "mah.draw.data"
local ffi = require "ffi"
local numbers = require "mah.draw.numbers"
local text = require "mah.draw.text"

local cells = {}

local MANY = 2500 -- more cells without text are drawn as one picture
local SHADES = 1024

-- -- Axes -----------------------------------------------------------------------------------------

--- Names of rows or columns, numbers staying numbers; from `from` on when none are given.
function cells.names(given, count, from, where)
  local names = {}
  if given == nil then
    for i = 1, count do names[i] = from + i - 1 end
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

--- An axis on which each row or column has its name.
function cells.name_axis(names, locale)
  local labels = {}
  for i, name in ipairs(names) do
    labels[i] = text.shorten(locale:label(name), 11, false, 150)
  end
  return Axis.new { low = 0.5, high = #names + 0.5, names = labels, locale = locale }
end

-- -- Drawing --------------------------------------------------------------------------------------

--- The largest size of letters, up to `most`, with which every label fits in its cell, or nil.
local function letter_size(chart, width, height, most)
  local widest, lines = 1, 1
  for i = 1, chart.z.rows do
    for j = 1, chart.z.columns do
      local w, h = text.extents(chart.write(chart.z[i][j], i, j), 10)
      widest, lines = math.max(widest, w), math.max(lines, h / (10 * text.LINE))
    end
  end
  local size = math.min(most, 10 * (width - 6) / widest, (height - 4) / (lines * text.LINE))
  return size >= 6.5 and math.floor(size * 2) / 2 or nil
end

local function draw_cell(chart, canvas, frame, size, i, j)
  local v = chart.z[i][j]
  local width = (frame.right - frame.left) / chart.z.columns
  local height = (frame.bottom - frame.top) / chart.z.rows
  local x, y = frame.left + (j - 1) * width, frame.top + (i - 1) * height
  local style, color = { fill = "grid" }, "muted"
  if numbers.finite(v) then
    style, color = colorbar.fill(chart.map, numbers.part(v, chart.low, chart.high))
    if chart.lines and v == 0 then color = "muted" end
  end
  canvas:rectangle(x, y, width, height, style)
  if chart.lines then canvas:rectangle(x, y, width, height, { color = "grid" }) end
  if size then
    canvas:text(x + width / 2, y + height / 2, chart.write(v, i, j),
      { size = size, anchor = "middle", valign = "middle", color = color })
  end
end

--- A map's colours as bytes, at SHADES places.
local function shades(map)
  local list = {}
  for k = 0, SHADES do
    local r, g, b = colors.map_rgb(map, k / SHADES)
    list[k] = { r * 255 + 0.5, g * 255 + 0.5, b * 255 + 0.5 }
  end
  return list
end

--- Each cell a pixel; those without a finite value are transparent.
local function picture_of(chart)
  local rows, columns, list = chart.z.rows, chart.z.columns, shades(chart.map)
  local _, extent = Type.sizes("picture", rows, columns, 4)
  local pixels = Type.new(Type.dtype "uint8", 3, extent)
  local to = ffi.cast("uint8_t*", pixels.data)
  for i = 1, rows do
    for j = 1, columns do
      local at, v = ((i - 1) * columns + j - 1) * 4, chart.z[i][j]
      local part = math.max(0, math.min(1, numbers.part(v, chart.low, chart.high)))
      local there = numbers.finite(v)
      local shade = list[there and math.floor(part * SHADES + 0.5) or 0]
      to[at], to[at + 1], to[at + 2], to[at + 3] = shade[1], shade[2], shade[3], there and 255 or 0
    end
  end
  return pixels
end

local function draw_picture(chart, canvas, frame)
  local width, height = frame.right - frame.left, frame.bottom - frame.top
  canvas:rectangle(frame.left, frame.top, width, height, { fill = "grid" })
  canvas:image(frame.left, frame.top, width, height, picture_of(chart))
end

local function draw_cells(chart, canvas, frame)
  local size = chart.annotate ~= false and letter_size(chart,
    (frame.right - frame.left) / chart.z.columns, (frame.bottom - frame.top) / chart.z.rows, 12)
  for i = 1, chart.z.rows do
    for j = 1, chart.z.columns do draw_cell(chart, canvas, frame, size, i, j) end
  end
end

local function draw_inside(chart, canvas, frame)
  local many = chart.annotate == false and chart.z.rows * chart.z.columns > MANY
  if many then draw_picture(chart, canvas, frame) else draw_cells(chart, canvas, frame) end
end

local function draw(chart, canvas)
  local frame = Frame.new(chart.spec)
  frame:draw(canvas)
  draw_inside(chart, canvas, frame)
  if chart.bar then
    colorbar.draw(canvas, chart.bar, chart.spec.width - chart.bar_room, frame.top, frame.bottom,
      chart.bar_room)
  end
end

--- The names of rows or columns, or the numbers they stand at.
local function places_of(axis, count, from_top)
  if axis.names then return axis.names end
  local list, step = {}, (axis.high - axis.low) / count
  for i = 1, count do
    local k = (axis.reversed or false) ~= from_top and count + 1 - i or i
    list[i] = axis.low + (k - 0.5) * step
  end
  return list
end

local function data_of(chart)
  local z = chart.z
  return data.of_grid(z, places_of(chart.x, z.columns, false), places_of(chart.y, z.rows, true),
    chart.columns)
end

--- What can be laid over others (mah.draw.chart): cells with names, or over numbers that grow to
--- the right and up.
local function chart_of(chart)
  local x, y = chart.x, chart.y
  if x.reversed or y.reversed then return nil end
  local artist = { x = { { x.low, x.high } }, y = { { y.low, y.high } }, names = x.names,
    y_names = y.names, tight = true, continuous = true, level = 1, bar = chart.bar,
    data = function() return data_of(chart) end,
    draw = function(canvas, x_axis, y_axis)
      local one, other = y_axis:place(y.low), y_axis:place(y.high)
      local place = { left = x_axis:place(x.low), right = x_axis:place(x.high),
        top = math.min(one, other), bottom = math.max(one, other) }
      if x.names or y.names then
        draw_cells(chart, canvas, place)
      else
        draw_picture(chart, canvas, place)
      end
    end }
  return { artists = { artist }, o = { title = chart.title, x_label = chart.x_label,
    y_label = chart.y_label, lang = chart.locale.name } }
end

-- -- The figure -----------------------------------------------------------------------------------

--- A figure whose cells have a given size, or that has a given size.
---@param chart table   z (rows from the top), map, low, high, write, locale, x, y (axes), title,
---  x_label, y_label, cell, width, height, annotate, lines, color_bar, bar_format, bar_label,
---  columns (of its data)
---@return table figure
function cells.figure(chart)
  local spec = { locale = chart.locale, title = chart.title,
    x_label = chart.x_label, y_label = chart.y_label, x = chart.x, y = chart.y,
    bare = chart.x.names ~= nil }
  chart.spec = spec
  if chart.color_bar then
    local _, high = Axis.opened(chart.low, chart.high)
    chart.bar = { map = chart.map, low = chart.low, high = high, locale = chart.locale,
      format = chart.bar_format, label = chart.bar_label }
  end
  local height = chart.height or 90 + chart.cell * chart.z.rows
  chart.bar_room = chart.bar and colorbar.room(chart.bar, height) or 0
  spec.reserve_right = chart.bar_room
  -- The margins depend on the names below, which depend on the width of cells: from a first guess.
  spec.width = chart.width or 90 + chart.cell * chart.z.columns + spec.reserve_right
  spec.height = height
  local guess = Frame.new(spec)
  spec.width = chart.width or spec.width - (guess.right - guess.left) + chart.cell * chart.z.columns
  spec.height = chart.height or spec.height - (guess.bottom - guess.top) + chart.cell * chart.z.rows
  return Figure.new { width = math.ceil(spec.width), height = math.ceil(spec.height),
    title = chart.title, chart = chart_of(chart), data = function() return data_of(chart) end,
    rtl = chart.locale.rtl, render = function(canvas) draw(chart, canvas) end,
    parts = { spec = spec, color_bars = { chart.bar }, cells = chart.z,
      draw = function(canvas, area) draw_inside(chart, canvas, area) end } }
end

return cells
