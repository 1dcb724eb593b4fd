--- Data of which every rank of a launcher reads its own rows: for trainings of many ranks
--- (mah.train{distributed = true}), which send one another the rows of each mini-batch.
---
---     local x = mah.data.shard "train-images-idx3-ubyte.gz"
---     local y = mah.load_idx "train-labels-idx1-ubyte.gz"       -- labels are small: all read all
---     mah.train(net, { x = x, y = y, scale = 1 / 255 }, { distributed = true, seed = 1 })
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"
local members = require "mah.data.members"
local object = require "mah.data.table.object"
local options = require "mah.base.options"
local tensor = require "mah.tensor"

--- drivers.join(), put here by the wing `cluster`: {rank =, size =, gather =} as in
--- mah.learn.ranks, or nil.
local shards = { drivers = {} }

local meta, methods, class = {}, {}, nil

--- Is it a shard?
---@return boolean
function shards.is(value) return class.is(value) end

--- {own =, start =, group =}: this rank's rows (n, columns); int64_t[size + 1], where each rank's
--- rows begin, from 0; the ranks.
---@return table
function shards.fields(x) return class.fields(x) end

-- -- The object -----------------------------------------------------------------------------------

--- Rows of all ranks, of which each holds its own.
---@class Shard
---@field shape integer[]   {rows of all ranks, columns}
---@field ndim integer      2
---@field dtype string      of the elements
---@field own tensor        this rank's rows, (rows, columns)

