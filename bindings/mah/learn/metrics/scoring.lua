--- Scorers: functions (estimator, x, y) -> number, larger being better, by name or made from a
--- metric. They are what `scoring` takes.
---
---     local f2 = mah.metrics.make_scorer(mah.metrics.fbeta_score, {beta = 2, average = "macro"})
---     mah.MLPClassifier{early_stopping = true, scoring = f2}
local Type = require "mah.tensor.type"
local accuracy = require "mah.learn.metrics.accuracy"
local agreement = require "mah.learn.metrics.agreement"
local check = require "mah.base.check"
local named = require "mah.base.class"
local deviance = require "mah.learn.metrics.deviance"
local labels = require "mah.data.labels"
local options = require "mah.base.options"
local precision_recall = require "mah.learn.metrics.precision_recall"
local probability = require "mah.learn.metrics.probability"
local quantiles = require "mah.learn.metrics.quantiles"
local ranking = require "mah.learn.metrics.ranking"
local regression = require "mah.learn.metrics.regression"

local scoring = {}

-- -- What the estimator says ----------------------------------------------------------------------

local function is_matrix(p) return Type.is_tensor(p) and p.ndim == 2 end

--- The method, or an error that names what it is needed for.
local function ask(estimator, method, x, scorer)
  local ok, f = pcall(function() return estimator[method] end)
  check.that(ok and type(f) == "function", "%s: the estimator has no %s", tostring(scorer), method)
  return f(estimator, x)
end

--- Of two columns that of the positive label, by default the greater one.
local function positive_column(p, estimator, scorer)
  local classes, label = estimator.classes_, scorer.settings.pos_label
  if label == nil then return p:select(2, 2) end
  for k, class in ipairs(classes) do
    if class == label then return p:select(2, k) end
  end
  check.raise("%s: pos_label = %s is not one of the classes %s", tostring(scorer),
    check.show(label), labels.list(classes))
end

--- Does y hold one label a row, of two at most?
local function is_binary(y)
  local nested = type(y) == "table" and type(y[1]) == "table"
  if nested or is_matrix(y) and y.shape[2] > 1 then return false end
  return #labels.classes(y, "y") <= 2
end

local function probabilities(scorer, estimator, x, y)
  local p = ask(estimator, "predict_proba", x, scorer)
  if is_matrix(p) and p.shape[2] == 2 and is_binary(y) then
    return positive_column(p, estimator, scorer)
  end
  return p
end

--- decision_function where there is one, else probabilities.
local function decision(scorer, estimator, x, y)
  local ok, f = pcall(function() return estimator.decision_function end)
  if ok and type(f) == "function" then return f(estimator, x) end
  return probabilities(scorer, estimator, x, y)
end

local function prediction(scorer, estimator, x) return ask(estimator, "predict", x, scorer) end

-- -- Scorers --------------------------------------------------------------------------------------

local metatable = named.names({}, "a scorer", "wants_labels")

function metatable.__call(scorer, estimator, x, y, sample_weight)
  local settings = {}
  for name, value in pairs(scorer.settings) do settings[name] = value end
  settings.sample_weight = sample_weight
  if scorer.wants_labels then settings.labels = estimator.classes_ end
  local said = scorer.response(scorer, estimator, x, y)
  if next(settings) == nil then settings = nil end
  return scorer.sign * scorer.metric(y, said, settings)
end

function metatable.__tostring(scorer) return "scorer " .. scorer.name end

local own = options.declare("mah.metrics.make_scorer", {
  greater_is_better = { true, "boolean", nil, "false: the metric is a loss, and its sign changes" },
  needs_proba = { false, "boolean", nil,
    "the metric gets predict_proba, of two classes the positive one's column" },
  needs_threshold = { false, "boolean", nil,
    "the metric gets decision_function, or probabilities where there is none" },
  name = { "of one's own", "string", nil, "how messages and print call it" },
})

--- A scorer from a metric (y_true, y_pred, options) -> number, of what the estimator predicts. All
--- options that are not among these are the metric's.
---
---     local data = mah.data.make_moons{n_samples = 60, random_state = 1}
---     local clf = mah.MLPClassifier{solver = "lbfgs", random_state = 1}:fit(data.x, data.y)
---     local scorer = mah.metrics.make_scorer(mah.metrics.fbeta_score, {beta = 2})
---     print(scorer(clf, data.x, data.y) > 0.9)  --> true
---@param metric fun(y_true, y_pred, options): number
---@param given table|nil
---@return table   callable (estimator, x, y, sample_weight)
function scoring.make_scorer(metric, given)
  local where = "mah.metrics.make_scorer"
  check.that(options.matches(metric, "callable"), "%s: a function is expected, got %s", where,
    check.show(metric))
  check.that(given == nil or type(given) == "table", "%s: a table of options is expected, got %s",
    where, check.show(given))
  local mine, settings = {}, {}
  for name, value in pairs(given or {}) do
    if own[name] then mine[name] = value else settings[name] = value end
  end
  local o = options(mine, own, where)
  check.that(not (o.needs_proba and o.needs_threshold),
    "%s: needs_proba and needs_threshold exclude each other", where)
  return setmetatable({
    metric = metric, settings = settings, name = o.name, sign = o.greater_is_better and 1 or -1,
    response = o.needs_proba and probabilities or o.needs_threshold and decision or prediction,
  }, metatable)
