local mah = require "mah"

local function labels(t) return mah.tensor(t, { dtype = "int32" }) end

describe("mah.metrics", function()
  it("counts equal labels", function()
    assert.equal(0.75, mah.metrics.accuracy(labels { 1, 2, 3, 4 }, labels { 1, 2, 3, 0 }))
  end)

  it("puts true classes in rows and predicted ones in columns", function()
    local counts = mah.metrics.confusion(labels { 0, 0, 1, 2 }, labels { 0, 1, 1, 0 })
    assert.same({ { 1, 1, 0 }, { 0, 1, 0 }, { 1, 0, 0 } }, counts:totable())
    assert.same({ 5, 5 }, mah.metrics.confusion(labels { 0 }, labels { 1 }, 5).shape)
  end)

  it("measures explained variance", function()
    local y = mah.tensor { 1, 2, 3 }
    assert.equal(1, mah.metrics.r2(y, y))
    assert.near(0, mah.metrics.r2(y, mah.tensor { 2, 2, 2 }), 1e-12)
    assert.near(0.5, mah.metrics.r2(y, mah.tensor { 1, 2, 4 }), 1e-12)
    assert.equal(0, mah.metrics.r2(mah.tensor { 1, 1 }, mah.tensor { 1, 2 }))
  end)

  it("explains what does not fit", function()
    assert.error_matches(function() mah.metrics.accuracy(labels { 1 }, labels { 1, 2 }) end,
      "shapes %(1%) and %(2%)")
    assert.error_matches(function() mah.metrics.confusion(labels { 7 }, labels { 1 }, 5) end,
      "labels are in 0 ... 4; got 7")
    assert.error_matches(function() mah.metrics.accuracy(3, labels { 1 }) end,
      "y_true: a tensor or a list of labels is expected, got 3")
  end)
end)
