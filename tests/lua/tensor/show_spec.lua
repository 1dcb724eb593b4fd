-- What print shows.
local ffi = require "ffi"
local mah = require "mah"

ffi.cdef [[
int setenv(const char *name, const char *value, int overwrite);
int unsetenv(const char *name);
]]

local function show(x, columns)
  ffi.C.setenv("COLUMNS", tostring(columns or 80), 1)
  local text = tostring(x)
  ffi.C.unsetenv "COLUMNS"
  return text
end

local function lines(text)
  local list = {}
  for line in (text .. "\n"):gmatch "(.-)\n" do list[#list + 1] = line end
  return list
end

describe("a tensor's text", function()
  it("has dtype, shape and aligned values", function()
    assert.equal("float32 2x2\n{{ 1.00, -2.50},\n { 3.25, 10.00}}",
      show(mah.tensor { { 1, -2.5 }, { 3.25, 10 } }))
    assert.equal("int32 3\n{ 1, 20, -3}", show(mah.tensor({ 1, 20, -3 }, { dtype = "int32" })))
    assert.equal("float64 scalar\n2.5", show(mah.tensor(2.5, { dtype = "float64" })))
    assert.equal("uint8 0x3\n{}", show(mah.zeros(0, 3, { dtype = "uint8" })))
    assert.equal("float32 2x1x2\n{{{1.0, 1.0}},\n\n {{1.0, 1.0}}}", show(mah.ones(2, 1, 2)))
  end)

  it("shows what is not finite, and both large and small numbers", function()
    assert.equal("float32 4\n{ 1.5,  nan,  inf, -inf}",
      show(mah.tensor { 1.5, 0 / 0, math.huge, -math.huge }))
    assert.equal("float32 2\n{1.0000e-06, 1.0000e+00}", show(mah.tensor { 1e-6, 1 }))
    assert.equal("float32 2\n{1.0000e+10, 1.0000e+00}", show(mah.tensor { 1e10, 1 }))
    assert.equal("float32 2\n{0.3333, 0.5000}", show(mah.tensor { 1 / 3, 0.5 }))
    assert.equal("float32 2\n{0.0, 0.0}", show(mah.zeros(2)))
  end)

  it("can be read by mah.tensor", function()
    local x = mah.tensor { { 1, 2.5 }, { -3, 4 } }
    local again = assert(loadstring("return " .. show(x):match "\n(.*)"))()
    assert.is_true(x:equal(mah.tensor(again)))
  end)

  it("is shortened in the middle when there is much", function()
    local list = lines(show(mah.arange(10000):reshape(100, 100):int()))
    assert.equal(8, #list)
    assert.equal("{{    1,     2,     3, ...,    98,    99,   100},", list[2])
    assert.equal(" ...,", list[5])
    assert.equal(" { 9901,  9902,  9903, ...,  9998,  9999, 10000}}", list[8])
    assert.equal("int32 2000\n{   1,    2,    3, ..., 1998, 1999, 2000}",
      show(mah.arange(2000):int()))
    assert.is_nil(show(mah.arange(1000):int()):find("...", 1, true))
  end)

  it("fits the terminal", function()
    for _, columns in ipairs { 40, 80, 133 } do
      local list = lines(show(mah.arange(300):reshape(3, 100), columns))
      assert.is_true(#list > 3)
      local longest = 0
      for _, line in ipairs(list) do longest = math.max(longest, #line) end
      assert.is_true(longest <= columns)
      assert.is_true(longest > columns - 10)
    end
    ffi.C.setenv("COLUMNS", "garbage", 1)
    assert.is_true(#tostring(mah.arange(10)) > 0)
    ffi.C.unsetenv "COLUMNS"
  end)

  it("of a freed tensor says so", function()
    local x = mah.zeros(2)
    x:free()
    assert.equal("a freed tensor", show(x))
  end)
end)
