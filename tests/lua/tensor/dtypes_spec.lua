-- bool, float16 and bfloat16, and integers that overflow: against PyTorch and NumPy (tests/golden),
-- and the rules that elementwise.lua, reduce.lua and make.lua give.
local golden = require "golden"
local mah = require "mah"

local folder = arg[0]:match "^(.*/)" or "./"
local cases = dofile(folder .. "../golden/dtypes.lua")
local message = golden.message
local NAMES = { "bool", "uint8", "int32", "int64", "float16", "bfloat16", "float32", "float64" }

local function flat(t) return t:contiguous():reshape(-1) end

describe("dtypes meet", function()
  it("as in PyTorch", function()
    for a, row in pairs(cases.promotions) do
      for i, b in ipairs(NAMES) do
        assert.equal(row[i], (mah.ones(1, a) + mah.ones(1, b)).dtype, a .. " + " .. b)
        assert.equal(row[i], mah.cat({ mah.ones(1, a), mah.ones(1, b) }).dtype)
        assert.equal(row[i], mah.where(mah.ones(1, "bool"), mah.ones(1, a), mah.ones(1, b)).dtype)
      end
    end
  end)
  it("numbers, which take the tensor's dtype where it can hold them", function()
    assert.equal("float16", (mah.ones(2, "float16") * 0.1).dtype)
    assert.is_true((mah.tensor({ 0.1 }, "float16")):eq(0.1):all())
    assert.is_true((mah.tensor({ 0.1 }, "bfloat16")):eq(0.1):all())
    assert.is_false((mah.tensor({ 0.1 }, "float16")):float():eq(0.1):all())
    assert.same({ "int64", "float32", "int64", "float32" }, {
      (mah.ones(1, "bool") + 1).dtype, (mah.ones(1, "bool") * 1.5).dtype,
      (1 - mah.ones(1, "bool")).dtype, (mah.ones(1, "bool") / 2).dtype,
    })
    for dtype, number in pairs { uint8 = 256, int32 = 2 ^ 31, int64 = 2 ^ 63, bool = 2 ^ 64 } do
      assert.matches("does not fit", message(function() return mah.ones(1, dtype) + number end))
      assert.is_true(mah.ones(1, dtype):lt(number):all())
    end
  end)
end)

describe("float16 and bfloat16", function()
  for _, dtype in ipairs { "float16", "bfloat16" } do
    local wanted = cases[dtype]
    local x, y = mah.tensor(cases.x, "float64"):to(dtype), mah.tensor(cases.y, "float64"):to(dtype)
    it("are computed with in float32 and rounded once: " .. dtype, function()
      for _, op in ipairs { "add", "sub", "mul", "div", "maximum", "exp", "neg", "abs", "floor" } do
        local got = x[op](x, y)
        assert.equal(dtype, got.dtype)
        assert.same(wanted[op], got:totable(), op)
        local at_once = x:clone()
        assert.same(wanted[op], at_once[op .. "_"](at_once, y):totable())
      end
      assert.same(wanted.lt, x:lt(y):totable())
      assert.same(wanted.eq, x:eq(y):totable())
      assert.same(wanted.sorted, x:sort():totable())
      assert.same(wanted.sum, x:view(3, 4):sum(2):totable())
    end)
    it("are views, are picked and put, and are read and written: " .. dtype, function()
      local m = x:view(3, 4)
      assert.same(m:float():t():totable(), m:t():contiguous():totable())
      assert.same(m:float():masked_select(m:gt(0)):totable(), m[m:gt(0)]:totable())
      assert.same(m[2]:totable(), m:index_select(1, { 2 })[1]:totable())
      local z = mah.zeros(2, 2, dtype)
      z[1][2], z[{ 2, { 1 } }] = 1 / 3, mah.ones(1) * 5
      assert.same({ { 0, (mah.tensor({ 1 / 3 }, dtype))[1] }, { 5, 0 } }, z:totable())
      assert.equal(z[1][2], z:sum() - 5)
      assert.matches("^" .. dtype .. " 2x2\n{{0.0+, 0.33", tostring(z))
      local values, counts = mah.tensor({ 3, 1, 3, -0.0, 0 }, dtype):unique { counts = true }
      assert.same({ { 0, 1, 3 }, { 2, 1, 2 } }, { values:totable(), counts:totable() })
      assert.equal(2.5, mah.tensor({ 1, 2, 3, 9 }, dtype):median())
      assert.is_true(mah.rand(9, dtype):lt(1.01):all() and mah.randn(9, dtype):isfinite():all())
    end)
    it("are refused by linear algebra, with what to write: " .. dtype, function()
      assert.matches(dtype .. " 2x2; x:float%(%) converts it",
        message(mah.matmul, mah.ones(2, 2, dtype), mah.ones(2, 2)))
    end)
  end
end)

