--- Views with dimensions at other places, more of them, or fewer.
---
---     x:movedim(1, -1)   x:swapaxes(1, 2)   x:ravel()   x:unfold(1, 3, 1)
---
--- Dimensions count from 1, and from -1 at the end.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local shape = require "mah.tensor.shape"

local methods, expect = Type.methods, Type.expect
local flags_t = ffi.typeof "int32_t[8]"

local dimensions = {}

--- Dimension `from` at the place of `to`, counted from 0.
local function move_one(x, from, to)
  local order = flags_t()
  for d = 0, x.ndim - 1 do
    order[d] = d == to and from
      or d + (d >= from and d < to and 1 or 0) - (d > to and d <= from and 1 or 0)
  end
  return Type.view(C.mah_tensor_permute, x, order)
end

--- A view with dimensions moved to other places; the others keep their order.
---
---     print(unpack(mah.movedim(mah.zeros(2, 3, 4), 1, -1).shape))   --> 3 4 2
---     print(unpack(mah.zeros(2, 3, 4):movedim({ 1, 2 }, { 3, 1 }).shape))   --> 3 4 2
---@param x tensor
---@param source integer|integer[]
---@param destination integer|integer[]   as many
---@return tensor
function dimensions.movedim(x, source, destination)
  expect(x, "movedim")
  if type(source) == "number" and type(destination) == "number" then
    return move_one(x, Type.dim(x, source, "movedim"), Type.dim(x, destination, "movedim"))
  end
  local from, to = shape.listed(source), shape.listed(destination)
  check.that(#from == #to, "movedim: %d dimensions to %d places", #from, #to)
  local order, moved = {}, {}
  for i = 1, #from do
    local a = Type.dim(x, from[i], "movedim") + 1
    local b = Type.dim(x, to[i], "movedim") + 1
    check.that(not moved[a] and not order[b], "movedim: dimension %d is named twice",
      moved[a] and a or b)
    moved[a], order[b] = true, a
  end
  local d = 1
  for place = 1, x.ndim do
    if not order[place] then
      while moved[d] do d = d + 1 end
      order[place], d = d, d + 1
    end
  end
  return methods.permute(x, order)
end

--- A view with dimensions moved to other places: movedim under NumPy's name.
---
---     print(unpack(mah.moveaxis(mah.zeros(2, 3, 4), 1, -1).shape))   --> 3 4 2
---@param x tensor
---@param source integer|integer[]
---@param destination integer|integer[]
---@return tensor
function dimensions.moveaxis(x, source, destination)
  return dimensions.movedim(x, source, destination)
end

--- A view in which two dimensions have changed places: transpose under NumPy's name.
---
---     print(unpack(mah.swapaxes(mah.zeros(2, 3, 4), 1, 3).shape))   --> 4 3 2
---@param x tensor
---@param dim0 integer
---@param dim1 integer
---@return tensor
function dimensions.swapaxes(x, dim0, dim1) return methods.transpose(x, dim0, dim1) end

--- All elements in a row, as x:flatten(): a view where that is possible, else a copy.
---
---     print(mah.ravel(mah.tensor { { 1, 2 }, { 3, 4 } }))
---     --> float32 4
---     --> {1.0, 2.0, 3.0, 4.0}
---@param x tensor
---@return tensor   (elements)
function dimensions.ravel(x) return methods.reshape(expect(x, "ravel"), -1) end

--- Windows of `size` positions along a dimension, each `step` behind the one before; the positions
--- in a window become the last dimension. A view in which windows share elements.
---
---     print(mah.unfold(mah.arange(5), 1, 3))
---     --> float32 3x3
---     --> {{1.0, 2.0, 3.0},
---     -->  {2.0, 3.0, 4.0},
---     -->  {3.0, 4.0, 5.0}}
---     print(mah.arange(5):unfold(1, 2, 3))
---     --> float32 2x2
---     --> {{1.0, 2.0},
---     -->  {4.0, 5.0}}
---@param x tensor
---@param dim integer
---@param size integer
---@param step integer|nil   1
---@return tensor   (..., windows, ..., size)
function dimensions.unfold(x, dim, size, step)
  local d = Type.dim(expect(x, "unfold"), dim, "unfold")
  step = step == nil and 1 or Type.integer(step, "unfold", "the step")
  return Type.view(C.mah_tensor_unfold, x, d, Type.integer(size, "unfold", "the size"), step)
end

--- The tensor itself, or what has no dimensions as a vector of one element.
---
---     print(mah.atleast_1d(3))
---     --> float32 1
---     --> {3.0}
---@param x tensor|number
---@return tensor
function dimensions.atleast_1d(x)
  if type(x) == "number" then x = require("mah.tensor.make").tensor(x) end
  return expect(x, "atleast_1d").ndim >= 1 and x or x:reshape(1)
end

--- The tensor itself, or a vector as the one row of a matrix: (n) gives (1, n).
---
---     print(mah.atleast_2d(mah.tensor { 1, 2 }))
---     --> float32 1x2
---     --> {{1.0, 2.0}}
---@param x tensor|number
---@return tensor
function dimensions.atleast_2d(x)
  x = dimensions.atleast_1d(x)
  return x.ndim >= 2 and x or x:unsqueeze(1)
end

--- The tensor itself, or a matrix with a third dimension behind, a vector with one on either side:
--- (n, m) gives (n, m, 1), (n) gives (1, n, 1).
---
---     print(unpack(mah.atleast_3d(mah.zeros(2, 3)).shape))   --> 2 3 1
---     print(unpack(mah.atleast_3d(mah.zeros(4)).shape))      --> 1 4 1
---@param x tensor|number
---@return tensor
function dimensions.atleast_3d(x)
  x = dimensions.atleast_2d(x)
  return x.ndim >= 3 and x or x:unsqueeze(3)
end

for name, f in pairs(dimensions) do methods[name] = f end

return dimensions
