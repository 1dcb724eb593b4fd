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
local shards = require "mah.data.shard"
local sparse = require "mah.data.sparse"

local inputs = {}

local MOST = C.MAH_SPARSE_PERCENT / 100

inputs.is_sparse = sparse.is
inputs.is_shard = shards.is

--- Complains unless x is a tensor or a sparse matrix.
---@param x any
---@param name string
---@return tensor|mah.Sparse
function inputs.expect(x, name) return sparse.is(x) and x or Type.expect(x, name) end

--- The same of the x of a training, which may be a shard (mah.data.shard), too.
---@param x any
---@param name string
---@return tensor|mah.Sparse|Shard
function inputs.expect_data(x, name) return shards.is(x) and x or inputs.expect(x, name) end

--- The batch's x: nil where there are compressed rows only.
function inputs.matrix(x)
  if shards.is(x) then return x.own end
  return not sparse.is(x) and x or nil
end

-- -- The same data for many -----------------------------------------------------------------------

local made -- "what it is for" -> x -> what was made of it; nil where x may change in between

--- Calls f(a, b, c), in which nobody changes the data: what many networks want of them is made, and
--- checked, once. Returns what f returns.
---@return any
function inputs.sharing(f, a, b, c)
  local before = made
  made = {}
  local ok, value = pcall(f, a, b, c)
  made = before
  if not ok then error(value, 0) end
  return value
end

--- What make(net, x) gives; within inputs.sharing it may have been made before.
local function share(key, x, make, net)
  if not made then return make(net, x) end
  made[key] = made[key] or {}
  local known = made[key][x]
  if known == nil then
    known = make(net, x) or false
    made[key][x] = known
  end
  return known or nil
end

local function from_rows(x, dtype, name)
  local out, fields = ffi.new "mah_compressed *[1]", sparse.fields(x)
  check.status(C.mah_compressed_from_rows(out, fields.start, fields.column, fields.value,
    fields.columns, Type.dtype(dtype), name))
  return ffi.gc(out[0], C.mah_compressed_free)
end

local function check_finite(name, x)
  if not sparse.is(x) then
    check.status(C.mah_batch_check_finite(Type.wide(x), name))
  else
    C.mah_compressed_free(ffi.gc(from_rows(x, x.dtype, name), nil))
  end
  return true
end

--- Complains about NaN and infinity, by row and column.
---@param x tensor|mah.Sparse
---@param name string
function inputs.check_finite(x, name)
  share("finite", shards.is(x) and x.own or x, check_finite, name)
end

local function compress(net, x)
  if sparse.is(x) then return from_rows(x, net.dtype, "x") end
  local out = ffi.new "mah_compressed *[1]"
  check.status(C.mah_compressed_new(out, x, net.input_scale, Type.dtype(net.dtype), MOST))
  if out[0] == nil then return nil end
  return ffi.gc(out[0], C.mah_compressed_free)
end

--- The inputs of a data set without their zeros, for the core's sparse products: 81 % of MNIST's
--- pixels are 0. The result is the same up to the order of additions.
---@param net network
---@param x tensor|mah.Sparse      (N, inputs)
---@return ffi.cdata*|nil          mah_compressed, holds no reference to x; nil where x, a matrix,
---  is better taken as it is
function inputs.compress(net, x)
  if net.custom then -- the stages take rows as they are
    check.that(not sparse.is(x), "x: a sparse matrix does not go with an activation in Lua; "
      .. "x:to_dense() makes a tensor of it")
    return nil
  end
  return share(("%s %.17g"):format(net.dtype, net.input_scale), x, compress, net)
end

return inputs
