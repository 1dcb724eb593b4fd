--- Sheets of small pictures with captions.
local Figure = require "mah.draw.figure"
local colorbar = require "mah.draw.colorbar"
local text = require "mah.draw.text"

local CAPTION, TITLE, EDGE = 11, 15, 10

local function widest(captions)
  local width = 0
  for _, caption in pairs(captions) do
    width = math.max(width, (text.extents(caption.text, CAPTION, caption.bold)))
  end
  return width
end

local function lines_of(captions)
  local most = 0
  for _, caption in pairs(captions) do most = math.max(most, #text.lines(caption.text)) end
  return most
end

local function draw_tile(sheet, canvas, i)
  local row, column = math.floor((i - 1) / sheet.columns), (i - 1) % sheet.columns
  if sheet.locale.rtl then column = sheet.columns - 1 - column end
  local x = EDGE + column * (sheet.slot + sheet.gap) + (sheet.slot - sheet.tile_width) / 2
  local y = sheet.top + row * (sheet.tile_height + sheet.caption_height + sheet.gap)
  canvas:image(x, y, sheet.tile_width, sheet.tile_height, sheet.tiles[i])
  canvas:rectangle(x, y, sheet.tile_width, sheet.tile_height, { color = "grid" })
  local caption = sheet.captions[i]
  if caption then
    canvas:text(x + sheet.tile_width / 2, y + sheet.tile_height + 2, caption.text, { size = CAPTION,
      anchor = "middle", valign = "top", bold = caption.bold, color = caption.color or "muted",
      direction = sheet.locale.rtl and "rtl" or "auto" })
  end
end

local function draw(sheet, canvas)
  local rtl = sheet.locale.rtl
  canvas:text(rtl and sheet.width - EDGE or EDGE, EDGE, table.concat(sheet.title_lines, "\n"),
    { size = TITLE, bold = true, valign = "top", anchor = rtl and "end" or "start" })
  for i = 1, #sheet.tiles do draw_tile(sheet, canvas, i) end
  if sheet.bar then
    colorbar.draw(canvas, sheet.bar, sheet.width - sheet.bar_room + EDGE, sheet.top,
      sheet.top + math.max(sheet.body - sheet.gap, 60), sheet.bar_room)
  end
end

--- A figure of tiles, row by row.
---@param sheet table   tiles (uint8 pixels), tile_width, tile_height, columns, captions ({text,
---  color, bold} by place), longest (a caption that there is room for in any case, so that sheets
---  are alike), title, locale, gap, bar (of mah.draw.colorbar)
---@return table figure
return function(sheet)
  local rows = math.ceil(#sheet.tiles / sheet.columns)
  local caption_width = math.max(widest(sheet.captions), widest { sheet.longest })
  sheet.slot = math.max(sheet.tile_width, math.ceil(caption_width) + 4)
  sheet.caption_height = math.ceil(lines_of(sheet.captions) * CAPTION * text.LINE)
    + (next(sheet.captions) and 3 or 0)
  sheet.width = 2 * EDGE + sheet.columns * (sheet.slot + sheet.gap) - sheet.gap
  sheet.body = rows * (sheet.tile_height + sheet.caption_height + sheet.gap)
  sheet.bar_room = sheet.bar and colorbar.room(sheet.bar, sheet.body) or 0
  sheet.width = sheet.width + sheet.bar_room
  sheet.title_lines = sheet.title ~= "" and text.wrap(sheet.title, TITLE, true,
    sheet.width - 2 * EDGE, 3) or {}
  local title_height = math.ceil(#sheet.title_lines * TITLE * text.LINE)
  sheet.top = EDGE + title_height + (title_height > 0 and 6 or 0)
  local height = sheet.top + math.max(sheet.body - sheet.gap, sheet.bar and 60 or 0) + EDGE
  return Figure.new { width = sheet.width, height = height, title = sheet.title,
    rtl = sheet.locale.rtl,
    render = function(canvas) draw(sheet, canvas) end }
end
