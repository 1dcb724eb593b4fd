--- The command `mah examples`: what was installed with mah, or lies in its checkout.
---
---     mah examples                      lists them, with what they are about
---     mah examples 03                   prints one
---     mah examples first_session        prints a session at the prompt, to be typed
---     mah examples 03 --run --jobs 2    runs it, with arguments
---     mah examples --copy mine          all of them, into a folder of one's own
local annotations = require "mah.docs.annotations"
local exit = require "mah.base.exit"
local file = require "mah.base.file"
local glob = require "mah.base.glob"
local options = require "mah.base.options"
local pager = require "mah.base.pager"
local places = require "mah.base.places"
local terminal = require "mah.base.terminal"

local usage = [[
usage: mah examples [NAME] [options]
  NAME        prints this one, by its name or number; without it: lists them
  --run       runs it; what comes behind are its arguments
  --copy DIR  copies all of them into the folder
  --help      show this text
]]

local function complain(message, ...)
  exit.saying(2, ("mah examples: %s\n%s"):format(message:format(...), usage))
end

local function fail(message, ...)
  exit.saying(1, ("mah examples: %s\n"):format(message:format(...)))
end

-- -- What is there --------------------------------------------------------------------------------

local function root()
  local folder, tried = places.examples()
  if not folder then fail("there are none in %s", table.concat(tried, ", ")) end
  return folder
end

--- All files below the folder, as paths from there.
local function files_in(folder, below, out)
  out, below = out or {}, below or ""
  for _, path in ipairs(glob.matching(folder .. below)) do
    local name = path:sub(#folder + 1)
    if name:sub(-1) == "/" then
      files_in(folder, name, out)
    else
      out[#out + 1] = name
    end
  end
  return out
end

--- The first sentence of the comment that the file begins with.
local function summary(path)
  local lines = {}
  for line in io.lines(path) do
    local comment = line:match "^%-%-%-? ?(.*)$" or line:match "^# (.*)$"
    if not comment or comment:find "^Output:" then break end
    lines[#lines + 1] = comment
  end
  return annotations.summary(table.concat(lines, "\n"))
end

local SESSION, TUTORIAL, NUMBERED = 1, 2, 3

--- {name = "tutorial/01_tensors", path =, rank =} of each script, and of the session to be typed:
--- that first, then the tutorial, then by number.
local function scripts()
  local folder, list = root(), {}
  for _, name in ipairs(files_in(folder)) do
    local stem, ending = name:match "^(.*)%.(%w+)$"
    if ending == "txt" then
      list[#list + 1] = { name = stem, path = folder .. name, rank = SESSION }
    elseif ending == "lua" and stem:match "[^/]*$":find "^%d" then
      list[#list + 1] = { name = stem, path = folder .. name,
        rank = stem:find "/" and TUTORIAL or NUMBERED }
    end
  end
  table.sort(list, function(a, b)
    if a.rank ~= b.rank then return a.rank < b.rank end
    return a.name < b.name
  end)
  return list
end

-- -- One of them ----------------------------------------------------------------------------------

--- Is it what was asked for: 03, 3, 03_mnist, mnist, tutorial/03, with or without .lua?
local function is_meant(name, asked)
  if name == asked then return true end
  local folder, number, word = name:match "^(.-)(%d[^/_]*)_([^/]*)$"
  if not number then return false end
  if number == asked or word == asked then return true end
  local of, rest = asked:match "^(.-)([^/]*)$"
  return folder == of
    and (rest == word or tonumber(rest) ~= nil and tonumber(rest) == tonumber(number))
end

local function find(asked)
  local plain, known, list = asked:gsub("%.lua$", ""):gsub("%.txt$", ""), {}, scripts()
  for i = #list, 1, -1 do -- of one number the example, and not the tutorial's chapter
    local name = list[i].name
    if is_meant(name, plain) then return list[i] end
    known[name], known[name:match "%d_([^/]*)$" or name] = true, true
  end
  local near = options.nearest(plain, known)
  fail("there is no example '%s'%s; mah examples lists them", asked,
    near and (" (did you mean '%s'?)"):format(near) or "")
end

local function list_all()
  local rows = {}
  for i, script in ipairs(scripts()) do rows[i] = { script.name, summary(script.path) } end
  local show = terminal.is_terminal(1) and pager.show or print
  show(terminal.align(rows) .. "\n\n  mah examples NAME prints one, --run behind it runs it")
end

--- As `mah FILE ARGUMENT...` does.
local function run(path, arguments)
  local chunk, problem = loadfile(path)
  if not chunk then fail("%s", problem) end
  arguments[0] = path
  rawset(_G, "arg", arguments)
  chunk(unpack(arguments))
end

local function copy_all(target)
  local from, target_slash = root(), (target:gsub("/*$", "/"))
  local names = files_in(from)
  for _, name in ipairs(names) do
    if file.exists(target_slash .. name) then
      fail("'%s' is there already", target_slash .. name)
    end
  end
  for _, name in ipairs(names) do
    local path = target_slash .. name
    local ok, problem = pcall(function()
      file.make_directory(path:match "^(.*)/")
      file.write(path, file.read(from .. name))
    end)
    if not ok then fail("%s", (tostring(problem):gsub("^[^\n]-:%d+: ", ""))) end
  end
  print(("%d files in %s"):format(#names, target))
end

--- Runs the command; ends the program with status 1 or 2 when it cannot.
---@param arguments string[]
return function(arguments)
  local name, option = arguments[1], arguments[2]
  if not name then return list_all() end
  if name == "--help" then exit.saying(0, usage) end
  if name == "--copy" then
    if not option or arguments[3] then complain("--copy needs one folder") end
    return copy_all(option)
  end
  if name:find "^%-" then complain("unknown option '%s'", name) end
  if option and option ~= "--run" then complain("unexpected '%s'", option) end
  local script = find(name)
  if not option then return io.stdout:write(file.read(script.path)) end
  if script.rank == SESSION then
    fail("%s is to be typed at the prompt, which `mah` opens; without --run it is printed",
      script.name)
  end
  run(script.path, { unpack(arguments, 3) })
end
