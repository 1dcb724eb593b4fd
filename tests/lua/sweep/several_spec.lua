--- Several judged results, and constraints.
local mah = require "mah"
local helper = require "sweep.sweep_helper"
local objective = require "mah.sweep.objective"
local pareto = require "mah.sweep.pareto"

local run, search = helper.run, mah.search

local function numbers(rows)
  local list = {}
  for i, row in ipairs(rows) do list[i] = row.number end
  return list
end

describe("several judged results", function()
  after_each(helper.clean)

  local results = { { test = 0.9, seconds = 9 }, { test = 0.8, seconds = 2 }, { test = 0.7,
    seconds = 3 }, { test = 0.9, seconds = 9 }, {}, { test = 0.95, seconds = 20 } }
  local function new(more)
    local o = { name = "two", store = helper.store(), of = { "test", "seconds" },
      grid = { k = { 1, 2, 3, 4, 5, 6, 7 } }, trial = function(p)
        if p.k == 7 then error "no" end
        return results[p.k]
      end }
    for name, value in pairs(more or {}) do o[name] = value end
    return mah.sweep(o)
  end

  it("have a front of the finished trials, ties and all; failures are not on it", function()
    local study = new()
    assert.same({}, study:pareto_front())
    run(study)
    assert.same({ 1, 2, 4, 6 }, numbers(study:pareto_front()))
    -- by hand: 0.8 x 8 + 0.1 x 1, and nothing of the one that takes 20 s
    assert.near(6.5, study:hypervolume { test = 0, seconds = 10 }, 1e-12)
    assert.equal(6, study:best("test").number)
    assert.equal(2, study:best("seconds").number)
    local turned = new { name = "turned", goal = { "min", "min" } }
    run(turned)
    assert.same({ 2, 3 }, numbers(turned:pareto_front()))
    assert.equal(3, turned:best("test").number)
  end)

  it("have a front that is printed as a table", function()
    local study = new()
    assert.equal("number", tostring(study:pareto_front()))
    run(study)
    local text = tostring(study:pareto_front())
    assert.equal("number  k  seconds  test\n     1  1        9   0.9\n     2  2        2   0.8\n"
      .. "     4  4        9   0.9\n     6  6       20  0.95", text)
    assert.equal(text, require("mah.prompt.print").text(study:pareto_front()))
  end)

  it("are read without the trial, and merged", function()
    local study = new()
    run(study)
    local opened = mah.sweep.open(study.store)
    assert.same(study:pareto_front(), opened:pareto_front())
    local whole = helper.store()
    require "mah.sweep.merge"(whole, { study.store })
    assert.same({ 1, 2, 4, 6 }, numbers(mah.sweep.open(whole):pareto_front()))
    helper.query(whole, [[UPDATE studies SET goal = '["max"]']])
    assert.error_matches(function() mah.sweep.open(whole) end, "is damaged: the column 'goal'")
  end)

  it("say what to ask where one is meant", function()
    local study = new()
    run(study)
    assert.error_matches(function() study:best() end,
      "study:best: .* several results; study:pareto_front%(%) .* study:best \"test\"")
    assert.error_matches(function() study:hypervolume { test = 0 } end,
      "the reference of 'seconds' must be a number; got nil")
    assert.error_matches(function() study:hypervolume { test = 0, seconds = 1, x = 1 } end,
      "'x' is none of the judged results, test, seconds")
    assert.error_matches(function() study:hypervolume(3) end, "a table with a reference")
    local one = new { name = "one", of = { "test" } }
    run(one)
    assert.equal(6, one:best().number)
    assert.error_matches(function() one:pareto_front() end, "judges one result, 'test'")
    local wrong = new { name = "wrong", of = { "test", "secnods" } }
    run(wrong)
    assert.error_matches(function() wrong:pareto_front() end, "did you mean 'seconds'")
  end)

  it("are refused where they cannot be", function()
    for pattern, o in pairs {
      ["mah.search.cmaes judges one result, and of names 2"] = { grid = false,
        space = { x = search.uniform(0, 1) }, search = search.cmaes { trials = 9 } },
      ["this search .*several = true.* judges one"] = { grid = false, space = { x = { 1 } },
        search = { trials = 1, parallel = 1, start = function() end } },
      ["a goal for each is expected"] = { goal = "max" },
      ["of names 2 results, and goal has 1 goal"] = { goal = { "max" } },
      ['goal must be "max" or "min"; got "best"'] = { goal = { "max", "best" } },
      ["'test' is there twice"] = { of = { "test", "test" } },
      ["name 2 must be a string; got 1"] = { of = { "test", 1 } },
      ["the list is empty"] = { constraints = {} },
      ["prune judges one result by its curve"] = { prune = mah.prune.median() },
      ["a list of goals goes together"] = { of = "test", goal = { "max", "min" } },
    } do
      if o.grid == false then o.grid = nil end
      assert.error_matches(function()
        local given = { name = "x", trial = print, of = o.of or { "test", "seconds" } }
        for name, value in pairs(o) do given[name] = value end
        if not given.space then given.grid = { k = { 1 } } end
        mah.sweep(given)
      end, pattern)
    end
  end)

  --- Zitzler, Deb and Thiele's first function (2000), of three numbers; both are to be small.
  local function zdt1(p)
    local g = 1 + 9 / 2 * (p.x2 + p.x3)
    return { p.x1, g * (1 - math.sqrt(p.x1 / g)) }
  end

  it("are searched by TPE, better than at random, mean over 10 seeds", function()
    local space = {}
    for d = 1, 3 do space["x" .. d] = search.uniform(0, 1) end
    local function volume(s)
      local propose, finished, costs = s.start(space), {}, {}
      for i = 1, s.trials do
        local known = {}
        for j = 1, i - (s.parallel or 1) do known[j] = finished[j] end
        local p = propose(i, known, 1)
        finished[i] = { params = p, costs = zdt1(p) }
        costs[i] = finished[i].costs
      end
      return pareto.hypervolume(costs, { 1.1, 6 })
    end
    local by_chance, alone, together = 0, 0, 0
    for seed = 1, 10 do
      by_chance = by_chance + volume(search.random { trials = 80, seed = seed }) / 10
      alone = alone + volume(search.tpe { trials = 80, seed = seed }) / 10
      together = together
        + volume(search.tpe { trials = 80, seed = seed, multivariate = true }) / 10
    end
    assert.is_true(alone > by_chance + 0.3, ("%g, at random %g"):format(alone, by_chance))
    assert.is_true(together > by_chance + 0.3, ("%g, at random %g"):format(together, by_chance))
  end)

  it("are searched the same with any number of jobs, and go on where they were", function()
    local tables = {}
    local function new_search(store)
      return mah.sweep { name = "tpe", store = store, of = { "a", "b" }, goal = { "min", "min" },
        constraints = "c", space = { x1 = search.uniform(0, 1), x2 = search.uniform(0, 1),
          x3 = search.uniform(0, 1) },
        search = search.tpe { trials = 24, startup = 8, multivariate = true },
        trial = function(p)
          local r = zdt1(p)
          return { a = r[1], b = r[2], c = p.x1 - 0.8 }
        end }
    end
    for i, jobs in ipairs { 1, 3 } do
      local study = new_search(helper.store())
      run(study, { jobs = jobs })
      tables[i] = study:table():csv():gsub(",[%d.e-]+,,\n", "\n") -- without the seconds
    end
    assert.equal(tables[1], tables[2])
    local store = helper.store()
    run(new_search(store))
    helper.query(store, "DELETE FROM trials WHERE number > 15")
    local study = new_search(store)
    assert.equal(15, run(study).skipped)
    assert.equal(tables[1], (study:table():csv():gsub(",[%d.e-]+,,\n", "\n")))
  end)
end)

