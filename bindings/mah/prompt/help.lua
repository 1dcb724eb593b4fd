--- Help on a value or a name, from the comments in the source.
local answer = require "mah.prompt.answer"
local pager = require "mah.base.pager"

--- Prints help: on a value, on a name given as a string, or without an argument on the prompt
--- itself. At the prompt ?train is the same, and ??word finds all that mentions a word.
---
---     -- not run: the text goes to the terminal
---     mah.help(mah.train)
---     mah.help("study:run")
---@param x any   a value, a name, or nil
return function(x) pager.show(answer.help(x)) end
