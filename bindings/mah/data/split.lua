--- Parts of a data set.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"

local split = {}

--- Complains unless `set` is {x = tensor, y = tensor} with as many rows each.
---@param set mah.Set
---@return integer rows
function split.rows(set, where)
  if type(set) ~= "table" or not Type.is_tensor(set.x) or not Type.is_tensor(set.y) then
    check.raise("%s: {x = tensor, y = tensor} is expected, got %s", where, check.show(set))
  end
  local n, labels = #Type.expect(set.x, where .. ": x"), #Type.expect(set.y, where .. ": y")
  if n ~= labels then check.raise("%s: x has %d rows, y has %d", where, n, labels) end
  return n
end

--- The first n samples, or all when there are fewer: views that share the memory. Of a whole data set
--- ({train=, test=}) the training part is cut.
---@param set mah.Set|mah.Dataset
---@param n integer
---@return mah.Set|mah.Dataset
function split.take(set, n)
  if type(n) ~= "number" or n < 0 or n % 1 ~= 0 then
    check.raise("mah.data.take: n must be an integer >= 0, got %s", check.show(n))
  end
  local result = {}
  if type(set) == "table" and set.train then
    for name, value in pairs(set) do result[name] = value end
    result.train = split.take(set.train, n)
    return result
  end
  local rows = math.min(n, split.rows(set, "mah.data.take"))
  for name, value in pairs(set) do result[name] = value end
  result.x = Type.make(C.mah_tensor_narrow, set.x, 0, 0, rows)
  result.y = Type.make(C.mah_tensor_narrow, set.y, 0, 0, rows)
  return result
end

return split
