--- Several figures as one.  mah.plot.panel{figures = {a, b, c}, columns = 2}
local Figure = require "mah.draw.figure"
local Locale = require "mah.draw.locale"
local check = require "mah.base.check"
local data = require "mah.draw.data"
local options = require "mah.base.options"
local text = require "mah.draw.text"
local texts = require "mah.draw.texts"

local WHERE = "mah.plot.panel"
local TITLE, EDGE = 17, 10

local rules = options.declare(WHERE, {
  figures = { options.required, "table", nil, "a list of figures, row by row" },
  columns = { nil, "integer", "[1, 100]", "figures in a row; nil: 2" },
  gap = { 12, "number", "[0, 1000]", "pixels between figures" },
  title = { "", "string", nil, texts.title },
  lang = Locale.rule,
})

--- Sizes of columns and rows: of their largest figure.
local function measure(figures, columns)
  local widths, heights = {}, {}
  for i, figure in ipairs(figures) do
    local row, column = math.ceil(i / columns), (i - 1) % columns + 1
    widths[column] = math.max(widths[column] or 0, figure.width)
    heights[row] = math.max(heights[row] or 0, figure.height)
  end
  return widths, heights
end

--- Where each column (or row) starts, and where the last one ends.
local function starts(sizes, from, gap)
  local places = {}
  for i, size in ipairs(sizes) do
    places[i] = from
    from = from + size + (i < #sizes and gap or 0)
  end
  return places, from
end

--- Several figures beside each other as one, row by row; in Persian from the right.
---
---     local a, b = mah.plot.lines { y = { 1, 3, 2 } }, mah.plot.hist { x = { 1, 2, 2, 3 } }
---     print(mah.plot.panel { figures = { a, b }, columns = 1 })   --> figure 640 x 812
---@param given table
---@return figure
return function(given)
  local o = options(given, rules, WHERE)
  local figures = o.figures
  check.that(#figures > 0, "%s: figures is empty", WHERE)
  for i, figure in ipairs(figures) do
    check.that(getmetatable(figure) == Figure, "%s: figures[%d] must be a figure; got %s", WHERE, i,
      check.show(figure))
  end
  local locale, columns = Locale.of(o.lang), math.min(#figures, o.columns or 2)
  local widths, heights = measure(figures, columns)
  local xs, width = starts(widths, 0, o.gap)
  local title = o.title ~= "" and text.wrap(o.title, TITLE, true, width - 2 * EDGE, 3) or {}
  local ys, height = starts(heights, #title > 0 and EDGE + #title * TITLE * text.LINE or 0, o.gap)
  return Figure.new { width = width, height = height, title = o.title, rtl = locale.rtl,
    data = function() return data.of_parts(figures) end,
    parts = { figures = figures }, render = function(canvas)
      canvas:text(locale.rtl and width - EDGE or EDGE, EDGE, table.concat(title, "\n"),
        { size = TITLE, bold = true, valign = "top", anchor = locale.rtl and "end" or "start" })
      for i, figure in ipairs(figures) do
        local row, column = math.ceil(i / columns), (i - 1) % columns + 1
        local x = locale.rtl and width - xs[column] - figure.width or xs[column]
        canvas:at(x, ys[row], function() figure:draw(canvas) end)
      end
    end }
end
