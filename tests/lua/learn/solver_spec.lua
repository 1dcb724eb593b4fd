local mah = require "mah"

--- Drives a solver over a constant gradient of 0.5 from w = 1.
local function sequence(solver, gradients)
  local w, g = mah.tensor({ 1 }, { dtype = "float64" }), mah.tensor({ 0 }, { dtype = "float64" })
  local out = {}
  for i, value in ipairs(gradients) do
    solver(function()
      g[1] = value
      return 0, g
    end, w)
    out[i] = w[1]
  end
  return out
end

local function assert_sequence(expected, got)
  for i = 1, #expected do assert.near(expected[i], got[i], 1e-14) end
end

describe("mah.solver", function()
  it("sgd follows the hand-computed momentum sequences", function()
    local half = { 0.5, 0.5, 0.5, 0.5 }
    assert_sequence({ 0.95, 0.855, 0.7195, 0.54755 },
      sequence(mah.solver.sgd { lr = 0.1, nesterov = false }, half))
    assert_sequence({ 0.905, 0.7695, 0.59755, 0.392795 },
      sequence(mah.solver.sgd { lr = 0.1 }, half))
    assert_sequence({ 0.95, 0.9 },
      sequence(mah.solver.sgd { lr = 0.1, momentum = 0, nesterov = false }, { 0.5, 0.5 }))
  end)

  it("adam follows the hand-computed sequence, and again after a reset", function()
    local expected = { 0.9990000006324551, 0.9987336637435179, 0.9984184203527734,
      0.9980632007849458 }
    local solver = mah.solver.adam()
    for _ = 1, 2 do
      assert_sequence(expected, sequence(solver, { 0.5, -0.25, 0.1, 0.1 }))
      solver:reset()
    end
  end)

  it("explains what is wrong", function()
    assert.error_matches(function() mah.solver.adam { lr = 0 } end,
      "mah.solver.adam: lr must be a number in %(0, inf%)")
    assert.error_matches(function() mah.solver.sgd { nesterv = true } end,
      "did you mean 'nesterov'")
  end)
end)
