local golden = require "golden"
local mah = require "mah"

describe("mt19937", function()
  local g = golden.npz "random"

  for _, seed in ipairs { 0, 1, 42, 4294967295 } do
    local function rng() return mah.rng(seed, "mt19937") end
    local function of(name) return g[("s%.0f_%s"):format(seed, name)] end

    describe(("with seed %.0f equals numpy.random.RandomState"):format(seed), function()
      it("in doubles", function()
        local r, expected = rng(), of "random"
        for i = 1, #expected do assert.equal(expected[i], r:random()) end
        golden.equal(expected, rng():uniform(0, 1, 700, { dtype = "float64" }))
      end)
      it("in uniform numbers", function()
        golden.equal(of "uniform", rng():uniform(-2, 3, 3, 4, { dtype = "float64" }))
        golden.equal(of "uniform32", rng():uniform(-2, 3, { 3, 4 }))
        golden.equal(of "uniform", rng():fill_uniform(mah.zeros(3, 4):double(), -2, 3))
      end)
      it("in normal numbers", function()
        golden.equal(of "normal", rng():normal(1.5, 2, 11, { dtype = "float64" }))
      end)
      it("in integers", function()
        golden.equal(of "randint", rng():integers(0, 9, 20))
        golden.equal(of "wide", rng():integers(-5, 999999, 20))
        golden.equal(of "full", rng():integers(-2 ^ 31, 2 ^ 31 - 1, 5))
      end)
      it("in permutations and shuffled rows", function()
        golden.equal(of "permutation" + 1, rng():permutation(17))
        golden.equal(of "rows", rng():shuffle(mah.arange(0, 20):reshape(7, 3)))
        local apart = mah.zeros(7, 6)
        apart:narrow(2, 1, 3):copy_(mah.arange(0, 20):reshape(7, 3))
        golden.equal(of "rows", rng():shuffle(apart:narrow(2, 1, 3)))
        assert.equal(0, apart:narrow(2, 4, 3):sum())
        local column = mah.arange(1, 17, { dtype = "int32" }):reshape(17, 1):expand(17, 2)
          :contiguous()
        golden.equal(of "permutation" + 1, rng():shuffle(column:select(2, 1)))
      end)
      it("in a mixed sequence, one number at a time", function()
        local r, m = rng(), of "mixed"
        local got = { r:normal(), r:uniform(), r:integers(0, 99), r:normal(), r:normal() }
        for i, value in ipairs(got) do assert.equal(m[i], value) end
        golden.equal(m:narrow(1, 6, 3) + 1, r:permutation(3))
      end)
    end)
  end

  it("gives the well-known first numbers", function()
    assert.equal(0.5488135039273248, mah.rng(0, "mt19937"):random())
    assert.equal(0.417022004702574, mah.rng(1, "mt19937"):random())
    assert.equal(0.3745401188473625, mah.rng(42, "mt19937"):random())
    assert.same({ 3, 9, 5, 10, 2, 7, 8, 4, 1, 6 }, mah.rng(0, "mt19937"):permutation(10):totable())
  end)
end)

