--- Where mah.minimize goes on or ends: values that are not finite, flat functions, errors; and what
--- it says is wrong.
local mah = require "mah"

local function vector(list) return mah.tensor(list, "float64") end

local function rosenbrock(x)
  local n = x.shape[1] - 1
  local a, b = x:narrow(1, 1, n), x:narrow(1, 2, n)
  return ((b - a * a):square() * 100 + (1 - a):square()):sum()
end

describe("mah.minimize goes on or ends", function()
  local methods = { "L-BFGS", "CG", "Newton-CG", "Nelder-Mead" }

  it("where the value at the start is not finite", function()
    for _, nothing in ipairs { 0 / 0, math.huge } do
      for _, method in ipairs(methods) do
        local r = mah.minimize(function(x) return x:sum() * 0 + nothing end, vector { 1, 2 },
          { method = method })
        assert.equal(3, r.status, method)
        assert.is_false(r.success)
        assert.same({ 1, 2 }, r.x:totable())
      end
      local fit = mah.minimize(function(x) return x * nothing end, vector { 1, 2 },
        { method = "LM" })
      assert.equal(3, fit.status)
      assert.equal(3, mah.minimize(function() return nothing end, 1).status)
      assert.equal(3, mah.minimize(function() return nothing end, 1, { bounds = { 0, 1 } }).status)
    end
  end)

  it("where the gradient at the start is not finite", function()
    for _, method in ipairs { "L-BFGS", "CG", "Newton-CG", "L-BFGS-B", "LM" } do
      local r = mah.minimize(function(x)
        return method == "LM" and x:sqrt() + 1 or x:sqrt():sum()
      end, vector { 0, 4 }, { method = method, bounds = method == "L-BFGS-B" and { 0, 9 } or nil })
      assert.equal(3, r.status, method)
      assert.matches("not finite", r.message)
      assert.same({ 0, 4 }, r.x:totable())
    end
  end)

  it("past walls of infinity and NaN", function()
    -- log is not there below 0, where the first step leads
    local function f(x) return (x - x:log() * 0.01):sum() end
    for _, method in ipairs(methods) do
      local r = mah.minimize(f, vector { 1, 0.5 }, { method = method })
      assert.near(0.01, r.x[1], 1e-3, method)
      assert.near(0.01, r.x[2], 1e-3, method)
    end
    local fit = mah.minimize(function(x) return x:log() + 3 end, vector { 8 }, { method = "LM" })
    assert.near(math.exp(-3), fit.x[1], 1e-8)
    local one = mah.minimize(function(x) return x < 0 and 0 / 0 or x - 0.01 * math.log(x) end, 1)
    assert.near(0.01, one.x, 1e-6)
  end)

  it("where f is flat, or ignores x", function()
    mah.warnings(false)
    for _, method in ipairs(methods) do
      local flat = mah.minimize(function(x) return (x * 0):sum() + 5 end, vector { 1, 2 },
        { method = method })
      assert.is_true(flat.success, method)
      assert.equal(5, flat.fun)
      local r = mah.minimize(function() return 7 end, vector { 1, 2 }, { method = method })
      assert.is_true(r.success, method)
      assert.equal(7, r.fun)
    end
    assert.is_true(mah.minimize(function() return vector { 1, 2 } end, vector { 1 },
      { method = "LM" }).success)
    local one = mah.minimize(function() return 7 end, 2)
    assert.equal(7, one.fun)
    mah.warnings(true)
  end)

  it("at once where there is nothing to vary", function()
    for _, x0 in ipairs { mah.zeros(0), {}, mah.zeros(2, 0) } do
      local r = mah.minimize(function() return 3 end, x0)
      assert.is_true(r.success)
      assert.equal(3, r.fun)
      assert.equal(0, r.nit)
      assert.matches("no elements", r.message)
    end
  end)

  it("where it stands when there are to be no iterations", function()
    for _, method in ipairs { "L-BFGS", "CG", "Newton-CG", "L-BFGS-B", "LM" } do
      local r = mah.minimize(function(x)
        return method == "LM" and x - 3 or (x - 3):square():sum()
      end, vector { 1, 2 }, { method = method, max_iter = 0,
        bounds = method == "L-BFGS-B" and { 0, 9 } or nil })
      assert.equal(1, r.status, method)
      assert.same({ 1, 2 }, r.x:totable())
      assert.same({ 0, 1, 1 }, { r.nit, r.nfev, r.njev }, method)
      assert.same(method == "LM" and { 2.5, -2 } or { 5, -4 },
        { r.cost or r.fun, method == "LM" and r.fun[1] or r.jac[1] })
    end
  end)

  it("where there is no minimum", function()
    for _, method in ipairs { "L-BFGS", "CG" } do
      local r = mah.minimize(function(x) return x:sum() end, vector { 1, 1 },
        { method = method, max_iter = 30 })
      assert.is_false(r.success, method)
      assert.is_true(r.fun < -1e9)
    end
    assert.is_false(mah.minimize(function(x) return -x end, 0).success)
    assert.is_false(mah.minimize(function(x) return -math.exp(x) end, 0).success)
  end)

  it("with f's own errors, at their lines", function()
    local calls = 0
    local function f(x)
      calls = calls + 1
      if calls == 4 then error "no more" end
      return rosenbrock(x)
    end
    for _, method in ipairs(methods) do
      calls = 0
      local ok, message = pcall(mah.minimize, f, vector { -1.2, 1 }, { method = method })
      assert.is_false(ok)
      assert.matches("ends_spec.lua:%d+: no more", message)
    end
    -- and gradients work afterwards
    assert.equal(2, mah.grad(function(x) return x ^ 2 end)(1))
  end)
end)

