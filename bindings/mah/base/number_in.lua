--- A number that C leaves in a buffer which the next call writes again.
---
---     check.status(C.mah_reduce_all(result, x, op, 0))
---     return number_in(result)
---
--- LuaJIT's compiler for x86 (Debian 12 has one of 2022) may move the load from such a buffer into
--- the instruction that uses the number, behind the next call: x:min() < x:max() then compares the
--- maximum with itself. It does so only with a load that is used once; here it is used twice.

local NAN = tonumber "nan" -- without a sign, which would be printed

--- The number in the buffer, as it is now.
---@param buffer ffi.cdata*   double[1], or a struct
---@param field string|nil    of the struct
---@return number
return function(buffer, field)
  local value = buffer[field or 0]
  if value ~= value then return NAN end
  return value
end
