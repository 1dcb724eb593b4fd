--- What the searches share: parameters of an estimator or a pipeline, judged by cross-validation. A
--- search is a sweep (mah.sweep): trials run in parallel, each in a process of its own; what is
--- finished is in the store, and the same program again runs what is missing. Trials of other data,
--- folds or parameters do not count; failed ones are tried again.
---
---     return search_cv("GridSearchCV", { param_grid = ... }, function(self) ... end)
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local description = require "mah.prepare.model_selection.description"
local evaluate = require "mah.prepare.model_selection.evaluate"
local folds = require "mah.prepare.model_selection.folds"
local interactive = require "mah.base.interactive"
local options = require "mah.base.options"
local progress = require "mah.base.progress"
local shared = require "mah.prepare.rules"
local sweep = require "mah.sweep"
local target = require "mah.prepare.target"
local tensor = require "mah.tensor"
local warn = require "mah.base.warn"

-- -- A trial --------------------------------------------------------------------------------------

--- The parameters without the seed that a sweep adds.
local function own_params(params, names)
  local own = {}
  for name, value in pairs(params) do
    if name ~= "seed" or names.seed then own[name] = value end
  end
  return own
end

--- The function that a sweep calls with parameters: the scores of all folds.
local function trial_of(self, x, y, list, weight)
  local scorer = evaluate.scorer(self.scoring, self.where)
  local known = self.estimator:get_params()
  return function(params)
    local changed = base.clone(self.estimator):set_params(own_params(params, known))
    local result = { mean_fit_time = 0 }
    for i, fold in ipairs(list) do
      local start = progress.now()
      local fitted = evaluate.fit(changed, x, y, fold[1], weight)
      result.mean_fit_time = result.mean_fit_time + (progress.now() - start) / #list
      result[("split%d_test_score"):format(i)] =
        evaluate.score(scorer, fitted, x, y, fold[2], weight)
    end
    local sum = 0
    for i = 1, #list do sum = sum + result[("split%d_test_score"):format(i)] end
    result.mean_test_score = sum / #list
    return result
  end
end

-- -- What came of it ------------------------------------------------------------------------------

local function vector(n) return tensor.full({ n }, 0 / 0, { dtype = "float64" }) end

