-- What PyTorch has no counterpart for, weights, reductions and errors; the others are in
-- pytorch_spec.lua.
local golden = require "golden"
local mah = require "mah"

local message = golden.message
local function double(list) return mah.tensor(list, "float64") end

local x = double { { 0.5, -1, 2 }, { 0.1, 0.3, -0.2 } }
local y = mah.tensor({ 2, 0 }, "int32")
local classes = { "cross_entropy", "hinge", "focal" }
local numbers = { "mse", "mae", "huber", "poisson", "binary_cross_entropy", "quantile", "kl",
  "cosine" }

describe("mah.loss", function()
  it("has the gradients of all losses, once and twice", function()
    local t = double { { 0.2, 0.3, 0.5 }, { 0.6, 0.2, 0.2 } }
    for _, list in ipairs { classes, numbers } do
      for _, name in ipairs(list) do
        local target = list == classes and y or t
        local function f(scores) return mah.loss[name](scores, target) end
        assert.is_true(mah.gradcheck(f, x).ok, name)
        assert.is_true(mah.gradcheck(f, x, { twice = true }).ok, name)
      end
    end
    for _, d in ipairs { -0.5, 0, 0.5 } do -- at the corner of log(1 + e^x), too
      golden.close(1 / (1 + math.exp(-d)) - 0.25, mah.grad(function(s)
        return mah.loss.binary_cross_entropy(s, double { 0.25 })
      end)(double { d })[1], 1e-15)
    end
  end)

  it("is a number of plain tensors, and reduces as told", function()
    local each = mah.loss.mse(x, x + double { 1, 2, 3 }, { reduction = "none" })
    golden.close(double { { 1, 4, 9 }, { 1, 4, 9 } }, each, 1e-14)
    golden.close(28, mah.loss.mse(x, x + double { 1, 2, 3 }, { reduction = "sum" }), 1e-14)
    golden.close(28 / 6, mah.loss.mse(x, x + double { 1, 2, 3 }), 1e-14)
    golden.close((1 + 3 * 4 + 0) / 4, mah.loss.mse(double { 1, 2, 3 }, double { 0, 0, 0 },
      { weight = double { 1, 3, 0 } }), 1e-14)
    local a, b = unpack(mah.loss.cross_entropy(x, y, { reduction = "none" }):totable())
    golden.close((a + 3 * b) / 4, mah.loss.cross_entropy(x, y, { weight = double { 1, 3 } }), 1e-14)
    local w = double { 2, 1, 5 }
    golden.close((a * 5 + 3 * b * 2) / (5 + 3 * 2), mah.loss.cross_entropy(x, y,
      { weight = double { 1, 3 }, class_weight = w }), 1e-14)
  end)

  it("takes one column of targets as a vector", function()
    golden.equal(1, mah.loss.mae(mah.ones(3, 1), mah.zeros(3)))
    golden.close(math.log(2), mah.loss.binary_cross_entropy(mah.zeros(3, 1), mah.ones(3, "int32")),
      1e-7)
  end)

  it("quantile is least at the quantile", function()
    local sample = mah.rng(1):normal(0, 1, 2000, { dtype = "float64" })
    for _, q in ipairs { 0.1, 0.5, 0.9 } do
      local at = sample:quantile(q)
      local function loss(s)
        return mah.loss.quantile(mah.full({ 2000 }, s, "float64"), sample, { q = q })
      end
      assert.is_true(loss(at) <= loss(at + 0.05) and loss(at) <= loss(at - 0.05))
    end
    local both = mah.loss.quantile(double { { 1, 2 }, { 0, 3 } }, double { 1.5, 1 },
      { q = { 0.25, 0.75 }, reduction = "none" })
    golden.close(double { { 0.125, 0.125 }, { 0.25, 0.5 } }, both, 1e-15)
  end)

  it("hinge and focal have both forms", function()
    golden.close((0 + 1.2) / 2, mah.loss.hinge(x, y), 1e-14)
    golden.close((0 + 1.44) / 2, mah.loss.hinge(x, y, { squared = true }), 1e-14)
    golden.equal(0.75, mah.loss.hinge(double { 0.5, 0 }, double { 1, 0 }))
    golden.close(mah.loss.cross_entropy(x, y), mah.loss.focal(x, y, { gamma = 0 }), 1e-14)
    local p = 1 / (1 + math.exp(-1))
    golden.close(-0.25 * (1 - p) ^ 2 * math.log(p), mah.loss.focal(double { 1 }, double { 1 },
      { alpha = 0.25 }), 1e-15)
    golden.close(-0.75 * p ^ 2 * math.log(1 - p), mah.loss.focal(double { 1 }, double { 0 },
      { alpha = 0.25 }), 1e-15)
  end)

  it("focal is flat where all is right", function()
    for _, gamma in ipairs { 0, 0.5, 1, 2 } do
      local g = mah.grad(function(s)
        return mah.loss.focal(s, mah.tensor({ 0, 1 }, "int32"), { gamma = gamma })
      end)(double { { 1000, 0 }, { -40, 0 } })
      golden.close(mah.zeros(2, 2), g, 1e-15)
    end
  end)

  it("refuses weights that do not fit", function()
    local function says(text, f, given, s, t)
      local said = message(function()
        local value = mah.loss[f](s or x, t or y, given)
        return value
      end)
      assert.is_truthy(said:find(text, 1, true), said)
    end
    says("the classes' weights are float32 2, the scores float64 2x3", "cross_entropy",
      { class_weight = mah.ones(2) })
    says("the classes' weights are float32 4, the scores", "focal", { alpha = mah.ones(4) })
    says("the weight is float32 2x1, the losses float64 2", "cross_entropy",
      { weight = mah.ones(2, 1) })
    says("the weight is float32 2, the losses float64 2x3", "mse", { weight = mah.ones(2) }, x, x)
    golden.equal(0.25, mah.loss.mae(double { { 1 }, { 0 } }, double { 0, 0 },
      { weight = double { 1, 3 } }))
  end)

  it("refuses targets that do not fit", function()
    local function says(text, f, a, b, given)
      local said = message(function()
        local value = mah.loss[f](a, b, given)
        return value
      end)
      assert.is_truthy(said:find(text, 1, true), said)
      assert.is_truthy(said:find("loss_spec.lua:", 1, true), said)
    end
    says("mah.loss.mse: the targets are float64 2, the scores float64 2x3", "mse", x,
      x[1]:narrow(1, 1, 2))
    says("mah.loss.cross_entropy: class 3 is none of 0 ... 2", "cross_entropy", x, y + 1)
    for _, name in ipairs { "mse", "mae", "huber", "quantile", "poisson", "cosine", "kl",
      "binary_cross_entropy", "cross_entropy", "focal", "hinge" } do
      says("mah.loss." .. name .. ": the scores are int32 2x3; x:float()", name, x:int(), x)
    end
    says("class -1 is none of", "hinge", x, y - 1)
    says("classes are integers 0 ... 2, got float64 2", "cross_entropy", x, y:double())
    says("the classes are int32 2, the scores float64 1x3", "cross_entropy", x:narrow(1, 1, 1), y)
    says("q must be in (0, 1); got 1", "quantile", x, x, { q = 1 })
    says("reduction must be one of mean, sum, none", "mse", x, x, { reduction = "man" })
    says("the scores: a tensor is expected", "mae", 3, x)
  end)
end)
