--- Types the lines of a transcript at the prompt and compares what it prints.
---
---     mah tests/cli/transcript.lua PROGRAM FILE
---
--- Lines that begin with "mah> " or "...> " are typed; the others are what must come. In those,
--- `...` stands for any text, and a line of `...` alone for any lines. Lines of "# " are comments.
package.path = arg[0]:match "^(.*)/" .. "/?.lua;" .. package.path
local pty = require "pty"

local function squeeze(line) return (line:gsub("%s+", " "):gsub(" $", "")) end

--- Steps {typed =, expected = lines}.
local function read(path)
  local steps = {}
  for line in io.lines(path) do
    local typed = line:match "^[m.][a.][h.]> (.*)$"
    if typed then
      steps[#steps + 1] = { typed = typed, expected = {} }
    elseif #steps > 0 and not line:match "^# " and line ~= "" then
      table.insert(steps[#steps].expected, squeeze(line))
    end
  end
  return steps
end

local function pattern_of(line)
  return "^" .. line:gsub("%.%.%.", "\1"):gsub("%p", "%%%0"):gsub("\1", ".-") .. "$"
end

local function matches(expected, lines, i, j)
  if i > #expected then return j > #lines end
  if expected[i] == "..." then
    for k = j, #lines + 1 do
      if matches(expected, lines, i + 1, k) then return true end
    end
    return false
  end
  return lines[j] ~= nil and lines[j]:find(pattern_of(expected[i])) ~= nil and matches(expected,
    lines, i + 1, j + 1)
end

--- A bar of progress that has vanished is none of the session's lines; without its escape
--- sequences and returns it stands in front of what came then.
local function without_bars(text) return (text:gsub("training: [^\n]* left *", "")) end

local function lines_of(text)
  local lines = {}
  text = without_bars(text)
  for line in text:gmatch "[^\n]+" do
    line = squeeze(line)
    local is_time = line:match "^%([%d.]+ m?s%)$"
    if line ~= "" and not is_time then lines[#lines + 1] = line end
  end
  return lines
end

local home = os.tmpname()
os.remove(home)
os.execute("mkdir -p " .. home)
local p = pty.start({ "/bin/sh", "-c", 'cd "$HOME" && exec "$0"', arg[1] },
  { rows = 30, columns = 80, env = { HOME = home, TERM = "xterm", LANG = "C.UTF-8",
    NO_COLOR = "1" } })
p:expect "mah> $"
local wrong = 0
for _, step in ipairs(read(arg[2])) do
  p:send(step.typed .. "\r")
  p:expect "\n"
  local printed = lines_of(p:expect "^(.-)[m.][a.][h.]> $" or "")
  if not matches(step.expected, printed, 1, 1) then
    wrong = wrong + 1
    print(("mah> %s\n  printed:\n%s\n  instead of:\n%s"):format(step.typed, table.concat(printed,
      "\n"),
      table.concat(step.expected, "\n")))
  end
end
p:send "\4"
local status = p:wait()
os.execute(("rm -rf '%s'"):format(home))
if wrong == 0 and status == 0 then print "all as written" end
os.exit(wrong == 0 and status == 0 and 0 or 1)
