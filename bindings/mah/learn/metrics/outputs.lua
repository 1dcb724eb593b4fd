--- Numbers to be met and those predicted, column by column: what the metrics of regression share.
---
---     local y = outputs.read(y_true, y_pred, o, "mah.metrics.mean_squared_error")
---     return outputs.average(y, outputs.each(y, function(a, b) ... end), o.multioutput)
local check = require "mah.base.check"
local Type = require "mah.tensor.type"
local shared = require "mah.learn.metrics.rules"
local targets = require "mah.learn.metrics.targets"
local tensor = require "mah.tensor"

local outputs = {}

--- The rules of the options that most metrics of regression take.
outputs.rules = {
  sample_weight = shared.sample_weight,
  multioutput = { "uniform_average", "string|tensor|table", nil, "\"uniform_average\": the mean of "
    .. "the outputs; \"raw_values\": a tensor of them; numbers: their weights in the mean" },
}

--- outputs.rules and more.
function outputs.rules_with(extra)
  local rules = {}
  for name, rule in pairs(outputs.rules) do rules[name] = rule end
  for name, rule in pairs(extra) do rules[name] = rule end
  return rules
end

local function as_matrix(values, name)
  values = targets.numbers(values, name)
  check.that(values.ndim <= 2, "%s: (N) or (N, outputs) is expected, got shape (%s)", name,
    table.concat(values.shape, ", "))
  return values.ndim == 1 and values:reshape(-1, 1) or values
end

local modes = { uniform_average = true, raw_values = true }

--- multioutput as it is meant: a mode's name, or the weights of the outputs.
local function check_multioutput(multioutput, columns, where, variance)
  if type(multioutput) == "string" then
    local known = modes[multioutput] or variance and multioutput == "variance_weighted"
    check.that(known, "%s: multioutput must be \"uniform_average\", \"raw_values\"%s or a list of "
      .. "weights; got %s", where, variance and ", \"variance_weighted\"" or "",
      check.show(multioutput))
    return multioutput
  end
  local weights = targets.vector(multioutput, where .. ": multioutput")
  check.that(columns > 1, "%s: multioutput: weights are for several outputs, and there is one",
    where)
  check.that(#weights == columns, "%s: multioutput has %d weights for %d outputs", where, #weights,
    columns)
  check.that(weights:sum() ~= 0, "%s: multioutput: the weights sum to 0", where)
  return weights
end

--- y_true and y_pred as float64 (N, outputs), and the options that all have, checked.
---@param variance boolean|nil   is multioutput = "variance_weighted" known?
---@return {true_: tensor, pred: tensor, n: integer, columns: integer, weight: tensor?,
---  multioutput: string|tensor}
function outputs.read(y_true, y_pred, o, where, variance)
  local a, b = as_matrix(y_true, where .. ": y_true"), as_matrix(y_pred, where .. ": y_pred")
  targets.same_rows(a, b, where, "y_true", "y_pred")
  check.that(a.shape[2] == b.shape[2], "%s: y_true has %d outputs, y_pred has %d", where,
    a.shape[2], b.shape[2])
  local columns = a.shape[2]
  return {
    true_ = a, pred = b, n = #a, columns = columns,
    weight = targets.weight(o.sample_weight, #a, where),
    multioutput = check_multioutput(o.multioutput or "uniform_average", columns, where, variance),
  }
end

--- f(true, predicted) of each output: float64 (outputs).
---@param y table   outputs.read
---@param f fun(true_: tensor, pred: tensor): number
---@return tensor
function outputs.each(y, f)
  local out = tensor.empty(y.columns, { dtype = "float64" })
  for k = 1, y.columns do
    out[k] = f(y.true_:select(2, k):contiguous(), y.pred:select(2, k):contiguous())
  end
  return out
end

--- The mean of the outputs' values, or all of them, as multioutput says.
---@param y table
---@param values tensor          (outputs)
---@param variances tensor|nil   for "variance_weighted"
---@return number|tensor
function outputs.average(y, values, variances)
  local how = y.multioutput
  if how == "raw_values" then return values end
  if Type.is_tensor(how) then return targets.average(values, how) end
  if how == "variance_weighted" and variances:ne(0):any() then
    return targets.average(values, variances)
  end
  return targets.average(values)
end

return outputs
