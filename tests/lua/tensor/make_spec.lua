-- Tensors from values, filled, ranges, and values out again.
local ffi = require "ffi"
local mah = require "mah"
local message = require("golden").message

local dtypes = { "float32", "float64", "int32", "uint8" }

describe("mah.tensor", function()
  it("takes nested tables, and float32 unless told", function()
    local a = mah.tensor { { 1, 2, 3 }, { 4, 5, 6 } }
    assert.same({ 2, 3 }, a.shape)
    assert.equal("float32", a.dtype)
    assert.same({ { 1, 2, 3 }, { 4, 5, 6 } }, a:totable())
    for _, dtype in ipairs(dtypes) do
      assert.equal(dtype, mah.tensor({ 1, 2 }, { dtype = dtype }).dtype)
    end
    assert.same({ 0 }, mah.tensor({}).shape)
    assert.same({ 2, 0 }, mah.tensor({ {}, {} }).shape)
  end)

  it("takes numbers and tensors", function()
    local five = mah.tensor(5)
    assert.same({}, five.shape)
    assert.equal(5, five:item())
    local a = mah.tensor { 1, 2 }
    local b = mah.tensor(a)
    b[1] = 9
    assert.equal(1, a[1])
    assert.equal("int32", mah.tensor(a, { dtype = "int32" }).dtype)
  end)

  it("names the place of what does not fit", function()
    assert.truthy(message(mah.tensor, { { 1, 2 }, { 3 } })
      :find("2 elements are expected at [2], there are 1", 1, true))
    assert.truthy(message(mah.tensor, { { 1, 2 }, 3 }):find("expected at [2], there is 3", 1, true))
    assert.truthy(message(mah.tensor, { 1, { 2 } })
      :find("a number is expected at [2], there is a table", 1, true))
    assert.truthy(message(mah.tensor, { { 1 }, { "x" } }):find('at [2][1], there is "x"', 1, true))
    assert.truthy(message(mah.tensor, "x"):find('got "x"', 1, true))
    assert.truthy(message(mah.tensor, { 1 }, { dtype = "float" }):find("float32", 1, true))
    assert.truthy(message(mah.tensor, { 1 }, { dtyp = "int32" }):find("dtype", 1, true))
  end)

  it("is blamed at the caller's line", function()
    local line = debug.getinfo(1, "l").currentline + 1
    assert.truthy(message(function() mah.tensor "x" end):find("make_spec.lua:" .. line, 1, true))
  end)
end)

describe("filled tensors", function()
  it("take sizes as numbers or a list, and options", function()
    assert.same({ { 0, 0, 0 }, { 0, 0, 0 } }, mah.zeros(2, 3):totable())
    assert.same({ { 1 }, { 1 } }, mah.ones({ 2, 1 }):totable())
    assert.equal("int32", mah.zeros(2, { dtype = "int32" }).dtype)
    assert.equal("uint8", mah.ones({ 2 }, { dtype = "uint8" }).dtype)
    assert.equal("float64", mah.empty(2, 2, { dtype = "float64" }).dtype)
    assert.same({}, mah.zeros().shape)
    assert.same({}, mah.zeros({ dtype = "int32" }).shape)
    assert.same({ 7, 7 }, mah.full(2, 7):totable())
    assert.same({ { 7, 7 } }, mah.full({ 1, 2 }, 7, { dtype = "int32" }):totable())
    assert.same({ true, true }, mah.full(2, true):totable())
    assert.same({ 0, 0 }, mah.full(2, false, "float32"):totable())
  end)

  it("can be like another", function()
    local a = mah.tensor({ { 1, 2 } }, { dtype = "int32" })
    for name, value in pairs { zeros_like = 0, ones_like = 1 } do
      local b = mah[name](a)
      assert.same({ { value, value } }, b:totable())
      assert.equal("int32", b.dtype)
      assert.equal("float64", mah[name](a, { dtype = "float64" }).dtype)
    end
    assert.same({ { 5, 5 } }, mah.full_like(a, 5):totable())
    assert.same({ 1, 2 }, mah.empty_like(a).shape)
  end)

  it("refuse bad sizes", function()
    assert.truthy(message(mah.zeros, 2, -1):find("size 2", 1, true))
    assert.truthy(message(mah.zeros, 1.5):find("1.5", 1, true))
    assert.truthy(message(mah.zeros, "2"):find('"2"', 1, true))
    assert.truthy(message(mah.zeros, 1, 1, 1, 1, 1, 1, 1, 1, 1):find("9 dimensions", 1, true))
    assert.truthy(message(mah.zeros, 2 ^ 40, 2 ^ 40):find("too many", 1, true))
    assert.truthy(message(mah.zeros, 2 ^ 45):find("out of memory", 1, true))
    assert.truthy(message(mah.full, 2):find("value must be a number", 1, true))
    assert.truthy(message(mah.zeros_like, 2):find("a tensor is expected", 1, true))
  end)
end)

