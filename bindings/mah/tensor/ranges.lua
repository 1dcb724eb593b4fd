--- What stands in brackets: lists of positions and ranges, read and assigned to.
---
---     local x = mah.arange(6):reshape(2, 3)
---     print(x { 2, 1 }, x { {}, { 2, 3 } }:sum())             --> 4 16
---     x[{ 1, { 1, 2 } }] = 0                                  -- the first two of row 1
---
--- Positions count from 1, and from -1 at the end; ranges include both ends.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local make = require "mah.tensor.make"

local methods, operators, expect = Type.methods, Type.operators, Type.expect

-- -- One index ------------------------------------------------------------------------------------

--- Dimension d of t restricted to {place}, {from, to} or {from, to, step}.
local function restrict(t, d, range)
  local n = tonumber(t.extent[d])
  local from = Type.integer(range[1], "range", "from")
  local to = range[2] == nil and from or Type.integer(range[2], "range", "to")
  local step = range[3] == nil and 1 or Type.integer(range[3], "range", "step")
  local first = from < 0 and from + n or from - 1
  local last = to < 0 and to + n or to - 1
  local inside = first >= 0 and last < n and last >= first - 1 and step >= 1
  if not inside then
    check.raise("range {%s} does not fit dimension %d of %s",
      table.concat({ from, to, range[3] }, ", "), d + 1, Type.describe(t))
  end
  local count = math.floor((last - first) / step) + 1
  return Type.view(C.mah_tensor_stride, t, d, first, count, count > 1 and step or 1)
end

--- Is a tensor, positions or a mask, among the indices?
local function has_tensor(keys)
  for i = 1, #keys do
    if Type.is_tensor(keys[i]) then return true end
  end
  return false
end

--- Dimension d of t at a position, which drops it, or restricted to a range; and the dimension that
--- the next index is for. nil for what is neither.
---@param t tensor
---@param d integer    from 0
---@param key any
---@return tensor|nil
---@return integer d
function operators.index_one(t, d, key)
  if type(key) == "number" then return methods.select(t, d + 1, key), d end
  if type(key) ~= "table" then return nil, d end
  return next(key) ~= nil and restrict(t, d, key) or Type.view(C.mah_tensor_alias, t), d + 1
end

-- -- Lists of them --------------------------------------------------------------------------------

--- The view that a list of indices names: see `at`.
local function view_at(t, keys)
  local d, view = 0, Type.view(C.mah_tensor_alias, t)
  if #keys > t.ndim then check.raise("%d indices for %s", #keys, Type.describe(t)) end
  for i = 1, #keys do
    local one, next_d = operators.index_one(view, d, keys[i])
    if not one then
      check.raise("index %d must be a number or a range such as {1, 3}; got %s", i,
        check.show(keys[i]))
    end
    view, d = Type.replace(view, one), next_d
  end
  return view
end

--- What a list of indices names; x{2, 3} is x:at{2, 3}, and x[{2, 3}] too. For each dimension the
--- list has a position, which drops it, or a range {from, to} or {from, to, step}, ends included;
--- {} is all of it. Dimensions not named are taken whole. A number when each dimension is dropped,
--- else a view.
---
--- A tensor among the indices picks: int32 and int64 are positions, as in x{rows} or x{{},
--- columns}, bool and uint8 a mask for as many dimensions as it has. Several broadcast together,
--- x{rows, columns}, and give an element (or what is left of the dimensions) for each pair. Their
--- dimensions are in the place of the first one, or in front when a range stands between them. That
--- is a copy.
---
---     local x = mah.arange(12):reshape(3, 4)
---     print(x { 2, 3 }, x[2][3])   --> 7 7
---     print(x { { 1, 2 }, { 2, -1 } })
---     --> float32 2x3
---     --> {{2.0, 3.0, 4.0},
---     -->  {6.0, 7.0, 8.0}}
---     print(x { {}, { 1, 4, 3 } })
---     --> float32 3x2
---     --> {{ 1.0,  4.0},
---     -->  { 5.0,  8.0},
---     -->  { 9.0, 12.0}}
---     print(x { mah.tensor({ 3, 1 }, "int32"), 1 })
---     --> float32 2
---     --> {9.0, 1.0}
---@param keys table
---@return tensor|number
function methods.at(t, keys)
  expect(t, "index")
  if type(keys) ~= "table" then
    check.raise("a list of indices is expected, x{2, 3}, got %s; the rows are x[i], i = 1 ... #x",
      check.show(keys))
  end
  if has_tensor(keys) then return operators.pick(t, keys) end
  local view = view_at(t, keys)
  if view.ndim == 0 and t.ndim > 0 then return methods.item(view) end
  return view
end

operators.call = methods.at

--- x[i] = v, x[{...}] = v: a number, a tensor that broadcasts, or a nested table.
function operators.assign(t, key, value)
  expect(t, "assignment")
  if type(key) == "table" and has_tensor(key) then return operators.put(t, key, value) end
  local view = type(key) == "number" and methods.select(t, 1, key) or view_at(t, key)
  value = Type.operand(value)
  if type(value) == "number" then return check.status(C.mah_tensor_fill(view, value)) end
  if type(value) == "table" then
    value = make.tensor(value, view.elem == C.MAH_INT64 and "int64" or "float64")
  end
  check.status(C.mah_tensor_copy(view, expect(value, "assigned value")))
end

return methods