--- 1 for the best, equal numbers for equal scores; failed trials are the last.
local function ranks(scores)
  local out = tensor.ones(#scores, { dtype = "int32" })
  for i = 1, #scores do
    for j = 1, #scores do
      local better = scores[j] > scores[i] or scores[i] ~= scores[i] and scores[j] == scores[j]
      if better then out[i] = out[i] + 1 end
    end
  end
  return out
end

local function results_of(rows, folds_count, known)
  local n = #rows
  local r = { params = {}, mean_test_score = vector(n), std_test_score = vector(n),
    mean_fit_time = vector(n),
    split_test_scores = tensor.full({ n, folds_count }, 0 / 0, { dtype = "float64" }) }
  for i, row in ipairs(rows) do
    r.params[i] = own_params(row.params, known)
    if row.status == "done" then
      for k = 1, folds_count do
        r.split_test_scores[i][k] = row.result[("split%d_test_score"):format(k)]
      end
      r.mean_test_score[i] = r.split_test_scores[i]:mean()
      r.std_test_score[i] = r.split_test_scores[i]:std(false)
      r.mean_fit_time[i] = row.result.mean_fit_time
    end
  end
  r.rank_test_score = ranks(r.mean_test_score)
  return r
end

--- Trials that failed are told of; a search of failures only is one.
local function check_failures(self, rows)
  local failed, first = 0, nil
  for _, row in ipairs(rows) do
    if row.status ~= "done" then
      failed, first = failed + 1, first or row
    end
  end
  if failed == 0 then return end
  local why = ("%d of %d trials failed, the first of them with: %s"):format(failed, #rows,
    (tostring(first.error or first.reason or first.status):gsub("\nstack traceback:.*", "")))
  check.that(failed < #rows, "%s: %s", self.where, (why:gsub("%%", "%%%%")))
  warn("%s: %s", self.where, why)
end

-- -- The search -----------------------------------------------------------------------------------

--- What all searches find.
---@class mah.SearchCV
---@field best_params_ table the parameters of the best trial
---@field best_score_ number its score, the mean of the folds
---@field best_index_ integer its place in cv_results_
---@field best_estimator_ table|nil a clone with these, fitted to all rows; nil with refit = false
---@field cv_results_ cv_results what each trial gave
---@field study_ study the sweep, with its views
---@field classes_ any[]|nil those of best_estimator_

--- What the trials of a search gave, in their order.
---@class cv_results
---@field params table[] the parameters of each trial
---@field mean_test_score tensor (trials) the mean score of the folds; NaN where the trial failed
---@field std_test_score tensor (trials) its standard deviation over the folds
---@field rank_test_score tensor (trials) 1 for the best; equal scores have equal ranks
---@field split_test_scores tensor (trials, folds) the score of each fold
---@field mean_fit_time tensor (trials) seconds to fit, the mean of the folds

local Search = {}

local fit_rules = options.declare("GridSearchCV:fit RandomizedSearchCV:fit TPESearchCV:fit", {
  groups = { nil, "tensor|table", nil, shared.groups[4] },
  sample_weight = shared.sample_weight,
})

--- Runs the trials that the store does not have yet, and, with refit, fits best_estimator_ to all
--- rows.
---@param x any
---@param y any   the name of a column of x too
---@param given {groups: any, sample_weight: any}|nil
---@return table self
function Search:fit(x, y, given)
  local o = options(given, fit_rules, self.where .. ":fit")
  x, y = evaluate.data(self.estimator, x, y, self.where)
  local list = folds.of(self.cv, self.estimator, x, y, o.groups, self.where)
  local plan = self:_plan()
  plan.name, plan.store = self.name or self.class, self.store
  plan.trial = trial_of(self, x, y, list, o.sample_weight)
  plan.code = description { self.estimator, self.scoring or "score", x, y, list, o.sample_weight }
  plan.of, plan.goal = "mean_test_score", "max"
  plan.data, plan.timeout = { x, y }, self.timeout
  self.study_ = sweep(plan)
  self.study_:run { jobs = self.jobs, quiet = not (self.verbose or interactive.watches),
    arguments = false, again = true }
  local rows = self.study_:results()
  check_failures(self, rows)
  self.cv_results_ = results_of(rows, #list, self.estimator:get_params())
  self:_choose()
  if self.refit then
    self.best_estimator_ = base.clone(self.estimator):set_params(self.best_params_)
    self.best_estimator_:fit(x, y, o.sample_weight)
  end
  return self
end

--- The first of the best trials.
function Search:_choose()
  local r = self.cv_results_
  for i = #r.params, 1, -1 do
    if r.rank_test_score[i] == 1 then self.best_index_ = i end
  end
  self.best_params_ = r.params[self.best_index_]
  self.best_score_ = r.mean_test_score[self.best_index_]
end

local function best_of(self)
  return check.that(rawget(self, "best_estimator_"), "%s: it is not fitted yet%s", self.where,
    self.refit and "; call fit first" or ", and with refit = false it will not be")
end

local delegated = { "predict", "predict_proba", "predict_log_proba", "decision_function",
  "transform", "inverse_transform" }
local is_delegated = { score = true }

for _, name in ipairs(delegated) do
  is_delegated[name] = true
  --- What best_estimator_, fitted to all rows, says of x: where it has such a method.
  ---
  ---     local x, y = {{0}, {1}, {2}, {3}, {4}, {5}}, {1, 3, 5, 7, 9, 11}
  ---     local search = mah.model_selection.GridSearchCV{
  ---       estimator = mah.Pipeline{
  ---         mah.preprocessing.StandardScaler{}, mah.MLPRegressor{solver = "lbfgs"},
  ---       },
  ---       param_grid = {mlpregressor__alpha = {1e-4, 1}}, cv = 2, store = "best.db", jobs = 1,
  ---     }
  ---     search:fit(x, y)
  ---     print(#search:predict(x), search.best_estimator_ ~= nil)  --> 6 true
  ---@param x any
  ---@return tensor|any[]
  Search[name] = function(self, x)
    local best = best_of(self)
    return best[name](best, base.for_estimator(best, x))
  end
end

--- The scorer's value, or the best estimator's own score.
---@return number
function Search:score(x, y, sample_weight)
  x, y = target(x, y, self.where)
  local best = best_of(self)
  return evaluate.scorer(self.scoring, self.where)(best, base.for_estimator(best, x), y,
    sample_weight)
end

--- Complains where the estimator, or before a fit the search, cannot do that.
local function check_method(self, name)
  if not is_delegated[name] then return end
  local estimator = rawget(self, "best_estimator_") or rawget(self, "estimator")
  check.that(base.has(estimator, name), "%s: the estimator has no %s", self.where, name)
end

Search.not_saved = { study_ = true } -- it is in its store
Search._check_method = check_method
Search.computed = {
  classes_ = function(self)
    local best = rawget(self, "best_estimator_")
    return best and best.classes_
  end,
}

-- -- Classes --------------------------------------------------------------------------------------

--- A class of searches: what they have in common, and how the trials are chosen.
---@param name string    "GridSearchCV"
---@param more table     rules of its own parameters
---@param plan fun(self): table   what mah.sweep is to be told of the trials
return function(name, more, plan)
  local methods = { _plan = plan }
  for key, value in pairs(Search) do methods[key] = value end
  local rules = {
    estimator = shared.estimator, scoring = shared.scoring, cv = shared.cv,
    refit = { true, "boolean", nil, "fits best_estimator_ to all rows in the end" },
    name = { nil, "string", nil, "the study's name in the store; nil: the class" },
    store = { "out/runs.db", "string", nil, "file that keeps finished trials, as mah.sweep's" },
    jobs = { "auto", "integer|string", "[1, 4096]", "trials at a time, as study:run's" },
    timeout = { nil, "number", "(0, inf)", "seconds after which a trial is ended; nil: never" },
    verbose = { false, "boolean", nil, "shows the sweep's progress" },
  }
  for key, rule in pairs(more) do rules[key] = rule end
  return base.define("mah.model_selection." .. name, rules, methods)
end
