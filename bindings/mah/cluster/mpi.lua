--- The library with MPI (core/cluster/mpi.h), which a process opens that is to be a rank's: never a
--- plain `mah script.lua`.
---
---     local path = mpi.find()           -- nil: mah was built without MPI
---     local M = mpi.open()              -- M.mah_mpi_begin(place) ...
---     mpi.status(M.mah_mpi_barrier())
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local places = require "mah.base.places"

local mpi = {}

local NAME = "libmah_mpi.so"
local opened

--- The path of the library, which is not opened; nil where there is none.
---@return string|nil
function mpi.find()
  for _, path in ipairs(places.of(NAME)) do
    local file = path:find "/" and io.open(path, "rb")
    if file then
      file:close()
      return path
    end
  end
end

--- Opens the library, and MPI with it.
---@return ffi.namespace*
function mpi.open()
  if opened then return opened end
  local path = mpi.find()
  check.that(path, "there is no %s: mah was built where CMake found no MPI", NAME)
  local ok, found = pcall(ffi.load, path, true) -- MPI's own plug-ins look for its symbols
  check.that(ok, "MPI cannot be loaded: %s", tostring(found))
  opened = found
  return opened
end

--- Raises MPI's message unless the status is MAH_OK.
---@param status integer
function mpi.status(status)
  if status ~= C.MAH_OK then check.raise("%s", ffi.string(opened.mah_mpi_message())) end
end

return mpi
