--- The command `mah help`: what ?name shows at the prompt, from the shell.
---
---     mah help                 on the prompt, and mah's parts
---     mah help train           on a name, as ?train
---     mah help results         on a command, as mah results --help
local answer = require "mah.prompt.answer"
local exit = require "mah.base.exit"
local pager = require "mah.base.pager"

local usage = [[
usage: mah help [NAME]
  NAME      a function, a class or a method: train, MLPClassifier, tensor:exp, or a command
  --help    show this text
]]

--- Runs the command; ends the program with status 1 when there is no help on the name, with 2 when
--- it cannot be one.
---@param arguments string[]
return function(arguments)
  local name = arguments[1]
  if name == "--help" then exit.saying(0, usage) end
  if arguments[2] or name and name:find "^%-" then exit.saying(2, usage) end
  local text = answer.help(name)
  if name and not answer.known(name) then exit.saying(1, ("mah help: %s\n"):format(text)) end
  pager.show(name and text or text .. "\n\nThe command line: mah --help")
end
