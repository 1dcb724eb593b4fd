local search = require "mah.learn.solver.line_search"

--- Searches from 0; returns the point, the number of trials and their steps.
local function run(f, first, o)
  local value, slope = f(0)
  local steps = {}
  local point, trials = search(function(step)
    steps[#steps + 1] = step
    return f(step)
  end, { step = 0, f = value, slope = slope }, first, {
    max_trials = o.max_trials or 20, noise = o.noise or 0, ftol = o.ftol, gtol = o.gtol,
    xtol = o.xtol,
  })
  assert.equal(#steps, trials)
  return point, trials, steps
end

-- -- The functions of section 5 of the paper ------------------------------------------------------

local function rational(a) return -a / (a * a + 2), (a * a - 2) / (a * a + 2) ^ 2 end

local function quintic(a)
  local b = a + 0.004
  return b ^ 5 - 2 * b ^ 4, 5 * b ^ 4 - 8 * b ^ 3
end

--- Yanai, Ozawa, Kaneko's.
local function yanai(beta1, beta2)
  local gamma1, gamma2 = math.sqrt(1 + beta1 ^ 2) - beta1, math.sqrt(1 + beta2 ^ 2) - beta2
  return function(a)
    local p, q = math.sqrt((1 - a) ^ 2 + beta2 ^ 2), math.sqrt(a ^ 2 + beta1 ^ 2)
    return gamma1 * p + gamma2 * q, gamma1 * (a - 1) / p + gamma2 * a / q
  end
end

-- The paper's tables: trials and the step found from 1e-3, 1e-1, 10 and 1000.
local tables = {
  I = { f = rational, ftol = 1e-3, gtol = 0.1, { 6, 1.4 }, { 3, 1.4 }, { 1, 10 }, { 4, 37 } },
  II = { f = quintic, ftol = 0.1, gtol = 0.1, { 12, 1.6 }, { 8, 1.6 }, { 8, 1.6 }, { 11, 1.6 } },
  IV = { f = yanai(1e-3, 1e-3), ftol = 1e-3, gtol = 1e-3, { 4, 0.085 }, { 1, 0.10 }, { 3, 0.35 },
    { 4, 0.83 } },
  V = { f = yanai(1e-2, 1e-3), ftol = 1e-3, gtol = 1e-3, { 6, 0.075 }, { 3, 0.078 }, { 7, 0.073 },
    { 8, 0.076 } },
  VI = { f = yanai(1e-3, 1e-2), ftol = 1e-3, gtol = 1e-3, { 13, 0.93 }, { 11, 0.93 }, { 8, 0.92 },
    { 11, 0.92 } },
}

describe("line_search", function()
  for name, t in pairs(tables) do
    it("gives table " .. name .. " of Moré and Thuente", function()
      for i, first in ipairs { 1e-3, 1e-1, 10, 1000 } do
        local point, trials = run(t.f, first, { ftol = t.ftol, gtol = t.gtol, xtol = 1e-10 })
        assert.equal(t[i][1], trials)
        assert.near(t[i][2], point.step, 0.03 * t[i][2]) -- the tables have two digits
        local value, slope = t.f(0)
        assert.is_true(point.f <= value + t.ftol * point.step * slope)
        assert.is_true(math.abs(point.slope) <= t.gtol * -slope)
      end
    end)
  end

  it("goes far when a function falls far", function()
    local point, trials, steps = run(function(a) return (a - 1000) ^ 2, 2 * (a - 1000) end, 1e-3,
      { gtol = 0.1 })
    assert.near(1000, point.step, 100)
    assert.is_true(trials <= 12)
    for i = 2, trials - 1 do assert.is_true(steps[i] > steps[i - 1]) end
  end)

  it("ends at the longest step of a function without a minimum", function()
    local point = run(function(a) return -a, -1 end, 1, {})
    assert.equal(1e10, point.step)
  end)

  it("does not go back to where nothing was finite", function()
    local function wall(a)
      if a >= 2 then return 0 / 0, 0 / 0 end
      return -a, -1
    end
    local point, trials, steps = run(wall, 3, {})
    assert.equal(3, trials)
    assert.same({ 3, 1.5 }, { steps[1], point.step }) -- half way is the longest step from then on
  end)

  it("draws back from where nothing is finite", function()
    for _, nothing in ipairs { 0 / 0, math.huge, -math.huge } do
      local function wall(a)
        if a >= 2 then return nothing, nothing end
        return -a - 0.1 * math.log(2 - a), -1 + 0.1 / (2 - a)
      end
      for _, first in ipairs { 1e-3, 1.5, 2, 100, 1e9 } do
        local point, _, steps = run(wall, first, {})
        assert.is_true(point.step > 0 and point.step < 2)
        assert.is_true(point.f < wall(0))
        assert.equal(point.step, steps[#steps])
        for i = 2, #steps do assert.is_true(steps[i - 1] < 2 or steps[i] < steps[i - 1]) end
      end
    end
  end)

  it("gives up", function()
    local point, trials = run(function(a) return a == 0 and 0 or 0 / 0, -1 end, 1,
      { max_trials = 7 })
    assert.is_nil(point)
    assert.equal(7, trials)
    assert.is_nil((run(function(a) return a, -1 end, 1, {}))) -- the slope lies
    assert.is_nil((run(function(a) return a == 0 and 0 or 1, a == 0 and -1 or 0 / 0 end, 1, {})))
    assert.is_nil((run(function(a) return 1e308 * a, -1e308 end, 1, {}))) -- overflow in the models
  end)

  it("goes by the slopes where the values are noise", function()
    local function flat(a) return a == 0 and 1 or 1 + 1e-9, 1e-12 * (a - 1) end
    assert.is_nil((run(flat, 0.9, {})))
    assert.equal(0.9, run(flat, 0.9, { noise = 1e-7 }).step)
    assert.is_nil((run(flat, 0.9, { noise = 1e-10 })))
    -- by less than ftol asks
    local function falls(a) return a == 0 and 1 or 1 - 1e-9, 1e-3 * (a - 1) end
    assert.is_true(run(falls, 1, {}).step < 0.01)
    assert.equal(1, run(falls, 1, { noise = 1e-7 }).step)
  end)
end)
