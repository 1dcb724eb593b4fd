--- What a run took place on, for manifests:
---   mah.machine() -> {cpu =, cores =, simd =, system =, luajit =}
local C = require "mah.base.library"
local ffi = require "ffi"
local foreign = require "mah.base.foreign"

foreign.declare "long sysconf(int name);"

local SC_NPROCESSORS_ONLN = 84 -- Linux

local function find_in_file(path, pattern)
  local file = io.open(path)
  if not file then return nil end
  local text = file:read "*a"
  file:close()
  return text:match(pattern)
end

---@return {cpu: string, cores: integer, simd: string, system: string, luajit: string}
return function()
  return {
    cpu = find_in_file("/proc/cpuinfo", "model name%s*:%s*([^\n]+)") or ffi.arch,
    cores = tonumber(ffi.C.mah_sysconf(SC_NPROCESSORS_ONLN)),
    simd = ffi.string(C.mah_simd_name(C.mah_simd_current())),
    system = find_in_file("/etc/os-release", 'PRETTY_NAME="([^"\n]+)"') or ffi.os,
    luajit = jit.version,
  }
end
