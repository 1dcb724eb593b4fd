--- Elements and rows by their positions.
---
---     x:index_select(1, { 3, 1 })                   -- rows 3 and 1
---     x[x:gt(0)]   x[x:lt(0)] = 0                   -- the positive elements; the others become 0
---     x[{ rows, {} }]   x[{ rows, columns }] = 1    -- by int32 or int64 tensors of positions
---
--- Positions are int32 or int64 tensors or Lua lists. They count from 1, and from -1 at the end;
--- one outside is an error that names it.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local make = require "mah.tensor.make"
local options = require "mah.base.options"
local traced = require "mah.tensor.traced"

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
  check.raise("%s: the positions must be int32 or int64, got %s; convert them with :int()", where,
    Type.describe(value))
end

-- -- Picking --------------------------------------------------------------------------------------

local select_rules = options.declare("mah.index_select", {
  out = { nil, "tensor", nil, "where the result is written: of x's dtype and the result's shape, "
    .. "apart from x in memory; nil: a new tensor" },
})

--- The positions of one dimension, in the order given: a new tensor, or written to the option
--- `out`.
---
---     local x = mah.tensor { { 1, 2 }, { 3, 4 }, { 5, 6 } }
---     print(mah.index_select(x, 1, { 3, 1 }))
---     --> float32 2x2
---     --> {{5.0, 6.0},
---     -->  {1.0, 2.0}}
---     print(x:index_select(2, { -1 }))
---     --> float32 3x1
---     --> {{2.0},
---     -->  {4.0},
---     -->  {6.0}}
---@param x tensor
---@param dim integer
---@param which tensor|integer[]    positions from 1, or from -1 at the end: int32, int64 or a list
---@param given {out: tensor?}|nil
---@return tensor                   x's shape with as many positions along dim as are given
function index.index_select(x, dim, which, given)
  dim = Type.dim(expect(x, "index_select"), dim, "index_select")
  local out = given ~= nil and options(given, select_rules, "index_select").out
  which = positions(which, "index_select")
  if not out then return Type.make(C.mah_index_select, x, dim, which, 1) end
  expect(out, "index_select: out")
  if traced.is_open then traced.before_change(out, "index_select") end
  check.status(C.mah_index_select(out, x, dim, which, 1))
  return out
end

--- Adds slices to the positions of a dimension, in place: x[..., which[k], ...] += y[..., k, ...]
--- for k in order, so positions may repeat.
---
---     local x = mah.zeros(3)
---     x:index_add_(1, { 1, 3, 3 }, mah.tensor { 10, 20, 30 })
---     print(x)
---     --> float32 3
---     --> {10.0,  0.0, 50.0}
---@param x tensor
---@param dim integer
---@param which tensor|integer[]   (k) positions from 1
---@param y tensor                 x's shape with k positions along dim, of x's dtype
---@return tensor x
function index.index_add_(x, dim, which, y)
  dim = Type.dim(expect(x, "index_add_"), dim, "index_add_")
  check.status(C.mah_index_add(x, dim, positions(which, "index_add_"),
    expect(y, "index_add_: values"), 1))
  return x
end

--- Picks an element for each position: out[i][j] = x[which[i][j]][j] for dimension 1,
--- x[i][which[i][j]] for dimension 2, and so on.
---
---     local x = mah.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
---     print(mah.gather(x, 2, mah.tensor({ { 3, 1 }, { 2, 2 } }, "int32")))
---     --> float32 2x2
---     --> {{3.0, 1.0},
---     -->  {5.0, 5.0}}
---@param x tensor
---@param dim integer
---@param which tensor   int32 or int64, from 1, with x's number of dimensions
---@return tensor        in the shape of `which`
function index.gather(x, dim, which)
  dim = Type.dim(expect(x, "gather"), dim, "gather")
  return Type.make(C.mah_gather, x, dim, positions(which, "gather"), 1)
end

