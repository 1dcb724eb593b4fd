--- What is typed at the prompt as Lua: is it complete, an expression, silenced by a `;`?
---
---     local c = chunk.read "1 + 1"       --> {f = function, kind = "expression", quiet = false}
---     chunk.read "for i = 1, 3 do"       --> nil: more lines are needed
---     chunk.read "x = = 1"               --> {message = "prompt:1: unexpected symbol near '='"}
---
--- The functions run interpreted, with all that they define: LuaJIT's compiled code would not
--- notice Ctrl-C. What they call in modules stays compiled.
local jit = jit
local loadstring = loadstring

local chunk = {}

chunk.NAME = "=prompt"

--- Does the message say that the text stopped too early?
local function wants_more(message)
  return message:sub(-7) == "'<eof>'" and not message:find("unfinished string", 1, true)
end

local function compile(text, compiled)
  local f, message = loadstring(text, chunk.NAME)
  if f and not compiled then jit.off(f, true) end
  return f, message
end

--- Without the `;` (and spaces) at the end, and whether there was one. A comment keeps its own.
local function strip(text)
  local body = text:match "^(.-)%s*;[;%s]*$"
  if body and not body:match "%-%-[^\n]*$" then return body, true end
  return text, false
end

--- A statement, with a last one that calls the chunk's argument: keep() of locals. Where the text
--- ends in a return, or in anything else that does not go with it, the text alone.
local function compile_statement(text)
  local f, message = compile(text)
  if not f then return nil, message end
  return compile(text .. "\n;(...)()") or f
end

--- Reads a chunk. Its function f takes another one, which it calls with the expression's values (so
--- that no call is a tail call, whose place errors could not tell), or at the statement's end,
--- while the locals are still there.
---@param text string
---@param compiled boolean|nil   true: LuaJIT may compile it
---@return {f: function?, kind: string?, quiet: boolean?, message: string?}|nil   nil: incomplete
function chunk.read(text, compiled)
  local body, quiet = strip(text:gsub("^%s*=", "", 1))
  local f, why = loadstring("return " .. body, chunk.NAME)
  f = f and (compile("(...)(" .. body .. "\n)", compiled) or f)
  if f then return { f = f, kind = "expression", quiet = quiet, text = body } end
  local statement, message = compile_statement(body)
  if statement then return { f = statement, kind = "statement", quiet = quiet, text = body } end
  if wants_more(why) or wants_more(message) then return nil end
  return { message = message }
end

--- The locals of the function at `level` of the stack, as {name, value} in their order.
---@param level integer
---@return table[]
function chunk.locals(level)
  local list, i = {}, 1
  while true do
    local name, value = debug.getlocal(level + 1, i)
    if not name then return list end
    if name:match "^[%a_][%w_]*$" then list[#list + 1] = { name, value } end
    i = i + 1
  end
end

return chunk
