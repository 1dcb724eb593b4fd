--- The core's lists of operations, distributions and the like: their numbers from 0, and names.
---
---     for number, name in named(C.mah_reduce_name) do numbers[name] = number end
local ffi = require "ffi"

--- Walks over such a list, in the order of the numbers.
---@param name_of function   the core's: number -> text; NULL behind the last
---@return function   for `for`
return function(name_of)
  local number = -1
  return function()
    number = number + 1
    local name = name_of(number)
    if name ~= nil then return number, ffi.string(name) end -- not NULL, which equals nil
  end
end
