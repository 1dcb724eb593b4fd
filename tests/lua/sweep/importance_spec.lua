local mah = require "mah"
local forest = require "mah.sweep.forest"
local helper = require "sweep.sweep_helper"
local random = require "mah.tensor.random"

local run, search = helper.run, mah.search

--- The importances of a study by name.
local function by_name(study, o)
  local list = {}
  for _, row in ipairs(study:importances(o)) do list[row.parameter] = row end
  return list
end

local function study_of(o)
  o.name, o.store = o.name or "importances", helper.store()
  local study = mah.sweep(o)
  run(study)
  return study
end

describe("the variance of a tree", function()
  it("is divided as by hand", function()
    -- y is 8 where x1 > 0.5 and x2 is category 1, else 0: mean 2, variance 12; x1 alone (0, 4): 4,
    -- x2 alone (4, 0): 4; the rows are so many that no sample lacks a corner
    local x1, x2, y = {}, {}, {}
    for i = 1, 400 do
      x1[i], x2[i] = i % 2 == 0 and 0.2 or 0.8, math.floor(i / 2) % 2 + 1
      y[i] = x1[i] > 0.5 and x2[i] == 1 and 8 or 0
    end
    local shares = forest.shares({ x1, x2 }, y, { [2] = 2 }, 8,
      function(tree) return random.rng(0, "philox", tree) end)
    assert.near(1 / 3, shares[1], 1e-12)
    assert.near(1 / 3, shares[2], 1e-12)
  end)

  it("is none where nothing varies", function()
    assert.same({ 0 }, forest.shares({ { 0.1, 0.5, 0.9 } }, { 2, 2, 2 }, {}, 4,
      function(tree) return random.rng(0, "philox", tree) end))
  end)

  it("is divided the same wherever the numbers lie, and however large they are", function()
    local x, y, function_of = { {}, {} }, {}, nil
    for i = 1, 60 do x[1][i], x[2][i] = i * 0.618 % 1, i * 0.414 % 1 end
    local function shares()
      for i = 1, 60 do y[i] = function_of(x[1][i] + 0.25 * x[2][i]) end
      return forest.shares(x, y, {}, 8, function(tree) return random.rng(0, "philox", tree) end)
    end
    function_of = function(v) return v end
    local expected = shares()
    assert.is_true(expected[1] > 0.8 and expected[2] > 0)
    for _, f in ipairs { function(v) return 1e9 + v end, function(v) return (v - 0.6) * 1e308 end,
      function(v) return v * 1e-300 end, function(v) return -v end } do
      function_of = f
      local found = shares()
      assert.near(expected[1], found[1], 0.02)
      assert.near(expected[2], found[2], 0.02)
    end
  end)
end)

