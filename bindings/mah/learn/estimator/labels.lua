--- Class labels: any numbers or strings, in a tensor or a Lua table, to class numbers 0 ... K-1
--- and back.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local tensor = require "mah.tensor"

local tables = require "mah.data.table"

local labels = {}

local function less(a, b)
  if type(a) == type(b) then return a < b end
  return type(a) == "number"
end

--- y as a list-like thing (a vector tensor or a Lua table); a tensor of one column is flattened.
---@return tensor|table y, integer n
function labels.vector(y, where)
  if tables.is_column(y) then y = y:labels() end
  if type(y) == "table" then return y, #y end
  Type.expect(y, where)
  if y.ndim == 2 and y.shape[2] == 1 then y = y:select(2, 1) end
  check.that(y.ndim == 1, "%s: a vector of labels is expected, got shape (%s)", where,
    table.concat(y.shape, ", "))
  return y, #y
end

--- The sorted list of different labels.
---@param y tensor|table
---@return table
function labels.classes(y, where)
  local list, n = labels.vector(y, where)
  local seen, classes = {}, {}
  for i = 1, n do
    local label = list[i]
    check.that(type(label) == "number" or type(label) == "string",
      "%s: label %d must be a number or a string; got %s", where, i, check.show(label))
    check.that(type(label) ~= "number" or label % 1 == 0,
      "%s: label %d is %s; classes are whole numbers or strings", where, i, tostring(label))
    check.that(type(label) ~= "number" or math.abs(label) < 2 ^ 31,
      "%s: label %d is %s; whole numbers of 32 bits are expected", where, i, tostring(label))
    if not seen[label] then
      seen[label] = true
      classes[#classes + 1] = label
    end
  end
  table.sort(classes, less)
  return classes
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

--- Class numbers from 0.
---@param y tensor|table
---@param classes table
---@return tensor   (N) int32
function labels.encode(y, classes, where)
  local list, n = labels.vector(y, where)
  local number = {}
  for i, label in ipairs(classes) do number[label] = i - 1 end
  local out = tensor.empty(n, { dtype = "int32" })
  for i = 1, n do
    out[i] = number[list[i]]
      or check.raise("%s: label %s is not one of the classes %s", where, tostring(list[i]),
        labels.list(classes))
  end
  return out
end

--- The labels of class numbers: an int32 tensor, or a Lua table when there are strings among them.
---@param numbers tensor   (N) int32 from 0
---@param classes table
---@return tensor|table
function labels.decode(numbers, classes)
  local strings = false
  for _, label in ipairs(classes) do strings = strings or type(label) == "string" end
  local out = strings and {} or tensor.empty(#numbers, { dtype = "int32" })
  for i = 1, #numbers do out[i] = classes[numbers[i] + 1] end
  return out
end

return labels
