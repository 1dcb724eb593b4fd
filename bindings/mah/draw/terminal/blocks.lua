--- Pictures in a terminal: two pixels a character with half blocks, in true colour or 256 colours;
--- without colours a character of " .:-=+*#%@" for two pixels.
---
---     local canvas = blocks.canvas(30, 20)
---     canvas:set(0, 0, 255, 255, 255)
---     print(table.concat(blocks.lines(canvas, "256"), "\n"))
local floor = math.floor

local blocks = {}

local Canvas = {}
Canvas.__index = Canvas

--- A black picture; rows and columns count from 0.
---@param width integer
---@param height integer
function blocks.canvas(width, height)
  return setmetatable({ width = width, height = height, pixels = {} }, Canvas)
end

function Canvas:set(x, y, r, g, b) self.pixels[y * self.width + x] = (r * 256 + g) * 256 + b end

function Canvas:get(x, y)
  local p = self.pixels[y * self.width + x] or 0
  return floor(p / 65536), floor(p / 256) % 256, p % 256
end

--- Copies uint8 (H,W,C) pixels into a rectangle, averaging or repeating as its size asks.
---@param pixels tensor
function Canvas:paste(pixels, left, top, width, height)
  local rows, columns = tonumber(pixels.extent[0]), tonumber(pixels.extent[1])
  local channels, data = tonumber(pixels.extent[2]), pixels.data
  local bytes = require("ffi").cast("const uint8_t *", data)
  local colored = channels >= 3
  for y = 0, height - 1 do
    local y1 = floor(y * rows / height)
    local y2 = math.max(y1 + 1, floor((y + 1) * rows / height))
    for x = 0, width - 1 do
      local x1 = floor(x * columns / width)
      local x2 = math.max(x1 + 1, floor((x + 1) * columns / width))
      local r, g, b, n = 0, 0, 0, (y2 - y1) * (x2 - x1)
      for v = y1, y2 - 1 do
        for u = x1, x2 - 1 do
          local k = (v * columns + u) * channels
          r = r + bytes[k]
          if colored then g, b = g + bytes[k + 1], b + bytes[k + 2] end
        end
      end
      if not colored then g, b = r, r end
      self:set(left + x, top + y, floor(r / n + 0.5), floor(g / n + 0.5), floor(b / n + 0.5))
    end
  end
end

-- -- Colours --------------------------------------------------------------------------------------

local steps = { [0] = 0, 95, 135, 175, 215, 255 }

local function cube_step(v)
  return v < 48 and 0 or v < 115 and 1 or math.min(5, floor((v - 35) / 40))
end

--- The nearest of the 6 x 6 x 6 cube and of the 24 greys of the 256 colours.
---@return integer
function blocks.nearest(r, g, b)
  local i, j, k = cube_step(r), cube_step(g), cube_step(b)
  local function off(x, y, z) return (x - r) ^ 2 + (y - g) ^ 2 + (z - b) ^ 2 end
  local grey = math.max(0, math.min(23, floor(((r + g + b) / 3 - 8) / 10 + 0.5)))
  local value = 8 + 10 * grey
  if off(value, value, value) < off(steps[i], steps[j], steps[k]) then return 232 + grey end
  return 16 + 36 * i + 6 * j + k
end

--- The escape sequence's middle for a colour: 38 in front, 48 behind.
---@param layer 38|48
---@param depth "256"|"true"
---@return string
function blocks.color(layer, depth, r, g, b)
  if depth == "true" then return ("%d;2;%d;%d;%d"):format(layer, r, g, b) end
  return ("%d;5;%d"):format(layer, blocks.nearest(r, g, b))
end

-- -- Text -----------------------------------------------------------------------------------------

local RAMP = " .:-=+*#%@"
local UPPER_HALF = "\226\150\128"

local function ascii_line(canvas, y)
  local out = {}
  for x = 0, canvas.width - 1 do
    local sum = 0
    for v = y, y + 1 do
      local r, g, b = canvas:get(x, v)
      sum = sum + 0.3 * r + 0.59 * g + 0.11 * b
    end
    local i = math.min(10, floor(sum / 2 / 256 * 10) + 1)
    out[#out + 1] = RAMP:sub(i, i)
  end
  return (table.concat(out):gsub(" +$", ""))
end

local function color_line(canvas, y, depth)
  local out, last = {}, nil
  for x = 0, canvas.width - 1 do
    local front = blocks.color(38, depth, canvas:get(x, y))
    local back = blocks.color(48, depth, canvas:get(x, y + 1))
    local style = front .. ";" .. back
    if style ~= last then out[#out + 1] = "\27[" .. style .. "m" end
    out[#out + 1] = UPPER_HALF
    last = style
  end
  return table.concat(out) .. "\27[0m"
end

--- The picture as lines.
---@param canvas table
---@param depth string    "none", "16" (as none), "256" or "true"
---@return string[]
function blocks.lines(canvas, depth)
  local lines = {}
  for y = 0, canvas.height - 1, 2 do
    local colored = depth == "256" or depth == "true"
    lines[#lines + 1] = colored and color_line(canvas, y, depth) or ascii_line(canvas, y)
  end
  return lines
end

return blocks
