--- The bar beside a picture whose colours are values.
local Axis = require "mah.draw.axis"
local colors = require "mah.draw.colors"
local numbers = require "mah.draw.numbers"
local text = require "mah.draw.text"

local colorbar = { ROOM = 84 } -- what it takes beside the axes, its label included

local TICK, STEPS = 10.5, 64

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
function colorbar.draw(canvas, bar, x, top, bottom)
  local axis = Axis.new { low = bar.low, high = bar.high, locale = bar.locale, format = bar.format,
    most = math.max(2, math.floor((bottom - top) / 42)) }
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
    canvas:text(x + 17, axis:place(tick.value), tick.label,
      { size = TICK, valign = "middle", color = "muted" })
  end
  if bar.label and bar.label ~= "" then
    canvas:text(x + colorbar.ROOM - 22, (top + bottom) / 2,
      text.shorten(bar.label, 12, false, bottom - top),
      { size = 12, anchor = "middle", valign = "middle", rotation = 90 })
  end
end

return colorbar
