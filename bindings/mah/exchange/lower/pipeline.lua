--- Pipeline, ColumnTransformer and TransformedTargetRegressor as operations: steps one after the
--- other, side by side, and a way back behind a regressor.
local block = require "mah.exchange.lower.block"
local check = require "mah.base.check"
local steps = require "mah.exchange.lower.steps"

--- An error of a step, with the step's name before it.
local function within(name, act, estimator, b)
  local ok, result = pcall(act, estimator, b)
  if ok then return result end
  check.raise("step %s: %s", name, (tostring(result):gsub("^[^\n]-:%d+: ", "", 1)))
end

--- The block after the steps, all or all but the last.
local function through(s, b, count)
  for i = 1, count do
    local name, step = s.steps[i][1], s.steps[i][2]
    if step ~= "passthrough" then b = within(name, steps.transform, step, b) end
  end
  return b
end

function steps.transformers.Pipeline(s, b) return through(s, b, #s.steps) end

function steps.inverses.Pipeline(s, b)
  for i = #s.steps, 1, -1 do
    local name, step = s.steps[i][1], s.steps[i][2]
    if step ~= "passthrough" then b = within(name, steps.inverse, step, b) end
  end
  return b
end

function steps.predictors.Pipeline(s, b)
  steps.fitted(s, "fitted_")
  local name, step = s.steps[#s.steps][1], s.steps[#s.steps][2]
  return within(name, steps.predict, step, through(s, b, #s.steps - 1))
end

function steps.transformers.ColumnTransformer(s, b)
  local parts = {}
  for _, entry in ipairs(steps.fitted(s, "transformers_")) do
    local name, transformer = entry[1], entry[2]
    if transformer ~= "drop" then
      local part = b:pick(entry[3])
      if transformer ~= "passthrough" then
        part = within(name, steps.transform, transformer, part)
      end
      parts[#parts + 1] = within(name, function() return part:numbers() end)
    end
  end
  check.that(#parts > 0, "cannot write ColumnTransformer: every column is dropped")
  return b:like(#parts == 1 and parts[1] or b.program:op("cat", parts))
end

--- The regressor's outputs, back to what y was.
function steps.predictors.TransformedTargetRegressor(s, b)
  local result = steps.predict(steps.fitted(s, "regressor_"), b)
  check.that(result.kind == "regressor", "cannot write TransformedTargetRegressor: it has a %s "
    .. "inside", result.kind)
  local z = block.matrix(b.program, b.program:cast(result.value, "float64"))
  return { kind = "regressor", value = steps.inverse(s.transformer_, z):numbers() }
end

return steps
