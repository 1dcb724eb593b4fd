--- Scores and predictions of rows by models that have not seen them.
local Type = require "mah.tensor.type"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local evaluate = require "mah.prepare.model_selection.evaluate"
local folds = require "mah.prepare.model_selection.folds"
local how_far = require "mah.base.how_far"
local labels = require "mah.data.labels"
local options = require "mah.base.options"
local progress = require "mah.base.progress"
local rows = require "mah.prepare.rows"
local shared = require "mah.prepare.rules"
local tensor = require "mah.tensor"

local cross = {}

-- -- Scores ---------------------------------------------------------------------------------------

local rules = options.declare("mah.model_selection.cross_validate", evaluate.rules {
  return_train_score = { false, "boolean", nil, "adds the scores on the training parts" },
  return_estimator = { false, "boolean", nil, "adds the fitted clones" },
  scoring = { nil, "string|table|callable", nil, shared.scoring[4]
    .. "; several: a list of names, or functions by name" },
})

--- What cross_validate gives: an element for each fold. Of several scorers there are test_NAME and
--- train_NAME instead of test_score and train_score.
---@class cross_validation
---@field test_score tensor (folds) float64, the scores on the test parts
---@field train_score tensor|nil (folds) those on the training parts; with return_train_score
---@field fit_time tensor (folds) seconds to fit
---@field score_time tensor (folds) seconds to score the test part
---@field estimator table[]|nil the fitted clones; with return_estimator

