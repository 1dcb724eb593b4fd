--- Views: other shapes over the same elements. What is written to a view is seen in the tensor.
---
---     local x = mah.arange(6):reshape(2, 3)
---     print(x[2][1])                                          --> 4
---     x:t()[3]:fill_(7)                                       -- column 3
---
--- Dimensions and positions count from 1, and from -1 at the end.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local shape = require "mah.tensor.shape"

local methods, expect = Type.methods, Type.expect
local extents_t, dims_t = ffi.typeof "int64_t[8]", ffi.typeof "int32_t[8]"

-- -- Looking --------------------------------------------------------------------------------------

--- The number of elements, the product of the sizes.
---
---     print(mah.zeros(2, 3):numel())   --> 6
---@return integer
function methods.numel(t) return tonumber(C.mah_tensor_count(expect(t, "numel"))) end

--- The number of dimensions, 0 ... 8.
---
---     print(mah.zeros(2, 3):dim(), mah.tensor(1):dim())   --> 2 0
---@return integer
function methods.dim(t) return expect(t, "dim").ndim end

local function one_or_all(t, array, dim, where)
  if dim then return tonumber(array[Type.dim(t, dim, where)]) end
  local list = {}
  for d = 1, t.ndim do list[d] = tonumber(array[d - 1]) end
  return list
end