describe("ranges", function()
  it("arange counts as Lua's for does", function()
    assert.same({ 1, 2, 3 }, mah.arange(3):totable())
    assert.same({ 2, 3, 4 }, mah.arange(2, 4):totable())
    assert.same({ 1, 3, 5 }, mah.arange(1, 6, 2):totable())
    assert.same({ 3, 2, 1 }, mah.arange(3, 1, -1):totable())
    assert.same({ 0 }, mah.arange(3, 2).shape)
    assert.equal(11, #mah.arange(0, 1, 0.1))
    assert.equal("int32", mah.arange(3, { dtype = "int32" }).dtype)
    assert.equal("int32", mah.arange(1, 3, 1, { dtype = "int32" }).dtype)
    assert.truthy(message(mah.arange, 1, 2, 0):find("step is 0", 1, true))
    assert.truthy(message(mah.arange, 1, math.huge):find("stop", 1, true))
    assert.truthy(message(mah.arange):find("stop", 1, true))
  end)

  it("linspace ends where it is told to", function()
    local x = mah.linspace(0, 1, 11, { dtype = "float64" })
    assert.equal(11, #x)
    assert.equal(0, x[1])
    assert.equal(1, x[11])
    assert.is_true(math.abs(x[4] - 0.3) < 1e-15)
    assert.same({ 5 }, mah.linspace(5, 9, 1):totable())
    assert.same({ 0 }, mah.linspace(5, 9, 0).shape)
    assert.truthy(message(mah.linspace, 1, 2):find("steps", 1, true))
    assert.truthy(message(mah.linspace, 1, nil, 2):find("stop", 1, true))
  end)

  it("eye has ones on its diagonal", function()
    assert.same({ { 1, 0 }, { 0, 1 } }, mah.eye(2):totable())
    assert.same({ { 1, 0, 0 }, { 0, 1, 0 } }, mah.eye(2, 3):totable())
    assert.equal("uint8", mah.eye(2, { dtype = "uint8" }).dtype)
  end)
end)

describe("memory of someone else", function()
  it("is looked at and written without a copy", function()
    local block = ffi.new("double[4]", 1, 2, 3, 4)
    local x = mah.from_pointer(block, { 2, 2 }, "float64")
    assert.same({ { 1, 2 }, { 3, 4 } }, x:totable())
    x[2][1] = 9
    assert.equal(9, block[2])
    assert.truthy(message(mah.from_pointer, 5, 2):find("a pointer is expected", 1, true))
    assert.truthy(message(mah.from_pointer, nil, 2):find("a pointer is expected", 1, true))
    assert.truthy(message(mah.from_pointer, ffi.new "void*", 2):find("null", 1, true))
  end)
end)

describe("values out", function()
  it("to converts, and is the tensor itself when there is nothing to do", function()
    local x = mah.tensor { -1.5, 2.5, 300, 0 / 0 }
    assert.same({ -1, 2, 300, 0 }, x:int():totable())
    assert.same({ 0, 2, 255, 0 }, x:byte():totable())
    assert.equal("float64", x:double().dtype)
    assert.equal(x, x:float())
    assert.equal("int32", x:to("int32").dtype)
    assert.truthy(message(x.to, x, "complex"):find('"complex"', 1, true))
    assert.truthy(message(x.to, x):find("dtype must be", 1, true))
  end)

  it("reads sizes and options alike when compiled", function()
    for i = 1, 400 do
      assert.same({ 2, i }, mah.zeros({ 2, i }, { dtype = "int32" }).shape)
      assert.same({ i, 2 }, mah.empty(i, 2, { dtype = "uint8" }).shape)
      assert.same({ 3, 1, 2 }, mah.zeros(1, 2, 3):permute({ 3, 1, 2 }).shape)
      assert.same({ 3, 2 }, mah.zeros(2, 3):reshape({ 3, -1 }).shape)
    end
  end)

  it("refuses what is no shape", function()
    local circle = {}
    circle[1] = circle
    assert.truthy(message(mah.tensor, circle):find("at most 8", 1, true))
    assert.truthy(message(mah.zeros, 2, nil, 3):find("size 2 is nil", 1, true))
    assert.truthy(message(mah.arange):find("stop must be a finite number", 1, true))
    assert.truthy(message(function() mah.zeros(2):reshape(-1, {}) end):find("size 2", 1, true))
  end)

  it("item wants one element", function()
    assert.equal(2.5, mah.tensor({ { 2.5 } }):item())
    assert.truthy(message(function() return mah.zeros(2):item() end):find("one element", 1, true))
  end)

  it("clone has memory of its own", function()
    local x = mah.arange(4):reshape(2, 2)
    local y = x:t():clone()
    assert.is_true(y:is_contiguous())
    y[1][1] = 9
    assert.equal(1, x[1][1])
    assert.same({ { 9, 3 }, { 2, 4 } }, y:totable())
  end)

  it("totable gives nested tables", function()
    assert.equal(3, mah.tensor(3):totable())
    assert.same({ { { 1 }, { 2 } } }, mah.arange(2):reshape(1, 2, 1):totable())
  end)
end)
