--- The same elements in another order, or several times over.
---
---     x:flip(2)   x:roll(1, 2)   x:tril()             -- new tensors
---     x:tile(2, 3)   x["repeat"](x, 2, 3)             -- `repeat` is a word of Lua's own
---     x:repeat_interleave(2)                          -- NumPy's repeat
---     x:diagonal()                                    -- a view
---
--- Dimensions count from 1, and from -1 at the end. Every dtype stays as it is.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local number_in = require "mah.base.number_in"
local options = require "mah.base.options"
local shape = require "mah.tensor.shape"

local methods, expect = Type.methods, Type.expect
local number = ffi.new "double[1]"
local flags_t, extents_t = ffi.typeof "int32_t[8]", ffi.typeof "int64_t[8]"

local arrange = {}

-- -- Another order --------------------------------------------------------------------------------

--- The elements in reverse order along the dimensions named, x:flip(1) or x:flip(1, 3); along all
--- when none is named. A copy.
---
---     local x = mah.tensor { { 1, 2 }, { 3, 4 } }
---     print(mah.flip(x, 1))
---     --> float32 2x2
---     --> {{3.0, 4.0},
---     -->  {1.0, 2.0}}
---     print(x:flip())
---     --> float32 2x2
---     --> {{4.0, 3.0},
---     -->  {2.0, 1.0}}
---@param x tensor
---@param ... integer|integer[]
---@return tensor   of x's shape
function arrange.flip(x, ...)
  expect(x, "flip")
  local list, turned = shape.list(...), flags_t()
  for d = 1, x.ndim do turned[d - 1] = #list == 0 and 1 or 0 end
  for i = 1, #list do turned[Type.dim(x, list[i], "flip")] = 1 end
  return Type.make(C.mah_flip, x, turned)
end

--- Left to right, the columns of a matrix in reverse order: flip along dimension 2.
---
---     print(mah.fliplr(mah.tensor { { 1, 2 }, { 3, 4 } }))
---     --> float32 2x2
---     --> {{2.0, 1.0},
---     -->  {4.0, 3.0}}
---@param x tensor   of two dimensions at least
---@return tensor
function arrange.fliplr(x)
  check.that(expect(x, "fliplr").ndim >= 2, "fliplr: a matrix is expected, got %s",
    Type.describe(x))
  return arrange.flip(x, 2)
end

--- Upside down, the rows in reverse order: flip along dimension 1.
---
---     print(mah.flipud(mah.tensor { { 1, 2 }, { 3, 4 } }))
---     --> float32 2x2
---     --> {{3.0, 4.0},
---     -->  {1.0, 2.0}}
---@param x tensor   of a dimension at least
---@return tensor
function arrange.flipud(x)
  check.that(expect(x, "flipud").ndim >= 1, "flipud: %s has no rows", Type.describe(x))
  return arrange.flip(x, 1)
end

