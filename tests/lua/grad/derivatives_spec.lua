--- The Jacobian as a matrix, column by column and row by row, against mah.jacobian's.
local derivatives = require "mah.grad.derivatives"
local mah = require "mah"

local rng = mah.rng(3)
local A = mah.randn(5, 3, { rng = rng, dtype = "float64" })

describe("derivatives", function()
  it("are those of mah.jacobian, with more results than parameters and with fewer", function()
    for _, rows in ipairs { 1, 2, 3, 5 } do
      local function f(x) return (A:narrow(1, 1, rows):matmul(x):tanh() + x:prod()):exp() end
      local x = mah.randn(3, { rng = rng, dtype = "float64" })
      local r, J = derivatives(f, x, { {} }, 3, "here")
      assert.is_true((r - f(x)):abs():max() < 1e-14)
      assert.is_true((J - mah.jacobian(f)(x)):abs():max() < 1e-13)
    end
  end)

  it("go backwards as often as there are parameters, or results, whichever are fewer", function()
    local count = 0
    local own = mah.custom {
      forward = function(x) return x * 2 end,
      backward = function(g)
        count = count + 1
        return g * 2
      end,
    }
    local few = mah.ones(2, { dtype = "float64" })
    derivatives(function(x) return A:narrow(2, 1, 2):matmul(own(x)) end, few, { {} }, 2, "here")
    assert.is_true(count <= 2, tostring(count)) -- the columns come of a pass through that pass
    count = 0
    derivatives(function(x) return own(x):sum() end, few, { {} }, 2, "here")
    assert.equal(1, count)
  end)

  it("come in the order that is asked for, of tables and of what is not used", function()
    local p = { a = mah.ones(2, { dtype = "float64" }), b = { mah.tensor(2, "float64") },
      c = mah.zeros(1, { dtype = "float64" }) }
    local _, J = derivatives(function(q) return q.a * q.b[1] end, p,
      { { "c" }, { "b", 1 }, { "a" } }, 4, "here")
    assert.same({ { 0, 1, 2, 0 }, { 0, 1, 0, 2 } }, J:totable())
    local _, one = derivatives(function(q) return q.a:sum() end, p, { { "a" } }, 2, "here")
    assert.same({ { 1, 1 } }, one:totable())
    local r, none = derivatives(function() return 7 end, p, { { "a" } }, 2, "here")
    assert.same({ 7 }, r:totable())
    assert.same({ { 0, 0 } }, none:totable())
  end)

  it("are of tensors", function()
    assert.error_matches(function()
      derivatives(function() return "a" end, mah.ones(2), { {} }, 2, "here")
    end, "here: f gives \"a\"; a tensor of residuals is expected")
  end)
end)
