--- How far work has come, for lines of progress: bars, and the time that is left.
---
---     how_far.bar(22, 200, 20)   --> "██▎                 "
---     how_far.time(75)           --> "1:15"
---     local line = how_far.line("folds")
---     if line then line:update(how_far.text(line, "fold", 3, 5)) end
local interactive = require "mah.base.interactive"
local progress = require "mah.base.progress"
local terminal = require "mah.base.terminal"

local how_far = {}

local WIDEST, LEAST = 20, 5 -- characters of a bar
local EIGHTHS = { [0] = "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" }

--- 75 -> "1:15", 4000 -> "1:06:40".
---@param seconds number
---@return string
function how_far.time(seconds)
  seconds = math.floor(seconds + 0.5)
  local hours, minutes = math.floor(seconds / 3600), math.floor(seconds / 60) % 60
  if hours > 0 then return ("%d:%02d:%02d"):format(hours, minutes, seconds % 60) end
  return ("%d:%02d"):format(minutes, seconds % 60)
end

--- A bar of `width` characters; without Unicode [###   ].
---@param done number
---@param total number
---@param width integer
---@return string
function how_far.bar(done, total, width)
  local share = math.max(0, math.min(1, done / total))
  if not terminal.unicode() then
    local filled = math.floor(share * (width - 2) + 0.5)
    return "[" .. ("#"):rep(filled) .. (" "):rep(width - 2 - filled) .. "]"
  end
  local eighths = math.floor(share * width * 8 + 0.5)
  local whole, rest = math.floor(eighths / 8), EIGHTHS[eighths % 8]
  return ("█"):rep(whole) .. rest .. (" "):rep(width - whole - (rest ~= "" and 1 or 0))
end

--- A bar in front of a line's text, as wide as the terminal has room for.
local function with_bar(line, text, done, total)
  local room = terminal.columns(2) - terminal.width(line.label .. ": " .. text) - 2
  if room < LEAST then return text end
  return how_far.bar(done, total, math.min(WIDEST, room)) .. " " .. text
end

--- A line of progress where somebody asked for one, or waits at a prompt, on a terminal; nil
--- elsewhere. What stands at a prompt unasked comes after a moment only, is the only one, and
--- vanishes when it is done.
---@param label string
---@param is_asked_for boolean|nil
---@return table|nil
function how_far.line(label, is_asked_for)
  if is_asked_for then return progress.new(label) end
  if not interactive.watches or progress.is_passing() then return nil end
  return progress.passing(label)
end

--- What a line says: a bar and "n/total" where it is live, else "epoch n of total"; what else there
--- is to say; and the time that is left, at the pace until now.
---@param line table
---@param what string      "epoch", "fold" ...
---@param done number
---@param total number|nil  nil: nobody knows
---@param more string|nil
---@param first number|nil  where the line began: 0
---@return string
function how_far.text(line, what, done, total, more, first)
  local parts = { ("%s %d"):format(what, done) }
  if total then
    parts[1] = line.live and ("%d/%d"):format(done, total) or ("%s of %d"):format(parts[1], total)
  end
  parts[#parts + 1] = more
  local here = done - (first or 0)
  if total and here > 0 and done < total then
    local seconds = (progress.now() - line.started) / here * (total - done)
    parts[#parts + 1] = how_far.time(seconds) .. " left"
  end
  local text = table.concat(parts, ", ")
  return total and line.live and with_bar(line, text, done, total) or text
end

return how_far
