--- Where a shared library of mah's may lie: beside the program (its build folder), in the lib
--- folder that it was installed with, and where the system looks. And where the examples are. All
--- from where this file or the program is now: an installed folder may be moved.
---
---     places.of "libmah_mpi.so"     --> {"/usr/local/bin/libmah_mpi.so", ...}
---     places.examples()             --> "/usr/local/share/mah/examples/"
local ffi = require "ffi"
local foreign = require "mah.base.foreign"
local glob = require "mah.base.glob"

foreign.declare "long readlink(const char *path, char *out, unsigned long size);"

local places = {}

--- The program's folder: that of the first file in its memory, which a sanitizer's shadow may come
--- before. nil where it cannot be told.
local function program_folder()
  local maps = io.open "/proc/self/maps"
  local text = maps and maps:read "*a"
  if maps then maps:close() end
  return text and text:match "(/[^\n]*)/[^/\n]+\n"
end

--- This program's absolute path, whatever PATH is.
---@return string
function places.program()
  local room = 4096
  local out = ffi.new("char[?]", room)
  local n = tonumber(ffi.C.mah_readlink("/proc/self/exe", out, room))
  return n > 0 and n < room and ffi.string(out, n) or "mah"
end

--- Is the core part of this program, and not a library under a stock luajit?
---@return boolean
function places.is_program() return (pcall(function() return ffi.C.mah_version end)) end

--- The prefix that these modules, or the program, were installed under; or nil.
local function prefix()
  local installed = debug.getinfo(1, "S").source:match "^@(.*)/share/lua/5%.1/mah/base/places%.lua$"
  if installed then return installed end
  local folder = places.is_program() and program_folder()
  return folder and folder:match "^(.*)/bin$"
end

--- Paths in the order in which to try them.
---@param name string   "libmah.so"
---@return string[]
function places.of(name)
  local list, from = {}, prefix()
  local folder = places.is_program() and program_folder()
  if folder then list[1] = folder .. "/" .. name end
  if from then
    local system = ffi.arch:gsub("x64", "x86_64"):gsub("arm64", "aarch64")
    for _, lib in ipairs { "lib", "lib64", ("lib/%s-linux-gnu"):format(system), "lib/lua/5.1" } do
      list[#list + 1] = ("%s/%s/%s"):format(from, lib, name) -- the last one: LuaRocks
    end
  end
  list[#list + 1] = name
  return list
end

--- The checkout that a build folder was made for, or nil.
local function checkout_of(folder)
  local cache = io.open(folder .. "/CMakeCache.txt")
  local text = cache and cache:read "*a"
  if cache then cache:close() end
  return text and text:match "\nCMAKE_HOME_DIRECTORY:INTERNAL=([^\n]+)"
end

--- The folder of the examples, with a slash at its end; nil and where it was looked for.
---@return string|nil folder, string[] tried
function places.examples()
  local folder, from, tried = program_folder() or "", prefix(), {}
  local checkout = places.is_program() and checkout_of(folder)
  if checkout then tried[1] = checkout .. "/examples/" end
  if from then
    tried[#tried + 1] = from .. "/share/mah/examples/"
    for _, rock in ipairs(glob.matching(from .. "/lib/luarocks/rocks-5.1/mah/")) do
      tried[#tried + 1] = rock .. "share/mah/examples/"
    end
  end
  for _, place in ipairs(tried) do
    if glob.matching(place)[1] then return place, tried end
  end
  return nil, tried
end

return places
