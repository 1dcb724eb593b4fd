--- The ranks that a launcher started and that work together: each runs the same script, and comes
--- to the same studies and trainings in the same order.
---
---     local envoy = ranks.join()      -- nil: this process is alone
---     if envoy then print(envoy.is.rank, envoy.is.size) end
---
--- The first call starts the process that speaks MPI, on all ranks; later ones return the same. A
--- trial's process is alone.
local check = require "mah.base.check"
local envoys = require "mah.cluster.envoy"
local launcher = require "mah.base.launcher"

local ranks = {}

local envoy

--- Did the launcher start several ranks, of which this process is one? Starts nothing.
---@return {rank: integer, size: integer}|nil
function ranks.world() return launcher.world() end

--- This rank's envoy (mah.cluster.envoy), or nil.
---@return table|nil
function ranks.join()
  local world = launcher.world()
  if not world then return nil end
  if envoy then return envoy end
  envoy = envoys.start(world)
  check.that(envoy.is.size == world.size, "the launcher started %d processes, of which MPI knows "
    .. "%d: mah was built with another MPI than the launcher's", world.size, envoy.is.size)
  return envoy
end

return ranks
