--- Reading tables, beside NumPy and pandas (table_read.py, which also writes the files):
---
---     python3 tests/bench/table_read.py make DIR; python3 tests/bench/table_read.py DIR
---     mah tests/bench/table_read.lua DIR
local mah = require "mah"
local timing = require "timing"

local folder = arg[1] or error "usage: mah tests/bench/table_read.lua DIR"
for _, name in ipairs { "numbers.csv", "mixed.csv" } do
  local best, bytes, rows = math.huge, 0, 0
  for _ = 1, 3 do
    collectgarbage()
    collectgarbage()
    local before, start = tonumber(mah.memory.live()), timing.now()
    local t = mah.data.table(folder .. "/" .. name)
    best = math.min(best, timing.now() - start)
    bytes, rows = tonumber(mah.memory.live()) - before, #t
  end
  print(("%-12s %d rows %7.2f s   %5.0f MB result   %5.0f MB peak of live bytes"):format(name, rows,
    best, bytes / 1e6, tonumber(mah.memory.peak()) / 1e6))
end
