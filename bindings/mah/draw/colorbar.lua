--- The bar beside a picture whose colours are values.
local Axis = require "mah.draw.axis"
local colors = require "mah.draw.colors"
local numbers = require "mah.draw.numbers"
local text = require "mah.draw.text"

local colorbar = {}

local TICK, STEPS = 10.5, 64
local LEAST, TO_TICKS, LABEL = 84, 17, 12 -- pixels

--- Its axis, when it is so high.
local function axis_of(bar, height)
  return Axis.new { low = bar.low, high = bar.high, locale = bar.locale, format = bar.format,
    most = math.max(2, math.floor(height / 42)) }
end

--- What it takes beside axes in a figure of this height: the bar, its ticks and its label.
---@return number pixels
function colorbar.room(bar, height)
  local widest = 0
  for high = 84, math.max(84, height), 42 do -- the axes are lower than the figure
    for _, tick in ipairs(axis_of(bar, high).ticks) do
      widest = math.max(widest, text.width(tick.label, TICK))
    end
  end
  local label = bar.label and bar.label ~= "" and LABEL * text.LINE or 0
  return math.max(LEAST, math.ceil(TO_TICKS + widest + label + 14))
end

--- Fills of a cell at t in 0 ... 1: a style, and the colour of text on it. The map "accent" mixes
--- the theme's accent into its background, so that it suits every theme.
---@return table style, string text_color
function colorbar.fill(map, t)
  if map == "accent" then
    return { fill = "accent", opacity = math.max(t, 0) }, t < 0.5 and "ink" or "on_accent"
  end
  local light = colors.is_light(colors.map_rgb(map, t))
  return { fill = colors.map(map, t) }, light and "#1f2933" or "#ffffff"
end

--- Where the colour of the i-th band lies in the map: at the band's middle.
function colorbar.band(bar, i)
  return (numbers.part(bar.edges[i], bar.low, bar.high)
    + numbers.part(bar.edges[i + 1], bar.low, bar.high)) / 2
end

--- Draws the bar between top and bottom, from x on.
---@param bar table   map, low, high, locale, format, label; edges: of bands of one colour each
---@param room number   what colorbar.room gave
function colorbar.draw(canvas, bar, x, top, bottom, room)
  local axis = axis_of(bar, bottom - top)
  axis:between(bottom, top)
  local step = (bottom - top) / STEPS
  for i = 1, bar.edges and #bar.edges - 1 or 0 do
    local from, to = axis:place(bar.edges[i]), axis:place(bar.edges[i + 1])
    canvas:rectangle(x, to, 12, from - to, colorbar.fill(bar.map, colorbar.band(bar, i)))
  end
  for i = 1, bar.edges and 0 or STEPS do
    local style = colorbar.fill(bar.map, (i - 0.5) / STEPS)
    -- Overlapping upwards hides seams; a translucent fill must not overlap.
    canvas:rectangle(x, bottom - i * step, 12, step + (style.opacity and 0 or i > 1 and 0.5 or 0),
      style)
  end
  if axis.offset then
    canvas:text(x, top - 4, axis.offset,
      { size = TICK, valign = "bottom", color = "muted", direction = "ltr" })
  end
  for _, tick in ipairs(axis.ticks) do
    canvas:text(x + TO_TICKS, axis:place(tick.value), tick.label,
      { size = TICK, valign = "middle", color = "muted" })
  end
  if bar.label and bar.label ~= "" then
    canvas:text(x + room - 22, (top + bottom) / 2,
      text.shorten(bar.label, LABEL, false, bottom - top),
      { size = LABEL, anchor = "middle", valign = "middle", rotation = 90 })
  end
end

return colorbar
