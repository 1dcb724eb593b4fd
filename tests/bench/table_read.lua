--- Reading tables, beside NumPy and pandas (table_read.py, which also writes the files):
---
---     python3 tests/bench/table_read.py make DIR; python3 tests/bench/table_read.py DIR
---     mah tests/bench/table_read.lua DIR
local mah = require "mah"

local now = mah.progress.now

local folder = arg[1] or error "usage: mah tests/bench/table_read.lua DIR"
for _, name in ipairs { "numbers.csv", "mixed.csv" } do
  local best, bytes, rows = math.huge, 0, 0
  for _ = 1, 3 do
    collectgarbage()
    collectgarbage()
    local before, start = mah.memory(), now()
    local t = mah.data.table(folder .. "/" .. name)
    best = math.min(best, now() - start)
    bytes, rows = mah.memory() - before, #t
  end
  print(("%-12s %d rows %7.2f s   %5.0f MB result   %5.0f MB peak of live bytes"):format(name, rows,
    best, bytes / 1e6, select(2, mah.memory()) / 1e6))
end
