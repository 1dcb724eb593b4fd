local golden = require "golden"
local mah = require "mah"

local m = mah.metrics
local message = golden.message

describe("wilson_interval", function()
  it("is Wilson's", function()
    local low, high = m.wilson_interval(965, 1000)
    assert.near(0.95171, low, 1e-5)
    assert.near(0.97473, high, 1e-5)
    low, high = m.wilson_interval(10, 10)
    assert.near(0.72247, low, 1e-5)
    assert.near(1, high, 1e-12)
  end)

  it("is wider for more confidence", function()
    local low, high = m.wilson_interval(965, 1000, { confidence = 0.99 })
    assert.is_true(low < 0.9517 and high > 0.9748)
  end)

  it("explains what is wrong", function()
    assert.matches("right must be in 0 ... 10; got 11", message(m.wilson_interval, 11, 10))
    assert.matches("n must be a positive number; got 0", message(m.wilson_interval, 0, 0))
  end)
end)

describe("the paired tests", function()
  it("find no difference between a model and itself", function()
    local y, p = { 0, 1, 1, 0 }, { 0, 1, 0, 0 }
    assert.equal(1, m.mcnemar(y, p, p).pvalue)
    local test = m.corrected_ttest({ 0.5, 0.6 }, { 0.5, 0.6 }, { n_train = 9, n_test = 1 })
    assert.same({ 0, 0, 1 }, { test.mean, test.statistic, test.pvalue })
  end)

  -- Others add up another sum: findings/numbercruncher_sign_test.sh.
  it("count, for a few rows that differ, the coins that fall as unevenly", function()
    local row = { [0] = 1 } -- of Pascal's triangle: ways to have k heads of n coins
    for n = 1, 16 do
      for k = n, 1, -1 do row[k] = (row[k] or 0) + row[k - 1] end
      local at_most = 0
      for b = 0, math.floor(n / 2) do
        local y, first, second = {}, {}, {}
        for i = 1, n do y[i], first[i], second[i] = 1, i <= b and 1 or 0, i <= b and 0 or 1 end
        at_most = at_most + row[b]
        assert.near(math.min(1, 2 * at_most / 2 ^ n), m.mcnemar(y, first, second).pvalue, 1e-14)
      end
    end
  end)

  it("are sure of a difference that is the same in every fold", function()
    local test = m.corrected_ttest({ 0.75, 0.5 }, { 0.5, 0.25 }, { n_train = 9, n_test = 1 })
    assert.same({ 0.25, math.huge, 0 }, { test.mean, test.statistic, test.pvalue })
  end)

  it("explain what is wrong", function()
    assert.matches("y_true and b have different lengths",
      message(m.mcnemar, { 1 }, { 1 }, { 1, 2 }))
    assert.matches("n_test is missing",
      message(m.corrected_ttest, { 1, 2 }, { 1, 2 }, { n_train = 9 }))
    assert.matches("at least 2 folds are needed, got 1",
      message(m.corrected_ttest, { 1 }, { 1 }, { n_train = 9, n_test = 1 }))
    assert.matches("a and b are of different lengths",
      message(m.corrected_ttest, { 1, 2 }, { 1, 2, 3 }, { n_train = 9, n_test = 1 }))
  end)
end)

describe("expected_calibration_error", function()
  it("is the mean distance of confidence and accuracy over the bins", function()
    -- confidences 0.9 0.9 0.6 0.6: right are 1 of 2 and 2 of 2; |0.5 - 0.9| / 2 + |1 - 0.6| / 2
    local p = mah.tensor({ { 0.9, 0.1 }, { 0.1, 0.9 }, { 0.6, 0.4 }, { 0.4, 0.6 } },
      { dtype = "float64" })
    assert.near(0.4, m.expected_calibration_error({ 0, 0, 0, 1 }, p), 1e-12)
    assert.near(0.4, m.expected_calibration_error({ "a", "a", "a", "b" }, p:float()), 1e-6)
  end)

  it("takes the probabilities of the positive label too", function()
    -- one bin: mean 0.5, share 0.75
    local p = { 0.1, 0.9, 0.4, 0.6 }
    assert.near(0.25, m.expected_calibration_error({ 0, 1, 1, 1 }, p, { n_bins = 1 }), 1e-12)
    -- with two: |1 - 0.5| / 2 + ...: means 0.25 and 0.75, shares 0.5 and 1
    assert.near(0.25, m.expected_calibration_error({ 0, 1, 1, 1 }, p, { n_bins = 2 }), 1e-12)
    assert.near(0.25, m.expected_calibration_error({ 0, 1, 1, 1 }, p,
      { n_bins = 2, strategy = "quantile" }), 1e-12)
  end)
end)
