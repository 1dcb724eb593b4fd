--- Trainings side by side, each as a coroutine.
---
---     local ends = together.run{ function() return first:run() end, ... }
---     -- {ok = true, value = what it returned} or {ok = false, value = the error}, in order
local check = require "mah.base.check"

local together = {}

--- Calls f apart from the caller's stack: errors come without a place, which the caller adds.
---@return boolean ok, any value
function together.apart(f, ...) return coroutine.resume(coroutine.create(f), ...) end

--- Ctrl-C is for all, whoever was told.
local function is_interruption(problem) return tostring(problem):find "interrupted$" ~= nil end

--- Runs the functions until all have ended; Ctrl-C ends them all.
---@param functions function[]
---@return {ok: boolean, value: any}[]
function together.run(functions)
  local ends = {}
  for i, f in ipairs(functions) do
    local ok, value = together.apart(f)
    if not ok and is_interruption(value) then check.raise "interrupted" end
    ends[i] = { ok = ok, value = value }
  end
  return ends
end

return together
