-- mah.init: values of parameters, as papers and PyTorch have them.
local golden = require "golden"
local mah = require "mah"

local message = golden.message

describe("mah.init", function()
  it("draws with the bounds and deviations of the papers", function()
    for name, size in pairs { glorot = 2 / 500, he = 2 / 200, lecun = 1 / 200 } do
      local normal = mah.init[name .. "_normal"](mah.empty(200, 300), { rng = 1 })
      assert.near(0, normal:mean(), 1e-3)
      assert.near(1, normal:var() / size, 0.02)
      local uniform = mah.init[name .. "_uniform"](mah.empty(200, 300), { rng = 1, gain = 2 })
      local bound = 2 * math.sqrt(3 * size)
      assert.near(1, uniform:max() / bound, 1e-3)
      assert.near(-1, uniform:min() / bound, 1e-3)
      assert.near(1, uniform:var() / (4 * size), 0.02)
    end
  end)

  it("counts further dimensions for both sides", function()
    local flat = mah.init.he_normal(mah.empty(12, 5), { rng = 1 })
    local deep = mah.init.he_normal(mah.empty(4, 5, 3), { rng = 1 })
    assert.is_true(flat:view(-1):equal(deep:view(-1)))
  end)

  it("gives the tensor, and takes a generator for the options", function()
    local t = mah.empty(3, 4)
    local rng = mah.rng(7)
    assert.is_true(rawequal(t, mah.init.glorot_uniform(t, rng)))
    assert.is_true(t:equal(mah.init.glorot_uniform(mah.empty(3, 4), { rng = 7 })))
    assert.is_false(t:equal(mah.init.glorot_uniform(mah.empty(3, 4), { rng = rng })))
    mah.manual_seed(3)
    local u = mah.init.normal(mah.empty(2))
    mah.manual_seed(3)
    assert.is_true(u:equal(mah.init.normal(mah.empty(2))))
  end)

  it("makes rows or columns orthogonal", function()
    for _, shape in ipairs { { 6, 6 }, { 8, 3 }, { 3, 8 }, { 2, 3, 4 } } do
      local t = mah.init.orthogonal(mah.empty(shape, { dtype = "float64" }), { rng = 1, gain = 3 })
      local m = t:reshape(shape[1], t:numel() / shape[1])
      if m.shape[1] > m.shape[2] then m = m:t() end
      local n = m.shape[1]
      assert.is_true((m:matmul(m:t()) - mah.eye(n) * 9):abs():max() < 1e-12)
    end
    local signs = 0 -- of the first element: without the correction all are negative
    for seed = 1, 40 do
      signs = signs + (mah.init.orthogonal(mah.empty(3, 3), { rng = seed })[1][1] > 0 and 1 or 0)
    end
    assert.is_true(signs > 8 and signs < 32)
  end)

  it("fills with numbers", function()
    assert.is_true(mah.init.ones(mah.empty(2, 3)):equal(mah.ones(2, 3)))
    assert.is_true(mah.init.zeros(mah.empty(2, 3)):equal(mah.zeros(2, 3)))
    assert.equal(0.5, mah.init.constant(mah.empty(3), { value = 0.5 })[3])
    local u = mah.init.uniform(mah.empty(1000), { low = 2, high = 3, rng = 1 })
    assert.is_true(u:min() >= 2 and u:max() < 3)
    local n = mah.init.normal(mah.empty(4000), { mean = 5, std = 0.1, rng = 1 })
    assert.near(5, n:mean(), 0.01)
    assert.near(0.1, n:std(), 0.01)
    assert.equal(0, mah.init.he_normal(mah.empty(0, 3), { rng = 1 }):numel())
  end)

  it("tells what is wrong", function()
    local function fails(pattern, f)
      local said = message(f)
      assert.is_truthy(said:find(pattern, 1, true), said)
      assert.is_truthy(said:find("initial_spec.lua:", 1, true), said)
    end
    fails("weights (in, out) are expected, got float32 3", function()
      mah.init.he_normal(mah.empty(3))
    end)
    fails("unknown option \"gian\"; did you mean 'gain'", function()
      mah.init.he_normal(mah.empty(3, 3), { gian = 2 })
    end)
    fails("mah.init.constant: value is missing", function() mah.init.constant(mah.empty(3)) end)
    fails("gain must be a number in (0, inf); got 0", function()
      mah.init.orthogonal(mah.empty(3, 3), { gain = 0 })
    end)
    fails("did you mean 'he_normal'", function() return mah.init.he_normall end)
    fails("a tensor is expected, got 3", function() mah.init.zeros(3) end)
    for _, name in ipairs { "uniform", "normal", "orthogonal", "he_uniform", "glorot_normal" } do
      fails("mah.init." .. name .. ": float32 or float64 is expected, got int32 2x2", function()
        mah.init[name](mah.zeros(2, 2, "int32"))
      end)
      fails("mah.init." .. name .. ": a tensor is expected", function() mah.init[name](nil) end)
    end
  end)
end)
