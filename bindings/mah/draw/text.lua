--- Text before it is drawn: made valid, its direction found, measured, wrapped, shortened.
---
---     text.width("تعداد لایه‌ها", 12)            -- Pango's measure, or an estimate without it
---     text.wrap("a long title", 14, true, 80)    --> {"a long", "title"}
local cairo = require "mah.draw.cairo"
local ffi = require "ffi"

local text = {}

-- -- Valid text, and its direction ----------------------------------------------------------------

--- How many bytes the well-formed UTF-8 character at `i` has; nil when there is none.
local function character_size(s, i)
  local lead, second = s:byte(i, i + 1)
  if lead < 0x80 then return 1 end
  local size = lead >= 0xF0 and 4 or lead >= 0xE0 and 3 or 2
  if lead < 0xC2 or lead > 0xF4 or i + size - 1 > #s then return nil end
  for k = i + 1, i + size - 1 do
    if s:byte(k) < 0x80 or s:byte(k) > 0xBF then return nil end
  end
  local too_small = lead == 0xE0 and second < 0xA0 or lead == 0xF0 and second < 0x90
  local too_large = lead == 0xED and second > 0x9F or lead == 0xF4 and second > 0x8F
  if too_small or too_large then return nil end
  return size
end

local function repair(s)
  local out, i = {}, 1
  while i <= #s do
    local size = character_size(s, i)
    out[#out + 1] = size and s:sub(i, i + size - 1) or "\239\191\189"
    i = i + (size or 1)
  end
  return table.concat(out)
end

--- Bytes that are no UTF-8 become U+FFFD, control characters blanks: what both Pango and XML take.
---@return string
function text.clean(s)
  s = tostring(s)
  if s:find "[\128-\255]" then s = repair(s):gsub("\239\191[\190\191]", "\239\191\189") end
  return (s:gsub("[%z\1-\9\11-\31\127]", " "))
end

--- A Hebrew or an Arabic letter (U+0590 ... U+07FF), Persian's four included; not their digits.
local function next_rtl(s)
  local from = 1
  while true do
    local i = s:find("[\214-\223][\128-\191]", from)
    if not i then return nil end
    local lead, trail = s:byte(i, i + 1)
    local is_digit = lead == 0xD9 and trail >= 0xA0 and trail <= 0xAC
      or lead == 0xDB and trail >= 0xB0 and trail <= 0xB9
      or lead == 0xD8 and trail <= 0x9F
    if not is_digit then return i end
    from = i + 2
  end
end

--- Does the text run from right to left? By its first letter; with `prefer`, as soon as it has a
--- letter that does.
---@return boolean
function text.is_rtl(s, prefer)
  local rtl = next_rtl(s)
  if not rtl then return false end
  local ltr = s:find "[A-Za-z]"
  return prefer or not ltr or rtl < ltr
end

-- -- Measures -------------------------------------------------------------------------------------

--- Parts of the font's size: DejaVu Sans.
text.CAP = 0.73
text.DESCENT = 0.24
text.LINE = 1.3

--- Roughly DejaVu's widths, for machines without Pango.
local function estimate(s, size, bold)
  local _, bytes_inside = s:gsub("[\128-\191]", "")
  local _, narrow = s:gsub("[iIjlt.,:;|!'()%[%] ]", "")
  local _, wide = s:gsub("[mwMW%%@]", "")
  local characters = #s - bytes_inside
  local units = 0.35 * narrow + 0.95 * wide + 0.62 * (characters - narrow - wide)
  return units * size * (bold and 1.1 or 1)
end

local layout
local size_out = ffi.new "int[2]"
local widths, cached = {}, 0

local function measure(s, size, bold)
  local lib = cairo.find()
  if not lib then return estimate(s, size, bold) end
  if not layout then
    local fonts = lib.pangocairo.mah_pango_cairo_font_map_get_default()
    local context = ffi.gc(lib.pango.mah_pango_font_map_create_context(fonts),
      lib.gobject.mah_g_object_unref)
    layout = cairo.prepare_layout(lib, lib.pango.mah_pango_layout_new(context))
  end
  cairo.set_text(lib, layout, s, size, bold, text.is_rtl(s))
  lib.pango.mah_pango_layout_get_size(layout, size_out, size_out + 1)
  return size_out[0] / cairo.UNITS
end

--- Pixels from the line's beginning to its end.
---@param s string      one line
---@param size number   pixels
---@return number
function text.width(s, size, bold)
  local key = (bold and "b" or "n") .. size .. "|" .. s
  if not widths[key] then
    if cached > 5000 then widths, cached = {}, 0 end
    widths[key], cached = measure(text.clean(s), size, bold), cached + 1
  end
  return widths[key]
end

--- The lines of a text, at "\n".
---@return string[]
function text.lines(s)
  local lines = {}
  for line in (text.clean(s) .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  return lines
end

--- Width and height of a text of one or more lines.
---@return number, number
function text.extents(s, size, bold)
  local width, lines = 0, text.lines(s)
  for _, line in ipairs(lines) do width = math.max(width, text.width(line, size, bold)) end
  return width, #lines * size * text.LINE
end

-- -- Fitting --------------------------------------------------------------------------------------

local MOST_LINES = 20 -- of a text that is wrapped without a limit

--- Where the first `most` characters of a text end.
local function character_ends(s, most)
  local ends, i = {}, 1
  while i <= #s and #ends < most do
    local following = s:byte(i + 1)
    if not following or following < 0x80 or following > 0xBF then ends[#ends + 1] = i end
    i = i + 1
  end
  return ends
end

--- At most `most` characters of a text, and "…" when there are more.
---@return string
function text.cut(s, most)
  if #s <= most then return s end
  local last = character_ends(s, most)[most]
  return last and last < #s and s:sub(1, last) .. "…" or s
end

--- More characters than fit in `room` even if all are narrow. Measuring takes time for each.
local function most_characters(size, room) return math.max(10, math.ceil(8 * room / size)) end

--- Cuts a line and adds "…" when it is wider than `room`.
---@return string
function text.shorten(s, size, bold, room)
  s = text.cut(text.clean(s), most_characters(size, room))
  if text.width(s, size, bold) <= room then return s end
  local ends = character_ends(s, math.huge)
  local low, high = 0, #ends
  while low < high do
    local middle = math.ceil((low + high) / 2)
    if text.width(s:sub(1, ends[middle]) .. "…", size, bold) <= room then
      low = middle
    else
      high = middle - 1
    end
  end
  return (low > 0 and s:sub(1, ends[low]):gsub("%s+$", "") or "") .. "…"
end

--- Breaks a text at blanks into lines not wider than `room`; a single word may be shortened. At
--- most `most` lines, when given.
---@return string[]
function text.wrap(s, size, bold, room, most)
  local lines = {}
  s = text.cut(text.clean(s), (most or MOST_LINES) * most_characters(size, room))
  for _, paragraph in ipairs(text.lines(s)) do
    local line
    for word in paragraph:gmatch "%S+" do
      local longer = line and line .. " " .. word or word
      if line and text.width(longer, size, bold) > room then
        lines[#lines + 1], line = line, word
      else
        line = longer
      end
    end
    lines[#lines + 1] = line or ""
  end
  if most and #lines > most then
    lines[most] = table.concat(lines, " ", most)
    for i = #lines, most + 1, -1 do lines[i] = nil end
  end
  for i, line in ipairs(lines) do lines[i] = text.shorten(line, size, bold, room) end
  return lines
end

return text
