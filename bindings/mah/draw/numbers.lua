--- Numbers that the user gave as tensors or as tables, for drawing.
---
---     numbers.vector(mah.tensor{1, 2}, "y")      --> {1, 2}
---     numbers.matrix({{1, 2}, {3, 4}}, "m")      --> {rows = 2, columns = 2, {1, 2}, {3, 4}}
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local options = require "mah.base.options"
local vector = require "mah.base.vector"

local numbers = {}

local LARGEST = 1.7976931348623157e308

function numbers.finite(v) return v == v and v ~= math.huge and v ~= -math.huge end

--- The nearest finite number.
function numbers.bounded(v) return math.max(-LARGEST, math.min(LARGEST, v)) end

--- How far v is on its way from low (0) to high (1), even where their difference overflows; 0 where
--- there is no way.
---@return number
function numbers.part(v, low, high)
  if not (low < high) then return 0 end
  if high - low < math.huge then return (v - low) / (high - low) end
  return (0.5 * v - 0.5 * low) / (0.5 * high - 0.5 * low)
end

--- Complains unless a range that the user gave is {low, high}, both finite.
---@return number|nil low, number|nil high
function numbers.bounds(range, name)
  if range == nil then return nil, nil end
  local low, high = range[1], range[2]
  local fits = type(low) == "number" and type(high) == "number" and numbers.finite(low)
    and numbers.finite(high) and low < high
  if not fits then check.raise("%s must be {low, high}, finite numbers with low < high", name) end
  return low, high
end

--- The values of the colours' ends: o.range, or from the least finite value to the greatest, with
--- o.map = "diverging" as far on both sides of 0.
---@param o {range: table?, map: string}
---@param where string   for messages
---@return number low, number high
function numbers.color_range(o, z, where)
  local low, high = numbers.range(z)
  check.that(low, "%s: z has no finite value", where)
  if o.range then return numbers.bounds(o.range, where .. ": range") end
  if o.map == "diverging" then
    high = math.max(math.abs(low), math.abs(high))
    low = -high
  end
  return low, high
end

--- The typed pointer to a tensor's first element. Not of float16 and bfloat16: see Type.wide.
function numbers.pointer(t) return ffi.cast(Type.pointers[t.elem], t.data) end

local function from_tensor(t, name)
  Type.expect(t, name)
  if t.ndim ~= 1 then check.raise("%s: a vector is expected; got %d dimensions", name, t.ndim) end
  t = Type.wide(t)
  local result, data, step = {}, numbers.pointer(t), tonumber(t.step[0])
  for i = 1, tonumber(t.extent[0]) do result[i] = tonumber(data[(i - 1) * step]) end
  return result
end

local function from_table(list, name)
  local result = {}
  for i = 1, #list do
    if type(list[i]) ~= "number" then
      check.raise("%s[%d] must be a number; got %s", name, i, check.show(list[i]))
    end
    result[i] = list[i]
  end
  return result
end

--- A fresh table of numbers. NaN and infinities stay.
---@param value table|tensor
---@param name string   for messages
---@return number[]
function numbers.vector(value, name)
  value = vector(value, "numbers")
  if Type.is_tensor(value) then return from_tensor(value, name) end
  if type(value) == "table" then return from_table(value, name) end
  check.raise("%s: a tensor or a table of numbers is expected; got %s", name, check.show(value))
end

--- Options from data that stand in front of them, or alone: f(x), f(x, {...}), f{x = x, ...}.
---@param given any
---@param name string        the option that the data are
---@param is_data boolean    given is data, not options
---@param more table|nil     the options behind data
---@param where string       for messages
---@return any
function numbers.with_options(given, name, is_data, more, where)
  check.that(more == nil or is_data and type(more) == "table", "%s: one table of options is "
    .. "expected, or data and one; got %s and %s", where, check.show(given), check.show(more))
  if not is_data then return given end
  local o = options.copy(more or {})
  o[name] = given
  return o
end

--- Values that stand alone, as a tensor or a list of numbers, as the option of that name; anything
--- else as it is.
function numbers.named(given, name, more, where)
  given = vector(given)
  local is_data = Type.is_tensor(given) or type(given) == "table" and type(given[1]) == "number"
  return numbers.with_options(given, name, is_data, more, where)
end

--- A matrix that stands alone, a tensor or a table, as the option of that name.
function numbers.named_matrix(given, name, more, where)
  given = vector(given)
  return numbers.with_options(given, name, Type.is_tensor(given), more, where)
end

local function matrix_of_tensor(t, name)
  Type.expect(t, name)
  if t.ndim ~= 2 then check.raise("%s: a matrix is expected; got %d dimensions", name, t.ndim) end
  t = Type.wide(t)
  local data, down, right = numbers.pointer(t), tonumber(t.step[0]), tonumber(t.step[1])
  local m = { rows = tonumber(t.extent[0]), columns = tonumber(t.extent[1]) }
  for i = 1, m.columns > 0 and m.rows or 0 do -- 2^40 rows may have no columns
    m[i] = {}
    for j = 1, m.columns do m[i][j] = tonumber(data[(i - 1) * down + (j - 1) * right]) end
  end
  return m
end

--- A table of rows with the fields rows and columns.
---@return table
function numbers.matrix(value, name)
  value = vector(value, "numbers")
  local m
  if Type.is_tensor(value) then
    m = matrix_of_tensor(value, name)
  elseif type(value) == "table" then
    m = { rows = #value, columns = type(value[1]) == "table" and #value[1] or 0 }
    for i, row in ipairs(value) do
      m[i] = numbers.vector(row, ("%s[%d]"):format(name, i))
      if #m[i] ~= m.columns then
        check.raise("%s: row %d has %d values and row 1 has %d", name, i, #m[i], m.columns)
      end
    end
  else
    check.raise("%s: a matrix is expected, as a tensor or a table of rows; got %s", name,
      check.show(value))
  end
  if m.rows == 0 or m.columns == 0 then check.raise("%s: the matrix is empty", name) end
  return m
end

--- Smallest and largest finite value (for which `keep` is true) of lists; nil when there is none.
---@return number|nil, number|nil
function numbers.range(lists, keep)
  local low, high
  for _, list in ipairs(lists) do
    for _, v in ipairs(list) do
      if numbers.finite(v) and (not keep or keep(v)) then
        low, high = math.min(low or v, v), math.max(high or v, v)
      end
    end
  end
  return low, high
end

return numbers