describe("bool", function()
  local a = mah.tensor { true, true, false, false }
  local b = mah.tensor { true, false, true, false }
  it("is made of truth values, and read and written as such", function()
    assert.equal("bool", a.dtype)
    assert.same({ { true }, { false } }, mah.tensor({ { true }, { false } }):totable())
    assert.same({ 1, 0 }, mah.tensor({ true, false }, "int32"):totable())
    assert.matches("a number is expected at %[2%], there is true",
      message(mah.tensor, { 1, true }))
    local x = mah.zeros(3, "bool")
    x[1], x[2], x[3] = true, 0.5, 0
    assert.same({ true, true, false }, x:totable())
    assert.equal("bool 3\n{ true,  true, false}", tostring(x))
    assert.is_true(x[1] and x:narrow(1, 1, 1):item() and mah.tensor(true):item())
    x[{ { 2, 3 } }] = true
    assert.is_true(x:all())
    local y = mah.zeros(2)
    y[1] = true
    assert.same({ 1, 0 }, y:totable())
  end)
  it("adds as or and multiplies as and", function()
    assert.same({ true, true, true, false }, (a + b):totable())
    assert.same({ true, false, false, false }, (a * b):totable())
    assert.matches("a:ne%(b%) or a:logical_xor%(b%)", message(function() return a - b end))
    assert.matches("x:logical_not%(%)", message(function() return -a end))
    assert.same({ "int64", "int64", "float32" }, { (a % b).dtype, (a ^ b).dtype, (a / b).dtype })
    assert.same({ true, false, false, false }, a:minimum(b):totable())
    assert.matches("cannot hold a result", message(a.add_, a, 1))
  end)
  it("knows logic, also of numbers", function()
    local x, y = mah.tensor { 0, 2, 0 / 0 }, mah.tensor { 3, 0, 1 }
    assert.same({ false, false, true }, mah.logical_and(x, y):totable())
    assert.same({ true, true, true }, x:logical_or(y):totable())
    assert.same({ true, true, false }, x:logical_xor(y):totable())
    assert.same({ true, false, false }, x:logical_not():totable())
    assert.same({ false, true, true }, x:logical_and(true):totable())
    assert.same({ true, true, true }, x:logical_or(1):totable())
    assert.same({ true, false, false }, x:logical_xor(1):totable())
    assert.same({ 1, 0, 0 }, x:clone():logical_not_():totable())
    assert.same({ 0, 0, 1 }, x:clone():logical_and_(y):totable())
    assert.matches("logical_and: a tensor is expected", message(x.logical_and, x, "a"))
  end)
  it("is counted", function()
    local m = mah.stack { a, b, a }
    assert.equal(6, m:sum())
    assert.same({ 3, 2, 1, 0 }, m:sum(1):totable())
    assert.same({ "int64", "float64", "int64" }, { m:sum(1).dtype, m:mean(1).dtype,
      m:cumsum(1).dtype })
    assert.equal(0.5, a:mean())
    assert.same({ 1, 0 }, { a:max(), a:min() })
    assert.same({ true, true, true, false }, (m:max(1)):totable())
    assert.same({ 1, 3 }, { a:argmax(), a:argmin() })
    assert.same({ false, false, true, true }, a:sort():totable())
    assert.same({ false, true }, a:unique():totable())
    assert.same({ 2, 2 }, a:bincount():totable())
    assert.same({ { 1 }, { 2 } }, a:nonzero():totable())
  end)
  it("comes of numbers that are not 0", function()
    assert.same({ false, false, true, true, true }, mah.tensor({ 0, -0.0, 0.1, -1, 0 / 0 }):bool()
      :totable())
  end)
end)

