--- Figures: a size and a function that draws on a canvas; what mah.plot and mah.image return.
---
---     local figure = mah.plot.lines{series = {{x = {1, 2}, y = {3, 4}}}}
---     figure:save("a.png")   figure:save("a.svg", {theme = "dark"})   print(figure:svg())
local C = require "mah.base.library"
local check = require "mah.base.check"
local class = require "mah.base.class"
local colors = require "mah.draw.colors"
local options = require "mah.base.options"
local png = require "mah.draw.png"
local text = require "mah.draw.text"

local Figure = class.new("a figure", "figure", "title rtl chart data")

--- Device pixels in a pixel of a PNG: a figure of 640 pixels becomes 960 wide, about 144 dpi.
local SCALE = 1.5

---@param spec table   width, height, render = function(canvas), title, rtl
function Figure.new(spec) return setmetatable(spec, Figure) end

function Figure:__tostring()
  return ("figure %g x %g%s"):format(self.width, self.height,
    self.title and self.title ~= "" and ": " .. self.title or "")
end

--- Draws the figure on a canvas, from its top left corner.
function Figure:draw(canvas)
  local before = canvas.prefer_rtl
  canvas.prefer_rtl = self.rtl or false
  self.render(canvas)
  canvas.prefer_rtl = before
end

local function rules_for(where, themes)
  return options.declare(where, {
    theme = { "light", themes },
    background = { nil, "string" },
    scale = { SCALE, "number", "(0, 16]" },
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

--- The figure as pixels.
---@param given table|nil   scale = 1.5 (device pixels in a pixel), theme = "light" or "dark",
---  background = "#rrggbb" or "none" (transparent: four channels)
---@return tensor           uint8 (height, width, 3 or 4)
function Figure:pixels(given)
  local settings = settings_of(given, pixels_rules, "figure:pixels")
  local canvas = require("mah.draw.raster").new(self.width, self.height, settings)
  self:draw(canvas)
  return canvas:finish()
end

--- The figure as SVG text.
---@param given table|nil   theme = "light", "dark" or "page" (colours from the page's CSS
---  variables, no background: see mah.draw.colors), background = "#rrggbb" or "none"
---@return string
function Figure:svg(given)
  local settings = settings_of(given, svg_rules, "figure:svg")
  settings.title = self.title and self.title ~= "" and text.clean(self.title:gsub("\n", " ")) or nil
  local canvas = require("mah.draw.svg").new(self.width, self.height, settings)
  self:draw(canvas)
  return canvas:finish()
end

--- The bytes of a PNG file.
---@param given table|nil   as in pixels
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
---@param path string
---@param given table|nil   as in pixels (.png) and svg
---@return table figure
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
