--- Strict globals: reading a global that was never set is an error, which catches misspelt names.
--- A table can be made strict too; `strict()` guards _G.
local check = require "mah.base.check"

--- Names that libraries test for before they set them.
local tolerated = { _PROMPT = true, _PROMPT2 = true }

---@param environment table|nil
return function(environment)
  return setmetatable(environment or _G, {
    __index = function(_, name)
      if tolerated[name] then return nil end
      check.raise("variable '%s' is not defined", tostring(name))
    end,
  })
end
