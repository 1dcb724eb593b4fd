--- Long texts on a terminal: broken between words where the line ends, but for code, and page by
--- page ($PAGER, or less) when they are longer than the screen.
---
---     pager.show(text)
---     print(pager.wrap(text, 60))
local terminal = require "mah.base.terminal"

local pager = {}

--- Characters that the text takes; colours take none.
local function width(text)
  local _, count = text:gsub("\27%[[%d;]*m", ""):gsub("[^\128-\191]", "")
  return count
end

local LESS = "command -v less >/dev/null && less -R"
local DEEP = 8 -- blanks in front of what is no list's row, but goes on within one

--- What stands in front of the further pieces of a line: its indentation, or in a table's row
--- blanks up to the last column. And whether a line that has as many of them goes on with it.
local function indent_of(line, room)
  local before, blanks = line:match "^  .*%S  +%f[%S]" or "", line:match "^%s*"
  local column = width(before)
  if column > 0 and column < 0.7 * room then return (" "):rep(column), true end
  return blanks, column == 0 and (blanks == "" or #blanks >= DEEP)
end

--- A line in pieces of at most `room` characters, `indent` in front of all but the first. Words
--- that are longer stay whole.
local function break_line(line, room, indent, out)
  local piece = line:match "^%s*"
  for blanks, word in line:sub(#piece + 1):gmatch "(%s*)(%S+)" do
    if width(piece .. blanks .. word) > room and piece:find "%S" then
      out[#out + 1], piece = piece, indent .. word
    else
      piece = piece .. blanks .. word
    end
  end
  out[#out + 1] = piece
end

--- The text with its long lines broken; in a paragraph, and in the last column of a list, the rest
--- of one is the beginning of the next. Code stays as it is: lines that are indented by four, after
--- one that is not indented.
---@param text string
---@param room integer|nil   characters in a line: the terminal's
---@return string
function pager.wrap(text, room)
  local out, rest, indent, is_code, before = {}, nil, nil, false, ""
  room = room or terminal.columns() - 1
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    local goes_on, is_open = rest and line:match "^(%s*)%S" == indent, true
    if rest and not goes_on then out[#out + 1] = rest end
    if goes_on then line = rest .. " " .. line:sub(#indent + 1) end
    rest = nil
    if line:find "^    " then
      is_code = is_code or not before:find "^ "
    elseif line ~= "" then
      is_code = false
    end
    before = line
    if width(line) > room and not is_code then
      if not goes_on then indent, is_open = indent_of(line, room) end
      break_line(line, room, indent, out)
      if is_open then rest = table.remove(out) end
    else
      out[#out + 1] = line
    end
  end
  out[#out + 1] = rest
  return table.concat(out, "\n")
end

--- Shows the file by the user's pager; false when that cannot be run.
local function page(text)
  local path = os.tmpname()
  local handle = io.open(path, "w")
  if not handle then return false end
  handle:write(text, "\n")
  handle:close()
  io.stdout:flush()
  local command = os.getenv "PAGER" or ""
  local status = os.execute((command ~= "" and command or LESS) .. " <" .. path)
  os.remove(path)
  return status == 0
end

--- Prints the text, wrapped; through a pager when it is longer than the terminal.
---@param text string
function pager.show(text)
  text = pager.wrap(text)
  local _, breaks = text:gsub("\n", "")
  local is_long = breaks + 2 > terminal.rows()
  if is_long and terminal.is_terminal(0) and terminal.is_terminal(1) and page(text) then return end
  io.stdout:write(text, "\n")
end

return pager