local computed = {
  shape = function(x) return { #x, class.fields(x).own.shape[2] } end,
  ndim = function() return 2 end,
  dtype = function(x) return class.fields(x).own.dtype end,
  own = function(x) return class.fields(x).own end,
}

function meta.__index(x, key)
  if methods[key] then return methods[key] end
  if computed[key] then return computed[key](x) end
  check.raise("a shard has no %s: only trainings take the rows of other ranks", check.show(key))
end

function meta.__newindex(_, key) check.raise("a shard cannot be changed (at %s)", tostring(key)) end

function meta.__len(x)
  local fields = class.fields(x)
  return tonumber(fields.start[fields.group.size])
end

--- "uint8 60000x784, rows 1 ... 15000 of which are this rank's"
function meta.__tostring(x)
  local fields = class.fields(x)
  local first = tonumber(fields.start[fields.group.rank])
  return ("%s %dx%d, rows %d ... %d of which are this rank's"):format(x.dtype, #x, x.shape[2],
    first + 1, first + #fields.own)
end

function meta.__describe(x) return "a shard: " .. tostring(x) end

class = object.class(meta)

-- -- Rows for rank 0 ------------------------------------------------------------------------------

local SLICE = 4096 -- rows that are sent at a time

--- Rows of the slice, ordered by their owners: for each rank the places in the index.
local function places_by_rank(fields, index, from, to)
  local lists = {}
  for r = 0, fields.group.size - 1 do lists[r] = {} end
  for i = from, to do
    local row, r = index[i] - 1, 0
    while row >= tonumber(fields.start[r + 1]) do r = r + 1 end
    lists[r][#lists[r] + 1] = i
  end
  return lists
end

--- Sends a slice of the rows to rank 0, into `out` (nil on the others).
local function send_slice(fields, index, from, to, out)
  local group, own = fields.group, fields.own
  local bytes = own.shape[2] * tonumber(C.mah_dtype_size(own.elem))
  local lists, starts = places_by_rank(fields, index, from, to),
    ffi.new("int64_t[?]", fields.group.size + 1)
  for r = 0, group.size - 1 do starts[r + 1] = starts[r] + #lists[r] * bytes end
  local buffer = ffi.new("uint8_t[?]", (to - from + 1) * bytes)
  local first, data = tonumber(fields.start[group.rank]), ffi.cast("uint8_t *", own.data)
  for k, i in ipairs(lists[group.rank]) do
    ffi.copy(buffer + starts[group.rank] + (k - 1) * bytes,
      data + (index[i] - 1 - first) * bytes, bytes)
  end
  group.gather(buffer, starts)
  for r = 0, out and group.size - 1 or -1 do
    for k, i in ipairs(lists[r]) do
      ffi.copy(ffi.cast("uint8_t *", out.data) + (i - 1) * bytes,
        buffer + starts[r] + (k - 1) * bytes, bytes)
    end
  end
end

--- The numbered rows as a tensor on rank 0, which scores with them; the others get zeros of that
--- shape that take no memory. All ranks call it together.
---@param index tensor   (n) from 1
---@return tensor        (n, columns)
function methods:index_select(_, index)
  local fields = class.fields(self)
  local n, columns = #index, self.shape[2]
  local out = fields.group.rank == 0 and tensor.empty(n, columns, { dtype = self.dtype }) or nil
  for from = 1, n, SLICE do
    send_slice(fields, index, from, math.min(from + SLICE - 1, n), out)
  end
  return out or tensor.zeros(1, columns, { dtype = self.dtype }):expand(n, columns)
end

-- -- Reading --------------------------------------------------------------------------------------

local rules = options.declare("mah.data.shard", {
  dtype = { nil, { "float32", "float64" }, nil, "of the rows; nil: as the file has them" },
  scale = { nil, "number", "(0, inf)", "a factor of the rows, with dtype: 1 / 255 for pixels; nil: "
    .. "1" },
})

local function load(path, part, dtype)
  if path:lower():find "%.npy$" then
    return Type.make(C.mah_npy_load_part, part, path, members.dtype(dtype))
  end
  local own = Type.make(C.mah_idx_load_part, part, path)
  return dtype and own:to(dtype) or own
end

--- own times scale; 1 / 255 divides by 255, as mah.data.mnist does.
local function scaled(own, scale)
  local whole = math.floor(1 / scale + 0.5)
  if math.abs(whole * scale - 1) < 1e-15 then return own:div_(whole) end
  return own:mul_(scale)
end

local function columns_of(t)
  local columns = 1
  for d = 2, t.ndim do columns = columns * t.shape[d] end
  return columns
end

--- Reads this rank's rows of a .npy or IDX file (gzip or not), about 1 / ranks of them; of a row
--- with several dimensions, as an image, a vector is made. Without a launcher, or with one rank,
--- that is all rows, as a tensor. All ranks call it together.
---
--- mah.train and estimators take it in the place of x with distributed = true, and come to the bits
--- of the whole data on one rank. Rows that are held out for validation go to rank 0.
---
--- Errors: those of load_npy and load_idx; rows that are single numbers; a .npy file that lies
--- column by column.
---
---     mah.save_npy("rows.npy", mah.arange(6):reshape(3, 2))
---     local x = mah.data.shard "rows.npy"
---     print(x.shape[1], x.shape[2], x.dtype)   --> 3 2 float32
---@param path string
---@param given {dtype: string?, scale: number?}|nil
---@return Shard|tensor
function shards.shard(path, given)
  local o = options(given, rules, "mah.data.shard")
  file.path(path, "mah.data.shard")
  check.that(not o.scale or o.dtype, "mah.data.shard: scale goes with dtype; mah.train's data "
    .. "{x =, y =, scale =} take bytes")
  local group = shards.drivers.join and shards.drivers.join() or { rank = 0, size = 1 }
  local part = ffi.new("mah_part", { group.rank, group.size })
  Type.collect_if_full()
  local own = load(path, part, o.dtype)
  check.that(own.ndim > 1, "mah.data.shard: %s: single numbers, as labels are, are read whole by "
    .. "all ranks", path)
  own = own:reshape(#own, columns_of(own))
  if o.scale then own = scaled(own, o.scale) end
  if group.size == 1 then return own end
  local start, rows = ffi.new("int64_t[?]", group.size + 1), part.rows
  for r = 0, group.size do
    start[r] = rows / group.size * r + rows % group.size * r / group.size
  end
  return class.new { own = own, start = start, group = group }
end

return shards
