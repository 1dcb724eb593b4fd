--- x as a network takes it: a matrix, or a sparse one (mah.data.sparse).
---
---     local x = inputs.expect(given, "mah.train: data.x")
---     inputs.check_finite(x, "mah.train: data.x")
---     batch.compressed_ = inputs.compress(net, x)       -- kept alive as long as the batch
---     batch.x = inputs.matrix(x)
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local sparse = require "mah.data.sparse"

local inputs = {}

local MOST = C.MAH_SPARSE_PERCENT / 100

inputs.is_sparse = sparse.is

--- Complains unless x is a tensor or a sparse matrix.
---@param x any
---@param name string
---@return tensor|mah.Sparse
function inputs.expect(x, name) return sparse.is(x) and x or Type.expect(x, name) end

--- The batch's x: nil where there are compressed rows only.
function inputs.matrix(x) return not sparse.is(x) and x or nil end

local function from_rows(x, dtype, name)
  local out, fields = ffi.new "mah_compressed *[1]", sparse.fields(x)
  check.status(C.mah_compressed_from_rows(out, fields.start, fields.column, fields.value,
    fields.columns, Type.dtype(dtype), name))
  return ffi.gc(out[0], C.mah_compressed_free)
end

--- Complains about NaN and infinity, by row and column.
---@param x tensor|mah.Sparse
---@param name string
function inputs.check_finite(x, name)
  if not sparse.is(x) then return check.status(C.mah_batch_check_finite(Type.wide(x), name)) end
  C.mah_compressed_free(ffi.gc(from_rows(x, x.dtype, name), nil))
end

--- The inputs of a data set without their zeros, for the core's sparse products: 81 % of MNIST's
--- pixels are 0. The result is the same up to the order of additions.
---@param net Network
---@param x tensor|mah.Sparse      (N, inputs)
---@return ffi.cdata*|nil          mah_compressed, holds no reference to x; nil where x, a matrix,
---  is better taken as it is
function inputs.compress(net, x)
  if sparse.is(x) then
    check.that(not net.custom, "x: a sparse matrix does not go with an activation in Lua; "
      .. "x:to_dense() makes a tensor of it")
    return from_rows(x, net.dtype, "x")
  end
  if net.custom then return nil end -- the stages take rows as they are
  local out = ffi.new "mah_compressed *[1]"
  check.status(C.mah_compressed_new(out, x, net.input_scale, Type.dtype(net.dtype), MOST))
  if out[0] == nil then return nil end
  return ffi.gc(out[0], C.mah_compressed_free)
end

return inputs
