--- Ends the program from inside of a module: by an error value that the program `mah` takes for an
--- exit status, without a message. So what stands open on the way is closed, and the prompt stays.
---
---     local quit = require "mah.base.quit"
---     quit(2)
---
--- A script's pcall catches it like any error; a stock luajit, which does not know it, exits here.
local C = require "mah.base.library"
local ffi = require "ffi"

local is_in_program = C == ffi.C

---@param status integer   0 ... 255
return function(status)
  if not is_in_program then os.exit(status) end
  error(setmetatable({}, {
    mah_exit_status = status, -- main.c looks for it
    __tostring = function() return ("the program ends here, with status %d"):format(status) end,
  }), 0)
end
