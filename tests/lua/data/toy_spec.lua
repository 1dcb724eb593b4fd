local golden = require "golden"
local mah = require "mah"

local root = debug.getinfo(1, "S").source:match "^@(.*)/lua/data/"
local file = assert(io.open(root .. "/golden/toy.json"))
local recorded = mah.json.decode(file:read "*a")
file:close()

local function float64(values) return mah.tensor(values, { dtype = "float64" }) end

describe("toy sets", function()
  for i, case in ipairs(recorded.cases) do
    it(("are scikit-learn's: %d, %s"):format(i, case.name), function()
      local given = { dtype = "float64" }
      for name, value in pairs(case.given) do given[name] = value end
      local set = mah.data[case.name](given)
      golden.close(float64(case.x), set.x, 1e-12)
      golden.close(float64(case.y), set.y:double(), 1e-12)
      if case.coef then golden.close(float64(case.coef), set.coef, 1e-12) end
      if case.centers then golden.close(float64(case.centers), set.centers, 1e-12) end
    end)
  end

  it("come from any generator, and from the default one", function()
    local function first(state) return mah.data.make_moons({ random_state = state }).x end
    golden.equal(first(mah.rng(3)), first(mah.rng(3)))
    mah.manual_seed(1)
    local a = first()
    mah.manual_seed(1)
    golden.equal(a, first())
    assert.is_false(first():eq(a):all() == true)
    mah.manual_seed(0)
  end)

  it("have spirals that never meet", function()
    local set = mah.data.make_spirals { n_samples = 301, n_classes = 3, random_state = 1 }
    assert.same({ 301, 2 }, set.x.shape)
    assert.same({ 101, 100, 100 }, set.y:bincount():totable())
    local nearest = math.huge
    for i = 1, 301 do
      for j = 1, i - 1 do
        if set.y[i] ~= set.y[j] and set.x[i]:norm() > 0.2 then
          nearest = math.min(nearest, (set.x[i] - set.x[j]):norm())
        end
      end
    end
    assert.is_true(nearest > 0.1)
    local plain = mah.data.make_spirals { n_samples = 4, shuffle = false, turns = 1 }
    golden.close(mah.tensor { { -0.5, 0 }, { 1, 0 }, { 0.5, 0 }, { -1, 0 } }, plain.x, 1e-6)
  end)

  it("refuse what is none", function()
    local function refuses(name, given, message)
      assert.error_matches(function() mah.data[name](given) end, "mah.data." .. name .. ": "
        .. message)
    end
    refuses("make_moons", { n_samples = 0 }, "n_samples must be in %[1, 1e6%]; got 0")
    refuses("make_moons", { n_samples = { 1 } }, "n_samples has 1 counts for 2 classes")
    refuses("make_moons", { n_samples = { 1, 1.5 } }, "n_samples%[2%] must be an integer >= 0")
    refuses("make_moons", { n_samples = { 0, 0 } }, "n_samples: a set needs at least one sample")
    refuses("make_moons", { nois = 1 }, "unknown option \"nois\"; did you mean 'noise'")
    refuses("make_moons", { noise = -1 }, "noise must be a number in")
    refuses("make_moons", { random_state = {} }, "a seed or a generator is expected")
    refuses("make_circles", { factor = 1 }, "factor must be a number in")
    refuses("make_blobs", { centers = 0 }, "centers must be in")
    refuses("make_blobs", { centers = { 1, 2 } }, "centers must be a number or a matrix")
    refuses("make_blobs", { centers = 2, cluster_std = { 1 } }, "cluster_std has 1 values for 2")
    refuses("make_blobs", { cluster_std = -1 }, "cluster_std%[1%] must be >= 0")
    refuses("make_blobs", { center_box = { 1 } }, "center_box must be {low, high}")
    refuses("make_regression", { n_samples = 0 }, "n_samples must be an integer in")
  end)
end)
