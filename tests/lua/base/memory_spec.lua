local mah = require "mah"

describe("memory", function()
  it("counts what tensors hold, and the most that they held", function()
    local before = mah.memory()
    local x = mah.zeros(1000)
    local live, peak = mah.memory()
    assert.is_true(live >= before + 4000)
    assert.is_true(peak >= live)
    x:free()
    assert.is_true(mah.memory() <= live - 4000)
    assert.equal(peak, select(2, mah.memory()))
  end)
end)
