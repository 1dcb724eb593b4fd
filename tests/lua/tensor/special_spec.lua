local golden = require "golden"
local mah = require "mah"

local message = golden.message

--- Relative errors (below `floor` absolute ones) of at most `tolerance`; in float32 of its last
--- place.
local function near(expected, got, tolerance, floor)
  for i = 1, #expected do
    local e, x = expected[i], got[i]
    if not (x == e or e ~= e and x ~= x
      or math.abs(x - e) <= tolerance * math.max(math.abs(e), floor or 1e-290)) then
      error(("element %d: %.17g is expected, got %.17g"):format(i, e, x), 2)
    end
  end
end

local inf, nan = 1 / 0, 0 / 0

describe("special functions equal mpmath's", function()
  local g = golden.npz "special"

  it("of the error function", function()
    near(g.erf, mah.erf(g.x), 3e-16)
    near(g.erfc, mah.erfc(g.x), 4e-16)
    near(g.erfinv, mah.erfinv(g.p), 2e-15)
    near(1 - g.p, mah.erfc(mah.erfcinv(1 - g.p)), 2e-14)
    local x = g.x:float()
    near(mah.erf(x:double()), x:erf(), 2 ^ -23)
    near(mah.erfc(x:double()), x:erfc(), 2 ^ -23, 1e-37)
  end)
  it("of the gamma function", function()
    near(g.gamma, mah.gamma(g.g), 4e-15)
    near(g.lgamma, mah.lgamma(g.g), 2e-15, 1)
    near(g.digamma, mah.digamma(g.g), 4e-15, 1)
    near(g.lgamma, g.g:gammaln(), 2e-15, 1)
  end)
  it("of incomplete gamma functions, and back", function()
    near(g.gammainc, mah.gammainc(g.a, g.w), 1e-12)
    near(g.gammaincc, g.a:gammaincc(g.w), 1e-12)
    local back = mah.gammaincinv(g.a, g.gammainc)
    local inside = g.gammainc:lt(0.999):mul(g.gammainc:gt(1e-300))
    near(g.w[inside], back[inside], 1e-11)
    near(g.gammainc[inside], mah.gammainc(g.a, back)[inside], 1e-12)
    back = mah.gammainccinv(g.a, g.gammaincc)
    inside = g.gammaincc:lt(0.999):mul(g.gammaincc:gt(1e-300))
    near(g.w[inside], back[inside], 1e-11)
  end)
  it("of incomplete beta functions, and back", function()
    near(g.betaln, mah.betaln(g.c, g.b), 1e-13)
    near(g.betaln, g.c:lbeta(g.b), 1e-13)
    near(g.betaln:exp(), mah.beta(g.c, g.b), 1e-11)
    near(g.betainc, mah.betainc(g.c, g.b, g.u), 1e-12)
    near(1 - g.betainc, mah.betainc(g.b, g.c, 1 - g.u), 1e-9, 1e-3)
    near(1 - g.betainc, mah.betaincc(g.c, g.b, g.u), 1e-9, 1e-3)
    local back = mah.betaincinv(g.c, g.b, g.betainc)
    local inside = g.betainc:lt(0.999):mul(g.betainc:gt(1e-300))
    near(g.betainc[inside], mah.betainc(g.c, g.b, back)[inside], 1e-11)
    local far = mah.betaincc(g.c, g.b, g.u)
    back, inside = mah.betainccinv(g.c, g.b, far), far:lt(0.999):mul(far:gt(1e-300))
    near(far[inside], mah.betaincc(g.c, g.b, back)[inside], 1e-11)
    near({ 0.75 ^ 40 }, { mah.betaincc(1, 40, 0.25) }, 1e-14) -- small, beside a betainc near 1
  end)
  it("in float32, to its last place", function()
    local a, w = g.a:float(), g.w:float()
    local got = mah.gammainc(a, w)
    assert.equal("float32", got.dtype)
    near(mah.gammainc(a:double(), w:double()), got, 2 ^ -23, 1e-37)
    assert.equal("float64", mah.gammainc(a, g.w).dtype)
    near(mah.lgamma(w:double()), w:lgamma(), 2 ^ -23, 1e-37)
  end)
  it("of incomplete functions in float32, by vectors or not, each number for itself", function()
    local rng = mah.rng(3)
    local gamma = mah.distributions.gamma
    for _, scale in ipairs { 0.5, 4, 60 } do
      local a, b = rng:uniform(0, scale, 1500), rng:uniform(0, scale, 1500)
      local x, u = rng:uniform(0, 3 * scale, 1500), rng:uniform(0, 1, 1500)
      x[1], x[2], x[3], u[1], u[2], u[3], a[4] = 0, 1.5, 12, 0, 0.5, 1, 30
      local A, B, X, U = a:double(), b:double(), x:double(), u:double()
      for name, pair in pairs {
        gammainc = { mah.gammainc(a, x), mah.gammainc(A, X) },
        gammaincc = { mah.gammaincc(a, x), mah.gammaincc(A, X) },
        betainc = { mah.betainc(a, b, u), mah.betainc(A, B, U) },
        betaincc = { mah.betaincc(a, b, u), mah.betaincc(A, B, U) },
        cdf = { gamma(a, scale):cdf(x), gamma(A, scale):cdf(X) },
        sf = { gamma(a, scale):sf(x), gamma(A, scale):sf(X) },
      } do
        near(pair[2], pair[1], 1.01 * 2 ^ -24, 1e-37)
        assert.equal("float32", pair[1].dtype, name)
      end
      for _, n in ipairs { 1, 7, 8, 9, 17, 33, 129 } do
        local function part(t) return t:narrow(1, 200 - n, n) end
        near(part(mah.gammainc(a, x)), mah.gammainc(part(a), part(x)), 0)
        near(part(mah.betaincc(a, b, u)), mah.betaincc(part(a), part(b), part(u)), 0)
      end
    end
    local t = mah.tensor { 0.5, 3, 20 }
    near(mah.tensor({ 0.5, 3, 20 }, "float64"):gammainc(t:double()), t:clone():gammainc(t), 2 ^ -23)
  end)
  it("of numbers", function()
    for i = 1, 20 do
      assert.equal(mah.gammainc(g.a, g.w)[i], mah.gammainc(g.a[i], g.w[i]))
      assert.equal(mah.digamma(g.g)[i], mah.digamma(g.g[i]))
    end
    assert.equal(24, mah.gamma(5))
    near({ mah.erf(g.x[3]) }, { mah.erf(g.x)[3] }, 4e-16)
    near(mah.betainc(2, 3, g.u), mah.betainc(g.u * 0 + 2, 3, g.u), 0)
  end)
end)

