-- Searches over parameters, which are sweeps.
local golden = require "golden"
local mah = require "mah"
local recorded = require "prepare.recorded"
local toys = require "prepare.toys"

local m, g = mah.model_selection, recorded.all.cross
local x = recorded.tensor(g.x)

local function scaled()
  return mah.Pipeline { mah.preprocessing.StandardScaler {}, toys.Centroids() }
end

describe("a search", function()
  local store

  before_each(function() store = os.tmpname() .. ".db" end)
  after_each(function()
    for _, ending in ipairs { "", "-wal", "-shm" } do os.remove(store .. ending) end
    os.remove((store:gsub("%.db$", "")))
    require("mah.base.exit").status = 0 -- trials that are meant to fail are no failure of this file
  end)

  local function grid()
    return m.GridSearchCV { estimator = scaled(), cv = 4, scoring = "accuracy", store = store,
      param_grid = { centroids__gamma = { 0.1, 1, 4 }, standardscaler__with_std = { true, false } },
    }
  end

  it("over a grid gives scikit-learn's table", function()
    local search = grid():fit(x, g.y3)
    local r = search.cv_results_
    assert.same(g.grid.params, r.params)
    recorded.same(g.grid.mean, r.mean_test_score)
    recorded.same(g.grid.std, r.std_test_score)
    recorded.same(g.grid.rank, r.rank_test_score)
    assert.same(g.grid.best, search.best_params_)
    golden.close(g.grid.best_score, search.best_score_, 1e-12)
    assert.same(g.grid.predict, search:predict(x))
    assert.same({ "ash", "elm", "oak" }, search.classes_)
  end)

  it("goes on where it was, and begins anew for other data", function()
    local first = grid():fit(x, g.y3)
    local again = grid():fit(x, g.y3)
    assert.same(first.cv_results_.mean_fit_time:totable(),
      again.cv_results_.mean_fit_time:totable())
    local other = grid():fit(x * 2, g.y3)
    assert.not_same(first.cv_results_.mean_fit_time:totable(),
      other.cv_results_.mean_fit_time:totable())
  end)

  it("tries again what failed", function()
    local flag = os.tmpname()
    local function checked(rows)
      return assert(not io.open(flag), "the file is there") and rows
    end
    local function search()
      return m.GridSearchCV { store = store, cv = 3, param_grid = { centroids__gamma = { 1, 2 } },
        estimator = mah.Pipeline { mah.preprocessing.FunctionTransformer { func = checked },
          toys.Centroids() } }
    end
    local message = golden.message(function() search():fit(x, g.y3) end)
    assert.matches("2 of 2 trials failed, the first of them with: .*the file is there$", message)
    os.remove(flag)
    assert.is_true(search():fit(x, g.y3).best_score_ > 0.5)
  end)

  it("tells which step has a parameter", function()
    local search = m.GridSearchCV { estimator = scaled(), store = store, cv = 3,
      param_grid = { gamma = { 1 } } }
    assert.matches("of step centroids it is 'centroids__gamma'$",
      golden.message(function() search:fit(x, g.y3) end))
  end)

  it("draws at random, or where it was good", function()
    for _, class in ipairs { "RandomizedSearchCV", "TPESearchCV" } do
      local search = m[class] { estimator = scaled(), cv = 3, store = store, n_iter = 12,
        param_distributions = { centroids__gamma = mah.search.log_uniform(0.01, 10) } }
      search:fit(x, g.y3)
      assert.equal(12, #search.cv_results_.params)
      assert.equal(search.cv_results_.mean_test_score:max(), search.best_score_)
      assert.is_true(search:score(x, g.y3) > 0.5)
    end
  end)

  it("says why its trials fail", function()
    local search = m.GridSearchCV { estimator = scaled(), store = store, cv = 2,
      param_grid = { centroid__gamma = { 1 } } }
    local message = golden.message(search.fit, search, x, g.y3)
    assert.truthy(message:find("there is no step \"centroid\"; did you mean 'centroids'?", 1, true),
      message)
    message = golden.message(function() return search:predict(x) end)
    assert.truthy(message:find("not fitted", 1, true), message)
  end)
end)
