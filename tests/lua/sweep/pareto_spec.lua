local mah = require "mah"
local pareto = require "mah.sweep.pareto"
local ranking = require "mah.sweep.ranking"

--- Points of whole numbers, so that many are equal in something.
local function points(n, m, most, rng)
  local list = {}
  for i = 1, n do
    list[i] = {}
    for k = 1, m do list[i][k] = math.floor(rng:random() * most) end
  end
  return list
end

describe("a Pareto front", function()
  it("has what none is better than in all, equals too", function()
    assert.same({ 1, 2, 4 }, pareto.front { { 1, 5 }, { 2, 2 }, { 3, 3 }, { 5, 1 } })
    assert.same({ 1, 3 }, pareto.front { { 1, 1 }, { 1, 2 }, { 1, 1 } })
    assert.same({ 2 }, pareto.front { { 4 }, { 3 }, { 5 } })
    assert.same({}, pareto.front {})
    assert.is_false(pareto.dominates({ 1, 2 }, { 1, 2 }))
    assert.is_true(pareto.dominates({ 1, 2 }, { 1, 3 }))
    assert.is_false(pareto.dominates({ 1, 2 }, { 0, 3 }))
  end)

  it("is that of comparing each with each", function()
    local rng = mah.rng(1)
    for m = 1, 4 do
      local costs, expected = points(80, m, 9, rng), {}
      for i, own in ipairs(costs) do
        local free = true
        for _, other in ipairs(costs) do free = free and not pareto.dominates(other, own) end
        if free then expected[#expected + 1] = i end
      end
      assert.same(expected, pareto.front(costs))
    end
  end)

  it("comes off front by front", function()
    local costs = { { 3, 3 }, { 1, 1 }, { 2, 2 }, { 1, 3 }, { 0, 2 } }
    assert.same({ { 5, 2 }, { 4, 3 } }, pareto.fronts(costs, 3))
    assert.same({ { 5, 2 }, { 4, 3 }, { 1 } }, pareto.fronts(costs, 99))
  end)
end)

describe("the hypervolume", function()
  it("is that reckoned by hand", function()
    assert.equal(18, pareto.hypervolume({ { 1, 5 }, { 2, 2 }, { 5, 1 } }, { 6, 6 }))
    assert.equal(2, pareto.hypervolume({ { 3 }, { 4 } }, { 5 }))
    -- two cubes of 2 x 2 x 2 that share one of 1 x 1 x 1, and a point outside
    assert.equal(2 * 2 * 3 + 3 * 2 * 2 - 2 * 2 * 2,
      pareto.hypervolume({ { 1, 1, 0 }, { 0, 1, 1 }, { 3, 0, 0 } }, { 3, 3, 3 }))
    assert.equal(0, pareto.hypervolume({ { 7, 1 } }, { 6, 6 }))
    assert.equal(0, pareto.hypervolume({}, { 6, 6 }))
  end)

  it("is the number of cells that are dominated", function()
    local rng = mah.rng(2)
    for m = 1, 3 do
      local costs, cells = points(12, m, 6, rng), 0
      for cell = 0, 6 ^ m - 1 do
        local place, rest = {}, cell
        for k = 1, m do
          place[k] = rest % 6
          rest = math.floor(rest / 6)
        end
        local covered = false
        for _, c in ipairs(costs) do
          local is_below = true
          for k = 1, m do is_below = is_below and c[k] <= place[k] end
          covered = covered or is_below
        end
        cells = cells + (covered and 1 or 0)
      end
      local reference = {}
      for k = 1, m do reference[k] = 6 end
      assert.equal(cells, pareto.hypervolume(costs, reference))
    end
  end)

  it("chooses points that dominate much together", function()
    local costs = { { 0, 10 }, { 1, 9 }, { 5, 5 }, { 9, 1 }, { 10, 0 } }
    assert.same({ 3, 2, 4 }, pareto.subset(costs, { 1, 2, 3, 4, 5 }, 3))
    assert.equal(5, #pareto.subset(costs, { 1, 2, 3, 4, 5 }, 9))
    local flat = { { 2, 2 }, { 2, 2 } }
    assert.same({ 1 }, pareto.subset(flat, { 1, 2 }, 1))
  end)
end)

describe("the order of trials", function()
  it("puts what breaks constraints last, by how much, and then what has no value", function()
    local trials = { { cost = 5 }, {}, { cost = 1, violation = 2 }, { cost = 9, violation = 1 },
      { cost = 2, violation = 0 }, { cost = 5 }, { violation = math.huge } }
    assert.same({ 5, 1, 6, 4, 3, 7, 2 }, ranking.order(trials))
    local good, rest = ranking.divide(trials, 4)
    assert.same({ trials[5], trials[1], trials[6], trials[4] }, good)
    assert.same({ trials[2], trials[3], trials[7] }, rest)
  end)

  it("goes by fronts where several results are judged", function()
    local trials = { { costs = { 3, 3 } }, { costs = { 1, 2 } }, {}, { costs = { 2, 1 } },
      { costs = { 0, 0 }, violation = 1 } }
    local good = ranking.divide(trials, 2)
    assert.same({ trials[2], trials[4] }, good)
    good = ranking.divide(trials, 4)
    assert.same({ trials[1], trials[2], trials[4], trials[5] }, good)
    local front = { { costs = { 0, 9 } }, { costs = { 4, 4 } }, { costs = { 9, 0 } } }
    assert.same({ front[2] }, (ranking.divide(front, 1)))
  end)
end)
