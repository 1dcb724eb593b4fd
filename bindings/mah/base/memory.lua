--- How much memory the core holds for tensors, networks and work space.
---
---     local live, peak = mah.memory() -- bytes now, and at most so far
---     print(live <= peak)   --> true
local C = require "mah.base.library"

--- The bytes that the core holds for tensors, networks and work space, now and at most so far.
--- Garbage that Lua has not collected yet counts.
---
---     local x = mah.zeros(1000, 1000)
---     local live, peak = mah.memory()
---     print(live >= 4e6, peak >= live)   --> true true
---     x:free()
---@return number live   bytes
---@return number peak   bytes
return function() return tonumber(C.mah_memory_live()), tonumber(C.mah_memory_peak()) end
