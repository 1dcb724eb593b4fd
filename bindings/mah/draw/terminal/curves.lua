--- A line plot of text: braille dots (2 x 4 in a character), or plain characters.
---
---     local lines = curves.lines({{label = "loss", y = {3, 2, 1.5}}}, {width = 60, height = 12})
---     print(table.concat(lines, "\n"))
local curves = {}

local floor, huge = math.floor, math.huge

local COLORS = { "34", "31", "32", "35", "36", "33" }
local MARKS = { "*", "o", "+", "x", "#", "@" }
-- The bits of braille's dots: [row][column].
local DOTS = { { 1, 8 }, { 2, 16 }, { 4, 32 }, { 64, 128 } }

local function is_finite(v) return v - v == 0 end

--- Smallest and largest of what is finite; log: of what is positive, as logarithms.
local function range(series, log)
  local low, high = huge, -huge
  for _, s in ipairs(series) do
    for _, v in ipairs(s.y) do
      if log then v = v > 0 and math.log10(v) or huge end
      if is_finite(v) then low, high = math.min(low, v), math.max(high, v) end
    end
  end
  if low > high then return 0, 1 end
  if low == high then return low - 0.5, high + 0.5 end
  return low, high
end

local function longest(series)
  local n = 1
  for _, s in ipairs(series) do n = math.max(n, #s.y) end
  return n
end

--- A field of cells, numbered row by row from 0: bits[i], its dots, and owner[i], its last series.
local function new_field(columns, rows, fine)
  return { columns = columns, rows = rows, across = fine and 2 or 1, down = fine and 4 or 1,
    bits = {}, owner = {} }
end

local function set_dot(field, x, y, number)
  local column, row = floor(x / field.across), floor(y / field.down)
  if column < 0 or column >= field.columns or row < 0 or row >= field.rows then return end
  local at = row * field.columns + column
  local bit_ = field.across == 2 and DOTS[y % 4 + 1][x % 2 + 1] or 1
  field.bits[at] = require("bit").bor(field.bits[at] or 0, bit_)
  field.owner[at] = number
end

local function draw_segment(field, x1, y1, x2, y2, number)
  local steps = math.max(math.abs(x2 - x1), math.abs(y2 - y1), 1)
  for i = 0, steps do
    set_dot(field, floor(x1 + (x2 - x1) * i / steps + 0.5), floor(y1 + (y2 - y1) * i / steps + 0.5),
      number)
  end
end

local function draw_series(field, s, number, n, low, high, log)
  local width, height = field.columns * field.across - 1, field.rows * field.down - 1
  local last_x, last_y
  for i, v in ipairs(s.y) do
    if log then v = v > 0 and math.log10(v) or huge end
    if is_finite(v) then
      local x = n > 1 and floor((i - 1) / (n - 1) * width + 0.5) or 0
      local y = floor((high - v) / (high - low) * height + 0.5)
      draw_segment(field, last_x or x, last_y or y, x, y, number)
      last_x, last_y = x, y
    else
      last_x, last_y = nil, nil
    end
  end
end

local function cell(field, at, colored)
  local bits, number = field.bits[at], field.owner[at]
  if not bits then return " " end
  local text = MARKS[(number - 1) % #MARKS + 1]
  if field.across == 2 then -- U+2800 + bits
    text = string.char(226, 160 + floor(bits / 64), 128 + bits % 64)
  end
  return colored and ("\27[%sm%s\27[0m"):format(COLORS[(number - 1) % #COLORS + 1], text) or text
end

local function number_text(v)
  local text = ("%.4g"):format(v)
  return (text:gsub("e%+?(-?)0*(%d)", "e%1%2"))
end

local function axis_labels(rows, low, high, log)
  local labels, width = {}, 0
  for _, row in ipairs { 0, floor((rows - 1) / 2), rows - 1 } do
    local v = high - (high - low) * (rows > 1 and row / (rows - 1) or 0)
    labels[row] = number_text(log and 10 ^ v or v)
    width = math.max(width, #labels[row])
  end
  return labels, width
end

local function legend(series, o)
  local parts = {}
  for i, s in ipairs(series) do
    if s.label then
      local mark = o.unicode and "\226\148\129\226\148\129" or MARKS[(i - 1) % #MARKS + 1]
      if o.colored then mark = ("\27[%sm%s\27[0m"):format(COLORS[(i - 1) % #COLORS + 1], mark) end
      parts[#parts + 1] = mark .. " " .. s.label
    end
  end
  return #parts > 0 and table.concat(parts, "   ") or nil
end

--- The plot as lines. The x axis counts the values from 1.
---@param series {label: string?, y: number[]}[]
---@param o {width: integer, height: integer, unicode: boolean, colored: boolean, log: boolean}
---  in characters
---@return string[]
function curves.lines(series, o)
  local low, high = range(series, o.log)
  local rows = math.max(3, o.height - 3)
  local labels, margin = axis_labels(rows, low, high, o.log)
  local columns = math.max(10, o.width - margin - 2)
  local field, n = new_field(columns, rows, o.unicode), longest(series)
  for i, s in ipairs(series) do draw_series(field, s, i, n, low, high, o.log) end
  local out = { legend(series, o) }
  local wall, tick = o.unicode and "\226\148\130" or "|", o.unicode and "\226\148\164" or "+"
  for row = 0, rows - 1 do
    local cells = {}
    for column = 0, columns - 1 do
      cells[column + 1] = cell(field, row * columns + column, o.colored)
    end
    local label = labels[row] or ""
    out[#out + 1] = (" "):rep(margin - #label) .. label .. (labels[row] and tick or wall)
      .. table.concat(cells):gsub(" +$", "")
  end
  local dash, corner = o.unicode and "\226\148\128" or "-", o.unicode and "\226\148\148" or "+"
  out[#out + 1] = (" "):rep(margin) .. corner .. dash:rep(columns)
  local last = tostring(n)
  local gap = (" "):rep(columns - 1 - #last)
  out[#out + 1] = (" "):rep(margin + 1) .. "1" .. gap .. (n > 1 and last or "")
  return out
end

return curves
