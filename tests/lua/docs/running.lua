--- Runs examples of the documentation in a folder of their own, and compares what they print with
--- what they say behind `-->`. A line that is an expression prints its value, as at the prompt;
--- an output that ends in ... is the beginning of one.
---
---     local runner = running.new()
---     local problem = runner:run("print(1 + 1) --> 2")      -- nil: as it says
---     problem = runner:run("1 / 3   --> 0.333...")          -- nil, too
---     runner:close()
local examples = require "mah.docs.examples"
local ffi = require "ffi"
local file = require "mah.base.file"
local foreign = require "mah.base.foreign"
local mah = require "mah"

foreign.declare "int chdir(const char *path); char *getcwd(char *buffer, size_t size);"

local running = {}
running.__index = running

local ROOM = 4096

local function here() return ffi.string(ffi.C.mah_getcwd(ffi.new("char[?]", ROOM), ROOM)) end

---@return table
function running.new()
  local folder = os.tmpname()
  os.remove(folder)
  file.make_directory(folder)
  return setmetatable({ folder = folder, before = here() }, running)
end

function running:close() os.execute(("rm -rf '%s'"):format(self.folder)) end

--- A line without the difference between tabs and blanks.
local function plain(line) return (line:gsub("%s+", " "):gsub(" $", "")) end

--- `print` that keeps lines in a list.
local function printer(lines)
  return function(...)
    local values = {}
    for i = 1, select("#", ...) do values[i] = tostring((select(i, ...))) end
    for line in (table.concat(values, "\t") .. "\n"):gmatch "([^\n]*)\n" do
      lines[#lines + 1] = plain(line)
    end
  end
end

--- Standard output that keeps lines in a list, as mah.show writes them.
local function written_to(lines)
  local keep = printer(lines)
  local out = {}
  function out:write(...)
    keep((table.concat { ... }:gsub("\n$", "")))
    return self
  end
  function out:flush() return self end
  return out
end

--- Is the line what was announced?
local function fits(line, announced)
  local start = announced and announced:match "^(.*)%.%.%.$"
  return line == announced or start and line and line:sub(1, #start) == start
end

--- What differs first.
local function difference(expected, printed)
  for i = 1, math.max(#expected, #printed) do
    if not fits(printed[i], expected[i]) then
      return ("line %d of what it prints is %s, and it says %s"):format(i,
        printed[i] and ("%q"):format(printed[i]) or "missing",
        expected[i] and ("%q"):format(expected[i]) or "nothing")
    end
  end
end

--- The code with its expressions that say what they give printed.
local function with_prints(code)
  return (code:gsub("[^\n]+", function(line)
    local expression, rest = line:match "^(%S.-)(%s*%-%->.*)$"
    if not expression or expression:find "^print%s*[%({]" then return nil end
    return loadstring("return " .. expression) and ("print(%s)%s"):format(expression, rest) or nil
  end))
end

--- Runs in the folder, with a seed of its own; gives what went wrong, or nil.
---@param code string
---@return string|nil problem
function running:run(code)
  local printed, expected, threads, stdout = {}, {}, mah.threads(), io.stdout
  for _, line in ipairs(examples.outputs(code)) do expected[#expected + 1] = plain(line) end
  mah.warnings(false)
  mah.manual_seed(0)
  ffi.C.mah_chdir(self.folder)
  file.write("example.lua", "local mah, print = ...; " .. with_prints(code)) -- a sweep reads it
  rawset(io, "stdout", written_to(#expected > 0 and printed or {})) -- long texts need no -->
  local ok, said = pcall(function()
    local f = assert(loadfile "example.lua")
    f(mah, printer(printed))
  end)
  rawset(io, "stdout", stdout)
  ffi.C.mah_chdir(self.before)
  mah.warnings(true)
  mah.threads(threads)
  return not ok and tostring(said) or difference(expected, printed)
end

return running
