--- How much memory the core holds for tensors, networks and work space.
---
---     local live, peak = mah.memory()
---     print(live / 2^20, "MiB now,", peak / 2^20, "MiB at most so far")
local C = require "mah.base.library"

--- Bytes of the core that are in use, and the most that ever were. Lua's garbage that is not
--- collected yet counts.
---@return number live, number peak
return function() return tonumber(C.mah_memory_live()), tonumber(C.mah_memory_peak()) end