describe("integers", function()
  for _, dtype in ipairs { "uint8", "int32", "int64" } do
    it("wrap around as NumPy's: " .. dtype, function()
      local case = cases.integers[dtype]
      local a, b = mah.tensor(case.a, dtype), mah.tensor(case.b, dtype)
      local function same(expected, got, what)
        for i, value in ipairs(expected) do
          assert.is_true(value == got[i], ("%s %s [%d]: %s is not %s"):format(dtype, what, i,
            tostring(got[i]), tostring(value)))
        end
      end
      for _, op in ipairs { "add", "sub", "mul", "pow", "remainder", "neg", "abs", "square" } do
        same(case[op], a[op](a, b), op)
      end
      same({ case.sum }, { a:sum() }, "sum")
      same({ case.sum }, a:sum(1, true), "sum")
      same(case.cumsum, a:cumsum(), "cumsum")
    end)
  end
end)

describe("an int64_t", function()
  local big = 9007199254740993LL
  local x = mah.tensor({ 1, 2, 3 }, "int64")
  it("stands where a number may", function()
    assert.same({ false, true, false }, x:eq(2LL):totable())
    assert.same({ 3, 4, 5 }, (x + 2LL):totable())
    assert.same({ 2, 4, 6 }, (2LL * x):totable())
    assert.is_true((x + big)[1] == big + 1 and (x:float() * big).dtype == "float32")
    local most = x + 2 ^ 53
    assert.same({ false, false, true }, most:eq(most:max()):totable())
    assert.is_true(x:clone():fill_(big)[2] == big)
    assert.is_true(mah.full({ 2 }, big, "int64")[2] == big)
    assert.is_true(mah.full_like(x, big)[2] == big)
    assert.equal(0, mah.isin(mah.tensor({ big }, "int64"), { big + 1, big - 1 }):sum())
    assert.equal(1, mah.isin(mah.tensor({ big }, "int64"), { big + 1, big }):sum())
    assert.is_true(mah.where(x:gt(2), big, x)[3] == big)
    local y = x:clone()
    y[{ { 1, 2 } }], y[y:eq(3)] = big, 7LL
    assert.is_true(y[1] == big and y[2] == big and y[3] == 7)
    assert.same({ 2, 2, 3 }, x:clamp(2LL):totable())
  end)
end)

describe("networks", function()
  it("learn from any dtype of numbers", function()
    local x, y = mah.rand(20, 3, { rng = mah.rng(1) }), mah.randint(0, 1, 20, { rng = mah.rng(2) })
    local function weights(inputs, classes)
      local net = mah.mlp { 3, { 2, "softmax" }, seed = 1 }
      mah.train(net, { x = inputs, y = classes }, { stop = 2, seed = 1 })
      return net.params
    end
    local half = x:half()
    assert.is_true(weights(half:float(), y):equal(weights(half, y:long())))
    assert.is_true(weights(x:gt(0.5):float(), y):equal(weights(x:gt(0.5), y:bool())))
    assert.matches("class numbers are integers, and these are float32: write y:int%(%)",
      message(weights, x, y:float()))
    half[2][3] = 0 / 0
    assert.matches("row 2, column 3 is nan", message(weights, half, y))
  end)
end)

