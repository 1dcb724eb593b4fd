--- Charts as lines of a terminal: title, legend, axes with ticks and names around what a figure
--- draws on a canvas of characters.
---
---     local figure = mah.plot.lines { y = { 1, 4, 9 } }
---     print(table.concat(chart.lines(figure, { width = 60, height = 16, unicode = true }), "\n"))
local glyphs = require "mah.draw.terminal.glyphs"
local cut = require("mah.base.text").cut
local palette = require "mah.draw.terminal.palette"
local terminal = require "mah.base.terminal"

local floor, max, min = math.floor, math.max, math.min
local width_of = terminal.width

local chart = {}

local LEAST, LEAST_ROWS = 10, 3 -- characters, of what lies within the axes
local BAR = 24 -- characters of a bar of colours
local WIDEST_CELL, HIGHEST_CELL = 8, 2

local box = {
  [true] = { wall = "│", tick = "┤", right = "├", floor = "─", below = "┬", corner = "└",
    right_corner = "┘", more = "…" },
  [false] = { wall = "|", tick = "+", right = "+", floor = "-", below = "+", corner = "+",
    right_corner = "+", more = "." },
}

-- -- Texts ----------------------------------------------------------------------------------------

--- The text, or its beginning and a sign that there is more.
local function shorten(text, room, o)
  if width_of(text) <= room then return text end
  return room > 1 and cut(text, room - 1) .. box[o.unicode].more or cut(text, max(0, room))
end

local function styled(text, style, o)
  return style and o.depth ~= "none" and text ~= "" and ("\27[%sm%s\27[0m"):format(style, text)
    or text
end

local function pad_left(text, room) return (" "):rep(room - width_of(text)) .. text end

local ascii = { ["−"] = "-", ["×10"] = "e", ["⁻"] = "-", ["⁰"] = "0", ["¹"] = "1", ["²"] = "2",
  ["³"] = "3", ["⁴"] = "4", ["⁵"] = "5", ["⁶"] = "6", ["⁷"] = "7", ["⁸"] = "8", ["⁹"] = "9" }

--- A number of the axes, as ASCII where there is nothing else.
local function plain(text, o)
  if o.unicode or not text:find "[\128-\255]" then return text end
  return (text:gsub("×10", ascii):gsub("[^\128-\191][\128-\191]+", ascii))
end

local function centered(text, left, room)
  return (" "):rep(left + max(0, floor((room - width_of(text)) / 2))) .. text
end