--- Every element moved on by `shift` positions along a dimension; those that leave at the end come
--- in at the front. Without a dimension, along the elements row by row. Lists of both: one after
--- the other.
---
---     print(mah.roll(mah.arange(5), 2))
---     --> float32 5
---     --> {4.0, 5.0, 1.0, 2.0, 3.0}
---     print(mah.tensor { { 1, 2, 3 }, { 4, 5, 6 } }:roll(-1, 2))
---     --> float32 2x3
---     --> {{2.0, 3.0, 1.0},
---     -->  {5.0, 6.0, 4.0}}
---@param x tensor
---@param shift integer|integer[]     negative: towards the front
---@param dim integer|integer[]|nil   as many as shifts
---@return tensor                     of x's shape
function arrange.roll(x, shift, dim)
  expect(x, "roll")
  if dim == nil then
    if x.ndim ~= 1 then return arrange.roll(x:reshape(-1), shift, 1):reshape(x.shape) end
    dim = 1
  end
  if type(dim) == "number" and type(shift) == "number" then
    local by = extents_t()
    by[Type.dim(x, dim, "roll")] = Type.integer(shift, "roll", "shift")
    return Type.make(C.mah_roll, x, by)
  end
  local shifts, dims, by = shape.listed(shift), shape.listed(dim), extents_t()
  check.that(#shifts == #dims, "roll: %d shifts for %d dimensions", #shifts, #dims)
  for i = 1, #dims do
    local d = Type.dim(x, dims[i], "roll")
    by[d] = by[d] + Type.integer(shifts[i], "roll", "shift")
  end
  return Type.make(C.mah_roll, x, by)
end

-- -- Several times --------------------------------------------------------------------------------

local function times_of(where, ...)
  local list, times = shape.list(...), extents_t()
  check.that(#list <= Type.MAX_DIMS, "%s: %d dimensions; a tensor has at most %d", where, #list,
    Type.MAX_DIMS)
  for i = 1, #list do
    times[i - 1] = Type.integer(list[i], where, "how often")
    check.that(list[i] >= 0, "%s: dimension %d %d times", where, i, list[i])
  end
  return #list, times
end

--- The tensor so many times over along each dimension, x:tile(2, 3). Dimensions that x lacks come
--- in front; when fewer are named, they are the last ones. (NumPy's tile.)
---
---     print(mah.tile(mah.tensor { 1, 2 }, 3))
---     --> float32 6
---     --> {1.0, 2.0, 1.0, 2.0, 1.0, 2.0}
---     print(mah.tile(mah.tensor { 1, 2 }, 2, 2))
---     --> float32 2x4
---     --> {{1.0, 2.0, 1.0, 2.0},
---     -->  {1.0, 2.0, 1.0, 2.0}}
---@param x tensor
---@param ... integer|integer[]
---@return tensor
function arrange.tile(x, ...)
  expect(x, "tile")
  local n, times = times_of("tile", ...)
  if n >= x.ndim then return Type.make(C.mah_tile, x, n, times) end
  local padded = extents_t()
  for d = 0, x.ndim - 1 do
    local i = d - (x.ndim - n)
    padded[d] = i < 0 and 1 or times[i]
  end
  return Type.make(C.mah_tile, x, x.ndim, padded)
end

--- The tensor so many times over along each dimension, as PyTorch's x.repeat(2, 3). `repeat` is a
--- word of Lua's own, so it is written mah["repeat"](x, 2, 3); x:tile(2, 3) is the same. (NumPy's
--- repeat is repeat_interleave.)
---
---     print(mah["repeat"](mah.tensor { 1, 2 }, 2, 2))
---     --> float32 2x4
---     --> {{1.0, 2.0, 1.0, 2.0},
---     -->  {1.0, 2.0, 1.0, 2.0}}
---@param x tensor
---@param ... integer|integer[]   one for each dimension; more come in front
---@return tensor
local function repeat_(x, ...)
  local n, times = times_of("repeat", ...)
  check.that(n >= expect(x, "repeat").ndim, "repeat: %d numbers for %s; x:repeat_interleave(%s) "
    .. "repeats each position", n, Type.describe(x), n > 0 and tostring(times[0]):match "%d+" or 2)
  return Type.make(C.mah_tile, x, n, times)
end
arrange["repeat"] = repeat_

--- Each position of a dimension several times in a row, as NumPy's repeat; of all elements, row by
--- row, when no dimension is named.
---
---     local x = mah.tensor { { 1, 2 }, { 3, 4 } }
---     print(mah.repeat_interleave(x, 2))
---     --> float32 8
---     --> {1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0}
---     print(x:repeat_interleave({ 1, 2 }, 1))
---     --> float32 3x2
---     --> {{1.0, 2.0},
---     -->  {3.0, 4.0},
---     -->  {3.0, 4.0}}
---@param x tensor
---@param repeats integer|integer[]|tensor   how often; or, for each position, how often it
---@param dim integer|nil
---@return tensor   a vector when no dimension is named
function arrange.repeat_interleave(x, repeats, dim)
  expect(x, "repeat_interleave")
  if dim == nil and x.ndim ~= 1 then x = x:reshape(-1) end
  local d = Type.dim(x, dim or 1, "repeat_interleave")
  if type(repeats) == "number" then
    Type.integer(repeats, "repeat_interleave", "repeats")
    return Type.make(C.mah_repeat_interleave, x, d, nil, repeats)
  end
  if type(repeats) == "table" then
    repeats = require("mah.tensor.make").tensor(repeats, { dtype = "int64" })
  end
  expect(repeats, "repeat_interleave: repeats")
  return Type.make(C.mah_repeat_interleave, x, d, repeats, 0)
end

local meshgrid_rules = options.declare("mah.meshgrid", {
  indexing = { "ij", { "ij", "xy" }, nil, "ij: the i-th vector runs along dimension i; xy: the "
    .. "first two change places, as in pictures" },
})

--- The core's dimension along which the i-th vector runs.
local function axis_of(i, is_xy) return is_xy and i <= 2 and 2 - i or i - 1 end

--- The coordinates of a grid: for n vectors as many tensors of n dimensions, of which the i-th
--- holds the i-th coordinate of every point. Views, to be cloned before they are written to.
---
---     local x, y = mah.meshgrid(mah.tensor { 1, 2 }, mah.tensor { 10, 20, 30 })
---     print(x)
---     --> float32 2x3
---     --> {{1.0, 1.0, 1.0},
---     -->  {2.0, 2.0, 2.0}}
---     print(y)
---     --> float32 2x3
---     --> {{10.0, 20.0, 30.0},
---     -->  {10.0, 20.0, 30.0}}
---@param ... tensor|{indexing: string?}   "ij" (the i-th vector runs along dimension i), or "xy"
---  (the first two change places, as in pictures)
---@return tensor ...
function arrange.meshgrid(...)
  local list, given = { ... }, nil
  local n = select("#", ...)
  if n > 1 and type(list[n]) == "table" then list[n], given, n = nil, list[n], n - 1 end
  if n == 1 and type(list[1]) == "table" then list = list[1] end
  local is_xy = options(given, meshgrid_rules, "meshgrid").indexing == "xy"
  check.that(#list >= 1 and #list <= Type.MAX_DIMS, "meshgrid: %d vectors; a tensor has 1 ... %d "
    .. "dimensions", #list, Type.MAX_DIMS)
  is_xy = is_xy and #list > 1
  local sizes, grids = extents_t(), {}
  for i = 1, #list do
    check.that(expect(list[i], "meshgrid").ndim <= 1, "meshgrid: vectors are expected, got %s",
      Type.describe(list[i]))
    sizes[axis_of(i, is_xy)] = C.mah_tensor_count(list[i])
  end
  for i = 1, #list do
    grids[i] = Type.view(C.mah_tensor_axis, list[i], #list, sizes, axis_of(i, is_xy))
  end
  return unpack(grids)
end

-- -- Triangles and diagonals ----------------------------------------------------------------------

local function triangle(x, diagonal, upper, where)
  diagonal = diagonal == nil and 0 or Type.integer(diagonal, where, "the diagonal")
  return Type.make(C.mah_triangle, expect(x, where), diagonal, upper)
end

--- The lower triangle of a matrix, or of each matrix of a batch: zeros above a diagonal. A copy.
---
---     print(mah.tril(mah.tensor { { 1, 2 }, { 3, 4 } }))
---     --> float32 2x2
---     --> {{1.0, 0.0},
---     -->  {3.0, 4.0}}
---@param x tensor                 (..., n, m)
---@param diagonal integer|nil     0, the main one; 1: the next one above, -1: below
---@return tensor                  of x's shape
function arrange.tril(x, diagonal) return triangle(x, diagonal, 0, "tril") end

--- The upper triangle of a matrix, or of each matrix of a batch: zeros below a diagonal. A copy.
---
---     print(mah.triu(mah.tensor { { 1, 2 }, { 3, 4 } }, 1))
---     --> float32 2x2
---     --> {{0.0, 2.0},
---     -->  {0.0, 0.0}}
---@param x tensor                 (..., n, m)
---@param diagonal integer|nil     0, the main one; 1: the next one above, -1: below
---@return tensor                  of x's shape
function arrange.triu(x, diagonal) return triangle(x, diagonal, 1, "triu") end

--- The diagonal between two dimensions, which are gone, as a new last dimension: a view.
---
---     local x = mah.arange(6):reshape(2, 3)
---     print(mah.diagonal(x))
---     --> float32 2
---     --> {1.0, 5.0}
---     print(x:diagonal(1))
---     --> float32 2
---     --> {2.0, 6.0}
---@param x tensor                 of two dimensions at least
---@param offset integer|nil       0, the main one; 1: the next one above, -1: below
---@param dim1 integer|nil         1
---@param dim2 integer|nil         2
---@return tensor                  a view
function arrange.diagonal(x, offset, dim1, dim2)
  local a = Type.dim(expect(x, "diagonal"), dim1 or 1, "diagonal")
  local b = Type.dim(x, dim2 or 2, "diagonal")
  offset = offset == nil and 0 or Type.integer(offset, "diagonal", "the offset")
  return Type.view(C.mah_tensor_diagonal_of, x, offset, a, b)
end

--- The sum of a matrix's diagonal; with more dimensions, of the diagonals between the first two.
---
---     print(mah.trace(mah.tensor { { 1, 2 }, { 3, 4 } }))   --> 5
---@param x tensor             (n, m) or (n, m, ...)
---@param offset integer|nil   of the diagonal: 0, the main one; 1: the next one above, -1: below
---@return number|tensor       a number for a matrix, else (...)
function arrange.trace(x, offset)
  check.that(expect(x, "trace").ndim >= 2, "trace: a matrix is expected, got %s", Type.describe(x))
  local is_integer = C.mah_dtype_is_integer(x.elem) ~= 0
  if x.ndim > 2 then return arrange.diagonal(x, offset):sum(-1) end
  if is_integer then return arrange.diagonal(x, offset):sum() end
  check.status(C.mah_trace(number, x, offset and Type.integer(offset, "trace", "the offset") or 0))
  return number_in(number)
end

--- Matrices of zeros that have the last dimension of x as their diagonals.
---
---     print(mah.diag_embed(mah.tensor { 1, 2 }))
---     --> float32 2x2
---     --> {{1.0, 0.0},
---     -->  {0.0, 2.0}}
---     print(mah.diag_embed(mah.tensor { 1, 2 }, 1))
---     --> float32 3x3
---     --> {{0.0, 1.0, 0.0},
---     -->  {0.0, 0.0, 2.0},
---     -->  {0.0, 0.0, 0.0}}
---@param x tensor             (..., n)
---@param offset integer|nil   0, the main diagonal; 1: the next one above, -1: below
---@param dim1 integer|nil     where the matrices' rows are in the result: -2
---@param dim2 integer|nil     and their columns: -1
---@return tensor              (..., n + |offset|, n + |offset|)
function arrange.diag_embed(x, offset, dim1, dim2)
  check.that(expect(x, "diag_embed").ndim >= 1 and x.ndim < Type.MAX_DIMS,
    "diag_embed: a vector or more is expected, got %s", Type.describe(x))
  offset = offset == nil and 0 or Type.integer(offset, "diag_embed", "the offset")
  local a = Type.dim(x, dim1 or -2, "diag_embed", 1)
  local b = Type.dim(x, dim2 or -1, "diag_embed", 1)
  check.that(a ~= b, "diag_embed: dimension %d is named twice", a + 1)
  return Type.make(C.mah_diag_embed, x, offset, a, b)
end

-- -- Positions ------------------------------------------------------------------------------------

--- The elements of a dimension at other positions for each row, as gather, where the other
--- dimensions of x and of the positions broadcast; of all elements, row by row, when no dimension
--- is named. It takes what argsort and argmax find.
---
---     local x = mah.tensor { { 3, 1, 2 }, { 6, 5, 4 } }
---     print(mah.take_along_dim(x, x:argsort(2), 2))
---     --> float32 2x3
---     --> {{1.0, 2.0, 3.0},
---     -->  {4.0, 5.0, 6.0}}
---     print(x:take_along_dim(x:argmax(2, true), 2))
---     --> float32 2x1
---     --> {{3.0},
---     -->  {6.0}}
---@param x tensor
---@param which tensor   int32 or int64, from 1, with x's number of dimensions
---@param dim integer|nil
---@return tensor        in the shape of the positions
function arrange.take_along_dim(x, which, dim)
  expect(x, "take_along_dim")
  expect(which, "take_along_dim: positions")
  if dim == nil then return methods.gather(x:reshape(-1), 1, which:reshape(-1)) end
  local d = Type.dim(x, dim, "take_along_dim")
  check.that(which.ndim == x.ndim, "take_along_dim: positions %s for %s", Type.describe(which),
    Type.describe(x))
  local x_sizes, which_sizes = x.shape, which.shape
  for i = 1, x.ndim do
    if i ~= d + 1 then
      if x_sizes[i] == 1 then x_sizes[i] = which_sizes[i] end
      if which_sizes[i] == 1 then which_sizes[i] = x_sizes[i] end
    end
  end
  return methods.gather(x:expand(x_sizes), d + 1, which:expand(which_sizes))
end

for name, f in pairs(arrange) do methods[name] = f end
methods.meshgrid = nil -- of vectors, not of one

return arrange
