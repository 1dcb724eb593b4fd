--- What predicts, as operations: MLPClassifier, MLPRegressor, and what is made of such.
local check = require "mah.base.check"
local network = require "mah.exchange.lower.network"
local steps = require "mah.exchange.lower.steps"
local tensor = require "mah.tensor"
local weights = require "mah.learn.estimator.weights"

local predictors = steps.predictors

--- The outputs of a fitted estimator's network; an estimator sees numbers, so that an input scale,
--- which is for bytes, says nothing.
local function outputs(estimator, b)
  local net = steps.fitted(estimator, "network")
  weights.take_assigned(estimator)
  check.that(#b.columns == net.inputs, "cannot write %s: %d columns come to it, and it was fitted "
    .. "to %d", estimator.class, #b.columns, net.inputs)
  return network.outputs(b.program, net, b:numbers(net.dtype))
end

--- The probabilities of two classes from that of the second.
local function both(p, second)
  local first = p:op("add", { p:op("mul", { second }, { by = -1 }) }, { by = 1 })
  return p:op("cat", { first, second })
end

function predictors.MLPClassifier(estimator, b)
  local p, value = b.program, outputs(estimator, b)
  local classes = estimator.classes_
  local result = { kind = "classifier", classes = classes, probabilities = value }
  if value.width > 1 then
    result.multilabel = estimator.out_activation_ == "logistic"
  elseif #classes == 1 then -- there is nothing to choose from
    result.probabilities = p:op("maximum", { value }, { by = 1 })
  else
    result.probabilities = both(p, value)
  end
  return result
end

function predictors.MLPRegressor(estimator, b)
  return { kind = "regressor", value = outputs(estimator, b) }
end

-- -- Several --------------------------------------------------------------------------------------

--- Columns under the places of their classes among all; others are 0.
local function spread(p, value, own, classes)
  local place, same = {}, #own == #classes
  for k, class in ipairs(classes) do place[class] = k end
  for k, class in ipairs(own) do same = same and place[class] == k end
  if same then return value end
  local weight = tensor.zeros(#own, #classes, { dtype = value.dtype })
  for k, class in ipairs(own) do weight[k][place[class]] = 1 end
  return p:op("linear", { value }, { weight = weight })
end

local function mean(p, parts)
  local sum = #parts == 1 and parts[1] or p:op("sum", parts)
  return p:op("div", { sum }, { by = #parts })
end

local function probabilities(estimator, b)
  local result = steps.predict(estimator, b)
  check.that(result.probabilities and not result.multilabel, "cannot write %s: its probabilities "
    .. "are not those of classes", estimator.class)
  return b.program:cast(result.probabilities, "float64")
end

function predictors.FoldsClassifier(s, b)
  local parts = {}
  for i, member in ipairs(steps.fitted(s, "estimators_")) do
    parts[i] = spread(b.program, probabilities(member, b), member.classes_, s.classes_)
  end
  return { kind = "classifier", classes = s.classes_, probabilities = mean(b.program, parts) }
end

local SMALLEST = 2 ^ -1022

local calibrate = {}

function calibrate.sigmoid(p, x, s)
  x = p:op("add", { p:op("mul", { x }, { by = s.a }) }, { by = s.b })
  return p:op("unary", { p:op("unary", { x }, { name = "neg" }) }, { name = "sigmoid" })
end

function calibrate.isotonic(p, x, s)
  return p:op("interpolate", { x }, { knots = s.x, values = s.y })
end

--- All probabilities to the power 1 / T, as shares.
local function tempered(p, value, s)
  value = p:op("minimum", { p:op("maximum", { value }, { by = SMALLEST }) }, { by = 1 })
  value = p:op("div", { p:op("unary", { value }, { name = "log" }) }, { by = s.T })
  return p:op("activation", { value }, { name = "softmax" })
end

--- What one classifier and its calibrators say of all classes: calibration/calibrated.lua.
local function calibrated(p, part, b, s)
  local own, value = part.estimator.classes_, probabilities(part.estimator, b)
  if s.method == "temperature" then
    return spread(p, tempered(p, value, part.calibrators[1]), own, s.classes_)
  end
  local columns = {}
  for k, calibrator in ipairs(part.calibrators) do
    local place = #part.calibrators == 1 and 2 or k
    local column = p:op("columns", { value }, { places = { place } })
    columns[k] = calibrate[s.method](p, column, calibrator)
  end
  if #columns == 1 then return spread(p, both(p, columns[1]), own, s.classes_) end
  return p:op("shares", { spread(p, p:op("cat", columns), own, s.classes_) })
end

function predictors.CalibratedClassifierCV(s, b)
  local parts = {}
  for i, part in ipairs(steps.fitted(s, "calibrated_classifiers_")) do
    parts[i] = calibrated(b.program, part, b, s)
  end
  return { kind = "classifier", classes = s.classes_, probabilities = mean(b.program, parts) }
end

--- GridSearchCV and its like: the best one.
local function best(s, b) return steps.predict(steps.fitted(s, "best_estimator_"), b) end

for _, class in ipairs { "GridSearchCV", "RandomizedSearchCV", "TPESearchCV" } do
  predictors[class] = best
end

return steps
