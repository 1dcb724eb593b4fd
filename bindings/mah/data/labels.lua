--- Class labels: whole numbers, strings or booleans, in a tensor or a Lua table, to class numbers
--- 0 ... K-1 and back.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local tensor = require "mah.tensor"
local sort = require "mah.tensor.sort"
local vector = require "mah.base.vector"

local labels = {}

local rank = { number = 1, cdata = 1, string = 2, boolean = 3 } -- cdata: an int64_t beyond 2^53

--- As numpy.unique sorts: numbers, strings byte by byte, false before true.
local function less(a, b)
  local of_a, of_b = rank[type(a)], rank[type(b)]
  if of_a ~= of_b then return of_a < of_b end
  if type(a) == "boolean" then return not a and b end
  return a < b
end

--- y as a list-like thing (a vector tensor or a Lua table); a column is flattened; a bool tensor is
--- one of 0 and 1.
---@return tensor|table y, integer n
function labels.vector(y, where)
  y = vector(y, "labels")
  if type(y) == "table" then return y, #y end
  Type.expect(y, where)
  if y.ndim == 2 and y.shape[2] == 1 then y = y:select(2, 1) end
  check.that(y.ndim == 1, "%s: a vector of labels is expected, got shape (%s)", where,
    table.concat(y.shape, ", "))
  if y.dtype == "bool" then y = y:int() end
  return y, #y
end

-- -- What labels may be ---------------------------------------------------------------------------

local function check_number(label, i, where)
  if label % 1 ~= 0 then
    check.raise("%s: label %d is %s; classes are whole numbers or strings", where, i,
      tostring(label))
  elseif math.abs(tonumber(label)) >= 2 ^ 31 then -- an int64_t beyond 2^53
    check.raise("%s: label %d is %s; whole numbers of 32 bits are expected", where, i,
      tostring(label))
  end
end

--- Complains about a number in a floating-point tensor that is no label.
local function check_tensor(y, where)
  if y.dtype == "int32" or y.dtype == "uint8" or #y == 0 then return end
  if y:eq(y:floor()):all() and y:abs():max() < 2 ^ 31 then return end
  for i = 1, #y do check_number(y[i], i, where) end
end

local function check_list(list, where)
  for i = 1, #list do
    local label = list[i]
    if not rank[type(label)] then
      check.raise("%s: label %d must be a number or a string; got %s", where, i, check.show(label))
    end
    if type(label) == "number" then check_number(label, i, where) end
  end
end

--- Complains unless y (see labels.vector) holds labels: whole numbers, strings or booleans.
---@param y tensor|table
---@param where string   names y in messages
function labels.check(y, where)
  if type(y) == "table" then check_list(y, where) else check_tensor(y, where) end
end

--- "numbers", "strings" or "booleans", and where the first label is that is something else.
---@param y tensor|table   checked
---@return string kind, integer|nil other
function labels.kind(y)
  if type(y) ~= "table" then return "numbers" end
  local first = type(y[1])
  for i = 2, #y do
    if type(y[i]) ~= first then return first .. "s", i end
  end
  return first .. "s"
end

-- -- Classes --------------------------------------------------------------------------------------

local function different(list)
  local seen, classes = {}, {}
  for i = 1, #list do
    local label = list[i]
    if not seen[label] then
      seen[label] = true
      classes[#classes + 1] = label
    end
  end
  return classes
end

--- The sorted list of different labels.
---@param y tensor|table
---@return table
function labels.classes(y, where)
  local list = labels.vector(y, where)
  labels.check(list, where)
  if type(list) ~= "table" then return sort.unique(list):totable() end
  local classes = different(list)
  table.sort(classes, less)
  return classes
end

--- The sorted list of all that are in one of two lists of classes.
---@param a table
---@param b table
---@return table
function labels.union(a, b)
  local all = {}
  for _, list in ipairs { a, b } do
    for _, label in ipairs(list) do all[#all + 1] = label end
  end
  all = different(all)
  table.sort(all, less)
  return all
end

function labels.list(classes)
  local text = {}
  for i, label in ipairs(classes) do text[i] = tostring(label) end
  return "[" .. table.concat(text, " ") .. "]"
end

function labels.contains(classes, label)
  for _, class in ipairs(classes) do
    if class == label then return true end
  end
  return false
end

function labels.same(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do
    if a[i] ~= b[i] then return false end
  end
  return true
end

-- -- Class numbers --------------------------------------------------------------------------------

--- Class numbers from 0. A label that is none of the classes is an error, or gets the number
--- `other`, when that is given.
---@param y tensor|table
---@param classes table
---@param other integer|nil
---@return tensor   (N) int32
function labels.encode(y, classes, where, other)
  local list, n = labels.vector(y, where)
  local number = {}
  for i, label in ipairs(classes) do
    check.that(label == label, "%s: NaN is no label", where)
    number[label] = i - 1
  end
  local out = tensor.empty(n, { dtype = "int32" })
  for i = 1, n do
    local code = number[list[i]] or other
    if not code then
      check.raise("%s: label %s is not one of the classes %s", where, tostring(list[i]),
        labels.list(classes))
    end
    out[i] = code
  end
  return out
end

local function are_numbers(classes)
  for i = 1, #classes do
    if type(classes[i]) ~= "number" then return false end
  end
  return true
end

--- The labels of class numbers: an int32 tensor, or a Lua table unless all classes are numbers.
---@param numbers tensor   (N) int32 from 0
---@param classes table
---@param into tensor|nil   (N) int32, for classes that are numbers: `numbers`, or another one
---@return tensor|table
function labels.decode(numbers, classes, into)
  local n = #numbers
  local out = not are_numbers(classes) and {} or into or tensor.empty(n, "int32")
  for i = 1, n do out[i] = classes[numbers[i] + 1] end
  return out
end

return labels
