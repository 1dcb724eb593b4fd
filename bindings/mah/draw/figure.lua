--- Figures: a size and a function that draws on a canvas; what mah.plot and mah.image return.
---
---     local figure = mah.plot.lines { y = { 1, 3, 2 } }
---     figure:save "a.png"
---     figure:save("a.svg", { theme = "dark" })
local C = require "mah.base.library"
local check = require "mah.base.check"
local class = require "mah.base.class"
local colors = require "mah.draw.colors"
local options = require "mah.base.options"
local png = require "mah.draw.png"
local text = require "mah.draw.text"

--- What mah.plot and mah.image return: a size and a function that draws.
---
---     local figure = mah.plot.lines { y = { 1, 3, 2 } }
---     print(figure.width, figure.height)   --> 640 400
---     figure:save "lines.png"
---@class figure
---@field width number    in pixels; a PNG has 1.5 times as many unless told
---@field height number   in pixels
---@field title string|nil    what stands above the picture, "" for nothing
---@field rtl boolean|nil     is its text written from the right, as Persian is?
---@field private chart table|nil
---@field private parts table|nil
---@field private data nil|fun(): table   the numbers that it shows: mah.draw.data
---@field private render fun(canvas: table)
local Figure = class.new("a figure", "figure", "title rtl chart parts data")

--- Device pixels in a pixel of a PNG: a figure of 640 pixels becomes 960 wide, about 144 dpi.
local SCALE = 1.5

---@param spec table   width, height, render = function(canvas), title, rtl; parts, for whoever
---  draws axes of their own (mah.draw.terminal.chart): spec (of mah.draw.frame) and
---  draw(canvas, area), what lies within them; bars ("upright" or "beside"), color_bars, cells
---  ({rows, columns}); or figures, of a panel
function Figure.new(spec) return setmetatable(spec, Figure) end

function Figure:__tostring()
  return ("figure %g x %g%s"):format(self.width, self.height,
    self.title and self.title ~= "" and ": " .. self.title or "")
end

--- Draws the figure on a canvas, from the canvas's top left corner: how figures become parts of
--- others.
---
---     local figure = mah.plot.lines { y = { 1, 3, 2 } }
---     local canvas = require("mah.draw.svg").new(figure.width, figure.height, { theme = "light" })
---     figure:draw(canvas)
---     print(canvas:finish():sub(1, 4))   --> <svg
---@param canvas table   an object with the methods line, text, rectangle ... of mah.draw.canvas
function Figure:draw(canvas)
  local before = canvas.prefer_rtl
  canvas.prefer_rtl = self.rtl or false
  self.render(canvas)
  canvas.prefer_rtl = before
end

local function rules_for(where, themes)
  return options.declare(where, {
    theme = { "light", themes, nil, "colours for a light or a dark background; page (SVG only): "
      .. "those of the CSS variables of the page around it, see mah.plot.css" },
    background = { nil, "string", nil, '"#rrggbb", or "none": transparent (a PNG then has four '
      .. "channels); nil: the theme's" },
    scale = { SCALE, "number", "(0, 16]", "pixels of a PNG for each pixel of the figure; an SVG "
      .. "has no use for it" },
  })
end
local pixels_rules = rules_for("figure:pixels", { "light", "dark" })
local svg_rules = rules_for("figure:svg", { "light", "dark", "page" })

local function settings_of(given, rules, where)
  local o = options(given, rules, where)
  if o.background and o.background ~= "none" then
    colors.check(o.background, where .. ": background")
  end
  return o
end

--- The figure as pixels, for tensors' sake.
---
---     local figure = mah.plot.lines { y = { 1, 3, 2 }, width = 300, height = 200 }
---     print(unpack(figure:pixels { scale = 1 }.shape))   --> 200 300 3
---@param given table|nil
---@return tensor   uint8 (height, width, 3), or 4 channels with background = "none"
function Figure:pixels(given)
  local settings = settings_of(given, pixels_rules, "figure:pixels")
  local canvas = require("mah.draw.raster").new(self.width, self.height, settings)
  self:draw(canvas)
  return canvas:finish()
end

--- The figure as SVG text.
---
---     local figure = mah.plot.lines { y = { 1, 3, 2 } }
---     print(figure:svg { theme = "dark" }:sub(1, 4))   --> <svg
---@param given table|nil
---@return string
function Figure:svg(given)
  local settings = settings_of(given, svg_rules, "figure:svg")
  settings.title = self.title and self.title ~= "" and text.clean(self.title:gsub("\n", " ")) or nil
  local canvas = require("mah.draw.svg").new(self.width, self.height, settings)
  self:draw(canvas)
  return canvas:finish()
end

--- The figure as the bytes of a PNG file.
---
---     local figure = mah.plot.lines { y = { 1, 3, 2 } }
---     print(figure:png():sub(2, 4))   --> PNG
---@param given table|nil   as for pixels
---@return string
function Figure:png(given)
  local pixels = self:pixels(given)
  local bytes = png.encode(pixels)
  pixels:free()
  return bytes
end

local function write(path, bytes) check.status(C.mah_file_write(path, bytes, #bytes)) end

local savers = {
  png = function(figure, path, given) write(path, figure:png(given)) end,
  svg = function(figure, path, given)
    write(path, '<?xml version="1.0" encoding="UTF-8"?>\n' .. figure:svg(given))
  end,
}

--- Writes the figure to a file, all or nothing; the name's ending, .png or .svg, says as what.
---
---     local figure = mah.plot.lines { y = { 1, 3, 2 }, title = "three points" }
---     figure:save("lines.png", { theme = "dark" }):save "lines.svg"
---     print(figure)   --> figure 640 x 400: three points
---@param path string
---@param given table|nil   as for pixels (.png) and svg
---@return figure
function Figure:save(path, given)
  check.that(type(path) == "string", "figure:save: the path must be a string; got %s",
    check.show(path))
  local extension = path:match "%.([^./]+)$"
  local saver = extension and savers[extension:lower()]
  if not saver then
    check.raise("figure:save: '%s': the name must end in .png or .svg", path)
  end
  saver(self, path, given)
  return self
end

return Figure
