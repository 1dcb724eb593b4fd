--- Errors at the caller's line: every error of mah leaves through here, and blames the nearest line
--- outside of mah's own modules.
---
---     check.status(C.mah_tensor_fill(t, 1))          -- a core function's status
---     check.that(n > 0, "n must be positive, got %d", n)
local C = require "mah.base.library"
local ffi = require "ffi"
local text = require "mah.base.text"

local check = {}

-- "=[mah]/" inside the program, "@/usr/local/share/lua/5.1/mah/" when installed.
local own_prefix = debug.getinfo(1, "S").source:match "^(.*)base/check%.lua$"

--- Is a function, as debug.getinfo(f, "S") describes it, neither C nor of mah's own modules?
---@param info table
---@return boolean
function check.is_outside(info)
  return info.what ~= "C" and info.source:sub(1, #own_prefix) ~= own_prefix
end

--- The level of the nearest function outside of mah, as seen by the function that calls us; 0, for
--- which error names no place, where there is none: a command of the prompt.
local function level_outside()
  local level = 2
  while true do
    local info = debug.getinfo(level, "S")
    if not info then return 0 end
    if check.is_outside(info) then return level - 1 end
    level = level + 1
  end
end

--- Raises an error at the user's line. `message` is taken as it is when it stands alone. What files
--- and others put into it is made harmless for a terminal.
---@param message string
---@param ... any   for string.format
function check.raise(message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  message = message:gsub("%f[%w%-]%-nan%f[%W]", "nan") -- the sign of NaN says nothing
  local level = level_outside() -- no tail call below: error counts this frame
  error(text.printable(message), level)
end

--- The user's line as "script.lua:12: ", for messages that are no errors.
---@return string
function check.where()
  local info = debug.getinfo(level_outside(), "Sl")
  return info and info.currentline > 0 and ("%s:%d: "):format(info.short_src, info.currentline)
    or ""
end

--- Raises the core's message unless `status` is MAH_OK. A Ctrl-C is over once it has been raised: a
--- script that catches it goes on, for example to save its model.
---@param status integer
---@param message string|nil   of a call that was made on another thread
function check.status(status, message)
  if status == 0 then return end
  if status == C.MAH_ERROR_INTERRUPTED then C.mah_interrupt_clear() end
  check.raise(message or ffi.string(C.mah_error_message()))
end

---@param condition any
---@param message string
function check.that(condition, message, ...)
  if not condition then check.raise(message, ...) end
  return condition
end

--- So deep do tables lie in one another at most.
check.MOST_DEEP = 200

--- Complains where tables lie in one another without end, or deeper than anybody means: functions
--- that call themselves for what a table holds say how deep they are.
---@param depth integer
---@param what string   with what comes before ": tables lie in tables ..."
---@param ... any       for string.format
function check.depth(depth, what, ...)
  if depth > check.MOST_DEEP then
    check.raise(what .. ": tables lie in tables without end", ...)
  end
end

--- The beginning of the name of a place, for messages: "n[1][1][1][1] ...".
---@param path string
---@return string
function check.short_path(path)
  return #path > 60 and text.cut(path, 48) .. " ..." or path
end

--- How a value is shown in a message: strings quoted, tables and cdata by their type.
---@return string
function check.show(value)
  if type(value) == "string" then return ("%q"):format(value) end
  if value ~= value then return "nan" end
  if type(value) == "number" or value == nil or type(value) == "boolean" then
    return tostring(value)
  end
  if type(value) == "cdata" and tostring(ffi.typeof(value)):find("mah_tensor", 1, true) then
    return "a tensor"
  end
  if type(value) == "cdata" and tostring(ffi.typeof(value)):find("mah_traced", 1, true) then
    return "a traced tensor"
  end
  local meta = (type(value) == "table" or type(value) == "userdata") and getmetatable(value)
  local describe = type(meta) == "table" and rawget(meta, "__describe")
  return describe and describe(value) or "a " .. type(value)
end

return check
