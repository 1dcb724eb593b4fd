local mah = require "mah"
local cmaes = require "mah.sweep.cmaes"
local helper = require "sweep.sweep_helper"

local search = mah.search

--- How many trials a search needs until the function is below 1e-10.
local function needed(s, space, f)
  local propose, finished = s.start(space), {}
  for i = 1, s.trials do
    local known = {}
    for j = 1, i - s.parallel do known[j] = finished[j] end
    local p = propose(i, known, 1)
    finished[i] = { params = p, cost = f(p) }
    if finished[i].cost < 1e-10 then return i end
  end
  return math.huge
end

local function cube(n, low, high)
  local space = {}
  for i = 1, n do space["x" .. i] = search.uniform(low, high) end
  return space
end

local function sphere(n)
  return function(p)
    local sum = 0
    for i = 1, n do sum = sum + p["x" .. i] ^ 2 end
    return sum
  end
end

local function ellipsoid(n)
  return function(p)
    local sum = 0
    for i = 1, n do sum = sum + 1e6 ^ ((i - 1) / (n - 1)) * p["x" .. i] ^ 2 end
    return sum
  end
end

local function rosenbrock(n)
  return function(p)
    local sum = 0
    for i = 1, n - 1 do
      local a, b = p["x" .. i], p["x" .. i + 1]
      sum = sum + 100 * (a ^ 2 - b) ^ 2 + (a - 1) ^ 2
    end
    return sum
  end
end

