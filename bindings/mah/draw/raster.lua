--- The canvas of pixels: Cairo draws, Pango shapes text.
local C = require "mah.base.library"
local Canvas = require "mah.draw.canvas"
local Type = require "mah.tensor.type"
local cairo = require "mah.draw.cairo"
local check = require "mah.base.check"
local colors = require "mah.draw.colors"
local ffi = require "ffi"
local text = require "mah.draw.text"

local PIECE = 200 -- points
local WINDING, EVEN_ODD = 0, 1 -- Cairo's fill rules
local MAX_SIDE, MAX_PIXELS = 32767, 2 ^ 28 -- Cairo's limit, and that of core/draw/png.c

local Raster = setmetatable({}, { __index = Canvas })
Raster.__index = Raster

local function new_surface(lib, width, height)
  local surface = lib.cairo.mah_cairo_image_surface_create(lib.FORMAT_ARGB32, width, height)
  surface = ffi.gc(surface, lib.cairo.mah_cairo_surface_destroy)
  local status = lib.cairo.mah_cairo_surface_status(surface)
  if status ~= 0 then
    check.raise("cannot draw %g x %g pixels: %s", width, height,
      ffi.string(lib.cairo.mah_cairo_status_to_string(status)))
  end
  return surface
end

---@param width number
---@param height number
---@param settings table|nil   as for Canvas.init, and scale: device pixels in a pixel
---@return table canvas
function Raster.new(width, height, settings)
  local self = Canvas.init(setmetatable({}, Raster), width, height, settings)
  local lib = cairo.load()
  self.lib, self.scale = lib, settings and settings.scale or 1
  self.device_width = math.max(1, math.floor(width * self.scale + 0.5))
  self.device_height = math.max(1, math.floor(height * self.scale + 0.5))
  check.that(self.device_width <= MAX_SIDE and self.device_height <= MAX_SIDE
    and self.device_width * self.device_height <= MAX_PIXELS,
    "a picture of %d x %d pixels is too large (%g x %g at scale %g); at most %d for a side and %d "
    .. "in all", self.device_width, self.device_height, width, height, self.scale, MAX_SIDE,
    MAX_PIXELS)
  self.left, self.top = 0, 0 -- of at(), for snapping
  self.surface = new_surface(lib, self.device_width, self.device_height)
  self.cr = ffi.gc(lib.cairo.mah_cairo_create(self.surface), lib.cairo.mah_cairo_destroy)
  lib.cairo.mah_cairo_set_line_join(self.cr, lib.ROUND)
  if self.background ~= "none" then
    self:set_color(self.background, 1)
    lib.cairo.mah_cairo_paint(self.cr)
  end
  lib.cairo.mah_cairo_scale(self.cr, self.scale, self.scale)
  self.layout = cairo.prepare_layout(lib, lib.pangocairo.mah_pango_cairo_create_layout(self.cr))
  return self
end

-- -- Styles ---------------------------------------------------------------------------------------

function Raster:set_color(color, opacity)
  local r, g, b = colors.rgb(color, self.theme)
  self.lib.cairo.mah_cairo_set_source_rgba(self.cr, r, g, b, opacity or 1)
end

