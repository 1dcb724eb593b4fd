--- busted's helper: fails a spec file that does not give back the memory of its tensors.
---
--- After each file what its tests held on to is dropped (closures, and what compiled traces
--- anchor), the collector runs, and mah_memory_live() must be what it was before the file.
local busted = require "busted"
local C = require "mah.base.library"

local function collect()
  if jit then jit.flush() end
  collectgarbage()
  collectgarbage()
end

local function live()
  collect()
  return tonumber(C.mah_memory_live())
end

--- busted keeps all tests until the end, and with them their upvalues.
local function forget(element)
  for _, child in ipairs(busted.children(element)) do
    forget(child)
    child.run, child.env = nil, nil
  end
end

local before = 0

busted.subscribe({ "file", "start" }, function() before = live() end)

busted.subscribe({ "file", "end" }, function(file)
  forget(file)
  local after = live()
  if after ~= before then
    local message = ("%s: %d bytes of tensors more are alive than before it"):format(file.name,
      after - before)
    io.stderr:write(message, "\n") -- not every output handler shows errors outside of tests
    busted.publish({ "error", "file" }, file, busted.parent(file), message,
      { traceback = "", message = message })
  end
end)