describe("constraints", function()
  after_each(helper.clean)

  local function new(more)
    local o = { name = "constrained", store = helper.store(), constraints = { "over", "under" },
      grid = { x = { 1, 2, 3, 4, 5 } }, trial = function(p)
        return { test = p.x, over = p.x - 3, under = p.x == 5 and "?" or -p.x }
      end }
    for name, value in pairs(more or {}) do o[name] = value end
    return mah.sweep(o)
  end

  it("leave what is best to the trials that keep them", function()
    local study = new()
    run(study)
    assert.equal(3, study:best().params.x)
    assert.equal(3, study:best("test").params.x)
    assert.equal(1, study:best("test", "min").params.x)
    assert.equal(3, mah.sweep.open(study.store):best().params.x)
    local front = new { name = "front", of = { "test", "over" }, goal = { "max", "max" } }
    run(front)
    assert.same({ 3 }, numbers(front:pareto_front()))
    local whole = helper.store()
    require "mah.sweep.merge"(whole, { study.store })
    assert.equal(3, mah.sweep.open(whole):best().params.x)
  end)

  it("are told to searches", function()
    local judged = { of = "y", goal = "max", constraints = { "c", "d" } }
    local function seen(trial) return objective.seen(trial, judged) end
    assert.same({ params = 1, cost = -2, violation = 4 },
      seen { params = 1, status = "done", result = { y = 2, c = 4, d = -9 } })
    assert.same({ params = 1, cost = -2, violation = math.huge },
      seen { params = 1, status = "done", result = { y = 2, c = -4 } })
    assert.same({ params = 1, cost = -3 }, seen { params = 1, status = "pruned", last = 3 })
    assert.same({ params = 1 }, seen { params = 1, status = "failed" })
    judged.of, judged.goal, judged.constraints = { "y", "z" }, { "max", "min" }, nil
    assert.same({ params = 1, costs = { -2, 3 } },
      seen { params = 1, status = "done", result = { y = 2, z = 3 } })
    assert.same({ params = 1 }, seen { params = 1, status = "done", result = { y = 2 } })
  end)

  it("that none keeps are said so", function()
    local study = new { trial = function(p) return { test = p.x, over = 1, under = 0 } end }
    assert.is_nil(study:best())
    run(study)
    assert.error_matches(function() study:best() end,
      "study:best: no finished trial keeps the constraints: over, under <= 0")
  end)

  it("steer TPE and CMA-ES to trials that keep them", function()
    for _, kind in ipairs { "tpe", "cmaes" } do
      local propose = search[kind]({ trials = 80, seed = 2 }).start { x = search.uniform(0, 10),
        y = search.uniform(0, 10) }
      local finished, kept, best = {}, 0, math.huge
      for i = 1, 80 do
        local known = {}
        for j = 1, i - 4 do known[j] = finished[j] end
        local p = propose(i, known, 1)
        local violation = math.max(0, 8 - p.x) + math.max(0, 8 - p.y) -- a 25th of the square
        finished[i] = { params = p, cost = p.x + p.y, violation = violation }
        if violation == 0 and i > 40 then kept, best = kept + 1, math.min(best, p.x + p.y) end
      end
      assert.is_true(kept > 8 and best < 16.7, ("%s: %d, %g"):format(kind, kept, best))
    end
  end)
end)

describe("the examples in the help on a study's questions", function()
  local examples = require "mah.docs.examples"
  local public = require "mah.docs.public"
  local running = require "docs.running"

  for _, entry in pairs(public.module("mah.sweep.questions").at) do
    local name = entry.text and entry.text:match "study:run" and entry.name
    if name then
      it("run, and print what they say: " .. name, function()
        local runner = running.new()
        local problem = runner:run(examples.of(entry.text))
        runner:close()
        assert.is_nil(problem)
      end)
    end
  end
end)
