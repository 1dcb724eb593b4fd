--- Tries every combination of parameters by cross-validation, and keeps the best.
---
---     local data = mah.data.make_moons{n_samples = 40, random_state = 1}
---     local search = mah.model_selection.GridSearchCV{
---       estimator = mah.MLPClassifier{solver = "lbfgs", max_iter = 20, random_state = 1}, cv = 2,
---       param_grid = {alpha = {1e-4, 1e-2}, activation = {"tanh", "relu"}},
---       store = "search.db", jobs = 1,
---     }
---     search:fit(data.x, data.y)
---     print(#search.cv_results_.params, search.best_params_.alpha ~= nil)  --> 4 true
---     print(search.best_score_ == search.cv_results_.mean_test_score:max())  --> true
---     print(search:score(data.x, data.y) > 0.5, #search:predict(data.x))  --> true 40
---     local p = search:predict_proba(data.x)
---     print(p.shape[2], search:predict_log_proba(data.x):max() <= 0, #search.classes_)
---     --> 2 true 2
---
--- A search is a sweep: trials run in parallel, each in a process of its own; what is finished is
--- in the store, and the same program again runs what is missing. Trials of other data, folds or
--- parameters do not count; failed ones are tried again. search.study_ has the sweep's own views.
--- What predicts and transforms is best_estimator_.
local options = require "mah.base.options"
local search_cv = require "mah.prepare.model_selection.search_cv"

---@class GridSearchCV : mah.SearchCV

return search_cv("GridSearchCV", {
  param_grid = { options.required, "table|function", nil, "name -> list of values, such as "
    .. "{mlpclassifier__alpha = {1e-4, 1}}; all combinations are tried" },
}, function(self) return { grid = self.param_grid } end)
