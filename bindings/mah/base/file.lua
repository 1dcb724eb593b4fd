--- Whole files in and out. Writing goes beside the target and is then renamed: a file is never left
--- half-written.
---
---     mah.file.make_directory "out"
---     mah.file.write("out/table.csv", "a,b\n1,2\n")
---     print(#mah.file.read "out/table.csv")   --> 8
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local foreign = require "mah.base.foreign"

foreign.declare [[
int mkdir(const char *path, unsigned mode);
char *strerror(int number);
]]

local file = {}

--- The path itself, if it is a string that can name a file; anything else is an error that begins
--- with `where`.
---
---     print(mah.file.path("out/table.csv", "my function"))   --> out/table.csv
---@param path any
---@param where string   the function's name, for the message
---@return string path
function file.path(path, where)
  if type(path) ~= "string" or path == "" then
    check.raise("%s: a file's path is expected, got %s", where, check.show(path))
  end
  if path:find("\0", 1, true) then check.raise("%s: the path contains a zero byte", where) end
  return path
end

--- Is there a file to read, and not a directory?
---
---     mah.file.write("note.txt", "hello")
---     print(mah.file.exists "note.txt", mah.file.exists "missing.txt")   --> true false
---@param path string
---@return boolean
function file.exists(path) return C.mah_file_exists(file.path(path, "file.exists")) ~= 0 end

--- Writes a text into a file, all or nothing: beside it first, and then renamed. Errors name the
--- path and what the system says.
---
---     mah.file.write("note.txt", "hello")
---     print(mah.file.read "note.txt")   --> hello
---@param path string
---@param text string   any bytes
function file.write(path, text)
  file.path(path, "file.write")
  if type(text) ~= "string" then
    check.raise("file.write: a string is expected, got %s", check.show(text))
  end
  check.status(C.mah_file_write(path, text, #text))
end

--- The bytes of a whole file, as a string. Errors name the path and what the system says.
---
---     mah.file.write("note.txt", "one\ntwo\n")
---     print(#mah.file.read "note.txt")   --> 8
---@param path string
---@return string
function file.read(path)
  local handle, message = io.open(file.path(path, "file.read"), "rb")
  if not handle then check.raise("cannot read '%s': %s", path, (message:gsub("^.*: ", ""))) end
  local text, why = handle:read "*a"
  handle:close()
  if not text then check.raise("cannot read '%s': %s", path, tostring(why)) end
  return text
end

--- Makes a directory and those above it; one that is there already is fine.
---
---     mah.file.make_directory "out/pictures"
---     mah.file.write("out/pictures/note.txt", "hello")
---     print(mah.file.exists "out/pictures/note.txt")   --> true
---@param path string
function file.make_directory(path)
  file.path(path, "file.make_directory")
  local sofar = path:sub(1, 1) == "/" and "/" or ""
  for part in path:gmatch "[^/]+" do
    sofar = sofar .. part .. "/"
    local made = ffi.C.mah_mkdir(sofar, tonumber("777", 8)) == 0
    local why = ffi.string(ffi.C.mah_strerror(ffi.errno()))
    if not made and C.mah_file_is_directory(sofar) == 0 then
      if C.mah_file_exists(sofar:sub(1, -2)) ~= 0 then why = sofar:sub(1, -2) .. " is a file" end
      check.raise("cannot make directory '%s': %s", path, why)
    end
  end
end

return file
