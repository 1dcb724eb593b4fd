--- Models that decide together, by the mean of their probabilities or of their numbers: networks of
--- mah.train_many, fitted estimators, pipelines.
local Type = require "mah.tensor.type"
local accuracy = require "mah.learn.metrics.accuracy"
local check = require "mah.base.check"
local class = require "mah.base.class"
local kinds = require "mah.learn.kind"
local labels = require "mah.data.labels"
local regression = require "mah.learn.metrics.regression"
local sample_weight = require "mah.learn.sample_weight"
local targets = require "mah.learn.metrics.targets"
require "mah.learn.feed" -- the kind of mah.mlp's networks: nobody may have trained any

---@class ensemble
---@field models table[]      the networks or estimators, as they were given
---@field kind string         "probabilities" of classifiers, "numbers" of regressors
---@field classes_ any[]|nil  the labels of classifiers; nil of networks and regressors
local Ensemble = class.new("an ensemble", "ensemble", "classes_")
class.fields[Ensemble] = { models = true, kind = true, classes_ = true }

-- -- What the models are --------------------------------------------------------------------------

local function is_network(model) return kinds.of(model) ~= nil end

local function has(model, method)
  local ok, f = pcall(function() return model[method] end)
  return ok and type(f) == "function"
end

local function kind_of(model)
  if is_network(model) then
    return kinds.of(model).gives(model)
  end
  return has(model, "predict_proba") and "probabilities" or has(model, "predict") and "numbers"
end

--- What must be the same of all models, as text.
local function describe(model, kind, i)
  if is_network(model) then
    return kinds.of(model).describe(model)
  elseif kind == "probabilities" then
    check.that(model.classes_,
      "mah.ensemble: model %d is a classifier that is not fitted yet; call fit first", i)
    return "a classifier of " .. labels.list(model.classes_)
  end
  return "a regressor"
end

local function check_fitted(model, i)
  local meta = getmetatable(model)
  local is_estimator = type(meta) == "table" and rawget(meta, "is_estimator")
  check.that(not is_estimator or rawget(model, "network"),
    "mah.ensemble: model %d is an estimator that is not fitted yet; call fit first", i)
end

-- -- What they say --------------------------------------------------------------------------------

--- The mean of what f(model, x) is, summed in the models' order.
local function mean(ensemble, f, x)
  local sum
  for _, model in ipairs(ensemble.models) do
    local p = Type.expect(f(model, x), "mah.ensemble: what a model gives")
    sum = sum and sum + p or p
  end
  return sum / #ensemble.models
end

local function probabilities(model, x)
  if is_network(model) then return kinds.of(model).probabilities(model, x) end
  return model:predict_proba(x)
end

local function predicted_by(model, x) return model:predict(x) end

--- The mean of the models' probabilities: (N, K) as clf:predict_proba gives it, or as a network's
--- outputs.
---@param x tensor|mah.Sparse|table   what the models take
---@return tensor
function Ensemble:predict_proba(x)
  check.that(self.kind == "probabilities", "ensemble:predict_proba: these models give no "
    .. "probabilities; predict gives the mean of their numbers")
  return mean(self, probabilities, x)
end

--- Class numbers from 0: the first most probable one; of a single output p > 0.5.
local function choose(p)
  if p.ndim == 1 then return p:gt(0.5):int() end
  if p.shape[2] == 1 then return p:view(#p):gt(0.5):int() end
  return p:argmax(2) - 1
end

--- Have these probabilities a label of its own in each column?
local function has_several_labels(model, p)
  if is_network(model) then return kinds.of(model).has_labels(model, p) end
  return rawget(model, "out_activation_") == "logistic" and model.n_outputs_ > 1
end

--- By the mean probabilities what clf:predict, or net:predict, tells by those of one model; of
--- regressors the mean of what they predict.
---@param x tensor|mah.Sparse|table
---@return tensor|table
function Ensemble:predict(x)
  if self.kind == "numbers" then return mean(self, predicted_by, x) end
  local p = self:predict_proba(x)
  if has_several_labels(self.models[1], p) then return p:gt(0.5):int() end
  return self.classes_ and labels.decode(choose(p), self.classes_) or choose(p)
end

--- Accuracy, or R2 of regressors; rows count by their weight.
---@param x tensor|mah.Sparse|table
---@param y tensor|table
---@param weight tensor|number[]|nil   (N)
---@return number
function Ensemble:score(x, y, weight)
  local predicted = self:predict(x)
  targets.expect_rows(y, #predicted, "ensemble:score")
  weight = sample_weight(weight, #predicted, "ensemble:score: weight")
  if self.kind == "numbers" then return regression.r2(y, predicted, weight) end
  return accuracy.accuracy_score(y, predicted, { sample_weight = weight })
end

function Ensemble:__tostring()
  return ("ensemble of %d: %s"):format(#self.models, tostring(self.models[1]))
end

--- An ensemble of networks of one loss and number of outputs, of fitted classifiers of the same
--- classes, or of fitted regressors. As scikit-learn's VotingClassifier(voting = "soft") and
--- VotingRegressor, but of models that are trained: their mean is often better than the best of
--- them (Hansen, Salamon: "Neural network ensembles", IEEE PAMI 12, 1990).
---
--- It holds the models, and has their classes_. Errors: models that do not go together.
---
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local models = {}
---     for i = 1, 3 do
---       models[i] = mah.MLPClassifier { solver = "lbfgs", random_state = i }
---       models[i]:fit(moons.x, moons.y)
---     end
---     local ensemble = mah.ensemble(models)
---     print(ensemble:score(moons.x, moons.y) > 0.9, #ensemble:predict(moons.x))       --> true 100
---     print(ensemble:predict_proba(moons.x).shape[2], #ensemble.models)               --> 2 3
---@param models table[]
---@return ensemble
return function(models)
  check.that(type(models) == "table" and getmetatable(models) == nil,
    "mah.ensemble: a list of models is expected, got %s", check.show(models))
  check.that(next(models) ~= nil, "mah.ensemble: the list of models is empty")
  check.that(models[1] ~= nil, "mah.ensemble: a list of models is expected, got a table without "
    .. "a first one")
  local list, kind, first = {}, kind_of(models[1]), nil
  for i, model in ipairs(models) do
    check.that(type(model) == "table" and kind_of(model),
      "mah.ensemble: model %d must be a network or an estimator, got %s", i, check.show(model))
    local text = describe(model, kind_of(model), i)
    first = first or text
    check.that(text == first, "mah.ensemble: model %d is %s, and model 1 %s", i, text, first)
    check_fitted(model, i)
    list[i] = model
  end
  return setmetatable({ models = list, kind = kind,
    classes_ = kind == "probabilities" and not is_network(list[1]) and list[1].classes_ or nil },
    Ensemble)
end
