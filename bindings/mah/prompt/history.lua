--- The prompt's history: in memory by libedit, and in the XDG state folder
--- (~/.local/state/mah/history).
---
--- Each entry is appended as soon as it is made, under a lock, so two terminals lose nothing to
--- each other; each goes on with its own lines only. A line of the file is an entry, with \n for a
--- line break and \\ for a backslash.
local C = require "mah.base.library"
local ffi = require "ffi"
local file = require "mah.base.file"
local foreign = require "mah.base.foreign"

foreign.declare [[
int add_history(const char *line);
int open(const char *path, int flags, ...);
int close(int fd);
int flock(int fd, int operation);
int chmod(const char *path, unsigned mode);
]]

local LOADED, KEPT, MOST = 1000, 5000, 2 ^ 20 -- entries, entries, bytes
local WRITE_CREATE, PRIVATE = 65, tonumber("600", 8) -- O_WRONLY | O_CREAT (Linux)
local LOCK_EXCLUSIVE = 2

local pcall, io = pcall, io -- which the user may overwrite

local History = {}
History.__index = History

local function folder()
  local state, home = os.getenv "XDG_STATE_HOME", os.getenv "HOME"
  local is_absolute = state and state:sub(1, 1) == "/" -- as the standard wants it
  if is_absolute then return state .. "/mah" end
  return home and home ~= "" and home .. "/.local/state/mah" or nil
end

local escapes = { ["\\"] = "\\\\", ["\n"] = "\\n" }
local function escape(text) return (text:gsub("[\\\n]", escapes)) end
local function unescape(line)
  return (line:gsub("\\(.)", function(c) return c == "n" and "\n" or c end))
end

--- Runs work() while no other prompt writes.
local function locked(path, work)
  local fd = ffi.C.mah_open(path .. ".lock", WRITE_CREATE, ffi.cast("int", PRIVATE))
  if fd < 0 then return end
  ffi.C.mah_flock(fd, LOCK_EXCLUSIVE)
  local ok, result = pcall(work)
  ffi.C.mah_close(fd)
  return ok and result or nil
end

local function read_lines(path)
  local lines = {}
  local handle = io.open(path)
  if not handle then return lines end
  for line in handle:lines() do lines[#lines + 1] = line end
  handle:close()
  return lines
end

local function keep_last(path, lines)
  local text = table.concat(lines, "\n", math.max(1, #lines - KEPT + 1)) .. "\n"
  if C.mah_file_write(path, text, #text) == 0 then ffi.C.mah_chmod(path, PRIVATE) end
end

--- Opens the history and gives its last entries to libedit.
---@param edits boolean   is libedit there to take entries?
function History.open(edits)
  local self = setmetatable({ edits = edits, entries = {}, earlier = {} }, History)
  local where = folder()
  if not where or not pcall(file.make_directory, where) then return self end
  self.path = where .. "/history"
  local lines = locked(self.path, function()
    local found = read_lines(self.path)
    local size = 0
    for _, line in ipairs(found) do size = size + #line + 1 end
    if size > MOST then keep_last(self.path, found) end
    return found
  end) or {}
  for i = math.max(1, #lines - LOADED + 1), #lines do
    local text = unescape(lines[i])
    self.earlier[#self.earlier + 1] = text
    self:remember(text)
  end
  return self
end

function History:remember(text)
  self.last = text
  if self.edits then ffi.C.mah_add_history(text) end
end

--- Adds an entry, unless it repeats the one before.
---@param text string
function History:add(text)
  if text == self.last or text:find "^%s*$" then return end
  self.entries[#self.entries + 1] = text
  self:remember(text)
  if not self.path then return end
  locked(self.path, function()
    local handle = io.open(self.path, "a")
    if not handle then return end
    handle:write(escape(text), "\n")
    handle:close()
    if not self.is_private then
      self.is_private = true
      ffi.C.mah_chmod(self.path, PRIVATE)
    end
  end)
end

return History
