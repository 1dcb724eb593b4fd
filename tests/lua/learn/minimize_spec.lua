--- mah.minimize against scipy.optimize 1.10.1 and NIST's certified values (see
--- tests/golden/make_minimize.py), the forms that x0 takes, and where things go wrong.
local mah = require "mah"

local root = debug.getinfo(1, "S").source:match "^@(.*)/tests/lua/" or "."
local golden = mah.json.decode(mah.file.read(root .. "/tests/golden/minimize.json"))

local function vector(list) return mah.tensor(list, "float64") end

-- -- Functions ------------------------------------------------------------------------------------

local functions = {}

local function rosenbrock(x)
  local n = x.shape[1] - 1
  local a, b = x:narrow(1, 1, n), x:narrow(1, 2, n)
  return ((b - a * a):square() * 100 + (1 - a):square()):sum()
end
functions.rosenbrock_2, functions.rosenbrock_10 = rosenbrock, rosenbrock

function functions.beale(x)
  local a, b = x[1], x[2]
  return (1.5 - a * (1 - b)) ^ 2 + (2.25 - a * (1 - b ^ 2)) ^ 2 + (2.625 - a * (1 - b ^ 3)) ^ 2
end

function functions.powell(x)
  local a, b, c, d = x[1], x[2], x[3], x[4]
  return (a + b * 10) ^ 2 + (c - d) ^ 2 * 5 + (b - c * 2) ^ 4 + (a - d) ^ 4 * 10
end

local scales = mah.logspace(0, 6, 8, { dtype = "float64" })
function functions.quadratic(x) return (scales * (x - 1):square()):sum() * 0.5 end

local tight = {
  ["L-BFGS-B"] = { gtol = 1e-8, ftol = 1e-15 }, CG = { gtol = 1e-7 },
  ["Newton-CG"] = { xtol = 1e-9 },
  ["Nelder-Mead"] = { xatol = 1e-9, fatol = 1e-9, max_iter = 20000, max_fun = 20000 },
}

local function with(o, more)
  local all = {}
  for k, v in pairs(o) do all[k] = v end
  for k, v in pairs(more) do all[k] = v end
  return all
end

describe("mah.minimize finds what scipy finds", function()
  for name, case in pairs(golden.functions) do
    for method, o in pairs(tight) do
      local theirs = case[method]
      if theirs then
        it("with " .. method .. " of " .. name, function()
          local r = mah.minimize(functions[name], vector(case.x0), with(o, { method = method }))
          assert.equal(theirs.success or r.success, r.success)
          assert.is_true(r.fun <= theirs.fun + 1e-12, tostring(r))
          -- Powell's function is flat to the fourth order
          local near = name == "powell" and 0.02 or 1e-5
          for i, x in ipairs(theirs.x) do assert.near(x, r.x[i], near) end
          assert.is_true(r.nfev <= 1.5 * theirs.nfev + 10, ("%d evaluations, scipy makes %d")
            :format(r.nfev, theirs.nfev))
          assert.equal("string", type(r.message))
        end)
      end
    end
  end

  it("with Nelder and Mead's simplex, step by step", function()
    local case = golden.functions.rosenbrock_2
    local function same(theirs, o)
      local r = mah.minimize(rosenbrock, vector { -1.2, 1 }, with(o, { method = "nelder-mead" }))
      assert.equal(theirs.nfev, r.nfev)
      assert.near(theirs.fun, r.fun, 1e-6 * theirs.fun)
      for i, x in ipairs(theirs.x) do assert.near(x, r.x[i], 1e-9) end
    end
    same(case.defaults["Nelder-Mead"], {})
    same(case["Nelder-Mead"], tight["Nelder-Mead"])
    same(case.adaptive, { adaptive = true, tol = 1e-6 })
    same(case.simplex, { initial_simplex = vector { { -1.2, 1 }, { 0, 1 }, { -1, 2 } },
      xatol = 1e-6, fatol = 1e-6 })
  end)

  local scalars = {
    parabola = function(x) return (x - 2) ^ 2 end,
    wave = function(x) return (x - 2) ^ 2 + math.sin(3 * x) end,
    quartic = function(x) return x ^ 4 - 3 * x ^ 3 + 2 end,
    cosh = function(x) return math.cosh(x - 0.3) end,
    far = function(x) return math.exp(-x) + 0.001 * x end,
  }
  for name, case in pairs(golden.scalars) do
    it("in one dimension of " .. name, function()
      local f = scalars[name]
      for method, r in pairs {
        brent = mah.minimize(f, 0), bracket = mah.minimize(f, nil, { bracket = { 1, 1.5 } }),
        bounded = mah.minimize(f, 0, { bounds = { -1, 3 } }),
      } do
        assert.is_true(r.success)
        assert.equal("number", type(r.x))
        assert.near(case[method].x[1], r.x, 1e-6)
        assert.near(case[method].fun, r.fun, 1e-12)
        assert.is_true(math.abs(r.nfev - case[method].nfev) <= 2, method .. " " .. r.nfev)
        assert.is_nil(r.jac)
      end
    end)
  end
end)