describe("CMA-ES", function()
  after_each(helper.clean)

  it("learns from generations as the Python package cmaes 0.9.1 does", function()
    -- numpy.random.RandomState(0): six times rand(7, 3) * [0.2, 0.5, 1], sorted by the distance to
    -- (0.3, 0.1, 0.7) and told to CMA(mean = (0.5, 0.5, 0.5), sigma = 0.3, population_size = 7)
    local rng = mah.rng(0, "mt19937")
    local cma = cmaes.new(3, { popsize = 7, sigma0 = 0.3 })
    local function cost(x) return (x[1] - 0.3) ^ 2 + (x[2] - 0.1) ^ 2 + (x[3] - 0.7) ^ 2 end
    for _ = 1, 6 do
      local points = {}
      for k = 1, 7 do
        points[k] = { rng:random() * 0.2, rng:random() * 0.5, rng:random() }
      end
      table.sort(points, function(a, b) return cost(a) < cost(b) end)
      cmaes.update(cma, points, 7)
    end
    local expected = {
      mean = { 0.13709396268263682, 0.21814334994875695, 0.6826852196487827 },
      p_sigma = { -0.2780230192852086, 0.7506503350444732, -0.7585724294873117 },
      p_c = { 0.12415998206310962, 0.8607287987558262, -0.40286364743503644 },
    }
    for name, list in pairs(expected) do
      for i, v in ipairs(list) do assert.near(v, cma[name][i], 1e-12) end
    end
    assert.near(0.19102677482207986, cma.sigma, 1e-12)
    local covariance = { { 1.1218680782722434, 0.39430221113308295, -0.2542836698911607 },
      { 0.39430221113308306, 1.0054653749833649, 0.014002500185187554 },
      { -0.2542836698911607, 0.014002500185187582, 0.2753035198262711 } }
    for i = 1, 3 do
      for j = 1, 3 do assert.near(covariance[i][j], cma.covariance[i][j], 1e-12) end
    end
  end)

  it("needs as many trials as that package, also with some at a time", function()
    -- medians of 7 seeds there, in [-3, 4]^5 from the middle with sigma 7/6: 825, 1639, 1872
    for _, case in ipairs { { sphere(5), 825 }, { ellipsoid(5), 1639 }, { rosenbrock(5), 1872 } } do
      for _, parallel in ipairs { 1, 4 } do
        local counts = {}
        for seed = 1, 5 do
          counts[seed] = needed(search.cmaes { trials = 4000, seed = seed, parallel = parallel },
            cube(5, -3, 4), case[1])
        end
        table.sort(counts)
        assert.is_true(counts[3] > 0.8 * case[2] and counts[3] < 1.3 * case[2],
          ("%d at a time: %d, there %d"):format(parallel, counts[3], case[2]))
      end
    end
  end)

  it("searches logarithms and whole numbers, and draws choices", function()
    local propose = search.cmaes({ trials = 300, seed = 1, parallel = 1 }).start {
      lr = search.log_uniform(1e-6, 1), n = search.integer(1, 40), m = search.log_integer(1, 1000),
      kind = { "a", "b" } }
    local finished, kinds = {}, { a = 0, b = 0 }
    for i = 1, 300 do
      local p = propose(i, finished, 1)
      assert.is_true(p.n % 1 == 0 and p.n >= 1 and p.n <= 40 and p.m % 1 == 0 and p.lr <= 1)
      kinds[p.kind] = kinds[p.kind] + 1
      finished[i] = { params = p, cost = math.log10(p.lr / 1e-4) ^ 2 + (p.n - 31) ^ 2 / 100
        + math.log10(p.m / 30) ^ 2 }
    end
    table.sort(finished, function(a, b) return a.cost < b.cost end)
    local best = finished[1].params
    assert.near(-4, math.log10(best.lr), 0.1)
    assert.equal(31, best.n)
    assert.near(30, best.m, 4)
    assert.is_true(kinds.a > 100 and kinds.b > 100)
  end)

  it("goes on where trials fail, and where all of a generation do", function()
    local propose = search.cmaes({ trials = 200, seed = 3, parallel = 1 }).start(cube(3, -1, 2))
    local finished, best = {}, math.huge
    for i = 1, 200 do
      local p = propose(i, finished, 1)
      local cost = sphere(3)(p)
      local fails = i <= 14 or p.x1 > 0.4 -- popsize is 7
      finished[i] = { params = p, cost = not fails and cost or nil }
      best = math.min(best, not fails and cost or best)
    end
    assert.is_true(best < 1e-3, best)
  end)

  it("moves by those that have a value, no further for others' points, and not without", function()
    local points = { { 0.7, 0.5 }, { 0.1, 0.1 }, { 0.9, 0.9 }, { 0.2, 0.8 } }
    local cma = cmaes.new(2, { popsize = 4, sigma0 = 0.2 })
    cmaes.update(cma, points, 0)
    assert.same({ 0.5, 0.5 }, cma.mean)
    assert.equal(0.2, cma.sigma)
    cmaes.update(cma, points, 1)
    assert.near(0.7, cma.mean[1], 1e-12)
    assert.near(0.5, cma.mean[2], 1e-12)
    local far = { { 1, 0.5, is_foreign = true }, { 0.5, 0.5 }, { 0.5, 0.5 }, { 0.5, 0.5 } }
    cma = cmaes.new(2, { popsize = 4, sigma0 = 0.1 }) -- 5 deviations are cut to sqrt(2) + 1
    cmaes.update(cma, far, 1)
    assert.near(0.5 + 0.1 * (math.sqrt(2) + 1), cma.mean[1], 1e-12)
  end)

  it("knows which trials were drawn from an earlier generation's distribution", function()
    -- one of the second generation's trials is good and far away: trial 5 follows from trial 1
    -- alone, trial 8 from the first generation
    for number, most in pairs { [5] = 0.01, [8] = 0.3 } do
      local propose = search.cmaes({ trials = 99, popsize = 4, sigma0 = 1e-4 }).start(cube(1, 0, 1))
      local finished = {}
      for i = 1, 8 do
        local is_far = i == number
        finished[i] = { params = { x1 = is_far and 0.9 or 0.5 }, cost = is_far and 0 or 1 }
      end
      local moved = math.abs(propose(12, finished, 1).x1 - 0.5)
      assert.is_true(moved < most and moved > most - 0.2, moved)
    end
  end)

  it("keeps a deviation for whole numbers", function()
    local cma = cmaes.new(2, { popsize = 6, sigma0 = 0.2, least = { 0, 0.05 } })
    local points = {}
    for k = 1, 6 do points[k] = { 0.5, 0.5 } end
    for _ = 1, 60 do cmaes.update(cma, points, 6) end
    assert.is_true(cma.sigma * math.sqrt(cma.covariance[1][1]) < 1e-3)
    assert.is_true(cma.sigma * math.sqrt(cma.covariance[2][2]) > 0.0499)
  end)

  it("begins anew when it is told fewer trials than before", function()
    local s = search.cmaes { trials = 40, seed = 5, parallel = 1 }
    local propose, finished = s.start(cube(2, -1, 2)), {}
    for i = 1, 30 do
      local p = propose(i, finished, 1)
      finished[i] = { params = p, cost = sphere(2)(p) }
    end
    local known = { unpack(finished, 1, 9) }
    assert.same(finished[10].params, propose(10, known, 1))
    assert.same(finished[10].params, s.start(cube(2, -1, 2))(10, known, 1))
  end)

  it("starts where it is told, and refuses what it cannot do", function()
    local p = search.cmaes({ trials = 9, x0 = { x1 = 1.5 }, sigma0 = 1e-6 })
      .start(cube(2, -1, 2))(1, {}, 1)
    assert.near(1.5, p.x1, 1e-4)
    assert.near(0.5, p.x2, 1e-4)
    local function starting(o, space)
      return function()
        o.trials = 9
        search.cmaes(o).start(space)
      end
    end
    assert.error_matches(starting({}, { kind = { 1, 2 } }), "no number that every trial has")
    assert.error_matches(starting({ x0 = { x1 = 3 } }, cube(1, 0, 1)),
      "x0: x1 must be a number in 0")
    assert.error_matches(starting({ x0 = { y = 3 } }, cube(1, 0, 1)), "x0: 'y' is no number")
    assert.error_matches(starting({ popsze = 3 }, cube(1, 0, 1)), "did you mean 'popsize'")
  end)

  it("draws numbers that only some trials have, and gives those that all have", function()
    local function space(pick)
      pick("x", search.uniform(0, 1))
      if pick("kind", { "a", "b" }) == "b" then pick("y", search.uniform(0, 1)) end
    end
    local propose, finished, near = search.cmaes({ trials = 120, seed = 1 }).start(space), {}, 0
    for i = 1, 120 do
      local known = {}
      for j = 1, i - 4 do known[j] = finished[j] end
      local p = propose(i, known, 1)
      assert.equal(p.kind == "b", p.y ~= nil)
      finished[i] = { params = p, cost = math.abs(p.x - 0.9) }
      if i > 80 and math.abs(p.x - 0.9) < 0.02 then near = near + 1 end
    end
    assert.is_true(near > 35, near)
  end)

  it("proposes the same for any number of jobs, and goes on where it was", function()
    local function new(store)
      return mah.sweep { name = "cmaes", store = store, goal = "min", space = cube(2, -1, 2),
        search = search.cmaes { trials = 30, seed = 1 }, trial = function(p)
          if p.x1 > 1.5 then error "too large" end
          return sphere(2)(p)
        end }
    end
    local function texts(study)
      local list = {}
      for i, row in ipairs(study:results()) do list[i] = { row.params, row.result, row.status } end
      return list
    end
    local tables = {}
    for i, jobs in ipairs { 1, 3 } do
      local study = new(helper.store())
      helper.run(study, { jobs = jobs })
      tables[i] = texts(study)
    end
    assert.equal(30, #tables[1])
    assert.same(tables[1], tables[2])
    local store = helper.store()
    helper.run(new(store))
    helper.query(store, "DELETE FROM trials WHERE number > 17 OR number = 5")
    local study = new(store)
    helper.run(study)
    assert.same(tables[1], texts(study))
    assert.is_true(study:best().result.value < 0.05)
  end)

  it("knows the result of what it asks for again while that runs", function()
    local tables = {}
    for i, jobs in ipairs { 1, 8 } do
      local study = mah.sweep { name = "again", store = helper.store(), goal = "min",
        space = { x = search.integer(1, 1000) },
        search = search.cmaes { trials = 40, sigma0 = 1e-4, parallel = 8, seed = 1 },
        trial = function(p)
          if p.x == 501 then error "no" end
          return (p.x - 317) ^ 2
        end }
      local counts = helper.run(study, { jobs = jobs })
      assert.equal(40, counts.done + counts.failed)
      local failed = 0
      tables[i] = {}
      for k, proposal in ipairs(study.plan.list) do
        tables[i][k] = proposal.params.x
        failed = failed + (proposal.params.x == 501 and 1 or 0)
      end
      assert.equal(failed, counts.failed)
    end
    assert.same(tables[1], tables[2])
  end)
end)
