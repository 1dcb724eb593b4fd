--- How good predictions are.
---
---     mah.metrics.accuracy(y_true, y_pred)       mah.metrics.confusion(y_true, y_pred)
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local tensor = require "mah.tensor"

local metrics = {}

--- A list of class numbers as a tensor; tensors as they are.
local function as_tensor(y, where)
  if type(y) ~= "table" then return Type.expect(y, where) end
  for i, label in ipairs(y) do
    check.that(type(label) == "number", "%s: label %d is %s; class numbers are expected: the place "
      .. "of a label in the classifier's classes_ less 1", where, i, check.show(label))
  end
  check.that(#y > 0, "%s: there are no labels", where)
  return tensor.tensor(y, { dtype = "float64" })
end

--- Checks two vectors of class numbers of one length and gives them as contiguous int32.
local function as_classes(y_true, y_pred, where)
  y_true, y_pred = as_tensor(y_true, where .. ": y_true"), as_tensor(y_pred, where .. ": y_pred")
  check.that(y_true.ndim == 1 and y_pred.ndim == 1 and #y_true == #y_pred,
    "%s: two vectors of one length are expected, got shapes (%s) and (%s)", where,
    table.concat(y_true.shape, ", "), table.concat(y_pred.shape, ", "))
  check.that(#y_true > 0, "%s: there are no labels", where)
  for _, y in ipairs { y_true, y_pred } do
    check.that(y.dtype == "int32" or y.dtype == "uint8" or y:eq(y:floor()):all(),
      "%s: class numbers are whole, and these are not", where)
  end
  return y_true:to("int32"):contiguous(), y_pred:to("int32"):contiguous()
end

--- The mean of the rows' values, weighted.
local function weighted_mean(values, weight, where)
  Type.expect(weight, where .. ": weight")
  check.that(weight.ndim == 1 and #weight == #values,
    "%s: weight: a vector of %d numbers is expected, got shape (%s)", where, #values,
    table.concat(weight.shape, ", "))
  local total = weight:double():sum()
  check.that(total > 0, "%s: the weights of the %d rows add up to %g", where, #values, total)
  return (values:double() * weight:double()):sum() / total
end

--- The share of equal labels.
---@param y_true tensor|integer[]   (N) class numbers
---@param y_pred tensor|integer[]   (N)
---@param weight tensor|nil         (N): what a row counts
---@return number
function metrics.accuracy(y_true, y_pred, weight)
  local a, b = as_classes(y_true, y_pred, "mah.metrics.accuracy")
  if weight then return weighted_mean(a:eq(b), weight, "mah.metrics.accuracy") end
  return a:eq(b):sum() / #a
end

--- The confusion matrix: rows are the true classes, columns the predicted ones, both from 0.
---@param y_true tensor|integer[]   (N) class numbers >= 0
---@param y_pred tensor|integer[]   (N)
---@param classes integer|nil       default: the largest label + 1
---@return tensor                   (classes, classes) int32 counts
function metrics.confusion(y_true, y_pred, classes)
  local a, b = as_classes(y_true, y_pred, "mah.metrics.confusion")
  local smallest = math.min(a:min(), b:min())
  local largest = math.max(a:max(), b:max())
  if classes == nil then classes = largest + 1 end
  Type.integer(classes, "mah.metrics.confusion", "classes")
  check.that(smallest >= 0 and largest < classes,
    "mah.metrics.confusion: labels are in 0 ... %d; got %d", classes - 1,
    smallest < 0 and smallest or largest)
  local counts = tensor.zeros(classes * classes, { dtype = "int32" })
  for i = 1, #a do
    local cell = a[i] * classes + b[i] + 1
    counts[cell] = counts[cell] + 1
  end
  return counts:view(classes, classes)
end

--- The mean of a vector.
---@param values tensor         (N)
---@param weight tensor|nil     (N)
---@return number
function metrics.mean(values, weight)
  Type.expect(values, "mah.metrics.mean")
  if weight then return weighted_mean(values, weight, "mah.metrics.mean") end
  return values:sum() / #values
end

--- The coefficient of determination, 1 - sum (y - p)^2 / sum (y - mean y)^2, each term times the
--- weight of its row; several outputs are averaged. A constant output counts 1 when it is met
--- exactly, else 0.
---@param y_true tensor         (N) or (N, K)
---@param y_pred tensor         the same number of elements
---@param weight tensor|nil     (N)
---@return number
function metrics.r2(y_true, y_pred, weight)
  Type.expect(y_true, "mah.metrics.r2: y_true")
  Type.expect(y_pred, "mah.metrics.r2: y_pred")
  local n = #y_true
  check.that(y_true:numel() == y_pred:numel() and n > 0,
    "mah.metrics.r2: shapes (%s) and (%s) do not fit",
    table.concat(y_true.shape, ", "), table.concat(y_pred.shape, ", "))
  local columns = y_true:numel() / n
  local y, p = y_true:double():reshape(n, columns), y_pred:double():reshape(n, columns)
  local w = weight and Type.expect(weight, "mah.metrics.r2: weight"):double()
    or tensor.ones(n, { dtype = "float64" })
  local sum = 0
  for k = 1, columns do
    local yk, pk = y:select(2, k), p:select(2, k)
    local mean = (w * yk):sum() / w:sum()
    local residual, total = (w * (yk - pk) ^ 2):sum(), (w * (yk - mean) ^ 2):sum()
    sum = sum + (total > 0 and 1 - residual / total or (residual == 0 and 1 or 0))
  end
  return sum / columns
end

return metrics
