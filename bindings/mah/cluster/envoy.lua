--- The script's side of the process that speaks MPI for it (core/cluster/envoy.h).
---
---     local envoy = envoys.start(world)             -- all ranks start theirs, once, or none
---     envoy.is.rank, envoy.is.size
---     envoy:send(0, "text")
---     for from, text in envoy:messages() do ... end     -- those that are there
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local mpi = require "mah.cluster.mpi"

local Envoy = {}
Envoy.__index = Envoy

local frame, got, ready = ffi.new "mah_frame", ffi.new "int64_t[1]", ffi.new "uint8_t[1]"
local FRAME = ffi.sizeof "mah_frame"

-- -- Reading --------------------------------------------------------------------------------------

local GONE = "the process that speaks MPI for this rank has ended"

--- n bytes into memory; false where a signal came before the first of them.
local function read(envoy, room, n)
  local at, left = ffi.cast("char *", room), n
  while left > 0 do
    local status = C.mah_worker_receive(got, envoy.channel, at, left)
    if status == C.MAH_ERROR_INTERRUPTED and left == n then return false end
    if status ~= C.MAH_ERROR_INTERRUPTED then
      check.status(status)
      check.that(got[0] > 0, GONE)
      at, left = at + got[0], left - tonumber(got[0])
    end
  end
  return true
end

--- The next frame: its kind, the other rank, and its bytes. Waits for it.
local function next_frame(envoy)
  if not read(envoy, frame, FRAME) then return nil end
  local kind, peer, size = frame.kind, frame.peer, tonumber(frame.size)
  local bytes = ffi.new("char[?]", size)
  repeat until size == 0 or read(envoy, bytes, size)
  local text = ffi.string(bytes, size)
  if kind == C.MAH_FRAME_FAILED then check.raise("%s", text) end
  return kind, peer, text
end

-- -- Messages -------------------------------------------------------------------------------------

--- Sends a text to a rank. It is on its way when this returns, and not yet there.
---@param to integer
---@param text string
function Envoy:send(to, text)
  local head = ffi.new("mah_frame", { C.MAH_FRAME_MESSAGE, to, #text })
  check.status(C.mah_worker_send(self.channel, head, FRAME))
  check.status(C.mah_worker_send(self.channel, text, #text))
end

--- Is there something to read, or is it within so many seconds? A signal ends the waiting.
---@param seconds number
---@return boolean
function Envoy:wait(seconds)
  local channel = ffi.new("int32_t[1]", self.channel)
  check.status(C.mah_worker_poll(ready, channel, 1, seconds))
  return ready[0] ~= 0
end

--- Iterates over the messages that are there: from, text.
function Envoy:messages()
  return function()
    while self:wait(0) do
      local kind, from, text = next_frame(self)
      if kind == C.MAH_FRAME_MESSAGE then return from, text end
      if not kind then return nil end
    end
  end
end

-- -- Starting -------------------------------------------------------------------------------------

--- The envoy's life: what goes wrong before it can speak is told as a failure.
local function live(it)
  debug.sethook()
  local ok, problem = pcall(function() mpi.open().mah_mpi_serve(it.channel, it.room) end)
  if not ok then
    local text = tostring(problem)
    C.mah_worker_send(it.channel, ffi.new("mah_frame", { C.MAH_FRAME_FAILED, 0, #text }), FRAME)
    C.mah_worker_send(it.channel, text, #text)
  end
  C.mah_worker_exit(ok and 0 or 1)
end

local envoys = {}

local PATIENCE = 30 -- seconds until somebody is told what is waited for

--- Waits for the word that all ranks are there. MPI waits for ever where one of them never comes;
--- two say so, one of which may be that one.
local function await_all(envoy, world)
  if not envoy:wait(PATIENCE) and world.rank <= 1 then
    io.stderr:write(("mah: rank %d of %d waits for the others, which must all come to the same "
      .. "studies and trainings; has one ended its script before?\n"):format(world.rank,
      world.size))
  end
  local kind, bytes, _
  repeat kind, _, bytes = next_frame(envoy) until kind
  return bytes
end

--- Forks the envoy and waits until all ranks have theirs.
---@param world {rank: integer, size: integer}   as the launcher says
---@return table envoy   is: a mah_rank; c: the mah_envoy
function envoys.start(world)
  local out = ffi.new "mah_envoy *[1]"
  check.status(C.mah_envoy_start(out))
  local it = out[0]
  if it.pid == 0 then live(it) end
  local envoy = setmetatable({ c = it, channel = it.channel }, Envoy)
  ffi.copy(it.is, await_all(envoy, world), ffi.sizeof "mah_rank")
  envoy.is = it.is
  return envoy
end

return envoys
