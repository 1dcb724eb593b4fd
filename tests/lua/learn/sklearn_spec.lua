--- The same run for the same seed: scikit-learn's curves for twelve random settings on the
--- synthetic digits, recorded by tests/bench/sklearn_curves.py --record. Weights, splits and
--- shuffles come from random_state.
local mah = require "mah"

local here = debug.getinfo(1, "S").source:match "^@(.*)learn/sklearn_spec%.lua$"
local runs = mah.json.decode(mah.file.read(here .. "../golden/sklearn_runs.json"))

describe("the same random_state as in scikit-learn", function()
  setup(function() mah.warnings(false) end)
  teardown(function() mah.warnings(true) end)

  for i, run in ipairs(runs) do
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
end)