describe("a generator", function()
  for _, kind in ipairs { "philox", "mt19937" } do
    it("goes on from its state, through plain values, and as a clone: " .. kind, function()
      local rng = mah.rng(5, kind)
      rng:normal()
      for _ = 1, 700 do rng:u32() end
      local copy = {}
      for key, value in pairs(rng:state()) do
        assert.is_true(type(value) == "number" or type(value) == "string" or key == "words")
        copy[key] = value
      end
      local other, clone = mah.rng(77):set_state(copy), rng:clone()
      for _ = 1, 10 do
        local expected = rng:normal()
        assert.equal(expected, other:normal())
        assert.equal(expected, clone:normal())
      end
      assert.equal(tostring(rng), tostring(other))
    end)
  end

  it("refuses states that are none", function()
    local rng = mah.rng(1)
    local function broken(key, value)
      local state = rng:state()
      state[key] = value
      return golden.message(rng.set_state, rng, state)
    end
    assert.matches("rng:state", golden.message(rng.set_state, rng, 3))
    assert.matches("rng:state", broken("kind", "pcg"))
    assert.matches("rng:state", broken("words", { 1, 2 }))
    assert.matches("16 hexadecimal digits", broken("block", "xyz"))
    assert.matches("position 5", broken("position", 5))
  end)

  it("of philox gives other numbers for another seed or stream", function()
    local first = mah.rng(1):uniform(0, 1, 100)
    assert.is_true(first:equal(mah.rng(1):uniform(0, 1, 100)))
    assert.is_false(first:equal(mah.rng(2):uniform(0, 1, 100)))
    assert.is_false(first:equal(mah.rng(1, "philox", 1):uniform(0, 1, 100)))
  end)

  it("of philox makes numbers of its words, the same ones on every machine", function()
    local rng, double = mah.rng(1), { dtype = "float64" }
    for _, word in ipairs { 3823634032, 3842641596, 2515673792, 3054873127 } do
      assert.equal(word, rng:u32())
    end
    assert.same({ 0.89025914669036865, 0.89468467235565186, 0.58572590351104736 },
      mah.rng(1):uniform(0, 1, 3):totable())
    assert.same({ 0.89025917570803093, 0.58572595351389101, 0.67199826891803682 },
      mah.rng(1):uniform(0, 1, { 3 }, double):totable())
    -- scipy.stats.norm.ppf: 1.2279076052549582, 1.251833425737022, 0.21656405183143804
    assert.same({ 1.2279077768325806, 1.2518335580825806, 0.21656405925750732 },
      mah.rng(1):normal(0, 1, 3):totable())
    assert.same({ 1.2279076202999908, 0.21656406513140924, 0.44543771455170844 },
      mah.rng(1):normal(0, 1, { 3 }, double):totable())
    assert.same({ 90, 90, 59, 72, 68 }, mah.rng(1):integers(1, 100, 5):totable())
    assert.same({ 1, 3, 2, 6, 4, 7, 5, 8, 9 }, mah.rng(1):permutation(9):totable())
  end)

  it("gives n and then m numbers as n + m at once, into views too", function()
    for _, kind in ipairs { "philox", "mt19937" } do
      for _, dtype in ipairs { "float32", "float64" } do
        for _, name in ipairs { "uniform", "normal", "integers" } do
          local whole, rng = mah.rng(4, kind), mah.rng(4, kind)
          local all = whole[name](whole, 0, 7, { 2000 }, { dtype = dtype })
          local done = 0
          for _, n in ipairs { 1, 3, 511, 0, 513, 5, 967 } do
            local out = mah.zeros(2 * n, { dtype = dtype })
            local view = out:reshape(n, 2):select(2, 2)
            rng["fill_" .. name](rng, view, 0, 7)
            assert.is_true(n == 0 or view:equal(all:narrow(1, done + 1, n)))
            done = done + n
          end
          assert.equal(2000, done)
          assert.equal(whole:u32(), rng:u32())
        end
      end
    end
  end)

  it("keeps uniform float32 numbers below the upper end", function()
    local rng, top = mah.rng(1), 1 + 2 ^ -22 -- eight float32 numbers in [1 - ..., top)
    local x = rng:uniform(1, top, 1000)
    assert.is_true(x:max() < top and x:min() >= 1)
  end)

  it("has the distributions' means and spreads", function()
    local rng = mah.rng(9)
    local u, n = rng:uniform(2, 4, 40000, { dtype = "float64" }), rng:normal(1, 3, 40000)
    assert.is_true(math.abs(u:mean() - 3) < 0.02 and math.abs(u:var() - 1 / 3) < 0.01)
    assert.is_true(math.abs(n:mean() - 1) < 0.05 and math.abs(n:std() - 3) < 0.05)
    local dice = rng:integers(1, 6, 60000)
    assert.equal(1, dice:min())
    assert.equal(6, dice:max())
    for face = 1, 6 do assert.is_true(math.abs(dice:eq(face):sum() - 10000) < 400) end
    assert.is_true(math.abs(rng:fill_bernoulli(mah.zeros(40000), 0.3):mean() - 0.3) < 0.01)
  end)

  it("shuffles Lua lists", function()
    local list = mah.rng(3):shuffle { "a", "b", "c", "d", "e" }
    table.sort(list)
    assert.same({ "a", "b", "c", "d", "e" }, list)
  end)

  it("names what is wrong", function()
    local rng = mah.rng(1)
    assert.matches("seed must be an integer", golden.message(mah.rng, "x"))
    assert.matches("0 %.%.%. 2%^32 %- 1", golden.message(mah.rng, 2 ^ 32, "mt19937"))
    assert.matches('"philox" or "mt19937"', golden.message(mah.rng, 1, "mt"))
    assert.matches("of a philox generator", golden.message(mah.rng, 1, "mt19937", 2))
    for _, size in ipairs { { 2 }, {} } do -- a tensor, and one number
      assert.matches("low <= high", golden.message(rng.uniform, rng, 3, 1, unpack(size)))
      assert.matches("got 0 and inf", golden.message(rng.uniform, rng, 0, math.huge, unpack(size)))
      assert.matches("std >= 0", golden.message(rng.normal, rng, 0, -1, unpack(size)))
      assert.matches("got nan, 1", golden.message(rng.normal, rng, 0 / 0, 1, unpack(size)))
    end
    for _, name in ipairs { "random", "u32", "uniform", "normal", "shuffle", "state", "clone" } do
      for _, wrong in ipairs { {}, 1, setmetatable({}, getmetatable(rng)) } do
        assert.matches("a generator is expected", golden.message(rng[name], wrong))
      end
    end
    assert.matches("float32 or float64",
      golden.message(rng.normal, rng, 0, 1, 2, { dtype = "int32" }))
    assert.matches("integers: 1 %.%.%. 300",
      golden.message(rng.integers, rng, 1, 300, 2, { dtype = "uint8" }))
    assert.matches("integers: 5 %.%.%. 1", golden.message(rng.integers, rng, 5, 1))
    assert.matches("expanded", golden.message(rng.fill_uniform, rng, mah.zeros(1, 3):expand(4, 3)))
    assert.matches("0 %.%.%. 1", golden.message(rng.fill_bernoulli, rng, mah.zeros(2), 2))
    assert.matches("scalar has no order", golden.message(rng.shuffle, rng, mah.tensor(3)))
    assert.matches("freed", golden.message(rng.shuffle, rng, (function()
      local t = mah.zeros(3)
      t:free()
      return t
    end)()))
  end)
end)