end

-- -- By name --------------------------------------------------------------------------------------

-- name -> {metric, options}
local known = {
  accuracy = { accuracy.accuracy_score },
  balanced_accuracy = { accuracy.balanced_accuracy_score },
  top_k_accuracy = { accuracy.top_k_accuracy_score, { needs_threshold = true } },
  matthews_corrcoef = { agreement.matthews_corrcoef },
  roc_auc = { ranking.roc_auc_score, { needs_threshold = true } },
  average_precision = { ranking.average_precision_score, { needs_threshold = true } },
  neg_log_loss = { probability.log_loss, { needs_proba = true, greater_is_better = false } },
  neg_brier_score = { probability.brier_score_loss,
    { needs_proba = true, greater_is_better = false } },
  r2 = { regression.r2_score },
  explained_variance = { regression.explained_variance_score },
  max_error = { regression.max_error, { greater_is_better = false } },
  neg_mean_poisson_deviance = { deviance.mean_poisson_deviance, { greater_is_better = false } },
  neg_mean_gamma_deviance = { deviance.mean_gamma_deviance, { greater_is_better = false } },
  neg_median_absolute_error = { quantiles.median_absolute_error, { greater_is_better = false } },
}
for _, name in ipairs { "mean_squared_error", "mean_absolute_error", "mean_squared_log_error",
  "root_mean_squared_error", "mean_absolute_percentage_error" } do
  known["neg_" .. name] = { regression[name], { greater_is_better = false } }
end
for _, name in ipairs { "ovr", "ovo" } do
  known["roc_auc_" .. name] = { ranking.roc_auc_score, { needs_proba = true, multi_class = name } }
  known["roc_auc_" .. name .. "_weighted"] = { ranking.roc_auc_score,
    { needs_proba = true, multi_class = name, average = "weighted" } }
end
for _, name in ipairs { "precision", "recall", "f1", "jaccard" } do
  local metric = precision_recall[name .. "_score"]
  known[name] = { metric, { average = "binary" } }
  for _, average in ipairs { "macro", "micro", "samples", "weighted" } do
    known[name .. "_" .. average] = { metric, { average = average } }
  end
end

-- Metrics that take all classes when y lacks some.
local with_labels = { neg_log_loss = true, top_k_accuracy = true }

-- What people write; a scorer is the greater the better, hence neg_.
local known_as = {
  auc = "roc_auc", acc = "accuracy", ap = "average_precision", log_loss = "neg_log_loss",
  logloss = "neg_log_loss", mse = "neg_mean_squared_error", mae = "neg_mean_absolute_error",
  rmse = "neg_root_mean_squared_error", mape = "neg_mean_absolute_percentage_error",
  mean_squared_error = "neg_mean_squared_error", brier_score = "neg_brier_score",
  mean_absolute_error = "neg_mean_absolute_error", mcc = "matthews_corrcoef",
}

--- The names that get_scorer knows, which are scikit-learn's, sorted.
---
---     local names = mah.metrics.get_scorer_names()
---     print(#names, names[1], names[2])  --> 43 accuracy average_precision
---@return string[]
function scoring.get_scorer_names()
  local names = {}
  for name in pairs(known) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- The scorer of that name. "accuracy", "roc_auc", "f1_macro", "neg_log_loss",
--- "neg_root_mean_squared_error" ... (mah.metrics.get_scorer_names() gives all); a function is
--- given back as it is.
---
---     local data = mah.data.make_moons{n_samples = 60, random_state = 1}
---     local clf = mah.MLPClassifier{solver = "lbfgs", random_state = 1}:fit(data.x, data.y)
---     local scorer = mah.metrics.get_scorer "f1_macro"
---     print(scorer, scorer(clf, data.x, data.y) > 0.9)  --> scorer f1_macro true
---@param name string|fun(estimator, x, y): number
---@return table|function   callable (estimator, x, y, sample_weight)
function scoring.get_scorer(name)
  if options.matches(name, "callable") then return name end
  check.that(type(name) == "string", "mah.metrics.get_scorer: a name or a function is expected, "
    .. "got %s", check.show(name))
  local entry = known[name]
  if not entry then
    local hint = known_as[name:lower()] or options.nearest(name, known)
    check.raise("scoring: there is no scorer %q; %s", name, hint
      and ("did you mean %q?"):format(hint)
      or "known: " .. table.concat(scoring.get_scorer_names(), ", "))
  end
  local settings = { name = name }
  for option, value in pairs(entry[2] or {}) do settings[option] = value end
  local scorer = scoring.make_scorer(entry[1], settings)
  scorer.wants_labels = with_labels[name]
  return scorer
end

return scoring
