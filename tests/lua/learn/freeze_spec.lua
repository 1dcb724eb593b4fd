local freeze = require "mah.learn.freeze"
local mah = require "mah"

describe("freeze", function()
  it("brings values back bit for bit", function()
    local state = {
      w = mah.tensor { 1, 2 }, t = 0.1, big = 1e300, inf = math.huge, minus = -math.huge,
      flag = false,
      list = { 1 / 3, "two\n", { deep = { mah.tensor({ 3 }, { dtype = "int32" }) } } }, empty = {},
      [2] = "a number as key",
    }
    local back = freeze.thaw(freeze.freeze(state))
    assert.is_true(back.w:equal(state.w))
    assert.is_true(back.list[3].deep[1]:equal(state.list[3].deep[1]))
    back.w, state.w, back.list[3], state.list[3] = nil, nil, nil, nil
    assert.same(state, back)
    local nan = freeze.thaw(freeze.freeze { x = 0 / 0 }).x
    assert.is_true(nan ~= nan)
  end)

  it("names what it cannot keep", function()
    assert.error_matches(function() freeze.freeze { a = { b = print } } end,
      "cannot save a.b: it is a function")
    assert.error_matches(function() freeze.freeze { [{}] = 1 } end, "a key is a table")
  end)

  it("refuses damaged state", function()
    assert.error_matches(function() freeze.thaw({}, "[1]") end, "damaged")
    assert.error_matches(function() freeze.thaw({}, '{"k": ["s:w"], "v": ["t:w"]}') end,
      "lacks the tensor w")
    assert.error_matches(function() freeze.thaw({}, "{") end, "decode")
  end)
end)
