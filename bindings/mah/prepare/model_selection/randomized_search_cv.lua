--- Tries parameters drawn at random by cross-validation, and keeps the best.
---
---     local data = mah.data.make_moons{n_samples = 40, random_state = 1}
---     local search = mah.model_selection.RandomizedSearchCV{
---       estimator = mah.MLPClassifier{solver = "lbfgs", max_iter = 20, random_state = 1}, cv = 2,
---       param_distributions = {alpha = mah.search.log_uniform(1e-5, 1)}, n_iter = 4,
---       store = "search.db", jobs = 1,
---     }
---     search:fit(data.x, data.y)
---     print(#search.cv_results_.params, search.best_index_ <= 4)  --> 4 true
---     print(search:score(data.x, data.y) > 0.5, #search:predict(data.x))  --> true 40
---
--- All else is as for GridSearchCV.
local options = require "mah.base.options"
local search_cv = require "mah.prepare.model_selection.search_cv"
local shared = require "mah.prepare.rules"

---@class RandomizedSearchCV : mah.SearchCV

return search_cv("RandomizedSearchCV", {
  param_distributions = { options.required, "table|function", nil, "name -> list of values, or "
    .. "mah.search.log_uniform(1e-4, 1) and the others" },
  n_iter = { 10, "integer", "[1, 1e6]", "how many draws are tried" },
  random_state = shared.search_state,
}, function(self)
  return { random = self.param_distributions, n = self.n_iter, seed = self.random_state }
end)
