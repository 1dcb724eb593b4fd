--- How long it takes from the program's start to its first prompt, in a pseudo-terminal.
---
---     mah tests/bench/prompt_start.lua PROGRAM
package.path = arg[0]:match "^(.*)bench/" .. "cli/?.lua;" .. package.path
local progress = require "mah.base.progress"
local pty = require "pty"

local home = os.tmpname()
os.remove(home)
os.execute("mkdir -p " .. home)
local times = {}
for i = 1, 41 do
  local start = progress.now()
  local p = pty.start({ arg[1] }, { env = { HOME = home, TERM = "xterm-256color",
    LANG = "C.UTF-8" } })
  p:expect "mah> $"
  times[i] = (progress.now() - start) * 1e3
  p:send "\4"
  p:wait()
end
os.execute("rm -rf " .. home)
table.sort(times)
print(("first prompt after %.1f ms (median of %d), %.1f ms at best"):format(times[21], #times,
  times[1]))
