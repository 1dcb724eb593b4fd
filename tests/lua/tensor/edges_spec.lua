local mah = require "mah"

local nan, inf = 0 / 0, math.huge

local function t(values, dtype) return mah.tensor(values, { dtype = dtype or "float64" }) end

describe("numbers at the edges", function()
  it("have medians and quantiles between infinities and numbers", function()
    assert.equal(2.5, t({ inf, 0, 2.5 }):median())
    assert.equal(inf, t({ 1, inf }):median())
    assert.equal(-inf, t({ -inf, 1 }):median())
    assert.is_true(t({ -inf, inf }):median() ~= t({ -inf, inf }):median())
    assert.equal(-inf, t({ -inf, 3, inf }):quantile(0))
    assert.equal(3, t({ -inf, 3, inf }):quantile(0.5))
    assert.equal(inf, t({ -inf, 3, inf }):quantile(1))
    assert.equal(0, t({ -1e308, 1e308 }):median())
    assert.same({ 2.5, 7 }, t({ { inf, 0, 2.5 }, { 7, 7, 7 } }, "float32"):median(2):totable())
  end)

  it("have powers of integers that are not 0 below 0", function()
    local x = t({ 2, -4 }, "int32"):pow(-1)
    assert.equal("float32", x.dtype)
    assert.same({ 0.5, -0.25 }, x:totable())
    assert.same({ 0.25 }, (t({ 2 }, "uint8") ^ -2):totable())
    assert.error_matches(function() t({ 2, 3 }, "int32"):pow(t({ 1, -2 }, "int32")) end,
      "an integer to the power %-2 is no integer; make either tensor float")
    assert.error_matches(function() t({ 2 }, "int32"):pow_(-1) end, "cannot hold")
    assert.same({ 8, 9 }, t({ 2, 3 }, "int32"):pow(t({ 3, 2 }, "int32")):totable())
    assert.same({ 0.25 }, t({ 2 }, "float32"):pow(t({ -2 }, "int32")):totable())
  end)

  it("have norms of the least integer", function()
    local x = t({ -2147483648, 0 }, "int32")
    assert.equal(2147483648, x:norm(1))
    assert.equal(2147483648, x:norm(inf))
    assert.equal(2147483648, x:norm(2))
  end)

  it("are spread over every range", function()
    local x = mah.linspace(-1e308, 1e308, 3, { dtype = "float64" })
    assert.same({ -1e308, 0, 1e308 }, x:totable())
  end)

  it("end soon when there are none of them", function()
    local huge = mah.ones(2 ^ 40, 0)
    assert.matches("float32 1099511627776x0\n{}", tostring(huge))
    assert.same({ 2 ^ 40, 0 }, huge:cumsum(2).shape)
  end)

  it("show NaN without a sign", function()
    assert.equal("nan", tostring(t({ nan }):sum()))
    assert.equal("nan", tostring(t({ -nan, 1 }):mean()))
    assert.is_nil(tostring(t { nan, -nan }):find("-nan", 1, true))
    for _, value in ipairs { nan, -nan } do
      local ok, message = pcall(mah.full, value, 1)
      assert.is_false(ok)
      assert.is_nil(message:find("-nan", 1, true))
      ok, message = pcall(t({ 1 }).quantile, t { 1 }, value)
      assert.is_false(ok)
      assert.is_nil(message:find("-nan", 1, true))
    end
  end)
end)

