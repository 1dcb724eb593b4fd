--- How the program ends: the status of a script that ends well, and an end from inside of a module.
---
---     local exit = require "mah.base.exit"
---     exit.status = 3    -- what `mah` ends with when the script has run through (bindings/main.c)
---     exit.now(2)        -- the end, without a message
---     exit.saying(2, "usage: mah help [NAME]\n")
local C = require "mah.base.library"
local ffi = require "ffi"

local exit = { status = 0 }

local is_in_program = C == ffi.C

--- Ends the program by an error value that `mah` takes for an exit status: so what stands open on
--- the way is closed, and the prompt stays. A script's pcall catches it like any error; a stock
--- luajit, which does not know it, exits here.
---@param status integer   0 ... 255
function exit.now(status)
  if not is_in_program then os.exit(status) end
  error(setmetatable({}, {
    mah_exit_status = status, -- main.c looks for it
    __tostring = function() return ("the program ends here, with status %d"):format(status) end,
  }), 0)
end

--- Ends the program with a text: on standard output where all is well, else with the errors.
---@param status integer
---@param text string   with its line end
function exit.saying(status, text)
  (status == 0 and io.stdout or io.stderr):write(text)
  exit.now(status)
end

return exit
