-- Arithmetic: dtypes, broadcasting, operators, in place, and what is refused.
local mah = require "mah"
local message = require("golden").message

local function t(values, dtype) return mah.tensor(values, { dtype = dtype or "float32" }) end

describe("operators", function()
  it("take tensors and numbers on either side", function()
    local x = t { 1, 2 }
    assert.same({ 2, 4 }, (x + x):totable())
    assert.same({ 3, 4 }, (x + 2):totable())
    assert.same({ 3, 4 }, (2 + x):totable())
    assert.same({ 1, 0 }, (2 - x):totable())
    assert.same({ 4, 2 }, (4 / x):totable())
    assert.same({ 3, 9 }, (3 ^ x):totable())
    assert.same({ 1, 4 }, (x ^ 2):totable())
    assert.same({ 1, 0 }, (5 % x * 0 + x % 2):totable())
    assert.same({ -1, -2 }, (-x):totable())
    assert.same({ 2, 8 }, (x * x * 2):totable())
  end)

  it("broadcast", function()
    local sum = t { { 1 }, { 2 } } + t { 10, 20, 30 }
    assert.same({ { 11, 21, 31 }, { 12, 22, 32 } }, sum:totable())
    assert.same({ 0, 3 }, (mah.zeros(0, 3) + t { 1, 2, 3 }).shape)
  end)

  it("tell what does not fit", function()
    assert.truthy(message(function() return t { 1, 2 } + t { 1, 2, 3 } end)
      :find("float32 2 and float32 3", 1, true))
    assert.truthy(message(function() return t { 1 } + "a" end):find('got "a"', 1, true))
    assert.truthy(message(function() return {} - t { 1 } end):find("a tensor is expected", 1, true))
    local gone = t { 1 }
    gone:free()
    assert.truthy(message(function() return gone + 1 end):find("freed", 1, true))
    assert.truthy(message(function() return gone:exp_() end):find("freed", 1, true))
    assert.truthy(message(function() return gone:add_(t { 1 }) end):find("freed", 1, true))
  end)

  it("compare objects with ==", function()
    local x = t { 1 }
    assert.is_true(x == x)
    assert.is_false(x == t { 1 })
    assert.is_false(x == nil)
    assert.is_true(x:equal(t { 1 }))
    assert.is_false(x:equal(t { 2 }))
    assert.is_false(x:equal(t { 1, 1 }))
    assert.is_false(x:equal(t({ 1 }, "int32")))
    assert.is_false(t({ 0 / 0 }):equal(t { 0 / 0 }))
  end)
end)

describe("dtypes", function()
  it("of two tensors: the larger wins", function()
    local order = { "bool", "uint8", "int32", "int64", "float32", "float64" }
    for i, a in ipairs(order) do
      for j, b in ipairs(order) do
        local x, y = t({ 1 }, a), t({ 2 }, b)
        assert.equal(order[math.max(i, j)], (x + y).dtype)
        assert.equal(order[math.max(i, j, 5)], (x / y).dtype)
        assert.equal("bool", x:lt(y).dtype)
        assert.equal(order[math.max(i, 5)], x:exp().dtype)
        assert.equal(order[i], x:abs().dtype)
      end
    end
  end)

  it("of a number: the tensor's, unless that cannot hold it", function()
    assert.equal("int32", (t({ 1 }, "int32") + 2).dtype)
    assert.equal("float32", (t({ 1 }, "int32") * 0.5).dtype)
    assert.equal("float32", (t({ 1 }, "uint8") / 2).dtype)
    assert.equal("float64", (t({ 1 }, "float64") * 0.5).dtype)
    assert.equal("float32", (t { 1 } * 0.1).dtype)
    assert.equal("float32", t({ 4 }, "int32"):pow(0.5).dtype)
    assert.equal("int32", (t({ 4 }, "int32") ^ 2).dtype)
    assert.truthy(message(function() return t({ 1 }, "uint8") + 300 end)
      :find("300 does not fit uint8", 1, true))
    assert.same({ true, false }, t({ 1, 200 }, "uint8"):lt(100.5):totable())
    assert.same({ true, true }, t({ 1, 200 }, "uint8"):lt(1000):totable())
  end)

  it("of integers wrap around", function()
    assert.same({ -2147483648 }, (t({ 2147483647 }, "int32") + 1):totable())
    assert.same({ 0 }, (t({ 255 }, "uint8") + 1):totable())
    assert.same({ 0, 0 }, (t({ 7, -7 }, "int32") % 0):totable())
    assert.same({ -1, 1 }, (t({ 5, -5 }, "int32") % t({ -3, 3 }, "int32")):totable())
    assert.same({ math.huge }, (t({ 1 }, "int32") / 0):totable())
  end)

  it("in place: integers cannot hold floats", function()
    local x = t({ 1, 2 }, "int32")
    assert.truthy(message(x.mul_, x, 0.5):find("cannot hold", 1, true))
    assert.truthy(message(x.div_, x, 2):find("cannot hold", 1, true))
    assert.truthy(message(x.exp_, x):find("cannot hold", 1, true))
    assert.truthy(message(x.add_, x, t { 1, 2 }):find("cannot hold", 1, true))
    local y = t { 1, 2 }
    assert.equal(y, y:add_(t({ 1, 2 }, "float64")))
    assert.equal("float32", y.dtype)
    assert.same({ 2, 4 }, y:totable())
  end)
end)

