--- Tensors as pictures: (H,W) and (H,W,C) pixels, stacks of them, and rows of pixels like MNIST's.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local colors = require "mah.draw.colors"
local numbers = require "mah.draw.numbers"

local pictures = {}

local UINT8 = 3

--- A new uint8 (H,W,C) tensor, and the pointer to its pixels.
local function blank(height, width, channels)
  local _, extent = Type.sizes("picture", height, width, channels)
  local pixels = Type.new(UINT8, 3, extent)
  return pixels, numbers.pointer(pixels)
end

--- 0 ... 255 from a share; NaN is 0.
local function byte(v)
  if v ~= v or v <= 0 then return 0 end
  return v >= 1 and 255 or math.floor(v * 255 + 0.5)
end

-- -- One picture ----------------------------------------------------------------------------------

--- Any (H,W) or (H,W,C) tensor as new uint8 (H,W,C) pixels: uint8 as it is, int32 clamped to 0 ...
--- 255, floats and bools from 0 ... 1, clamped.
---@return tensor
function pictures.pixels(t, name)
  t = Type.wide(Type.expect(t, name))
  local channels = t.ndim == 3 and tonumber(t.extent[2]) or 1
  if (t.ndim ~= 2 and t.ndim ~= 3) or not (channels == 1 or channels == 3 or channels == 4) then
    check.raise("%s: (H,W), (H,W,1), (H,W,3) or (H,W,4) is expected; got %s", name,
      table.concat(t.shape, " x "))
  end
  local height, width = tonumber(t.extent[0]), tonumber(t.extent[1])
  check.that(height > 0 and width > 0, "%s: the picture is empty (%d x %d)", name, height, width)
  local unit = t.elem >= 2 and t.elem ~= C.MAH_BOOL and 1 / 255 or 1
  local out, to = blank(height, width, channels)
  local from, down, right = numbers.pointer(t), tonumber(t.step[0]), tonumber(t.step[1])
  local deep = t.ndim == 3 and tonumber(t.step[2]) or 0
  local k = 0
  for y = 0, height - 1 do
    for x = 0, width - 1 do
      for c = 0, channels - 1 do
        to[k] = byte(tonumber(from[y * down + x * right + c * deep]) * unit)
        k = k + 1
      end
    end
  end
  return out
end

-- -- Many -----------------------------------------------------------------------------------------

--- The sides of a picture with so many pixels.
local function sides(count, height, width, name)
  if height or width then
    height, width = height or count / width, width or count / height
    check.that(height * width == count and height % 1 == 0 and width % 1 == 0,
      "%s: %d pixels in a row are not %g x %g", name, count, height, width)
    return height, width
  end
  local side = math.floor(math.sqrt(count) + 0.5)
  check.that(side * side == count and count > 0,
    "%s: %d pixels in a row are no square; give height and width", name, count)
  return side, side
end

--- How to walk a tensor of pictures: counts and steps of picture, row, column, channel.
local function stack_of(t, height, width, name)
  local function extent(d) return tonumber(t.extent[d]) end
  local function step(d) return tonumber(t.step[d]) end
  if t.ndim <= 2 then
    local h, w = sides(extent(t.ndim - 1), height, width, name)
    return { n = t.ndim == 2 and extent(0) or 1, height = h, width = w, channels = 1,
      each = t.ndim == 2 and step(0) or 0, down = step(t.ndim - 1) * w, right = step(t.ndim - 1),
      deep = 0 }
  end
  local channels = t.ndim == 4 and extent(3) or 1
  check.that(t.ndim <= 4 and (channels == 1 or channels == 3),
    "%s: (N,H*W), (N,H,W), (N,H,W,1) or (N,H,W,3) is expected; got %s", name,
    table.concat(t.shape, " x "))
  return { n = extent(0), height = extent(1), width = extent(2), channels = channels,
    each = step(0), down = step(1), right = step(2), deep = t.ndim == 4 and step(3) or 0 }
end

--- Where an element lies.
local function place(stack, i, y, x, c)
  return i * stack.each + y * stack.down + x * stack.right + c * stack.deep
end

--- Smallest and largest finite value of the first `count` pictures.
local function value_range(stack, data, count)
  local low, high = math.huge, -math.huge
  for i = 0, count - 1 do
    for y = 0, stack.height - 1 do
      for x = 0, stack.width - 1 do
        for c = 0, stack.channels - 1 do
          local v = tonumber(data[place(stack, i, y, x, c)])
          if numbers.finite(v) then low, high = math.min(low, v), math.max(high, v) end
        end
      end
    end
  end
  return low, high
end