describe("masks", function()
  it("pick elements and rows", function()
    local x = t({ 1, 2, 3, 4 }, "float32")
    assert.same({ 3, 4 }, x[x:gt(2)]:totable())
    assert.same({}, x[x:gt(9)]:totable())
    local m = t { { 1, 2 }, { 3, 4 }, { 5, 6 } }
    assert.same({ 1, 5 }, m[m:remainder(4):eq(1)]:totable())
    assert.same({ { 1, 2 }, { 5, 6 } }, m[t({ 1, 0, 1 }, "uint8")]:totable())
    assert.same({ 2, 4 }, m:t()[t({ 0, 1 }, "uint8")][1]:narrow(1, 1, 2):totable())
  end)

  it("take numbers, and as many elements as are set", function()
    local x = t({ 1, 2, 3, 4 }, "float32")
    x[x:gt(2)] = 0
    assert.same({ 1, 2, 0, 0 }, x:totable())
    x[x:eq(0)] = { 7, nan }
    assert.equal(7, x[3])
    assert.is_true(x[4] ~= x[4])
    x[x:isnan()] = t { 9 }
    assert.same({ 1, 2, 7, 9 }, x:totable())
    local m = t({ { 1, 2 }, { 3, 4 }, { 5, 6 } }, "int32")
    m[t({ 0, 1, 0 }, "uint8")] = 2.9
    assert.same({ { 1, 2 }, { 2, 2 }, { 5, 6 } }, m:totable())
    m[t({ 1, 0, 1 }, "uint8")] = { { 10, 20 }, { 30, 40 } }
    assert.same({ { 10, 20 }, { 2, 2 }, { 30, 40 } }, m:totable())
    local turned = m:t()
    turned[turned:gt(15)] = 0
    assert.same({ { 10, 0 }, { 2, 2 }, { 0, 0 } }, m:totable())
    turned[turned:eq(0)] = { 1, 2, 3 }
    assert.same({ { 10, 2 }, { 2, 2 }, { 1, 3 } }, m:totable())
  end)

  it("of rows take one row for each of them, or a column", function()
    local m = mah.zeros(3, 2, { dtype = "int32" })
    local rows = t({ 1, 0, 1 }, "bool")
    m[rows] = t { 7, 8 }
    assert.same({ { 7, 8 }, { 0, 0 }, { 7, 8 } }, m:totable())
    m[rows] = { { 1 }, { 2 } }
    assert.same({ { 1, 1 }, { 0, 0 }, { 2, 2 } }, m:totable())
    m[rows:logical_not()] = m[3]
    assert.same({ 2, 2 }, m[2]:totable())
    m[t({ 0, 0, 0 }, "bool")] = t { 9, 9 }
    assert.same({ { 1, 1 }, { 2, 2 }, { 2, 2 } }, m:totable())
    assert.has_error(function() m[rows] = { 1, 2, 3 } end)
  end)

  it("are told apart from positions, and checked, in one line", function()
    local x = mah.arange(5)
    for message, call in pairs {
      ["positions are int32 or int64, a mask is bool or uint8 as x:gt%(0%) .*got float32 5"] =
        function() x[mah.ones(5)] = 0 end,
      ["the mask uint8 3 fits neither float32 5"] = function()
        return x[t({ 1, 0, 1 }, "uint8")]
      end,
      ["3 elements are set, y is float64 2"] = function() x[x:gt(2)] = { 1, 2 } end,
      ["assigned value: a tensor is expected"] = function() x[x:gt(2)] = "a" end,
      ["a tensor has no element at true"] = function() return x[true] end,
      ["a tensor's element at true cannot be set"] = function() x[true] = 1 end,
      ["write x:lt%(y%)"] = function() return x > 2 end,
      ["x:ge%(y%)"] = function() return x <= x end,
      ["mean: the dimension must be an integer, as in x:mean%(1%); got a table"] = function()
        return x:mean { dim = 1 }
      end,
    } do
      local ok, found = pcall(call)
      assert.is_false(ok)
      assert.matches(message, found)
      assert.is_nil(found:find "\n")
    end
    assert.error_matches(function() return x == 2 end, "write x:eq%(2%)")
    assert.is_false(x == nil)
  end)
end)

describe("languages of figures", function()
  it("have methods where they are called", function()
    assert.error_matches(function() return mah.locale.number end, "mah.locale has no 'number'")
    assert.equal("0.25", mah.locale.of("en"):number(0.25, 2))
  end)
end)
