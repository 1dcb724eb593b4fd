--- How many threads the core uses; a result has the same bits for any number.
---
---     print(mah.threads() >= 1)   --> true
local C = require "mah.base.library"
local check = require "mah.base.check"

--- The number of threads that the core uses, after setting it to n if that is given. It begins with
--- all cores that the process may use. Results have the same bits for any number.
---
---     local before = mah.threads()
---     print(mah.threads(1))   --> 1
---     mah.threads(before)
---@param n integer|nil   1 ... 256
---@return integer
return function(n)
  if n ~= nil then
    check.that(type(n) == "number" and n % 1 == 0 and n >= 1 and n <= C.MAH_MAX_THREADS,
      "mah.threads: an integer in 1 ... %d is expected, got %s", C.MAH_MAX_THREADS, check.show(n))
    check.status(C.mah_parallel_use(n))
  end
  return C.mah_parallel_threads()
end