describe("mah.minimize says what is wrong", function()
  local function f(x) return x:square():sum() end
  local function says(pattern, ...)
    local arguments, n = { ... }, select("#", ...)
    local ok, message = pcall(function() return mah.minimize(unpack(arguments, 1, n)) end)
    assert.is_false(ok)
    assert.matches("ends_spec.lua:%d+: mah.minimize: ", message)
    assert.not_matches("mah.minimize: mah.minimize", message)
    assert.matches(pattern, message)
  end

  it("of methods and options", function()
    local x = vector { 1, 2 }
    says("must be one of Brent, CG.*; got \"BFGS\"; use 'L%-BFGS'", f, x, { method = "BFGS" })
    says("; use 'Nelder%-Mead'", f, x, { method = "neldermaed" })
    says("unknown option \"maxiter\"; write max_iter", f, x, { maxiter = 3 })
    says("unknown option \"jac\"; write gradient", f, x, { jac = f })
    says("did you mean 'max_iter'", f, x, { max_itr = 3 })
    says("CG has no option bounds; of L%-BFGS, LM, Nelder%-Mead and bounded it", f, x,
      { method = "CG", bounds = { 0, 1 } })
    says("L%-BFGS has no option xatol; of Nelder%-Mead and bounded", f, x, { xatol = 1 })
    says("Nelder%-Mead has no option gradient", f, x, { method = "Nelder-Mead", gradient = f })
    says("tol must be a number in %[0, inf%); got %-1", f, x, { tol = -1 })
    says("Brent is for one dimension; x0 has 2 elements", f, x, { method = "Brent" })
    says("bounds is missing", f, 1, { method = "bounded" })
    says("the lower one, 2, is greater", f, 1, { bounds = { 2, 1 } })
    says("bracket: 5 is not between 0 and 1", f, 1, { bracket = { 0, 5, 1 } })
    says("the value in the middle", math.cosh, nil, { bracket = { 1, 2, 3 } })
    says("bracket: a list of two or three finite numbers", f, 1, { bracket = { 1 } })
    says("bracket: both numbers are 2", f, 1, { bracket = { 2, 2 } })
    says("x0 = 1e%+20 is so large", math.cosh, 1e20)
    says("initial_simplex: a matrix %(3, 2%)", f, x,
      { method = "Nelder-Mead", initial_simplex = mah.zeros(2, 2) })
  end)

  it("of f and x0", function()
    says("a function is expected, got nil", nil, 1)
    says("x0, where to begin, is missing", f)
    says("mah.minimize: x0 is int32 2.*x:double%(%)", f, mah.tensor({ 1, 2 }, "int32"))
    says("mah.minimize: x0%.b is int32 1", f, { b = mah.tensor({ 1 }, "int32") })
    says("x0 has a key true; names or numbers", f, { a = 1, { [true] = 1 } })
    says("x0: a tensor, or a table of tensors is expected, got \"a\"", f, "a")
    says("x0%.b: a tensor", f, { b = true })
    says("x0%.b%[2%] is nan", f, { a = 1, b = vector { 1, 0 / 0 } })
    says("x0 is inf", math.cosh, math.huge)
    says("a is float64 and b is float32; one dtype", f, { a = vector { 1 }, b = mah.ones(1) })
  end)

  it("of what takes too much memory", function()
    says("Nelder%-Mead is for few dimensions, and x0 has 1000000 elements", f, mah.zeros(1000000),
      { method = "Nelder-Mead" })
    says("LM keeps the derivatives of 10000 residuals with respect to 10000 elements",
      function(p) return p - 3 end, mah.zeros(10000), { method = "LM" })
  end)

  it("of what f gives", function()
    local x = vector { 1, 2 }
    says("the function gives float64 2; a gradient is of one number",
      function(p) return p * 2 end, x)
    says("f gives float64 2; a number is expected, x:sum", function(p) return p * 2 end, x,
      { method = "Nelder-Mead" })
    says("f gives nil; a number is expected", function() end, 1)
    says("f gives \"a\"; a tensor of residuals", function() return "a" end, x, { method = "LM" })
    says("the gradient is float64 3, and has 3 elements, not 2", f, x,
      { gradient = function() return mah.zeros(3, { dtype = "float64" }) end })
    says("the gradient%.b is nil", function(p) return p.a + p.b end, { a = 1, b = 1 },
      { gradient = function() return { a = 1 } end })
    says("f gives no gradient", f, x, { value_and_grad = true })
    says("f gives its gradient, and an option", mah.value_and_grad(f), x, { gradient = f })
    says("the Jacobian is float64 3; of 2 residuals and 2 elements", function(p) return p end, x,
      { method = "LM", jacobian = function() return mah.zeros(3, { dtype = "float64" }) end })
  end)
end)
