local json = require "mah.base.json"

describe("json", function()
  it("writes sorted, indented objects and lists", function()
    assert.equal('{\n  "a": [\n    1,\n    true\n  ],\n  "b": "x\\"y"\n}',
      json.encode { b = 'x"y', a = { 1, true } })
    assert.equal("[]", json.encode {})
  end)

  it("writes null for numbers that JSON lacks", function()
    assert.equal("[\n  null,\n  null\n]", json.encode { 0 / 0, math.huge })
  end)

  it("reads back what it wrote", function()
    local value = { list = { 1, 2.5, { deep = "ماه" }, false, true }, flag = false }
    assert.same(value, json.decode(json.encode(value)))
  end)

  it("refuses what it cannot write or read", function()
    assert.error_matches(function() json.encode { a = 1, [{}] = 2 } end,
      "a key must be a string, got a table")
    assert.error_matches(function() json.decode "{" end, "mah.json.decode")
  end)
end)
