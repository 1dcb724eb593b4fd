--- Help on a value or a name, from the comments in the source.
---
---     mah.help(mah.train)     mah.help "fit"     mah.help()     -- at the prompt: ?train ??word
local answer = require "mah.prompt.answer"
local pager = require "mah.base.pager"

--- Prints help: on a value, on a name given as a string, or without an argument on the prompt
--- itself.
---@param x any
return function(x) pager.show(answer.help(x)) end
