local mah = require "mah"

describe("mah.clip", function()
  it("scales down to a norm, and gives the norm before", function()
    local g = mah.tensor { 3, -4 }
    assert.equal(5, mah.clip.norm(g, 10))
    assert.same({ 3, -4 }, g:totable())
    assert.equal(5, mah.clip.norm(g, 1))
    assert.near(0.6, g[1], 1e-7)
    assert.near(-0.8, g[2], 1e-7)
  end)

  it("cuts values", function()
    assert.same({ 2, -2, 1 }, mah.clip.value(mah.tensor { 3, -4, 1 }, 2):totable())
  end)

  it("explains what is wrong", function()
    assert.error_matches(function() mah.clip.norm(3, 1) end,
      "mah.clip.norm: g: a tensor is expected, got 3")
    assert.error_matches(function() mah.clip.norm(mah.zeros(2), 0) end,
      "max_norm must be a number > 0; got 0")
    assert.error_matches(function() mah.clip.value(mah.zeros(2, 2), 1) end,
      "a contiguous vector is expected")
    assert.error_matches(function() mah.clip.value(mah.zeros(2, { dtype = "int32" }), 1) end,
      "float32 or float64")
  end)
end)
