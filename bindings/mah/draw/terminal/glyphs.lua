--- A canvas (mah.draw.canvas) of a terminal's characters: lines and points as braille dots, bars as
--- blocks, coloured cells as half blocks; without Unicode as plain characters.
---
---     local canvas = glyphs.new(20, 5, { unicode = true, depth = "16" })
---     canvas:line(0, 0, 160, 80, { color = "c1" })
---     print(table.concat(canvas:lines(), "\n"))
---
--- A character takes 8 x 16 of the canvas's pixels, a dot 4 x 4. The palette's colours are the
--- terminal's own.
local Canvas = require "mah.draw.canvas"
local bit = require "bit"
local blocks = require "mah.draw.terminal.blocks"
local colors = require "mah.draw.colors"
local palette = require "mah.draw.terminal.palette"

local floor, ceil, max, min, abs = math.floor, math.ceil, math.max, math.min, math.abs

local WIDTH, HEIGHT, DOT = 8, 16, 4 -- pixels of a character, of a dot
-- The bits of braille's dots: [row][column].
local DOTS = { { 1, 8 }, { 2, 16 }, { 4, 32 }, { 64, 128 } }
local FULL = 255
local THIN = 0.5 -- opacity up to which a quarter of the dots is there, and not a half

local glyphs = { WIDTH = WIDTH, HEIGHT = HEIGHT }

local Glyphs = setmetatable({}, { __index = Canvas })
Glyphs.__index = Glyphs

--- A canvas of so many characters.
---@param columns integer
---@param rows integer
---@param o {unicode: boolean?, depth: string?}   depth: "none", "16", "256" or "true"
function glyphs.new(columns, rows, o)
  local self = Canvas.init(setmetatable({
    columns = columns, rows = rows, unicode = o.unicode, depth = o.depth or "none", cells = {},
  }, Glyphs), columns * WIDTH, rows * HEIGHT)
  self.area = { left = 0, top = 0, right = self.width, bottom = self.height }
  return self
end

--- The cell at column and row, which count from 0; nil outside.
local function cell_at(self, column, row)
  if column < 0 or column >= self.columns or row < 0 or row >= self.rows then return nil end
  local at = row * self.columns + column
  local cell = self.cells[at]
  if not cell then
    cell = {}
    self.cells[at] = cell
  end
  return cell
end

-- -- Dots -----------------------------------------------------------------------------------------

local function is_inside(area, x, y)
  return x >= area.left and x < area.right and y >= area.top and y < area.bottom
end

--- A dot, counted from 0.
local function dot(self, x, y, color)
  if not is_inside(self.area, (x + 0.5) * DOT, (y + 0.5) * DOT) then return end
  local cell = cell_at(self, floor(x / 2), floor(y / 4))
  if not cell then return end
  cell.bits = bit.bor(cell.bits or 0, DOTS[y % 4 + 1][x % 2 + 1])
  cell.color = color
end

local function to_dot(v) return floor(v / DOT) end

--- The right and the lower edge belong to the last dot.
local function place(self, x, y)
  return min(to_dot(x), self.columns * 2 - (x <= self.width and 1 or 0)),
    min(to_dot(y), self.rows * 4 - (y <= self.height and 1 or 0))
end

--- Dots that are on and off along a line: of the style; or, without colours, of the series.
local function dashes(self, style)
  if style.dash then return 3, 2 end
  if self.depth == "none" and self.unicode then return palette.dashes(style.color) end
end

local function segment(self, x1, y1, x2, y2, style, travelled)
  local on, off = dashes(self, style)
  local steps = max(abs(x2 - x1), abs(y2 - y1), 1)
  for i = 0, steps do
    if not on or (travelled + i) % (on + off) < on then
      dot(self, floor(x1 + (x2 - x1) * i / steps + 0.5), floor(y1 + (y2 - y1) * i / steps + 0.5),
        style.color)
    end
  end
  return travelled + steps
end