--- Fills and strokes the path as the style says, and drops it.
function Raster:paint(style)
  local cr, lib = self.cr, self.lib.cairo
  if style.fill then
    self:set_color(style.fill, style.opacity)
    lib.mah_cairo_fill_preserve(cr)
  end
  if style.color then
    local dash = style.dash
    self:set_color(style.color, style.opacity)
    lib.mah_cairo_set_line_width(cr, style.width or 1)
    lib.mah_cairo_set_line_cap(cr, dash and 0 or style.cap == "round" and cairo.ROUND or 0)
    local lengths = dash and ffi.new("double[?]", #dash, dash) or nil
    lib.mah_cairo_set_dash(cr, lengths, dash and #dash or 0, style.passed or 0)
    lib.mah_cairo_stroke(cr)
  end
  lib.mah_cairo_new_path(cr)
end

--- The nearest place where a line of this width covers whole device pixels.
local function snap(place, offset, scale, width)
  local half = math.max(1, math.floor(width * scale + 0.5)) % 2 / 2
  return (math.floor((place + offset) * scale - half + 0.5) + half) / scale - offset
end

--- An upright or level line, without a blurred edge.
function Raster:hairline(x1, y1, x2, y2, style)
  local width = style.width or 1
  local whole = math.max(1, math.floor(width * self.scale + 0.5)) / self.scale
  if x1 == x2 then x1 = snap(x1, self.left, self.scale, width) x2 = x1 end
  if y1 == y2 then y1 = snap(y1, self.top, self.scale, width) y2 = y1 end
  self.lib.cairo.mah_cairo_move_to(self.cr, x1, y1)
  self.lib.cairo.mah_cairo_line_to(self.cr, x2, y2)
  self:paint { color = style.color, width = whole, dash = style.dash, opacity = style.opacity }
end

-- -- Shapes ---------------------------------------------------------------------------------------

--- Of the points from place `from` to place `to`.
local function length(points, from, to)
  local sum = 0
  for i = from + 2, to, 2 do
    sum = sum + math.sqrt((points[i] - points[i - 2]) ^ 2 + (points[i + 1] - points[i - 1]) ^ 2)
  end
  return sum
end

--- Cairo's time for a stroke grows with the square of its points: long lines are drawn in pieces,
--- whose round ends fit together.
function Raster:polyline(points, style)
  if #points == 4 and (points[1] == points[3] or points[2] == points[4]) then
    return self:hairline(points[1], points[2], points[3], points[4], style)
  end
  local line = { color = style.color, width = style.width, dash = style.dash,
    opacity = style.opacity, cap = "round", passed = 0 }
  local piece = style.opacity and style.opacity < 1 and #points or 2 * PIECE
  for from = 1, #points, piece do
    local to = math.min(from + piece + 1, #points)
    for i = from, to, 2 do self.lib.cairo.mah_cairo_line_to(self.cr, points[i], points[i + 1]) end
    self:paint(line)
    if style.dash then line.passed = line.passed + length(points, from, to) end
  end
end

function Raster:polygon(points, style)
  for i = 1, #points, 2 do self.lib.cairo.mah_cairo_line_to(self.cr, points[i], points[i + 1]) end
  self.lib.cairo.mah_cairo_close_path(self.cr)
  self:paint(style)
end

function Raster:region(loops, style)
  local cr, lib = self.cr, self.lib.cairo
  for _, points in ipairs(loops) do
    lib.mah_cairo_new_sub_path(cr)
    for i = 1, #points, 2 do lib.mah_cairo_line_to(cr, points[i], points[i + 1]) end
    lib.mah_cairo_close_path(cr)
  end
  lib.mah_cairo_set_fill_rule(cr, EVEN_ODD)
  self:paint(style)
  lib.mah_cairo_set_fill_rule(cr, WINDING)
end

--- Sides fall on device pixels.
function Raster:rectangle(x, y, width, height, style)
  local line = style.color and (style.width or 1) or 0
  local function place(v, offset)
    if line > 0 then return snap(v, offset, self.scale, line) end
    return math.floor((v + offset) * self.scale + 0.5) / self.scale - offset
  end
  local x1, y1 = place(x, self.left), place(y, self.top)
  local x2, y2 = place(x + width, self.left), place(y + height, self.top)
  self.lib.cairo.mah_cairo_rectangle(self.cr, x1, y1, x2 - x1, y2 - y1)
  self:paint(style)
end

function Raster:circle(x, y, r, style)
  self.lib.cairo.mah_cairo_new_sub_path(self.cr)
  self.lib.cairo.mah_cairo_arc(self.cr, x, y, r, 0, 2 * math.pi)
  self.lib.cairo.mah_cairo_close_path(self.cr)
  self:paint(style)
end

function Raster:text_line(line)
  local cr, lib = self.cr, self.lib
  lib.cairo.mah_cairo_save(cr)
  lib.cairo.mah_cairo_translate(cr, line.x, line.y)
  lib.cairo.mah_cairo_rotate(cr, math.rad(line.rotation))
  self:set_color(line.color, line.opacity)
  cairo.set_text(lib, self.layout, line.text, line.size, line.bold, line.rtl)
  local x = line.anchor > 0 and -line.anchor * text.width(line.text, line.size, line.bold) or 0
  lib.cairo.mah_cairo_move_to(cr, x, line.dy)
  lib.pangocairo.mah_pango_cairo_show_layout_line(cr,
    lib.pango.mah_pango_layout_get_line_readonly(self.layout, 0))
  lib.cairo.mah_cairo_new_path(cr)
  lib.cairo.mah_cairo_restore(cr)
end

--- A picture of (H,W,C) uint8 pixels, stretched over a rectangle; its pixels stay square-edged
--- unless `smooth`.
function Raster:image(x, y, width, height, pixels, smooth)
  local lib, cr = self.lib, self.cr
  local rows, columns = tonumber(pixels.extent[0]), tonumber(pixels.extent[1])
  local surface = new_surface(lib, columns, rows)
  check.status(C.mah_pixels_to_argb32(lib.cairo.mah_cairo_image_surface_get_data(surface),
    pixels.data, columns, rows, pixels.extent[2],
    lib.cairo.mah_cairo_image_surface_get_stride(surface)))
  lib.cairo.mah_cairo_surface_mark_dirty(surface)
  local pattern = lib.cairo.mah_cairo_pattern_create_for_surface(surface)
  local matrix = ffi.new("mah_cairo_matrix_t", columns / width, 0, 0, rows / height, 0, 0)
  lib.cairo.mah_cairo_pattern_set_matrix(pattern, matrix)
  lib.cairo.mah_cairo_pattern_set_filter(pattern, smooth and lib.FILTER_GOOD or lib.FILTER_NEAREST)
  lib.cairo.mah_cairo_save(cr)
  local left = math.floor((x + self.left) * self.scale + 0.5) / self.scale - self.left
  local top = math.floor((y + self.top) * self.scale + 0.5) / self.scale - self.top
  lib.cairo.mah_cairo_translate(cr, left, top)
  lib.cairo.mah_cairo_rectangle(cr, 0, 0, width, height)
  lib.cairo.mah_cairo_set_source(cr, pattern)
  lib.cairo.mah_cairo_fill(cr)
  lib.cairo.mah_cairo_restore(cr)
  lib.cairo.mah_cairo_pattern_destroy(pattern)
  lib.cairo.mah_cairo_surface_destroy(ffi.gc(surface, nil))
end

--- Calls draw(), whose drawing is kept inside the rectangle.
function Raster:clip(x, y, width, height, draw)
  self.lib.cairo.mah_cairo_save(self.cr)
  self.lib.cairo.mah_cairo_rectangle(self.cr, x, y, width, height)
  self.lib.cairo.mah_cairo_clip(self.cr)
  draw()
  self.lib.cairo.mah_cairo_restore(self.cr)
end

--- Calls draw() with the origin at (x, y).
function Raster:at(x, y, draw)
  self.lib.cairo.mah_cairo_save(self.cr)
  self.lib.cairo.mah_cairo_translate(self.cr, x, y)
  self.left, self.top = self.left + x, self.top + y
  draw()
  self.left, self.top = self.left - x, self.top - y
  self.lib.cairo.mah_cairo_restore(self.cr)
end

--- The picture, and the end of the canvas.
---@return tensor   uint8 (H,W,3); (H,W,4) when the background is none
function Raster:finish()
  local lib = self.lib.cairo
  local channels = self.background == "none" and 4 or 3
  local _, extent = Type.sizes("picture", self.device_height, self.device_width, channels)
  local pixels = Type.new(Type.dtype "uint8", 3, extent)
  lib.mah_cairo_surface_flush(self.surface)
  local from = lib.mah_cairo_image_surface_get_data(self.surface)
  local stride = lib.mah_cairo_image_surface_get_stride(self.surface)
  check.status(C.mah_pixels_from_argb32(pixels.data, from, self.device_width, self.device_height,
    channels, stride))
  self.lib.gobject.mah_g_object_unref(ffi.gc(self.layout, nil))
  lib.mah_cairo_destroy(ffi.gc(self.cr, nil))
  lib.mah_cairo_surface_destroy(ffi.gc(self.surface, nil))
  self.layout, self.cr, self.surface = nil, nil, nil
  return pixels
end

return Raster
