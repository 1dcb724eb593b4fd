--- Progress on stderr: one live line on a terminal, at most ten times a second; elsewhere plain
--- lines without "\r", at most one every ten seconds, so that log files stay readable.
---
---     local line = mah.progress.new "training"
---     line:update "epoch 3, loss 0.12"
---     line:done "20 epochs, loss 0.05"
local ffi = require "ffi"
local class = require "mah.base.class"
local cut = require("mah.base.text").cut
local foreign = require "mah.base.foreign"
local printable = require("mah.base.text").printable
local terminal = require "mah.base.terminal"

foreign.declare [[
typedef struct { long tv_sec; long tv_nsec; } timespec;
int clock_gettime(int clock, timespec *out);
]]

local progress = {}

local now_out = ffi.new "mah_timespec"

--- Seconds on a clock that never jumps: differences count, the number itself means nothing.
---
---     local start = mah.progress.now()
---     print(mah.progress.now() - start < 60)   --> true
---@return number
function progress.now()
  ffi.C.mah_clock_gettime(1, now_out) -- CLOCK_MONOTONIC
  return tonumber(now_out.tv_sec) + tonumber(now_out.tv_nsec) * 1e-9
end

--- A line of progress, of mah.progress.new.
---@class progress_line
---@field label string   what stands in front
---@field update fun(self: progress_line, text: string)   shows the text, unless the last time is
---  too short ago
---@field done fun(self: progress_line, text: string)     ends the line; the text is always shown
---@field private live boolean
---@field private passes boolean|nil   does it vanish when it is done?
---@field private started number
---@field private hide fun(self: progress_line)
---@field private is_due fun(self: progress_line): boolean
---@field private every number
---@field private last number
---@field private started number
---@field private passes boolean|nil
---@field private width integer
local Line = class.new("a line of progress", "line", "passes")

--- Is stderr a terminal that can rewrite a line?
local function is_live()
  return terminal.is_terminal(2) and os.getenv "TERM" ~= "dumb"
end

--- A line of progress on stderr with a label in front, and the methods update(text) and done(text).
--- On a terminal it is one live line, rewritten at most ten times a second; elsewhere plain lines,
--- at most one every ten seconds.
---
---     local line = mah.progress.new "training"
---     for epoch = 1, 3 do line:update(("epoch %d"):format(epoch)) end
---     line:done "3 epochs"
---@param label string
---@return progress_line
function progress.new(label)
  local live = is_live()
  return setmetatable({
    label = label, live = live, every = live and 0.1 or 10, last = -math.huge, width = 0,
    started = progress.now(),
  }, Line)
end

local MOMENT = 0.3 -- seconds before a line that nobody asked for is shown

local open -- the line that has no end yet
local passing -- a line that vanishes when it is done

--- A live line that is first shown after a moment, and vanishes when it is done; nil where lines
--- cannot be live.
---
---     local line = mah.progress.passing "training"
---     if line then line:done "" end
---@param label string
---@return progress_line|nil
function progress.passing(label)
  if not is_live() then return nil end
  local line = progress.new(label)
  line.last, line.passes, passing = line.started + MOMENT - line.every, true, line
  return line
end

--- Is there a line of mah.progress.passing that is not done yet?
---
---     print(mah.progress.is_passing())   --> false
---@return boolean
function progress.is_passing() return passing ~= nil end

local function write(line, text, ends)
  text = printable(text)
  if line.live then
    local shown, width = cut(text, ends and math.huge or terminal.columns(2) - 1)
    io.stderr:write("\r", shown, (" "):rep(line.width - width), ends and "\n" or "")
    line.width = width
    open = not ends and line or nil
  else
    io.stderr:write(text, "\n")
  end
  io.stderr:flush()
end

--- Ends a live line of progress that stands open, so that other text does not run into it;
--- one that nobody asked for vanishes.
---
---     local line = mah.progress.new "training"
---     line:update "epoch 1"
---     mah.progress.close()
function progress.close()
  if open and open.passes then
    open:hide()
  elseif open then
    io.stderr:write "\n"
  end
  open, passing = nil, nil
end

--- Takes a live line away until its next update, which comes at once: for what others write in
--- between.
function Line:hide()
  if open ~= self then return end
  io.stderr:write("\r", (" "):rep(self.width), "\r")
  io.stderr:flush()
  self.width, self.last, open = 0, -math.huge, nil
end

--- Would an update be shown now? Asking costs less than making its text.
---@return boolean
function Line:is_due() return progress.now() - self.last >= self.every end

--- Shows `text`, unless the last time is too short ago.
---@param text string
function Line:update(text)
  local now = progress.now()
  if now - self.last < self.every then return end
  self.last = now
  write(self, self.label .. ": " .. text, false)
end

--- Ends the line; `text` is always shown, unless the line is one that passes.
---@param text string
function Line:done(text)
  if self.passes then
    self:hide()
    passing = nil
    return
  end
  write(self, self.label .. ": " .. text, true)
end

return progress