describe("mah.minimize by Levenberg and Marquardt", function()
  local function box(p, x) return (1 - (x * p[2] * -1):exp()) * p[1] end
  local models = {
    Misra1a = box, BoxBOD = box,
    MGH09 = function(p, x) return p[1] * (x * x + x * p[2]) / (x * x + x * p[3] + p[4]) end,
  }
  for name, case in pairs(golden.fits) do
    it("has NIST's certified values of " .. name, function()
      local x, y = vector(case.x), vector(case.y)
      for i, start in ipairs(case.starts) do
        local r = mah.minimize(function(p) return models[name](p, x) - y end, vector(start),
          { method = "LM", tol = 1e-12 })
        assert.is_true(r.success, r.message)
        for k, certified in ipairs(case.certified) do
          assert.near(certified, r.x[k], 2e-6 * certified)
          assert.near(case.stderr[k], r.stderr[k], 1e-5 * case.stderr[k])
          assert.near(r.stderr[k] ^ 2, r.cov[k][k], 1e-12 * r.cov[k][k])
        end
        assert.near(case.squares, 2 * r.cost, 1e-9 * case.squares)
        assert.near(2 * r.cost, r.fun:square():sum(), 1e-12 * r.cost)
        assert.same({ #case.y, #start }, r.jac.shape)
        assert.is_true(r.nfev + r.njev * (1 + #start) <= 2 * case.nfev[i] + 20)
      end
    end)
  end

  local t = mah.linspace(0, 4, 40, { dtype = "float64" })
  local y = (t * -0.7):exp() * 2.5 + mah.randn(40, { rng = 1, dtype = "float64" }) * 0.05
  local function residuals(p) return (t * p.rate * -1):exp() * p.size - y end
  local start = { size = 1, rate = 1 }

  it("takes tables, and a Jacobian of one's own", function()
    local r = mah.minimize(residuals, start, { method = "lm" })
    assert.same({ "rate", "size" }, r.names)
    assert.near(0.7, r.x.rate, 3 * r.stderr.rate)
    assert.near(r.stderr.size ^ 2, r.cov[2][2], 1e-15)
    local function rate(p) return (t * p.rate * -1):exp() * t * p.size * -1 end
    local function size(p) return (t * p.rate * -1):exp() end
    for _, jacobian in ipairs {
      function(p) return mah.stack({ rate(p), size(p) }, 2) end,
      function(p) return { size = size(p), rate = rate(p) } end,
    } do
      local mine = mah.minimize(residuals, start, { method = "lm", jacobian = jacobian })
      assert.near(r.x.rate, mine.x.rate, 1e-10)
      assert.near(r.stderr.rate, mine.stderr.rate, 1e-10)
      assert.equal(r.nfev, mine.nfev)
    end
    local scaled = mah.minimize(function(p) return residuals(p) / 0.05 end, start,
      { method = "lm", absolute_sigma = true })
    assert.near(r.x.size, scaled.x.size, 1e-7)
    assert.near(1, scaled.stderr.size / r.stderr.size, 0.3)
  end)

  it("tells what the residuals do not say", function()
    local warnings, to = {}, require("mah.base.warn").to
    require("mah.base.warn").to = function(_, text) warnings[#warnings + 1] = text end
    local r = mah.minimize(function(p) return (p[1] + p[2]) * t - y end, vector { 1, 1 },
      { method = "lm" })
    local few = mah.minimize(function(p) return p - 3 end, vector { 1, 1 }, { method = "lm" })
    require("mah.base.warn").to = to
    assert.is_true(r.success)
    assert.equal(math.huge, r.stderr[1])
    assert.matches("do not determine all parameters", warnings[1])
    assert.is_true(few.success)
    assert.near(3, few.x[2], 1e-12)
    assert.equal(math.huge, few.cov[1][1])
    assert.matches("2 residuals for 2 parameters", warnings[2])
  end)

  it("is exact where there are more parameters than residuals", function()
    mah.warnings(false)
    local r = mah.minimize(function(p) return p:sum() - 1 end, mah.zeros(3),
      { method = "lm" })
    mah.warnings(true)
    assert.is_true(r.success)
    for i = 1, 3 do assert.near(1 / 3, r.x[i], 1e-6) end
  end)
end)

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
      local r = mah.minimize(functions.beale, mah.ones(2), { method = method })
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
    for _, method in ipairs { "L-BFGS", "CG", "Nelder-Mead" } do
      local r = mah.minimize(rosenbrock, vector { -1.2, 1 }, { method = method, max_fun = 20 })
      assert.equal(1, r.status)
      assert.is_true(r.nfev >= 20 and r.nfev < 30, method .. r.nfev)
    end
    assert.equal(1, mah.minimize(math.cosh, 5, { max_iter = 2 }).status)
  end)

  it("shows a result as scipy does, and knows its names", function()
    local r = mah.minimize(rosenbrock, vector { -1.2, 1 })
    local text = tostring(r)
    assert.matches("success: true\n status: 0\n    fun: 2%.8", text)
    assert.matches("   nfev: 44\n   njev: 44", text)
    assert.is_nil(r.cov)
    assert.error_matches(function() return r.sucess end, "did you mean 'success'")
    assert.error_matches(function() return r.nef end, "did you mean 'nfev'")
  end)
end)

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
      assert.matches("minimize_spec.lua:%d+: no more", message)
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
    assert.matches("minimize_spec.lua:%d+: mah.minimize: ", message)
    assert.matches(pattern, message)
  end

  it("of methods and options", function()
    local x = vector { 1, 2 }
    says("must be one of Brent, CG.*; got \"BFGS\"; use 'L%-BFGS'", f, x, { method = "BFGS" })
    says("; use 'Nelder%-Mead'", f, x, { method = "neldermaed" })
    says("unknown option \"maxiter\"; write max_iter", f, x, { maxiter = 3 })
    says("unknown option \"jac\"; write gradient", f, x, { jac = f })
    says("did you mean 'max_iter'", f, x, { max_itr = 3 })
    says("CG has no option bounds; of bounded it is one", f, x,
      { method = "CG", bounds = { 0, 1 } })
    says("L%-BFGS has no option xatol; of Nelder%-Mead and bounded", f, x, { xatol = 1 })
    says("Nelder%-Mead has no option gradient", f, x, { method = "Nelder-Mead", gradient = f })
    says("tol must be a number in %[0, inf%); got %-1", f, x, { tol = -1 })
    says("Brent is for one dimension; x0 has 2 elements", f, x, { method = "Brent" })
    says("bounds is missing", f, 1, { method = "bounded" })
    says("the lower one, 2, is greater", f, 1, { bounds = { 2, 1 } })
    says("bracket: 5 is not between 0 and 1", f, 1, { bracket = { 0, 5, 1 } })
    says("the value in the middle", math.cosh, nil, { bracket = { 1, 2, 3 } })
    says("bracket: a list of two or three", f, 1, { bracket = { 1 } })
    says("initial_simplex: a matrix %(3, 2%)", f, x,
      { method = "Nelder-Mead", initial_simplex = mah.zeros(2, 2) })
  end)

  it("of f and x0", function()
    says("a function is expected, got nil", nil, 1)
    says("x0, where to begin, is missing", f)
    says("x0 is int32 2.*x:double%(%)", f, mah.tensor({ 1, 2 }, "int32"))
    says("x0: a tensor, or a table of tensors is expected, got \"a\"", f, "a")
    says("x0%.b: a tensor", f, { b = true })
    says("x0%.b%[2%] is nan", f, { a = 1, b = vector { 1, 0 / 0 } })
    says("x0 is inf", math.cosh, math.huge)
    says("a is float64 and b is float32; one dtype", f, { a = vector { 1 }, b = mah.ones(1) })
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