--- Words broken into lines.
local function wrapped(text, room)
  local lines, line = {}, ""
  for word in text:gmatch "%S+" do
    if line ~= "" and width_of(line) + 1 + width_of(word) > room then
      lines[#lines + 1], line = line, word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  lines[#lines + 1] = line ~= "" and line or nil
  return lines
end

-- -- Legend ---------------------------------------------------------------------------------------

local function sign_of(entry, o)
  local color = entry.fill or entry.color
  local sign = palette.sign(color, o)
  if entry.fill then
    sign = o.unicode and "█" or palette.mark(color)
  elseif entry.line == false then
    sign = o.unicode and (o.depth == "none" and palette.markers[entry.marker] or "•")
      or palette.mark(color)
  end
  return styled(sign, palette.style(color, o.depth), o)
end

--- Entries in rows.
local function legend_lines(entries, place, o)
  local lines, line = {}, nil
  for _, entry in ipairs(place ~= "none" and entries or {}) do
    local text = sign_of(entry, o) .. " " .. shorten(entry.label, o.width - 4, o)
    if line and width_of(line) + 3 + width_of(text) > o.width then
      lines[#lines + 1], line = line, text
    else
      line = line and line .. "   " .. text or text
    end
  end
  lines[#lines + 1] = line
  return lines
end

--- A bar of colours between the ends of its range.
local function color_bar(bar, o)
  local function number(v)
    if type(bar.format) == "function" then return tostring(bar.format(v)) end
    return plain(bar.format == "percent" and bar.locale:percent(v) or bar.locale:number(v), o)
  end
  local canvas = glyphs.new(BAR, 1, o)
  local fill = require("mah.draw.colorbar").fill
  for i = 1, BAR do
    canvas:rectangle((i - 1) * glyphs.WIDTH, 0, glyphs.WIDTH, glyphs.HEIGHT,
      fill(bar.map, (i - 0.5) / BAR))
  end
  local label = bar.label and bar.label ~= "" and "  " .. bar.label or ""
  return ("%s %s %s%s"):format(number(bar.low), canvas:lines()[1], number(bar.high), label)
end

-- -- Axes -----------------------------------------------------------------------------------------

--- Places the upright axis on so many rows: its labels by row, and the width of the widest.
local function place_upright(axis, rows, o)
  local height = rows * glyphs.HEIGHT
  if axis.names or axis.reversed then axis:between(0, height) else axis:between(height, 0) end
  axis:choose_ticks(axis.names and #axis.names or max(2, floor(rows / 3)))
  local labels, widest, last = {}, 0, -1
  for _, tick in ipairs(axis.ticks) do
    local row = max(0, min(rows - 1, floor(axis:place(tick.value) / glyphs.HEIGHT)))
    if labels[row] == nil and (row ~= last or not axis.names) then
      labels[row] = shorten(plain(tick.label, o), floor(o.width / 3), o)
      widest, last = max(widest, width_of(labels[row])), row
    end
  end
  return labels, widest
end

--- Fewer ticks until their labels stand apart.
local function choose_level(axis, columns)
  local most = max(3, floor(columns / 6))
  repeat
    axis:choose_ticks(most)
    local apart, last_end = true, -math.huge
    for _, tick in ipairs(axis.ticks) do
      local place, half = axis:place(tick.value) / glyphs.WIDTH, width_of(tick.label) / 2
      if place - half < last_end + 1 then apart = false end
      last_end = place + half
    end
    most = most - 1
  until apart or most < 1 or axis.values
end

local LEAST_NAME = 5 -- characters of a name that is cut off; else some are left out

--- The labels of the level axis: {column, text} of ticks; of names that do not fit every second,
--- third ... one.
local function level_labels(axis, columns, o)
  if axis.reversed then
    axis:between(columns * glyphs.WIDTH, 0)
  else
    axis:between(0, columns * glyphs.WIDTH)
  end
  if not axis.names then choose_level(axis, columns) end
  local spacing = axis.names and columns / #axis.names or columns
  local every = axis.names and spacing < LEAST_NAME and math.ceil(LEAST_NAME / spacing) or 1
  local widest = 0
  for _, tick in ipairs(axis.ticks) do widest = max(widest, width_of(tick.label)) end
  if widest < spacing then every = 1 end
  local labels = {}
  for i = 1, #axis.ticks, every do
    local tick = axis.ticks[i]
    labels[#labels + 1] = { max(0, min(columns - 1, floor(axis:place(tick.value) / glyphs.WIDTH))),
      shorten(plain(tick.label, o), max(1, floor(spacing * every) - 1), o) }
  end
  return labels
end

--- The line of the level axis, and the line of its labels, `margin` characters to the right.
local function level_lines(axis, columns, margin, walls, has_right, o)
  local labels = level_labels(axis, columns, o)
  local line, below, filled = {}, "", 0
  for i = 1, columns do line[i] = walls.floor end
  for _, label in ipairs(labels) do
    line[label[1] + 1] = walls.below
    local from = margin + 1 + label[1] - floor((width_of(label[2]) - 1) / 2)
    from = max(0, min(from, margin + 1 + columns - width_of(label[2])))
    if from > filled or filled == 0 then
      below = below .. (" "):rep(from - filled) .. label[2]
      filled = from + width_of(label[2])
    end
  end
  return (" "):rep(margin) .. walls.corner .. table.concat(line)
    .. (has_right and walls.right_corner or ""), below
end

-- -- All of it ------------------------------------------------------------------------------------

--- How many columns and rows there are for what lies within the axes, where the margins take so
--- many; cells share them evenly.
local function room_for(parts, columns, rows)
  columns, rows = max(LEAST, columns), max(LEAST_ROWS, rows)
  local cells, spec = parts.cells, parts.spec
  if cells then
    local wide, high = floor(columns / cells.columns), floor(rows / cells.rows)
    if wide >= 1 then columns = min(wide, WIDEST_CELL) * cells.columns end
    if high >= 1 then rows = min(high, HIGHEST_CELL) * cells.rows end
  elseif parts.bars == "beside" then
    rows = min(rows, max(LEAST_ROWS, 3 * #spec.y.names * max(1, #spec.legend)))
  end
  return columns, rows
end

--- What is to be added to an axis's labels, behind its name.
local function offset_of(axis, o)
  return axis.offset and " (" .. plain(axis.offset, o) .. ")" or ""
end

--- Title and legend; names of the upright axes.
local function head_lines(parts, o)
  local spec, lines = parts.spec, {}
  for _, line in ipairs(wrapped(spec.title or "", o.width)) do
    lines[#lines + 1] = styled(line, "1", o)
  end
  for _, line in ipairs(legend_lines(spec.legend or {}, parts.legend, o)) do
    lines[#lines + 1] = line
  end
  local left = (spec.y_label or "") .. offset_of(spec.y, o)
  local right = spec.y2 and (spec.y2_label or "") .. offset_of(spec.y2, o) or ""
  if left .. right ~= "" then
    left = shorten(left, o.width - width_of(right) - 1, o)
    local gap = right ~= "" and (" "):rep(o.width - width_of(left) - width_of(right)) or ""
    lines[#lines + 1] = styled(left .. gap .. shorten(right, o.width, o), "2", o)
  end
  return lines
end

--- What lies within the axes, between walls with labels.
local function body_lines(inside, labels, margin, right_labels, columns, walls)
  local lines = {}
  for i, line in ipairs(inside) do
    local label = labels[i - 1]
    local right = ""
    if right_labels then
      local text = right_labels[i - 1]
      right = (" "):rep(columns - width_of(line)) .. (text and walls.right .. text or walls.wall)
    end
    local wall = label and walls.tick or walls.wall
    lines[i] = pad_left(label or "", margin) .. wall .. line .. right
  end
  return lines
end

local function append(lines, more)
  for _, line in ipairs(more) do lines[#lines + 1] = line end
end

--- Names of the level axis and bars of colours, below its labels.
local function foot_lines(parts, margin, columns, o)
  local axis, lines = parts.spec.x, {}
  local name = (parts.spec.x_label or "") .. offset_of(axis, o)
  if name ~= "" then
    lines[1] = styled(centered(shorten(name, columns, o), margin + 1, columns), "2", o)
  end
  for _, bar in ipairs(parts.color_bars or {}) do
    lines[#lines + 1] = (" "):rep(margin + 1) .. color_bar(bar, o)
  end
  return lines
end

--- Draws a figure's axes and what lies within them.
local function chart_lines(parts, o)
  local spec, walls = parts.spec, box[o.unicode]
  local around = 2 + #head_lines(parts, o) + #foot_lines(parts, 0, o.width, o)
  local _, rows = room_for(parts, o.width, o.height - around)
  local labels, margin = place_upright(spec.y, rows, o)
  local right_labels, right_margin
  if spec.y2 then right_labels, right_margin = place_upright(spec.y2, rows, o) end
  local taken = margin + 1 + (right_margin and right_margin + 1 or 0)
  local columns = room_for(parts, o.width - taken, rows)
  local floor_line, below = level_lines(spec.x, columns, margin, walls, right_labels, o)
  local canvas = glyphs.new(columns, rows, o)
  canvas.bars = parts.bars
  parts.draw(canvas, canvas.area)
  local lines = head_lines(parts, o) -- the axes know their offsets now
  append(lines, body_lines(canvas:lines(), labels, margin, right_labels, columns, walls))
  append(lines, { floor_line, below })
  append(lines, foot_lines(parts, margin, columns, o))
  return lines
end

--- A figure's lines; nil when it can only be shown as a picture.
---@param figure table
---@param o {width: integer, height: integer, unicode: boolean, depth: string}   in characters
---@return string[]|nil
function chart.lines(figure, o)
  local parts = figure.parts
  if not parts then return nil end
  if not parts.figures then return chart_lines(parts, o) end
  local lines = {}
  for _, line in ipairs(wrapped(figure.title or "", o.width)) do
    lines[#lines + 1] = styled(line, "1", o)
  end
  for _, one in ipairs(parts.figures) do
    local own = chart.lines(one, o)
    if not own then return nil end
    if #lines > 0 then lines[#lines + 1] = "" end
    append(lines, own)
  end
  return lines
end

return chart