--- Adds elements at positions, the reverse of gather, in place: x[which[i][j]][j] += y[i][j] for
--- dimension 1, x[i][which[i][j]] for dimension 2, and so on.
---
---     local x = mah.zeros(2, 3)
---     local columns = mah.tensor({ { 1 }, { 3 } }, "int32")
---     x:scatter_add_(2, columns, mah.ones(2, 1)) -- one-hot rows
---     print(x)
---     --> float32 2x3
---     --> {{1.0, 0.0, 0.0},
---     -->  {0.0, 0.0, 1.0}}
---@param x tensor
---@param dim integer
---@param which tensor   int32 or int64, from 1, with x's number of dimensions
---@param y tensor       in the shape of `which`, of x's dtype
---@return tensor x
function index.scatter_add_(x, dim, which, y)
  dim = Type.dim(expect(x, "scatter_add_"), dim, "scatter_add_")
  check.status(C.mah_scatter_add(x, dim, positions(which, "scatter_add_"),
    expect(y, "scatter_add_: values"), 1))
  return x
end

--- Adds elements at positions to a copy of x: scatter_add_, not in place.
---
---     local places = mah.tensor({ 1, 2, 2 }, "int32")
---     print(mah.scatter_add(mah.zeros(2), 1, places, mah.tensor { 10, 20, 30 }))
---     --> float32 2
---     --> {10.0, 50.0}
---@param x tensor
---@param dim integer
---@param which tensor   int32 or int64, from 1, with x's number of dimensions
---@param y tensor       in the shape of `which`, of x's dtype
---@return tensor        of x's shape
function index.scatter_add(x, dim, which, y)
  return index.scatter_add_(expect(x, "scatter_add"):clone(), dim, which, y)
end

--- The elements where `mask` is not 0, row by row, as a vector. x[mask] is the same for a mask of
--- x's shape.
---
---     local x = mah.tensor { { 1, -2 }, { -3, 4 } }
---     print(mah.masked_select(x, x:gt(0)))
---     --> float32 2
---     --> {1.0, 4.0}
---@param x tensor
---@param mask tensor   of any dtype, broadcasts to x's shape
---@return tensor       (elements that are set)
function index.masked_select(x, mask)
  return Type.make(C.mah_masked_select, expect(x, "masked_select"),
    expect(mask, "masked_select: mask"))
end

-- -- By tensors: x[mask], x[rows], x[{ rows, {}, columns }], and = value --------------------------

local function is_mask(t) return t.elem == C.MAH_BOOL or t.elem == C.MAH_UINT8 end

--- The mask, checked: in the shape of x's dimensions from d on (from 0).
local function expect_mask(x, mask, d)
  local fits = mask.ndim >= 1 and d + mask.ndim <= x.ndim
  for k = 0, fits and mask.ndim - 1 or -1 do
    fits = fits and mask.extent[k] == x.extent[d + k]
  end
  if not fits then
    check.raise(d == 0 and "x[mask]: the mask %s fits neither %s nor its first dimensions"
      or "x[...]: the mask %s does not fit %s from dimension " .. d + 1, Type.describe(mask),
      Type.describe(x))
  end
  return mask
end

