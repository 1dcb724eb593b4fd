--- mah.minimize by Levenberg and Marquardt: NIST's certified values (see
--- tests/golden/make_minimize.py), the covariance, and what x0 may be.
local mah = require "mah"

local root = debug.getinfo(1, "S").source:match "^@(.*)/tests/lua/" or "."
local golden = mah.json.decode(mah.file.read(root .. "/tests/golden/minimize.json")).fits

local function vector(list) return mah.tensor(list, "float64") end

describe("mah.minimize by Levenberg and Marquardt", function()
  local function box(p, x) return (1 - (x * p[2] * -1):exp()) * p[1] end
  local models = {
    Misra1a = box, BoxBOD = box,
    MGH09 = function(p, x) return p[1] * (x * x + x * p[2]) / (x * x + x * p[3] + p[4]) end,
  }
  for name, case in pairs(golden) do
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

  it("asks for no Jacobian twice", function()
    local calls, last = 0, nil
    local r = mah.minimize(residuals, start, { method = "lm", jacobian = function(p)
      local place = p.rate .. " " .. p.size
      assert.are_not.equal(last, place)
      calls, last = calls + 1, place
      return { rate = (t * p.rate * -1):exp() * t * p.size * -1, size = (t * p.rate * -1):exp() }
    end, ftol = 0, xtol = 0 })
    assert.is_true(r.success)
    assert.equal(calls, r.njev)
  end)

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
    assert.equal(1, #warnings)
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
