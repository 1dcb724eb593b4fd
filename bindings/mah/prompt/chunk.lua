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

local SEPARATE = " do end " -- as `;` does, which may stand there already

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

--- Before .. text .. after, compiled; `after` is on the text's last line, so that errors tell no
--- line that is not there, unless that one ends in a comment.
local function compile_between(before, text, after, compiled)
  local f = compile(before .. text .. after, compiled)
  return f or compile(before .. text .. "\n" .. after, compiled)
end

local function compile_expression(text, compiled)
  return compile_between("(...)(", text, ")", compiled)
end

--- A statement, with a last one that calls the chunk's argument: keep() of locals. Where the text
--- ends in a return, or in anything else that does not go with it, the text alone.
local function compile_statement(text)
  local f, message = compile(text)
  if not f then return nil, message end
  local ends_in_comment = loadstring(text .. " =") -- which would hide the call as well
  return compile(text .. (ends_in_comment and "\n" or "") .. SEPARATE .. "(...)()") or f
end

--- The text with blanks for what stands in strings and comments.
local function mask(text)
  local function blank(s) return (s:gsub("[^\n]", " ")) end
  local out, at = {}, 1
  while at <= #text do
    local stop
    local level = text:match("^%-?%-?%[(=*)%[", at)
    if level and text:find("^%-%-%[", at) or text:find("^%[=*%[", at) then
      stop = select(2, text:find("]" .. level .. "]", at, true)) or #text
    elseif text:find("^%-%-", at) then
      stop = (text:find("\n", at, true) or #text + 1) - 1
    elseif text:find("^[\"']", at) then
      local quote = text:sub(at, at)
      stop = at + 1
      while stop < #text and text:sub(stop, stop) ~= quote do
        stop = stop + (text:sub(stop, stop) == "\\" and 2 or 1)
      end
    end
    out[#out + 1] = stop and blank(text:sub(at, stop)) or text:sub(at, at)
    at = (stop or at) + 1
  end
  return table.concat(out)
end

--- Statements and then an expression, `a = 1; a`: its values go to the chunk's argument while the
--- locals are there. A line end between them does as well as a `;`, unless the whole is a statement
--- to which the expression could belong: `x = 1` and `-y` on the next line are one.
local function compile_both(text, is_statement)
  local masked = mask(text)
  for at = #text - 1, 2, -1 do
    if masked:find("^[;\n]", at) then
      local head, tail = text:sub(1, at), text:sub(at + 1)
      local is_apart = not is_statement or text:sub(at, at) == ";" or tail:find "^%s*[%a_]"
      if is_apart and tail:find "%S" and loadstring("return " .. tail) and loadstring(head) then
        return compile_between(head .. SEPARATE .. "(...)(", tail, ")")
      end
    end
  end
end

--- Reads a chunk. Its function f takes another one, which it calls with the expression's values (so
--- that no call is a tail call, whose place errors could not tell), or at the statement's end,
--- while the locals are still there; where an expression follows statements, both.
---@param text string
---@param compiled boolean|nil   true: LuaJIT may compile it
---@return {f: function?, kind: string?, quiet: boolean?, message: string?}|nil   nil: incomplete
function chunk.read(text, compiled)
  local body, quiet = strip(text:gsub("^%s*=", "", 1))
  local f, why = loadstring("return " .. body, chunk.NAME)
  f = f and (compile_expression(body, compiled) or f)
  if f then return { f = f, kind = "expression", quiet = quiet, text = body } end
  local statement, message = compile_statement(body)
  f = compile_both(body, statement)
  if f then return { f = f, kind = "both", quiet = quiet, text = body } end
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