describe("a dtype", function()
  it("may stand as a plain string", function()
    for _, t in ipairs {
      mah.zeros(2, 3, "int32"), mah.ones({ 2, 3 }, "int32"), mah.empty(6, "int32"),
      mah.full({ 2 }, 7, "int32"), mah.arange(3, "int32"), mah.arange(1, 3, "int32"),
      mah.arange(1, 3, 1, "int32"), mah.linspace(0, 4, 5, "int32"), mah.eye(2, "int32"),
      mah.eye(2, 3, "int32"), mah.zeros_like(mah.ones(2), "int32"), mah.tensor({ 1 }, "int32"),
      mah.full_like(mah.ones(2), 3, "int32"), mah.randint(1, 6, 3, "int32"),
      mah.ones(2):to "int32", mah.rng(1):integers(1, 6, 4, "int32"),
    } do
      assert.equal("int32", t.dtype)
    end
    assert.equal("float64", mah.rand(2, "float64").dtype)
    assert.equal("float64", mah.randn({ 2, 2 }, "float64").dtype)
    assert.matches("'flaot32'", (message(mah.zeros, 2, "flaot32"):gsub('"', "'")))
    assert.matches("did you mean 'float32'", message(mah.zeros, 2, "flaot32"))
    assert.matches("did you mean 'bool'", message(mah.ones(1).to, mah.ones(1), "boool"))
  end)
  it("has a method each", function()
    for method, dtype in pairs { float = "float32", double = "float64", int = "int32",
      long = "int64", byte = "uint8", bool = "bool", half = "float16", bfloat16 = "bfloat16" } do
      assert.equal(dtype, mah.ones(1)[method](mah.ones(1)).dtype)
    end
  end)
  it("comes through files", function()
    local path = os.tmpname()
    local all = {}
    for _, dtype in ipairs(NAMES) do
      all[dtype] = mah.randint(0, 1, { 2, 3 }, dtype)
      if dtype ~= "bfloat16" then
        mah.save_npy(path, all[dtype]:t())
        assert.is_true(mah.load_npy(path):equal(all[dtype]:t()))
        assert.equal("float64", mah.load_npy(path, "float64").dtype)
      end
    end
    mah.save_safetensors(path, all)
    local back = mah.load_safetensors(path)
    for name, t in pairs(all) do assert.is_true(back[name]:equal(t), name) end
    all.bfloat16 = nil
    mah.save_npz(path, all)
    for name, t in pairs(mah.load_npz(path)) do assert.is_true(t:equal(all[name]), name) end
    assert.matches("cannot hold bfloat16; save it as float32, or in safetensors",
      message(mah.save_npy, path, back.bfloat16))
    assert.matches("cannot hold float16", message(mah.save_idx, path, back.float16))
    mah.save_csv(path, mah.tensor({ { 1 / 3, 65504 } }, "float16"))
    assert.same({ { mah.tensor({ 1 / 3 }, "float16")[1], 65504 } },
      mah.load_csv(path):half():totable())
    os.remove(path)
  end)
end)