--- Values inside 0 ... 1 (or bytes) are taken as they are; others are stretched from low to high.
local function natural_range(t, stack, data, count)
  if t.elem == UINT8 then return 0, 255 end
  local low, high = value_range(stack, data, count)
  if low >= 0 and high <= 1 then return 0, 1 end
  if low >= 0 and high <= 255 and t.elem == 2 then return 0, 255 end
  return low, high
end

--- The i-th picture as uint8 pixels; `paint(to, k, share)` writes a grey value.
local function convert(stack, data, i, low, high, channels, paint)
  local out, to = blank(stack.height, stack.width, channels)
  for y = 0, stack.height - 1 do
    for x = 0, stack.width - 1 do
      for c = 0, stack.channels - 1 do
        local v = tonumber(data[place(stack, i, y, x, c)])
        paint(to, (y * stack.width + x) * channels + c, numbers.part(v, low, high))
      end
    end
  end
  return out
end

local function paint_light(to, k, share) to[k] = byte(share) end
local function paint_dark(to, k, share) to[k] = 255 - byte(share) end

--- The first `count` pictures of a tensor.
---@param t tensor        (N,H*W), (N,H,W), (N,H,W,C) or (H*W)
---@param o table         count, height, width, range = {low, high}, dark (high values are dark)
---@return table          {n, height, width, pixels, pixels ...}: n is how many the tensor has
function pictures.stack(t, o, name)
  t = Type.wide(Type.expect(t, name))
  check.that(t.ndim >= 1, "%s: a tensor of pictures is expected; got a scalar", name)
  local stack, data = stack_of(t, o.height, o.width, name), numbers.pointer(t)
  check.that(stack.n > 0 and stack.height > 0 and stack.width > 0, "%s: there is no picture in %s",
    name,
    table.concat(t.shape, " x "))
  local count = math.min(stack.n, o.count)
  local low, high = natural_range(t, stack, data, count)
  if o.range then low, high = o.range[1], o.range[2] end
  local result = { n = stack.n, height = stack.height, width = stack.width }
  local paint = o.dark and stack.channels == 1 and paint_dark or paint_light
  for i = 1, count do result[i] = convert(stack, data, i - 1, low, high, stack.channels, paint) end
  return result
end

--- The first `count` columns of a matrix (H*W, units) as RGB pictures: blue below zero, red above.
---@param o table   count, height, width, limit (of the colours; nil: the largest magnitude)
---@return table    as from stack, with the limit
function pictures.columns(t, o, name)
  t = Type.wide(Type.expect(t, name))
  check.that(t.ndim == 2, "%s: a matrix (inputs, units) is expected; got %d dimensions", name,
    t.ndim)
  local height, width = sides(tonumber(t.extent[0]), o.height, o.width, name)
  local stack = { n = tonumber(t.extent[1]), height = height, width = width, channels = 1,
    each = tonumber(t.step[1]), down = tonumber(t.step[0]) * width, right = tonumber(t.step[0]),
    deep = 0 }
  check.that(stack.n > 0, "%s: there are no units", name)
  local data, count = numbers.pointer(t), math.min(stack.n, o.count)
  local low, high = value_range(stack, data, count)
  local limit = o.limit or math.max(math.abs(low), math.abs(high))
  if not numbers.finite(limit) or limit == 0 then limit = 1 end
  local function paint(to, k, share)
    local r, g, b = colors.map_rgb("diverging", share == share and share or 0.5)
    to[k], to[k + 1], to[k + 2] = byte(r), byte(g), byte(b)
  end
  local result = { n = stack.n, height = height, width = width, limit = limit }
  for i = 1, count do result[i] = convert(stack, data, i - 1, -limit, limit, 3, paint) end
  return result
end

--- A table of tensors, all of one size, as stack() gives them.
function pictures.list(given, name)
  check.that(#given > 0, "%s: the table of pictures is empty", name)
  local result = { n = #given }
  for i, t in ipairs(given) do
    local pixels = pictures.pixels(t, ("%s[%d]"):format(name, i))
    local height, width = tonumber(pixels.extent[0]), tonumber(pixels.extent[1])
    result.height, result.width = result.height or height, result.width or width
    check.that(height == result.height and width == result.width,
      "%s[%d] has %d x %d pixels and the first %d x %d",
      name, i, height, width, result.height, result.width)
    result[i] = pixels
  end
  return result
end

--- Reads and writes PNG files.
function pictures.write(path, pixels)
  check.status(C.mah_png_write(path, pixels.data, pixels.extent[1], pixels.extent[0],
    pixels.extent[2]))
end

return pictures
