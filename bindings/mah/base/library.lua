--- The core as LuaJIT sees it: declares it to the FFI, finds it, and checks that the two agree.
---
---     local C = require "mah.base.library"
---     C.mah_memory_live()
local ffi = require "ffi"
local places = require "mah.base.places"

ffi.cdef(require "mah.base.declarations")

--- Inside the program `mah` the core is part of the process. Under a stock luajit it is libmah.so.
local function find()
  if places.is_program() then return ffi.C end
  local tried = {}
  for _, path in ipairs(places.of "libmah.so") do
    local ok, library = pcall(ffi.load, path)
    if ok then return library end
    tried[#tried + 1] = tostring(library)
  end
  error("mah: cannot load libmah.so: " .. table.concat(tried, "; "), 0)
end

local C = find()

local entry = C.mah_abi()
local i = 0
while entry[i].type ~= nil do
  local type, size = ffi.string(entry[i].type), tonumber(entry[i].size)
  if ffi.sizeof(type) ~= size then
    error(("mah: %s has %d bytes in the declarations and %d in the library: they are of different "
      .. "versions"):format(type, ffi.sizeof(type), size), 0)
  end
  i = i + 1
end

-- A script that calls many operations has more traces than LuaJIT's limits foresee, at which it
-- throws all of them away and begins again (tests/bench/mixed_loop.lua).
if jit.opt then jit.opt.start("maxtrace=8000", "maxmcode=8192", "maxside=500") end

C.mah_parallel_use(C.mah_parallel_cores())

return C
