--- The core as LuaJIT sees it: declares it to the FFI, finds it, and checks that the two agree.
---
---     local C = require "mah.base.library"
---     C.mah_memory_live()
local ffi = require "ffi"

ffi.cdef(require "mah.base.declarations")

--- Inside the program `mah` the core is part of the process. Under a stock luajit it is libmah.so,
--- looked for beside the installed modules (PREFIX/share/lua/5.1/mah -> PREFIX/lib) and then where
--- the system looks.
local function find()
  if pcall(function() return ffi.C.mah_version end) then return ffi.C end
  local prefix = debug.getinfo(1, "S").source:match "^@(.*)/share/lua/5%.1/mah/base/library%.lua$"
  local tried = {}
  for _, path in ipairs(prefix and {
    prefix .. "/lib/libmah.so",
    prefix .. "/lib/" .. ffi.arch:gsub("x64", "x86_64"):gsub("arm64", "aarch64")
      .. "-linux-gnu/libmah.so",
    "mah",
  } or { "mah" }) do
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
