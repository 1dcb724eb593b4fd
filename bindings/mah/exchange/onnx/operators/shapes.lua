--- ONNX's operators that move elements or give other types to them: f(node, inputs ...) -> outputs.
--- Definitions: github.com/onnx/onnx/blob/main/docs/Operators.md
---
--- Strings are {strings = list, shape = sizes}; Constant, Identity, Gather and Reshape know them.
local cat = require("mah.tensor.join").cat
local common = require "mah.exchange.onnx.operators.common"
local decode = require "mah.exchange.onnx.decode"
local tensor = require "mah.tensor"

local that = common.that
local shapes = {}

function shapes.Identity(_, x) return x end

-- -- Types ----------------------------------------------------------------------------------------

--- ONNX's type -> the dtype here. A type of less precision cannot be made.
local dtypes = { FLOAT = "float32", DOUBLE = "float64", INT64 = "int64", INT32 = "int32",
  UINT8 = "uint8", INT16 = "int32", INT8 = "int32", UINT16 = "int32", UINT32 = "int64",
  BOOL = "uint8" }

--- The dtype that a Cast to that number gives, or nil.
---@param number integer
---@return string|nil
function shapes.dtype_of(number) return dtypes[decode.type_name(number)] end

function shapes.Cast(node, x)
  local to = decode.type_name(common.number(node, "to"))
  local dtype = that(node, dtypes[to], "elements cannot become %s here", to)
  return to == "BOOL" and x:ne(0) or x:to(dtype)
end

function shapes.CastLike(_, x, like) return x:to(like.dtype) end

-- -- Constants ------------------------------------------------------------------------------------

