--- What can be drawn on: methods that the two back ends share, pixels (mah.draw.raster) and SVG.
---
---     local canvas = require("mah.draw.svg").new(200, 100)
---     canvas:rectangle(10, 10, 50, 20, {fill = "c1"})
---     canvas:text(100, 50, "سلام", {size = 14, anchor = "middle", valign = "middle"})
---     print(canvas:finish())
---
--- Places are in pixels of the unscaled picture, from its top left corner. A style is a table with
--- any of: color (of the line or text), fill, width (of the line, 1), dash ({on, off, ...}),
--- opacity. Colours are names of a theme or "#rrggbb" (mah.draw.colors).
local text = require "mah.draw.text"

local Canvas = {}
Canvas.__index = Canvas

--- Fields that both back ends have.
---@param width number
---@param height number
---@param settings table|nil   theme = light, dark (page: SVG only); background = a colour or "none"
function Canvas.init(self, width, height, settings)
  settings = settings or {}
  self.width, self.height = width, height
  self.theme = settings.theme or "light"
  self.background = settings.background or (self.theme == "page" and "none" or "background")
  self.prefer_rtl = false -- lines with any right-to-left letter run so
  return self
end

-- Each back end has: polyline(points, style), polygon(points, style), region(loops, style),
-- rectangle(x, y, w, h, style), circle(x, y, r, style), text_line(line), image(x, y, w, h, pixels,
-- smooth), clip(x, y, w, h, draw), at(x, y, draw), finish(). points: {x1, y1, x2, y2 ...}. A region
-- is what lies inside an odd number of its loops: polygons and their holes.

function Canvas:line(x1, y1, x2, y2, style) self:polyline({ x1, y1, x2, y2 }, style) end

-- -- Text -----------------------------------------------------------------------------------------

local anchors = { start = 0, middle = 0.5, ["end"] = 1 }

--- Where the first line's baseline is below `y`, and the distance of lines.
local function baselines(count, size, valign)
  local step = size * text.LINE
  local block = (count - 1) * step
  if valign == "top" then return size * 0.98, step end
  if valign == "bottom" then return -size * 0.32 - block, step end
  if valign == "middle" then return size * text.CAP / 2 - block / 2, step end
  return 0, step
end

--- Draws text at a point. Lines are separated by "\n".
---@param style table|nil  size (12), bold, color ("ink"), anchor = start (the left end), middle or
---  end; valign = baseline, top, middle or bottom; rotation in degrees, clockwise;
---  direction = auto, ltr, rtl
function Canvas:text(x, y, s, style)
  style = style or {}
  local size = style.size or 12
  local lines = text.lines(s)
  local baseline, step = baselines(#lines, size, style.valign)
  for i, line in ipairs(lines) do
    local rtl = style.direction == "rtl"
    if not style.direction or style.direction == "auto" then
      rtl = text.is_rtl(line, self.prefer_rtl)
    end
    local placed = {
      x = x, y = y, dy = baseline + (i - 1) * step, text = line, rtl = rtl, size = size,
      bold = style.bold or false, color = style.color or "ink", opacity = style.opacity or 1,
      rotation = style.rotation or 0, anchor = anchors[style.anchor or "start"],
    }
    if line:find "%S" then self:text_line(placed) end
  end
end

--- Width and height of a text as text() would draw it, rotation left out.
---@return number, number
function Canvas.extents(_, s, style)
  style = style or {}
  return text.extents(s, style.size or 12, style.bold)
end

-- -- Markers --------------------------------------------------------------------------------------

--- Corners on the unit circle's scale, so that the shapes look equally large.
local corners = {
  square = { -0.86, -0.86, 0.86, -0.86, 0.86, 0.86, -0.86, 0.86 },
  triangle = { 0, -1.2, 1.1, 0.8, -1.1, 0.8 },
  diamond = { 0, -1.25, 1.25, 0, 0, 1.25, -1.25, 0 },
  down = { 0, 1.2, 1.1, -0.8, -1.1, -0.8 },
  plus = { -0.4, -1.2, 0.4, -1.2, 0.4, -0.4, 1.2, -0.4, 1.2, 0.4, 0.4, 0.4, 0.4, 1.2, -0.4, 1.2,
    -0.4, 0.4, -1.2, 0.4, -1.2, -0.4, -0.4, -0.4 },
}
Canvas.markers = { "circle", "square", "triangle", "diamond", "down", "plus" }

---@param kind string   circle, square, triangle, diamond, down or plus
function Canvas:marker(kind, x, y, r, style)
  if kind == "circle" then return self:circle(x, y, r, style) end
  local points = {}
  for i, place in ipairs(corners[kind]) do points[i] = (i % 2 == 1 and x or y) + r * place end
  self:polygon(points, style)
end

return Canvas
