--- mah.minimize against scipy.optimize 1.10.1: see tests/golden/make_minimize.py.
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
