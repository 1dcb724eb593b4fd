--- Places in ascending numbers, and what lies between known points.
---
---     mah.searchsorted(edges, x)              -- where x would go, from 1
---     mah.interp(x, xp, fp)                   -- on the lines between the points (xp, fp)
---     x:isin { 2, 3, 5 }                      -- which elements are among these?
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local make = require "mah.tensor.make"
local options = require "mah.base.options"

local methods, expect = Type.methods, Type.expect
local ends = ffi.new "double[2]"

local search = {}

--- A tensor of a list or of a number; tensors as they are.
local function as_tensor(value, where)
  if type(value) == "number" then return make.tensor(value, "float64") end
  if type(value) ~= "table" then return expect(value, where) end
  local dtype = "float64"
  for i = 1, #value do
    if type(value[i]) == "cdata" then dtype = "int64" end -- an int64_t beyond 2^53
  end
  return make.tensor(value, dtype)
end

-- -- Places ---------------------------------------------------------------------------------------

local function find(sorted, x, right, where)
  if right ~= nil and type(right) ~= "boolean" then
    check.raise("%s: right must be true or false; got %s", where, check.show(right))
  end
  return Type.make(C.mah_searchsorted, sorted, x, right and 1 or 0, 1)
end

local right_rules = options.declare("mah.searchsorted mah.bucketize", {
  right = { false, "boolean", nil, "of equal numbers: behind the last one instead of before the "
    .. "first; true or false may stand in the place of the options" },
})

local function right_of(given, where)
  if type(given) ~= "table" then return given end
  return options(given, right_rules, where).right
end

--- The places, from 1, at which `values` would go into `sorted` to keep it ascending: the first one
--- possible, or the last one with the option right. A value beyond all of n numbers goes to n + 1,
--- NaN behind all numbers. (NumPy's and PyTorch's answer plus 1.)
---
---     local sorted = mah.tensor { 10, 20, 30 }
---     print(mah.searchsorted(sorted, mah.tensor { 5, 20, 99 }))
---     --> int32 3
---     --> {1, 2, 4}
---     print(mah.searchsorted(sorted, 20, { right = true }))   --> 3
---@param sorted tensor    (n), ascending; or (..., n), a row for each row of the values
---@param values tensor|number|number[]
---@param given {right: boolean?}|boolean|nil
---@return tensor|integer   int32 of the values' shape; an integer for a number
function search.searchsorted(sorted, values, given)
  expect(sorted, "searchsorted")
  local x = as_tensor(values, "searchsorted: values")
  local place = find(sorted, x, right_of(given, "searchsorted"), "searchsorted")
  return type(values) == "number" and place:item() or place
end

--- The bins, from 1, that the elements fall into: bin i reaches from above boundary i - 1 to
--- boundary i, which belongs to it (to the next bin with the option right). PyTorch's bucketize
--- plus 1.
---
---     print(mah.bucketize(mah.tensor { 5, 20, 99 }, { 10, 20, 30 }))
---     --> int32 3
---     --> {1, 2, 4}
---@param x tensor
---@param boundaries tensor|number[]   (n), ascending
---@param given {right: boolean?}|boolean|nil
---@return tensor   int32 in 1 ... n + 1, of x's shape
function search.bucketize(x, boundaries, given)
  expect(x, "bucketize")
  boundaries = as_tensor(boundaries, "bucketize: boundaries")
  check.that(boundaries.ndim == 1, "bucketize: the boundaries must be a vector, got %s",
    Type.describe(boundaries))
  return find(boundaries, x, right_of(given, "bucketize"), "bucketize")
end

local isin_rules = options.declare("mah.isin", {
  invert = { false, "boolean", nil, "true: which elements are not among them?" },
})

--- Is each element among those of `test`?
---
---     print(mah.isin(mah.tensor { 1, 2, 3 }, { 2, 3, 5 }))
---     --> bool 3
---     --> {false,  true,  true}
---@param x tensor
---@param test tensor|number|number[]
---@param given {invert: boolean?}|nil
---@return tensor   bool of x's shape
function search.isin(x, test, given)
  expect(x, "isin")
  local o = options(given, isin_rules, "isin")
  local sorted = as_tensor(test, "isin: test"):reshape(-1):sort()
  local before = find(sorted, x, false, "isin")
  local behind = find(sorted, x, true, "isin")
  local is_there = behind:gt(before)
  if C.mah_dtype_is_integer(x.elem) == 0 then is_there = is_there:logical_and(x:eq(x)) end -- NaN
  return o.invert and is_there:logical_not() or is_there
end

-- -- Between points -------------------------------------------------------------------------------

local interp_rules = options.declare("mah.interp", {
  left = { nil, "number", nil, "value before the first point; nil: the first fp" },
  right = { nil, "number", nil, "value behind the last point; nil: the last fp" },
  period = { nil, "number", "(0, inf)", "x and xp go round, as angles do with 360; xp need not "
    .. "ascend then, and left and right are not used" },
})

--- The points of one period, ascending, with the last one before the first and the first one behind
--- the last.
local function around(x, xp, fp, period)
  local order
  xp, order = xp:double():remainder(period):sort()
  fp = fp:index_select(1, order)
  local join = require "mah.tensor.join"
  local n = #xp
  return x:double():remainder(period),
    join.cat { xp:narrow(1, n, 1) - period, xp, xp:narrow(1, 1, 1) + period },
    join.cat { fp:narrow(1, n, 1), fp, fp:narrow(1, 1, 1) }
end

--- Values at x on the lines through the points (xp, fp), as NumPy's interp. Before the first point
--- it is the first fp, behind the last one the last; NaN gives NaN.
---
---     print(mah.interp(2.5, { 1, 2, 3 }, { 10, 20, 40 }))   --> 30
---     print(mah.interp(mah.tensor { 0, 1.5 }, { 1, 2, 3 }, { 10, 20, 40 }, { left = -1 }))
---     --> float64 2
---     --> {-1.0, 15.0}
---@param x tensor|number
---@param xp tensor|number[]   (n), ascending unless there is a period
---@param fp tensor|number[]   (n)
---@param given {left: number?, right: number?, period: number?}|nil
---@return tensor|number   of x's shape; float32 when x and fp are, else float64
function search.interp(x, xp, fp, given)
  local o = options(given, interp_rules, "interp")
  local at = as_tensor(x, "interp")
  xp, fp = as_tensor(xp, "interp: xp"), as_tensor(fp, "interp: fp")
  if o.period then
    check.that(xp.ndim == 1 and fp.ndim == 1 and #xp == #fp and #xp > 0,
      "interp: xp and fp must be vectors of one length, got %s and %s", Type.describe(xp),
      Type.describe(fp))
    at, xp, fp = around(at, xp, fp, o.period)
  end
  check.status(C.mah_interp_ends(ends, fp))
  local out = Type.make(C.mah_interp, at, xp, fp, o.left or ends[0], o.right or ends[1])
  return type(x) == "number" and out:item() or out
end

for name, f in pairs(search) do methods[name] = f end

return search
