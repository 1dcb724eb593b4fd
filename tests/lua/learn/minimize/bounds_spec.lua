--- mah.minimize within bounds: what scipy finds, the forms of bounds, and where things go wrong.
local mah = require "mah"

local root = debug.getinfo(1, "S").source:match "^@(.*)/tests/lua/" or "."
local golden = mah.json.decode(mah.file.read(root .. "/tests/golden/minimize.json"))

local function vector(list) return mah.tensor(list, "float64") end

local function rosenbrock(x)
  local n = x.shape[1] - 1
  local a, b = x:narrow(1, 1, n), x:narrow(1, 2, n)
  return ((b - a * a):square() * 100 + (1 - a):square()):sum()
end

describe("mah.minimize within bounds", function()
  for name, case in pairs(golden.bounded) do
    it("finds what scipy finds: " .. name, function()
      local x0, theirs = vector(case.x0), case["L-BFGS-B"]
      local r = mah.minimize(rosenbrock, x0, { method = "L-BFGS-B", bounds = case.bounds,
        gtol = 1e-8, ftol = 1e-15 })
      assert.is_true(r.success)
      assert.near(theirs.fun, r.fun, 1e-9)
      for i, x in ipairs(theirs.x) do
        assert.near(x, r.x[i], 1e-5)
        assert.is_true(r.x[i] >= case.bounds[i][1] and r.x[i] <= case.bounds[i][2])
      end
      assert.is_true(r.nfev <= 2 * theirs.nfev + 40, ("%d, scipy %d"):format(r.nfev, theirs.nfev))
      if case["Nelder-Mead"] then
        local simplex = mah.minimize(rosenbrock, x0, { method = "Nelder-Mead",
          bounds = case.bounds })
        assert.equal(case["Nelder-Mead"].nfev, simplex.nfev)
        assert.near(case["Nelder-Mead"].fun, simplex.fun, 1e-9)
      end
    end)
  end

  it("fits as scipy's least_squares does", function()
    local t, y = vector(golden.decay.t), vector(golden.decay.y)
    for _, case in ipairs(golden.decay.cases) do
      local r = mah.minimize(function(p)
        return (t * p.rate * -1):exp() * p.size - y
      end, { rate = 1, size = 1 }, { method = "LM",
        bounds = { rate = case.bounds[1], size = case.bounds[2] } })
      assert.is_true(r.success)
      assert.near(case.cost, r.cost, 1e-7)
      assert.near(case.x[1], r.x.rate, 1e-5)
      assert.near(case.x[2], r.x.size, 1e-5)
      assert.is_true(r.nfev <= 2 * case.nfev)
      assert.is_true(r.x.rate >= case.bounds[1][1] and r.x.rate <= case.bounds[1][2])
      assert.is_true(r.x.size >= case.bounds[2][1] and r.x.size <= case.bounds[2][2])
    end
  end)

  it("takes them in the form of x0, and f is asked within only", function()
    local function f(p)
      local a, b = p.a, p.b
      assert(b:min() >= 1 and b:max() <= 4 and a >= -1)
      return (a + 5) ^ 2 + (b - mah.tensor({ 0, 2, 9 }, "float64")):square():sum()
    end
    local function traced(p)
      return (p.a + 5) ^ 2 + (p.b - mah.tensor({ 0, 2, 9 }, "float64")):square():sum()
    end
    local x0 = { a = 7, b = vector { 8, 2, 2 }, c = 1 }
    local bounds = { a = { -1, math.huge }, b = { vector { 1, 1, 1 }, 4 } }
    mah.warnings(false)
    for _, r in ipairs {
      mah.minimize(traced, x0, { bounds = bounds }),
      mah.minimize(f, x0, { bounds = bounds, method = "Nelder-Mead", max_iter = 2000 }),
      mah.minimize(f, x0, { bounds = bounds, value_and_grad = false, gradient = function(p)
        return { a = 2 * (p.a + 5), b = (p.b - mah.tensor({ 0, 2, 9 }, "float64")) * 2, c = 0 }
      end }),
    } do
      assert.is_true(r.success)
      assert.near(-1, r.x.a, 1e-4)
      for i, x in ipairs { 1, 2, 4 } do assert.near(x, r.x.b[i], 1e-3) end
    end
    mah.warnings(true)
    local fixed = mah.minimize(rosenbrock, vector { 0, 0 }, { bounds = { { 1, 1 }, { -9, 9 } } })
    assert.equal(1, fixed.x[1])
    assert.near(1, fixed.x[2], 1e-4)
  end)

  it("learns how the elements that are free depend on one another", function()
    for seed = 1, 3 do
      local q = mah.randn(30, 30, { dtype = "float64", rng = seed }):qr()
      local H = (q * mah.logspace(0, -4, 30, { dtype = "float64" })):matmul(q:t())
      local b = mah.randn(30, { dtype = "float64", rng = seed + 100 })
      local r = mah.minimize(function(x) return (x * H:matmul(x)):sum() * 0.5 - (b * x):sum() end,
        mah.zeros(30, "float64"), { bounds = { -5, 5 }, gtol = 1e-6, ftol = 0 })
      assert.is_true(r.success)
      assert.is_true(r.nfev <= 35, tostring(r.nfev)) -- twice as many with those at bounds
      local g = H:matmul(r.x) - b
      for i = 1, 30 do
        assert.is_true(math.abs(r.x[i]) == 5 and r.x[i] * g[i] < 0 or math.abs(g[i]) < 1e-5)
      end
    end
  end)

  it("ends well where nothing is finite, at limits and by a callback", function()
    local o = { bounds = { 0, 3 } }
    local none = mah.minimize(function(x) return x:sum() * (0 / 0) end, vector { 1, 1 }, o)
    assert.equal(3, none.status)
    local r = mah.minimize(function(x) return (x - x:log() * 0.01):sum() end, vector { 1, 2 }, o)
    assert.near(0.01, r.x[1], 1e-4)
    assert.equal(1, mah.minimize(rosenbrock, vector { -1, 1 }, { bounds = { -2, 2 },
      max_iter = 2 }).status)
    assert.equal(99, mah.minimize(rosenbrock, vector { -1, 1 }, { bounds = { -2, 2 },
      callback = function() return true end }).status)
    local lying = mah.minimize(function(x) return x:sum() end, vector { 1, 1 }, {
      bounds = { -2, 2 }, gradient = function(x) return x * 0 - 1 end })
    assert.equal(2, lying.status)
    assert.same({ 1, 1 }, lying.x:totable())
  end)

  it("says what is wrong with them", function()
    local function says(pattern, x0, bounds)
      assert.error_matches(function()
        mah.minimize(function(x) return x:sum() end, x0, { bounds = bounds, method = "L-BFGS" })
      end, pattern)
    end
    says("bounds: a pair {low, high} .* got a table", vector { 1, 2 }, { 1, 2, 3 })
    says("bounds: a pair {low, high} .* got \"a\"", vector { 1, 2 }, { 0, "a" })
    says("bounds: of x0%[2%] the lower one, 4, is greater", vector { 1, 2 }, { { 0, 1 }, { 4, 3 } })
    says("bounds has bounds of \"c\", which x0 has not", { a = 1, b = 2 }, { c = { 0, 1 } })
    says("bounds%.b: a pair", { a = 1, b = 2 }, { b = 3 })
    says("bounds: a pair", vector { 1, 2 }, { mah.zeros(3), 1 })
    says("bounds: there are 3 pairs; x0 has 2 elements", vector { 1, 2 },
      { { 0, 1 }, { 0, 1 }, { 0, 1 } })
    says("bounds: of x0%[1%] nothing finite lies between inf and inf", vector { 1, 2 },
      { math.huge, math.huge })
  end)
end)
