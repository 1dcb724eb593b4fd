-- Reductions: what they return, along what, in which dtypes, and what is refused.
local mah = require "mah"
local message = require("golden").message

describe("reductions", function()
  local function grid() return mah.arange(6):reshape(2, 3) end

  it("over all elements are numbers; of any and all, truths", function()
    local x = grid()
    assert.equal(21, x:sum())
    assert.equal(3.5, x:mean())
    assert.equal(720, x:prod())
    assert.equal(1, x:min())
    assert.equal(6, x:max())
    assert.equal(1, x:argmin())
    assert.equal(6, x:argmax())
    assert.equal(true, x:any())
    assert.equal(true, x:all())
    assert.equal(false, x:gt(1):all())
    assert.equal(false, x:gt(6):any())
    assert.equal(3.5, x:var())
    assert.equal(17.5 / 6, x:var(false))
    assert.equal(6, x:t():max())
    assert.equal(4, x:t():argmax() - 2)
  end)

  it("along a dimension are tensors", function()
    local x = grid()
    assert.same({ 5, 7, 9 }, x:sum(1):totable())
    assert.same({ 6, 15 }, x:sum(-1):totable())
    assert.same({ { 6 }, { 15 } }, x:sum(2, true):totable())
    assert.same({}, mah.ones(3):sum(1).shape)
    local values, places = x:max(2)
    assert.same({ 3, 6 }, values:totable())
    assert.same({ 3, 3 }, places:totable())
    assert.equal("int32", places.dtype)
    values, places = x:min(1, true)
    assert.same({ { 1, 2, 3 } }, values:totable())
    assert.same({ { 1, 1, 1 } }, places:totable())
    assert.same({ true, true, false }, mah.tensor({ { 0, 1, 0 }, { 2, 0, 0 } }):any(1):totable())
    assert.same({ 0.5, 0.5 }, x:var(2):sub(0.5):totable())
    assert.same({ { 2 / 3 }, { 2 / 3 } }, x:double():var(2, false, true):totable())
  end)

  it("have the dtypes they say", function()
    local x = grid()
    for _, name in ipairs { "sum", "mean", "prod", "var", "std", "norm", "logsumexp" } do
      local second = name == "norm" and 2 or 1
      local function along(t) if second == 2 then return t:norm(2, 1) end return t[name](t, 1) end
      assert.equal("float32", along(x).dtype)
      assert.equal("float64", along(x:double()).dtype)
      local of_integers = (name == "sum" or name == "prod") and "int64" or "float64"
      for _, dtype in ipairs { "int32", "uint8", "int64", "bool" } do
        assert.equal(of_integers, along(x:to(dtype)).dtype)
      end
      assert.equal("float16", along(x:half()).dtype)
      assert.equal("bfloat16", along(x:bfloat16()).dtype)
    end
    assert.equal("uint8", (x:byte():max(1)).dtype)
    assert.equal("bool", x:any(1).dtype)
    assert.equal("int32", x:argmin(1).dtype)
    assert.equal("int64", x:int():cumsum(1).dtype)
  end)

  it("of nothing", function()
    local none = mah.zeros(0, 3)
    assert.equal(0, none:sum())
    assert.equal(1, none:prod())
    assert.is_true(none:mean() ~= none:mean())
    assert.equal(-math.huge, none:logsumexp())
    assert.equal(true, none:all())
    assert.equal(false, none:any())
    assert.same({ 0, 0, 0 }, none:sum(1):totable())
    assert.same({ 0 }, none:sum(2).shape)
    assert.truthy(message(none.max, none):find("max of no elements", 1, true))
    assert.truthy(message(none.argmin, none, 1):find("argmin of no elements", 1, true))
    assert.same({ 0 }, none:argmin(2).shape)
  end)

  it("keep their digits", function()
    local x = mah.full(1e6, 0.1)
    assert.is_true(math.abs(x:mean() - x[1]) < 1e-15)
    local ints = mah.full(1000, 2147483647, { dtype = "int32" })
    assert.equal(2147483647000, ints:sum())
    assert.equal(2147483647000, ints:sum(1):item())
    local wide = mah.tensor({ 1e16, 1, -1e16 }, { dtype = "float64" })
    assert.equal(3, mah.tensor({ 1e8, 1, -1e8, 2 }):sum())
    assert.is_true(math.abs(wide:sum()) <= 2)
  end)

  it("see NaN", function()
    local x = mah.tensor { 1, 0 / 0, 3 }
    assert.is_true(x:max() ~= x:max())
    assert.is_true(x:min() ~= x:min())
    assert.equal(2, x:argmax())
    assert.equal(2, x:argmin())
    assert.same({ 2, 1 }, mah.tensor({ { 3, 0 / 0 }, { 4, 5 } }):argmin(2):totable())
  end)

  it("add up along the way", function()
    assert.same({ 1, 3, 6 }, mah.arange(3):cumsum():totable())
    assert.same({ { 1, 3, 6 }, { 4, 9, 15 } }, grid():cumsum(2):totable())
    assert.truthy(message(function() return grid():cumsum() end):find("which dimension", 1, true))
  end)

  it("measure lengths", function()
    local x = mah.tensor { 3, -4 }
    assert.equal(5, x:norm())
    assert.equal(7, x:norm(1))
    assert.equal(4, x:norm(math.huge))
    assert.same({ 5 }, x:reshape(1, 2):norm(2, 2):totable())
    assert.truthy(message(x.norm, x, -1):find("p must be positive", 1, true))
    assert.equal(5, mah.norm(x))
  end)

  it("refuse bad arguments", function()
    local x = grid()
    assert.truthy(message(x.sum, x, 3):find("sum: dimension 3", 1, true))
    assert.truthy(message(x.sum, x, 0):find("sum: dimension 0", 1, true))
    assert.truthy(message(x.sum, x, "a"):find('integer, as in x:sum(1); got "a"', 1, true))
    assert.truthy(message(x.sum, x, 1, 1):find("keepdim", 1, true))
    assert.truthy(message(x.var, x, 1, "no"):find("unbiased", 1, true))
    assert.truthy(message(x.var, x, true, true):find("dimension comes first", 1, true))
    assert.truthy(message(x.sum, 5):find("a tensor is expected", 1, true))
    assert.truthy(message(mah.sum, "a"):find("a tensor is expected", 1, true))
  end)
end)

describe("two reductions in one expression", function()
  it("keep their numbers apart in compiled code", function()
    local x, wrong = mah.tensor { 1, 2, 3 }, 0
    for _ = 1, 500 do
      if not (x:min() < x:max()) then wrong = wrong + 1 end
      if not (x:sum() - x:mean() == 4) then wrong = wrong + 1 end
    end
    assert.equal(0, wrong)
  end)
end)
