--- Tracebacks that show the user's functions only (main.c does the same where there may be no Lua
--- stack left).
---
---     traceback.is_inner "[mah]/tensor/view.lua:12: in function <...>"      --> true
local traceback = {}

--- Does this tell the user nothing: a frame of C, of LuaJIT's own or of mah's modules?
---@param place string   a line of debug.traceback without its tab, or a function's short_src
---@return boolean
function traceback.is_inner(place)
  return place:find "^%[C%]" ~= nil or place:find "^%[builtin" ~= nil
    or place:find "^%[mah%]/" ~= nil or place:find("/lua/5.1/mah/", 1, true) ~= nil
end

--- The traceback from the caller's caller on, or nil when there is nothing to tell.
---@return string|nil
function traceback.text()
  local lines = {}
  for line in debug.traceback("", 3):gmatch "[^\n]+" do
    if not traceback.is_inner(line:match "^\t?(.*)$") then lines[#lines + 1] = line end
  end
  return #lines > 1 and table.concat(lines, "\n") or nil
end

return traceback
