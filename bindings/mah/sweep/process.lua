--- Which process this is, so that a store can tell who is running its study: a process number alone
--- would come back one day.
---
---     local owner = process.describe(process.id())      --> "4711 182736": number and start
local ffi = require "ffi"
local foreign = require "mah.base.foreign"

foreign.declare [[
int getpid(void);
intptr_t readlink(const char *path, char *out, size_t room);
]]

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

-- -- Among machines -------------------------------------------------------------------------------

--- Where process numbers are unique: the machine since it was started, and the container.
local function place()
  local handle, room = io.open "/proc/sys/kernel/random/boot_id", ffi.new "char[64]"
  local boot = handle and handle:read "*l" or ""
  if handle then handle:close() end
  local length = tonumber(ffi.C.mah_readlink("/proc/self/ns/pid", room, 64))
  local space = length > 0 and ffi.string(room, length):match "%d+" or "0"
  return boot:sub(1, 8) .. "-" .. space
end

--- Who this process is among those of many machines: "HOST PID START PLACE".
---@return string
function process.owner()
  local pid = process.id()
  return ("%s %s %s"):format(process.host(), process.describe(pid) or pid .. " 0", place())
end

--- Has such a process ended? nil: it is of another machine or container, where that cannot be seen.
---@param owner string
---@return boolean|nil, integer|nil pid
function process.has_ended(owner)
  local host, description, there = owner:match "^(.-) (%d+ %d+) (%S+)$"
  if host ~= process.host() or there ~= place() then return nil end
  local pid = description:match "^%d+"
  return process.describe(pid) ~= description, tonumber(pid)
end

return process
