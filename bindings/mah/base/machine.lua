--- What a run took place on, for manifests.
local C = require "mah.base.library"
local ffi = require "ffi"

local function find_in_file(path, pattern)
  local file = io.open(path)
  if not file then return nil end
  local text = file:read "*a"
  file:close()
  return text:match(pattern)
end

--- What a run takes place on, for manifests: the processor, how many of its cores the program may
--- use (an affinity or a batch system may give it fewer than there are), the vector instructions
--- that the core uses, the operating system and LuaJIT's version.
---
---     local machine = mah.machine()
---     print(type(machine.cpu), machine.cores >= 1)   --> string true
---@return {cpu: string, cores: integer, simd: string, system: string, luajit: string}
return function()
  return {
    cpu = find_in_file("/proc/cpuinfo", "model name%s*:%s*([^\n]+)") or ffi.arch,
    cores = C.mah_cores(),
    simd = ffi.string(C.mah_simd_name(C.mah_simd_current())),
    system = find_in_file("/etc/os-release", 'PRETTY_NAME="([^"\n]+)"') or ffi.os,
    luajit = jit.version,
  }
end