describe("tensors of positions", function()
  local x = mah.arange(0, 23, "float64"):view(2, 3, 4)
  local names = { r = mah.tensor({ 2, 1, -1 }, "int32"), c = mah.tensor({ { 1 }, { 3 } }, "int64") }
  names.mask = x[1]:select(2, 1):gt(2)

  it("pick as NumPy's do", function()
    for _, case in ipairs(cases.indices) do
      local keys = setfenv(assert(loadstring("return " .. case[1])), names)()
      local got = x[keys]
      assert.same(case[2], got.shape, case[1])
      assert.same(case[3], flat(got):totable(), case[1])
      assert.same(got:totable(), x(keys):totable())
    end
  end)
  it("put where they pick", function()
    for _, case in ipairs(cases.indices) do
      local keys = setfenv(assert(loadstring("return " .. case[1])), names)()
      for _, turned in ipairs { false, true } do
        local y = turned and x:permute(3, 1, 2):contiguous():permute(2, 3, 1) or x:clone()
        y[keys] = -x[keys] - 100
        local picked, others = flat(y[keys]), {}
        assert.is_true(picked:equal(flat(-x[keys] - 100)), case[1])
        for i = 1, 24 do
          local value = flat(y)[i]
          if value >= 0 then others[#others + 1] = value end
        end
        local left = 24 - #flat(x[keys]):unique()
        assert.equal(left, #others, case[1])
        y[keys] = 7
        assert.is_true(y[keys]:eq(7):all(), case[1])
      end
    end
  end)
  it("stand alone, when they are int32 or int64", function()
    local m = mah.arange(6):view(3, 2)
    assert.same({ { 5, 6 }, { 1, 2 } }, m[mah.tensor({ 3, 1 }, "int64")]:totable())
    m[mah.tensor({ 3, 1 }, "int32")] = { { 0, 1 }, { 7, 8 } }
    assert.same({ { 7, 8 }, { 3, 4 }, { 0, 1 } }, m:totable())
    assert.same({ 3, 1, 3 }, mah.arange(3)[mah.tensor({ 3, 1, -1 }, "int32")]:totable())
    local v = mah.zeros(3)
    v[mah.tensor({ 1, 2, 1 }, "int32")] = mah.tensor { 1, 2, 3 } -- the last one counts
    assert.same({ 3, 2, 0 }, v:totable())
    assert.same({ 0 }, mah.zeros(0)[mah.zeros(0, "int32")].shape)
    assert.same({ 0, 2 }, m[mah.zeros(0, "int32")].shape)
  end)
  it("are masks, when they are bool or uint8", function()
    local m = mah.arange(6):view(3, 2)
    for _, dtype in ipairs { "bool", "uint8" } do
      local mask = m:gt(3):to(dtype)
      assert.same({ 4, 5, 6 }, m[mask]:totable())
      assert.same({ 4, 5, 6 }, m[{ mask }]:totable())
      assert.same({ { 5, 6 } }, m[m:select(2, 1):gt(3):to(dtype)]:totable())
      assert.same({ { 1 }, { 3 }, { 5 } }, m[{ {}, mah.tensor({ 1, 0 }, dtype) }]:totable())
    end
    m[{ {}, mah.tensor { false, true } }] = 0
    assert.same({ { 1, 0 }, { 3, 0 }, { 5, 0 } }, m:totable())
    m[m:eq(0)] = true
    assert.same({ { 1, 1 }, { 3, 1 }, { 5, 1 } }, m:totable())
  end)
  it("are checked", function()
    for words, keys in pairs {
      ["index_select: position 4 is outside of 1 ... 3"] = { {}, mah.tensor({ 4 }, "int32") },
      ["position 5 is outside of 1 ... 4, dimension 3"] =
        { names.r, {}, mah.tensor({ 5 }, "int64") },
      ["position 0 is outside of 1 ... 3, dimension 2"] = { names.r, mah.tensor({ 0 }, "int32") },
      ["positions are int32 or int64, a mask is bool or uint8"] = { mah.ones(2) },
      ["the mask bool 2 does not fit float64 2x3x4 from dimension 2"] =
        { {}, mah.ones(2, "bool") },
      ["4 indices for float64 2x3x4"] = { {}, {}, {}, names.r },
      ["shapes do not broadcast"] = { names.r, mah.tensor({ 1, 2 }, "int32") },
      ["index 2 must be a number, a range such as {1, 3} or a tensor; got \"a\""] =
        { names.r, "a" },
    } do
      local text = message(function() return x[keys] end)
      assert.is_truthy(text:find(words, 1, true), text)
      local y = x:clone()
      assert.is_truthy(message(function() y[keys] = 1 end):find(words:gsub("^.-: ", ""), 1, true))
      assert.is_true(y:equal(x))
    end
    assert.matches("write x:lt", message(function() return x > 2 end))
    assert.matches("x:gt%(y%)", message(function() return 2 < x end))
    assert.matches("x:gt%(y%)", message(function() return x >= x end))
  end)
end)
