--- Elements and rows by their positions; tensors glued together and cut apart.
---
---     x:index_select(1, { 3, 1 })                   -- rows 3 and 1
---     x[x:gt(0)]   x[x:lt(0)] = 0                   -- the positive elements; the others become 0
---     mah.cat({ a, b }, 1)   mah.stack({ a, b })    -- one after the other; as rows of a new one
---     local a, b = x:chunk(2)                       -- two halves
---
--- Positions are int32 tensors or Lua lists. They count from 1, and from -1 at the end; one outside
--- is an error that names it.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local options = require "mah.base.options"

local methods, operators, expect = Type.methods, Type.operators, Type.expect

local index = {}

--- Positions as an int32 tensor.
local function positions(value, where)
  if type(value) == "number" then value = { value } end
  if type(value) == "table" then
    local list = ffi.new("int64_t[8]", #value)
    local t = Type.new(C.MAH_INT32, 1, list)
    local data = ffi.cast("int32_t *", t.data)
    for i, position in ipairs(value) do
      data[i - 1] = Type.integer(position, where, "a position")
    end
    return t
  end
  if not Type.is_tensor(value) or value.store == nil then expect(value, where .. ": positions") end
  if value.elem == C.MAH_INT32 or value.elem == C.MAH_INT64 then return value end
  if value.elem == C.MAH_UINT8 then return value:int() end
  check.raise("%s: the positions must be int32, got %s; convert them with :int()", where,
    Type.describe(value))
end

-- -- Picking --------------------------------------------------------------------------------------

local select_rules = options.declare("mah.index_select", { out = { nil, "tensor" } })

--- The positions of one dimension, in the order given; a new tensor, or written to `out`.
---@param x tensor
---@param dim integer
---@param which tensor|integer[]
---@param given {out: tensor?}|nil   of x's dtype and the result's shape; apart from x in memory
---@return tensor
function index.index_select(x, dim, which, given)
  dim = Type.dim(expect(x, "index_select"), dim, "index_select")
  local out = given ~= nil and options(given, select_rules, "index_select").out
  which = positions(which, "index_select")
  if not out then return Type.make(C.mah_index_select, x, dim, which, 1) end
  check.status(C.mah_index_select(expect(out, "index_select: out"), x, dim, which, 1))
  return out
end

--- In place: x[..., which[k], ...] += y[..., k, ...], for k in order. One dtype.
---@param x tensor
---@param dim integer
---@param which tensor|integer[]
---@param y tensor
---@return tensor x
function index.index_add_(x, dim, which, y)
  dim = Type.dim(expect(x, "index_add_"), dim, "index_add_")
  check.status(C.mah_index_add(x, dim, positions(which, "index_add_"),
    expect(y, "index_add_: values"), 1))
  return x
end

--- out[i][j] = x[which[i][j]][j] for dimension 1, x[i][which[i][j]] for dimension 2, and so on.
---@param x tensor
---@param dim integer
---@param which tensor   int32, with x's number of dimensions
---@return tensor        in the shape of `which`
function index.gather(x, dim, which)
  dim = Type.dim(expect(x, "gather"), dim, "gather")
  return Type.make(C.mah_gather, x, dim, positions(which, "gather"), 1)
end

--- In place, the reverse of gather: x[which[i][j]][j] += y[i][j] for dimension 1, and so on. One
--- dtype.
---@param x tensor
---@param dim integer
---@param which tensor   int32, with x's number of dimensions
---@param y tensor
---@return tensor x
function index.scatter_add_(x, dim, which, y)
  dim = Type.dim(expect(x, "scatter_add_"), dim, "scatter_add_")
  check.status(C.mah_scatter_add(x, dim, positions(which, "scatter_add_"),
    expect(y, "scatter_add_: values"), 1))
  return x
end

--- As scatter_add_, to a copy of x.
---@param x tensor
---@param dim integer
---@param which tensor   int32, with x's number of dimensions
---@param y tensor
---@return tensor
function index.scatter_add(x, dim, which, y)
  return index.scatter_add_(expect(x, "scatter_add"):clone(), dim, which, y)
end

--- The elements where `mask` is not 0, row by row, as a vector.
---@param x tensor
---@param mask tensor   broadcasts to x's shape
---@return tensor
function index.masked_select(x, mask)
  return Type.make(C.mah_masked_select, expect(x, "masked_select"),
    expect(mask, "masked_select: mask"))
end

-- -- By condition: x[mask], x[mask] = value -------------------------------------------------------

--- The mask, checked: uint8, in x's shape or in that of its first dimensions.
local function expect_mask(x, mask)
  expect(mask, "mask")
  local fits = mask.ndim >= 1 and mask.ndim <= x.ndim
  for d = 0, fits and mask.ndim - 1 or -1 do fits = fits and mask.extent[d] == x.extent[d] end
  if mask.elem ~= C.MAH_UINT8 then
    check.raise("x[...]: a uint8 mask is expected, as x:gt(0) gives it, got %s; "
      .. "positions are picked by x:index_select(1, positions)", Type.describe(mask))
  end
  if not fits then
    check.raise("x[mask]: the mask %s fits neither %s nor its first dimensions",
      Type.describe(mask), Type.describe(x))
  end
  return mask
end

--- x with the mask's dimensions as one, and the positions (from 1) in it that are set.
local function rows_of(x, mask)
  local sizes = { -1 }
  for d = mask.ndim + 1, x.ndim do sizes[#sizes + 1] = tonumber(x.extent[d - 1]) end
  if mask:numel() == 0 then sizes[1] = 0 end
  return x:reshape(sizes), Type.make(C.mah_nonzero, mask:reshape(-1), 1):reshape(-1)
end

--- x[mask]: the elements where the mask is not 0; with fewer dimensions than x, the rows.
---@param x tensor
---@param mask tensor   uint8
---@return tensor
function operators.pick(x, mask)
  expect_mask(expect(x, "index"), mask)
  if mask.ndim == x.ndim then return index.masked_select(x, mask) end
  local rows, places = rows_of(x, mask)
  return index.index_select(rows, 1, places)
end

--- The mask with as many dimensions as x.
local function lengthened(mask, ndim)
  while mask.ndim < ndim do mask = mask:unsqueeze(mask.ndim + 1) end
  return mask
end

--- Every element that is set becomes `number`, converted as by fill_.
local function put_number(x, mask, number)
  local fill = Type.new(x.elem, 0, ffi.new "int64_t[8]")
  check.status(C.mah_tensor_fill(fill, number))
  check.status(C.mah_where(x, lengthened(mask, x.ndim), fill, x, 0, 0))
end

--- The elements (rows) that are set become those of `value`, one after the other.
local function put_each(x, mask, value)
  local flat, places = rows_of(x:clone(), mask)
  local old = index.index_select(flat, 1, places)
  if value:numel() ~= old:numel() then
    check.raise("x[mask] = y: %d elements are set, y is %s", old:numel(), Type.describe(value))
  end
  put_number(flat, mask:reshape(-1), 0)
  index.index_add_(flat, 1, places, value:to(x.dtype):reshape(old.shape))
  x:copy_(flat:reshape(x.shape))
end

--- x[mask] = value: a number for all, or as many elements as the mask has set.
---@param x tensor
---@param mask tensor   uint8
---@param value number|tensor|table
function operators.put(x, mask, value)
  expect_mask(expect(x, "assignment"), mask)
  if type(value) == "table" then
    value = require("mah.tensor.make").tensor(value, { dtype = "float64" })
  end
  if type(value) == "number" then return put_number(x, mask, value) end
  expect(value, "assigned value")
  if value:numel() == 1 then return put_number(x, mask, value:item()) end
  put_each(x, mask, value)
end

--- Where the elements are that are not 0: int32 (n, dimensions), row by row.
---@param x tensor
---@return tensor
function index.nonzero(x) return Type.make(C.mah_nonzero, expect(x, "nonzero"), 1) end

-- -- Glue -----------------------------------------------------------------------------------------

local function list_of(tensors, where)
  if type(tensors) ~= "table" or #tensors == 0 then
    check.raise("%s: a list of tensors is expected, got %s", where,
      type(tensors) == "table" and "an empty table" or check.show(tensors))
  end
  for i, t in ipairs(tensors) do
    if not Type.is_tensor(t) or t.store == nil then expect(t, ("%s: tensor %d"):format(where, i)) end
  end
  return tensors
end

--- One tensor after the other along a dimension; their other sizes agree. The larger dtype wins.
---@param tensors tensor[]
---@param dim integer|nil   1
---@return tensor
function index.cat(tensors, dim)
  list_of(tensors, "cat")
  dim = Type.dim(tensors[1], dim or 1, "cat")
  local out, c_list = Type.blank(), ffi.new("const mah_tensor *[?]", #tensors)
  -- Nothing is allocated from here to the call: C's list does not keep the tensors from the
  -- collector.
  for i = 1, #tensors do c_list[i - 1] = tensors[i] end
  check.status(C.mah_cat(out, c_list, #tensors, dim))
  return Type.own(out)
end

--- The tensors, all of one shape, along a new dimension.
---@param tensors tensor[]
---@param dim integer|nil   1: the new one is the first
---@return tensor
function index.stack(tensors, dim)
  local whole = {}
  for i, t in ipairs(list_of(tensors, "stack")) do
    if table.concat(t.shape, "x") ~= table.concat(tensors[1].shape, "x") then
      check.raise("stack: tensor %d is %s, the first one %s", i, Type.describe(t),
        Type.describe(tensors[1]))
    end
    whole[i] = t:unsqueeze(dim or 1)
  end
  return index.cat(whole, dim)
end

-- -- Cutting: views -------------------------------------------------------------------------------

--- Parts of `size` positions along a dimension, the last one maybe shorter; or of the sizes in a
--- list, which add up. Views, in a list.
---@param x tensor
---@param size integer|integer[]
---@param dim integer|nil   1
---@return tensor[]
function index.split(x, size, dim)
  local d = Type.dim(expect(x, "split"), dim or 1, "split")
  local n, sizes, sum = tonumber(x.extent[d]), {}, 0
  if type(size) == "table" then
    for i, part in ipairs(size) do
      sizes[i], sum = Type.integer(part, "split", "a size"), sum + part
    end
    if sum ~= n then
      check.raise("split: the sizes add up to %.0f, dimension %d has %d", sum, d + 1, n)
    end
  elseif Type.integer(size, "split", "the size") < 1 then
    check.raise("split: the size must be at least 1, got %.0f", size)
  else
    Type.check_many("split", x, n / size)
    for start = 0, math.max(n - 1, 0), size do sizes[#sizes + 1] = math.min(size, n - start) end
  end
  local parts, start = {}, 0
  for i, length in ipairs(sizes) do
    parts[i] = Type.view(C.mah_tensor_narrow, x, d, start, length)
    start = start + length
  end
  return parts
end

--- The tensor in `count` parts along a dimension, as equal as can be: each has ceil(size / count)
--- positions, the last one fewer, and there may be fewer parts. Views, as separate values.
---@param x tensor
---@param count integer
---@param dim integer|nil   1
---@return tensor ...
function index.chunk(x, count, dim)
  local d = Type.dim(expect(x, "chunk"), dim or 1, "chunk")
  if Type.integer(count, "chunk", "the count") < 1 then check.raise("chunk: %d parts", count) end
  return unpack(index.split(x, math.max(1, math.ceil(tonumber(x.extent[d]) / count)), dim))
end

for name, f in pairs(index) do methods[name] = f end
methods.cat, methods.stack = nil, nil -- of lists, not of a tensor

return index
