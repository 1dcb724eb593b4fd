--- Whole files in and out. Writing goes beside the target and is then renamed: a file is never left
--- half-written.
---
---     local file = require "mah.base.file"
---     file.write("out/table.csv", "a,b\n1,2\n")
---     print(#file.read "out/table.csv")
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local foreign = require "mah.base.foreign"

foreign.declare [[
int mkdir(const char *path, unsigned mode);
char *strerror(int number);
]]

local file = {}

--- Complains unless `path` is a string that can name a file.
---@return string path
function file.path(path, where)
  if type(path) ~= "string" or path == "" then
    check.raise("%s: a file's path is expected, got %s", where, check.show(path))
  end
  if path:find("\0", 1, true) then check.raise("%s: the path contains a zero byte", where) end
  return path
end

--- Is there something to read that is not a directory?
---@param path string
---@return boolean
function file.exists(path) return C.mah_file_exists(file.path(path, "file.exists")) ~= 0 end

--- Puts `text` into the file. Errors name the path and what the system says.
---@param path string
---@param text string
function file.write(path, text)
  file.path(path, "file.write")
  if type(text) ~= "string" then
    check.raise("file.write: a string is expected, got %s", check.show(text))
  end
  check.status(C.mah_file_write(path, text, #text))
end

--- The file's bytes. Errors name the path and what the system says.
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
