local mah = require "mah"
local canonical = require "mah.sweep.canonical"
local helper = require "sweep.sweep_helper"
local parzen = require "mah.sweep.parzen"
local sobol = require "mah.sweep.sobol"

local search = mah.search

--- The best of a search on a function, told the results that it may know.
local function minimum(s, space, f)
  local propose, finished, best = s.start(space), {}, math.huge
  for i = 1, s.trials do
    local known = {}
    for j = 1, i - (s.parallel or 1) do known[j] = finished[j] end
    local p = propose(i, known, 1)
    local cost = f(p)
    finished[i], best = { params = p, cost = cost }, math.min(best, cost)
  end
  return best
end

describe("Sobol's sequence", function()
  it("is the one of Joe and Kuo", function()
    -- scipy.stats.qmc.Sobol(21, scramble = False): point 701
    local expected = { 0.28027344, 0.09863281, 0.13769531, 0.47167969, 0.05566406, 0.35058594,
      0.07910156,
      0.70214844, 0.93652344, 0.93457031, 0.41894531, 0.54980469, 0.70214844, 0.74511719,
        0.31738281,
      0.07910156, 0.10449219, 0.37011719, 0.82519531, 0.01269531, 0.32519531 }
    assert.equal(sobol.MOST, #expected)
    for d, x in ipairs(expected) do assert.near(x, sobol.number(701, d), 1e-8) end
  end)

  it("fills every dimension evenly, shifted or not", function()
    for d = 1, sobol.MOST do
      for _, shift in ipairs { 0, 0x12345678 } do
        local seen = {}
        for i = 1, 64 do seen[math.floor(sobol.number(i, d, shift) * 64)] = true end
        for cell = 0, 63 do assert.is_true(seen[cell]) end
      end
    end
  end)
end)

describe("searches", function()
  local space = { lr = search.log_uniform(1e-4, 1), hidden = { { 10 }, { 20, 10 } },
    n = search.integer(1, 9) }

  it("propose by seed and number alone", function()
    for _, kind in ipairs { "random", "sobol", "tpe" } do
      local a = search[kind]({ trials = 9, seed = 5 }).start(space)
      local b = search[kind]({ trials = 9, seed = 5 }).start(space)
      local other = search[kind]({ trials = 9, seed = 6 }).start(space)
      a(1, {}, 1)
      other(1, {}, 1)
      local text = canonical.encode(a(3, {}, 1))
      assert.equal(text, canonical.encode(b(3, {}, 1)))
      assert.not_equal(text, canonical.encode(other(3, {}, 1)))
      assert.not_equal(text, canonical.encode(b(3, {}, 2)))
    end
  end)

  it("are left out where --study means another study", function()
    local arguments = _G.arg
    _G.arg = { [0] = "sweep.lua", "--study", "another" }
    local study = mah.sweep { name = "left out", store = helper.store(), code = "1",
      space = { x = search.uniform(0, 1) }, search = search.tpe { trials = 4 },
      trial = function() return 1 end }
    local ok, counts = pcall(study.run, study, { quiet = true })
    _G.arg = arguments
    assert.is_true(ok, counts)
    assert.equal(0, counts.total)
    assert.equal(0, #study:results())
    helper.clean()
  end)

  it("refuse what they cannot do", function()
    assert.error_matches(function() search.tpe {} end, "trials is missing")
    assert.error_matches(function() search.random { trials = 5, sed = 1 } end,
      "did you mean 'seed'")
    local many = {}
    for i = 1, 22 do many["x" .. i] = search.uniform(0, 1) end
    assert.error_matches(function() search.sobol({ trials = 1 }).start(many)(1, {}, 1) end,
      "more than 21")
  end)
end)

describe("a joint density", function()
  local dimensions = { { distribution = search.uniform(0, 2) },
    { distribution = search.choice { "a", "b", "c" } } }
  local density = parzen.joint(dimensions, { { 0.5, 1 }, { 1.8, 3 }, { 0.1, 1 } })

  it("has the mass 1", function()
    local sum, n = 0, 2000
    for k = 1, n do
      for choice = 1, 3 do
        sum = sum + math.exp(parzen.log_density(density, { (k - 0.5) * 2 / n, choice })) * 2 / n
      end
    end
    assert.near(1, sum * (2 * math.pi) ^ -0.5, 1e-5) -- the constant is left out
  end)

  it("is what its points follow", function()
    local rng, counts, n = mah.rng(1), { 0, 0, 0 }, 4000
    for _ = 1, n do
      local place, choice = unpack(parzen.sample(density, rng))
      assert.is_true(place >= 0 and place <= 2)
      if place < 1 then counts[choice] = counts[choice] + 1 end
    end
    for choice = 1, 3 do
      local expected = 0
      for k = 1, 1000 do
        expected = expected + math.exp(parzen.log_density(density, { (k - 0.5) / 1000, choice }))
          / 1000 * (2 * math.pi) ^ -0.5
      end
      assert.near(expected, counts[choice] / n, 0.03)
    end
  end)
end)

describe("TPE", function()
  --- Branin's function; minimum 0.3979.
  local function branin(p)
    local x, y = p.x, p.y
    return (y - 5.1 / (4 * math.pi ^ 2) * x ^ 2 + 5 / math.pi * x - 6) ^ 2
      + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10
  end

  local a = { { 10, 3, 17, 3.5, 1.7, 8 }, { 0.05, 10, 17, 0.1, 8, 14 }, { 3, 3.5, 1.7, 10, 17, 8 },
    { 17, 8, 0.05, 10, 0.1, 14 } }
  local c = { { 1312, 1696, 5569, 124, 8283, 5886 }, { 2329, 4135, 8307, 3736, 1004, 9991 },
    { 2348, 1451, 3522, 2883, 3047, 6650 }, { 4047, 8828, 8732, 5743, 1091, 381 } }
  local weight = { 1, 1.2, 3, 3.2 }

  --- Hartmann's function of six variables; minimum -3.3224.
  local function hartmann(p)
    local sum = 0
    for i = 1, 4 do
      local exponent = 0
      for j = 1, 6 do exponent = exponent + a[i][j] * (p["x" .. j] - c[i][j] * 1e-4) ^ 2 end
      sum = sum - weight[i] * math.exp(-exponent)
    end
    return sum
  end

  it("finds better optima than random search with the same budget, mean over 20 seeds", function()
    local cube = {}
    for j = 1, 6 do cube["x" .. j] = search.uniform(0, 1) end
    for _, case in ipairs {
      { branin, { x = search.uniform(-5, 10), y = search.uniform(0, 15) } }, { hartmann, cube },
    } do
      local by_tpe, by_chance = 0, 0
      for seed = 1, 20 do
        by_tpe = by_tpe + minimum(search.tpe { trials = 60, seed = seed }, case[2], case[1]) / 20
        by_chance = by_chance + minimum(search.random { trials = 60, seed = seed }, case[2],
          case[1]) / 20
      end
      assert.is_true(by_tpe < by_chance - 0.2, ("%g, at random %g"):format(by_tpe, by_chance))
    end
  end)

  it("multivariate, finds better what is good together, mean over 20 seeds", function()
    local function rosenbrock(p) return 100 * (p.x ^ 2 - p.y) ^ 2 + (p.x - 1) ^ 2 end
    local function valley(p) return math.abs(p.x + p.y - 1) + 0.01 * (p.x - p.y - 2) ^ 2 end
    local function mixed(p) -- which x is good follows from the choice, and y is to be x
      local at = ({ a = 0.2, b = 0.8, c = 0.5 })[p.kind]
      return math.abs(p.x - at) + (p.kind == "c" and 0.3 or 0) + math.abs(p.y - p.x)
    end
    local unit = search.uniform(0, 1)
    for _, case in ipairs {
      { rosenbrock, { x = search.uniform(-3, 3), y = search.uniform(-3, 3) } },
      { valley, { x = search.uniform(-5, 5), y = search.uniform(-5, 5) } },
      { mixed, { x = unit, y = unit, kind = { "a", "b", "c" } } },
    } do
      local alone, together, by_chance = 0, 0, 0
      for seed = 1, 20 do
        local o = { trials = 100, seed = seed }
        by_chance = by_chance + minimum(search.random(o), case[2], case[1]) / 20
        alone = alone + minimum(search.tpe(o), case[2], case[1]) / 20
        o.multivariate = true
        together = together + minimum(search.tpe(o), case[2], case[1]) / 20
      end
      assert.is_true(together < 0.75 * alone and together < 0.4 * by_chance,
        ("%g, alone %g, at random %g"):format(together, alone, by_chance))
    end
  end)

  it("multivariate, keeps what only some trials have for itself", function()
    local function space(pick)
      pick("x", search.log_integer(1, 1000))
      if pick("kind", { "a", false }) == "a" then pick("y", search.uniform(0, 1)) end
    end
    local o = { trials = 80, seed = 1, multivariate = true }
    local propose, finished, near = search.tpe(o).start(space), {}, 0
    for i = 1, 80 do
      local p = propose(i, finished, 1)
      assert.is_true(p.x % 1 == 0 and p.x >= 1 and p.x <= 1000)
      assert.equal(p.kind == "a", p.y ~= nil)
      local cost = math.abs(math.log(p.x / 30)) + (p.y and math.abs(p.y - 0.7) or 1)
      finished[i] = { params = p, cost = cost }
      if i > 40 and cost < 0.5 then near = near + 1 end
    end
    assert.is_true(near > 20, near .. " of 40 are good")
  end)

  it("learns which choice is good, also where choices depend on others", function()
    local function space(pick)
      if pick("kind", { "a", "b", "c" }) == "b" then pick("x", search.uniform(0, 1)) end
    end
    local propose = search.tpe({ trials = 60, seed = 1 }).start(space)
    local finished, count = {}, 0
    for i = 1, 60 do
      local p = propose(i, finished, 1)
      finished[i] = { params = p, cost = p.kind == "b" and p.x or 2 }
      if i > 30 and p.kind == "b" and p.x < 0.3 then count = count + 1 end
    end
    assert.is_true(count > 20, count .. " of 30 are good")
  end)
end)
