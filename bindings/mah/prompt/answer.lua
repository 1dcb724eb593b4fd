--- What help(x) and a line like ?train or ??word are answered with, as texts.
---
---     print(answer.help(mah.train))     print(answer.help "fit")     print(answer.help())
local magic = require "mah.prompt.magic"
local options = require "mah.base.options"
local page = require "mah.docs.page"
local print_ = require "mah.prompt.print"
local members = require "mah.docs.members"
local public = require "mah.docs.public"
local terminal = require "mah.base.terminal"

local answer = {}

-- Lines that are set in have at most 79 columns: longer ones are broken, columns and all.
local overview = [[
Type Lua. An expression shows its value, `;` at the end silences it, _ is the last value.

  ?name  name?      help on a name: ?train  ?tensor:exp  ?MLPClassifier
  ??word            search in names and descriptions
  show(x)           a picture in the terminal: digits, curves, figures
  Tab               completes names, methods, file names, the options of a
                    call and their values: mah.MLPClassifier{solver = "<Tab>
  Ctrl-R            searches the history
  Ctrl-C            stops what runs         Ctrl-D, exit     leave

  %time code        tells its time          %timeit code     of many times
  %run file ...     runs a script with arguments, and keeps its globals
  %run -i file      does so with the globals that are there
  %edit  %edit x    the last chunk in $EDITOR, or a file or function; what
                    you save runs
  %history text     what was typed with the text in it, or all; entries of
                    earlier sessions too
  %who  %reset      your variables; forgets them
  %memory           what takes memory
  %save file        your lines of this session as a script
  %cd  %ls  !ls     folders, files, a command of the shell
  %                 lists all commands

A fit shows a bar with the time left; Ctrl-C keeps what is trained, clf:resume(x, y) goes on.
mah.prompt() in a script opens a prompt there, with the locals of that place.
~/.config/mah/init.lua runs when a prompt opens on a terminal: names of your own,
mah.manual_seed(1) ... An error in it is shown, and the prompt opens. mah --no-startup leaves
it out.

Parts of mah (?mah.NAME for more; mah.<Tab> lists all):
]]

local main_parts = { "tensor", "data", "mlp", "train", "solver", "stop", "MLPClassifier",
  "MLPRegressor", "metrics", "plot", "image", "linalg", "fft", "distributions", "show", "help" }

local function on_the_prompt()
  local parts = {}
  for _, name in ipairs(main_parts) do parts[#parts + 1] = public.named("mah." .. name)[1] end
  return overview .. page.list(parts)
end

local function on_command(name)
  name = name:gsub("^%%", "")
  local entry = magic.entries()[name]
  return entry and terminal.paint("name", "%" .. name) .. "\n\n" .. entry
end

--- "; did you mean ?mah.mlp" and the sentence's end.
local function nearest(name)
  local names = {}
  for _, record in ipairs(public.list()) do
    names[record.name], names[record.name:match "[^.:]+$"] = true, true
  end
  local near = options.nearest(name, names)
  return near and ("; did you mean ?%s"):format(near) or "."
end

--- Help on a name that there is; else nil.
---@param name string
---@return string|nil
function answer.known(name)
  return page.named(name) or page.named("mah." .. name) or page.entry(name) or on_command(name)
end

local function on_name(name)
  local text = answer.known(name)
  if text then return text end
  local found = page.mentions(name)
  if not found then return ("There is no help on '%s'%s"):format(name, nearest(name)) end
  return ("There is no '%s'; these mention it:\n"):format(name) .. found
end

--- The value itself, and the methods that it has.
local function on_object(x)
  local text, class = print_.text(x), members.class_of(x)
  if not class then return text end
  local methods = {}
  for _, record in ipairs(public.list()) do
    if record.name:match "^[^:.]+" == class then methods[#methods + 1] = record end
  end
  local heading = terminal.paint("heading", "Methods of " .. class)
  return text .. "\n\n" .. heading .. "\n" .. page.list(methods)
end

local function on_value(x)
  if x == require "mah" then
    return page.of { name = "mah", value = x, module = "mah", head = public.module("mah").head }
  end
  local record = public.find(x)
  return record and page.of(record) or on_object(x)
end

--- Help on a value, on a name given as a string, or on the prompt itself.
---@param x any
---@return string
function answer.help(x)
  if x == nil then return on_the_prompt() end
  if type(x) == "string" then return on_name(x) end
  return on_value(x)
end

return answer
