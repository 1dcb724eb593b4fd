--- The state of math.random, which LuaJIT does not hand out.
---
---     local before = math_random.state()     -- 32 bytes
---     math_random.set_state(before)
local ffi = require "ffi"

local math_random = {}

local BYTES = 32 -- LuaJIT's lj_prng.c: four words of 64 bits

--- Where LuaJIT keeps it: in the userdata that is the function's upvalue.
local _, kept = debug.getupvalue(math.random, 1)
assert(type(kept) == "userdata", "math.random is not LuaJIT's")
local numbers = ffi.cast("char *", kept)

---@return string bytes
function math_random.state() return ffi.string(numbers, BYTES) end

---@param bytes string   of math_random.state
function math_random.set_state(bytes)
  assert(#bytes == BYTES)
  ffi.copy(numbers, bytes, BYTES)
end

return math_random
