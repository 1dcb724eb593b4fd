--- A tensor's values in other forms: another dtype, a copy, one number, a Lua table.
---
---     local x = mah.tensor { { 1.5, 2.5 } }
---     print(x:int():totable()[1][2], x[1][1])     --> 2 1.5
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"

local methods, expect = Type.methods, Type.expect

--- The same values in another dtype; the tensor itself when it has that dtype already. Floats
--- become integers by truncation towards zero, clamped to the type's range, NaN becomes 0; a bool
--- is whether the element is not 0; float16 and bfloat16 are the nearest, ties to even.
---
---     print(mah.tensor { -1.7, 0, 300 }:to "int32")
---     --> int32 3
---     --> { -1,   0, 300}
---     print(mah.tensor { -1.7, 0, 300 }:to "uint8")
---     --> uint8 3
---     --> {  0,   0, 255}
---@param dtype string
---@return tensor
function methods.to(t, dtype)
  local number = Type.dtype(dtype or false)
  return expect(t, "to").elem == number and t or Type.make(C.mah_tensor_to, t, number)
end

--- The same values as float32; the tensor itself when it is that already.
---
---     print(mah.arange(3, "int32"):float().dtype)   --> float32
---@return tensor
function methods.float(t) return methods.to(t, "float32") end

--- The same values as float64; the tensor itself when it is that already.
---
---     print(mah.arange(3):double().dtype)   --> float64
---@return tensor
function methods.double(t) return methods.to(t, "float64") end

--- The values as int32, truncated towards zero and clamped; the tensor itself when it is that
--- already.
---
---     print(mah.tensor { -1.7, 2.9 }:int())
---     --> int32 2
---     --> {-1,  2}
---@return tensor
function methods.int(t) return methods.to(t, "int32") end

--- The values as int64, truncated towards zero and clamped; the tensor itself when it is that
--- already.
---
---     print(mah.tensor { -1.7, 3e9 }:long())
---     --> int64 2
---     --> {        -1, 3000000000}
---@return tensor
function methods.long(t) return methods.to(t, "int64") end

--- The values as uint8, truncated towards zero and clamped to 0 ... 255; the tensor itself when it
--- is that already.
---
---     print(mah.tensor { -1.7, 2.9, 300 }:byte())
---     --> uint8 3
---     --> {  0,   2, 255}
---@return tensor
function methods.byte(t) return methods.to(t, "uint8") end

--- As bool, whether each element is not 0; the tensor itself when it is that already.
---
---     print(mah.tensor { 0, 0.5, -1 }:bool())
---     --> bool 3
---     --> {false,  true,  true}
---@return tensor
function methods.bool(t) return methods.to(t, "bool") end

--- The values as float16, rounded to the nearest, ties to even; the tensor itself when it is that
--- already. float16 has 11 bits of precision and ends at 65504.
---
---     print(mah.tensor { 0.1, 2049, 1e6 }:half():float())
---     --> float32 3
---     --> {   0.1, 2048.0,    inf}
---@return tensor
function methods.half(t) return methods.to(t, "float16") end

--- The values as bfloat16, rounded to the nearest, ties to even; the tensor itself when it is that
--- already. bfloat16 has 8 bits of precision and the range of float32.
---
---     print(mah.tensor { 0.1, 257 }:bfloat16():float())
---     --> float32 2
---     --> {  0.1001, 256.0000}
---@return tensor
function methods.bfloat16(t) return methods.to(t, "bfloat16") end

--- A copy with memory of its own, row by row without gaps.
---
---     local x = mah.tensor { 1, 2 }
---     local y = x:clone()
---     y[1] = 9
---     print(x[1], y[1])   --> 1 9
---@return tensor
function methods.clone(t) return Type.make(C.mah_tensor_clone, expect(t, "clone")) end

--- The only element as a Lua number; of a bool tensor as a boolean. An int64 beyond 2^53 comes as
--- an int64_t. More than one element, or none, is an error.
---
---     print(mah.tensor { { 7 } }:item(), mah.tensor(true):item())   --> 7 true
---@return number|boolean|ffi.cdata*
function methods.item(t)
  if methods.numel(expect(t, "item")) ~= 1 then
    check.raise("item: one element is expected, got %s", Type.describe(t))
  end
  return Type.first(t)
end

local function to_list(t)
  local list = {}
  for i = 1, tonumber(t.extent[0]) do
    local x = t[i]
    if t.ndim > 1 then x = to_list(x) end
    list[i] = x
  end
  return list
end

--- The elements as a nested Lua table of numbers or booleans; of a tensor without dimensions as one
--- value.
---
---     local list = mah.tensor { { 1, 2 }, { 3, 4 } }:totable()
---     print(#list, list[2][1])   --> 2 3
---@return table|number|boolean
function methods.totable(t)
  expect(t, "totable")
  if t.ndim == 0 then return methods.item(t) end
  local lists = 1 -- of the innermost ones
  for d = 0, t.ndim - 2 do lists = lists * math.max(1, tonumber(t.extent[d])) end
  Type.check_many("totable", t, lists)
  return to_list(t)
end
