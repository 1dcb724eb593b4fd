--- How variables vary together.
---
---     mah.cov(x)          -- of the rows of x; NumPy's names and meaning
---     mah.corrcoef(x, { rowvar = false })        -- of its columns
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local options = require "mah.base.options"

local methods, expect = Type.methods, Type.expect

local statistics = {}

-- What both functions take.
local shared = {
  y = { nil, "tensor", nil, "more variables, in the form of x, with as many observations" },
  rowvar = { true, "boolean", nil, "each row is a variable; false: each column" },
}
local cov_rules = options.declare("mah.cov", {
  y = shared.y, rowvar = shared.rowvar,
  correction = { nil, "number", nil, "the sums are divided by observations - correction; nil: 1" },
  ddof = { nil, "number", nil, "another name of correction, NumPy's" },
})
local corrcoef_rules = options.declare("mah.corrcoef", shared)

--- x as a float matrix with a variable in each row.
local function variables(x, rowvar, where)
  expect(x, where)
  if x.ndim > 2 then
    check.raise("%s: a matrix or a vector is expected, got %s", where, Type.describe(x))
  end
  x = C.mah_dtype_is_integer(x.elem) ~= 0 and x:double() or Type.wide(x)
  if x.ndim < 2 then return x:reshape(1, -1) end
  return rowvar and x or x:t()
end

--- NumPy's cov(x, y).
local function expect_options(given, where)
  if not Type.is_tensor(given) then return end
  check.raise("%s: more variables are an option: mah.%s(x, {y = y})", where, where)
end

local function all_variables(x, o, where)
  local rows = variables(x, o.rowvar, where)
  if not o.y then return rows end
  local more = variables(o.y, o.rowvar, where .. ": y")
  if rows.extent[1] ~= more.extent[1] then
    check.raise("%s: x is %s, y %s: they do not have as many observations", where, Type.describe(x),
      Type.describe(o.y))
  end
  return require("mah.tensor.join").cat({ rows, more }, 1)
end

local function divisor_of(n, o)
  return math.max(n - (o.correction or o.ddof or 1), 0)
end

--- sum_k (x[i,k] - mean[i]) (x[j,k] - mean[j]) / divisor
local function covariance(rows, divisor)
  local centred = rows:sub(rows:mean(2, true))
  return centred:matmul(centred:t()):div_(divisor)
end

--- The covariances of variables, with their variances on the diagonal. Each row of x is a variable,
--- each column an observation of all (the other way with rowvar = false). A vector is one variable,
--- and gives a number.
---
---     print(mah.cov(mah.tensor { { 1, 2, 3 }, { 6, 4, 2 } }))
---     --> float32 2x2
---     --> {{ 1.0, -2.0},
---     -->  {-2.0,  4.0}}
---@param x tensor   (variables, observations)
---@param given {correction: number?, ddof: number?, rowvar: boolean?, y: tensor?}|nil
---@return tensor|number   (variables, variables); float64 for integers
function statistics.cov(x, given)
  expect_options(given, "cov")
  local o = options(given, cov_rules, "cov")
  local rows = all_variables(x, o, "cov")
  local c = covariance(rows, divisor_of(tonumber(rows.extent[1]), o))
  return x.ndim < 2 and not o.y and c:item() or c
end

--- The correlations of variables (Pearson), in -1 ... 1. Each row of x is a variable (each column
--- with rowvar = false). NaN for one that does not vary. A vector gives 1.
---
---     print(mah.corrcoef(mah.tensor { { 1, 2, 3 }, { 6, 4, 2 } }))
---     --> float32 2x2
---     --> {{ 1.0, -1.0},
---     -->  {-1.0,  1.0}}
---@param x tensor   (variables, observations)
---@param given {rowvar: boolean?, y: tensor?}|nil
---@return tensor|number   (variables, variables); float64 for integers
function statistics.corrcoef(x, given)
  expect_options(given, "corrcoef")
  local o = options(given, corrcoef_rules, "corrcoef")
  local rows = all_variables(x, o, "corrcoef")
  local c = covariance(rows, 1)
  local size = c:diag():sqrt()
  c:div_(size:unsqueeze(2)):div_(size):clamp_(-1, 1)
  return x.ndim < 2 and not o.y and c:item() or c
end

for name, f in pairs(statistics) do methods[name] = f end

return statistics
