--- The Jacobian of a function as a matrix, residuals by parameters, for least squares. Where there
--- are fewer parameters than results, column by column: J^T u is linear in u, and its derivative
--- with respect to u along v is the product J v, so that one pass backwards through a pass
--- backwards gives a column (as in mah.jvp); otherwise row by row.
---
---     local r, J = derivatives(f, { a = a, b = b }, leaves)          -- (m), (m, n)
local check = require "mah.base.check"
local functions = require "mah.grad.functions"
local make = require "mah.tensor.make"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
local trees = require "mah.grad.trees"

local raw = operands.raw

--- A result as a plain or traced vector.
local function as_vector(y)
  if type(y) == "number" then return make.tensor({ y }, { dtype = "float64" }) end
  return o.reshape(y, raw(y):numel())
end

--- All leaves of a gradient in one vector of length n, in the order of `list`.
local function joined(g, list)
  local parts = {}
  for i, path in ipairs(list) do
    local part = g
    for _, key in ipairs(path) do part = part[key] end
    parts[i] = as_vector(part)
  end
  return #parts == 1 and parts[1] or o.cat(parts, 1)
end

local function unit(n, i, dtype)
  local v = make.zeros(n, { dtype = dtype })
  v[i] = 1
  return v
end

--- J by its columns, into `out` (m, n).
local function by_columns(out, pull, list, m, dtype)
  local function transposed(u) return joined(pull(u), list) end
  local _, push = functions.vjp(transposed, make.zeros(m, { dtype = dtype }))
  local n = out.shape[2]
  for j = 1, n do out:select(2, j):copy_(push(unit(n, j, dtype))) end
end

--- J by its rows.
local function by_rows(out, pull, list, m, dtype)
  for i = 1, m do out:select(1, i):copy_(joined(pull(unit(m, i, dtype)), list)) end
end

--- The value of f at x as a vector (m), and its Jacobian (m, n).
---@param f function    x -> a tensor or a number
---@param x any         a tensor or a table of tensors
---@param list table    the way to each leaf, in the order of the columns: {{"a"}, {"b", 1}}, {{}}
---@param n integer     the elements of all leaves
---@param where string  for messages
---@return tensor r, tensor J
return function(f, x, list, n, where)
  local function flat(p)
    local y = f(p)
    if not trees.is_leaf(y) then
      check.raise("%s: f gives %s; a tensor of residuals is expected", where, check.show(y))
    end
    return as_vector(y)
  end
  local r, pull = functions.vjp(flat, x)
  local m = r:numel()
  local J = make.empty(m, n, { dtype = r.dtype })
  local by = n <= m and by_columns or by_rows
  by(J, pull, list, m, r.dtype)
  return r, J
end
