--- Legends: rows above or below the axes, or a box in a corner that the data leave free.
---
--- An entry: {label, color = , dash = , marker = , band = }, or {label, fill = } for bars.
--- Right-to-left figures have the sign at the right of its label.
local text = require "mah.draw.text"

local Legend = {}

local SIZE, LINE, GAP, SPACE = 11.5, 18, 6, 18 -- of letters, lines, sign to label, entry to entry
local SIGN = 24
Legend.LINE = LINE

local function label_of(entry, room) return text.shorten(entry.label, SIZE, false, room) end

local function sign_width(entry) return entry.fill and 12 or SIGN end

local function entry_width(entry, room)
  local sign = sign_width(entry) + GAP
  return sign + text.width(label_of(entry, room - sign), SIZE)
end

local function draw_sign(canvas, entry, x, y)
  if entry.fill then
    canvas:rectangle(x, y - 6, 12, 12, { fill = entry.fill })
    return
  end
  if entry.band then
    canvas:rectangle(x, y - 5, SIGN, 10, { fill = entry.color, opacity = 0.2 })
  end
  if entry.line ~= false then
    canvas:line(x, y, x + SIGN, y, { color = entry.color, width = 2, dash = entry.dash })
  end
  if entry.marker then canvas:marker(entry.marker, x + SIGN / 2, y, 3.2, { fill = entry.color }) end
end

--- Draws an entry whose room is x ... x + width, around the height y.
local function draw_entry(canvas, entry, x, y, width, rtl)
  local style = { size = SIZE, valign = "middle", anchor = rtl and "end" or "start" }
  local sign = sign_width(entry)
  draw_sign(canvas, entry, rtl and x + width - sign or x, y)
  canvas:text(rtl and x + width - sign - GAP or x + sign + GAP, y,
    label_of(entry, width - sign - GAP + 0.5),
    style)
end

-- -- Rows -----------------------------------------------------------------------------------------

--- Entries in rows not wider than `room`.
---@return table   {rows = {{entry, width} ...}, height}
function Legend.flow(entries, room)
  local rows, used = { {} }, 0
  for _, entry in ipairs(entries) do
    local width = entry_width(entry, room)
    if used > 0 and used + SPACE + width > room then rows[#rows + 1], used = {}, 0 end
    table.insert(rows[#rows], { entry, width })
    used = used + (used > 0 and SPACE or 0) + width
  end
  return { rows = rows, height = #rows * LINE }
end

--- Draws the rows from the left (or from the right, when rtl) end of x ... x + room.
function Legend.draw_flow(canvas, flow, x, y, room, rtl)
  for i, row in ipairs(flow.rows) do
    local at = rtl and x + room or x
    for _, item in ipairs(row) do
      local entry, width = item[1], item[2]
      draw_entry(canvas, entry, rtl and at - width or at, y + (i - 0.5) * LINE, width, rtl)
      at = rtl and at - width - SPACE or at + width + SPACE
    end
  end
end

-- -- A box in a corner ----------------------------------------------------------------------------

local PAD = 6

local function box_of(entries, room)
  local width = 0
  for _, entry in ipairs(entries) do width = math.max(width, entry_width(entry, room)) end
  return { width = width + 2 * PAD, height = #entries * LINE + 2 * PAD - 4, entry_width = width }
end

local corners = {
  ["top right"] = { 1, 0 }, ["bottom right"] = { 1, 1 },
  ["top left"] = { 0, 0 }, ["bottom left"] = { 0, 1 },
}
local order = { "top right", "bottom right", "top left", "bottom left" }

local function put_in_corner(box, corner, area)
  local right, down = corners[corner][1], corners[corner][2]
  box.x = area.left + 8 + right * (area.right - area.left - 16 - box.width)
  box.y = area.top + 4 + down * (area.bottom - area.top - 10 - box.height)
  return box
end

local function covered(box, points)
  local count = 0
  for i = 1, #points, 2 do
    local x, y = points[i], points[i + 1]
    if x > box.x - 5 and x < box.x + box.width + 5 and y > box.y - 5
      and y < box.y + box.height + 5 then
      count = count + 1
    end
  end
  return count
end

--- The box in the corner asked for.
---@param area table   left, right, top, bottom of the axes
function Legend.corner(entries, corner, area)
  return put_in_corner(box_of(entries, area.right - area.left - 16), corner, area)
end

--- A box in a corner where no point lies; nil when there is none.
---@param points number[]   {x1, y1, x2, y2 ...}
function Legend.free_corner(entries, area, points)
  local width, height = area.right - area.left, area.bottom - area.top
  local box = box_of(entries, width)
  if box.width > 0.6 * width or box.height > 0.6 * height then return nil end
  for _, corner in ipairs(order) do
    if covered(put_in_corner(box, corner, area), points) == 0 then return box end
  end
end

function Legend.draw_box(canvas, entries, box, rtl)
  canvas:rectangle(box.x, box.y, box.width, box.height, { fill = "background", opacity = 0.85 })
  for i, entry in ipairs(entries) do
    draw_entry(canvas, entry, box.x + PAD, box.y + PAD - 2 + (i - 0.5) * LINE, box.entry_width, rtl)
  end
end

return Legend
