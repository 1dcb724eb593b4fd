--- Which process this is, so that a store can tell who is running its study: a process number alone
--- would come back one day.
---
---     local owner = process.describe(process.id())      --> "4711 182736": number and start
local ffi = require "ffi"
local foreign = require "mah.base.foreign"

foreign.declare "int getpid(void);"

local process = {}

--- The number of this process.
---@return integer
function process.id() return ffi.C.mah_getpid() end

--- Number and start time of a process of this machine: they tell it from all others, dead ones
--- included.
---@param pid integer|string
---@return string|nil   nil: there is none, or it has ended
function process.describe(pid)
  local stat = io.open("/proc/" .. pid .. "/stat")
  if not stat then return nil end
  local state, rest = (stat:read "*a" or ""):match "^.*%) (%a) (.*)$"
  stat:close()
  if not state or state == "Z" or state == "X" then return nil end
  local fields = {}
  for field in rest:gmatch "%S+" do fields[#fields + 1] = field end
  return pid .. " " .. tostring(fields[19]) -- field 22 of proc(5): the start time
end

--- The name of this machine.
---@return string
function process.host()
  local handle = io.open "/proc/sys/kernel/hostname"
  local name = handle and handle:read "*l" or "localhost"
  if handle then handle:close() end
  return name
end

return process