describe("functions with the default generator", function()
  it("repeat after manual_seed", function()
    mah.manual_seed(5)
    local a, b = mah.rand(3, 2), mah.randn { 4 }
    mah.manual_seed(5)
    assert.is_true(a:equal(mah.rand(3, 2)) and b:equal(mah.randn(4)))
  end)
  it("take shapes, dtypes and generators", function()
    assert.same({ 2, 3 }, mah.rand(2, 3).shape)
    assert.equal("float64", mah.randn({ 2 }, { dtype = "float64" }).dtype)
    assert.equal("int32", mah.randint(1, 6, 10).dtype)
    assert.equal("uint8", mah.randint(0, 255, { 10 }, { dtype = "uint8" }).dtype)
    assert.is_true(mah.rand(5, { rng = 3 }):equal(mah.rng(3):uniform(0, 1, 5)))
    assert.is_true(mah.randperm(9, { rng = mah.rng(1) }):equal(mah.rng(1):permutation(9)))
    local like = mah.zeros(2, 2):double()
    assert.equal("float64", mah.rand_like(like).dtype)
    assert.equal("float32", mah.randn_like(like, { dtype = "float32" }).dtype)
    assert.same({ 2, 2 }, mah.randint_like(like, 3, 3).shape)
    assert.equal(12, mah.randint_like(like, 3, 3):sum())
    assert.is_true(mah.zeros(3):uniform_(1, 2, 7):equal(mah.rng(7):uniform(1, 2, 3)))
    assert.is_true(mah.zeros(3):normal_(1, 2, 7):equal(mah.rng(7):normal(1, 2, 3)))
    assert.equal(0, mah.rand(0):numel())
  end)
  it("name what is wrong", function()
    assert.matches("did you mean 'dtype'", golden.message(mah.rand, 2, { dtpye = "float64" }))
    assert.matches("size 1 must be", golden.message(mah.rand, -2))
    assert.matches("a seed or a generator", golden.message(mah.rand, 2, { rng = {} }))
  end)
end)
