--- Heat maps.
---
---     mah.plot.heatmap{z = {{1, 2}, {3, 4}}, x = {10, 20}, y = {"a", "b"}, label = "loss"}
local Axis = require "mah.draw.axis"
local Locale = require "mah.draw.locale"
local cells = require "mah.draw.cells"
local check = require "mah.base.check"
local colors = require "mah.draw.colors"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local texts = require "mah.draw.texts"

local WHERE = "mah.plot.heatmap"
local FEW = 20 -- so many values are written one by one

local rules = options.declare(WHERE, {
  z = { options.required, "table|tensor", nil, "(rows, columns): the values; NaN is grey" },
  x = { nil, "table|tensor", nil, "(columns): values or names of the columns; nil: 1, 2 ..." },
  y = { nil, "table|tensor", nil, "(rows): values or names of the rows; nil: 1, 2 ..." },
  origin = { nil, { "upper", "lower" }, nil, "where the first row is: on top or at the bottom; "
    .. "nil: at the bottom when y are ascending numbers, else on top" },
  title = { "", "string", nil, texts.title },
  x_label = { "", "string", nil, texts.x_label }, y_label = { "", "string", nil, texts.y_label },
  label = { "", "string", nil, texts.bar_label },
  map = { "viridis", colors.maps, nil, texts.map },
  range = { nil, "table", nil, texts.range },
  annotate = { nil, "boolean", nil, "write the values into the cells, where they fit; nil: up to "
    .. "150 cells" },
  format = { nil, "string|callable", nil, texts.bar_format .. " and of the values in the cells" },
  color_bar = { true, "boolean", nil, texts.color_bar },
  cell = { nil, "number", "[1, 400]", texts.cell },
  width = { nil, "number", "[120, 10000]", texts.width .. "; nil: by the cells" },
  height = { nil, "number", "[100, 10000]", texts.height .. "; nil: by the cells" },
  lang = Locale.rule,
})

local function writer(o, locale)
  local format = o.format
  check.that(type(format) ~= "string" or format == "percent",
    "%s: format must be \"percent\" or a function; got %s", WHERE, check.show(format))
  if format == "percent" then return function(v) return locale:percent(v, 1) end end
  if format then return function(v) return tostring(format(v)) end end
  return function(v) return locale:number(v) end
end

-- -- Axes -----------------------------------------------------------------------------------------

--- The distance of numbers that are evenly spaced (as float32 can), else nil.
local function even_step(list)
  local n = #list
  for i = 1, n do
    if type(list[i]) ~= "number" then return nil end
  end
  local step = (list[n] - list[1]) / (n - 1)
  for i = 2, n do
    if not (math.abs(list[i] - list[i - 1] - step) <= 0.05 * math.abs(step)) then return nil end
  end
  return step ~= 0 and step or nil
end

--- Are all of them numbers that grow?
local function ascend(list)
  for i = 2, #list do
    if type(list[i]) ~= "number" or not (list[i] > list[i - 1]) then return false end
  end
  return type(list[1]) == "number"
end

--- Many numbers at even distances are an axis with round ticks; few, or others, are names.
local function axis_of(list, locale)
  local step = #list > FEW and even_step(list)
  if not step then return cells.name_axis(list, locale) end
  local first, last = list[1] - step / 2, list[#list] + step / 2
  local whole = list[1] % 1 == 0 and step % 1 == 0
  return Axis.new { low = math.min(first, last), high = math.max(first, last), locale = locale,
    whole = whole, reversed = step < 0 } -- against its usual direction
end

local function reverse(list)
  local result = { rows = list.rows, columns = list.columns }
  for i = 1, #list do result[i] = list[#list + 1 - i] end
  return result
end

--- The axis of rows, and z with its rows from the top to the bottom.
local function rows_of(o, z, locale)
  local list = cells.names(o.y, z.rows, 1, WHERE .. ": y")
  local up = o.origin == "lower" or not o.origin and o.y ~= nil and ascend(list)
  if up then list, z = reverse(list), reverse(z) end
  local axis = axis_of(list, locale)
  if not axis.names then axis.reversed = not axis.reversed end -- y axes grow upwards, rows down
  return axis, z
end

--- A table of numbers as colours, for sweeps over two parameters and for functions of two numbers.
--- heatmap(z) is enough. Many numbers x or y at even distances make an axis with round ticks; few,
--- or others, are names.
---
---     local figure = mah.plot.heatmap { z = { { 0.9, 0.8 }, { 0.7, 0.95 } }, x = { 10, 20 },
---       y = { "relu", "tanh" }, label = "accuracy", format = "percent" }
---     figure:save "heatmap.png"
---     print(mah.file.exists "heatmap.png")   --> true
---@param given table|tensor   options, or the matrix z alone
---@param more table|nil   options, after the data
---@return figure
return function(given, more)
  local o = options(numbers.named_matrix(given, "z", more, WHERE), rules, WHERE)
  local locale, z = Locale.of(o.lang), numbers.matrix(o.z, WHERE .. ": z")
  local low, high = numbers.color_range(o, z, WHERE)
  local y
  y, z = rows_of(o, z, locale)
  local annotate = o.annotate
  if annotate == nil then annotate = z.rows * z.columns <= 150 end
  return cells.figure {
    z = z, low = low, high = high, map = o.map, locale = locale, annotate = annotate,
    title = o.title,
    cell = o.cell or math.max(4, math.min(54, 480 / math.max(z.rows, z.columns))),
    width = o.width, height = o.height, write = writer(o, locale),
    x = axis_of(cells.names(o.x, z.columns, 1, WHERE .. ": x"), locale), y = y,
    x_label = o.x_label, y_label = o.y_label, color_bar = o.color_bar, bar_format = o.format,
    bar_label = o.label,
  }
end
