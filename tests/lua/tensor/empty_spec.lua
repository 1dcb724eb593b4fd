--- Tensors without elements may have extents of any size: nothing loops over them.
local golden = require "golden"
local mah = require "mah"

local message = golden.message

describe("a tensor without elements", function()
  local wide, high = mah.ones(0, 2 ^ 40), mah.ones(2 ^ 40, 0)
  local deep = mah.ones(2 ^ 19, 2 ^ 19, 0)

  it("is shown at once", function()
    assert.equal("float32 1099511627776x0\n{}", tostring(high))
    assert.equal("float32 0x1099511627776\n{}", tostring(wide))
  end)
  it("is summed, joined and copied at once", function()
    for _, t in ipairs { wide, high, deep } do
      for d = 1, 2 do
        assert.same(t.shape, t:cumsum(d).shape)
        assert.same(2 * t.shape[d], mah.cat({ t, t }, d).shape[d])
      end
      assert.is_true(t:exp():equal(t + 1))
      assert.same({ 0 }, t:masked_select(t:gt(0)).shape)
    end
  end)
  it("becomes no list that is out of proportion", function()
    assert.same({}, wide:totable())
    assert.matches("totable: float32 1099511627776x0 would become 1099511627776 parts",
      message(high.totable, high))
    assert.matches("totable", message(deep.totable, deep))
    assert.matches("split: .* would become 1099511627776 parts", message(high.split, high, 1))
    assert.equal(2, #high:split(2 ^ 39))
    assert.same({ { {}, {} }, { {}, {} } }, mah.ones(2, 2, 0):totable())
  end)
end)
