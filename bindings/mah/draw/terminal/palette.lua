--- The colours of charts as a terminal has them: the palette's are the terminal's own, values and
--- "#rrggbb" are true or 256 colours; and what tells series apart where there are none.
---
---     palette.style("c2", "16")      --> "31", of an escape sequence
---     palette.mark "c2"              --> "o"
local blocks = require "mah.draw.terminal.blocks"
local colors = require "mah.draw.colors"

local palette = {}

local own = { c1 = 34, c2 = 31, c3 = 32, c4 = 35, c5 = 33, c6 = 36, c7 = 90, c8 = 91, accent = 34 }
local DIM = { muted = true, axis = true, grid = true }
local MARKS = { "*", "o", "+", "x", "#", "@", "%", "&" }
local SIGNS = { "━━", "╍╍", "··", "━·" }
local DASHES = { { 1, 0 }, { 4, 3 }, { 1, 2 }, { 6, 3 } } -- dots that are on and off

palette.markers = { circle = "●", square = "■", triangle = "▲", diamond = "◆", down = "▼",
  plus = "✚" }

local function number_of(color) return tonumber((color or ""):match "^c(%d)$") or 1 end

--- The character that stands for a colour where there is only ASCII.
---@param color string
function palette.mark(color) return MARKS[(number_of(color) - 1) % #MARKS + 1] end

--- How a line is broken where there are no colours.
---@return integer on, integer off
function palette.dashes(color)
  if DIM[color] then return 1, 2 end
  local dashes = DASHES[(number_of(color) - 1) % #DASHES + 1]
  return dashes[1], dashes[2]
end

--- A line's sign in a legend.
---@param canvas {unicode: boolean, depth: string}
function palette.sign(color, canvas)
  if not canvas.unicode then return palette.mark(color) end
  return canvas.depth == "none" and SIGNS[(number_of(color) - 1) % #SIGNS + 1] or SIGNS[1]
end

local function bytes(hex)
  local r, g, b = colors.rgb(hex, "light")
  return { math.floor(r * 255 + 0.5), math.floor(g * 255 + 0.5), math.floor(b * 255 + 0.5) }
end

local function has_many(depth) return depth == "256" or depth == "true" end

--- The middle of the escape sequence for text of a colour; nil: the terminal's own ink.
---@param color string|nil
---@param depth string
---@return string|nil
function palette.style(color, depth)
  if depth == "none" or not color then return nil end
  if own[color] then return tostring(own[color]) end
  if DIM[color] then return "2" end
  if color:sub(1, 1) ~= "#" or not has_many(depth) then return nil end
  local rgb = bytes(color)
  return blocks.color(38, depth, rgb[1], rgb[2], rgb[3])
end

--- The same for what lies on a colour.
function palette.behind(color, depth)
  local style = palette.style(color, depth)
  if not style or style == "2" then return style end
  return style:find "^38" and "4" .. style:sub(2) or tostring(tonumber(style) + 10)
end

-- -- Values as colours ----------------------------------------------------------------------------

--- Is the fill a colour of values, or a picture's (a function of the place)?
function palette.is_painted(fill)
  return type(fill) == "function" or fill == "accent" or fill == "grid" or fill:sub(1, 1) == "#"
end

--- Red, green and blue of a style's fill, bytes; of the map "accent" from white to blue, or without
--- colours from dark to light. nil: nothing is painted (of values that are missing).
---@return number[]|nil
function palette.rgb(style, depth)
  if style.fill == "grid" then return nil end
  if style.fill ~= "accent" then return bytes(style.fill) end
  local part = style.opacity or 1
  if not has_many(depth) then return { 255 * part, 255 * part, 255 * part } end
  local rgb = bytes "accent"
  for i = 1, 3 do rgb[i] = 255 + (rgb[i] - 255) * part end
  return rgb
end

local SHADES = { " ", "░", "▒", "▓", "█" }
local RAMP = { " ", ".", ":", "-", "=", "+", "*", "#", "%", "@" }

--- A character as light as two halves.
---@param upper number[]|nil
---@param lower number[]|nil
function palette.shade(upper, lower, canvas)
  local sum = 0
  for _, rgb in pairs { upper or false, lower or false } do
    if rgb then sum = sum + 0.3 * rgb[1] + 0.59 * rgb[2] + 0.11 * rgb[3] end
  end
  local ramp = canvas.unicode and SHADES or RAMP
  return ramp[math.min(#ramp, math.floor(sum / 2 / 256 * #ramp) + 1)]
end

return palette
