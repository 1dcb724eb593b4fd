--- Rows of anything: tensors, tables, lists of labels, lists of rows, columns by name.
---
---     rows.count(x)   rows.take(x, indices)         -- indices: int32, from 1
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local sparse = require "mah.data.sparse"
local tables = require "mah.data.table"
local vector = require "mah.base.vector"

local rows = {}

rows.is_table, rows.is_column, rows.is_sparse = tables.is, tables.is_column, sparse.is

--- Does x hold columns by name: a table, or {age = ..., sex = ...}?
function rows.has_names(x)
  return rows.is_table(x) or type(x) == "table" and x[1] == nil and next(x) ~= nil
end

--- The column of that name, or nil: labels or numbers.
function rows.column(x, name)
  if not rows.is_table(x) then return x[name] end
  for _, own in ipairs(x.names) do
    if own == name then return x:column(name):labels() end
  end
end

--- x without that column.
function rows.without(x, name)
  if rows.is_table(x) then return x:drop { name } end
  local rest = {}
  for key, column in pairs(x) do rest[key] = key ~= name and column or nil end
  return rest
end

--- The names of the columns as keys.
function rows.names(x)
  local names = {}
  if rows.is_table(x) then
    for _, name in ipairs(x.names) do names[name] = true end
  else
    for name in pairs(x) do names[name] = true end
  end
  return names
end

--- Is x one of those that pick their own rows?
local function picks(x)
  return rows.is_table(x) or type(x) == "table" and type(x.take) == "function"
end

local function count(x, where, depth)
  check.depth(depth, "%s", check.short_path(where))
  if Type.is_tensor(x) then
    check.that(Type.expect(x, where).ndim > 0, "%s: a tensor without dimensions has no rows", where)
    return x.shape[1]
  end
  if rows.is_column(x) or rows.is_table(x) or rows.is_sparse(x) then return #x end
  check.that(type(x) == "table", "%s: a tensor, a table or a list is expected, got %s", where,
    check.show(x))
  if picks(x) then return x.rows end
  if not rows.has_names(x) then return #x end
  local n, first
  for name, column in pairs(x) do
    local own = count(column, ("%s: column %s"):format(where, check.show(name)), depth + 1)
    check.that(not n or n == own, "%s: column %s has %d rows, and column %s has %d", where,
      check.show(first), n or 0, check.show(name), own)
    n, first = own, first or name
  end
  return n
end

--- How many rows there are; columns by name must have as many each.
---@param x any
---@param where string   for messages
---@return integer
function rows.count(x, where) return count(x, where, 1) end

local function take(x, indices, depth)
  check.depth(depth, "rows of a table")
  if x == nil then return nil end
  if Type.is_tensor(x) or rows.is_sparse(x) then return x:index_select(1, indices) end
  if rows.is_column(x) then return take(vector(x), indices, depth) end
  if picks(x) then return x:take(indices) end
  local part = {}
  if rows.has_names(x) then
    for name, column in pairs(x) do part[name] = take(column, indices, depth + 1) end
  else
    for i = 1, #indices do part[i] = x[indices[i]] end
  end
  return part
end

--- The rows with these numbers, in this order; a new value of the same kind.
---@param x any
---@param indices tensor   int32, from 1
function rows.take(x, indices) return take(x, indices, 1) end

return rows
