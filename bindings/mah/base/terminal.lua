--- What is known of the terminal: whether there is one, and its size.
---
---     local terminal = require "mah.base.terminal"
---     if terminal.is_terminal(2) then io.stderr:write(("-"):rep(terminal.columns(2)), "\n") end
local ffi = require "ffi"

ffi.cdef [[
struct mah_winsize { unsigned short rows, columns, x, y; };
int isatty(int fd);
int ioctl(int fd, unsigned long request, ...);
]]

local terminal = {}

local WINDOW_SIZE = ffi.os == "OSX" and 0x40087468 or 0x5413 -- TIOCGWINSZ
local SMALLEST = 10 -- less is no size to draw in

--- Is the file (0 input, 1 output, 2 errors) a terminal?
---@param fd integer
---@return boolean
function terminal.is_terminal(fd) return ffi.C.isatty(fd) == 1 end

local function size(fd, variable, field, default)
  local value = tonumber(os.getenv(variable) or "")
  if not value then
    local window = ffi.new "struct mah_winsize"
    value = ffi.C.ioctl(fd, WINDOW_SIZE, window) == 0 and window[field] or nil
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

return terminal
