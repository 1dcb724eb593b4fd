--- The prompt's commands around the session:  %ls  %cd folder  %history  %edit  %reset  !command
---
--- They join those of mah.prompt.magic.
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"
local foreign = require "mah.base.foreign"

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
  return status ~= 0 and ("exit status %d"):format(status > 255 and status / 256 or status) or nil
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

--- %history COUNT
---
--- Shows what was typed in this session, or the last COUNT entries of it, with their numbers.
function commands.history(session, rest)
  local entries = session.history.entries
  local count = rest == "" and #entries or check.that(tonumber(rest), "a number is expected")
  local lines = {}
  for i = math.max(1, #entries - count + 1), #entries do
    lines[#lines + 1] = ("%4d  %s"):format(i, (entries[i]:gsub("\n", "\n      ")))
  end
  return table.concat(lines, "\n")
end

--- The number of the last entry that is Lua.
local function last_chunk(entries)
  local at = #entries
  while at > 0 and entries[at]:find "^%s*[%%!?]" do at = at - 1 end
  return at
end

--- %edit NUMBER
---
--- Opens the last chunk, or that entry of %history, in $VISUAL or $EDITOR; what is saved runs.
function commands.edit(session, rest)
  local entries = session.history.entries
  local at = rest == "" and last_chunk(entries)
    or check.that(tonumber(rest), "a number is expected")
  if rest ~= "" and not entries[at] then
    check.raise("there is no entry %s; %%history lists them", rest)
  end
  local path = os.tmpname()
  file.write(path, (entries[at] or "") .. "\n")
  local editor = os.getenv "VISUAL" or os.getenv "EDITOR" or "vi"
  local status = os.execute(editor .. " " .. path)
  local text = file.read(path):gsub("%s+$", "")
  os.remove(path)
  check.that(status == 0, "the editor '%s' failed", editor)
  if text ~= "" then session:submit(text) end
end

--- %reset
---
--- Forgets the variables that you have made.
function commands.reset(session)
  local own = session:own_globals()
  for _, pair in ipairs(own) do rawset(_G, pair[1], nil) end
  rawset(_G, "_", nil)
  collectgarbage()
  return ("variables forgotten: %d"):format(#own)
end

return commands
