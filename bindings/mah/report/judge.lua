--- What stands for an estimator where a report judges networks (mah.mlp, mah.network) and
--- ensembles: predict, score and, of classes, predict_proba and classes_.
---
---     local clf = judge.of(mah.mlp { 2, { 3, "softmax" } }, x, "report:model")
---     print(clf:predict_proba(x).shape[2], clf.classes_[1])      --> 3  0
local accuracy = require "mah.learn.metrics.accuracy"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local join = require "mah.tensor.join"
local kinds = require "mah.learn.kind"
local regression = require "mah.learn.metrics.regression"
local rows = require "mah.prepare.rows"
local tensor = require "mah.tensor"
require "mah.learn.feed" -- the kind of mah.mlp's networks: nobody may have trained any

local judge = {}

local function is_ensemble(model)
  return type(model) == "table" and rawget(model, "models") ~= nil and rawget(model, "kind") ~= nil
end

--- What the model gives, and its probabilities.
local function gives(model)
  local kind = kinds.of(model)
  if not kind then return model.kind, function(x) return model:predict_proba(x) end end
  return kind.gives(model), function(x) return kind.probabilities(model, x) end,
    function(p) return kind.has_labels(model, p) end
end

--- Probabilities with a column for each class: those of one output are the second class's.
local function by_class(p)
  if p.ndim == 2 and p.shape[2] > 1 then return p end
  local second = p:view(#p, 1)
  return join.cat({ 1 - second, second }, 2)
end

local function numbered(count)
  local classes = {}
  for k = 1, count do classes[k] = k - 1 end
  return classes
end

local function add_classes(self, model, x, probabilities, has_labels, where)
  local p = probabilities(rows.take(x, tensor.arange(1, 1, { dtype = "int32" })))
  check.that(not (has_labels and has_labels(p) and p.ndim == 2 and p.shape[2] > 1),
    "%s: %s gives several labels a row; one class a row can be judged", where, tostring(model))
  p = by_class(p)
  self.classes_ = is_ensemble(model) and model.classes_ or numbered(p.shape[2])
  function self.predict_proba(_, some) return by_class(probabilities(some)) end
end

--- The model itself where it is an estimator; else what stands for it.
---@param model any
---@param x any        rows that it takes
---@param where string
---@return table
function judge.of(model, x, where)
  if base.is_estimator(model) and base.has(model, "predict") then return model end
  check.that(kinds.of(model) or is_ensemble(model), "%s: a fitted estimator is expected, as "
    .. "mah.MLPClassifier or mah.Pipeline, or a network or an ensemble; got %s", where,
    base.show(model))
  local self = {}
  function self.get_params() return {} end
  function self.fit() return self end
  function self.predict(_, some) return model:predict(some) end
  local what, probabilities, has_labels = gives(model)
  if what == "numbers" then
    function self.score(_, some, y) return regression.r2(y, model:predict(some)) end
  else
    add_classes(self, model, base.for_estimator(self, x), probabilities, has_labels, where)
    function self.score(_, some, y) return accuracy.accuracy_score(y, model:predict(some)) end
  end
  return self
end

--- A network with what its training left behind, as fields that fitted estimators have; nil of what
--- is no network.
---@param model any
---@param run table|nil    of mah.train
function judge.trained(model, run)
  if not kinds.of(model) then return nil end
  local self = { network = rawget(model, "layers") and model or nil }
  if run then
    self.stop_reason_, self.history_, self.loss_curve_ = run.stop_reason, run.history,
      run.history.loss
  end
  return self
end

--- Complains of a class that the model does not know by number: networks count theirs from 0.
---@param model table   of judge.of
---@param y any[]
function judge.check_classes(model, y, where)
  for i, class in ipairs(y) do
    local is_known = type(class) == "number" and class % 1 == 0 and class >= 0
      and class < #model.classes_
    check.that(is_known, "%s: y: row %d is %s; the network's classes are 0 ... %d", where, i,
      check.show(class), #model.classes_ - 1)
  end
end

--- The classes in words: "a", "b" ... "z".
local function shown_classes(classes)
  local words = {}
  for i, class in ipairs(classes) do
    if i <= 3 or i == #classes then words[#words + 1] = check.show(class) end
  end
  if #classes > 4 then table.insert(words, 4, "...") end
  return table.concat(words, ", ")
end

--- Complains of labels that no class of the model can be, which would all count as errors: those
--- of another type, and a set in which not one is known.
---@param classes any[]
---@param y any[]
function judge.check_labels(classes, y, where)
  local known, types, is_any = {}, {}, false
  for _, class in ipairs(classes) do known[class], types[type(class)] = true, true end
  for i, label in ipairs(y) do
    check.that(types[type(label)], "%s: y: row %d is %s, a %s; the model's classes are %s: %s",
      where, i, check.show(label), type(label), type(classes[1]) .. "s", shown_classes(classes))
    is_any = is_any or known[label]
  end
  check.that(is_any, "%s: y: no label is one of the model's classes, %s; the first is %s", where,
    shown_classes(classes), check.show(y[1]))
end

--- Is it a run of mah.train?
function judge.is_run(value)
  return type(value) == "table" and type(value.history) == "table"
    and value.stop_reason ~= nil
end

return judge
