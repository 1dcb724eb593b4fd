--- Sparse matrices: rows without their zeros, in memory that grows with the other elements only.
--- Estimators and networks take one in the place of x.
---
---     local x, y = mah.data.svmlight("news20.txt", { sparse = true })
---     print(x, #x, x.shape[2], x:values():numel())
---     local clf = mah.MLPClassifier { early_stopping = true }
---     print(clf:fit(x, y):score(x, y))
---     print(x:index_select(1, { 1, 2 }):to_dense())
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local object = require "mah.data.table.object"
local options = require "mah.base.options"
local tensor = require "mah.tensor"

local sparse, meta, methods = {}, {}, {}
sparse.methods = methods
local class

--- Is it a sparse matrix?
---@return boolean
function sparse.is(value) return class.is(value) end

--- A sparse matrix over tensors that are there: row r has value[i] in column[i], counted from 0 and
--- ascending, for i = start[r] ... start[r + 1] - 1.
---@param fields {start: tensor, column: tensor, value: tensor, columns: integer}   (rows + 1)
---  int64, (elements) int32, (elements) float32 or float64
---@return mah.Sparse
function sparse.new(fields) return class.new(fields) end

--- The tensors that it was made from; not to be changed.
---@return table
function sparse.fields(x) return class.fields(x) end

--- Rows without their zeros, as mah.data.svmlight reads them with sparse = true; #x is how many
--- there are. Estimators, networks and mah.train take them in the place of a tensor.
---@class mah.Sparse
---@field shape integer[]   {rows, columns}
---@field ndim integer      2, the number of dimensions
---@field dtype string      of the elements: "float32" or "float64"

local computed = {
  shape = function(x) return { #x, class.fields(x).columns } end,
  ndim = function() return 2 end,
  dtype = function(x) return class.fields(x).value.dtype end,
}

local known = { shape = true, ndim = true, dtype = true }

function meta.__index(x, key)
  if methods[key] then return methods[key] end
  if computed[key] then return computed[key](x) end
  for name in pairs(methods) do known[name] = true end
  check.raise("a sparse matrix has no %s; x:to_dense() makes a tensor of it%s", check.show(key),
    type(key) == "string" and options.did_you_mean(key, known) or "")
end

function meta.__newindex(_, key)
  check.raise("a sparse matrix cannot be changed (at %s)", tostring(key))
end

function meta.__len(x) return #class.fields(x).start - 1 end

--- "sparse float32 4x7, 9 elements"
function meta.__tostring(x)
  local fields = class.fields(x)
  return ("sparse %s %dx%d, %d elements"):format(fields.value.dtype, #x, fields.columns,
    #fields.value)
end

--- For messages (mah.base.check).
function meta.__describe(x)
  return ("a sparse matrix (%dx%d); x:to_dense() makes a tensor of it"):format(#x,
    class.fields(x).columns)
end

local function expect(x, method)
  if class.is(x) then return class.fields(x) end
  check.raise("%s: a sparse matrix is expected, got %s; its methods are called with a colon",
    method, check.show(x))
end

-- -- What it holds --------------------------------------------------------------------------------

--- How many elements come before each row, and in all of them, counted from 0 as in PyTorch.
---
---     mah.file.write("rows.txt", "1 1:0.5 3:2\n0 2:1\n")
---     local x = mah.data.svmlight("rows.txt", { sparse = true })
---     print(x:crow_indices())
---     --> int64 3
---     --> {0, 2, 3}
---@return tensor    (rows + 1) int64, a copy
function methods.crow_indices(x) return expect(x, "crow_indices").start:clone() end

--- The column of each element, counted from 0 as in PyTorch.
---
---     mah.file.write("rows.txt", "1 1:0.5 3:2\n0 2:1\n")
---     local x = mah.data.svmlight("rows.txt", { sparse = true })
---     print(x:col_indices())
---     --> int32 3
---     --> {0, 2, 1}
---@return tensor    (elements) int32, a copy
function methods.col_indices(x) return expect(x, "col_indices").column:clone() end

--- The elements that are stored, row by row.
---
---     mah.file.write("rows.txt", "1 1:0.5 3:2\n0 2:1\n")
---     local x = mah.data.svmlight("rows.txt", { sparse = true })
---     print(x:values())
---     --> float32 3
---     --> {0.5, 2.0, 1.0}
---@return tensor    (elements), a copy
function methods.values(x) return expect(x, "values").value:clone() end

--- The same matrix as a tensor, with its zeros.
---
---     mah.file.write("rows.txt", "1 1:0.5 3:2\n0 2:1\n")
---     local x = mah.data.svmlight("rows.txt", { sparse = true })
---     print(x:to_dense())
---     --> float32 2x3
---     --> {{0.5, 0.0, 2.0},
---     -->  {0.0, 1.0, 0.0}}
---@return tensor    (rows, columns)
function methods.to_dense(x)
  local fields = expect(x, "to_dense")
  local out = tensor.zeros(#x, fields.columns, { dtype = x.dtype })
  local pointer = x.dtype == "float64" and "double *" or "float *"
  local to, value = ffi.cast(pointer, out.data), ffi.cast(pointer, fields.value.data)
  local start = ffi.cast("int64_t *", fields.start.data)
  local column = ffi.cast("int32_t *", fields.column.data)
  for r = 0, #x - 1 do
    local row = to + r * fields.columns
    for i = tonumber(start[r]), tonumber(start[r + 1]) - 1 do row[column[i]] = value[i] end
  end
  return out
end

--- The same matrix with elements of another dtype; the matrix itself when it has that already.
---
---     mah.file.write("rows.txt", "1 1:0.5 3:2\n0 2:1\n")
---     local x = mah.data.svmlight("rows.txt", { sparse = true })
---     print(x:to "float64")   --> sparse float64 2x3, 3 elements
---@param dtype "float32"|"float64"
---@return mah.Sparse
function methods.to(x, dtype)
  local fields = expect(x, "to")
  check.that(dtype == "float32" or dtype == "float64",
    "to: a sparse matrix is float32 or float64; got %s", check.show(dtype))
  if dtype == x.dtype then return x end
  return sparse.new { start = fields.start, column = fields.column, columns = fields.columns,
    value = fields.value:to(dtype) }
end

-- -- Rows -----------------------------------------------------------------------------------------

--- Row numbers from 0, all of them checked.
local function numbers_of(x, which)
  if type(which) == "table" then which = tensor.tensor(which, { dtype = "int32" }) end
  which = Type.expect(which, "index_select: positions"):int():contiguous()
  local list = ffi.cast("int32_t *", which.data)
  for i = 0, #which - 1 do
    if list[i] < 1 or list[i] > #x then
      check.raise("index_select: position %d is outside of 1 ... %d", list[i], #x)
    end
  end
  return which, list
end

--- The rows with these numbers, in this order, as a sparse matrix.
---
---     mah.file.write("rows.txt", "1 1:0.5 3:2\n0 2:1\n")
---     local x = mah.data.svmlight("rows.txt", { sparse = true })
---     print(x:index_select(1, { 2, 1, 2 }))   --> sparse float32 3x3, 4 elements
---@param dim integer             1: rows only
---@param which tensor|integer[]  from 1
---@return mah.Sparse             (rows that are named, columns)
function methods.index_select(x, dim, which)
  local fields = expect(x, "index_select")
  check.that(dim == 1, "index_select: rows of a sparse matrix (dimension 1) only; got %s",
    check.show(dim))
  local kept, list = numbers_of(x, which)
  local from, starts = ffi.cast("int64_t *", fields.start.data),
    tensor.zeros(#kept + 1, { dtype = "int64" })
  local to = ffi.cast("int64_t *", starts.data)
  for i = 0, #kept - 1 do to[i + 1] = to[i] + from[list[i]] - from[list[i] - 1] end
  local n, size = tonumber(to[#kept]), x.dtype == "float64" and 8 or 4
  local column = tensor.empty(n, { dtype = "int32" })
  local value = tensor.empty(n, { dtype = x.dtype })
  local bytes, old = ffi.cast("char *", value.data), ffi.cast("char *", fields.value.data)
  local columns, old_columns = ffi.cast("int32_t *", column.data),
    ffi.cast("int32_t *", fields.column.data)
  for i = 0, #kept - 1 do
    local first, count = from[list[i] - 1], to[i + 1] - to[i]
    ffi.copy(columns + to[i], old_columns + first, 4 * count)
    ffi.copy(bytes + size * to[i], old + size * first, size * count)
  end
  return sparse.new { start = starts, column = column, value = value, columns = fields.columns }
end

class = object.class(meta)

return sparse