describe("special functions", function()
  it("have these values at the ends of their domains", function()
    for _, case in ipairs {
      { "erf", { inf }, 1 }, { "erf", { -inf }, -1 }, { "erf", { nan }, nan }, { "erf", { 0 }, 0 },
      { "erfc", { inf }, 0 }, { "erfc", { -inf }, 2 }, { "erfc", { nan }, nan },
      { "erfinv", { 1 }, inf }, { "erfinv", { -1 }, -inf }, { "erfinv", { 1.5 }, nan },
      { "erfcinv", { 0 }, inf }, { "erfcinv", { 2 }, -inf }, { "erfcinv", { 1 }, 0 },
      { "gamma", { 0 }, inf }, { "gamma", { -1 }, nan }, { "gamma", { inf }, inf },
      { "gamma", { 172 }, inf }, { "gamma", { nan }, nan }, { "gamma", { -inf }, nan },
      { "lgamma", { -2 }, inf }, { "lgamma", { -inf }, inf }, { "lgamma", { inf }, inf },
      { "lgamma", { 1 }, 0 }, { "lgamma", { 2 }, 0 }, { "lgamma", { nan }, nan },
      { "digamma", { 0 }, -inf }, { "digamma", { -1 }, nan }, { "digamma", { inf }, inf },
      { "digamma", { -inf }, nan }, { "digamma", { nan }, nan },
      { "beta", { 0, 1 }, inf }, { "beta", { -0.5, 2 }, -4 }, { "beta", { nan, 2 }, nan },
      { "gammainc", { 0, 1 }, 1 }, { "gammainc", { 0, 0 }, nan }, { "gammainc", { -1, 1 }, nan },
      { "gammainc", { 2, inf }, 1 }, { "gammainc", { inf, 1 }, 0 }, { "gammainc", { 2, 0 }, 0 },
      { "gammaincc", { 2, 0 }, 1 }, { "gammaincc", { 2, inf }, 0 },
      { "gammaincc", { 1, nan }, nan },
      { "gammaincinv", { 2, 0 }, 0 }, { "gammaincinv", { 2, 1 }, inf },
      { "gammainccinv", { 2, 0 }, inf }, { "gammainccinv", { 2, 1 }, 0 },
      { "betaincc", { 2, 3, 0 }, 1 }, { "betaincc", { 2, 3, 1 }, 0 },
      { "betaincc", { 2, 3, 1.5 }, nan }, { "betainccinv", { 2, 3, 0 }, 1 },
      { "gammaincinv", { 2, 1.5 }, nan }, { "betainc", { 2, 3, 0 }, 0 },
      { "betainc", { 2, 3, 1 }, 1 }, { "betainc", { 2, 3, 1.5 }, nan },
      { "betainc", { -1, 1, 0.5 }, nan }, { "betainc", { 2, 3, nan }, nan },
      { "betaincinv", { 2, 3, 0 }, 0 }, { "betaincinv", { 2, 3, 1 }, 1 },
      { "betaincinv", { 2, 3, -1 }, nan }, { "betaincinv", { 0, 3, 0.5 }, nan },
    } do
      local name, arguments, expected = unpack(case)
      local got = mah[name](unpack(arguments))
      local same = got == expected or got ~= got and expected ~= expected
      assert.is_true(same or math.abs(got - expected) < 1e-14,
        ("%s(%s) = %s"):format(name, table.concat(arguments, ", "), got))
      local first = mah.tensor({ arguments[1] }, { dtype = "float64" })
      local of_tensor = mah[name](first, arguments[2], arguments[3])[1]
      assert.is_true(of_tensor == got or got ~= got and of_tensor ~= of_tensor, name)
    end
  end)
  it("take strided and expanded tensors, empty ones and integers", function()
    local x = mah.rand(4, 6):double()
    golden.close(x:erf():t(), x:t():erf(), 1e-15)
    golden.close(x:lgamma():narrow(2, 2, 3), x:narrow(2, 2, 3):lgamma(), 0)
    assert.same({ 4, 6 }, mah.gammainc(x, x[1]).shape)
    assert.same({ 0 }, mah.zeros(0):digamma().shape)
    assert.equal("float32", mah.tensor({ 1, 2 }, { dtype = "int32" }):gamma().dtype)
    golden.close(mah.tensor { 1, 1, 2, 6 }, mah.arange(4):int():gamma(), 1e-6)
    local y = mah.tensor { 0.5 }
    assert.equal(y, y:erf_())
    golden.close(mah.tensor { 0.52049988 }, y, 1e-7)
  end)
  it("name what is wrong", function()
    assert.matches("erf: a tensor is expected, got true", message(mah.erf, true))
    assert.matches('gammainc: x must be a tensor or a number; got "a"',
      message(mah.gammainc, 1, "a"))
    assert.matches("betainc: x must be a tensor or a number; got nil", message(mah.betainc, 1, 2))
    assert.matches("do not broadcast: float32 2 and float32 3",
      message(mah.beta, mah.ones(2), mah.ones(3)))
    assert.matches("cannot hold", message(function() mah.ones(2):int():erf_() end))
  end)
end)
