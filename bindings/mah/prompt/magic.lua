--- The prompt's commands:  %time f(x)   %timeit f(x)   %run file   %who   %save file   %memory
---
--- A command is a function (session, rest of the line); what it returns is printed. Those that have
--- to do with the session itself are in mah.prompt.session_commands.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local chunk = require "mah.prompt.chunk"
local file = require "mah.base.file"
local objects = require "mah.prompt.objects"
local progress = require "mah.base.progress"
local terminal = require "mah.base.terminal"

local magic = {}
local commands = {}

-- -- Times ----------------------------------------------------------------------------------------

--- "1.23 s", "4.56 ms" ...
---@param seconds number
---@return string
function magic.duration(seconds)
  if seconds >= 60 then return ("%d min %.1f s"):format(math.floor(seconds / 60), seconds % 60) end
  for _, unit in ipairs { { 1, "s" }, { 1e-3, "ms" }, { 1e-6, "us" } } do
    if seconds >= unit[1] then return ("%.3g %s"):format(seconds / unit[1], unit[2]) end
  end
  return ("%.3g ns"):format(seconds * 1e9)
end

local function read_code(rest, compiled)
  check.that(rest ~= "", "code is expected")
  local code = chunk.read(rest, compiled)
  if not code or code.message then error(code and code.message or "the code is incomplete", 0) end
  return code
end

--- %time CODE
---
--- Runs the code once, shows its value, and tells the time.
function commands.time(session, rest)
  local code = read_code(rest)
  local start = progress.now()
  session:evaluate(code)
  return terminal.paint("dim", "time: " .. magic.duration(progress.now() - start))
end

local function noop() end

--- Calls f n times; Ctrl-C ends it.
local function repeat_calls(f, n)
  local start = progress.now()
  for _ = 1, n do
    f(noop)
    if C.mah_interrupt_requested() ~= 0 then error("interrupted", 0) end
  end
  return progress.now() - start
end

local ROUNDS, ENOUGH = 5, 0.1 -- seconds of a round

--- How many calls fill a round.
local function calls_of_a_round(f)
  local n = 1
  while true do
    local seconds = repeat_calls(f, n)
    if seconds >= ENOUGH / 2 or n >= 1e7 then
      return math.max(1, math.ceil(n * ENOUGH / math.max(seconds, 1e-9)))
    end
    n = n * 4
  end
end

--- %timeit CODE
---
--- Runs the code again and again for half a second, compiled as in a script, and tells the best and
--- the mean time of a run.
function commands.timeit(session, rest)
  session:within(read_code(rest)).f(noop) -- as the prompt does, where Ctrl-C ends an endless loop
  local f = session:within(read_code(rest, true)).f
  local n = math.min(calls_of_a_round(f), 1e7)
  local best, sum = math.huge, 0
  for _ = 1, ROUNDS do
    local seconds = repeat_calls(f, n) / n
    best, sum = math.min(best, seconds), sum + seconds
  end
  return ("best %s, mean %s (%d rounds of %d)"):format(magic.duration(best),
    magic.duration(sum / ROUNDS), ROUNDS, n)
end

-- -- Files ----------------------------------------------------------------------------------------

