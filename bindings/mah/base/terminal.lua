--- The terminal: whether there is one, its size, what it can do, and texts for it.
---
---     local terminal = require "mah.base.terminal"
---     if terminal.is_terminal(2) then io.stderr:write(("-"):rep(terminal.columns(2)), "\n") end
---     print(terminal.paint("error", "no"), terminal.depth())
---
--- Colours of standard output: --color=always|never|auto (in $MAH_COLOR); auto: on a terminal,
--- unless NO_COLOR is set.
local ffi = require "ffi"
local foreign = require "mah.base.foreign"

foreign.declare [[
struct winsize { unsigned short rows, columns, x, y; };
int isatty(int fd);
int ioctl(int fd, unsigned long request, ...);
]]

local getenv = os.getenv

local terminal = {}

local WINDOW_SIZE = ffi.os == "OSX" and 0x40087468 or 0x5413 -- TIOCGWINSZ
local SMALLEST = 10 -- less is no size to draw in

--- Is the file (0 input, 1 output, 2 errors) a terminal?
---@param fd integer
---@return boolean
function terminal.is_terminal(fd) return ffi.C.mah_isatty(fd) == 1 end

local function size(fd, variable, field, default)
  local value = tonumber(getenv(variable) or "")
  if not value then
    local window = ffi.new "struct mah_winsize"
    value = ffi.C.mah_ioctl(fd, WINDOW_SIZE, window) == 0 and window[field] or nil
  end
  return value and value >= SMALLEST and value or default
end

--- Characters in a line: $COLUMNS, or what the terminal says, or 80.
---@param fd integer|nil   1 when left out
---@return integer
function terminal.columns(fd) return size(fd or 1, "COLUMNS", "columns", 80) end

--- Lines on the screen: $LINES, or what the terminal says, or 24.
---@param fd integer|nil   1 when left out
---@return integer
function terminal.rows(fd) return size(fd or 1, "LINES", "rows", 24) end

-- -- Colours and characters ----------------------------------------------------------------------

local function set(name)
  local value = getenv(name)
  return value ~= nil and value ~= ""
end

local function depth_of_terminal()
  local term, color = getenv "TERM" or "", getenv "COLORTERM" or ""
  if color == "truecolor" or color == "24bit" or term:find "direct" or term:find "kitty" then
    return "true"
  end
  return term:find "256" and "256" or "16"
end

--- How many colours: "none", "16", "256" or "true".
---@return string
function terminal.depth()
  local when, term = getenv "MAH_COLOR" or "auto", getenv "TERM"
  if when == "never" then return "none" end
  if when == "always" then
    local depth = depth_of_terminal()
    return depth == "16" and "256" or depth
  end
  if set "NO_COLOR" or not term or term == "dumb" or not terminal.is_terminal(1) then
    return "none"
  end
  return depth_of_terminal()
end

--- Does the locale have more than ASCII? One that says nothing does.
---@return boolean
function terminal.unicode()
  if getenv "TERM" == "dumb" then return false end
  for _, name in ipairs { "LC_ALL", "LC_CTYPE", "LANG" } do
    local value = getenv(name)
    if value and value ~= "" then return value:lower():find "utf%-?8" ~= nil end
  end
  return true
end

--- "kitty" when the terminal shows PNG pictures by kitty's protocol, else nil. Inside of tmux and
--- screen the pictures would not arrive.
---@return string|nil
function terminal.graphics()
  if terminal.depth() == "none" or not terminal.is_terminal(1) or set "TMUX" or set "STY" then
    return nil
  end
  local program = getenv "TERM_PROGRAM" or ""
  local knows = set "KITTY_WINDOW_ID" or getenv "TERM" == "xterm-kitty" or program == "WezTerm"
    or program == "ghostty"
  return knows and "kitty" or nil
end

local styles = {
  prompt = "1;34", error = "1;31", dim = "2", name = "36", string = "32", number = "33",
  heading = "1", constant = "35",
}

--- The text in a style; as it is where there are no colours.
---@param style string
---@param text string
---@return string
function terminal.paint(style, text)
  if terminal.depth() == "none" then return text end
  return "\27[" .. styles[style] .. "m" .. text .. "\27[0m"
end

--- How many characters of a terminal the text takes: escape sequences take none, and of UTF-8 only
--- the first bytes count. (East Asian wide characters count 1.)
---@param text string
---@return integer
function terminal.width(text)
  text = text:gsub("\27%[[%d;]*m", "")
  local _, count = text:gsub("[^\128-\191]", "")
  return count
end

--- Rows of texts as lines, with their columns below each other.
---@param rows string[][]
---@param right table<integer, boolean>|nil   the columns that stand to the right
---@return string
function terminal.align(rows, right)
  local widths = {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, terminal.width(cell)) end
  end
  local lines = {}
  for k, row in ipairs(rows) do
    local cells = {}
    for i, cell in ipairs(row) do
      local pad = (" "):rep(widths[i] - terminal.width(cell))
      cells[i] = right and right[i] and pad .. cell or cell .. pad
    end
    lines[k] = ("  " .. table.concat(cells, "  ")):gsub("%s+$", "")
  end
  return table.concat(lines, "\n")
end

return terminal