describe("methods", function()
  it("add and sub know a factor", function()
    local x, y = t { 1, 2 }, t { 10, 20 }
    assert.same({ 6, 12 }, x:add(y, 0.5):totable())
    assert.same({ -4, -8 }, x:sub(y, 0.5):totable())
    assert.same({ 7, 8 }, x:add(3, 2):totable())
    assert.same({ -5, -4 }, x:sub(3, 2):totable())
    assert.same({ 6, 12 }, mah.add(x, y, 0.5):totable())
    x:add_(x, 0.5)
    assert.same({ 1.5, 3 }, x:totable())
    x:sub_(x, 2)
    assert.same({ -1.5, -3 }, x:totable())
    assert.equal("float32", t({ 1 }, "int32"):add(t({ 1 }, "int32"), 0.5).dtype)
    assert.equal("int32", t({ 1 }, "int32"):add(t({ 1 }, "int32"), -2).dtype)
    assert.truthy(message(x.add, x, y, "a"):find("alpha must be a number", 1, true))
  end)

  it("axpy_ and lerp", function()
    local w = mah.zeros(3)
    assert.equal(w, w:axpy_(2, mah.ones(3)))
    assert.same({ 2, 2, 2 }, w:totable())
    assert.same({ 2.5, 2.5, 2.5 }, w:lerp(mah.full(3, 4), 0.25):totable())
    assert.equal(w, w:lerp_(mah.full(3, 4), 0.5))
    assert.same({ 3, 3, 3 }, w:totable())
    assert.truthy(message(w.axpy_, w, mah.ones(3), 2):find("a must be a number", 1, true))
    assert.truthy(message(w.axpy_, w, 1, 2):find("x: a tensor is expected", 1, true))
    assert.truthy(message(w.lerp, w, w):find("weight must be a number", 1, true))
  end)

  it("where chooses", function()
    local x = t { -1, 2, -3 }
    assert.same({ 0, 2, 0 }, mah.where(x:gt(0), x, 0):totable())
    assert.same({ 5, 2, 5 }, x:where(x:gt(0), 5):totable())
    assert.same({ 1, 1, 1 }, mah.where(x, 1, 0):totable())
    assert.same({ { 1, 2 }, { 3, 2 } },
      mah.where(t({ 1, 0 }, "uint8"), t { { 1 }, { 3 } }, 2):totable())
    assert.equal("float32", mah.where(x:gt(0), 1, 0).dtype)
    assert.truthy(message(mah.where, 1, x, x):find("condition", 1, true))
    assert.truthy(message(mah.where, x, x, "a"):find('got "a"', 1, true))
  end)

  it("clamp moves into an interval", function()
    local x = t { -2, 0, 2, 0 / 0 }
    local y = x:clamp(-1, 1):totable()
    assert.same({ -1, 0, 1 }, { y[1], y[2], y[3] })
    assert.is_true(y[4] ~= y[4])
    assert.same({ -1, 0, 2 }, x({ { 1, 3 } }):clamp(-1):totable())
    assert.same({ -2, 0, 1 }, x({ { 1, 3 } }):clamp(nil, 1):totable())
    assert.equal(x, x:clamp_(0))
    assert.equal(0, x[1])
    assert.same({ 0, 9 }, t({ -5, 9 }, "int32"):clamp(0):totable())
    assert.truthy(message(x.clamp, x):find("low or high", 1, true))
    assert.truthy(message(x.clamp, x, 2, 1):find("low = 2", 1, true))
  end)

  it("set", function()
    local x = mah.ones(2, 2)
    assert.equal(x, x:fill_(3))
    assert.equal(12, x:sum())
    assert.equal(x, x:copy_(t({ 1, 2 }, "int32")))
    assert.same({ { 1, 2 }, { 1, 2 } }, x:totable())
    assert.equal(0, x:zero_():sum())
    assert.truthy(message(x.fill_, x, "a"):find("value must be a number", 1, true))
    assert.truthy(message(x.copy_, x, mah.ones(3)):find("broadcast", 1, true))
  end)

  it("apply_ calls a Lua function", function()
    local x = mah.arange(6):reshape(2, 3)
    assert.equal(x, x:apply_(function(v) return v * v end))
    assert.same({ { 1, 4, 9 }, { 16, 25, 36 } }, x:totable())
    x:t():apply_(function(v) if v > 10 then return 0 end end)
    assert.same({ { 1, 4, 9 }, { 0, 0, 0 } }, x:totable())
    assert.equal(4, mah.tensor(2):apply_(function(v) return v * 2 end):item())
  end)

  it("are functions, too, which take numbers", function()
    assert.is_true(math.abs(math.exp(1) - mah.exp(1)) < 1e-15)
    assert.equal(3, mah.maximum(2, 3):item())
    assert.same({ 1, 4 }, mah.square(t { 1, 2 }):totable())
    assert.same({ 1, 2 }, mah.minimum(t { 1, 5 }, 2):totable())
    assert.truthy(message(mah.exp, "a"):find('got "a"', 1, true))
  end)

  it("work on views, and in place on them", function()
    local x = mah.arange(6):reshape(2, 3)
    x:t()[1]:neg_()
    assert.same({ { -1, 2, 3 }, { -4, 5, 6 } }, x:totable())
    x({ {}, { 2, 3 } }):mul_(x({ {}, { 1, 2 } })) -- the operand overlaps: its old values count
    assert.same({ { -1, -2, 6 }, { -4, -20, 30 } }, x:totable())
  end)
end)

it("a Lua loop over elements is compiled", function()
  local x = mah.zeros(1000)
  for _ = 1, 100 do
    for i = 1, #x do x[i] = x[i] + i end
  end
  assert.equal(100 * 500500, x:sum())
end)
