--- What losses have in common: their options, what they look at, and how the values of rows or
--- elements become one number.
---
---     local rules = arguments.declare("mse")
---     local s, x = options(given, rules, where), arguments.expect_scores(scores, where)
---     return arguments.reduced((x - arguments.targets_like(x, y, where)):square(), s)
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
local options = require "mah.base.options"
require "mah.grad.methods"

local raw, shape = operands.raw, operands.shape

local arguments = {}

-- -- Values ---------------------------------------------------------------------------------------

local usual = {
  reduction = { "mean", { "mean", "sum", "none" }, nil, "of the values of rows or elements. mean: "
    .. "their mean, by weight; sum: their sum; none: they are given as they are" },
  weight = { nil, "tensor", nil, "what each row or element counts; nil: all alike" },
}

--- The rules of a loss: the usual options and its own.
function arguments.declare(name, own)
  local rules = {}
  for _, list in ipairs { usual, own or {} } do
    for key, rule in pairs(list) do rules[key] = rule end
  end
  return options.declare("mah.loss." .. name, rules)
end

local function as_number(y)
  return Type.is_tensor(y) and y.ndim == 0 and y:item() or y
end

--- The weights of values, to which they broadcast: (N) for (N, 1) too.
local function weights_of(values, weight)
  local sizes = shape(values)
  if #sizes == 2 and sizes[2] == 1 and weight.ndim == 1 and #weight == sizes[1] then
    return weight:unsqueeze(2)
  end
  local fits = weight.ndim <= #sizes
  for d = 1, fits and weight.ndim or 0 do
    fits = fits and (weight:size(-d) == 1 or weight:size(-d) == sizes[#sizes + 1 - d])
  end
  check.that(fits, "mah.loss: the weight is %s, the losses %s", Type.describe(weight),
    Type.describe(raw(values)))
  return weight
end

--- The values of rows or elements as one number. `own`: weights that the values have already.
function arguments.reduced(values, s, own)
  local weight = s.weight and weights_of(values, s.weight)
  if weight then values = values * weight end
  if s.reduction == "none" then return values end
  local sum = o.sum(values)
  if s.reduction == "mean" then
    if weight and own then weight = weight * own end
    local by = weight or own
    sum = sum / (by and o.sum(by:to(raw(values).dtype):expand(shape(values)))
      or raw(values):numel())
  end
  return as_number(sum)
end

-- -- Scores and targets ---------------------------------------------------------------------------

--- Scores are numbers with fractions, or their targets would lose theirs.
function arguments.expect_scores(x, where)
  local plain = Type.expect(raw(x), where .. ": the scores")
  if C.mah_dtype_is_integer(plain.elem) ~= 0 then
    check.raise("%s: the scores are %s; x:float() makes them float32", where, Type.describe(plain))
  end
  return x
end

--- The targets as a plain tensor.
function arguments.expect_targets(y, where) return Type.expect(raw(y), where .. ": the targets") end

--- Targets in the shape of the scores: (N) for (N, 1) too.
function arguments.targets_like(x, y, where)
  y = arguments.expect_targets(y, where)
  local have, want = shape(y), shape(x)
  if #want == 2 and want[2] == 1 and #have == 1 and have[1] == want[1] then
    y, have = y:unsqueeze(2), want
  end
  check.that(table.concat(have, "x") == table.concat(want, "x"),
    "%s: the targets are %s, the scores %s", where, Type.describe(y), Type.describe(raw(x)))
  return y.dtype == raw(x).dtype and y or y:to(raw(x).dtype)
end

--- Class numbers 0 ... K-1 as int32, looked at but for their range.
function arguments.classes_of(x, y, where)
  y = raw(y)
  Type.expect(y, where .. ": the classes")
  local sizes = shape(x)
  check.that(#sizes == 2, "%s: scores (rows, classes) are expected, got %s", where,
    Type.describe(raw(x)))
  check.that(y.ndim == 1 and #y == sizes[1], "%s: the classes are %s, the scores %s", where,
    Type.describe(y), Type.describe(raw(x)))
  check.that(not y.dtype:find "float" and y.dtype ~= "bool",
    "%s: classes are integers 0 ... %d, got %s", where, sizes[2] - 1, Type.describe(y))
  return y.elem == C.MAH_INT32 and y or y:int()
end

--- Class numbers 0 ... K-1 as positions (N, 1) from 1.
function arguments.positions(x, y, where)
  y = arguments.classes_of(x, y, where)
  if #y > 0 then
    local classes = raw(x):size(2)
    local low, high = y:min(), y:max()
    check.that(low >= 0 and high < classes, "%s: class %s is none of 0 ... %d", where,
      tostring(low < 0 and low or high), classes - 1)
  end
  return (y + 1):unsqueeze(2)
end

--- Weights of classes: one for each of the scores' columns.
function arguments.expect_classes(weight, x, where)
  if not Type.is_tensor(weight) then return end
  check.that(weight.ndim == 1 and #weight == shape(x)[2],
    "%s: the classes' weights are %s, the scores %s", where, Type.describe(weight),
    Type.describe(raw(x)))
end

return arguments
