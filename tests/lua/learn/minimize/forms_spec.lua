--- What mah.minimize takes and gives: forms of x0, dtypes, gradients, callbacks, limits, results.
local mah = require "mah"

local function vector(list) return mah.tensor(list, "float64") end

local function rosenbrock(x)
  local n = x.shape[1] - 1
  local a, b = x:narrow(1, 1, n), x:narrow(1, 2, n)
  return ((b - a * a):square() * 100 + (1 - a):square()):sum()
end

local function beale(x)
  local a, b = x[1], x[2]
  return (1.5 - a * (1 - b)) ^ 2 + (2.25 - a * (1 - b ^ 2)) ^ 2 + (2.625 - a * (1 - b ^ 3)) ^ 2
end

describe("mah.minimize", function()
  it("gives x in the form of x0", function()
    local goal = mah.tensor({ { 1, 2, 3 }, { 4, 5, 6 } }, "float64")
    local r = mah.minimize(function(x) return (x - goal):square():sum() end,
      mah.zeros(2, 3, { dtype = "float64" }))
    assert.same({ 2, 3 }, r.x.shape)
    assert.same({ 2, 3 }, r.jac.shape)
    assert.is_true((r.x - goal):abs():max() < 1e-5)
    local nested = mah.minimize(function(p)
      return (p.layers[1] - goal):square():sum() + (p.layers[2] + 1) ^ 2 + (p.b - 2) ^ 2
    end, { layers = { mah.zeros(2, 3, { dtype = "float64" }), 0 }, b = 0 })
    assert.near(6, nested.x.layers[1][2][3], 1e-5)
    assert.near(-1, nested.x.layers[2], 1e-5)
    assert.equal("number", type(nested.x.b))
    assert.near(0, nested.jac.b, 1e-4)
  end)

  it("leaves x0 as it was, and f may spoil what it gets", function()
    local x0 = vector { 3, 4 }
    local r = mah.minimize(function(x)
      local f = (x - 1):square():sum()
      x:fill_(99)
      return f
    end, x0, { method = "Nelder-Mead" })
    assert.same({ 3, 4 }, x0:totable())
    assert.near(1, r.x[1], 1e-3)
  end)

  it("works in float32", function()
    for _, method in ipairs { "L-BFGS", "CG", "Newton-CG", "Nelder-Mead" } do
      local r = mah.minimize(beale, mah.ones(2), { method = method })
      assert.equal("float32", r.x.dtype)
      assert.near(3, r.x[1], 0.02, method)
      assert.near(0.5, r.x[2], 0.01, method)
    end
    local r = mah.minimize(function(x) return x:exp() - 2 end, mah.zeros(1), { method = "LM" })
    assert.equal("float32", r.x.dtype)
    assert.near(math.log(2), r.x[1], 1e-6)
  end)

  it("takes gradients of one's own", function()
    local function f(x) return (x - 3):square():sum() end
    local function gradient(x) return (x - 3) * 2 end
    local x0 = vector { 0, 1 }
    for _, method in ipairs { "L-BFGS", "CG", "Newton-CG" } do
      local by_tape = mah.minimize(f, x0, { method = method })
      for _, r in ipairs {
        mah.minimize(f, x0, { method = method, gradient = gradient }),
        mah.minimize(function(x) return f(x), gradient(x) end, x0,
          { method = method, value_and_grad = true }),
        mah.minimize(mah.value_and_grad(f), x0, { method = method }),
        mah.minimize(mah.value_and_grad(f), x0, { method = method, value_and_grad = true }),
      } do
        assert.is_true(r.success)
        assert.near(3, r.x[2], 1e-6)
        assert.is_true(r.nfev <= by_tape.nfev + 10)
      end
    end
    local products = 0
    local r = mah.minimize(f, x0, { method = "Newton-CG", gradient = gradient,
      hessp = function(_, v)
        products = products + 1
        return v * 2
      end })
    assert.near(3, r.x[1], 1e-9)
    assert.equal(products, r.nhev)
    local one = mah.minimize(function(x) return (x - 2) ^ 2 end, 0,
      { gradient = function(x) return 2 * (x - 2) end })
    assert.near(2, one.x, 1e-6)
    assert.near(0, one.jac, 1e-5)
  end)

  it("takes SciPy's spellings in any case", function()
    local function f(x) return (x - 1):square():sum() end
    for _, name in ipairs { "l-bfgs-b", "L-BFGS-B", "lbfgs", "cg", "NEWTON-CG", "nelder_mead" } do
      assert.near(1, mah.minimize(f, vector { 0, 0 }, { method = name }).x[1], 1e-3)
    end
    local one = mah.minimize(function(x) return (x - 1) ^ 2 end, 5, { method = "BRENT" })
    assert.near(1, one.x, 1e-6)
  end)

  it("calls back, and can be told to stop", function()
    local seen = {}
    local r = mah.minimize(rosenbrock, vector { -1.2, 1 }, { callback = function(s)
      seen[#seen + 1] = s
      return s.nit == 5
    end })
    assert.equal(5, r.nit)
    assert.equal(99, r.status)
    assert.is_false(r.success)
    assert.equal("the callback said stop", r.message)
    assert.equal(r.fun, seen[5].fun)
    assert.is_true(seen[5].fun < seen[1].fun)
    assert.is_false(seen[1].x:equal(seen[5].x))
    for _, method in ipairs { "CG", "Newton-CG", "Nelder-Mead" } do
      local stopped = mah.minimize(rosenbrock, vector { -1.2, 1 },
        { method = method, callback = function() return true end })
      assert.equal(1, stopped.nit)
    end
    local fit = mah.minimize(function(x) return x:exp() - 2 end, vector { 0 },
      { method = "LM", callback = function(s) return s.nit == 2 end })
    assert.equal(2, fit.nit)
    local one = mah.minimize(math.cosh, 2, { callback = function(s) return s.x end })
    assert.equal(1, one.nit)
  end)

  it("ends at limits", function()
    for _, method in ipairs { "L-BFGS", "CG", "Newton-CG", "Nelder-Mead" } do
      local r = mah.minimize(rosenbrock, vector { -1.2, 1 }, { method = method, max_iter = 3 })
      assert.equal(3, r.nit, method)
      assert.equal(1, r.status)
      assert.matches("3 iterations were made", r.message)
    end
    for _, method in ipairs { "L-BFGS", "L-BFGS-B", "CG", "Nelder-Mead" } do
      local r = mah.minimize(rosenbrock, vector { -1.2, 1 }, { method = method, max_fun = 20,
        bounds = method == "L-BFGS-B" and { -2, 2 } or nil })
      assert.equal(1, r.status)
      assert.is_true(r.nfev >= 20 and r.nfev < 30, method .. r.nfev)
      assert.equal(("%d evaluations were made; the limit is 20"):format(r.nfev), r.message)
    end
    assert.equal(1, mah.minimize(math.cosh, 5, { max_iter = 2 }).status)
  end)

  it("shows a result as scipy does, and knows its names", function()
    local r = mah.minimize(rosenbrock, vector { -1.2, 1 })
    local text = tostring(r)
    assert.matches("^message: the value fell by .*\n", text)
    assert.matches("success: true\n status: 0\n    fun: 2%.8", text)
    assert.matches("   nfev: 44\n   njev: 44", text)
    assert.is_nil(r.cov)
    assert.error_matches(function() return r.sucess end, "did you mean 'success'")
    assert.error_matches(function() return r.nef end, "did you mean 'nfev'")
  end)
end)