--- {suffix of the result's names = scorer}: "score" for one.
local function scorers_of(given, where)
  if type(given) ~= "table" or options.matches(given, "callable") then
    return { score = evaluate.scorer(given, where) }
  end
  local found = {}
  for name, value in pairs(given) do
    if type(name) == "number" then name = value end
    check.that(type(name) == "string", "%s: scoring: a list of names, or functions by name, is "
      .. "expected", where)
    found[name] = evaluate.scorer(value, where)
  end
  return found
end

local function vector(n) return tensor.empty(n, { dtype = "float64" }) end

local function new_result(scorers, o, n)
  local result = { fit_time = vector(n), score_time = vector(n) }
  for name in pairs(scorers) do
    result["test_" .. name] = vector(n)
    if o.return_train_score then result["train_" .. name] = vector(n) end
  end
  if o.return_estimator then result.estimator = {} end
  return result
end

local function run(estimator, x, y, o, where)
  x, y = evaluate.data(estimator, x, y, where)
  local scorers = scorers_of(o.scoring, where)
  local list = folds.of(o.cv, estimator, x, y, o.groups, where)
  local result, line = new_result(scorers, o, #list), how_far.line "cross-validation"
  for i, fold in ipairs(list) do
    local start = progress.now()
    if line then line:update(how_far.text(line, "fold", i - 1, #list)) end
    local fitted = evaluate.fit(estimator, x, y, fold[1], o.sample_weight)
    local middle = progress.now()
    for name, scorer in pairs(scorers) do
      result["test_" .. name][i] = evaluate.score(scorer, fitted, x, y, fold[2], o.sample_weight)
    end
    result.fit_time[i], result.score_time[i] = middle - start, progress.now() - middle
    for name, scorer in pairs(o.return_train_score and scorers or {}) do
      result["train_" .. name][i] = evaluate.score(scorer, fitted, x, y, fold[1], o.sample_weight)
    end
    if o.return_estimator then result.estimator[i] = fitted end
  end
  if line then line:done "" end
  return result
end

--- Fits clones of the estimator to the training part of each fold, and scores them on the test
--- part. y may be the name of a column of x.
---
---     local data = mah.data.make_moons{n_samples = 60, random_state = 1}
---     local model = mah.MLPClassifier{solver = "lbfgs", random_state = 1}
---     local r = mah.model_selection.cross_validate(model, data.x, data.y,
---       {cv = 3, scoring = {"accuracy", "f1_macro"}, return_train_score = true})
---     print(#r.test_accuracy, r.test_f1_macro:mean() > 0.7, r.train_accuracy:mean() > 0.7)
---     --> 3 true true
---@param estimator table
---@param x any
---@param y any
---@param given table|nil
---@return cross_validation
function cross.cross_validate(estimator, x, y, given)
  local where = "mah.model_selection.cross_validate"
  return run(estimator, x, y, options(given, rules, where), where)
end

local score_rules = options.declare("mah.model_selection.cross_val_score", evaluate.rules())

--- The score of each fold, of clones that have not seen it.
---
---     local data = mah.data.make_moons{n_samples = 60, random_state = 1}
---     local model = mah.MLPClassifier{solver = "lbfgs", random_state = 1}
---     local scores = mah.model_selection.cross_val_score(model, data.x, data.y,
---       {cv = 3, scoring = "roc_auc"})
---     print(#scores, scores:mean() > 0.7)  --> 3 true
---@param estimator table
---@param x any
---@param y any
---@param given table|nil
---@return tensor   float64
function cross.cross_val_score(estimator, x, y, given)
  local where = "mah.model_selection.cross_val_score"
  local o = options(given, score_rules, where)
  evaluate.scorer(o.scoring, where)
  return run(estimator, x, y, o, where).test_score
end

-- -- Predictions ----------------------------------------------------------------------------------

local predict_rules = options.declare("mah.model_selection.cross_val_predict", {
  cv = shared.cv, groups = shared.groups, sample_weight = shared.sample_weight,
  method = { "predict", { "predict", "predict_proba", "predict_log_proba", "decision_function" },
    nil, "what the clones are asked for; of probabilities, columns of all classes in order" },
})

--- Complains unless each row is in one test part.
local function check_partition(list, n, where)
  local seen, count = {}, 0
  for _, fold in ipairs(list) do
    for j = 1, #fold[2] do
      local row = fold[2][j]
      check.that(not seen[row], "%s: row %d is in two test parts; each row must be in one", where,
        row)
      seen[row], count = true, count + 1
    end
  end
  check.that(count == n, "%s: %d of the %d rows are in no test part", where, n - count, n)
end

--- The columns of a fold's matrix under those of all classes; absent ones are `empty`.
local function widened(p, own, all, empty)
  if not own or labels.same(own, all) then return p end
  local out, place = tensor.full({ p.shape[1], #all }, empty, { dtype = p.dtype }), {}
  for k, label in ipairs(all) do place[label] = k end
  for k, label in ipairs(own) do out:select(2, place[label]):copy_(p:select(2, k)) end
  return out
end

--- Puts a fold's predictions into their rows: of a list, or of a tensor made from the first.
local function put(all, part, test, n)
  if not Type.is_tensor(part) then
    all = all or {}
    for j = 1, #test do all[test[j]] = part[j] end
    return all
  end
  if not all then
    local sizes = part.shape
    sizes[1] = n
    all = tensor.zeros(sizes, { dtype = part.dtype })
  end
  return all:index_add_(1, test, part)
end

--- Each row's prediction by a clone that has not seen it.
---
---     local data = mah.data.make_moons{n_samples = 60, random_state = 1}
---     local model = mah.MLPClassifier{solver = "lbfgs", random_state = 1}
---     local p = mah.model_selection.cross_val_predict(model, data.x, data.y,
---       {cv = 3, method = "predict_proba"})
---     print(p.shape[1], p.shape[2])  --> 60 2
---@param estimator table
---@param x any
---@param y any
---@param given table|nil
---@return tensor|any[]
function cross.cross_val_predict(estimator, x, y, given)
  local where = "mah.model_selection.cross_val_predict"
  local o = options(given, predict_rules, where)
  x, y = evaluate.data(estimator, x, y, where)
  local n = rows.count(x, where)
  local list = folds.of(o.cv, estimator, x, y, o.groups, where)
  check_partition(list, n, where)
  local classes = o.method ~= "predict" and labels.classes(y, where .. ": y")
  local all
  for _, fold in ipairs(list) do
    local fitted = evaluate.fit(estimator, x, y, fold[1], o.sample_weight)
    check.that(base.has(fitted, o.method), "%s: the estimator has no %s", where, o.method)
    local part = fitted[o.method](fitted, rows.take(x, fold[2]))
    if classes and part.ndim == 2 then
      local empty = o.method == "predict_proba" and 0 or -math.huge
      part = widened(part, fitted.classes_, classes, empty)
    end
    all = put(all, part, fold[2], n)
  end
  return all
end

return cross
