--- The prompt's session: takes lines, runs what is complete, shows values and errors.
--- bindings/repl.c reads the lines and calls step, interrupt, complete and finish.
---
---     local session = require "mah.prompt.repl"(is_terminal)
---     local prompt = session.step "1 + 1"                --> shows 2; the next prompt
---
--- A chunk's locals are kept as globals when it ends: at a prompt, `local x = 1` is meant to last.
local C = require "mah.base.library"
local chunk = require "mah.prompt.chunk"
local errors = require "mah.prompt.errors"
local interactive = require "mah.base.interactive"
local progress = require "mah.base.progress"
local scopes = require "mah.prompt.scope"
local sources = require "mah.prompt.chunk_sources"
local terminal = require "mah.base.terminal"

-- What the user may overwrite in _G.
local xpcall, pcall, type, select, unpack, rawset = xpcall, pcall, type, select, unpack, rawset
local sethook, stdout, format = debug.sethook, io.stdout, string.format
local setfenv = setfenv
local sub, match, find = string.sub, string.match, string.find

local PROMPT, MORE = "mah> ", "...> "
local SLOW = 0.05 -- seconds; slower results show their time

local Session = {}
Session.__index = Session

-- -- Output ---------------------------------------------------------------------------------------

local function write(text) stdout:write(text, "\n") end

--- In the prompt's colours. libedit does not count what stands between the two marks, and loses it
--- at the end: so the space comes last.
local function prompt_text(session, text)
  if not session.is_terminal or terminal.depth() == "none" then return text end
  return format("\1\27[1;34m\2%s\1\27[0m\2 ", sub(text, 1, -2))
end

local function show_error(problem, code)
  local message, rest = errors.describe(problem)
  local interrupted = type(problem) == "table" and problem.interrupted
  write(terminal.paint("error", interrupted and "" or "error: ") .. message)
  if rest ~= "" then write(terminal.paint("dim", rest)) end
  local kept = interrupted and require("mah.prompt.kept").text(code)
  if kept then write(kept) end
end

--- Shows a chunk's values: on one line when all are short.
local function show_values(...)
  local print_ = require "mah.prompt.print"
  local texts, size, lines = {}, 0, false
  for i = 1, select("#", ...) do
    texts[i] = print_.text((select(i, ...)))
    size = size + #texts[i]
    lines = lines or find(texts[i], "\n", 1, true) ~= nil
  end
  if #texts == 0 then return end
  write(table.concat(texts, (lines or size > 60) and "\n" or "   "))
end

-- -- Running --------------------------------------------------------------------------------------

--- Calls f protected, as the user's code. Afterwards nothing of a Ctrl-C is left.
---@return boolean ok, any ...   results, or the problem for errors.describe
function Session.call(session, f, ...)
  local arguments, n = { ... }, select("#", ...)
  C.mah_interrupt_clear()
  interactive.watches = session.is_terminal
  local function finish(...)
    sethook()
    interactive.watches = false
    progress.close()
    C.mah_interrupt_clear()
    return ...
  end
  return finish(xpcall(function() return f(unpack(arguments, 1, n)) end, errors.capture))
end

--- Keeps the locals of the chunk at that level.
local function keep_locals(session, level)
  local scope = session.scope
  for _, pair in ipairs(chunk.locals(level)) do
    if scope then scope:set(pair[1], pair[2]) else rawset(_G, pair[1], pair[2]) end
  end
end

local function remember(session, value)
  if value ~= nil then rawset(session.scope and session.scope.own or _G, "_", value) end
end

--- Code of mah.prompt.chunk, with the names of the session's scope.
function Session:within(code)
  if self.scope and code and code.f then setfenv(code.f, self.scope.env) end
  return code
end

