local golden = require "golden"
local mah = require "mah"

local message = golden.message

local D = mah.distributions
local variants = {
  normal = 1, lognormal = 1, uniform = 1, exponential = 1, gamma = 3, beta = 3, chi2 = 3,
  student_t = 3, f = 3, binomial = 3, poisson = 3, geometric = 2,
}
local names = {}
for name in pairs(variants) do names[#names + 1] = name end
table.sort(names)

--- SciPy's own quantiles have errors of some 1e-9.
local function near(expected, got, tolerance, what, floor)
  for i = 1, #expected do
    local e, x = expected[i], got[i]
    if not (x == e or math.abs(x - e) <= tolerance * math.max(math.abs(e), floor or 1e-12)) then
      error(("%s, element %d: %.17g is expected, got %.17g"):format(what, i, e, x), 2)
    end
  end
end

describe("distributions equal SciPy's", function()
  local g = golden.npz "distributions"
  for _, name in ipairs(names) do
    for i = 1, variants[name] do
      it(("of %s, variant %d"):format(name, i), function()
        local key = name .. "_" .. i .. "_"
        local parameters = g[key .. "parameters"]:totable()
        local d = D[name](unpack(parameters))
        local x = g[key .. "x"]
        for _, method in ipairs { "pdf", "logpdf", "cdf", "sf" } do
          near(g[key .. method], d[method](d, x), 1e-11, method)
          for j = 1, 3 do near({ d[method](d, x[j]) }, { d[method](d, x)[j] }, 1e-14, method) end
        end
        near(g[key .. "quantile"], d:quantile(g.q), 5e-9, "quantile", 1e-6)
        near(g[key .. "quantile"], d:ppf(g.q), 5e-9, "ppf", 1e-6)
        local mean, variance = unpack(g[key .. "moments"]:totable())
        local undefined = name == "student_t" and mean == 1 / 0 -- NaN here
        if not undefined then near({ mean }, { d:mean() }, 1e-13, "mean") end
        if variance == variance then
          near({ variance }, { d:variance() }, 1e-12, "variance")
          near({ variance ^ 0.5 }, { d:std() }, 1e-12, "std")
        end
        near(d:pdf(x), d:pmf(x), 0, "pmf")
        near(d:logpdf(x), d:logpmf(x), 0, "logpmf")
        -- parameters as tensors
        local tensors = {}
        for j, p in ipairs(parameters) do tensors[j] = mah.tensor({ p }, { dtype = "float64" }) end
        near(d:cdf(x), D[name](unpack(tensors)):cdf(x), 1e-14, "cdf of tensors")
      end)
    end
  end
end)

describe("distributions", function()
  it("have quantiles that are the inverse of both tails", function()
    local p = mah.tensor({ 1e-200, 1e-30, 1e-10, 0.01, 0.3, 0.5, 0.7, 0.99 }, { dtype = "float64" })
    for _, name in ipairs { "normal", "lognormal", "exponential", "gamma", "beta", "chi2",
      "student_t", "f" } do
      for _, d in ipairs { D[name](1.5, 2.5), D[name](30, 4) } do
        near(p, d:cdf(d:quantile(p)), 1e-11, name)
        if name ~= "beta" then near(p, d:sf(d:isf(p)), 1e-11, name) end -- 1 - x is no number
      end
    end
  end)
  it("keep their digits for large parameters", function()
    local function same(expected, got, tolerance)
      near({ expected }, { got }, tolerance or 1e-11, "large", 1e-300)
    end
    local normal, chi2 = D.normal(), D.chi2(5)
    for _, df in ipairs { 1e15, 1e17, 1e20, 1e100, 1e300 } do
      local t, f = D.student_t(df), D.f(5, df)
      for _, x in ipairs { 0.01, 1, 3, 6 } do
        same(normal:cdf(-x), t:cdf(-x))
        same(normal:sf(-x), t:cdf(x))
        same(chi2:sf(5 * x), f:sf(x), 1e-10)
        same(chi2:cdf(5 * x), f:cdf(x), 1e-10)
      end
      same(normal:quantile(0.01), t:quantile(0.01))
      same(chi2:quantile(0.9) / 5, f:quantile(0.9))
      same(chi2:isf(1e-12) / 5, f:isf(1e-12))
      same(-math.log(0.1) / df, D.beta(1, df):quantile(0.9))
      same(0.5, D.beta(df, df):cdf(0.5))
      same(0.5, mah.betainc(df, 2 * df, 1 / 3), 1e-8)
    end
    local z = 0.3333325 -- computed in another way from 1e12 on
    same(mah.betainc(1e12, 2e12, z), mah.betainc(1.0000001e12, 2.0000002e12, z), 2e-6)
    assert.equal(1e300, D.poisson(1e300):quantile(0.5))
    near({ -2.3263478740408408e10 }, { D.poisson(1e20):quantile(0.01) - 1e20 }, 1e-6, "quantile")
    assert.equal(0, D.gamma(1e160):cdf(1e154))
    assert.equal(1, D.poisson(1e154):cdf(1e160))
  end)
  it("have densities close to 0, and tails beyond the root of the largest number", function()
    local lgamma = mah.lgamma(85)
    near({ 84 * math.log(1e-305) - 85 * math.log(2) - lgamma }, { D.chi2(170):logpdf(1e-305) },
      1e-14, "logpdf")
    assert.equal(0, D.chi2(170):pdf(1e-305))
    near({ 30 * math.log(1e-309) - mah.lgamma(31) }, { D.poisson(1e-309):logpmf(30) }, 1e-13,
      "logpmf")
    local cauchy = D.student_t(1)
    for _, x in ipairs { 1e150, 1e155, 1e200, 1e300 } do
      near({ 1 / math.pi / x }, { cauchy:sf(x) }, 1e-12, "sf", 1e-320)
      near({ x }, { cauchy:isf(1 / math.pi / x) }, 1e-12, "isf")
      for _, df in ipairs { 0.01, 0.3 } do
        local t, f = D.student_t(df), D.f(100, df)
        near({ x }, { t:isf(t:sf(x)) }, 1e-10, "isf")
        near({ t:sf(1e150) * (x / 1e150) ^ -df }, { t:cdf(-x) }, 1e-12, "cdf")
        near({ f:sf(1e150) * (x / 1e150) ^ (-df / 2) }, { f:sf(x) }, 1e-12, "sf")
      end
    end
    near({ D.f(100, 0.01):sf(1e305) * 1e-2 ^ 0.005 }, { D.f(100, 0.01):sf(1e307) }, 1e-12, "sf")
  end)
  it("over integers have the least quantile with as much", function()
    for _, d in ipairs { D.binomial(30, 0.4), D.poisson(6.5), D.geometric(0.2), D.poisson(400) } do
      for k = 1, 25 do
        assert.equal(k, d:quantile(d:cdf(k)))
        if d:pmf(k) > 1e-9 then assert.equal(k + 1, d:quantile(d:cdf(k) + 1e-10)) end
        if d:sf(k) < 0.999 then assert.equal(k, d:isf(d:sf(k))) end
      end
    end
    assert.equal(7, D.binomial(7, 0.5):quantile(1))
    assert.equal(0, D.binomial(7, 0.5):quantile(0))
    assert.equal(1 / 0, D.poisson(3):quantile(1))
    assert.equal(0, D.poisson(0):quantile(0.5))
  end)
  it("are 0 outside of their support, and NaN of NaN", function()
    for _, name in ipairs(names) do
      local d = D[name](name == "uniform" and 0 or 1, 1)
      local symmetric = name == "normal" or name == "student_t"
      if not symmetric then
        assert.equal(0, d:pdf(-2))
        assert.equal(0, d:cdf(-2))
        assert.equal(1, d:sf(-2))
        assert.equal(-1 / 0, d:logpdf(-2))
      end
      for _, method in ipairs { "pdf", "cdf", "sf", "quantile" } do
        local y = d[method](d, 0 / 0)
        assert.is_true(y ~= y, name .. " " .. method)
        y = d[method](d, mah.tensor { 0 / 0 })[1]
        assert.is_true(y ~= y, name .. " " .. method)
      end
      assert.equal(1, d:cdf(1 / 0))
      assert.equal(0, d:sf(1 / 0))
      assert.is_true(d:quantile(1.5) ~= d:quantile(1.5))
    end
    local wrong = D.normal(0, mah.tensor { -1 }):pdf(1)
    assert.is_true(wrong[1] ~= wrong[1])
  end)
  it("give samples with their mean, deviation and quantiles", function()
    local list = { D.normal(3, 2), D.lognormal(0, 0.5), D.uniform(-1, 2), D.exponential(3),
      D.gamma(0.4, 2), D.gamma(7), D.beta(2, 3), D.beta(0.3, 0.4), D.chi2(3), D.student_t(9),
      D.f(5, 12), D.binomial(12, 0.3), D.binomial(500, 0.7), D.poisson(3), D.poisson(60),
      D.geometric(0.15), D.geometric(1) }
    local n = 40000
    for _, d in ipairs(list) do
      local s = d:sample(n, { dtype = "float64", rng = 5 })
      assert.is_true(math.abs(s:mean() - d:mean()) <= 5 * d:std() / n ^ 0.5, tostring(d))
      assert.is_true(math.abs(s:std() - d:std()) <= 0.06 * d:std(), tostring(d))
      for _, p in ipairs { 0.1, 0.5, 0.9 } do
        local q = d:quantile(p)
        local below = s:le(q):double():mean()
        assert.is_true(math.abs(below - d:cdf(q)) < 0.012, tostring(d) .. " at " .. p)
      end
    end
  end)
  it("give samples of the shape and dtype asked for, the same for a seed", function()
    local d = D.poisson(4)
    assert.equal("int32", d:sample(3).dtype)
    assert.same({ 2, 3 }, d:sample(2, 3).shape)
    assert.equal("int32", D.binomial(2 ^ 31 - 1e7, 0.5):sample(3).dtype)
    for _, large in ipairs { D.poisson(1e12), D.geometric(1e-12), D.binomial(1e13, 0.25) } do
      local s = large:sample(3, { rng = 1 })
      assert.equal("int64", s.dtype)
      golden.equal(large:sample(3, { rng = 1, dtype = "float64" }), s:double())
    end
    assert.equal("float64", D.poisson(1e30):sample(3).dtype)
    assert.equal("float32", D.beta(1, 2):sample({ 2, 3 }).dtype)
    assert.equal("float64", D.beta(1, 2):sample(2, { dtype = "float64" }).dtype)
    assert.equal("number", type(d:sample()))
    golden.equal(d:sample(50, { rng = 3 }), d:sample(50, { rng = 3 }))
    golden.equal(D.normal(1, 2):sample(9, { rng = 4 }), mah.rng(4):normal(1, 2, 9))
    assert.same({ 0 }, d:sample(0).shape)
  end)
  it("take tensors as parameters, which broadcast", function()
    local d = D.normal(mah.tensor({ { 0 }, { 1 } }), mah.tensor { 1, 2, 3 })
    assert.same({ 2, 3 }, d:cdf(0.5).shape)
    golden.close(mah.tensor { { 0, 0, 0 }, { 1, 1, 1 } }, d:mean() + mah.zeros(2, 3), 0)
    assert.same({ 3 }, d:variance().shape)
    assert.matches("student_t: its moments want numbers",
      message(function() D.student_t(mah.ones(2)):mean() end))
    assert.matches("normal:sample wants numbers", message(function() d:sample(2) end))
  end)
  it("name what is wrong", function()
    assert.matches("normal: std must be a number or a tensor in %(0, inf%); got %-1",
      message(D.normal, 0, -1))
    assert.matches("gamma: shape must be .* got nil", message(D.gamma))
    assert.matches("binomial: n must be an integer; got 2.5", message(D.binomial, 2.5, 0.5))
    assert.matches("binomial: p must be .* got 1.5", message(D.binomial, 2, 1.5))
    assert.matches("uniform: low must be less than high; got 2 and 1", message(D.uniform, 2, 1))
    assert.matches("normal:cdf: a tensor is expected", message(function() D.normal():cdf() end))
    assert.matches("called with a colon", message(D.normal().cdf, 3))
    assert.matches("mah.distributions has no 'norml'; did you mean 'normal'",
      message(function() return D.norml end))
    assert.equal("normal(0, 1)", tostring(D.normal()))
    assert.same({ mean = 0, std = 1 }, D.normal().parameters)
  end)
end)
