local golden = require "golden"
local mah = require "mah"

local message = golden.message
local function long(values) return mah.tensor(values, { dtype = "int64" }) end

describe("int64", function()
  it("holds what doubles do not, in and out", function()
    local x = long { 1, -2 ^ 53, 9007199254740993LL }
    assert.equal("int64", x.dtype)
    assert.equal(1, x[1])
    assert.is_true(x[2] == -2LL ^ 53)
    assert.is_true(x[3] == 9007199254740993LL)
    x[1] = 9007199254740995LL
    assert.is_true(x[1] == 9007199254740995LL and x:totable()[1] == x[1])
    x[1] = -5.7
    assert.equal(-5, x[1])
    x[1] = 1e30
    assert.is_true(x[1] == 0x7fffffffffffffffLL)
    x[1] = tonumber "nan"
    assert.equal(0, x[1])
    x[{ { 1, 2 } }] = { 9007199254740993LL, -1.5 }
    assert.is_true(x[1] == 9007199254740993LL and x[2] == -1)
    x[mah.tensor { true, false, true }] = { 3, 9007199254740993LL }
    assert.is_true(x[1] == 3 and x[3] == 9007199254740993LL)
    assert.is_true(long(9007199254740993LL):item() == 9007199254740993LL)
    assert.matches("9007199254740993", tostring(x))
    local y = mah.zeros(1)
    y[1] = 3LL
    assert.equal(3, y[1])
  end)
  it("ranks between int32 and float32", function()
    local x = long { 1, 2 }
    for dtype, result in pairs { uint8 = "int64", int32 = "int64", float32 = "float32",
      float64 = "float64" } do
      assert.equal(result, (x + mah.ones(2, { dtype = dtype })).dtype)
    end
    assert.equal("int64", (x * 3).dtype)
    assert.equal("float32", (x / 2).dtype)
    assert.equal("float32", (x + 0.5).dtype)
    assert.equal("int64", mah.tensor({ 1.7 }):long().dtype)
    assert.same({ 1, 255 }, long({ 1, 300 }):byte():totable())
    assert.same({ 2 ^ 31 - 1 }, long({ 2 ^ 40 }):int():totable())
    assert.matches("does not fit int64", message(function() return x + 2 ^ 63 end))
  end)
  it("counts exactly: arithmetic, order, extremes", function()
    local big = 9007199254740993LL
    local x = long { big, big + 1, big - 2 }
    local sum = x + 1
    assert.is_true(sum[1] == big + 1)
    assert.is_true((x * 3)[1] == big * 3)
    assert.is_true((x % 10)[1] == 3)
    assert.is_true(long({ 3 }):pow(long { 39 })[1] == 4052555153018976267LL)
    assert.is_true(x:max() == big + 1 and x:min() == big - 2)
    assert.same({ 2, 3 }, { x:argmax(), x:argmin() })
    local rows = mah.stack { x, x:neg() }
    local most, places = rows:max(2)
    assert.is_true(most[1] == big + 1 and most[2] == -(big - 2))
    assert.same({ 2, 3 }, places:totable())
    assert.is_true(rows:min(1)[1] == -big)
    assert.same({ 3, 1, 2 }, x:argsort():totable())
    assert.same({ true, false, false }, x:eq(long { big, big, big }):totable())
    assert.is_true(x:unique()[2] == big)
    assert.equal(1, x:clamp(0, 1):max())
    assert.is_true(mah.where(x:gt(long { big - 1 }), x, x:neg())[3] == -(big - 2))
    assert.matches("no integer", message(function() return x:pow(long { -1, 1, 1 }) end))
  end)
  it("gives positions", function()
    local x = mah.arange(12):reshape(3, 4)
    assert.same({ { 9, 10, 11, 12 }, { 1, 2, 3, 4 } }, x:index_select(1, long { -1, 1 }):totable())
    assert.same({ { 2 } }, x:gather(2, long { { 2 } }):totable())
    assert.same({ 5, 0 }, mah.zeros(2):scatter_add(1, long { 1 }, mah.tensor { 5 }):totable())
    assert.same({ 0, 7 }, mah.zeros(2):index_add_(1, long { 2 }, mah.tensor { 7 }):totable())
    assert.same({ 0, 2, 1 }, mah.bincount(long { 1, 2, 1 }):totable())
    assert.matches("outside", message(x.index_select, x, 1, long { 2 ^ 40 }))
    assert.matches("beyond", message(mah.bincount, long { 2 ^ 40 }))
  end)
  it("is drawn, summed and saved", function()
    local x = mah.randint(0, 2 ^ 52, 100, { dtype = "int64", rng = mah.rng(1) })
    assert.is_true(x:max() > 2 ^ 45)
    assert.equal(6, long({ 1, 2, 3 }):sum())
    assert.equal("int64", long({ { 1 } }):sum(1).dtype)
    local path = os.tmpname()
    mah.save_csv(path, x:reshape(50, 2))
    local back = mah.load_csv(path, { dtype = "float64" })
    assert.is_true(back:long():equal(x:reshape(50, 2)))
    mah.save_npy(path, x)
    assert.is_true(mah.load_npy(path):equal(x))
    assert.matches("cannot hold int64", message(mah.save_idx, path, x))
    os.remove(path)
  end)
end)
