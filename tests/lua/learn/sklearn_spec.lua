--- The same run for the same seed: scikit-learn's curves for twelve random settings on the
--- synthetic digits, recorded by tests/bench/sklearn_curves.py --record, and for sequences of calls
--- on a few rows, recorded by sklearn_random.py --record. Weights, splits and shuffles come from
--- random_state.
local mah = require "mah"

local here = debug.getinfo(1, "S").source:match "^@(.*)learn/sklearn_spec%.lua$"
local function read(name) return mah.json.decode(mah.file.read(here .. "../golden/" .. name)) end

describe("the same random_state as in scikit-learn", function()
  setup(function() mah.warnings(false) end)
  teardown(function() mah.warnings(true) end)

  for i, run in ipairs(read "sklearn_runs.json") do
    it(("gives the same curve, setting %d"):format(i), function()
      local set = mah.data.digits({ n = run.rows, seed = 1, test = 1 }).train
      run.params.compat = "sklearn"
      local clf = mah.MLPClassifier(run.params):fit(set.x, set.y)
      assert.equal(run.expected.n_iter, clf.n_iter_)
      for epoch, loss in ipairs(run.expected.loss_curve) do
        assert.near(loss, clf.loss_curve_[epoch], 1e-4 * loss, "epoch " .. epoch)
      end
      if run.params.early_stopping then
        for epoch, score in ipairs(run.expected.scores) do
          assert.near(score, clf.validation_scores_[epoch], 0.03)
        end
      end
    end)
  end

  local function call(model, step, x, y, run)
    model:set_params(step[2])
    if step[1] == "fit" then return model:fit(x, y) end
    if run.class == "MLPRegressor" then return model:partial_fit(x, y) end
    return model:partial_fit(x, y, run.kind ~= "labels" and y or nil)
  end

  for i, run in ipairs(read "sklearn_steps.json") do
    it(("gives the same after each call, sequence %d (%s)"):format(i, run.kind), function()
      local is_classifier = run.class == "MLPClassifier"
      local x = mah.tensor(run.x, { dtype = "float64" })
      local y = mah.tensor(run.y, { dtype = is_classifier and "int32" or "float64" })
      run.params.compat = "sklearn"
      local model = mah[run.class](run.params)
      for n, step in ipairs(run.steps) do
        local expected = run.expected[n]
        call(model, step, x, y, run)
        assert.equal(expected.n_iter, model.n_iter_, "n_iter of call " .. n)
        assert.near(expected.loss, model.loss_, 1e-6 * math.max(1, math.abs(expected.loss)))
        for epoch, score in ipairs(expected.scores) do
          assert.near(score, model.validation_scores_[epoch], 1e-6 * math.max(1, math.abs(score)))
        end
        for k, value in ipairs(expected.bias) do
          assert.near(value, model.intercepts_[#model.intercepts_][k], 1e-5)
        end
      end
    end)
  end
end)
