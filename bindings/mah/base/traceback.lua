--- Tracebacks that show the user's functions only (main.c does the same where there may be no Lua
--- stack left).
---
---     traceback.is_inner "[mah]/tensor/view.lua:12: in function <...>"      --> true
local traceback = {}

local MOST_LEVELS = 200 -- of the stack, that are looked at: after an overflow there are thousands
local FIRST_HIDDEN, LAST_SHOWN = 9, 9 -- of lj_debug.c's 12 and 10, to be on the safe side

local find, getinfo = string.find, debug.getinfo -- which the prompt's user may overwrite

--- Does this tell the user nothing: a frame of C, of LuaJIT's own or of mah's modules?
---@param place string   a line of debug.traceback without its tab, or a function's short_src
---@return boolean
function traceback.is_inner(place)
  return find(place, "^%[C%]") ~= nil or find(place, "^%[builtin") ~= nil
    or find(place, "^%[mah%]/") ~= nil or find(place, "/lua/5.1/mah/", 1, true) ~= nil
end

--- debug.traceback writes "..." for levels in the middle of a deep stack: is one of the user's
--- among them?
local function hides_something()
  local hidden = {}
  for level = FIRST_HIDDEN, MOST_LEVELS do
    local info = getinfo(level + 2, "S")
    if not info then break end
    hidden[#hidden + 1] = not traceback.is_inner(info.short_src)
  end
  for i = 1, #hidden - LAST_SHOWN do
    if hidden[i] then return true end
  end
  return #hidden + FIRST_HIDDEN > MOST_LEVELS
end

--- The traceback from the caller's caller on, or nil when there is nothing to tell.
---@return string|nil
function traceback.text()
  local lines = {}
  for line in debug.traceback("", 3):gmatch "[^\n]+" do
    local is_told = not traceback.is_inner(line:match "^\t?(.*)$")
    if is_told and (line ~= "\t..." or hides_something()) then lines[#lines + 1] = line end
  end
  return #lines > 1 and table.concat(lines, "\n") or nil
end

--- The functions of the stack as debug.getinfo's tables, from `level` on: 1 is the caller.
---@param level integer
---@param last function|nil   where to stop
---@return table[]
function traceback.frames(level, last)
  local list = {}
  while true do
    level = level + 1
    local info = level < MOST_LEVELS and getinfo(level, "Slnf")
    if not info or info.func == last then return list end
    if not traceback.is_inner(info.short_src) then list[#list + 1] = info end
  end
end

return traceback
