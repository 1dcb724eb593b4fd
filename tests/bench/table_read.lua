--- Reads a table once, for table_read.py, which compares it with NumPy and pandas: prints seconds,
--- the bytes of the result, and the most bytes of the core that were ever alive.
---
---     mah tests/bench/table_read.lua FILE
local mah = require "mah"

local path = arg[1] or error "usage: mah tests/bench/table_read.lua FILE"
local now = mah.progress.now
local before, start = mah.memory(), now()
local t = mah.data.table(path)
local seconds = now() - start
local live, peak = mah.memory()
print(("%.6f %.0f %.0f %d"):format(seconds, live - before, peak, #t))
