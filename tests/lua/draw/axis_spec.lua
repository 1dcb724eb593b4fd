local Axis = require "mah.draw.axis"
local Locale = require "mah.draw.locale"

local en, fa = Locale.of "en", Locale.of "fa"

local function labels(axis)
  local list = {}
  for i, tick in ipairs(axis.ticks) do list[i] = tick.label end
  return list
end

local function linear(low, high, most, more)
  local axis = { low = low, high = high, most = most, locale = en }
  for k, v in pairs(more or {}) do axis[k] = v end
  return Axis.new(axis)
end

describe("axes", function()
  it("have ticks at round numbers inside the range", function()
    assert.same({ "0", "2", "4", "6" }, labels(linear(0, 7.3, 5)))
    assert.same({ "−1.0", "−0.5", "0.0", "0.5", "1.0" }, labels(linear(-1.1, 1.1, 5)))
    assert.same({ "0.900", "0.925", "0.950", "0.975", "1.000" }, labels(linear(0.9, 1, 4)))
    for _, span in ipairs { 1e-12, 1e-5, 0.37, 1, 42, 99999, 1e15 } do
      local axis = linear(-span / 3, span, 6)
      assert.is_true(#axis.ticks >= 2 and #axis.ticks <= 8)
      for _, tick in ipairs(axis.ticks) do
        assert.is_true(tick.value >= -span / 3 and tick.value <= span)
      end
    end
  end)

  it("have whole numbers only, when asked", function()
    assert.same({ "1", "2", "3" }, labels(linear(0.9, 3.1, 6, { whole = true })))
  end)

  it("write percent, huge and tiny numbers", function()
    assert.same({ "0%", "50%", "100%" }, labels(linear(0, 1, 2, { format = "percent" })))
    assert.same({ "0", "1×10⁹", "2×10⁹" }, labels(linear(0, 2e9, 2)))
    assert.same({ "0", "5×10⁻⁹" }, labels(linear(0, 9e-9, 2)))
    assert.same({ "0", "50,000", "100,000" }, labels(linear(0, 1e5, 2)))
    assert.same({ "<0>", "<1>" }, labels(linear(0, 1, 1,
      { format = function(v) return ("<%g>"):format(v) end })))
  end)

  it("write Persian digits", function()
    assert.same({ "۰٫۰", "۰٫۵", "۱٫۰" }, labels(linear(0, 1, 2, { locale = fa })))
    assert.equal("−۱۲٬۳۴۵٫۵", fa:number(-12345.5, 1))
    assert.equal("۸۷٪", fa:percent(0.87))
    assert.equal("۵۰", fa:label "50")
    assert.equal("relu", fa:label "relu")
    assert.equal("–", fa:number(0 / 0))
  end)

  it("have decades when they are logarithmic", function()
    local function log(low, high, most) return linear(low, high, most, { log = true }) end
    assert.same({ "0.001", "0.01", "0.1", "1" }, labels(log(0.0009, 1.1, 6)))
    assert.same({ "1", "2", "5", "10", "20" }, labels(log(1, 30, 6)))
    assert.same({ "10⁻⁹", "10⁻⁶", "10⁻³", "10⁰", "10³" }, labels(log(1e-9, 1e3, 5)))
    assert.is_true(#log(2, 3, 5).ticks >= 2) -- no decade inside
  end)

  it("place values", function()
    local axis = linear(0, 10, 5)
    axis:between(100, 200)
    assert.equal(150, axis:place(5))
    local log = linear(1, 100, 5, { log = true })
    log:between(0, 100)
    assert.is_true(math.abs(log:place(10) - 50) < 1e-9)
    assert.is_true(axis:has(10) and not axis:has(10.1) and not axis:has(0 / 0))
  end)

  it("leave room around the data", function()
    local low, high = Axis.padded(5, 5)
    assert.is_true(low < 5 and high > 5)
    low, high = Axis.padded(0, 0)
    assert.same({ -1, 1 }, { low, high })
    assert.equal(0, (Axis.padded(0, 10)))
    assert.equal(0, (Axis.padded(1, 10, false, true)))
    assert.is_true((Axis.padded(5, 10, false, true)) > 4)
    low, high = Axis.padded(1, 100, true)
    assert.is_true(low > 0 and low < 1 and high > 100)
  end)
end)
