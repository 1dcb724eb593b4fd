--- Views as Torch and PyTorch store them: a storage, sizes, strides and an offset.
---
---     strided(flat, { 3, 2 }, { 1, 3 }, 0)        -- the transpose of a 2 x 3
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"

local extents_t = ffi.typeof "int64_t[8]"

local function extents(list, where, what)
  local out = extents_t()
  for d, n in ipairs(list) do
    check.that(n % 1 == 0 and n >= 0 and n <= 2 ^ 53, "%s: %s of %s", where, what, check.show(n))
    out[d - 1] = n
  end
  return out
end

--- A view of the storage's elements; an error where it would leave it.
---@param storage tensor        (n)
---@param sizes integer[]
---@param strides integer[]     in elements, none negative
---@param offset integer        from 0
---@param where string          for messages
---@return tensor
return function(storage, sizes, strides, offset, where)
  check.that(#sizes <= Type.MAX_DIMS and #sizes == #strides,
    "%s: %d sizes and %d strides; a tensor has at most %d dimensions", where, #sizes, #strides,
    Type.MAX_DIMS)
  local out = Type.blank()
  local size, step = extents(sizes, where, "a size"), extents(strides, where, "a stride")
  local from = extents({ offset }, where, "an offset")[0]
  if C.mah_tensor_as_strided(out, Type.settle(storage), #sizes, size, step, from) ~= 0 then
    check.raise("%s: %s", where, ffi.string(C.mah_error_message()))
  end
  return Type.own(out)
end