--- Runs a chunk of mah.prompt.chunk and shows its values. An error leaves as it is: a table that
--- errors.capture made.
function Session:evaluate(code)
  local values, n = {}, 0
  local function collect(...) values, n = { ... }, select("#", ...) end
  local function finish(ok, ...)
    if not ok then error((...), 0) end
    if select("#", ...) > 0 then collect(...) end
  end
  local function keep() keep_locals(self, 3) end
  local function keep_and_collect(...)
    keep_locals(self, 3)
    collect(...)
  end
  finish(self:call(self:within(code).f, code.kind == "expression" and collect
    or code.kind == "both" and keep_and_collect or keep))
  remember(self, values[1])
  if code.quiet or n == 0 then return end
  local shown, problem = self:call(show_values, unpack(values, 1, n))
  if not shown then error(problem, 0) end
end

--- Runs work(), tells its error; true when there was none. text: what was typed.
local function guarded(text, work, ...)
  local ok, problem = pcall(work, ...)
  sethook()
  if not ok then
    if not pcall(show_error, problem, text) then write "error: (it cannot be shown)" end
  end
  return ok
end

local function run_code(session, text)
  local code = chunk.read(text) or { message = select(2, loadstring(text, chunk.NAME)) }
  if code.message then return guarded(text, error, errors.capture(code.message), 0) end
  sources.add(code)
  local start = progress.now()
  local ok = guarded(text, session.evaluate, session, code)
  local seconds = progress.now() - start
  if seconds > SLOW then
    write(terminal.paint("dim", "(" .. require("mah.prompt.magic").duration(seconds) .. ")"))
  end
  if ok then session.lines[#session.lines + 1] = text end
  return ok
end

-- -- Commands -------------------------------------------------------------------------------------

--- Runs a line like "%time f(x)"; gives what is to be shown.
---@param line string
---@return string|nil
function Session:command(line) return require("mah.prompt.magic").run(self, line) end

--- What a path of names stands for.
function Session.resolve(_, path) return (require("mah.prompt.complete").resolve(path)) end

--- What a line like "?train", "train?" or "??word" asks for: "help" or "search", and the word.
local function question(line)
  local word = match(line, "^%s*%?%?%s*(.-)%s*$") or match(line, "^%s*([%w_.:]+)%?%?%s*$")
  if word then return "search", word end
  word = match(line, "^%s*%?%s*(.-)%s*$") or match(line, "^%s*([%w_.:]+)%?%s*$")
  if word then return "help", word end
end

--- A name stands for its value where it is one of Mah's, or has methods; else for itself.
local function help_text(word)
  local help, public = require("mah.prompt.answer").help, require "mah.docs.public"
  local class_of = require("mah.docs.members").class_of
  if word == "" then return help() end
  local value = require("mah.prompt.complete").resolve(word)
  if value == nil or type(value) == "string" then return help(word) end
  if value == require "mah" or class_of(value) or public.find(value) then
    return help(value)
  end
  return help(#public.named(word) > 0 and word or value)
end

local function answer(session, line)
  local kind, word = question(line)
  if kind == "search" then return require("mah.docs.page").search(word) end
  if kind == "help" then return help_text(word) end
  return session:command(match(line, "^%s*(.*)$"))
end

--- A chunk of several lines is none.
local function is_command(line)
  if find(line, "\n", 1, true) then return false end
  return match(line, "^%s*[%%!]") ~= nil or question(line) ~= nil
end

--- `exit`, `quit()` ..., unless they are names of the user's own.
local function is_farewell(line)
  local name = match(line, "^%s*(%a+)%s*;?%s*$") or match(line, "^%s*(%a+)%s*%(%s*%)%s*;?%s*$")
  return (name == "exit" or name == "quit") and scopes.get(name) == nil
end

local function run_command(session, line)
  guarded(line, function()
    local ok, text = session:call(answer, session, line)
    if not ok then error(text, 0) end
    if text then require("mah.base.pager").show(text) end
  end)
end

-- -- Lines ----------------------------------------------------------------------------------------

local function take(session, line)
  if session.pending then
    line = session.pending .. "\n" .. line
  elseif is_command(line) then
    session.history:add(line)
    return run_command(session, line)
  elseif is_farewell(line) then
    session.has_ended = true
    return
  end
  if match(line, "^%s*$") then return end
  if not chunk.read(line) then
    session.pending = line
    return
  end
  session.pending = nil
  session:submit(line)
end

--- Runs a text as if it were typed.
---@param text string
function Session:submit(text)
  self.history:add(text)
  run_code(self, text)
end

--- The user's globals, or within a script what it has of its own, as {name, value} sorted by name.
function Session:variables()
  local list = {}
  if self.scope then
    for i, name in ipairs(self.scope:names()) do list[i] = { name, self.scope:get(name) } end
    return list
  end
  for name, value in next, _G do
    if type(name) == "string" and not self.first_names[name] and name ~= "_" then
      list[#list + 1] = { name, value }
    end
  end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return list
end

--- false at the session's end.
function Session:next_prompt()
  if self.has_ended then return false end
  return prompt_text(self, self.pending and MORE or PROMPT)
end

--- Ctrl-C while a line was typed drops the chunk. Again and again, and somebody wants to leave.
local function drop_line(session)
  session.pending = nil
  session.drops = session.drops + 1
  if session.is_terminal then write "" end
  if session.drops % 3 == 0 then write(terminal.paint("dim", "Ctrl-D or exit leaves")) end
end

--- ~/.config/mah/init.lua, or in $XDG_CONFIG_HOME.
local function startup_path()
  local config, home = os.getenv "XDG_CONFIG_HOME", os.getenv "HOME"
  local folder = config and sub(config, 1, 1) == "/" and config or home and home .. "/.config"
  return folder and folder .. "/mah/init.lua"
end

--- Runs the user's file; an error in it is told, and the prompt opens.
local function run_startup(session)
  local path = startup_path()
  local handle = path and io.open(path)
  if not handle then return end
  handle:close()
  guarded("", function()
    local f, message = loadfile(path)
    if not f then error(message, 0) end
    local ok, problem = session:call(f)
    if not ok then error(problem, 0) end
  end)
end

local function greet()
  local mah = require "mah"
  local simd = require("ffi").string(C.mah_simd_name(C.mah_simd_current()))
  write(terminal.paint("dim", format("mah %s (%s, %s)   ? for help, Ctrl-D to leave", mah.version,
    jit.version, simd)))
end

--- `mah`, `show` and `help` as globals, or names of the scope's own; show and help are loaded when
--- they are first called.
local function set_names(where)
  local mah = require "mah"
  if rawget(where, "mah") == nil then rawset(where, "mah", mah) end
  for _, name in ipairs { "show", "help" } do
    if rawget(where, name) == nil then
      rawset(where, name, function(...) return mah[name](...) end)
    end
  end
end

local history -- one for all prompts of the process: libedit has its entries once

local function new_session(is_terminal, scope)
  local session = setmetatable({
    is_terminal = is_terminal, lines = {}, first_names = {}, drops = 0, scope = scope,
  }, Session)
  set_names(scope and scope.own or _G)
  for name in next, _G do session.first_names[name] = true end
  history = history or require("mah.prompt.history").open(is_terminal)
  session.history = history
  return session
end

--- The functions that bindings/repl.c calls.
---@param is_terminal boolean   is libedit reading?
---@param has_startup boolean   run the user's init.lua, if it is a terminal
---@param scope table|nil       of a script that waits (mah.prompt.scope)
return function(is_terminal, has_startup, scope)
  local session = new_session(is_terminal, scope)
  if is_terminal and not scope then greet() end
  if is_terminal and has_startup then run_startup(session) end

  return {
    session = session,
    step = function(line)
      sethook()
      session.drops = 0
      take(session, line)
      return session:next_prompt()
    end,
    interrupt = function()
      sethook()
      drop_line(session)
      return session:next_prompt()
    end,
    complete = function(line, word)
      local text = session.pending and session.pending .. "\n" .. line or line
      return require("mah.prompt.complete").candidates(text, word)
    end,
    finish = function()
      if session.pending then
        run_code(session, session.pending)
      elseif is_terminal and not session.has_ended then
        write ""
      end
      return true
    end,
  }
end
