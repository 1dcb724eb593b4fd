--- A fitted classifier with the functions that make its probabilities true: one for each class
--- (sigmoid, isotonic), or one for all (temperature).
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local isotonic = require "mah.prepare.calibration.isotonic"
local labels = require "mah.data.labels"
local sigmoid = require "mah.prepare.calibration.sigmoid"
local temperature = require "mah.prepare.calibration.temperature"
local tensor = require "mah.tensor"

local calibrated = {}

local kinds = { sigmoid = sigmoid, isotonic = isotonic }

--- What a classifier says of each class: its decision function where it has one, else its
--- probabilities; of two classes one column, for the second.
---@param classifier table   fitted
---@param method string      of calibration
---@return tensor            (N, K) or (N, 1) float64
function calibrated.outputs(classifier, x, method)
  if method ~= "temperature" and base.has(classifier, "decision_function") then
    local f = classifier:decision_function(x):double()
    return f.ndim == 1 and f:reshape(#f, 1) or f
  end
  local p = classifier:predict_proba(x):double()
  if method == "temperature" or p.shape[2] ~= 2 then return p end
  return p:narrow(2, 2, 1)
end

--- The calibrators for a classifier's outputs on rows of classes y.
---@param outputs tensor
---@param y any
---@param own any[]       the classes that the classifier knows
---@param weight tensor|nil
---@return table[]
function calibrated.fit(outputs, y, own, method, weight, where)
  if method == "temperature" then
    return { temperature.fit(outputs, labels.encode(y, own, where), weight) }
  end
  local list, calibrators = labels.vector(y, where), {}
  for k = 1, outputs.shape[2] do
    local class = outputs.shape[2] == 1 and own[2] or own[k]
    local is_class = tensor.zeros(#list, { dtype = "float64" })
    for i = 1, #list do is_class[i] = list[i] == class and 1 or 0 end
    calibrators[k] = kinds[method].fit(outputs:select(2, k):contiguous(), is_class, weight)
  end
  return calibrators
end

--- Calibrated columns, one for each of the classifier's outputs, under those of all classes.
local function spread(columns, own, classes, n)
  local out, place = tensor.zeros(n, #classes, { dtype = "float64" }), {}
  for k, class in ipairs(classes) do place[class] = k end
  for k, column in ipairs(columns) do out:select(2, place[own[k]]):copy_(column) end
  return out
end

--- Rows that add up to 1; without any probability they say nothing.
local function normalized(p)
  local sum, k = p:sum(2, true), p.shape[2]
  local empty = sum:eq(0):double()
  return (p + empty / k) / (sum + empty)
end

--- The probabilities of all classes (N, K).
---@param part {estimator: table, calibrators: table[]}
---@param classes any[]
---@param method string
---@return tensor
function calibrated.predict_proba(part, x, classes, method)
  local own = part.estimator.classes_
  local outputs, columns = calibrated.outputs(part.estimator, x, method), {}
  if method == "temperature" then
    local p = temperature.apply(part.calibrators[1], outputs)
    for k = 1, p.shape[2] do columns[k] = p:select(2, k) end
    return spread(columns, own, classes, #p)
  end
  for k, calibrator in ipairs(part.calibrators) do
    columns[k] = kinds[method].apply(calibrator, outputs:select(2, k):contiguous())
  end
  if #columns == 1 then
    check.that(#own == 2, "a classifier of %d classes has one output", #own)
    return spread({ 1 - columns[1], columns[1] }, own, classes, #outputs)
  end
  return normalized(spread(columns, own, classes, #outputs))
end

return calibrated
