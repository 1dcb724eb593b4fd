local mah = require "mah"

--- A curve with these values at the epochs 1, 2 ...
local function curve(...)
  local c = { epochs = {}, values = { ... }, at = {} }
  for i, v in ipairs(c.values) do c.epochs[i], c.at[i] = i, v end
  return c
end

describe("the median rule", function()
  local others = { curve(0.5, 0.7), curve(0.6, 0.8), curve(0.7, 0.9) }

  it("ends what is worse than the median at the same epoch", function()
    local rule = mah.prune.median { startup = 3 }
    assert.matches("epoch 2 is 0.75, and the median of 3 others there 0.8", rule(curve(0.1, 0.75),
      others, "max"))
    assert.is_false(rule(curve(0.1, 0.8), others, "max"))
    assert.is_false(rule(curve(0.9, 0.1), others, "max")) -- its best so far counts
    assert.is_false(rule(curve(0.1, 0.1, 0.1), others, "max")) -- nobody got there
  end)

  it("knows which way is good", function()
    local rule = mah.prune.median { startup = 3 }
    assert.is_false(rule(curve(0.5), others, "min"))
    assert.is_string(rule(curve(0.65), others, "min"))
    assert.is_string(mah.prune.median { startup = 3, goal = "max" }(curve(0.5), others, "min"))
  end)

  it("waits for enough others, and for the warmup", function()
    assert.is_false(mah.prune.median { startup = 4 }(curve(0.1), others, "max"))
    assert.is_false(mah.prune.median { startup = 3, warmup = 1 }(curve(0.1), others, "max"))
    assert.is_string(mah.prune.median { startup = 3, warmup = 1 }(curve(0.1, 0.1), others, "max"))
  end)

  it("takes NaN for the worst", function()
    assert.is_string(mah.prune.median { startup = 3 }(curve(0 / 0), others, "max"))
    assert.is_false(mah.prune.median { startup = 1 }(curve(0.1), { curve(0 / 0) }, "max"))
  end)
end)

describe("successive halving", function()
  local rule = mah.prune.asha { min = 2, factor = 2 }
  local others = { curve(1, 1, 1, 1), curve(2, 2, 2, 2), curve(3, 3, 3) }

  it("lets the best half of each rung go on", function()
    assert.is_false(rule(curve(9, 2.5), others, "max"))
    assert.matches("at epoch 2 it has 1.5; the best 1/2 of 4 trials have 2", rule(curve(9, 1.5),
      others, "max"))
    assert.is_false(rule(curve(9, 1.5), others, "min"))
  end)

  it("looks at rungs only", function()
    assert.is_false(rule(curve(0), others, "max"))
    assert.is_false(rule(curve(9, 9, 0), others, "max"))
    assert.is_string(rule(curve(9, 9, 9, 0), others, "max"))
  end)

  it("lets the first one go on, and ends NaN", function()
    assert.is_false(rule(curve(0, 0), {}, "max"))
    assert.is_string(rule(curve(0, 0 / 0), others, "max"))
  end)

  it("pauses where there are too few to be the best of, where it promotes", function()
    local promoting = mah.prune.asha { min = 2, factor = 2, promote = true }
    assert.is_true(promoting.promotes)
    assert.matches("at epoch 2 it has 0, and 1 trial has come there", promoting(curve(0, 0), {},
      "max"))
    assert.is_false(promoting(curve(0, 4), { curve(1, 1) }, "max"))
    assert.matches("the best 1/2 of 2 trials have 1", promoting(curve(0, 0), { curve(1, 1) },
      "max"))
    assert.error_matches(function()
      mah.sweep { name = "no", trials = { {} }, trial = print, prune = promoting }
    end, "checkpoint = 60")
  end)

  it("checks its options", function()
    assert.error_matches(function() mah.prune.asha { factor = 1 } end, "factor")
    assert.error_matches(function() mah.prune.median { warm_up = 1 } end, "did you mean 'warmup'")
  end)
end)