local function vector(list, dtype)
  local t = tensor.zeros(#list, { dtype = dtype })
  for i, value in ipairs(list) do t[i] = value end
  return t
end

function shapes.Constant(node)
  local a = node.attributes
  if type(a.value) == "table" and a.value.dims then return decode.tensor(node.reader, a.value) end
  if a.value_float then return common.scalar(common.number(node, "value_float"), "float32") end
  if a.value_int then return common.scalar(common.number(node, "value_int"), "int64") end
  if a.value_string then return { strings = { a.value_string }, shape = {} } end
  local list = common.list(node, "value_strings")
  if list then return { strings = list, shape = { #list } } end
  list = common.list(node, "value_floats")
  if list then return vector(list, "float32") end
  return vector(that(node, common.list(node, "value_ints"), "without a value"), "int64")
end

function shapes.Shape(node, x)
  local sizes, part = x.shape, {}
  local n = #sizes
  local function place(name, default)
    local at = common.number(node, name, default)
    return math.max(0, math.min(n, at < 0 and at + n or at))
  end
  for d = place("start", 0) + 1, place("end", n) do part[#part + 1] = sizes[d] end
  return vector(part, "int64")
end

function shapes.Size(_, x) return common.scalar(x:numel(), "int64") end

-- -- Forms ----------------------------------------------------------------------------------------

--- The sizes that a Reshape to `wanted` gives x of those sizes: 0 keeps one.
---@return integer[]
function shapes.reshaped(node, sizes, wanted)
  local keeps, out = common.number(node, "allowzero", 0) == 0, {}
  for i, size in ipairs(wanted) do
    that(node, size % 1 == 0 and size >= -1, "a size of %s", tostring(size))
    out[i] = size == 0 and keeps and that(node, sizes[i], "no size to keep") or size
  end
  return out
end

function shapes.Reshape(node, x, shape)
  local wanted = that(node, common.positions(node, shape, "shape"), "without a shape")
  local sizes = shapes.reshaped(node, x.shape, wanted)
  if common.texts(x) then return { strings = x.strings, shape = { #x.strings } } end
  if common.product(sizes) == 0 then
    for i, size in ipairs(sizes) do sizes[i] = size == -1 and 0 or size end
  end
  return x:reshape(sizes)
end

function shapes.Flatten(node, x)
  local axis, sizes = common.number(node, "axis", 1), x.shape
  if axis < 0 then axis = axis + #sizes end
  that(node, axis >= 0 and axis <= #sizes, "axis %d of %d dimensions", axis, #sizes)
  return x:reshape(common.product(sizes, 1, axis), common.product(sizes, axis + 1))
end

function shapes.Transpose(node, x)
  local perm, dims = common.list(node, "perm"), {}
  for d = 1, x.ndim do
    dims[d] = perm and common.dim(node, perm[d] or -1, x.ndim) or x.ndim + 1 - d
  end
  return x:permute(dims):contiguous()
end

function shapes.Squeeze(node, x, axes)
  axes = common.positions(node, axes, "axes")
  local gone, sizes = {}, {}
  for _, axis in ipairs(axes or {}) do
    local d = common.dim(node, axis, x.ndim)
    that(node, x.shape[d] == 1, "dimension %d has %d positions", axis, x.shape[d])
    gone[d] = true
  end
  for d, size in ipairs(x.shape) do
    if not (gone[d] or not axes and size == 1) then sizes[#sizes + 1] = size end
  end
  return x:reshape(sizes)
end

function shapes.Unsqueeze(node, x, axes)
  axes = that(node, common.positions(node, axes, "axes"), "without axes")
  local new, sizes, ndim = {}, {}, x.ndim + #axes
  that(node, ndim <= 8, "%d dimensions", ndim)
  for _, axis in ipairs(axes) do new[common.dim(node, axis, ndim)] = true end
  local old = 0
  for d = 1, ndim do
    if not new[d] then old = old + 1 end
    sizes[d] = new[d] and 1 or that(node, x.shape[old], "an axis twice")
  end
  return x:reshape(sizes)
end

function shapes.Concat(node, first, ...)
  return cat({ first, ... }, common.dim(node, common.number(node, "axis", 1), first.ndim))
end

-- -- Parts ----------------------------------------------------------------------------------------

--- Positions from 0 or from the end as ones from 1.
local function places(node, indices, n)
  local list = common.values(indices)
  for i, at in ipairs(list) do
    if at < 0 then at = at + n end
    that(node, at >= 0 and at < n and at % 1 == 0, "position %s of %d", tostring(list[i]), n)
    list[i] = at + 1
  end
  return list
end

local function pick_strings(node, x, indices)
  local out = {}
  for i, at in ipairs(places(node, indices, #x.strings)) do out[i] = x.strings[at] end
  return { strings = out, shape = indices.shape }
end

function shapes.Gather(node, x, indices)
  if common.texts(x) then return pick_strings(node, x, indices) end
  local d = common.dim(node, common.number(node, "axis", 0), x.ndim)
  local sizes = {}
  for i = 1, d - 1 do sizes[i] = x.shape[i] end
  for _, size in ipairs(indices.shape) do sizes[#sizes + 1] = size end
  for i = d + 1, x.ndim do sizes[#sizes + 1] = x.shape[i] end
  that(node, #sizes <= 8, "%d dimensions", #sizes)
  return x:index_select(d, places(node, indices, x.shape[d])):reshape(sizes)
end

--- One dimension from `start` to before `stop` in steps; both from the end when negative.
local function cut(node, x, d, start, stop, step)
  local n, list = x.shape[d], {}
  that(node, step ~= 0 and step % 1 == 0 and start % 1 == 0 and stop % 1 == 0, "steps of %s",
    tostring(step))
  if start < 0 then start = start + n end
  if stop < 0 then stop = stop + n end
  if step > 0 then
    for i = math.max(start, 0), math.min(stop, n) - 1, step do list[#list + 1] = i + 1 end
  else
    for i = math.min(start, n - 1), math.max(stop, -1) + 1, step do list[#list + 1] = i + 1 end
  end
  return x:index_select(d, list)
end

--- Bounds are inputs since opset 10.
function shapes.Slice(node, x, starts, ends, axes, steps)
  starts = that(node, common.positions(node, starts, "starts"), "without starts")
  ends = that(node, common.positions(node, ends, "ends"), "without ends")
  axes, steps = common.positions(node, axes, "axes"), steps and common.values(steps)
  for i, start in ipairs(starts) do
    local d = common.dim(node, axes and axes[i] or i - 1, x.ndim)
    x = cut(node, x, d, start, that(node, ends[i], "too few ends"), steps and steps[i] or 1)
  end
  return x
end

return shapes
