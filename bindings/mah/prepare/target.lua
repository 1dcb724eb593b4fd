--- What is to be learned: y as it is, or the name of a column of x.
---
---     local x, y = target(train, "survived", "mah.Pipeline")
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local options = require "mah.base.options"
local rows = require "mah.prepare.rows"
local vector = require "mah.base.vector"

--- x without the column, and the column.
local function take_out(x, name, where)
  check.that(rows.has_names(x), "%s: y is the name %q, but x has no columns by name", where, name)
  local y = rows.column(x, name)
  if y == nil then
    local hint = options.nearest(name, rows.names(x))
    check.raise("%s: y: there is no column %q%s", where, name,
      hint and ("; did you mean %q?"):format(hint) or "")
  end
  return rows.without(x, name), y
end

--- Labels and numbers to learn are all there.
local function check_present(y, where, name)
  for i = 1, type(y) == "table" and #y or 0 do
    check.that(y[i] == y[i], "%s: %s has a missing value in row %d", where, name, i)
  end
end

---@param x any
---@param y any
---@param where string
return function(x, y, where)
  local label = "y"
  if type(y) == "string" then
    label = ("column %q"):format(y)
    x, y = take_out(x, y, where)
  end
  if y == nil then return x, nil end
  y = vector(y, "labels")
  check.that(Type.is_tensor(y) or type(y) == "table",
    "%s: y: a tensor, a list or the name of a column is expected, got %s", where, check.show(y))
  check_present(y, where, label)
  local n, m = rows.count(x, where .. ": x"), rows.count(y, where .. ": y")
  check.that(n == m, "%s: x has %d rows and y has %d", where, n, m)
  return x, y
end
