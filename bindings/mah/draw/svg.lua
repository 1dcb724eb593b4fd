--- The canvas that becomes SVG 1.1: text stays text, so that whoever shows it shapes it and readers
--- can select it. The same drawing gives the same bytes, and no ids, so that many fit in one page.
local Canvas = require "mah.draw.canvas"
local base64 = require "mah.draw.base64"
local check = require "mah.base.check"
local colors = require "mah.draw.colors"
local png = require "mah.draw.png"

local Svg = setmetatable({}, { __index = Canvas })
Svg.__index = Svg

local FAMILY = "'DejaVu Sans', Vazirmatn, Verdana, Tahoma, sans-serif"

---@param width number
---@param height number
---@param settings table|nil   as for Canvas.init, and title
---@return table canvas
function Svg.new(width, height, settings)
  local self = Canvas.init(setmetatable({}, Svg), width, height, settings)
  self.out = {}
  self.title = settings and settings.title
  return self
end

-- -- Writing --------------------------------------------------------------------------------------

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }
local function escape(s) return (s:gsub('[&<>"]', entities)) end

--- A coordinate with at most two decimals.
local function number(v)
  local s = ("%.2f"):format(v):gsub("0+$", ""):gsub("%.$", "")
  return s == "-0" and "0" or s
end

--- Adds an element; numbers among the values become coordinates.
function Svg:put(format, ...)
  local values = { ... }
  for i, value in ipairs(values) do
    if type(value) == "number" then values[i] = number(value) end
  end
  self.out[#self.out + 1] = format:format(unpack(values))
end

function Svg:style(style)
  local fill = style.fill and colors.resolve(style.fill, self.theme) or "none"
  local words = { ('fill="%s"'):format(fill) }
  if style.color then
    words[#words + 1] = ('stroke="%s" stroke-width="%s"'):format(
      colors.resolve(style.color, self.theme), number(style.width or 1))
  end
  if style.dash then
    words[#words + 1] = ('stroke-dasharray="%s"'):format(table.concat(style.dash, " "))
  end
  if style.opacity and style.opacity < 1 then
    words[#words + 1] = ('opacity="%s"'):format(number(style.opacity))
  end
  return table.concat(words, " ")
end

local function list(points)
  local words = {}
  for i = 1, #points, 2 do words[#words + 1] = number(points[i]) .. "," .. number(points[i + 1]) end
  return table.concat(words, " ")
end

-- -- Shapes ---------------------------------------------------------------------------------------

function Svg:polyline(points, style)
  local line = { color = style.color, width = style.width, dash = style.dash,
    opacity = style.opacity }
  local level = #points == 4 and (points[1] == points[3] or points[2] == points[4])
  self:put('<polyline points="%s" %s%s/>', list(points), self:style(line),
    level and ' shape-rendering="crispEdges"' or ' stroke-linejoin="round"')
end

function Svg:polygon(points, style)
  self:put('<polygon points="%s" %s/>', list(points), self:style(style))
end

function Svg:region(loops, style)
  local path = {}
  for i, points in ipairs(loops) do path[i] = "M" .. list(points) .. "Z" end
  self:put('<path d="%s" fill-rule="evenodd" %s/>', table.concat(path), self:style(style))
end

function Svg:rectangle(x, y, width, height, style)
  self:put('<rect x="%s" y="%s" width="%s" height="%s" %s shape-rendering="crispEdges"/>', x, y,
    width, height, self:style(style))
end

function Svg:circle(x, y, r, style)
  self:put('<circle cx="%s" cy="%s" r="%s" %s/>', x, y, r, self:style(style))
end

--- SVG's "start" is where reading starts: the right end of a line that runs from right to left.
local anchors = { [0] = "start", [0.5] = "middle", [1] = "end" }
local function anchor_of(line) return anchors[line.rtl and 1 - line.anchor or line.anchor] end

function Svg:text_line(line)
  local place = ('x="%s" y="%s"'):format(number(line.x), number(line.y + line.dy))
  if line.rotation ~= 0 then
    local x, y, angle = number(line.x), number(line.y), number(line.rotation)
    place = ('transform="translate(%s %s) rotate(%s)" y="%s"'):format(x, y, angle, number(line.dy))
  end
  local extra = { line.bold and ' font-weight="bold"' or "", line.rtl and ' direction="rtl"' or "" }
  if line.opacity < 1 then extra[3] = (' opacity="%s"'):format(number(line.opacity)) end
  self:put('<text %s font-size="%s" text-anchor="%s" fill="%s"%s>%s</text>', place, line.size,
    anchor_of(line), colors.resolve(line.color, self.theme), table.concat(extra), escape(line.text))
end

--- A nested <svg> clips what is in it, and needs no id.
function Svg:clip(x, y, width, height, draw)
  self:put('<svg x="%s" y="%s" width="%s" height="%s" viewBox="%s %s %s %s">', x, y, width, height,
    x, y, width, height)
  draw()
  self:put "</svg>"
end

function Svg:at(x, y, draw)
  self:put('<g transform="translate(%s %s)">', x, y)
  draw()
  self:put "</g>"
end

-- -- Pictures in the picture ----------------------------------------------------------------------

function Svg:image(x, y, width, height, pixels, smooth)
  self:put('<image x="%s" y="%s" width="%s" height="%s" preserveAspectRatio="none"%s '
    .. 'xlink:href="data:image/png;base64,%s"/>', x, y, width, height,
    smooth and "" or ' style="image-rendering:pixelated"', base64(png.encode(pixels)))
end

-- -- The whole ------------------------------------------------------------------------------------

--- The text of the SVG element.
---@return string
function Svg:finish()
  local width, height = number(self.width), number(self.height)
  local root = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    .. ' width="%s" height="%s" viewBox="0 0 %s %s" font-family="%s" direction="ltr" role="img">'
  local head = { root:format(width, height, width, height, FAMILY) }
  if self.title then head[2] = "<title>" .. escape(self.title) .. "</title>" end
  if self.background ~= "none" then
    head[#head + 1] = ('<rect width="%s" height="%s" fill="%s"/>'):format(width, height,
      colors.resolve(self.background, self.theme))
  end
  check.that(self.out, "this canvas is finished")
  local body = table.concat(self.out, "\n")
  self.out = nil
  return table.concat(head, "\n") .. "\n" .. body .. "\n</svg>\n"
end

return Svg
