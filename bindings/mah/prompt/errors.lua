--- Errors at the prompt: the message, a short traceback of the user's own functions, and a hint.
---
---     local ok, problem = xpcall(f, errors.capture)
---     print(errors.describe(problem))
local options = require "mah.base.options"
local scope = require "mah.prompt.scope"
local traceback = require "mah.base.traceback"

-- What the user may overwrite: an error in capture would lead to capture again.
local ipairs, tostring, type, pcall, match = ipairs, tostring, type, pcall, string.match
local getmetatable, setmetatable = debug.getmetatable, setmetatable
local jit = jit

local errors = {}

local MOST_FRAMES = 6

local Problem = {} -- the metatable of what capture returns

--- The text of any error value.
local function text_of(value)
  if type(value) == "string" then return value end
  if value == nil then return "nil (an error without a message)" end
  local meta = type(value) == "table" and getmetatable(value)
  if type(meta) == "table" and meta.__tostring then
    local ok, text = pcall(tostring, value)
    if ok and type(text) == "string" then return text end
  end
  local ok, text = pcall(function() return require("mah.prompt.print").text(value) end)
  return ok and text or "a " .. type(value)
end

--- "in f at prompt:3", for the user's functions from `level` on; the prompt's chunk itself says
--- nothing that the message does not say.
local function frames(level)
  local list = {}
  for _, info in ipairs(traceback.frames(level, scope.waits())) do
    local place = ("%s:%d"):format(info.short_src, info.currentline)
    if info.what ~= "main" then
      list[#list + 1] = ("in %s at %s"):format(info.name or "a function", place)
    elseif info.source ~= "=prompt" then
      list[#list + 1] = "in " .. place
    end
  end
  return list
end

local function known_names()
  local names = {}
  for name in pairs(_G) do
    if type(name) == "string" then names[name] = name end
  end
  local mah = package.loaded.mah
  local public = mah and getmetatable(mah).names
  for _, name in ipairs(public and public() or {}) do
    names[name] = names[name] or "mah." .. name
  end
  return names
end

local others = { -- what stands after "near" in the parser's complaint, and what Lua has for it
  ["!"] = "not equal is ~= here, and not is a word: not x",
  ["+"] = "there is no +=; write x = x + 1", ["-"] = "there is no -=; write x = x - 1",
  ["*"] = "there is no *=; write x = x * 2",
  ["/"] = "there is neither /= nor //; write x = x / 2, math.floor(x / 2) or (t / 2):floor()",
}

--- What helps with another language's operator, and "did you mean ...?" for a global that is not
--- there.
local function hint(message)
  local operator = message:match "near '(!)'" or message:match "'=' expected near '(%p)'"
    or message:match "symbol near '(/)'"
  if operator then return others[operator] end
  local name = message:match "global '([^']+)' %(a nil value%)"
    or message:match "variable '([^']+)' is not d"
  if not name then return nil end
  local names = known_names()
  local near = names[name] and name or #name > 3 and options.nearest(name, names)
  return near and ("did you mean %s?"):format(names[near]) or nil
end

--- For xpcall: the message, the frames and whether it was Ctrl-C.
---@return {message: string, frames: string[], interrupted: boolean, hint: string?}
function errors.capture(value)
  if getmetatable(value) == Problem then return value end -- of a call inside of a call
  local compiles = jit.status()
  jit.off() -- after a stack overflow there is no room for LuaJIT's compiler
  local ok, message = pcall(text_of, value)
  if not ok then message = "(an error whose message cannot be shown)" end
  local found, list = pcall(frames, 3)
  local guessed, guess = pcall(hint, message)
  if compiles then jit.on() end
  return setmetatable({
    message = message, frames = found and list or {},
    interrupted = match(message, "interrupted$") ~= nil,
    hint = guessed and guess or nil,
  }, Problem)
end

--- The lines to show.
---@param problem any   of errors.capture; after a stack overflow a text of LuaJIT's
---@return string first, string rest
function errors.describe(problem)
  if type(problem) ~= "table" then problem = { message = tostring(problem), frames = {} } end
  local lines = {}
  for i, frame in ipairs(problem.frames) do
    if i > MOST_FRAMES then
      lines[#lines + 1] = ("  ... %d more"):format(#problem.frames - MOST_FRAMES)
      break
    end
    lines[#lines + 1] = "  " .. frame
  end
  if problem.hint then lines[#lines + 1] = "  " .. problem.hint end
  return problem.message, table.concat(lines, "\n")
end

return errors
