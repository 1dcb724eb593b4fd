--- Progress on stderr: one live line on a terminal, at most ten times a second; elsewhere plain
--- lines without "\r", at most one every ten seconds, so that log files stay readable.
---
---     local p = progress.new("training")
---     p:update("epoch 3, loss 0.12")
---     p:done("20 epochs, loss 0.05")
local ffi = require "ffi"

ffi.cdef [[
int isatty(int fd);
typedef struct { long tv_sec; long tv_nsec; } mah_timespec;
int clock_gettime(int clock, mah_timespec *out);
]]

local progress = {}

local now_out = ffi.new "mah_timespec"

--- Seconds on a clock that never jumps.
---@return number
function progress.now()
  ffi.C.clock_gettime(1, now_out) -- CLOCK_MONOTONIC
  return tonumber(now_out.tv_sec) + tonumber(now_out.tv_nsec) * 1e-9
end

local Line = {}
Line.__index = Line

--- Is stderr a terminal that can rewrite a line?
local function is_live()
  return ffi.C.isatty(2) == 1 and os.getenv "TERM" ~= "dumb"
end

---@param label string
---@return table
function progress.new(label)
  local live = is_live()
  return setmetatable({
    label = label, live = live, every = live and 0.1 or 10, last = -math.huge, width = 0,
  }, Line)
end

local function write(line, text, ending)
  if line.live then
    local shown = #text < 200 and text or text:sub(1, 200)
    io.stderr:write("\r", shown, (" "):rep(line.width - #shown), ending)
    line.width = ending == "" and #shown or 0
  else
    io.stderr:write(text, "\n")
  end
  io.stderr:flush()
end

--- Shows `text`, unless the last time is too short ago.
---@param text string
function Line:update(text)
  local now = progress.now()
  if now - self.last < self.every then return end
  self.last = now
  write(self, self.label .. ": " .. text, "")
end

--- Ends the line; `text` is always shown.
---@param text string
function Line:done(text)
  write(self, self.label .. ": " .. text, "\n")
end

return progress
