--- Derivatives of what is chosen by order: the elements are gathered from where they stand, and
--- their places are the second result. And differences of neighbours.
local Type = require "mah.tensor.type"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
local sort = require "mah.tensor.sort"

local methods = Type.methods
local raw = operands.raw

local function gathered(x, dim, places) return o.gather(x, dim, places), places end

function o.sort(x, dim, descending)
  return gathered(x, dim or -1, sort.argsort(raw(x), dim, descending))
end

function o.topk(x, k, dim, largest)
  local _, places = sort.topk(raw(x), k, dim, largest)
  return gathered(x, dim or -1, places)
end

for _, name in ipairs { "cummax", "cummin" } do
  local f = methods[name]
  o[name] = function(x, dim)
    local _, places = f(raw(x), dim)
    return gathered(x, dim or 1, places)
  end
end

--- One quantile along a dimension, which stays: between the two elements that are nearest.
local function quantile_along(x, q, dim)
  local sorted = o.sort(x, dim)
  local at = (raw(x):size(dim) - 1) * q + 1
  local low = math.min(math.floor(at), raw(x):size(dim))
  local high = math.min(low + 1, raw(x):size(dim))
  local a, b = sorted:narrow(dim, low, 1), sorted:narrow(dim, high, 1)
  if at == low then return a end
  return o.lerp(a, b, at - low)
end

function o.quantile(x, q, dim, keepdim)
  if type(q) == "table" then
    local list = {}
    for i = 1, #q do list[i] = o.quantile(x, q[i], dim, keepdim) end
    return o.stack(list)
  end
  if dim == nil then return quantile_along(x:reshape(-1), q, 1):reshape({}) end
  local y = quantile_along(x, q, dim)
  return keepdim and y or y:squeeze(Type.dim(raw(x), dim, "quantile") + 1)
end

function o.median(x, dim, keepdim) return o.quantile(x, 0.5, dim, keepdim) end

function o.diff(x, n, dim)
  dim = dim or -1
  for _ = 1, n or 1 do
    local size = raw(x):size(dim)
    x = o.narrow(x, dim, 2, size - 1) - o.narrow(x, dim, 1, size - 1)
  end
  return x
end

--- Sums of the rows' products with each other, centred: (variables, variables).
local function covariance(rows, divisor)
  local centred = rows - rows:mean(2, true)
  return o.matmul(centred, centred:t()) / divisor
end

local function rows_of(x, given)
  if raw(x).ndim < 2 then return x:reshape(1, -1) end
  return given and given.rowvar == false and x:t() or x
end

local function all_rows(x, given)
  local rows = rows_of(x, given)
  return given and given.y and o.cat { rows, rows_of(given.y, given) } or rows
end

function o.cov(x, given)
  local rows = all_rows(x, given)
  local c = covariance(rows, math.max(0,
    raw(rows):size(2) - (given and (given.correction or given.ddof) or 1)))
  return raw(x).ndim < 2 and not (given and given.y) and c:reshape({}) or c
end

function o.corrcoef(x, given)
  local c = covariance(all_rows(x, given), 1)
  local size = c:diag():sqrt()
  local y = c / size:unsqueeze(2) / size
  return raw(x).ndim < 2 and not (given and given.y) and y:reshape({}) or y
end

return o
