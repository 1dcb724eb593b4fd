local mah = require "mah"
local canonical = require "mah.sweep.canonical"
local space = require "mah.sweep.space"

local search = mah.search

local function texts(list)
  local result = {}
  for i, params in ipairs(list) do result[i] = canonical.encode(params) end
  return result
end

describe("a grid", function()
  it("has every combination, the seed varying fastest", function()
    assert.same({ '{"b":1,"seed":1,"z":"x"}', '{"b":1,"seed":2,"z":"x"}',
      '{"b":2,"seed":1,"z":"x"}',
      '{"b":2,"seed":2,"z":"x"}' }, texts(space.grid { seed = { 1, 2 }, b = { 1, 2 }, z = "x" }))
  end)

  it("takes lists and false as values", function()
    assert.same({ '{"a":[100],"b":false}', '{"a":[100,50],"b":false}' },
      texts(space.grid { a = { { 100 }, { 100, 50 } }, b = { false } }))
  end)

  it("may depend on what was picked", function()
    local list = texts(space.grid(function(pick)
      if pick("solver", { "sgd", "adam" }) == "sgd" then pick("momentum", { 0, 0.9 }) end
      pick("lr", { 0.1, 0.01 })
      return { epochs = 5 }
    end))
    assert.equal(6, #list)
    assert.equal('{"epochs":5,"lr":0.1,"momentum":0,"solver":"sgd"}', list[1])
    assert.equal('{"epochs":5,"lr":0.01,"solver":"adam"}', list[6])
  end)

  it("complains about what it cannot enumerate", function()
    assert.error_matches(function() space.grid { lr = search.uniform(0, 1) } end,
      "needs values for 'lr'")
    assert.error_matches(function() space.grid { lr = {} } end, "'lr' is an empty list")
    assert.error_matches(function() space.grid { { 1 } } end, "name must be a string")
    assert.error_matches(function() space.grid(function(pick) pick("a", { 1 }) pick("a",
      { 2 }) end) end, "twice")
    assert.error_matches(function() space.grid(function(pick) pick("a") end) end,
      "no value for 'a'")
  end)
end)

describe("distributions", function()
  it("stay within their bounds", function()
    local rng = mah.rng(1)
    for _ = 1, 500 do
      local u = rng:random()
      local a, b = search.uniform(-1, 3):at(u), search.log_uniform(1e-4, 10):at(u)
      local c, d = search.integer(2, 4):at(u), search.log_integer(1, 100):at(u)
      assert.is_true(a >= -1 and a < 3 and b >= 1e-4 and b <= 10)
      assert.is_true(c >= 2 and c <= 4 and c % 1 == 0 and d >= 1 and d <= 100 and d % 1 == 0)
    end
  end)

  it("reach the ends, and are uniform in what they say", function()
    assert.equal(2, search.integer(2, 4):at(0))
    assert.equal(4, search.integer(2, 4):at(1 - 2 ^ -53))
    assert.equal("b", search.choice({ "a", "b" }):at(0.5))
    assert.near(1e-2, search.log_uniform(1e-4, 1):at(0.5), 1e-12)
    assert.equal(1, search.uniform(-1, 3):at(0.5))
  end)

  -- Others give the ends half a share: findings/optimization_js_ends.sh.
  it("give every choice and every whole number the same share", function()
    local function counts(distribution)
      local count = {}
      for i = 1, 1800 do
        local value = distribution:at((i - 0.5) / 1800)
        count[value] = (count[value] or 0) + 1
      end
      return count
    end
    assert.same({ a = 600, b = 600, c = 600 }, counts(search.choice { "a", "b", "c" }))
    assert.same({ [-1] = 360, [0] = 360, 360, 360, 360 }, counts(search.integer(-1, 3)))
  end)

  it("check their bounds", function()
    assert.error_matches(function() search.uniform(1, 1) end, "low < high")
    assert.error_matches(function() search.uniform(1) end, "low < high")
    assert.error_matches(function() search.uniform(-1e308, 1e308) end, "must be finite")
    assert.error_matches(function() search.log_uniform(0, 1) end, "low must be > 0")
    assert.error_matches(function() search.integer(0, 1.5) end, "whole number")
    assert.error_matches(function() search.uniform(0, 1 / 0) end, "finite")
    assert.error_matches(function() search.choice {} end, "list of values")
  end)
end)