local function words(rest)
  local list = {}
  for word in rest:gmatch "%S+" do list[#list + 1] = word end
  return list
end

--- Takes the user's globals away; returns a function that gives back those which are not there
--- anew.
local function hide_variables(session)
  local own = session:variables()
  if session.scope then return function() end end
  for _, pair in ipairs(own) do rawset(_G, pair[1], nil) end
  return function()
    for _, pair in ipairs(own) do
      if rawget(_G, pair[1]) == nil then rawset(_G, pair[1], pair[2]) end
    end
  end
end

--- %run [-i] FILE ARGUMENTS...
---
--- Runs a script as `mah FILE ARGUMENTS...` would, and keeps its globals; with -i it finds the
--- session's own, too. Modules beside it are found. It runs interpreted, so that Ctrl-C ends its
--- loops.
function commands.run(session, rest)
  local list = words(rest)
  local shares = list[1] == "-i" and table.remove(list, 1) ~= nil
  local path = file.path(list[1], "%run")
  local f, message = loadfile(path)
  if not f then error(message, 0) end
  jit.off(f, true)
  if shares then session:within { f = f } end
  local before_arg, before_path = rawget(_G, "arg"), package.path
  local folder = path:match "^(.*)/[^/]*$" or "."
  local give_back = shares and function() end or hide_variables(session)
  rawset(_G, "arg", { [0] = path, unpack(list, 2) })
  package.path = folder .. "/?.lua;" .. folder .. "/?/init.lua;" .. before_path
  local ok, problem = session:call(f, unpack(list, 2))
  rawset(_G, "arg", before_arg)
  package.path = before_path
  give_back()
  if not ok then error(problem, 0) end
end

--- The line as a script has it: an expression that is no call is printed.
local function as_statement(line, keeps_last)
  local code = chunk.read(line)
  if not code or code.kind ~= "expression" then return line end
  if keeps_last then return ("_ = %s; print(_)"):format(code.text) end
  if loadstring(code.text) then return code.text end
  return code.quiet and ("local _ = %s"):format(code.text) or ("print(%s)"):format(code.text)
end

--- %save FILE
---
--- Writes the session's lines that succeeded as a script.
function commands.save(session, rest)
  local path = file.path(words(rest)[1], "%save")
  local text = table.concat(session.lines, "\n")
  local keeps_last = text:find "%f[%w_]_%f[^%w_]" ~= nil
  local out = { 'local mah = require "mah"' }
  for _, name in ipairs { "show", "help" } do
    if text:find("%f[%w_]" .. name .. "%f[^%w_]") then
      out[#out + 1] = ("local %s = mah.%s"):format(name, name)
    end
  end
  for _, line in ipairs(session.lines) do out[#out + 1] = as_statement(line, keeps_last) end
  file.write(path, table.concat(out, "\n") .. "\n")
  return ("%d lines in %s"):format(#session.lines, path)
end

-- -- What there is --------------------------------------------------------------------------------

local WIDEST, MOST_TENSORS = 60, 10 -- bytes of a value, lines of %memory

local function one_line(value)
  local text = require("mah.prompt.print").text({ value }):match "^{%s*(.*)}$" or ""
  text = text:gsub("%s*\n%s*", " "):gsub("{ ", "{"):gsub(" }", "}")
  if #text <= WIDEST then return text end
  return text:sub(1, WIDEST - 3):gsub("[\192-\255][\128-\191]*$", "") .. "..."
end

--- %who
---
--- Lists the variables that you have made.
function commands.who(session)
  local rows = {}
  for _, pair in ipairs(session:variables()) do
    rows[#rows + 1] = { pair[1], one_line(pair[2]) }
  end
  return #rows > 0 and terminal.align(rows) or "no variables of your own"
end

--- The process's bytes in memory, where the system has /proc.
local function resident()
  local handle = io.open "/proc/self/status"
  if not handle then return nil end
  local kib = tonumber(handle:read("*a"):match "VmRSS:%s*(%d+) kB")
  handle:close()
  return kib and kib * 1024
end

local MOST_VISITED = 10000 -- tables in one variable

--- Bytes and number of the tensors in a value: those in tables of tables count as well.
local function tensors_in(value)
  local waiting, seen, visited, bytes, count = { value }, {}, 0, 0, 0
  while #waiting > 0 do
    local one = table.remove(waiting)
    if Type.is_tensor(one) then
      local its = one.store ~= nil and Type.bytes(one) or 0
      bytes, count = bytes + its, count + (its > 0 and 1 or 0)
    elseif type(one) == "table" and not seen[one] and visited <= MOST_VISITED then
      seen[one], visited = true, visited + 1
      for _, inner in next, one do
        if type(inner) == "table" or type(inner) == "cdata" then waiting[#waiting + 1] = inner end
      end
    end
  end
  return bytes, count
end

--- The variables that hold tensors, the largest first: {name, size and what it is, bytes}.
local function holders(session)
  local sizes, mah = {}, package.loaded.mah
  for _, pair in ipairs(session:variables()) do
    local bytes, count = 0, 0
    if pair[2] ~= mah then bytes, count = tensors_in(pair[2]) end
    if count > 0 then
      local what = Type.is_tensor(pair[2]) and Type.describe(pair[2])
        or ("%d tensors in a table"):format(count)
      sizes[#sizes + 1] = { pair[1], objects.bytes(bytes) .. "  " .. what, bytes }
    end
  end
  table.sort(sizes, function(a, b) return a[3] > b[3] end)
  return sizes
end

--- %memory
---
--- What takes memory: the process, Lua, tensors, and your largest variables.
function commands.memory(session)
  collectgarbage()
  local rows = {}
  local process = resident()
  if process then rows[1] = { "process", objects.bytes(process) } end
  rows[#rows + 1] = { "Lua", objects.bytes(collectgarbage "count" * 1024) }
  local live, peak = tonumber(C.mah_memory_live()), tonumber(C.mah_memory_peak())
  rows[#rows + 1] = { "tensors",
    ("%s now, %s at most"):format(objects.bytes(live), objects.bytes(peak)) }
  local sizes = holders(session)
  for i = 1, math.min(MOST_TENSORS, #sizes) do rows[#rows + 1] = { sizes[i][1], sizes[i][2] } end
  return terminal.align(rows)
end

-- -- Calling them ---------------------------------------------------------------------------------

local described

--- name -> what it does, from the comments above the functions.
---@return table<string, string>
function magic.entries()
  if described then return described end
  described = {}
  for _, home in ipairs { "mah.prompt.magic", "mah.prompt.session_commands" } do
    for _, entry in pairs(require("mah.docs.public").module(home).at) do
      local name = entry.name:match "^commands%.(%w+)$"
      if name then described[name] = entry.text end
    end
  end
  return described
end

--- All commands, a line each.
local function list()
  local rows = {}
  for _, text in pairs(magic.entries()) do
    local usage, what = text:match "^([^\n]+)\n\n(.*)$"
    rows[#rows + 1] = { usage, (what:gsub("%s+", " "):gsub("%. .*$", ".")) }
  end
  table.sort(rows, function(a, b) return a[1] < b[1] end)
  return terminal.align(rows)
end

--- Runs a line like "%time f(x)" or "!ls"; `%` alone lists the commands.
---@param session table
---@param line string
---@return string|nil   to be printed
function magic.run(session, line)
  if line:match "^%%%s*$" then return list() end
  local name, rest = line:gsub("^!", "%%shell "):match "^%%%s*(%w*)%s*(.-)%s*$"
  local command = commands[name] or require("mah.prompt.session_commands")[name]
  if not command then
    local hint = require("mah.base.options").nearest(name, magic.entries())
    hint = hint and ("; did you mean %%%s?"):format(hint) or "; % alone lists them"
    error(("there is no command %%%s%s"):format(name, hint), 0)
  end
  return command(session, rest)
end

return magic
