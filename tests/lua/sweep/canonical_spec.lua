require "mah"
local canonical = require "mah.sweep.canonical"

local function problem_of(value) return select(2, canonical.encode(value)) end

describe("canonical JSON", function()
  it("has one spelling for a value", function()
    assert.equal('{"a":[1,2.5],"b":{"c":true}}', canonical.encode { b = { c = true },
      a = { 1, 2.5 } })
    assert.equal("{}", canonical.encode {})
    assert.equal('"q\\"\\\\\\n\\u0001 سلام"', canonical.encode "q\"\\\n\1 سلام")
  end)

  it("writes the shortest numbers that read back the same", function()
    for text, v in pairs {
      ["0.1"] = 0.1, ["1000000000000000"] = 1e15, ["9007199254740991"] = 2 ^ 53 - 1,
        ["1e-300"] = 1e-300,
      ["0.30000000000000004"] = 0.1 + 0.2, ["-3"] = -3, ["1e999"] = math.huge,
        ["-1e999"] = -math.huge,
    } do
      assert.equal(text, canonical.number(v))
      assert.equal(v, canonical.decode(text))
    end
    for i = 1, 200 do
      local v = (math.sin(i) * 10) ^ (i % 40 - 20)
      if v == v then assert.equal(v, canonical.decode(canonical.encode { v })[1]) end
    end
  end)

  it("says what cannot be stored, and where", function()
    local cycle = {}
    cycle.again = cycle
    assert.equal("a[2].f: a function", problem_of { a = { 1, { f = print } } })
    assert.equal("loss: NaN", problem_of { loss = 0 / 0 })
    assert.matches("neither a list", problem_of { 1, x = 2 })
    assert.matches("neither a list", problem_of { [1] = 1, [3] = 3 })
    assert.matches("without end", problem_of(cycle))
    assert.matches("UTF%-8", problem_of { s = "\255" })
    assert.matches("UTF%-8", problem_of { s = "\237\160\128" }) -- half of a surrogate pair
    assert.matches("UTF%-8", problem_of { ["\255"] = 1 })
    assert.matches("tensor", problem_of { t = require("mah").zeros(1) })
    assert.equal("it is a function", problem_of(print))
  end)

  it("makes any text fit for a message", function()
    assert.equal("سلام", canonical.clean "سلام")
    assert.equal("a?b", canonical.clean "a\200b")
  end)
end)
