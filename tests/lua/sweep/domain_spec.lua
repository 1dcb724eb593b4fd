local mah = require "mah"
local domain = require "mah.sweep.domain"
local helper = require "sweep.sweep_helper"

local search = mah.search

describe("what parameters may be", function()
  after_each(helper.clean)

  it("is put together from distributions", function()
    local spaces = {}
    assert.is_true(domain.add(spaces, "x", search.log_integer(5, 9)))
    assert.is_false(domain.add(spaces, "x", search.log_integer(6, 8)))
    assert.is_true(domain.add(spaces, "x", search.uniform(1, 7)))
    assert.same({ low = 1, high = 9 }, spaces.x)
    assert.is_true(domain.add(spaces, "k", search.choice { "a", { 1 } }))
    assert.is_true(domain.add(spaces, "k", search.choice { { 1 }, false }))
    assert.is_false(domain.add(spaces, "k", search.choice { "a" }))
    assert.same({ values = { "a", { 1 }, false } }, spaces.k)
    assert.same(spaces, domain.read(domain.text(spaces)))
    assert.is_nil(domain.text {})
  end)

  it("is told by values, where nothing else is known", function()
    assert.same({ low = 1, high = 200, log = true, integer = true },
      domain.of_values(nil, { 200, 1, 7 }))
    assert.same({ low = -1, high = 2.5 }, domain.of_values(nil, { -1, 2.5 }))
    assert.same({ values = { 1, "auto" } }, domain.of_values(nil, { 1, "auto", 1 }))
    assert.same({ low = 0, high = 10 }, domain.of_values({ low = 0, high = 9, integer = true },
      { 10, 0.5 }))
    assert.same({ values = { 3, "x", 4 } }, domain.of_values({ values = { 3, "x" } }, { 4, 3 }))
  end)

  it("is refused where it is damaged", function()
    for _, text in ipairs { "", "[1]", "{", '{"a":3}', '{"a":{}}', '{"a":{"values":[]}}',
      '{"a":{"low":2,"high":1}}', '{"a":{"low":0,"high":1,"log":true}}' } do
      assert.is_nil(domain.read(text), text)
    end
    assert.same({}, domain.read(nil))
  end)

  it("is in the store, for every kind of plan", function()
    local function space(pick)
      if pick("kind", { "a", "b" }) == "a" then
        pick("x", search.uniform(0, 1))
      else
        pick("x", search.uniform(5, 6))
      end
    end
    local wide = { kind = { values = { "a", "b" } }, x = { low = 0, high = 6 } }
    for name, case in pairs {
      grid = { { grid = { lr = { 0.1, 1 } } }, { lr = { values = { 0.1, 1 } } } },
      random = { { random = space, n = 20 }, wide },
      tpe = { { space = space, search = search.tpe { trials = 20, startup = 10 } }, wide },
      trials = { { trials = { { a = 1 }, { a = 2 } } }, {} },
    } do
      local o = case[1]
      o.name, o.store, o.trial = name, helper.store(), function() return 1 end
      helper.run(mah.sweep(o))
      local row = helper.query(o.store, "SELECT space FROM studies")[1]
      assert.same(case[2], domain.read(row.space), name)
    end
  end)
end)
