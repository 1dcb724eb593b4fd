--- How much memory the core holds for tensors, networks and work space.
---
---     local live, peak = mah.memory()
---     print(live / 2^20, "MiB now,", peak / 2^20, "MiB at most so far")
local C = require "mah.base.library"

--- The bytes that the core holds for tensors, networks and work space, now and at most so far.
--- Garbage that Lua has not collected yet counts.
---
---     local before = mah.memory()
---     local x = mah.zeros(1000, 1000)
---     print((mah.memory()) - before >= 4e6)   --> true
---     x:free()
---@return number live   bytes
---@return number peak   bytes
return function() return tonumber(C.mah_memory_live()), tonumber(C.mah_memory_peak()) end
