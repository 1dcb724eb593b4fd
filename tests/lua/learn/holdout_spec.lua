-- Rows held out for validation; train_spec and sklearn_spec compare the draws.
local holdout = require "mah.learn.holdout"
local mah = require "mah"

local x = mah.arange(1, 12, { dtype = "float32" }):reshape(6, 2) / 12
local y = mah.tensor({ 0, 1, 0, 1, 0, 1 }, { dtype = "int32" })

describe("holdout", function()
  it("keeps all rows in order, and draws nothing, without a share", function()
    local rng, same = mah.rng(3), mah.rng(3)
    local kept, held = holdout.split(4, nil, rng)
    assert.is_true(kept:eq(mah.arange(0, 3, { dtype = "int32" })):all())
    assert.is_nil(held)
    assert.equal(same:u32(), rng:u32())
  end)

  it("picks rows by their numbers from 0, with their weights", function()
    local set = { x = x, y = y, weight = mah.arange(1, 6) }
    local part = holdout.pick(set, mah.tensor({ 5, 0 }, { dtype = "int32" }))
    assert.equal(x[6][2], part.x[1][2])
    assert.equal(y[1], part.y[2])
    assert.equal(6, part.weight[1])
    assert.is_nil(holdout.pick({ x = x, y = y }, mah.tensor({ 1 }, { dtype = "int32" })).weight)
  end)
end)
