--- Looks at figures: pixels as "#rrggbb", counts of a colour, texts of an SVG.
local folder = debug.getinfo(1, "S").source:match "^@(.*/)"
local check_svg = dofile(folder .. "svg_checker.lua")
local ffi = require "ffi"

local picture = {}

--- The colour at x, y (of the unscaled figure), from figure:pixels{scale = 1}.
function picture.at(pixels, x, y)
  local data, channels = ffi.cast("uint8_t*", pixels.data), tonumber(pixels.extent[2])
  local at = (math.floor(y) * tonumber(pixels.extent[1]) + math.floor(x)) * channels
  return ("#%02x%02x%02x"):format(data[at], data[at + 1], data[at + 2])
end

--- How many pixels have exactly this colour, and the box they fill: {left, top, right, bottom}.
function picture.find(pixels, color)
  local count, box = 0, { math.huge, math.huge, -1, -1 }
  for y = 0, tonumber(pixels.extent[0]) - 1 do
    for x = 0, tonumber(pixels.extent[1]) - 1 do
      if picture.at(pixels, x, y) == color then
        count = count + 1
        box = { math.min(box[1], x), math.min(box[2], y), math.max(box[3], x), math.max(box[4], y) }
      end
    end
  end
  return count, box
end

--- The elements of a figure's SVG, which is checked.
function picture.svg(figure, options) return check_svg(figure:svg(options)) end

--- The texts of a figure, in order.
function picture.texts(figure)
  local texts = {}
  for _, element in ipairs(picture.svg(figure)) do
    if element.tag == "text" then texts[#texts + 1] = element.text end
  end
  return texts
end

function picture.has_text(figure, text)
  for _, found in ipairs(picture.texts(figure)) do
    if found == text then return true end
  end
  return false
end

--- A new name for a file, which the caller removes.
function picture.path(extension)
  local name = os.tmpname()
  os.remove(name)
  return name .. extension
end

return picture