function Glyphs:polyline(points, style)
  local travelled = 0
  if style.color == "background" then return end -- what keeps areas apart is thinner than a dot
  for i = 1, #points - 3, 2 do
    local x1, y1 = place(self, points[i], points[i + 1])
    local x2, y2 = place(self, points[i + 2], points[i + 3])
    travelled = segment(self, x1, y1, x2, y2, style, travelled)
  end
end

-- -- Areas ----------------------------------------------------------------------------------------

--- Where the loops cross the height y: x after x, sorted.
local function crossings(loops, y)
  local list = {}
  for _, points in ipairs(loops) do
    local n = #points
    local px, py = points[n - 1], points[n]
    for i = 1, n, 2 do
      local x, z = points[i], points[i + 1]
      if (py <= y) ~= (z <= y) then list[#list + 1] = px + (y - py) / (z - py) * (x - px) end
      px, py = x, z
    end
  end
  table.sort(list)
  return list
end

--- Calls draw(x, y) for what lies within the loops, in steps of pixels.
local function scan(self, loops, across, down, draw)
  for y = floor(self.area.top / down), ceil(self.area.bottom / down) - 1 do
    local list = crossings(loops, (y + 0.5) * down)
    for i = 1, #list - 1, 2 do
      local from = max(0, ceil(list[i] / across - 0.5))
      for x = from, min(ceil(list[i + 1] / across - 0.5) - 1, self.width / across) do draw(x, y) end
    end
  end
end

--- A half of a character, as numbers of a colour; halves count from 0.
local function paint(self, x, y, rgb)
  if not is_inside(self.area, (x + 0.5) * WIDTH, (y + 0.5) * HEIGHT / 2) then return end
  local cell = cell_at(self, x, floor(y / 2))
  if not cell then return end
  cell[y % 2 == 0 and "upper" or "lower"] = rgb
  cell.bits, cell.block = nil, nil
end

--- Areas of the palette's colours are dots; others are painted.
function Glyphs:region(loops, style)
  if palette.is_painted(style.fill) then
    local color_at = style.fill
    if type(color_at) ~= "function" then
      local rgb = palette.rgb(style, self.depth)
      function color_at() return rgb end
    end
    return scan(self, loops, WIDTH, HEIGHT / 2, function(x, y)
      paint(self, x, y, color_at(x, y))
    end)
  end
  local opacity = style.opacity or 1
  scan(self, loops, DOT, DOT, function(x, y)
    local is_there = opacity == 1 or (x + y) % 2 == 0
    if is_there and (opacity > THIN or y % 2 == 0) then dot(self, x, y, style.fill) end
  end)
end

function Glyphs:polygon(points, style)
  if style.fill then self:region({ points }, style) end
end

-- -- Rectangles -----------------------------------------------------------------------------------

local function erase(self, x, y, w, h)
  for row = floor(y / HEIGHT + 0.5), ceil((y + h) / HEIGHT - 0.5) - 1 do
    for column = floor(x / WIDTH + 0.5), ceil((x + w) / WIDTH - 0.5) - 1 do
      local cell = cell_at(self, column, row)
      if cell then cell.bits, cell.block, cell.upper, cell.lower = nil, nil, nil, nil end
    end
  end
end

--- A block in a cell: which share of it is filled, from below or, beside, from the left.
local function block(self, column, row, share, color, beside)
  local eighths = floor(share * 8 + 0.5)
  local cell = eighths > 0 and cell_at(self, column, row)
  if cell then cell.block, cell.beside, cell.color, cell.fill = eighths, beside, color, color end
end

local TOUCHING = 0.6 -- pixels that may lie between bars without a gap

--- The first and the last of the characters that the range fills most of, one at least.
local function whole(from, to, size)
  local first = floor((from - TOUCHING) / size + 0.5)
  return first, max(first, floor((to + TOUCHING) / size + 0.5) - 1)
end

--- A bar that stands on a line: broken into eighths at its upper end.
local function bar(self, x, y, w, h, color)
  local first, last = whole(x, x + w, WIDTH)
  local bottom = floor((y + h) / HEIGHT + 0.5)
  for row = max(0, floor(y / HEIGHT)), bottom - 1 do
    local share = min(1, row + 1 - y / HEIGHT)
    for column = first, last do block(self, column, row, share, color) end
  end
end

--- A bar to the right: broken into eighths at its right end.
local function bar_beside(self, x, y, w, h, color)
  local first, last = whole(y, y + h, HEIGHT)
  local left = floor(x / WIDTH + 0.5)
  for column = left, ceil((x + w) / WIDTH) - 1 do
    local share = min(1, (x + w) / WIDTH - column)
    for row = first, last do block(self, column, row, share, color, true) end
  end
end

local function outline(self, x, y, w, h, style)
  self:polyline({ x, y, x + w, y, x + w, y + h, x, y + h, x, y }, style)
end

--- self.bars: rectangles are bars, "upright" or "beside", and not the colours of values.
function Glyphs:rectangle(x, y, w, h, style)
  local fill = style.fill
  if not fill then
    if style.color ~= "grid" then outline(self, x, y, w, h, style) end
  elseif fill == "background" then
    erase(self, x, y, w, h)
  elseif not self.bars and palette.is_painted(fill) or (style.opacity or 1) < 1 then
    self:region({ { x, y, x + w, y, x + w, y + h, x, y + h } }, style)
  elseif self.bars == "beside" then
    bar_beside(self, x, y, w, h, fill)
  else
    bar(self, x, y, w, h, fill)
  end
end

--- Pixels of a picture, (H, W, 3 or 4) of uint8; of those that are transparent none.
function Glyphs:image(x, y, w, h, pixels)
  local rows, columns = tonumber(pixels.extent[0]), tonumber(pixels.extent[1])
  local channels = tonumber(pixels.extent[2])
  local data = require("ffi").cast("const uint8_t *", pixels.data)
  self:region({ { x, y, x + w, y, x + w, y + h, x, y + h } }, { fill = function(u, v)
    local j = max(0, min(columns - 1, floor(((u + 0.5) * WIDTH - x) / w * columns)))
    local i = max(0, min(rows - 1, floor(((v + 0.5) * HEIGHT / 2 - y) / h * rows)))
    local at = (i * columns + j) * channels
    if channels == 4 and data[at + 3] == 0 then return nil end
    return { data[at], data[at + 1], data[at + 2] }
  end })
end

-- -- Points ---------------------------------------------------------------------------------------

local LARGE = 2.5 -- pixels; the radius of points that are four dots

--- Without colours the kinds are told apart by their characters.
function Glyphs:marker(kind, x, y, r, style)
  if not is_inside(self.area, min(x, self.width - 1), min(y, self.height - 1)) then return end
  local color = style.fill or style.color
  local column, row = place(self, x, y)
  if self.depth == "none" and self.unicode and not self.plain_points then
    local cell = cell_at(self, floor(column / 2), floor(row / 4))
    if cell then cell.mark, cell.color = palette.markers[kind], color end
    return
  end
  dot(self, column, row, color)
  if r < LARGE or not style.fill then return end
  local right = column + (x % DOT < DOT / 2 and -1 or 1)
  local below = row + (y % DOT < DOT / 2 and -1 or 1)
  dot(self, right, row, color)
  dot(self, column, below, color)
  dot(self, right, below, color)
end

function Glyphs:circle(x, y, r, style) self:marker("circle", x, y, r, style) end

-- -- Text -----------------------------------------------------------------------------------------

--- The characters of a text.
local function characters(s)
  local list = {}
  for c in s:gmatch "[^\128-\191][\128-\191]*" do list[#list + 1] = c end
  return list
end

local function is_free(self, column, row, count)
  for i = -1, count do
    local cell = self.cells[row * self.columns + column + i]
    local is_beyond = column + i < 0 or column + i >= self.columns
    if cell and cell.text and not is_beyond then return false end
  end
  return column >= 0 and column + count <= self.columns and row >= 0 and row < self.rows
end

local function first_column(x, count, anchor)
  if anchor == "middle" then return floor(x / WIDTH - count / 2 + 0.5) end
  if anchor == "end" then return floor(x / WIDTH - 0.25) - count end
  return ceil(x / WIDTH + 0.25)
end

local function first_row(y, valign)
  if valign == "bottom" then return floor((y + 2) / HEIGHT) - 1 end
  return valign == "top" and ceil((y - 2) / HEIGHT) or floor(y / HEIGHT)
end

--- Text that lies, where there is room for it; what is upright elsewhere lies here.
function Glyphs:text(x, y, s, style)
  local list = characters((tostring(s):gsub("\n.*", "")))
  local upright = (style.rotation or 0) ~= 0
  local anchor, valign = style.anchor or "start", style.valign
  if upright then anchor, valign = "middle", anchor == "start" and "bottom" or "top" end
  local column, row = first_column(x, #list, anchor), first_row(y, valign)
  row = max(0, min(self.rows - 1, row))
  if not is_free(self, column, row, #list) then return end
  for i, c in ipairs(list) do
    local cell = cell_at(self, column + i - 1, row)
    cell.text, cell.ink = c, style.color
  end
end

function Glyphs:clip(x, y, w, h, draw)
  local before = self.area
  self.area = { left = max(before.left, x), top = max(before.top, y),
    right = min(before.right, x + w), bottom = min(before.bottom, y + h) }
  draw()
  self.area = before
end

-- -- Lines of characters --------------------------------------------------------------------------

local BELOW = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }
local BESIDE = { "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" }
local UPPER_HALF, LOWER_HALF = "▀", "▄"

local function braille(bits) -- U+2800 + bits
  return string.char(226, 160 + floor(bits / 64), 128 + bits % 64)
end

--- Half blocks of two colours, or without colours a character as dark as both.
local function painted(self, cell)
  local upper, lower = cell.upper, cell.lower
  if self.depth == "none" or self.depth == "16" then
    return cell.text or palette.shade(upper, lower, self)
  end
  local function code(layer, rgb) return blocks.color(layer, self.depth, rgb[1], rgb[2], rgb[3]) end
  if cell.text or cell.bits or cell.mark then
    local rgb = lower or upper
    local light = colors.is_light(rgb[1] / 255, rgb[2] / 255, rgb[3] / 255)
    return cell.text or cell.mark or braille(cell.bits), (light and "30;" or "97;") .. code(48, rgb)
  end
  if not (upper and lower) then
    return upper and UPPER_HALF or LOWER_HALF, code(38, upper or lower)
  end
  return UPPER_HALF, code(38, upper) .. ";" .. code(48, lower)
end

--- What a cell shows, and its style (nil: the terminal's own).
local function shown(self, cell)
  if not cell then return " " end
  if cell.upper or cell.lower then return painted(self, cell) end
  if cell.text then return cell.text, palette.style(cell.ink, self.depth) end
  local style = palette.style(cell.color, self.depth)
  if cell.block and cell.bits and cell.block == 8 and self.unicode and self.depth ~= "none" then
    return braille(cell.bits), palette.behind(cell.fill, self.depth)
  end
  if not self.unicode then
    local is_there = cell.bits or cell.mark or (cell.block or 0) >= 4
    return is_there and palette.mark(cell.color) or " ", style
  end
  if cell.mark then return cell.mark, style end
  if cell.bits == FULL then return "█", style end
  if cell.block then return (cell.beside and BESIDE or BELOW)[cell.block], style end
  return cell.bits and braille(cell.bits) or " ", style
end

--- The canvas as lines of text, without blanks at their ends.
---@return string[]
function Glyphs:lines()
  local lines = {}
  for row = 0, self.rows - 1 do
    local out, last, filled, open = {}, nil, 0, nil
    for column = 0, self.columns - 1 do
      local text, style = shown(self, self.cells[row * self.columns + column])
      if style ~= last then
        out[#out + 1] = (last and "\27[0m" or "") .. (style and "\27[" .. style .. "m" or "")
      end
      out[#out + 1], last = text, style
      if text ~= " " then filled, open = #out, style end
    end
    lines[row + 1] = table.concat(out, "", 1, filled) .. (open and "\27[0m" or "")
  end
  return lines
end

return glyphs
