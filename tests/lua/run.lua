--- Runs the busted specs inside mah:  mah tests/lua/run.lua [busted's options] [files or folders]
---
---     mah tests/lua/run.lua                                    -- every *_spec.lua here
---     mah tests/lua/run.lua -o TAP --filter="exp" tests/lua/tensor
---
--- (`scripts/test.sh lua NAME` builds mah and then runs this.)
--- Exit status 0: every test passed, and each file gave back the tensor memory that it took (see
--- live_bytes.lua); 1 otherwise. Files share one Lua state and its loaded modules, because the FFI
--- takes a type's methods only once.
local folder = arg[0]:match "^(.*/)" or "./"

-- busted wraps ffi.typeof and others to survive that modules are loaded anew for each file, which
-- we do not do; its wrappers would keep LuaJIT from compiling.
package.preload["busted.luajit"] = function()
  return function() end
end

local has_busted = pcall(require, "busted.core") -- and what it needs itself
if not has_busted then
  io.stderr:write("tests/lua/run.lua: busted is missing. Debian's package is lua-busted",
    " (apt-get install lua-busted); elsewhere: luarocks install busted\n")
  os.exit(2)
end
local path = require "pl.path" -- busted's own

local names_a_path = false
for _, argument in ipairs(arg) do
  names_a_path = names_a_path or path.exists(argument) ~= false and path.exists(argument) ~= nil
end
local arguments = { "--no-auto-insulate", "--helper=" .. folder .. "live_bytes.lua" }
for _, argument in ipairs(arg) do arguments[#arguments + 1] = argument end
if not names_a_path then arguments[#arguments + 1] = folder end
for i, argument in ipairs(arguments) do arg[i] = argument end

package.path = folder .. "?.lua;" .. package.path

-- Called from C, so to speak, busted leaves through os.exit instead of an error without a message.
local ok, problem = pcall(require "busted.runner", { standalone = false })
if not ok then error(problem, 0) end
require("mah.base.exit").status = 0 -- and not that of a study in which trials failed as they should
