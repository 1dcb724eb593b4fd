--- Makes and drops 100,000 tensors of 1 MB in a loop and prints the process's peak memory (goal:
--- under 200 MB).   build/mah tests/bench/tensor_memory.lua
local mah = require "mah"

local start = os.clock()
for _ = 1, 100000 do
  local _ = mah.zeros(256, 1024)
end
local status = mah.file.read "/proc/self/status"
print(("100,000 tensors of 1 MB: peak %.0f MB resident, %.1f s"):format(
  tonumber(status:match "VmHWM:%s*(%d+)") / 1024, os.clock() - start))
