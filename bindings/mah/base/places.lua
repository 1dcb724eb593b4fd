--- Where a shared library of mah's may lie: beside the program (its build folder), in the lib
--- folder that it was installed with, and where the system looks.
---
---     places.of "libmah_mpi.so"     --> {"/usr/local/bin/libmah_mpi.so", ...}
local ffi = require "ffi"

local places = {}

--- The program's folder: that of the first file in its memory, which a sanitizer's shadow may come
--- before. nil where it cannot be told.
local function program_folder()
  local maps = io.open "/proc/self/maps"
  local text = maps and maps:read "*a"
  if maps then maps:close() end
  return text and text:match "(/[^\n]*)/[^/\n]+\n"
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
    list[#list + 1] = from .. "/lib/" .. name
    list[#list + 1] = ("%s/lib/%s-linux-gnu/%s"):format(from, system, name)
  end
  list[#list + 1] = name
  return list
end

return places
