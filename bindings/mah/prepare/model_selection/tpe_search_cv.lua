--- Tries parameters by cross-validation, most of them where earlier ones were good, and keeps the
--- best.
---
---     local data = mah.data.make_moons{n_samples = 40, random_state = 1}
---     local search = mah.model_selection.TPESearchCV{
---       estimator = mah.MLPClassifier{solver = "lbfgs", max_iter = 20, random_state = 1}, cv = 2,
---       param_distributions = {alpha = mah.search.log_uniform(1e-5, 1)}, n_iter = 4,
---       store = "search.db", jobs = 1,
---     }
---     search:fit(data.x, data.y)
---     print(#search.cv_results_.params, search.best_index_ <= 4)  --> 4 true
---     print(search:score(data.x, data.y) > 0.5, #search:predict(data.x))  --> true 40
---
--- The search is mah.search.tpe, a tree of Parzen estimators. All else is as for GridSearchCV.
local options = require "mah.base.options"
local search = require "mah.sweep.search"
local search_cv = require "mah.prepare.model_selection.search_cv"
local shared = require "mah.prepare.rules"

---@class TPESearchCV : mah.SearchCV

return search_cv("TPESearchCV", {
  param_distributions = { options.required, "table|function", nil, "name -> list of values, or "
    .. "mah.search.log_uniform(1e-4, 1) and the others" },
  n_iter = { 50, "integer", "[1, 1e6]", "how many trials there are" },
  random_state = shared.search_state,
}, function(self)
  return { space = self.param_distributions,
    search = search.tpe { trials = self.n_iter, seed = self.random_state } }
end)