--- What to pick from: a view of x, and for each of its dimensions (from 0) positions or nil.
local function plan(x, keys)
  local view, picked, d = x, {}, 0
  for i = 1, #keys do
    local key = keys[i]
    if d >= view.ndim then check.raise("%d indices for %s", #keys, Type.describe(x)) end
    if not Type.is_tensor(key) then
      local one, next_d = operators.index_one(view, d, key)
      if not one then
        check.raise("index %d must be a number, a range such as {1, 3} or a tensor; got %s", i,
          check.show(key))
      end
      view, d = one, next_d
    elseif is_mask(expect(key, "index")) then
      local places = Type.make(C.mah_nonzero, expect_mask(view, key, d), 1)
      for k = 1, key.ndim do picked[d], d = places:select(2, k), d + 1 end
    elseif key.elem == C.MAH_INT32 or key.elem == C.MAH_INT64 then
      picked[d], d = key, d + 1
    else
      check.raise("x[...]: positions are int32 or int64, a mask is bool or uint8 as x:gt(0) gives "
        .. "it; got %s", Type.describe(key))
    end
  end
  return view, picked
end

local function append(list, t, from, to)
  for d = from, to do list[#list + 1] = tonumber(t.extent[d]) end
  return list
end

--- The positions of several dimensions in one shape.
local function broadcast(picked, dims)
  local shape = picked[dims[1]]
  for k = 2, #dims do shape = shape:long() * 0 + picked[dims[k]]:long() * 0 end
  local all = {}
  for k, d in ipairs(dims) do all[k] = picked[d]:expand_as(shape) end
  return all
end

--- Positions from 1 of places that may be counted from the end; one outside is an error.
local function from_start(places, n, d)
  local low, high = 0, 0
  if places:numel() > 0 then low, high = places:min(), places:max() end
  if low < -n or high > n or places:eq(0):any() then
    check.raise("x[...]: position %s is outside of 1 ... %d, dimension %d",
      tostring(low < -n and low or high > n and high or 0), n, d + 1)
  end
  if low >= 0 then return places:long() end
  return places:long() + places:lt(0) * (n + 1)
end

--- Of several dimensions: the view with them in front, made one, of which single positions are
--- picked.
local function joined(view, picked, dims)
  local order, place, extents = {}, nil, { 1 }
  for k, places in ipairs(broadcast(picked, dims)) do
    local n = tonumber(view.extent[dims[k]])
    local from_1 = from_start(places, n, dims[k])
    place = place and (place - 1) * n + from_1 or from_1
    order[k], extents[1] = dims[k] + 1, extents[1] * n
  end
  for d = 0, view.ndim - 1 do
    if not picked[d] then
      order[#order + 1] = d + 1
      extents[#extents + 1] = tonumber(view.extent[d])
    end
  end
  local front = view:permute(order)
  return front, front:reshape(extents), place
end

local function dims_of(view, picked)
  local dims = {}
  for d = 0, view.ndim - 1 do
    if picked[d] then dims[#dims + 1] = d end
  end
  return dims, dims[#dims] - dims[1] == #dims - 1 and dims[1] or 0
end

--- The dimensions 1 ... n of t moved behind the next `behind` ones.
local function move(t, n, behind)
  local order = {}
  for d = n + 1, n + behind do order[#order + 1] = d end
  for d = 1, n do order[#order + 1] = d end
  for d = n + behind + 1, t.ndim do order[#order + 1] = d end
  return t:permute(order)
end

--- x[mask], x[positions], x[{...}] with tensors among the indices: see `at`. A copy.
---@param x tensor
---@param key tensor|table
---@return tensor
function operators.pick(x, key)
  expect(x, "index")
  local is_one = Type.is_tensor(key)
  if is_one and is_mask(key) and key.ndim == x.ndim then
    return index.masked_select(x, expect_mask(x, key, 0))
  end
  local view, picked = plan(x, is_one and { key } or key)
  local dims, behind = dims_of(view, picked)
  if #dims == 1 then
    local d, places = dims[1], picked[dims[1]]
    local out = index.index_select(view, d + 1, places:reshape(-1))
    if places.ndim == 1 then return out end
    local shape = append(append({}, view, 0, d - 1), places, 0, places.ndim - 1)
    return out:reshape(append(shape, view, d + 1, view.ndim - 1))
  end
  local _, flat, place = joined(view, picked, dims)
  local out = index.index_select(flat, 1, place:reshape(-1))
  local shape = append({}, place, 0, place.ndim - 1)
  out = out:reshape(append(shape, flat, 1, flat.ndim - 1))
  return behind > 0 and move(out, place.ndim, behind):contiguous() or out
end

--- Writes slices to the positions of a dimension, in place: x[..., which[k], ...] = y[..., k, ...]
--- for k in order, converted to x's dtype.
---
---     local x = mah.zeros(3, 2)
---     x:index_copy_(1, { 3, 1 }, mah.tensor { { 1, 2 }, { 3, 4 } })
---     print(x)
---     --> float32 3x2
---     --> {{3.0, 4.0},
---     -->  {0.0, 0.0},
---     -->  {1.0, 2.0}}
---@param x tensor
---@param dim integer
---@param which tensor|integer[]   (k) positions from 1
---@param y tensor                 x's shape with k positions along dim
---@return tensor x
function index.index_copy_(x, dim, which, y)
  dim = Type.dim(expect(x, "index_copy_"), dim, "index_copy_")
  check.status(C.mah_index_copy(x, dim, positions(which, "index_copy_"),
    expect(y, "index_copy_: values"), 1))
  return x
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

--- Does the tensor broadcast to the shape?
local function broadcasts(t, shape)
  for back = 0, t.ndim - 1 do
    local n = t.extent[t.ndim - 1 - back]
    if not shape[#shape - back] or n ~= 1 and n ~= shape[#shape - back] then return false end
  end
  return true
end

--- The value, in the shape of what it is assigned to: broadcast, or the same number of elements
--- where a mask says how many those are.
local function fitted(value, shape, is_masked)
  local count = 1
  for _, n in ipairs(shape) do count = count * n end
  if is_masked and value:numel() == count then return value:reshape(shape) end
  if is_masked and not broadcasts(value, shape) then
    check.raise("x[mask] = y: %d elements are set, y is %s", count, Type.describe(value))
  end
  return value:expand(shape)
end

local function put_tensor(x, keys, value)
  local view, picked = plan(x, keys)
  local dims, behind = dims_of(view, picked)
  local is_masked = #keys == 1 and is_mask(keys[1])
  if #dims == 1 then
    local d, which = dims[1], picked[dims[1]]
    local shape = append(append({}, view, 0, d - 1), which, 0, which.ndim - 1)
    append(shape, view, d + 1, view.ndim - 1)
    local flat = append(append({}, view, 0, d - 1), which:reshape(-1), 0, 0)
    value = fitted(value, shape, is_masked):reshape(append(flat, view, d + 1, view.ndim - 1))
    return index.index_copy_(view, d + 1, which:reshape(-1), value)
  end
  local front, flat, place = joined(view, picked, dims)
  local shape = append({}, view, 0, behind - 1)
  append(shape, place, 0, place.ndim - 1)
  local rest = behind
  for d = behind, view.ndim - 1 do
    if not picked[d] and rest < view.ndim - #dims then
      shape[#shape + 1], rest = tonumber(view.extent[d]), rest + 1
    end
  end
  value = fitted(value, shape, is_masked)
  if behind > 0 then value = move(value, behind, place.ndim) end
  index.index_copy_(flat, 1, place:reshape(-1), value:reshape(append({ place:numel() }, flat, 1,
    flat.ndim - 1)))
  if flat.data ~= front.data then front:copy_(flat:reshape(front.shape)) end
end

--- x[key] = value, for keys as in `pick`: a number, a tensor or a nested table that broadcasts to
--- what x[key] is, for a mask also as many elements as it has set. Of positions that occur twice
--- the last one counts.
---@param x tensor
---@param key tensor|table
---@param value number|boolean|tensor|table
function operators.put(x, key, value)
  expect(x, "assignment")
  value = Type.operand(value)
  local keys = Type.is_tensor(key) and { key } or key
  local is_whole = #keys == 1 and is_mask(expect(keys[1], "index"))
  if is_whole and type(value) == "number" then
    return put_number(x, expect_mask(x, keys[1], 0), value)
  end
  if type(value) == "number" or type(value) == "table" then
    value = make.tensor(value, x.elem == C.MAH_INT64 and "int64" or "float64")
  end
  put_tensor(x, keys, expect(value, "assigned value"))
end

--- The positions of the elements that are not 0, row by row.
---
---     print(mah.nonzero(mah.tensor { { 0, 5 }, { 7, 0 } }))
---     --> int32 2x2
---     --> {{1, 2},
---     -->  {2, 1}}
---@param x tensor
---@return tensor   int32 (n, dimensions), from 1
function index.nonzero(x) return Type.make(C.mah_nonzero, expect(x, "nonzero"), 1) end

for name, f in pairs(index) do methods[name] = f end

return index
