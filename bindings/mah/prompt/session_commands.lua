--- The prompt's commands around the session:  %ls  %cd folder  %history  %edit  %reset  !command
---
--- They join those of mah.prompt.magic.
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"
local foreign = require "mah.base.foreign"
local glob = require "mah.base.glob"
local options = require "mah.base.options"
local shell = require "mah.base.shell"

foreign.declare [[
int chdir(const char *path);
char *getcwd(char *out, size_t size);
char *strerror(int number);
]]

local MOST = 4096 -- bytes of a path

local commands = {}

--- %shell COMMAND
---
--- Runs a command of the shell; `!command` is short for it.
function commands.shell(_, rest)
  check.that(rest ~= "", "a command is expected")
  io.stdout:flush()
  local status = os.execute(rest)
  if status == 0 then return nil end
  if status < 128 then return ("ended by signal %d"):format(status) end
  return ("exit status %d"):format(status > 255 and status / 256 or status)
end

--- %ls FOLDER
---
--- Lists the files of a folder, as the shell's ls does.
function commands.ls(session, rest) return commands.shell(session, "ls -F " .. rest) end

--- %cd FOLDER
---
--- Changes the folder, to the home folder when none is named, and tells where you are.
function commands.cd(_, rest)
  if rest == "" then rest = "~" end
  local home = os.getenv "HOME" or "/"
  local path = (rest == "~" or rest:sub(1, 2) == "~/") and home .. rest:sub(2) or rest
  if ffi.C.mah_chdir(path) ~= 0 then
    error(("%s: %s"):format(path, ffi.string(ffi.C.mah_strerror(ffi.errno()))), 0)
  end
  local out = ffi.new("char[?]", MOST)
  return ffi.C.mah_getcwd(out, MOST) ~= nil and ffi.string(out) or path
end

local function entry_line(number, text)
  return ("%4s  %s"):format(number, (text:gsub("\n", "\n      ")))
end

--- Entries with the text in them: of earlier sessions, and with their numbers those of this one.
local function matching(history, text)
  local lines = {}
  for _, entry in ipairs(history.earlier) do
    if entry:find(text, 1, true) then lines[#lines + 1] = entry_line("", entry) end
  end
  for i, entry in ipairs(history.entries) do
    if entry:find(text, 1, true) and i < #history.entries then
      lines[#lines + 1] = entry_line(i, entry)
    end
  end
  return lines
end

--- %history [COUNT|TEXT]
---
--- Shows what was typed in this session with its numbers; the last COUNT entries of it; or all
--- entries, also of earlier sessions, with TEXT in them.
function commands.history(session, rest)
  local entries, count = session.history.entries, tonumber(rest)
  if rest ~= "" and not count then return table.concat(matching(session.history, rest), "\n") end
  local lines = {}
  for i = math.max(1, #entries - (count or #entries) + 1), #entries do
    lines[#lines + 1] = entry_line(i, entries[i])
  end
  return table.concat(lines, "\n")
end

-- -- Editing --------------------------------------------------------------------------------------

--- The number of the last entry that is Lua.
local function last_chunk(entries)
  local at = #entries
  while at > 0 and entries[at]:find "^%s*[%%!?]" do at = at - 1 end
  return at
end

local function open_editor(path)
  local editor = os.getenv "VISUAL" or ""
  if editor == "" then editor = os.getenv "EDITOR" or "vi" end
  check.that(os.execute(editor .. " " .. shell.quote(path)) == 0, "the editor '%s' failed", editor)
end

--- Has the text edited, and runs it.
local function edit_text(session, text)
  local path = os.tmpname()
  file.write(path, text .. "\n")
  local ok, problem = pcall(open_editor, path)
  text = file.read(path):gsub("%s+$", "")
  os.remove(path)
  if not ok then error(problem, 0) end
  if text ~= "" then session:submit(text) end
end

local function edit_file(session, path)
  open_editor(path)
  if not file.exists(path) then return ("%s was not written"):format(path) end
  session:command("%run -i " .. path)
end

--- The functions of the session's own and the Lua files here, as a set: what a misspelt name may
--- have been meant to be.
local function editable(session, path)
  local found, folder = {}, path:match "^(.*/)" or ""
  for _, pair in ipairs(session:variables()) do
    if type(pair[2]) == "function" then found[pair[1]] = true end
  end
  for _, name in ipairs(glob.matching(folder)) do
    if name:find "%.lua$" then found[name] = true end
  end
  return found
end

--- A new file is one that its name says is Lua, and that is not nearly the name of another.
local function edit_new_file(session, path)
  local near = options.nearest(path, editable(session, path))
  check.that(not near and path:find "%.lua$", "there is no file or function '%s'%s", path,
    near and ("; did you mean '%s'? !touch %s makes a new file"):format(near, shell.quote(path))
      or "; the name of a new file ends in .lua")
  return edit_file(session, path)
end

--- A function that was typed, by its text; one of a script, by its file.
local function edit_function(session, name, f)
  local info = debug.getinfo(f, "S")
  local text = info.what ~= "C" and require("mah.prompt.chunk_sources").of(f)
  if text then return edit_text(session, text) end
  local path = info.source:match "^@(.*)$"
  check.that(path, "%s is not of a file, and was not typed here", name)
  edit_file(session, path)
end

--- %edit [NUMBER|FILE|NAME]
---
--- Opens the last chunk, that entry of %history, a file, or where that function of yours was
--- written, in $VISUAL or $EDITOR; what is saved runs. A file may be new, where its name ends in
--- .lua and no other is called nearly so.
function commands.edit(session, rest)
  local entries, number = session.history.entries, tonumber(rest)
  if rest == "" then return edit_text(session, entries[last_chunk(entries)] or "") end
  if number then
    if not entries[number] then
      check.raise("there is no entry %s; %%history lists them", rest)
    end
    return edit_text(session, entries[number])
  end
  local value = rest:match "^[%w_.]+$" and session:resolve(rest)
  if type(value) == "function" then return edit_function(session, rest, value) end
  if file.exists(rest) then return edit_file(session, rest) end
  check.that(value == nil or value == false, "%s is %s; functions and files can be edited", rest,
    check.show(value))
  return edit_new_file(session, rest)
end

--- %reset
---
--- Forgets the variables that you have made.
function commands.reset(session)
  if session.scope then error("%reset: the variables are the script's", 0) end
  local own = session:variables()
  for _, pair in ipairs(own) do rawset(_G, pair[1], nil) end
  rawset(_G, "_", nil)
  collectgarbage()
  return ("variables forgotten: %d"):format(#own)
end

return commands
