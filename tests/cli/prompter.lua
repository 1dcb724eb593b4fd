--- Helps tests to type at the prompt in a pseudo-terminal, as a person would.
---
---     local prompter = require "prompter"
---     prompter.test("adds", function()
---       local p = prompter.open()
---       prompter.enter(p, "1 + 1", "^2\n")
---       prompter.leave(p)
---     end)
---     prompter.run()
---
--- Each test starts in an empty folder, which is its home; none depends on how long something
--- takes.
local pty = require "pty"

local program, only = arg[1], arg[2]
local folder = os.tmpname()
os.remove(folder)

local prompter = { program = program, folder = folder }

local tests, order = {}, {}

--- A test: fails when f raises an error.
function prompter.test(name, f)
  tests[name] = f
  order[#order + 1] = name
end

function prompter.write_file(name, text)
  local path = folder .. "/" .. name
  os.execute(("mkdir -p '%s'"):format(path:match "^(.*)/"))
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  return path
end

function prompter.read_file(name)
  local file = assert(io.open(folder .. "/" .. name))
  local text = file:read "*a"
  file:close()
  return text
end

local running = {}

--- A prompt that waits for its first line.
function prompter.open(arguments, env, size)
  local settings = {
    HOME = folder, PATH = os.getenv "PATH", LANG = "C.UTF-8", TERM = "xterm", NO_COLOR = "1",
      PAGER = "cat",
      PWD = folder,
    OPENBLAS_NUM_THREADS = "1",
  }
  for name, value in pairs(env or {}) do settings[name] = value ~= "" and value or nil end
  local command = { "/bin/sh", "-c", 'cd "$HOME" && exec "$0" "$@"', program, unpack(arguments
    or {}) }
  local p = pty.start(command, { env = settings, rows = size and size[1], columns = size
    and size[2] })
  running[#running + 1] = p
  p:expect "mah> $"
  return p
end

--- Types a line and waits for what it prints, as a pattern, and for the next prompt.
function prompter.enter(p, line, pattern)
  p:send(line .. "\r")
  p:expect "\n"
  if pattern then return p:expect(pattern .. ".-mah> $") end
  p:expect "mah> $"
end

--- What a line prints.
function prompter.output(p, line) return prompter.enter(p, line, "^(.-)\n?") or "" end

function prompter.equal(found, wanted)
  if found ~= wanted then
    error(("%q is expected, got %q"):format(tostring(wanted), tostring(found)), 2)
  end
end

function prompter.leave(p)
  p:send "\4"
  prompter.equal(p:wait(), 0)
end

--- Runs them (those with the second argument in their names) and ends the program.
function prompter.run()
  local passed, failed = 0, 0
  for _, name in ipairs(order) do
    if not only or name:find(only, 1, true) then
      os.execute(("mkdir -p '%s'"):format(folder))
      local ok, problem = pcall(tests[name])
      for _, p in ipairs(running) do p:kill() end
      running = {}
      os.execute(("rm -rf '%s'"):format(folder))
      if ok then passed = passed + 1 else failed = failed + 1 end
      if not ok then print(("not ok - prompt: %s: %s"):format(name, problem)) end
    end
  end
  print(("%d passed, %d failed"):format(passed, failed))
  os.exit(failed == 0 and 0 or 1)
end

return prompter