--- The size of one dimension, or a list of all.
---
---     local x = mah.zeros(2, 3)
---     print(x:size(1), x:size(-1), #x:size())   --> 2 3 2
---@param dim integer|nil
---@return integer|integer[]
function methods.size(t, dim) return one_or_all(expect(t, "size"), t.extent, dim, "size") end

--- How many elements lie in memory from one position to the next along a dimension, or a list for
--- all. 0 for a dimension that was expanded.
---
---     local x = mah.zeros(2, 3)
---     print(x:stride(1), x:stride(2), x:t():stride(1))   --> 3 1 1
---@param dim integer|nil
---@return integer|integer[]
function methods.stride(t, dim) return one_or_all(expect(t, "stride"), t.step, dim, "stride") end

--- Do the elements lie row by row in memory, without gaps?
---
---     local x = mah.zeros(2, 3)
---     print(x:is_contiguous(), x:t():is_contiguous())   --> true false
---@return boolean
function methods.is_contiguous(t)
  return C.mah_tensor_is_contiguous(expect(t, "is_contiguous")) ~= 0
end

--- The tensor itself when its elements lie row by row without gaps, else a copy in which they do.
---
---     local x = mah.zeros(2, 3):t()
---     print(x:is_contiguous(), x:contiguous():is_contiguous())   --> false true
---@return tensor
function methods.contiguous(t)
  return methods.is_contiguous(t) and t or Type.make(C.mah_tensor_clone, t)
end

-- -- One dimension --------------------------------------------------------------------------------

--- 0-based position; nil when it is outside.
local function position(key, n)
  if type(key) ~= "number" or key % 1 ~= 0 then return nil end
  local i = key < 0 and key + n or key - 1
  return i >= 0 and i < n and i or nil
end

--- The slice at one position of a dimension, which is dropped: a view. x[i] is x:select(1, i).
---
---     local x = mah.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
---     print(x:select(2, 3))
---     --> float32 2
---     --> {3.0, 6.0}
---@param dim integer
---@param index integer   from 1, or from -1 at the end
---@return tensor         a view with one dimension less
function methods.select(t, dim, index)
  expect(t, "select")
  local d = Type.dim(t, dim, "select")
  local i = position(index, tonumber(t.extent[d]))
  if not i then
    check.raise("index %s is outside of 1 ... %d, dimension %d of %s", check.show(index),
      tonumber(t.extent[d]), d + 1, Type.describe(t))
  end
  return Type.view(C.mah_tensor_select, t, d, i)
end

--- `length` positions of a dimension, from `start` on: a view. x[{{2, 3}}] is x:narrow(1, 2, 2).
---
---     local x = mah.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
---     print(x:narrow(2, 2, 2))
---     --> float32 2x2
---     --> {{2.0, 3.0},
---     -->  {5.0, 6.0}}
---@param dim integer
---@param start integer    from 1, or from -1 at the end
---@param length integer
---@return tensor          a view with as many dimensions
function methods.narrow(t, dim, start, length)
  expect(t, "narrow")
  local d = Type.dim(t, dim, "narrow")
  Type.integer(start, "narrow", "start")
  local from = start < 0 and start + tonumber(t.extent[d]) or start - 1
  return Type.view(C.mah_tensor_narrow, t, d, from, Type.integer(length, "narrow", "length"))
end

--- A view with one more dimension, of size 1, in the place `dim`.
---
---     local x = mah.tensor { 1, 2, 3 }
---     print(x:unsqueeze(1))
---     --> float32 1x3
---     --> {{1.0, 2.0, 3.0}}
---     print(x:unsqueeze(2))
---     --> float32 3x1
---     --> {{1.0},
---     -->  {2.0},
---     -->  {3.0}}
---@param dim integer   1 ... x:dim() + 1
---@return tensor
function methods.unsqueeze(t, dim)
  expect(t, "unsqueeze")
  return Type.view(C.mah_tensor_unsqueeze, t, Type.dim(t, dim, "unsqueeze", 1))
end

--- A view without dimension `dim` if its size is 1; without all such dimensions when `dim` is left
--- out.
---
---     print(#mah.zeros(1, 3, 1):squeeze().shape, #mah.zeros(1, 3, 1):squeeze(1).shape)   --> 1 2
---@param dim integer|nil
---@return tensor
function methods.squeeze(t, dim)
  expect(t, "squeeze")
  if dim then return Type.view(C.mah_tensor_squeeze, t, Type.dim(t, dim, "squeeze")) end
  local out = Type.view(C.mah_tensor_alias, t)
  for d = t.ndim - 1, 0, -1 do
    out = Type.replace(out, Type.view(C.mah_tensor_squeeze, out, d))
  end
  return out
end

-- -- Several dimensions ---------------------------------------------------------------------------

--- A view in which two dimensions have changed places.
---
---     local x = mah.zeros(2, 3, 4)
---     print(unpack(x:transpose(1, 3).shape))   --> 4 3 2
---@param dim0 integer
---@param dim1 integer
---@return tensor
function methods.transpose(t, dim0, dim1)
  expect(t, "transpose")
  local a, b = Type.dim(t, dim0, "transpose"), Type.dim(t, dim1, "transpose")
  return Type.view(C.mah_tensor_transpose, t, a, b)
end

--- The transpose of a matrix, as a view; a vector stays as it is.
---
---     print(mah.tensor { { 1, 2, 3 }, { 4, 5, 6 } }:t())
---     --> float32 3x2
---     --> {{1.0, 4.0},
---     -->  {2.0, 5.0},
---     -->  {3.0, 6.0}}
---@return tensor
function methods.t(t)
  expect(t, "t")
  if t.ndim > 2 then
    check.raise("t: a matrix is expected, got %s; use transpose or permute", Type.describe(t))
  end
  if t.ndim < 2 then return Type.view(C.mah_tensor_alias, t) end
  return Type.view(C.mah_tensor_transpose, t, 0, 1)
end

--- A view with the dimensions in another order, which names each once: x:permute(3, 1, 2), or a
--- list.
---
---     local x = mah.zeros(2, 3, 4)
---     print(unpack(x:permute(3, 1, 2).shape))   --> 4 2 3
---@param ... integer|integer[]   dimension i of the view is the i-th that is named
---@return tensor
function methods.permute(t, ...)
  local list, dims = shape.list(...), dims_t()
  expect(t, "permute")
  if #list ~= t.ndim then
    check.raise("permute: %d dimensions named for %s", #list, Type.describe(t))
  end
  for i = 1, #list do dims[i - 1] = Type.dim(t, list[i], "permute") end
  return Type.view(C.mah_tensor_permute, t, dims)
end

--- Sizes for `t`, as arguments or a list, where -1 stands for fill(list, place, t, where).
--- (LuaJIT does not compile calls that make a function; so `fill` is told all that it needs.)
local function sizes_with_hole(t, where, fill, ...)
  local list, whole = shape.list(...), {}
  for i = 1, #list do Type.integer(list[i], where, ("size %d"):format(i)) end
  for i = 1, #list do whole[i] = list[i] == -1 and fill(list, i, t, where) or list[i] end
  return Type.sizes(where, whole)
end

--- In another shape: what is left over.
local function left_over(list, place, t, where)
  local rest, n = 1, methods.numel(t)
  for i = 1, #list do
    if i ~= place and list[i] == -1 then check.raise("%s: only one size can be -1", where) end
    if i ~= place then rest = rest * list[i] end
  end
  if rest <= 0 or n % rest ~= 0 then
    check.raise("%s: no size for -1 makes {%s} of %s", where, table.concat(list, ", "),
      Type.describe(t))
  end
  return n / rest
end

--- In an expansion: the size that is there, or -1 for the core to complain of.
local function size_there(list, place, t)
  local d = place - 1 - (#list - t.ndim)
  return d >= 0 and tonumber(t.extent[d]) or -1
end

--- Another shape over the same elements, row by row; an error where that would need a copy. One
--- size may be -1: what is left over.
---
---     local x = mah.arange(6)
---     local y = x:view(2, -1)
---     y[2][1] = 40
---     print(x)
---     --> float32 6
---     --> { 1.0,  2.0,  3.0, 40.0,  5.0,  6.0}
---@param ... integer|integer[]
---@return tensor
function methods.view(t, ...)
  return Type.view(C.mah_tensor_view, expect(t, "view"), sizes_with_hole(t, "view", left_over, ...))
end

--- The same elements, row by row, in another shape: a view where that is possible, else a copy. One
--- size may be -1: what is left over.
---
---     print(mah.arange(6):reshape(2, 3))
---     --> float32 2x3
---     --> {{1.0, 2.0, 3.0},
---     -->  {4.0, 5.0, 6.0}}
---     print(unpack(mah.zeros(4, 6):reshape(3, -1).shape))   --> 3 8
---@param ... integer|integer[]
---@return tensor
function methods.reshape(t, ...)
  local ndim, extents = sizes_with_hole(expect(t, "reshape"), "reshape", left_over, ...)
  local out = Type.blank()
  if C.mah_tensor_view(out, Type.settle(t), ndim, extents) == 0 then return Type.own(out) end
  local copy = Type.make(C.mah_tensor_clone, t)
  return Type.replace(copy, Type.view(C.mah_tensor_view, copy, ndim, extents))
end

--- Dimensions first ... last become one, all of them when left out: a view where that is possible.
---
---     local x = mah.zeros(2, 3, 4)
---     print(#x:flatten(), unpack(x:flatten(2).shape))   --> 24 2 12
---@param first integer|nil   1
---@param last integer|nil    -1
---@return tensor
function methods.flatten(t, first, last)
  expect(t, "flatten")
  if t.ndim == 0 then return methods.reshape(t, 1) end
  local a, b = Type.dim(t, first or 1, "flatten"), Type.dim(t, last or -1, "flatten")
  if a > b then check.raise("flatten: dimension %d comes after dimension %d", a + 1, b + 1) end
  local sizes = {}
  for d = 0, t.ndim - 1 do
    local n = tonumber(t.extent[d])
    if d > a and d <= b then sizes[a + 1] = sizes[a + 1] * n else sizes[#sizes + 1] = n end
  end
  return methods.reshape(t, sizes)
end

--- A view in which dimensions of size 1, and new ones in front, repeat their elements without
--- memory for it. -1 keeps a size. Such a view cannot be written to; clone it first.
---
---     print(mah.tensor { { 1 }, { 2 } }:expand(2, 3))
---     --> float32 2x3
---     --> {{1.0, 1.0, 1.0},
---     -->  {2.0, 2.0, 2.0}}
---     print(unpack(mah.zeros(3):expand(4, -1).shape))   --> 4 3
---@param ... integer|integer[]
---@return tensor
function methods.expand(t, ...)
  local ndim, extents = sizes_with_hole(expect(t, "expand"), "expand", size_there, ...)
  return Type.view(C.mah_tensor_expand, t, ndim, extents)
end

--- As expand, to the shape of another tensor.
---
---     local bias = mah.tensor { 1, 2 }
---     print(bias:expand_as(mah.zeros(3, 2)))
---     --> float32 3x2
---     --> {{1.0, 2.0},
---     -->  {1.0, 2.0},
---     -->  {1.0, 2.0}}
---@param other tensor
---@return tensor
function methods.expand_as(t, other)
  expect(other, "expand_as: argument")
  return Type.view(C.mah_tensor_expand, expect(t, "expand_as"), other.ndim, other.extent)
end

--- The diagonal of a matrix, as a view; of a vector (n), a new n x n matrix that has it as its
--- diagonal.
---
---     local x = mah.tensor { { 1, 2 }, { 3, 4 } }
---     print(x:diag())
---     --> float32 2
---     --> {1.0, 4.0}
---     print(x:diag():diag())
---     --> float32 2x2
---     --> {{1.0, 0.0},
---     -->  {0.0, 4.0}}
---@return tensor
function methods.diag(t)
  expect(t, "diag")
  if t.ndim ~= 1 then return Type.view(C.mah_tensor_diagonal, t) end
  local n = t.extent[0]
  local out = Type.make(C.mah_tensor_zeros, t.elem, 2, extents_t(n, n))
  check.status(C.mah_tensor_copy(Type.view(C.mah_tensor_diagonal, out), t))
  return out
end

-- -- Apart ----------------------------------------------------------------------------------------

--- The same elements as a tensor of its own. In a function of which mah.grad takes the gradient,
--- the values without what they came from: to keep, or where no gradient is to go through.
---
---     local x = mah.tensor { 1, 2 }
---     local y = x:detach()
---     y[1] = 9
---     print(x[1])   --> 9
---@return tensor
function methods.detach(t) return Type.view(C.mah_tensor_alias, expect(t, "detach")) end

--- Gives the memory back at once, and not when the collector comes to it. Views keep the storage
--- alive. The tensor cannot be used any more; to free it again does nothing.
---
---     local x = mah.zeros(1000, 1000)
---     x:free()
---     print(x)   --> a freed tensor
function methods.free(t)
  if not Type.is_tensor(t) then check.raise("free: a tensor is expected, got %s", check.show(t)) end
  Type.release(t)
end

return methods