describe("importances", function()
  after_each(helper.clean)

  it("are near the shares of variance that analysis gives", function()
    -- Var a = 4/12, of the logarithm of b 1/12, of c (0, 1/2, 0) 1/18: of their sum 0.7059, 0.1765,
    -- 0.1176; d does nothing
    local study = study_of { random = { a = search.uniform(0, 1), b = search.log_uniform(1e-4, 1),
      c = { "x", { 1, 2 }, true }, d = search.integer(1, 9) }, n = 400, seed = 1,
      trial = function(p)
        return { test = 2 * p.a + math.log10(p.b) / 4 + (type(p.c) == "table" and 0.5 or 0) }
      end }
    local found = by_name(study)
    assert.near(0.706, found.a.importance, 0.05)
    assert.near(0.176, found.b.importance, 0.05)
    assert.near(0.118, found.c.importance, 0.05)
    assert.is_true(found.d.importance < 0.005)
    assert.is_true(found["(together)"].importance < 0.06)
    assert.equal(400, found.a.trials)
    local lines = study:importances()
    assert.same({ "a", "b", "c" }, { lines[1].parameter, lines[2].parameter, lines[3].parameter })
    assert.same(lines, mah.sweep.open(study.store):importances())
  end)

  it("go by the scale that the space says", function()
    -- a step at 0.5: of uniform numbers it halves them, of logarithmic ones only few are above
    local function trial(p) return { test = (p.a > 0.5 and 1 or 0) + (p.b > 0.5 and 1 or 0) } end
    local found = by_name(study_of { n = 500, trial = trial, random = { a = search.uniform(0, 1),
      b = search.log_uniform(1e-3, 1) } })
    local rare = 0.1003 -- log(2) / log(1000)
    local of_a, of_b = 0.25, rare * (1 - rare)
    assert.near(of_a / (of_a + of_b), found.a.importance, 0.03)
    assert.near(of_b / (of_a + of_b), found.b.importance, 0.03)
  end)

  it("of what only works together show it", function()
    local found = by_name(study_of { n = 400,
      random = { a = search.uniform(0, 1), b = search.uniform(0, 1) },
      trial = function(p) return { test = (p.a > 0.5) == (p.b > 0.5) and 1 or 0 } end })
    assert.is_true(found["(together)"].importance > 0.9)
  end)

  it("of a grid count each value the same", function()
    local study = study_of { grid = { size = { 1, 10, 1000 }, seed = { 1, 2, 3, 4, 5 } },
      trial = function(p) return { test = ({ [1] = 0, [10] = 3, [1000] = 6 })[p.size]
        + p.seed / 100 } end }
    local found = by_name(study)
    assert.is_true(found.size.importance > 0.98)
    assert.is_true(found.seed.importance < 0.02)
    found = by_name(study_of { name = "even", grid = { size = { 1, 10, 1000 },
      kind = { "a", "b", "c", "d", "e", "f", "g", "h" } },
      trial = function(p)
        return { test = (p.size == 1 and 1 or 0) + (p.kind > "d" and 1 or 0) }
      end })
    assert.near(2 / 9 / (2 / 9 + 1 / 4), found.size.importance, 0.1)
  end)

  it("of what only some trials have are told among those; failures and too few are seen", function()
    local study = study_of { random = function(pick)
      pick("a", search.uniform(0, 1))
      local kind = pick("kind", { "p", "q", "r" })
      if kind == "p" then pick("m", search.uniform(0, 1)) end
      if kind == "q" and pick("flag", { true, false }) then pick("rare", search.uniform(0, 1)) end
    end, n = 60, trial = function(p)
      if p.a > 0.9 then error "no" end
      return { test = (p.m or 0.5) + 0.1 * p.a, other = 1 }
    end }
    local found = by_name(study)
    local with_m, done = 0, 0
    for _, row in ipairs(study:results()) do
      done = done + (row.status == "done" and 1 or 0)
      with_m = with_m + (row.status == "done" and row.params.m and 1 or 0)
    end
    assert.is_true(done < 60)
    assert.equal(done, found.a.trials)
    assert.equal(with_m, found.m.trials)
    assert.is_true(found.m.importance > 0.9)
    local all = study:importances { of = "other" }
    assert.equal(0, all[1].importance)
    helper.query(study.store, "UPDATE trials SET status = 'failed' WHERE "
      .. "json_extract(params, '$.m') IS NOT NULL AND id % 5 > 0")
    found = by_name(study)
    assert.is_nil(found.m.importance)
    assert.is_true(found.m.trials < 8)
  end)

  it("say what they cannot tell", function()
    local study = study_of { grid = { a = { 1, 2, 3 }, b = { 1, 2 } },
      trial = function(p) return { test = p.a } end }
    assert.is_true(by_name(study).a.importance > 0.9)
    helper.query(study.store, "UPDATE trials SET status = 'failed' WHERE number > 5")
    assert.error_matches(function() study:importances() end,
      "5 finished trials with a number 'test' are too few for the parameters that vary, 2; "
        .. "6 are needed")
    assert.error_matches(function() study:importances { of = "tset" } end, "did you mean 'test'")
    assert.error_matches(function() study:importances { on = "test" } end, "did you mean 'of'")
    local same = study_of { name = "same", trials = { { a = 1, b = 1 }, { a = 1, b = 1, c = 2 } },
      trial = function() return 1 end }
    assert.error_matches(function() same:importances() end, "no parameter differs")
    local none = study_of { name = "none", grid = { a = { 1 } }, trial = function() return 1 end }
    assert.error_matches(function() none:importances() end, "needed at least; there are 1")
    local names = study_of { name = "names", grid = { a = { 1, 2, 3, 4 } },
      trial = function() return { acc = 1 } end }
    assert.error_matches(function() names:importances() end, "no finished trial has a number "
      .. "'value' in its result; there are: acc")
  end)

  it("say of which result, also where the first trial failed", function()
    local study = study_of { grid = { a = { 1, 2, 3, 4, 5 } }, trial = function(p)
      if p.a == 1 then error "no" end
      return { test = p.a }
    end }
    assert.equal("test", study:importances()[1].of)
  end)

  it("of several results come one after the other", function()
    local study = study_of { of = { "x", "y" }, grid = { a = { 1, 2, 3 }, b = { 1, 2, 3 } },
      trial = function(p) return { x = p.a, y = p.b } end }
    local lines = study:importances()
    assert.same({ "x", "a", "y", "b" }, { lines[1].of, lines[1].parameter, lines[4].of,
      lines[4].parameter })
    assert.equal(3, #study:importances { of = "y" })
  end)
end)
